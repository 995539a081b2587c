/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wait, cancel and unload protocol of the semaphore engine: port.c's
 * wait_in() and fifo_cancel(), queue.c's put_items() and get_items().
 *
 * One atomic or d_step is what a lock or one atomic instruction makes
 * indivisible in C; everything else may interleave. Each client moves ITEMS
 * items and leaves, and one of them may be cancelled at any moment. When nothing
 * can run any more, whoever sleeps must do so with reason; then all are
 * cancelled, and all must come to their end.
 *
 *	-DSIZE=n -DPRODUCERS=n -DCONSUMERS=n -DITEMS=n
 *	-DDROP_OLDEST		a put to a full queue takes the oldest item's slot
 *
 * Broken on purpose, each to be rejected:
 *
 *	-DBROKEN_LOOK		who gives up does not look again once it has left
 *	-DBROKEN_PASS		who took something passes no wake-up on
 *	-DBROKEN_BARRIER	the look for sleepers may come before the release
 *	-DBROKEN_UP		cancelling frees a sleeper by up(), as is often seen
 */
#ifndef SIZE
#define SIZE		1
#endif
#ifndef PRODUCERS
#define PRODUCERS	2
#endif
#ifndef CONSUMERS
#define CONSUMERS	2
#endif
#ifndef ITEMS
#define ITEMS		2
#endif

#define CLIENTS		(PRODUCERS + CONSUMERS)
#define IS_PRODUCER(i)	((i) < PRODUCERS)

/* The semaphores empty and fill, and what the mutex guards. */
byte slots = SIZE, items = 0, depth = 0;

/* Two wait queues: not full, not empty. Each is first come, first served. */
#define NOT_FULL	0
#define NOT_EMPTY	1
chan queued[2] = [CLIENTS] of { byte };

/* Each client: what its task and its port hold. */
bool running[CLIENTS] = true;	/* TASK_RUNNING, or else about to sleep */
bool waiter[CLIENTS];		/* port->waiter is set */
bool cancelled[CLIENTS];	/* port->cancelled */
bool inside[CLIENTS];		/* in an operation */
byte left = CLIENTS;		/* clients that have not come to their end */

/* What became of the items. */
byte put, got, dropped;

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
inline look(i, ok, oldest)
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

/*
 * wake_up(): under the queue's lock, wakes the first that is about to sleep
 * and takes it out. One that runs already is passed over.
 */
inline wake_up(q, n, who)
{
	atomic {
		n = len(queued[q]);
		do
		:: n > 0 ->
			n--;
			queued[q] ? who;
			if
			:: !running[who] ->
				running[who] = true;
				n = 0
			:: else ->
				queued[q] ! who
			fi
		:: else -> break
		od;
		n = 0;
		who = 0
	}
}

/*
 * The order of a queue whose first tasks were passed over is turned round by
 * the above: the protocol relies on no order.
 */

/* release_slots(), release_items(): up(), then fifo_wake(). */
inline release(sem, q, sleepers, n, who)
{
#ifdef BROKEN_BARRIER
	sleepers = len(queued[q]) > 0;
	sem++;
#else
	sem++;
	sleepers = len(queued[q]) > 0;
#endif
	if
	:: sleepers -> wake_up(q, n, who)
	:: else
	fi;
	sleepers = false
}

/* finish_wait() */
inline leave(i, q)
{
	running[i] = true;
	d_step {
		if
		:: queued[q] ?? [eval(i)] -> queued[q] ?? eval(i)
		:: else
		fi
	}
}

/* wait_in() */
inline wait_in(i, q, ok, oldest, stop, sleepers, n, who)
{
	do
	:: true ->
		d_step {	/* prepare_to_wait_exclusive() */
			if
			:: !(queued[q] ?? [eval(i)]) -> queued[q] ! i
			:: else
			fi;
			running[i] = false
		}
		look(i, ok, oldest);
		stop = cancelled[i];
		if
		:: !ok && !stop ->
			running[i]	/* schedule() */
		:: else
		fi;
		leave(i, q);
#ifdef BROKEN_LOOK
		if
		:: ok || stop -> break
		:: else
		fi;
#endif
		if
		:: !ok -> look(i, ok, oldest)
		:: else
		fi;
		if
		:: ok || stop -> break
		:: else
		fi
	od;
#ifndef BROKEN_PASS
	if
	:: ok -> wake_up(q, n, who)
	:: else
	fi
#endif
}

/* fifo_cancel() */
inline cancel(i)
{
	cancelled[i] = true;
	d_step {	/* under the port's lock */
		if
		:: waiter[i] -> running[i] = true
		:: else
		fi
	}
#ifdef BROKEN_UP
	if
	:: IS_PRODUCER(i) -> slots++
	:: else -> items++
	fi
#endif
}

proctype client(byte i)
{
	byte todo = ITEMS, q, n, who;
	bool ok, oldest, stop, sleepers;

	q = (IS_PRODUCER(i) -> NOT_FULL : NOT_EMPTY);
	do
	:: todo == 0 || cancelled[i] -> break
	:: else ->
		inside[i] = true;
		look(i, ok, oldest);
		if
		:: !ok ->
			waiter[i] = true;
			wait_in(i, q, ok, oldest, stop, sleepers, n, who);
			waiter[i] = false
		:: else
		fi;
		if
		:: !ok -> skip
		:: ok && IS_PRODUCER(i) ->
			if
			:: oldest ->
				d_step { assert(depth > 0); depth--; dropped++ }
			:: else
			fi;
			d_step { assert(depth < SIZE); depth++; put++ }
			release(items, NOT_EMPTY, sleepers, n, who);
#ifdef DROP_OLDEST
			sleepers = len(queued[NOT_FULL]) > 0;
			if
			:: sleepers -> wake_up(NOT_FULL, n, who)
			:: else
			fi
#endif
		:: ok && !IS_PRODUCER(i) ->
			d_step { assert(depth > 0); depth--; got++ }
			release(slots, NOT_FULL, sleepers, n, who)
		fi;
		inside[i] = false;
		ok = false;
		oldest = false;
		stop = false;
		todo--
	od;
	inside[i] = false;
	left--
}

/* Nobody is in the middle of anything: the books must be right. */
inline check_books()
{
	assert(items == depth);
	assert(slots == SIZE - depth);
	assert(put == got + dropped + depth)
}

/* Nothing can run: who sleeps must have a reason. */
inline check_sleepers(k)
{
	for (k : 0 .. CLIENTS - 1) {
		assert(running[k] || !cancelled[k]);
		assert(running[k] || !IS_PRODUCER(k) || slots == 0);
		assert(running[k] || IS_PRODUCER(k) || items == 0)
	}
	k = 0
}

init
{
	byte k;

	atomic {
		for (k : 0 .. CLIENTS - 1) {
			run client(k)
		}
		k = 0
	}
	/* An owner cancels one of them, at any moment, or none. */
	select(k : 0 .. CLIENTS);
	if
	:: k < CLIENTS -> cancel(k)
	:: else
	fi;
	k = 0;
	/* Then all is still. */
	timeout;
	check_books();
	check_sleepers(k);
	/* The rest are unloaded, and everybody must come to an end. */
	for (k : 0 .. CLIENTS - 1) {
		cancel(k)
	}
	k = 0;
	left == 0;
	check_books()
}
