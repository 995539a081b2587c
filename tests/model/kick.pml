/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a process that has mapped the other end: wait.c's wait_in() and
 * fifo_pass_on(), wait.h's fifo_wake(), poll.h's fifo_announce(), queue.c's
 * fifo_queue_poll(), ring.c's fifo_ring_settle(), map_end.c's fifo_mapped_kick(), and of
 * the process libfifo.c's hand_over().
 *
 * One atomic or d_step is what a lock or one atomic instruction makes indivisible in
 * C; everything else may interleave. Memory is sequentially consistent: whether the
 * barriers make it so where it matters is for tests/litmus/.
 *
 * The process puts ITEMS items, one by one, and kicks when it sees that somebody
 * waits. Each consumer gets one and leaves. The first may be cancelled at any moment:
 * which one that is makes no difference. When nothing can run any more, nobody may
 * sleep beside an item, settled or not; then all are cancelled, and all must come to
 * their end. Nobody has anything to do for ever.
 *
 * - There is room for all items, and they settle in one step. In C they become ready
 *   one after another, under the lock; who finds none takes it, too, before it looks
 *   again.
 * - One that is in the wait queue and runs is passed over by a wake-up: it has left
 *   here. Of the others any may be woken, and not only the first: the protocol relies
 *   on no order.
 * - How a cancelled one is found, and who gets a signal, is in port.pml. The stall of a
 *   timer is not modelled.
 *
 * One may wait in poll() until there is an item to get; it looks again when it is woken.
 * And one may watch, by epoll or io_uring: it looks once, stays in the wait queue, and
 * must be told of each item, or of some together, with no further look: then it is for
 * it to get all that were put by then, and settling goes with that.
 *
 *	-DCONSUMERS=n		at most 3
 *	-DITEMS=n
 *	-DMOST=n		items that are settled at a time: FIFO_SETTLE_MAX
 *	-DAGAIN			who has got an item may come again
 *	-DTHREADS=n		threads of the process, which put ITEMS items each
 *	-DPOLL			one waits in poll()
 *	-DWATCH			one watches
 *
 * Broken on purpose, each to be rejected:
 *
 *	-DBROKEN_ANNOUNCE	who leaves does not announce again before its last look.
 *				Three are needed: who leaves, who took what that one was
 *				woken for, and who sleeps on
 *	-DBROKEN_BACK		a kick wakes first, and takes back @waiting then
 *	-DBROKEN_NOTHING	a kick that has settled nothing wakes nobody
 *	-DBROKEN_PASS		who took something passes no wake-up on
 *	-DBROKEN_SETTLE		who passes one on does not settle before it looks
 *	-DBROKEN_SILENT		who passes one on does not announce again before
 *	-DBROKEN_STOP		who is cancelled goes on to look for something to get
 *	-DBROKEN_WATCH		a kick takes back @polled, though somebody watches
 *	-DBROKEN_LATE		it says so again only when it has woken: another thread
 *				that puts between sees nobody
 *
 * An inline has the variables of the process that it is part of.
 */
#ifndef CONSUMERS
#define CONSUMERS	3
#endif
#ifndef ITEMS
#define ITEMS		2
#endif
#ifndef MOST
#define MOST		1
#endif

#ifndef THREADS
#define THREADS		1
#endif

/* Where the process says that it is, where the kernel knows that it is, and the gets. */
byte position, tail, head;

/* control->ends[FIFO_CONSUMER].waiting and .polled, which the process reads */
bool waiting, polled;

/* One is among the watchers, and was told when so many items had been put. */
bool watching;
byte told;

/* One sleeps in poll(). */
bool sleeping;

/* Each consumer. One that does not run is in the wait queue, and sleeps or will. */
bool running[3] = true;
bool cancelled[3];

/*
 * fifo_wake(), in one: who joins after its look at the wait queue is as one that
 * joins after the wake-up, or is woken, too. Who polls or watches is told by each.
 */
inline wake_up(many)
{
	atomic {
		nr = many;
		do
		:: nr > 0 && !running[0] -> running[0] = true; nr--
		:: nr > 0 && !running[1] -> running[1] = true; nr--
		:: nr > 0 && !running[2] -> running[2] = true; nr--
		:: else -> break
		od;
		sleeping = false;
		if
		:: watching -> told = position
		:: else
		fi;
		nr = 0;
		moved = 0
	}
}

/* fifo_ring_settle(), up to its wake-up */
inline settle()
{
	d_step {
		moved = (position - tail > MOST -> MOST : position - tail);
		tail = tail + moved
	}
}

/* of fifo_pollers_take_back() */
inline watched()
{
	if
	:: watching -> polled = true
	:: else
	fi
}

/* fifo_mapped_kick() */
inline kick()
{
#ifndef BROKEN_BACK
	waiting = false;
	polled = false;
#endif
#if !defined(BROKEN_WATCH) && !defined(BROKEN_LATE)
	watched();
#endif
	settle();
	if
	:: moved > 0 -> wake_up(moved)
#ifdef BROKEN_NOTHING
	:: else
#else
	:: else -> wake_up(1)
#endif
	fi;
#ifdef BROKEN_BACK
	waiting = false;
	polled = false;
#endif
#ifdef BROKEN_LATE
	watched();
#endif
	skip
}

/* hand_over() of the library */
active [THREADS] proctype process()
{
	byte k, moved, nr;

	for (k : 1 .. ITEMS) {
		position++;
		if
		:: waiting -> kick()
		:: else ->
			if
			:: polled -> kick()
			:: else
			fi
		fi
	}
}

/* fifo_ring_claim_filled() */
#define CLAIM		d_step { head < tail -> head++; ok = true }

/* ring_engine_get() */
inline try()
{
	if
	:: CLAIM
	:: head == tail ->
		settle();
		if
		:: moved > 0 -> wake_up(moved)
		:: else
		fi;
		if
		:: CLAIM
		:: head == tail
		fi
	fi
}

/* fifo_pass_on(): one that runs is not in the wait queue, or need not be. */
inline pass_on()
{
	if
	:: running[0] && running[1] && running[2]
	:: else ->
#ifndef BROKEN_SILENT
		waiting = true;
#endif
#ifndef BROKEN_SETTLE
		settle();
		if
		:: moved > 0 -> wake_up(moved)
		:: else
		fi;
#endif
		if
		:: head < tail -> wake_up(1)
		:: else
		fi
	fi
}

/* wait_in() */
inline wait_in(i)
{
	do
	:: true ->
		running[i] = false;	/* prepare_to_wait_exclusive() */
		waiting = true;		/* fifo_announce() */
		try();
		stop = cancelled[i];
		if
		:: !ok && !stop -> running[i]	/* schedule() */
		:: else
		fi;
		running[i] = true;	/* finish_wait() */
		if
		:: !ok ->
#ifndef BROKEN_ANNOUNCE
			waiting = true;
#endif
			try()
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
	:: ok -> pass_on()
	:: else
	fi
#endif
}

proctype consumer(byte i)
{
	byte moved, nr;
	bool ok, stop;

	do
	:: cancelled[i] -> break
	:: else ->
		try();
		if
		:: !ok -> wait_in(i)
		:: else
		fi;
		if
		:: ok -> break
#ifdef AGAIN
		:: ok -> ok = false
#endif
		:: else
		fi
	od
}

/* fifo_queue_poll(), but for joining */
inline look()
{
	polled = true;
	settle();
	if
	:: moved > 0 -> wake_up(moved)
	:: else
	fi
}

#ifdef POLL
active proctype poller()
{
	byte moved, nr;

	do
	:: true ->
		sleeping = true;	/* in the wait queue */
		look();
		if
		:: head < tail -> break
		:: else -> !sleeping
		fi
	od;
	sleeping = false
}
#endif

#ifdef WATCH
active proctype watcher()
{
	byte moved, nr;

	watching = true;
	look();
	told = position
}
#endif

/* fifo_waiter_cancel() */
inline cancel(i)
{
	cancelled[i] = true;
	running[i] = true
}

init
{
	byte k;

	atomic {
		for (k : 0 .. CONSUMERS - 1) {
			run consumer(k)
		}
		k = 0
	}
	if
	:: true -> cancel(0)	/* at any moment */
	:: true
	fi;
	/* Then all is still. */
	timeout;
	for (k : 0 .. CONSUMERS - 1) {
		assert(running[k] || !cancelled[k]);
		assert(running[k] || head == position)
	}
	assert(!sleeping || head == position);
	assert(!watching || told == position);
	sleeping = false;
	/* The rest are unloaded, and everybody must come to an end. */
	atomic {
		for (k : 0 .. CONSUMERS - 1) {
			cancel(k)
		}
	}
}
