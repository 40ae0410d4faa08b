/* SPDX-License-Identifier: MIT */
/*
 * Trace buffers: one ring of records for each physical CPU, in pages that
 * tools map as those of DOMID_XEN.
 *
 * XEN_SYSCTL_TBUFOP_get_info tells the frame of struct t_info, read-only.
 * A ring is a struct t_buf, at the start of its first page, and the data
 * behind that. Its cons and prod are bytes and run from 0 to twice the size
 * of the data; the tool moves cons.
 *
 * A record is a word, the time in ticks of the generic timer if the word has
 * TRC_HD_CYCLE_FLAG (low half first), and up to seven more words. None
 * crosses the end of the data: TRC_TRACE_WRAP_BUFFER fills what is left.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_TRACE_H
#define XEN_PUBLIC_TRACE_H

#ifndef __ASSEMBLY__
#include <stdint.h>

struct t_info {
    uint16_t tbuf_size;    /* pages of each ring                           */
    uint16_t mfn_offset[]; /* per CPU: where in this structure the list of
                              its pages begins, in words of 32 bits        */
};

struct t_buf {
    uint32_t cons; /* the first byte that was not read yet                 */
    uint32_t prod; /* behind the last byte that was written                */
};
#endif

/* The first word: what happened, how many more words there are, and that. */
#define TRC_HD_TO_EVENT(hd_) ((hd_)&0x0fffffff)
#define TRC_HD_EXTRA(hd_)    (((hd_) >> TRACE_EXTRA_SHIFT) & TRACE_EXTRA_MAX)
#define TRACE_EXTRA_SHIFT    28
#define TRACE_EXTRA_MAX      7
#define TRC_HD_CYCLE_FLAG    0x80000000u

/* clang-format off */
/*
 * An event is wanted when the mask has its class and its subclass: a common
 * bit in 27:16, and one in 15:12.
 */
#define TRC_CLS_SHIFT     16
#define TRC_SUBCLS_SHIFT  12
#define TRC_GEN           0x0001f000 /* about the trace itself             */
#define TRC_SCHED         0x0002f000
#define TRC_DOM0OP        0x0004f000
#define TRC_PV            0x0020f000 /* hypercalls                         */
#define TRC_HW            0x0080f000
#define TRC_ALL           0x0ffff000

#define TRC_SCHED_MIN     0x00021000
#define TRC_SCHED_VERBOSE 0x00028000
#define TRC_DOM0_DOMOPS   0x00041000
#define TRC_PV_ENTRY      0x00201000
#define TRC_PV_SUBCALL    0x00202000
#define TRC_HW_IRQ        0x00802000
#define TRC_ARM_TRAPS     0x00804000 /* this and the next are ours alone   */
#define TRC_ARM_EVENTS    0x00808000

/* How many were lost; two domain and vCPU numbers in a word that mean
 * nothing here; when the first was, low half first. */
#define TRC_LOST_RECORDS           (TRC_GEN + 1)
#define TRC_TRACE_WRAP_BUFFER      (TRC_GEN + 2)
/* In files only, by the tool: what follows is of this CPU. */
#define TRC_TRACE_CPU_CHANGE       (TRC_GEN + 3)

/* Domain << 16 | vCPU. The event has the old runstate in bits 9:8 and the
 * new one in 5:4. The idle domain is DOMID_IDLE, its vCPU the CPU. */
#define TRC_SCHED_RUNSTATE_CHANGE  (TRC_SCHED_MIN + 1)
/* Domain; domain. */
#define TRC_SCHED_DOM_ADD          (TRC_SCHED_VERBOSE + 1)
#define TRC_SCHED_DOM_REM          (TRC_SCHED_VERBOSE + 2)
/* Domain, vCPU. */
#define TRC_SCHED_WAKE             (TRC_SCHED_VERBOSE + 4)
#define TRC_SCHED_YIELD            (TRC_SCHED_VERBOSE + 5)
#define TRC_SCHED_BLOCK            (TRC_SCHED_VERBOSE + 6)
/* Domain, vCPU, SHUTDOWN_*. */
#define TRC_SCHED_SHUTDOWN         (TRC_SCHED_VERBOSE + 7)
/* Domain and vCPU that ran, domain and vCPU that will. */
#define TRC_SCHED_SWITCH           (TRC_SCHED_VERBOSE + 10)

/* Domain. */
#define TRC_DOM0_DOM_ADD           (TRC_DOM0_DOMOPS + 1)
#define TRC_DOM0_DOM_REM           (TRC_DOM0_DOMOPS + 2)

/* The number, with a bit for each argument that follows. The second: as an
 * element of a multicall. */
#define TRC_PV_HYPERCALL_V2          (TRC_PV_ENTRY + 13)
#define TRC_PV_HYPERCALL_SUBCALL     (TRC_PV_SUBCALL + 14)
#define TRC_PV_HYPERCALL_V2_ARG_32(i_) (0x1u << (20 + 2 * (i_)))
#define TRC_PV_HYPERCALL_V2_ARG_MASK   0xfff00000u

/* Interrupt, low halves of when its handler began and ended. */
#define TRC_HW_IRQ_HANDLED         (TRC_HW_IRQ + 8)

/* Domain << 16 | vCPU, its PC, HSR, the fault address of an abort. The event
 * has HSR.EC in bits 5:0. All but hypercalls. */
#define TRC_ARM_TRAP               TRC_ARM_TRAPS
/* Domain << 16 | vCPU that is told of it, port: an event becomes pending. */
#define TRC_ARM_EVENT              (TRC_ARM_EVENTS + 1)
/* clang-format on */

#endif /* XEN_PUBLIC_TRACE_H */
