// SPDX-License-Identifier: GPL-2.0
/*
 * hog MILLISECONDS: occupies every processor for this long, as a busy host does.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long us;

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void *hog(void *cpu)
{
	struct sched_param highest = { .sched_priority = 99 };
	long until;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((long)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) ||
	    sched_setscheduler(0, SCHED_FIFO, &highest)) {
		perror("hog");
		exit(1);
	}
	for (until = now_us() + us; now_us() < until;)
		;
	return NULL;
}

int main(int argc, char **argv)
{
	long cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[64];

	if (argc != 2 || cpus > 64)
		return 2;
	us = atol(argv[1]) * 1000;
	for (cpu = 0; cpu < cpus; cpu++)
		if (pthread_create(&threads[cpu], NULL, hog, (void *)cpu))
			return 1;
	for (cpu = 0; cpu < cpus; cpu++)
		pthread_join(threads[cpu], NULL);
	return 0;
}
