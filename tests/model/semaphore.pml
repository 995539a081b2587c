/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The semaphore engine, for port.pml.
 *
 *	-DSIZE=n
 *	-DDROP_OLDEST		a put to a full queue takes the oldest item's slot
 *	-DTRY			a client may be one that must not wait for the mutex,
 *				and gives back what it has claimed, once
 *
 * Broken on purpose, besides what port.pml has:
 *
 *	-DBROKEN_BARRIER	the look for sleepers may come before the release
 *	-DBROKEN_UP		cancelling frees a sleeper by up(), as is often seen
 *	-DBROKEN_ROOM		with drop-oldest, who has found no slot takes an item,
 *				though there may be a slot again
 *	-DBROKEN_BACK		what is given back wakes nobody
 *	-DBROKEN_NOTIFY		with drop-oldest, a put wakes no producers
 *	-DBROKEN_COUNT		what is given back counts as moved
 */
#ifdef DROP_OLDEST
#define DROPS		true
#else
#define DROPS		false
#endif
#ifndef SIZE
#define SIZE		1
#endif

/* The semaphores empty and fill, and what the mutex guards. */
byte slots = SIZE, items = 0, depth = 0, dropped = 0;

/* What became of the items, as fifo_count() has it. */
byte put, got;

/* A client's own. */
#define LOCALS		bool oldest, room, sleepers, gave_back

inline start(k)
{
	skip
}

/* down_trylock() */
inline take(sem, ok)
{
	d_step {
		ok = sem > 0;
		if
		:: ok -> sem--
		:: else
		fi
	}
}

/* semaphore_engine_replace(): when it takes the oldest item, the queue is full. */
inline replace(ok)
{
#ifdef BROKEN_ROOM
	d_step {
		ok = items > 0;
		if
		:: ok ->
			assert(slots == 0);
			items--
		:: else
		fi
	}
	oldest = ok
#else
	take(items, ok);
	if
	:: ok ->
		take(slots, room);
		if
		:: room -> items++
		:: else -> oldest = true
		fi;
		room = false
	:: else
	fi
#endif
}

/* The claim of a put, and of a get. */
inline try(i, ok)
{
	oldest = false;
	if
	:: IS_PRODUCER(i) ->
		take(slots, ok);
#ifdef DROP_OLDEST
		if
		:: !ok -> replace(ok)
		:: else
		fi
#endif
	:: else ->
		take(items, ok)
	fi
}

/* fifo_queue_ready() with semaphore_engine_ready() */
inline ready(i, is)
{
	if
	:: IS_PRODUCER(i) -> is = DROPS || slots > 0
	:: else -> is = items > 0
	fi
}

/* fifo_count(): in no step with what it counts. */
inline count(i)
{
	if
	:: IS_PRODUCER(i) -> put++
	:: else -> got++
	fi
}

/* up(), fifo_count(), then fifo_wake(). */
inline release(i, sem, q)
{
#ifdef BROKEN_BARRIER
	sleepers = len(queued[q]) > 0;
	sem++;
	count(i);
#else
	sem++;
	count(i);
	sleepers = len(queued[q]) > 0;
#endif
	if
	:: sleepers -> wake_up(q, 1)
	:: else
	fi;
	sleepers = false
}

/* fifo_complete_put(), for producers: one that is to drop the oldest item waits for one. */
inline notify()
{
#if defined(DROP_OLDEST) && !defined(BROKEN_NOTIFY)
	fifo_wake(NOT_FULL, 1)
#else
	skip
#endif
}

/* fifo_wake_for_claims(), when an engine's finish_put or finish_get had no mutex. */
inline give_back(i)
{
	if
	:: IS_PRODUCER(i) && !oldest -> slots++
	:: else -> items++
	fi;
	oldest = false;
#ifdef BROKEN_COUNT
	count(i);
#endif
#ifndef BROKEN_BACK
	fifo_wake(NOT_FULL, 1);
	fifo_wake(NOT_EMPTY, 1);
	notify();
#endif
	gave_back = true
}

/* fifo_array_put() and fifo_array_get() under the mutex, and what comes after them. */
inline move(i)
{
	d_step {
		if
		:: oldest -> assert(depth > 0); depth--; dropped++
		:: else
		fi;
		if
		:: IS_PRODUCER(i) -> assert(depth < SIZE); depth++
		:: else -> assert(depth > 0); depth--
		fi;
		oldest = false
	}
	if
	:: IS_PRODUCER(i) ->
		release(i, items, NOT_EMPTY);
		notify()
	:: else ->
		release(i, slots, NOT_FULL)
	fi;
	todo--
}

/* The rest of a put or a get that has claimed. */
inline finish(i)
{
	if
#ifdef TRY
	:: !gave_back -> give_back(i)
#endif
	:: true -> move(i)
	fi
}

/* What else a cancel did to the queue of a client. */
inline cancelled_too(i)
{
#ifdef BROKEN_UP
	if
	:: IS_PRODUCER(i) -> slots++
	:: else -> items++
	fi
#else
	skip
#endif
}

/* Nobody is in the middle of anything: the books must be right. */
inline check_books(k)
{
	assert(items == depth);
	assert(slots == SIZE - depth);
	assert(put == got + dropped + depth)
}

#ifdef DROP_OLDEST
#define PRODUCER_MAY_SLEEP	false
#else
#define PRODUCER_MAY_SLEEP	(slots == 0)
#endif
#define CONSUMER_MAY_SLEEP	(items == 0)
