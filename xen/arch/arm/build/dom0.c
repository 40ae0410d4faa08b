/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domain 0 from the boot modules: control and hardware domain, mapped 1:1
 * since there is no IOMMU. Every failure ends the boot with one line that
 * names the remedy.
 *
 * Source: interface.md 2 (guest environment).
 * Layer:  9 (control). Boot only.
 */
#include <xen/domain_create.h>
#include <xen/gic.h>
#include <xen/held.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/vcpu.h>
#include <xen/vuart_dom0.h>

#include <asm/psr.h>

#include <public/errno.h>

#include "dom0.h"

static uint8_t init_text vcpus_wanted(void)
{
    uint32_t nr = opt_dom0_max_vcpus ? opt_dom0_max_vcpus : cpu_online_nr();

    if (nr > NR_VCPUS) {
        printk(LOG_WARN,
               "dom0_max_vcpus=%u: dom0 gets %u, the most that a "
               "GICv2 has\n",
               (unsigned int)nr, NR_VCPUS);
        nr = NR_VCPUS;
    }
    if (sched_id() == SCHED_NULL && nr > cpu_online_nr()) {
        printk(LOG_WARN,
               "dom0_max_vcpus=%u: the null scheduler has room for "
               "%u; use sched=credit for more\n",
               (unsigned int)nr, cpu_online_nr());
        nr = cpu_online_nr();
    }
    return (uint8_t)nr;
}

static void init_text create(struct dom0 *b)
{
    const struct board *host = b->board;
    struct domain_config c = {
        .id = 0,
        .max_vcpus = vcpus_wanted(),
        .max_evtchn_port = UINT32_MAX,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
        .nr_spis = gic_lines() - 32,
        .event_ppi = dom0_free_ppi(host),
        .gic_dist_gpa = host->gic.dist,
        .gic_cpu_gpa = host->gic.cpu,
        .control = true,
        .hardware = true,
        .direct_mapped = true,
    };
    int rc = domain_create(&c, &b->d);

    if (rc)
        panic("dom0 cannot be created (%d): not enough memory for Xen; "
              "check /memory and reserved-memory of the device tree",
              rc);
    b->d->max_pages = UINT32_MAX; /* until it has its memory */
    hardware_domain = b->d;
}

static void init_text create_vcpus(struct dom0 *b)
{
    struct vcpu *v;

    for (uint32_t id = 0; id < b->d->max_vcpus; id++) {
        int rc = domain_create_vcpu(b->d, id);

        if (rc)
            panic("dom0's vCPU %u cannot be created (%d): use "
                  "dom0_max_vcpus=%u",
                  (unsigned int)id, rc, (unsigned int)(id ? id : 1));
    }

    /* Documentation/arm/booting.rst; interface.md 2.1. */
    v = b->d->vcpu[0];
    v->regs.pc = (uint32_t)b->entry;
    v->regs.r[0] = 0;
    v->regs.r[1] = MACHINE_NONE;
    v->regs.r[2] = (uint32_t)b->dtb_gpa;
    v->regs.cpsr = PSR_GUEST_INIT;
    v->context.initialised = true;
    vcpu_flags_clear(v, VP_DOWN);
}

void init_text dom0_build(const struct board *host)
{
    struct dom0 b = { .board = host };

    domain_create_init();
    dom0_kernel_probe(&b);
    create(&b);
    dom0_memory_take(&b);
    dom0_fdt_filter(&b);
    dom0_map_devices(&b);
    if (vuart_dom0_create(b.d))
        printk(LOG_WARN, "dom0: no emulated UART: earlyprintk is lost\n");
    if (held_create(b.d))
        panic("dom0: the registers that it shares with Xen collide with "
              "others that are emulated: correct the device tree");
    dom0_kernel_place(&b);
    dom0_fdt_finish(&b, host->dom0_cmdline);
    dom0_kernel_load(&b);
    store_build(&b);
    dom0_spare_memory_free(&b);
    create_vcpus(&b);
    /* One to one, so it can only have back what it gave (XENMEM_maximum_
     * reservation tells Linux's balloon driver). */
    b.d->max_pages = b.d->tot_pages;
    page_free(b.fdt_page, b.fdt_order);
}
