/* SPDX-License-Identifier: MIT */
/*
 * Watching a guest from outside, of which only the version is answered.
 *
 * Source: the Xen 4.17 ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_VM_EVENT_H
#define XEN_PUBLIC_VM_EVENT_H

#define VM_EVENT_INTERFACE_VERSION 7

#endif /* XEN_PUBLIC_VM_EVENT_H */
