/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where things are in a stub domain. Below STATE is the image with its stack:
 * all of it is written anew by a restart in place. From STATE to the end of
 * RAM is what outlives that.
 *
 * Layer: stub domain.
 */
#ifndef STUB_LAYOUT_H
#define STUB_LAYOUT_H

#define RAM_BASE   0x40000000
#define IMAGE_BASE 0x40008000
#define IMAGE_END  0x40100000
#define STATE_BASE 0x40100000

/* Not RAM: pages of other domains, and the one shared with Xen. A megabyte
 * of windows for each purpose, in 2 MiB blocks of the tables. */
#define WINDOWS_BASE 0x48000000
#define SHARED_INFO  0x49000000

/* The last two pages of RAM, which are not of the state: the console's, and
 * the device tree. */
#define TAIL_SIZE 8192

#define STACK_SIZE 16384

#endif /* STUB_LAYOUT_H */
