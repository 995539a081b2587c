/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wait, cancel and unload protocol: wait.c's wait_in(), fifo_pass_on() and
 * fifo_waiter_cancel(), operation.h's and transfer.c's put and get, over a model
 * of an engine.
 *
 * One atomic or d_step is what a lock or one atomic instruction makes
 * indivisible in C; everything else may interleave. Each client moves ITEMS
 * items and leaves, and one of them may be cancelled at any moment. When nothing
 * can run any more, whoever sleeps must do so with reason; then all are
 * cancelled, and all must come to their end. Nobody has anything to do for ever:
 * so a cycle of states is a mistake, too.
 *
 * A client here is a task, which sleeps in wait_in(): the stall of a timer, which does
 * not, and batches of the semaphore engine are not modelled; how a worker is stopped
 * is in worker.pml.
 *
 *	-DPRODUCERS=n -DCONSUMERS=n -DITEMS=n
 *	-DRING			the engine is ring, and not semaphore
 *	-DSIGNAL		one gets a signal, and is not cancelled before the end:
 *				its process comes back, or dies
 *
 * Broken on purpose, each to be rejected:
 *
 *	-DBROKEN_LOOK		who gives up does not look again once it has left
 *	-DBROKEN_PASS		who took something passes no wake-up on
 *	-DBROKEN_EARLY		it looks for more before it has left the wait queue
 *	-DBROKEN_STOP		who is cancelled goes on to look for something to move
 *
 * Those of the engines are in their files. An inline has the variables of the
 * process that it is part of.
 */
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

/* Two wait queues: not full, not empty. Each is first come, first served. */
#define NOT_FULL	0
#define NOT_EMPTY	1
chan queued[2] = [CLIENTS] of { byte };

/* Each client: what its task and its waiter hold. */
bool running[CLIENTS] = true;	/* TASK_RUNNING, or else about to sleep */
bool waiter[CLIENTS];		/* waiter->task is set */
bool cancelled[CLIENTS];	/* waiter->cancelled */
bool interrupted[CLIENTS];	/* signal_pending(): wait_in() returns -EINTR */
byte left = CLIENTS;		/* clients that have not come to their end */

/*
 * wake_up_nr(): under the queue's lock, wakes the first @many that are about to
 * sleep and takes them out. One that runs already is passed over.
 */
inline wake_up(q, many)
{
	atomic {
		nr = many;
		n = len(queued[q]);
		do
		:: n > 0 && nr > 0 ->
			n--;
			queued[q] ? who;
			if
			:: !running[who] ->
				running[who] = true;
				nr--
			:: else ->
				queued[q] ! who
			fi
		:: else -> break
		od;
		n = 0;
		nr = 0;
		who = 0
	}
}

/*
 * The order of a queue whose first tasks were passed over is turned round by
 * the above: the protocol relies on no order.
 */

inline fifo_wake(q, many)
{
	if
	:: len(queued[q]) > 0 -> wake_up(q, many)
	:: else
	fi
}

#ifdef RING
#include "ring.pml"
#else
#include "semaphore.pml"
#endif

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

/* fifo_pass_on() */
inline pass_on(i, q)
{
	if
	:: len(queued[q]) == 0
	:: else ->
#ifndef BROKEN_EARLY
		ready(i, more);
#endif
		if
		:: more -> fifo_wake(q, 1)
		:: else
		fi
	fi;
	more = false
}

/* wait_in() */
inline wait_in(i, q, ok)
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
		try(i, ok);
		stop = cancelled[i] || interrupted[i];
		if
		:: !ok && !stop ->
			running[i]	/* schedule() */
		:: else
		fi;
#ifdef BROKEN_EARLY
		if
		:: ok -> ready(i, more)
		:: else
		fi;
#endif
		leave(i, q);
#ifdef BROKEN_LOOK
		if
		:: ok || stop -> break
		:: else
		fi;
#endif
		if
		:: !ok -> try(i, ok)
		:: else
		fi;
		if
#ifdef BROKEN_STOP
		:: ok -> break
#else
		:: ok || stop -> break
#endif
		:: else
		fi
	od;
	stop = false;
#ifndef BROKEN_PASS
	if
	:: ok -> pass_on(i, q)
	:: else
	fi
#endif
}

/* fifo_waiter_cancel() */
inline cancel(i)
{
	cancelled[i] = true;
	d_step {	/* under the waiter's lock */
		if
		:: waiter[i] -> running[i] = true
		:: else
		fi
	}
	cancelled_too(i)
}

/* A signal wakes its task, and takes no lock of ours. */
inline interrupt(i)
{
	interrupted[i] = true;
	running[i] = true
}

/* Back in the process: it handles the signal, or dies of it. */
inline handle_signal(i)
{
	if
	:: interrupted[i] -> interrupted[i] = false
	:: interrupted[i] -> todo = 0
	:: else
	fi
}

proctype client(byte i)
{
	byte todo = ITEMS, q, n, nr, who;
	bool ok, stop, more;
	LOCALS;

	q = (IS_PRODUCER(i) -> NOT_FULL : NOT_EMPTY);
	do
	:: todo == 0 || cancelled[i] -> break
	:: else ->
		try(i, ok);
		if
		:: !ok ->
			waiter[i] = true;
			wait_in(i, q, ok);
			waiter[i] = false
		:: else
		fi;
		if
		:: ok -> finish(i)
		:: else
		fi;
		ok = false;
#ifdef SIGNAL
		handle_signal(i)
#endif
	od;
	left--
}

/* Nothing can run: who sleeps must have a reason. */
inline check_sleepers(k)
{
	for (k : 0 .. CLIENTS - 1) {
		assert(running[k] || !cancelled[k]);
		assert(running[k] || !IS_PRODUCER(k) || PRODUCER_MAY_SLEEP);
		assert(running[k] || IS_PRODUCER(k) || CONSUMER_MAY_SLEEP)
	}
	k = 0
}

init
{
	byte k;

	atomic {
		start(k);
		for (k : 0 .. CLIENTS - 1) {
			run client(k)
		}
		k = 0
	}
	/* An owner cancels one of them, or one gets a signal, at any moment, or none. */
	select(k : 0 .. CLIENTS);
	if
#ifdef SIGNAL
	:: k < CLIENTS -> interrupt(k)
#else
	:: k < CLIENTS -> cancel(k)
#endif
	:: else
	fi;
	k = 0;
	/* Then all is still. */
	timeout;
	check_books(k);
	check_sleepers(k);
	/* The rest are unloaded, and everybody must come to an end. */
	for (k : 0 .. CLIENTS - 1) {
		cancel(k)
	}
	k = 0;
	left == 0;
	check_books(k)
}
