/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * For libraries that open privileged files: how xentoolcore_restrict_all()
 * reaches their handles.
 *
 * Source: names and signatures as in Xen 4.17. Layer: tools, library.
 */
#ifndef XENTOOLCORE_INTERNAL_H
#define XENTOOLCORE_INTERNAL_H

#include "xentoolcore.h"

typedef struct Xentoolcore__Active_Handle Xentoolcore__Active_Handle;

/*
 * Limits the handle that @ah is embedded in to @domid. Returns 0, or -1
 * with errno. May be called more than once.
 */
typedef int Xentoolcore__Restrict_Callback(Xentoolcore__Active_Handle *ah,
                                           domid_t domid);

/* The library sets restrict_callback; next is private. */
struct Xentoolcore__Active_Handle {
    Xentoolcore__Restrict_Callback *restrict_callback;
    struct Xentoolcore__Active_Handle *next;
};

/*
 * Before the file is opened, and after it is closed. Each of them may be
 * called by several threads at once.
 */
void xentoolcore__register_active_handle(Xentoolcore__Active_Handle *ah);
void xentoolcore__deregister_active_handle(Xentoolcore__Active_Handle *ah);

/*
 * For those handles whose domain the kernel limits by making them useless:
 * @fd becomes /dev/null. Returns 0, or -1 with errno. fd < 0 is allowed.
 */
int xentoolcore__restrict_by_dup2_null(int fd);

#endif /* XENTOOLCORE_INTERNAL_H */
