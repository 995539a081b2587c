// SPDX-License-Identifier: GPL-2.0
/*
 * liburcu's queues. They are lists of nodes and have no bound.
 *
 * wfcqueue: a second one brings the nodes back, so that SIZE of them are enough, and no
 * memory is allocated meanwhile. A batch is put as a whole (splice).
 *
 * lfqueue: a node can only be used again after a grace period. There is one for each item
 * of a run, which costs less than freeing them.
 */
#define _LGPL_SOURCE
#include <stdlib.h>
#include <string.h>
#include <urcu/urcu-memb.h>
#include <urcu/rculfqueue.h>
#include <urcu/wfcqueue.h>
#include "native.h"

/* --- wfcqueue ------------------------------------------------------------------- */

struct wf_node {
	struct cds_wfcq_node node;
	struct item item;
};

/* A queue with its two ends on lines of their own. */
struct wf_list {
	struct cds_wfcq_head head __attribute__((aligned(64)));
	struct cds_wfcq_tail tail __attribute__((aligned(64)));
};

struct wf_queue {
	struct wf_list filled;
	struct wf_list free;
	struct wf_node nodes[SIZE];
};

/* Nodes of one thread. */
struct wf_batch {
	struct __cds_wfcq_head head;
	struct cds_wfcq_tail tail;
};

static void *wf_make(unsigned int producers, uint64_t items)
{
	struct wf_queue *queue = aligned_alloc(64, sizeof(*queue));
	struct wf_node *node;

	(void)producers;
	(void)items;
	cds_wfcq_init(&queue->filled.head, &queue->filled.tail);
	cds_wfcq_init(&queue->free.head, &queue->free.tail);
	for (node = queue->nodes; node < queue->nodes + SIZE; node++) {
		cds_wfcq_node_init(&node->node);
		cds_wfcq_enqueue(&queue->free.head, &queue->free.tail,
				 &node->node);
	}
	return queue;
}

static void wf_destroy(void *data)
{
	struct wf_queue *queue = data;

	while (__cds_wfcq_dequeue_blocking(&queue->free.head,
					   &queue->free.tail))
		;
	cds_wfcq_destroy(&queue->filled.head, &queue->filled.tail);
	cds_wfcq_destroy(&queue->free.head, &queue->free.tail);
	free(queue);
}

static unsigned int wf_take(struct wf_list *list, struct wf_node **nodes,
			    unsigned int n)
{
	struct cds_wfcq_node *node;
	unsigned int i;

	cds_wfcq_dequeue_lock(&list->head, &list->tail);
	for (i = 0; i < n; i++) {
		node = __cds_wfcq_dequeue_nonblocking(&list->head, &list->tail);
		if (!node || node == CDS_WFCQ_WOULDBLOCK)
			break;
		nodes[i] = caa_container_of(node, struct wf_node, node);
		cds_wfcq_node_init(node);
	}
	cds_wfcq_dequeue_unlock(&list->head, &list->tail);
	return i;
}

static void wf_give(struct wf_list *list, struct wf_node **nodes,
		    unsigned int n)
{
	struct wf_batch batch;
	unsigned int i;

	if (n == 1) {
		cds_wfcq_enqueue(&list->head, &list->tail, &nodes[0]->node);
	} else if (n) {
		__cds_wfcq_init(&batch.head, &batch.tail);
		for (i = 0; i < n; i++)
			cds_wfcq_enqueue(&batch.head, &batch.tail,
					 &nodes[i]->node);
		__cds_wfcq_splice_blocking(&list->head, &list->tail,
					   &batch.head, &batch.tail);
	}
}

static unsigned int wf_put(void *data, const struct item *items,
			   unsigned int n)
{
	struct wf_queue *queue = data;
	struct wf_node *nodes[BATCH];
	unsigned int i;

	n = wf_take(&queue->free, nodes, n);
	for (i = 0; i < n; i++)
		nodes[i]->item = items[i];
	wf_give(&queue->filled, nodes, n);
	return n;
}

static unsigned int wf_get(void *data, struct item *items, unsigned int n)
{
	struct wf_queue *queue = data;
	struct wf_node *nodes[BATCH];
	unsigned int i;

	n = wf_take(&queue->filled, nodes, n);
	for (i = 0; i < n; i++)
		items[i] = nodes[i]->item;
	wf_give(&queue->free, nodes, n);
	return n;
}

static const struct contender wfcqueue = {
	.name = "liburcu:wfcqueue",
	.package = "liburcu-dev",
	.make = wf_make,
	.destroy = wf_destroy,
	.put = wf_put,
	.get = wf_get,
};

CONTENDER(wfcqueue);

/* --- lfqueue --------------------------------------------------------------------- */

struct lf_node {
	struct cds_lfq_node_rcu node;
	struct item item;
};

struct lf_queue {
	struct cds_lfq_queue_rcu queue;
	uint64_t share;
	uint64_t producers;
	struct lf_node *nodes;
};

struct lf_end {
	struct lf_queue *queue;
	struct lf_node *next;
};

static void *lf_make(unsigned int producers, uint64_t items)
{
	struct lf_queue *queue = calloc(1, sizeof(*queue));

	cds_lfq_init_rcu(&queue->queue, urcu_memb_call_rcu);
	queue->share = items / producers + 1;
	queue->nodes = malloc(queue->share * producers * sizeof(*queue->nodes));
	/* Its pages are there before the clock runs. */
	memset(queue->nodes, 1,
	       queue->share * producers * sizeof(*queue->nodes));
	return queue;
}

static void lf_destroy(void *data)
{
	struct lf_queue *queue = data;

	urcu_memb_barrier();
	cds_lfq_destroy_rcu(&queue->queue);
	free(queue->nodes);
	free(queue);
}

static void *lf_attach(void *data, bool produces)
{
	struct lf_queue *queue = data;
	struct lf_end *end = malloc(sizeof(*end));
	uint64_t number = 0;

	if (produces)
		number = __atomic_fetch_add(&queue->producers, 1,
					    __ATOMIC_RELAXED);
	end->queue = queue;
	end->next = queue->nodes + number * queue->share;
	urcu_memb_register_thread();
	return end;
}

static void lf_detach(void *data, bool produces)
{
	(void)produces;
	urcu_memb_unregister_thread();
	free(data);
}

static unsigned int lf_put(void *data, const struct item *items,
			   unsigned int n)
{
	struct lf_end *end = data;
	unsigned int i;

	urcu_memb_read_lock();
	for (i = 0; i < n; i++, end->next++) {
		end->next->item = items[i];
		cds_lfq_node_init_rcu(&end->next->node);
		cds_lfq_enqueue_rcu(&end->queue->queue, &end->next->node);
	}
	urcu_memb_read_unlock();
	return n;
}

static unsigned int lf_get(void *data, struct item *items, unsigned int n)
{
	struct lf_end *end = data;
	struct cds_lfq_node_rcu *node;
	unsigned int i;

	urcu_memb_read_lock();
	for (i = 0; i < n; i++) {
		node = cds_lfq_dequeue_rcu(&end->queue->queue);
		if (!node)
			break;
		items[i] = caa_container_of(node, struct lf_node, node)->item;
	}
	urcu_memb_read_unlock();
	return i;
}

static const struct contender lfqueue = {
	.name = "liburcu:lfqueue",
	.package = "liburcu-dev",
	.make = lf_make,
	.destroy = lf_destroy,
	.attach = lf_attach,
	.detach = lf_detach,
	.put = lf_put,
	.get = lf_get,
};

CONTENDER(lfqueue);
