// SPDX-License-Identifier: GPL-2.0
/*
 * The descriptor by which a process maps its end of a queue, waits, and kicks.
 *
 * It lives, and holds fifo.ko, as long as any process has it open or has a
 * mapping of it. So the pages, which belong to the queue and to this end, outlive
 * every mapping.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include "engine/ring.h"
#include "map_end.h"
#include "map_file.h"
#include "queue.h"

/**
 * struct region - what can be mapped
 * @memory: whole pages
 * @len: its length in bytes; a mapping must be as long
 * @writable: the process may write there
 */
struct region {
	void *memory;
	unsigned long len;
	bool writable;
};

/* Finds the region at an offset of the descriptor; -EINVAL if there is none. */
static int find_region(const struct fifo_mapped *mapped, unsigned long offset,
		       struct region *region)
{
	const struct fifo_queue *queue = mapped->queue;
	struct fifo_ring_store *store = queue->store;
	bool puts = mapped->role == FIFO_PRODUCER;
	unsigned long bytes = 1;

	region->writable = false;
	switch (offset) {
	case FIFO_MAP_CONTROL:
		region->memory = queue->control;
		break;
	case FIFO_MAP_POSITION:
		region->memory = mapped->position;
		region->writable = true;
		break;
	case FIFO_MAP_TURNS:
		region->memory = store->ring.turns;
		bytes = queue->size * sizeof(u64);
		break;
	case FIFO_MAP_ITEMS:
		region->memory = puts ? mapped->inbox : store->slots;
		region->writable = puts;
		bytes = queue->size * sizeof(struct fifo_item);
		break;
	default:
		return -EINVAL;
	}
	region->len = PAGE_ALIGN(bytes);
	return 0;
}

static int check_mapping(const struct vm_area_struct *vma,
			 const struct region *region)
{
	if (vma->vm_end - vma->vm_start != region->len)
		return -EINVAL;
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EACCES;
	if (vma->vm_flags & VM_WRITE && !region->writable)
		return -EACCES;
	return 0;
}

/*
 * mprotect() cannot add a right that mmap() refused. The mapping does not grow,
 * and a child does not inherit it; VM_IO keeps madvise() from changing that.
 */
static void restrict_mapping(struct vm_area_struct *vma, bool writable)
{
	vm_flags_mod(vma, VM_IO | VM_DONTEXPAND | VM_DONTCOPY | VM_DONTDUMP,
		     VM_MAYEXEC | (writable ? 0 : VM_MAYWRITE));
}

static unsigned long pfn_at(const struct region *region, unsigned long at)
{
	void *memory = region->memory + at;

	return is_vmalloc_addr(memory) ? vmalloc_to_pfn(memory) :
					 page_to_pfn(virt_to_page(memory));
}

/*
 * Maps page frames, since nobody can pin these. A pinned page, in a pipe, say,
 * would still show the queue's items after the process has given its end back.
 */
static int insert_pages(struct vm_area_struct *vma, const struct region *region)
{
	unsigned long at;
	int err = 0;

	/* There may be 16,384 pages. */
	for (at = 0; !err && at < region->len; at += PAGE_SIZE) {
		err = remap_pfn_range(vma, vma->vm_start + at,
				      pfn_at(region, at), PAGE_SIZE,
				      vma->vm_page_prot);
		cond_resched_tasks_rcu_qs();
	}
	return err;
}

static int map_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct region region;
	int err;

	err = find_region(file->private_data, vma->vm_pgoff << PAGE_SHIFT,
			  &region);
	if (!err)
		err = check_mapping(vma, &region);
	if (err)
		return err;
	restrict_mapping(vma, region.writable);
	return insert_pages(vma, &region);
}

static __poll_t map_poll(struct file *file, poll_table *wait)
{
	struct fifo_mapped *mapped = file->private_data;
	bool ready;

	fifo_queue_poll(mapped->queue, mapped->role, file, wait);
	if (!fifo_mapped_sound(mapped, &ready))
		return EPOLLERR;
	return ready ? fifo_poll_mask(mapped->role) : 0;
}

static int map_fasync(int fd, struct file *file, int on)
{
	struct fifo_mapped *mapped = file->private_data;
	struct fifo_end *end = &mapped->queue->ends[mapped->role];

	return fifo_pollers_fasync(&end->wait.pollers, fd, file, on);
}

static long map_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == FIFO_IOC_KICK ? fifo_mapped_kick(file->private_data) :
				      -ENOTTY;
}

/* Nobody has the descriptor any more, nor a mapping. */
static void free_mapped(struct fifo_mapped *mapped)
{
	fifo_files_remove(&mapped->opener);
	fifo_mapped_free(mapped);
}

static int map_release(struct inode *inode, struct file *file)
{
	free_mapped(file->private_data);
	return 0;
}

static const struct file_operations map_fops = {
	.owner = THIS_MODULE,
	.mmap = map_mmap,
	.poll = map_poll,
	.fasync = map_fasync,
	.unlocked_ioctl = map_ioctl,
	.compat_ioctl = map_ioctl,
	.release = map_release,
};

/*
 * Takes an end of a queue for the current process. Returns a descriptor, or a
 * negative errno: as fifo_mapped_new(), or -EMFILE and the like.
 */
int fifo_map_open(struct fifo_queue *queue, enum fifo_role role)
{
	struct fifo_mapped *mapped;
	int fd;

	mapped = fifo_mapped_new(queue, role);
	if (IS_ERR(mapped))
		return PTR_ERR(mapped);
	fifo_files_add(&mapped->opener, queue, role == FIFO_PRODUCER ?
		       "mapped-producer" : "mapped-consumer");
	fd = anon_inode_getfd("[fifo]", &map_fops, mapped, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		free_mapped(mapped);
	return fd;
}
