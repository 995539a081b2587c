/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stopping a worker: fifo/worker/worker.c, and of the contexts work.c.
 *
 * One atomic or d_step is what the worker's lock, or one call of the workqueue,
 * makes indivisible in C; everything else may interleave. An owner starts the worker,
 * or does not, and stops it at any moment or once all is still. Others set its rate at
 * any moment, also once it has stopped. Until it is stopped it must go on, by the rate
 * that was set last; when fifo_worker_stop() returns, nothing may be armed nor run,
 * nor ever again, for the module goes next; and it must return.
 *
 * Of the workqueue, this is relied on. A work is pending, now or later, until a run of
 * it begins; during the run it may be pending again, but no second run begins.
 * queue_delayed_work() does nothing to one that is pending, mod_delayed_work() makes
 * it due now. cancel_delayed_work_sync() takes back what is pending, and then waits for
 * the run. That it lets nobody queue the work meanwhile is left out: @stopping does that.
 *
 * What is due later never is, so that one that must not wait for it is seen; one whose
 * time has come is as one that was due now. A wait in the port ends when that is
 * cancelled, and only then: port.pml has the rest. Naps are left out, as the clock ends
 * each; so are the other contexts, and stopping again, as fifo_worker_destroy() does.
 *
 *	-DRATES=n		rates that are set
 *
 * Broken on purpose, each to be rejected:
 *
 *	-DBROKEN_ARM		a run arms the work without a look at @stopping
 *	-DBROKEN_LOCK		who sets a rate looks at @stopping, and then takes the lock
 *	-DBROKEN_SYNC		it does not wait for the run: cancel_delayed_work()
 *	-DBROKEN_PORT		it does not cancel the port
 *	-DBROKEN_POKE		who sets a rate leaves alone what is pending
 *	-DBROKEN_OVER		a run does not look whether it is over
 */
#ifndef RATES
#define RATES		1
#endif

/* The work. */
mtype = { nothing, now, later };
mtype pending = nothing;
bool running;

/* The worker. Its schedule does not have a rate that was set: changed. */
bool started, stopping, ended, changed;

/* Its port is cancelled; its owner's @stopped was called; fifo_worker_stop() returned. */
bool cancelled, told, returned;

/* queue_delayed_work() */
inline queue(when)
{
	if
	:: pending == nothing -> pending = when
	:: else
	fi
}

/* arm() */
inline arm(when)
{
	d_step {
		if
#ifdef BROKEN_ARM
		:: true -> queue(when)
#else
		:: !stopping -> queue(when)
		:: else
#endif
		fi
	}
}

/* work_poke() */
inline poke()
{
#ifdef BROKEN_POKE
	queue(now)
#else
	pending = now
#endif
}

/* fifo_worker_set_rate() */
inline set_rate()
{
#ifdef BROKEN_LOCK
	goes = started && !stopping;
#endif
	d_step {
#ifndef BROKEN_LOCK
		goes = started && !stopping;
#endif
		changed = true;
		if
		:: goes -> poke()
		:: else
		fi;
		goes = false
	}
}

/* fifo_worker_end() */
inline end_worker()
{
	if
	:: !ended ->
		ended = true;
		assert(!told);
		told = true
	:: else
	fi
}

/* fifo_worker_move(): some or none; the last; or it waits. */
inline move()
{
	changed = false;	/* follow_rate() */
	if
	:: cancelled -> end_worker()
	:: else ->
		if
		:: true
		:: true -> end_worker()
		:: true -> cancelled; end_worker()
		fi
	fi
}

/* run(): stops in between after RUN_NS, and when what comes next is due later. */
inline run_work()
{
	do
#ifndef BROKEN_OVER
	:: stopping || ended -> break
#endif
	:: else ->
		if
		:: !stopping ->
progress:		skip
		:: else
		fi;
		if
		:: true -> break
		:: true -> move()
		fi;
		if
		:: true
		:: true -> break
		:: true -> when = later; break
		fi
	od;
	if
	:: !ended -> arm(when)
	:: else
	fi;
	when = now
}

active proctype workqueue()
{
	mtype when = now;

end:	do
	:: atomic {
			pending == now ->
			assert(!returned);
			pending = nothing;
			running = true
		};
		run_work();
		running = false
	od
}

active proctype others()
{
	byte n;
	bool goes;

	for (n : 1 .. RATES) {
		set_rate()
	}
}

/* fifo_worker_start() */
inline start(when)
{
	d_step {
		started = true;
		changed = false;
		if
		:: !stopping -> queue(when)
		:: else
		fi
	}
}

/* fifo_worker_cancel() */
inline cancel()
{
	stopping = true;
#ifndef BROKEN_PORT
	cancelled = true
#endif
}

/* cancel_delayed_work_sync() */
inline cancel_sync()
{
	pending = nothing;
#ifndef BROKEN_SYNC
	!running
#endif
}

/* fifo_worker_stop() */
inline stop()
{
	cancel();
	cancel_sync();
	assert(!running && pending == nothing);
	if
	:: started -> end_worker()
	:: else
	fi;
	returned = true
}

active proctype owner()
{
	if
	:: true -> start(now)
	:: true -> start(later)
	:: true -> cancel(); start(now)
	:: true
	fi;
	if
	:: started && !stopping ->
		timeout;	/* all is still */
		assert(ended || running || (pending == later && !changed))
	:: true
	fi;
	stop();
	timeout;
	assert(!running && pending == nothing);
	assert(told == started)
}
