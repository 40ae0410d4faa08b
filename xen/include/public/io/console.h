/* SPDX-License-Identifier: MIT */
/*
 * The page that a console's two ends share. Positions only grow; the byte
 * at one is at that modulo the size.
 *
 * Source: interface.md 2.11, appendix A.
 * Layer:  0 (public).
 */
#ifndef XEN_PUBLIC_IO_CONSOLE_H
#define XEN_PUBLIC_IO_CONSOLE_H

#include <stdint.h>

typedef uint32_t XENCONS_RING_IDX;

struct xencons_interface {
    char in[1024];  /* to the guest */
    char out[2048]; /* from it */
    XENCONS_RING_IDX in_cons, in_prod;
    XENCONS_RING_IDX out_cons, out_prod;
};

#endif /* XEN_PUBLIC_IO_CONSOLE_H */
