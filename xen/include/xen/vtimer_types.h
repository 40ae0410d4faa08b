/* SPDX-License-Identifier: GPL-2.0-only */
/* Timers of a vCPU: types. Functions: xen/vtimer.h. Layer: 5 (domain). */
#ifndef XEN_VTIMER_TYPES_H
#define XEN_VTIMER_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/timer.h>

struct vtimer {
    /* Virtual timer: the hardware's while loaded, else here. */
    uint32_t cntv_ctl;
    uint64_t cntv_cval;
    bool ppi_taken;    /* PPI 27 was handed to the vGIC and may be active
                          physically since                             */
    bool ppi_active;   /* PPI 27 active on switch-out: restore on load */
    struct timer virt; /* wakes the vCPU while it is not loaded        */

    /* Physical timer, emulated on the raw physical counter. */
    uint32_t cntp_ctl;
    uint64_t cntp_cval;
    bool cntp_line; /* as the vGIC was told                         */
    struct timer phys;
};

#endif /* XEN_VTIMER_TYPES_H */
