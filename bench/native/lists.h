/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's lists, as far as the engines use them.
 */
#ifndef _NATIVE_LISTS_H
#define _NATIVE_LISTS_H

#include <stddef.h>

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)	struct list_head name = { &(name), &(name) }

#define container_of(member_ptr, type, member)				\
	((type *)((char *)(member_ptr) - offsetof(type, member)))

#define list_first_entry_or_null(head, type, member)			\
	((head)->next == (head) ? NULL : list_first_entry(head, type, member))
#define list_first_entry(head, type, member)				\
	container_of((head)->next, type, member)

#define list_for_each_entry_safe(pos, n, head, member)			\
	for (pos = list_first_entry(head, typeof(*pos), member),	\
	     n = list_first_entry(&pos->member, typeof(*pos), member);	\
	     &pos->member != (head);					\
	     pos = n, n = list_first_entry(&n->member, typeof(*n), member))

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline void list_insert(struct list_head *entry, struct list_head *prev,
			       struct list_head *next)
{
	next->prev = entry;
	entry->next = next;
	entry->prev = prev;
	prev->next = entry;
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	list_insert(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	list_insert(entry, head->prev, head);
}

static inline void list_del(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

#endif /* _NATIVE_LISTS_H */
