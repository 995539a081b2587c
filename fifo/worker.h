/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _FIFO_WORKER_H
#define _FIFO_WORKER_H

/* The contexts by name, as the parameter has them; ends with NULL. */
extern const char *const fifo_context_names[];

#endif /* _FIFO_WORKER_H */
