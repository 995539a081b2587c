// SPDX-License-Identifier: GPL-2.0
/*
 * A BPF ring buffer, from the kernel to this process: a program that puts records
 * into it is run by BPF_PROG_TEST_RUN, and this process takes them out as libbpf's
 * ring_buffer does. The program is assembled here, so that this needs no compiler.
 */
#include <err.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "bench.h"

/* Of the ring, a power of two: SIZE records and their heads fit. */
#define BYTES	(SIZE * ITEM * 2)

static int map_fd, prog_fd;
static uint64_t *consumer;
static const uint64_t *producer;
static const char *data;

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* --- the program ----------------------------------------------------------- */

#define STACK	(-ITEM)

static struct bpf_insn program[BATCH * 6 + ITEM / 8 + 2];
static unsigned int length;

static void emit(uint8_t code, uint8_t dst, uint8_t src, int16_t off, int32_t imm)
{
	program[length++] = (struct bpf_insn){
		.code = code, .dst_reg = dst, .src_reg = src, .off = off,
		.imm = imm,
	};
}

/* bpf_ringbuf_output(map, stack, ITEM, 0) */
static void emit_output(void)
{
	emit(BPF_LD | BPF_IMM | BPF_DW, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map_fd);
	emit(0, 0, 0, 0, 0);
	emit(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_6, 0, 0);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, ITEM);
	emit(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, 0);
	emit(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output);
}

/* A record of zeroes on the stack, put @batch times. */
static void assemble(unsigned int batch)
{
	int i;

	for (i = STACK; i < 0; i += 8)
		emit(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, i, 0);
	emit(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_6, BPF_REG_10, 0, 0);
	emit(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_6, 0, 0, STACK);
	while (batch--)
		emit_output();
	emit(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0);
	emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static bool load_program(unsigned int batch)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_RINGBUF, .max_entries = BYTES,
	};
	union bpf_attr prog = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)program, .license = (uintptr_t)"GPL",
	};

	map_fd = bpf(BPF_MAP_CREATE, &map);
	if (map_fd < 0) {
		warn("no BPF ring buffer");
		return false;
	}
	assemble(batch);
	prog.insn_cnt = length;
	prog_fd = bpf(BPF_PROG_LOAD, &prog);
	if (prog_fd < 0) {
		warn("no BPF program");
		return false;
	}
	return true;
}

/* Runs it so often. */
static int run_times(unsigned int times)
{
	static char packet[ITEM];
	union bpf_attr attr = {
		.test = {
			.prog_fd = prog_fd, .repeat = times,
			.data_in = (uintptr_t)packet,
			.data_size_in = sizeof(packet),
		},
	};

	return bpf(BPF_PROG_TEST_RUN, &attr);
}

/* --- the consumer ---------------------------------------------------------- */

static void *map_ring(size_t len, int prot, off_t offset)
{
	void *at = mmap(NULL, len, prot, MAP_SHARED, map_fd, offset);

	if (at == MAP_FAILED)
		err(1, "mmap of a BPF ring buffer");
	return at;
}

/* The data is mapped twice, one behind the other: no record is in two parts. */
bool open_bpf(unsigned int batch)
{
	long page = sysconf(_SC_PAGESIZE);

	if (!load_program(batch))
		return false;
	consumer = map_ring(page, PROT_READ | PROT_WRITE, 0);
	producer = map_ring(page + 2 * BYTES, PROT_READ, page);
	data = (const char *)producer + page;
	return true;
}

/* Runs the program so often in one system call. */
bool put_bpf(unsigned int times)
{
	return !run_times(times);
}

/* Those that are there, each given back by itself. Returns how many. */
static unsigned int take(unsigned int most)
{
	static char copy[BATCH][ITEM];
	uint64_t at = *consumer, until;
	unsigned int n = 0;
	uint32_t head;

	until = __atomic_load_n(producer, __ATOMIC_ACQUIRE);
	while (at < until && n < most) {
		const char *record = data + (at & (BYTES - 1));

		head = __atomic_load_n((const uint32_t *)record,
				       __ATOMIC_ACQUIRE);
		if (head & BPF_RINGBUF_BUSY_BIT)
			break;
		memcpy(copy[n++], record + BPF_RINGBUF_HDR_SZ, ITEM);
		/* Seen by nobody here, and not to be optimised away. */
		__asm__ volatile("" : : "r"(copy) : "memory");
		at += BPF_RINGBUF_HDR_SZ + ITEM;
		__atomic_store_n(consumer, at, __ATOMIC_RELEASE);
	}
	return n;
}

bool get_bpf(unsigned int n)
{
	return take(n) == n;
}
