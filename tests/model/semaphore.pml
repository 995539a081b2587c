/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The semaphore engine, for port.pml.
 *
 *	-DSIZE=n
 *	-DDROP_OLDEST		a put to a full queue takes the oldest item's slot
 *
 * Broken on purpose, besides what port.pml has:
 *
 *	-DBROKEN_BARRIER	the look for sleepers may come before the release
 *	-DBROKEN_UP		cancelling frees a sleeper by up(), as is often seen
 */
#ifndef SIZE
#define SIZE		1
#endif

/* The semaphores empty and fill, and what the mutex guards. */
byte slots = SIZE, items = 0, depth = 0;

/* What became of the items. */
byte put, got, dropped;

/* A client's own. */
#define LOCALS		bool oldest, sleepers

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

/* The claim of a put, and of a get. */
inline try(i, ok)
{
	oldest = false;
	if
	:: IS_PRODUCER(i) ->
		take(slots, ok);
#ifdef DROP_OLDEST
		if
		:: !ok ->
			take(items, ok);
			oldest = ok
		:: else
		fi
#endif
	:: else ->
		take(items, ok)
	fi
}

/* up(), then fifo_wake(). */
inline release(sem, q)
{
#ifdef BROKEN_BARRIER
	sleepers = len(queued[q]) > 0;
	sem++;
#else
	sem++;
	sleepers = len(queued[q]) > 0;
#endif
	if
	:: sleepers -> wake_up(q, 1)
	:: else
	fi;
	sleepers = false
}

/* The rest of a put or a get that has claimed. */
inline finish(i)
{
	if
	:: IS_PRODUCER(i) ->
		if
		:: oldest ->
			d_step { assert(depth > 0); depth--; dropped++ }
		:: else
		fi;
		d_step { assert(depth < SIZE); depth++; put++ }
		release(items, NOT_EMPTY);
#ifdef DROP_OLDEST
		fifo_wake(NOT_FULL, 1)
#endif
	:: else ->
		d_step { assert(depth > 0); depth--; got++ }
		release(slots, NOT_FULL)
	fi;
	oldest = false;
	todo--
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

#define PRODUCER_MAY_SLEEP	(slots == 0)
#define CONSUMER_MAY_SLEEP	(items == 0)
