// SPDX-License-Identifier: GPL-2.0
/*
 * Each item must come out once, in order, and as it was put.
 *
 * Once: an item has a bit in its stream's window. The producer sets it before the put, the
 * consumer clears it. If a consumer finds it clear, the item came twice. If the producer
 * finds it set when the window wraps, the item was lost: only a queue that drops the oldest
 * may lose items silently, and then its ledger must agree.
 *
 * The window is several queues long, and at least 2^20 items. If a consumer were delayed
 * between its get and its check while its stream goes through the whole window, its items
 * would be reported without reason. Nothing prevents this, but it would have to be off the
 * CPU for many seconds.
 *
 * In order: consumers check their items independently, so each can tell only that those it
 * got itself are in order. If it is the only consumer and nothing is ever dropped, it must
 * see every item.
 */
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/string.h>
#include "torture.h"

/* The private type of our items. */
#define ITEM_TYPE	0xf1f0

/**
 * struct payload - the payload of an item
 * @seq: its number in its stream, from 1
 * @nth: its number in its producer's life, from 1
 * @queue: the queue
 * @stream: the producer that put it
 * @life: the life of the producer
 * @unused: 0
 * @mark: a function of the other fields
 */
struct payload {
	u64 seq;
	u64 nth;
	u32 queue;
	u32 stream;
	u32 life;
	u32 unused;
	u64 mark;
};

static u64 mark_of(const struct payload *payload)
{
	u64 mark = hash_64(payload->seq, 64) ^ hash_64(~payload->nth, 64);

	return mark ^ hash_64((u64)payload->queue << 48 ^
			      (u64)payload->stream << 32 ^ payload->life, 64);
}

static void fill_in(struct ft_actor *actor, struct fifo_item *item,
		    unsigned int i)
{
	struct payload payload = {
		.seq = actor->next + i,
		.nth = actor->nth + i + 1,
		.queue = actor->queue->index,
		.stream = actor->index,
		.life = actor->life,
	};

	BUILD_BUG_ON(sizeof(payload) != FIFO_DATA_LEN);
	payload.mark = mark_of(&payload);
	*item = (struct fifo_item){
		.type = ITEM_TYPE,
		.len = sizeof(payload),
	};
	memcpy(item->data, &payload, sizeof(payload));
}

static unsigned long bit_of(const struct ft_actor *producer, u64 seq)
{
	return seq & (producer->queue->window - 1);
}

/* The bit of an old item is still set: nobody has got the item. */
static void count_lost(struct ft_actor *producer, u64 seq)
{
	if (producer->queue->policy == FT_DROP_OLDEST)
		ft_count(&producer->counts.missing, 1);
	else
		ft_error("queue %u: item %llu of %s was lost",
			 producer->queue->index, seq, producer->name);
}

/* Makes the next @n items of a stream. */
void ft_check_before_put(struct ft_actor *actor, unsigned int n)
{
	unsigned int i;
	u64 seq;

	for (i = 0; i < n; i++) {
		seq = actor->next + i;
		fill_in(actor, &actor->items[i], i);
		if (test_and_set_bit(bit_of(actor, seq), actor->outstanding))
			count_lost(actor, seq - actor->queue->window);
	}
}

/* These items were not put: nobody may have got one. */
static void expect_unseen(struct ft_actor *actor, u64 seq, unsigned int n)
{
	for (; n; n--, seq++)
		if (!test_and_clear_bit(bit_of(actor, seq),
					actor->outstanding))
			ft_error("queue %u: item %llu of %s came, though it was not put",
				 actor->queue->index, seq, actor->name);
}

/* Of @n items, the first @put were put, the others not. */
void ft_check_after_put(struct ft_actor *actor, unsigned int n,
			unsigned int put)
{
	expect_unseen(actor, actor->next + put, n - put);
	if (put && fifo_port_dropped(actor->port)) {
		if (actor->queue->policy == FT_BLOCK)
			ft_error("queue %u: it drops items",
				 actor->queue->index);
		expect_unseen(actor, actor->next, put);
		ft_count(&actor->counts.dropped, put);
	}
	WRITE_ONCE(actor->next, actor->next + put);
	actor->nth += put;
	if (fifo_port_seq(actor->port) != actor->nth)
		ft_error("%s: its port says %llu items, not %llu", actor->name,
			 fifo_port_seq(actor->port), actor->nth);
}

/* Returns the producer that an item names, or NULL if the item was changed. */
static struct ft_actor *producer_of(const struct ft_actor *consumer,
				    const struct fifo_item *item,
				    const struct payload *payload)
{
	struct ft_queue *queue = consumer->queue;
	struct ft_actor *producer;

	if (item->type != ITEM_TYPE || item->len != sizeof(*payload) ||
	    payload->mark != mark_of(payload) ||
	    payload->stream >= queue->n[FIFO_PRODUCER]) {
		ft_error("%s: got garbage: type %#x len %u seq %llu stream %u",
			 consumer->name, item->type, item->len, payload->seq,
			 payload->stream);
		return NULL;
	}
	producer = &queue->actors[FIFO_PRODUCER][payload->stream];
	if (payload->queue != queue->index || item->seq != payload->nth ||
	    strcmp(fifo_source_name(item->source), producer->name)) {
		ft_error("%s: got item %llu of queue %u, which says seq %llu from %s",
			 consumer->name, payload->nth, payload->queue,
			 item->seq, fifo_source_name(item->source));
		return NULL;
	}
	return producer;
}

static void check_once(const struct ft_actor *consumer,
		       struct ft_actor *producer, u64 seq)
{
	/* The items of the producer's current operation may arrive before it returns. */
	u64 most = READ_ONCE(producer->next) + FT_BATCH;

	if (seq >= most || most - seq > producer->queue->window ||
	    !test_and_clear_bit(bit_of(producer, seq), producer->outstanding))
		ft_error("queue %u: item %llu of %s came twice, now to %s",
			 consumer->queue->index, seq, producer->name,
			 consumer->name);
}

static void check_order(const struct ft_actor *consumer,
			const struct ft_actor *producer, u64 seq, u64 last)
{
	const struct ft_queue *queue = consumer->queue;

	if (seq <= last)
		ft_error("queue %u: item %llu of %s came after item %llu, to %s",
			 queue->index, seq, producer->name, last,
			 consumer->name);
	else if (queue->n[FIFO_CONSUMER] == 1 && queue->policy == FT_BLOCK &&
		 seq != last + 1)
		ft_error("queue %u: item %llu of %s came next after item %llu, to %s alone",
			 queue->index, seq, producer->name, last,
			 consumer->name);
}

/* Each life has one source, and no other life has the same. */
static void check_source(const struct ft_actor *producer,
			 const struct ft_seen *seen,
			 const struct ft_seen *last)
{
	bool same_life = seen->life == last->life;
	bool same_source = seen->source == last->source;

	if (last->seq && same_life != same_source)
		ft_error("%s: source %#x in life %u, %#x in life %u",
			 producer->name, last->source, last->life,
			 seen->source, seen->life);
}

static void check_item(struct ft_actor *consumer, const struct fifo_item *item)
{
	struct ft_actor *producer;
	struct payload payload;
	struct ft_seen seen;

	memcpy(&payload, item->data, sizeof(payload));
	producer = producer_of(consumer, item, &payload);
	if (!producer)
		return;
	seen = (struct ft_seen){ payload.seq, payload.life, item->source };
	check_once(consumer, producer, seen.seq);
	check_order(consumer, producer, seen.seq,
		    consumer->seen[producer->index].seq);
	check_source(producer, &seen, &consumer->seen[producer->index]);
	consumer->seen[producer->index] = seen;
}

/* Checks what a consumer's last operation got. */
void ft_check_got(struct ft_actor *actor, unsigned int got)
{
	unsigned int i;

	for (i = 0; i < got; i++)
		check_item(actor, &actor->items[i]);
}

/* The queue is empty: every outstanding item of a stream is lost. */
static void close_stream(struct ft_actor *producer)
{
	unsigned long bit, window = producer->queue->window;
	unsigned long last = bit_of(producer, producer->next - 1);

	for_each_set_bit(bit, producer->outstanding, window)
		count_lost(producer, producer->next - 1 -
			   ((last - bit) & (window - 1)));
}

static u64 sum(const struct ft_queue *queue, enum fifo_role role, size_t offset)
{
	const struct ft_actor *actor;
	u64 all = 0;

	ft_for_each_actor(actor, queue, role)
		all += *(const u64 *)((const char *)&actor->counts + offset);
	return all;
}

#define SUM(_queue, _role, _count) \
	sum(_queue, _role, offsetof(struct ft_counts, _count))

static void compare(const struct ft_queue *queue, const char *what,
		    u64 theirs, u64 ours)
{
	if (theirs != ours)
		ft_error("queue %u: its ledger says %s=%llu, the torture %llu",
			 queue->index, what, theirs, ours);
}

/* To be called when all actors have ended, and the queue is empty. May take a while. */
void ft_check_books(struct ft_queue *queue)
{
	struct ft_actor *producer;
	struct fifo_ledger now;

	ft_for_each_actor(producer, queue, FIFO_PRODUCER)
		close_stream(producer);
	fifo_read_ledger(queue->index, &now);
	compare(queue, "put", now.put - queue->start.put,
		SUM(queue, FIFO_PRODUCER, moved));
	compare(queue, "got", now.got - queue->start.got,
		SUM(queue, FIFO_CONSUMER, moved));
	compare(queue, "dropped", now.dropped - queue->start.dropped,
		SUM(queue, FIFO_PRODUCER, dropped) +
		SUM(queue, FIFO_PRODUCER, missing));
	compare(queue, "depth", now.depth, 0);
}
