/* SPDX-License-Identifier: MIT */
/*
 * Parameters that the toolstack leaves for a domain.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_HVM_PARAMS_H
#define XEN_PUBLIC_HVM_PARAMS_H

#include "hvm_op.h"

/* clang-format off */
#define HVM_PARAM_CALLBACK_IRQ      0 /* how events reach the guest         */
#define HVM_PARAM_STORE_PFN         1
#define HVM_PARAM_STORE_EVTCHN      2
#define HVM_PARAM_CONSOLE_PFN      17
#define HVM_PARAM_CONSOLE_EVTCHN   18
#define HVM_PARAM_MONITOR_RING_PFN 28 /* not for the guest itself           */

/* HVM_PARAM_CALLBACK_IRQ: type in bits 63:56; a PPI: flags in 15:8. */
#define HVM_PARAM_CALLBACK_IRQ_TYPE_MASK     0xff00000000000000ull
#define HVM_PARAM_CALLBACK_TYPE_PPI          2
#define HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_MASK      0xff00
#define HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_LOW_LEVEL 2
/* clang-format on */

#endif /* XEN_PUBLIC_HVM_PARAMS_H */
