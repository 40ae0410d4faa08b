/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boot options: variables of the table in xen/arch/arm/options.c, which
 * docs/admin-guide/command-line is generated from. Set before any driver
 * runs, constant after boot.
 *
 * Layer: 4 (core): read by layers 4 to 10.
 */
#ifndef XEN_OPTIONS_H
#define XEN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* clang-format off */

extern char opt_console[32]; /* console=dtuart                      */
extern char opt_dtuart[128]; /* dtuart=serial0 or a path            */
extern char opt_loglvl[24];  /* loglvl=error|warning|info|debug|all,
                                or LOWER/UPPER as Xen takes it      */
extern char opt_guest_loglvl[24];
extern char opt_sched[16];          /* sched=credit|null                   */
extern char opt_xsm[32];            /* xsm=, as access_mode_set has it     */
extern char opt_dom0_carveouts[16]; /* dom0_carveouts=keep|drop            */
extern uint64_t opt_dom0_mem;       /* dom0_mem=512M; 0: choose            */
extern uint32_t opt_dom0_max_vcpus; /* 0: as many as pCPUs               */
extern bool opt_dom0_vcpus_pin;     /* dom0_vcpus_pin                      */
extern uint32_t opt_maxcpus;        /* pCPUs to bring up, 0: all           */
extern bool opt_sync_console;       /* sync_console                        */
extern bool opt_console_to_ring;    /* console_to_ring                     */
extern bool opt_console_timestamps; /* console_timestamps                */
extern uint64_t opt_low_mem_virq;   /* low_mem_virq_limit=, bytes          */
extern uint64_t opt_conring_size;   /* conring_size=, bytes, power of two  */
extern bool opt_scrub_idle;         /* scrub=idle (default on)             */
extern bool opt_virq_steal;         /* virq-steal                          */
extern uint64_t opt_xenstore_mem;   /* xenstore_mem=, bytes                */

/* clang-format on */

#endif /* XEN_OPTIONS_H */
