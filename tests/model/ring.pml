/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ring engine, for port.pml: fifo/engine/turns.h and ring.c, step by step. Each may
 * be stopped between its look and its claim, and between its claim and its
 * hand-over, so that slots are filled and freed in any order.
 *
 *	-DSIZE=n		at least 2, and not only powers of it
 *	-DBATCH=n		positions that a client claims at a time, at most
 *	-DFULL			the ring is full at first, and not empty
 *	-DDROP_OLDEST		a put to a full ring drops the oldest item
 *
 * Broken on purpose, besides what port.pml has:
 *
 *	-DBROKEN_AGAIN		a claim that another was faster than gives up
 *	-DBROKEN_OLDEST		it drops an item whose slot is not the next one
 *	-DBROKEN_NOTIFY		with drop-oldest, a put wakes no producers
 */
#ifdef DROP_OLDEST
#define DROPS		true
#else
#define DROPS		false
#endif
#ifndef SIZE
#define SIZE		2
#endif
#ifndef BATCH
#define BATCH		1
#endif

#ifdef FULL
#define THERE		SIZE
#else
#define THERE		0
#endif

/* Positions start at SIZE, so that none is ever below 0. */
byte tail = SIZE + THERE, head = SIZE;
byte turn[SIZE];

#define TURN(position)	turn[(position) % SIZE]

/* What a turn is, beyond the position. */
#define FREE		0
#define FILLED		1

/* A client's own: what it has claimed from where on, and what it has moved. */
#define LOCALS		byte first, claimed, moved

inline start(k)
{
	for (k : SIZE .. SIZE + SIZE - 1) {
		TURN(k) = (THERE > 0 -> k + FILLED : k)
	}
}

/* fifo_ring_claim() */
inline claim(next, what)
{
	first = next;
	do
	:: claimed < BATCH && claimed < todo && TURN(first + claimed) == first + claimed + what ->
		claimed++
	:: else ->
		d_step {	/* try_cmpxchg, or the second look at it */
			if
			:: first == next ->
				next = next + claimed;
				ok = true
			:: else ->
				first = next;
				claimed = 0
			fi
		}
#ifdef BROKEN_AGAIN
		break
#else
		if
		:: ok -> break
		:: else
		fi
#endif
	od;
	ok = claimed > 0
}

/* Hands over what was claimed: the slots must have been one's own all the time. */
inline hand_over(what, becomes)
{
	do
	:: moved < claimed ->
		d_step {
			assert(TURN(first + moved) == first + moved + what);
			TURN(first + moved) = first + moved + becomes;
			moved++
		}
	:: else -> break
	od;
	first = 0;
	claimed = 0
}

/* ring_engine_put() */
inline try_put()
{
	claim(tail, FREE);
	hand_over(FREE, FILLED)
}

/* drop_oldest() */
inline drop_oldest()
{
#ifdef BROKEN_OLDEST
	first = head;
#else
	first = tail - SIZE;
#endif
	if
	:: TURN(first) == first + FILLED ->
		d_step {
			if
			:: head == first ->
				assert(tail - head == SIZE);
				head++;
				claimed = 1
			:: else
			fi
		}
	:: else
	fi;
	hand_over(FILLED, SIZE);
	moved = 0
}

inline try(i, ok)
{
	ok = false;
	if
	:: IS_PRODUCER(i) ->
		try_put();
#ifdef DROP_OLDEST
		if
		:: !ok ->
			drop_oldest();
			try_put()
		:: else
		fi
#endif
	:: else ->
		claim(head, FILLED);
		hand_over(FILLED, SIZE)
	fi
}

/* fifo_ring_next_ready() */
inline next_ready(next, what, is)
{
	do
	:: true ->
		first = next;
		is = TURN(first) == first + what;
		if
		:: is || first == next -> break
		:: else
		fi
	od;
	first = 0
}

/* fifo_queue_ready() with ring_engine_ready() */
inline ready(i, is)
{
	if
	:: IS_PRODUCER(i) && DROPS -> is = true
	:: IS_PRODUCER(i) && !DROPS -> next_ready(tail, FREE, is)
	:: else -> next_ready(head, FILLED, is)
	fi
}

/* The wake-ups after a put or a get. */
inline finish(i)
{
	if
	:: IS_PRODUCER(i) ->
		fifo_wake(NOT_EMPTY, moved);
#if defined(DROP_OLDEST) && !defined(BROKEN_NOTIFY)
		fifo_wake(NOT_FULL, moved)
#endif
	:: else ->
		fifo_wake(NOT_FULL, moved)
	fi;
	todo = todo - moved;
	moved = 0
}

inline cancelled_too(i)
{
	skip
}

/* Nobody is in the middle of anything: all slots are handed over. */
inline check_books(k)
{
	assert(tail - head <= SIZE);
	for (k : head .. head + SIZE - 1) {
		assert(TURN(k) == (k < tail -> k + FILLED : k))
	}
	k = 0
}

#ifdef DROP_OLDEST
#define PRODUCER_MAY_SLEEP	false
#else
#define PRODUCER_MAY_SLEEP	(tail - head == SIZE)
#endif
#define CONSUMER_MAY_SLEEP	(tail == head)
