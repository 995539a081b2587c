// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU: how many instructions of the guest's kernel run at each address, between
 * two calls of a function at the address MARK (bench/mark.c). They go to the file out=, as
 * lines ADDRESS INSTRUCTIONS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../mark.h"
#include "qemu-plugin.h"

int qemu_plugin_version = VERSION;

/**
 * struct block - instructions that run one after the other: part of one function
 * @address: of the first
 * @size: how many
 * @runs: how often they ran between the marks
 * @next: one that was found before
 */
struct block {
	uint64_t address;
	uint64_t size;
	uint64_t runs;
	struct block *next;
};

static struct block *blocks;
static unsigned int marks;
static const char *out = "/dev/stderr";

static void ran(unsigned int cpu, void *data)
{
	struct block *block = data;

	(void)cpu;
	block->runs += marks == 1;
}

static void marked(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	marks++;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	struct block *block;

	(void)id;
	if (address == MARK)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, marked, QEMU_PLUGIN_CB_NO_REGS, NULL);
	/* The kernel has the upper half. */
	if (!(address >> 63))
		return;
	block = calloc(1, sizeof(*block));
	if (!block)
		abort();
	block->address = address;
	block->size = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, ran, QEMU_PLUGIN_CB_NO_REGS, block);
}

static void write_out(qemu_plugin_id_t id, void *data)
{
	FILE *file = fopen(out, "w");
	struct block *block;

	(void)id;
	(void)data;
	if (!file)
		abort();
	for (block = blocks; block; block = block->next)
		if (block->runs)
			fprintf(file, "%016llx %llu\n", (unsigned long long)block->address,
				(unsigned long long)(block->size * block->runs));
	if (marks != 2 || fclose(file))
		abort();
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc,
			char **argv)
{
	(void)info;
	while (argc--)
		if (!strncmp(argv[argc], "out=", 4))
			out = strdup(argv[argc] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, write_out, NULL);
	return 0;
}
