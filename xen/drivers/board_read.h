/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the files that read the device tree into struct board.
 *
 * Layer: 3 (drivers).
 */
#ifndef XEN_BOARD_READ_H
#define XEN_BOARD_READ_H

#include <xen/board.h>

/* Add a row to b->problems; the last row says that there were more. */
void board_problem(struct board *b, bool fatal, const char *what,
                   uint64_t value);

/* board_chosen.c: command lines and modules; b->banks is complete. */
void board_read_chosen(struct board *b);

#endif /* XEN_BOARD_READ_H */
