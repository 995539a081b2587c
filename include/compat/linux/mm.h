/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.3 a driver assigned to vma->vm_flags. */
#ifndef _FIFO_COMPAT_MM_H
#define _FIFO_COMPAT_MM_H

#include_next <linux/mm.h>

#ifndef FIFO_HAVE_vm_flags_mod
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set,
				vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

#endif /* _FIFO_COMPAT_MM_H */
