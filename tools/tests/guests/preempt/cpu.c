/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is not a hypercall: the virtual interrupt controller, PSCI, idling,
 * timers, faults, set/way operations, and eight vCPUs that do all at once.
 *
 * Source: IHI 0048B chapter 4; DDI 0406C.c B4.2.1.
 * Layer:  test guest, first domain.
 */
#include <public/sched.h>

#include <xen/string.h>

#include "../lib/domain.h"
#include "../lib/hypercall.h"
#include "preempt.h"

#define TIMED_DOMAINS 12u
#define FRAME         0x1000u

/*
 * Sleeps until the physical counter's next multiple of 2^20, again and again:
 * so do all vCPUs that run this, which wake at the same moment.
 */
/* clang-format off */
static const uint32_t waking[] = {
    0xec510f0e, /* 1: mrrc p15, 0, r0, r1, c14  CNTPCT         */
    0xe1a00a20, /* lsr r0, r0, #20                             */
    0xe2800001, /* add r0, r0, #1                              */
    0xe1a00a00, /* lsl r0, r0, #20                             */
    0xec410f2e, /* mcrr p15, 2, r0, r1, c14     CNTP_CVAL      */
    0xe3a02001, /* mov r2, #1                                  */
    0xee0e2f32, /* mcr p15, 0, r2, c14, c2, 1   CNTP_CTL       */
    0xe320f003, /* wfi                                         */
    0xeafffff6, /* b 1b                                        */
};
/* A hypercall with nothing behind its pointer, for ever. */
static const uint32_t calling[] = {
    0xe3a0c00c, /* 1: mov r12, #12              memory_op      */
    0xe3a00006, /* mov r0, #6                   populate       */
    0xe3a01000, /* mov r1, #0                                  */
    0xe140ea71, /* hvc #0xea1                                  */
    0xe3a0c01d, /* mov r12, #29                 sched_op       */
    0xe3a00000, /* mov r0, #0                   yield          */
    0xe140ea71, /* hvc #0xea1                                  */
    0xeafffff7, /* b 1b                                        */
};
/* clang-format on */

/* --- the interrupt controller ------------------------------------------------
 */

static void distributor(void)
{
    struct fault fault;

    op_begin("GICD, each register read");
    fault_expect();
    for (uint32_t at = 0; at < FRAME; at += 4)
        (void)read32(machine.gicd + at);
    op_end(fault_taken(&fault));
    op_begin("GICD, each register but GICD_CTLR written");
    fault_expect();
    for (uint32_t at = 0x80; at < 0xf00; at += 4) {
        uint32_t value = read32(machine.gicd + at);

        write32(machine.gicd + at, value);
    }
    op_end(fault_taken(&fault));
    ticks_on();
    op_begin("GICD, all shared interrupts on, pending, off");
    for (uint32_t at = 4; at < 0x80; at += 4)
        write32(machine.gicd + GICD_ISPENDR + at, UINT32_MAX);
    for (uint32_t at = 4; at < 0x80; at += 4)
        write32(machine.gicd + GICD_ISENABLER + at, UINT32_MAX);
    for (uint32_t at = 4; at < 0x80; at += 4)
        write32(machine.gicd + GICD_ICENABLER + at, UINT32_MAX);
    for (uint32_t at = 4; at < 0x80; at += 4)
        write32(machine.gicd + GICD_ICPENDR + at, UINT32_MAX);
    op_end(0);
}

static volatile uint32_t others_ready;
static volatile bool others_stop;

static void on_other(uint32_t irq)
{
    (void)irq;
}

static void other(void *arg)
{
    uint32_t nr = (uint32_t)(uintptr_t)arg;

    gic_cpu_init();
    for (uint32_t sgi = 0; sgi < 16; sgi++)
        irq_enable(sgi);
    event_cpu_init();
    irq_unmask();
    __atomic_fetch_add(&others_ready, 1, __ATOMIC_SEQ_CST);
    while (!others_stop) {
        if (nr & 1)
            wfi();
        else
            (void)hypercall(__HYPERVISOR_memory_op, 2, 0, 0, 0, 0);
    }
    irq_mask();
}

static void eight(void)
{
    op_begin("PSCI CPU_ON of 7 vCPUs");
    for (uint32_t cpu = 1; cpu < machine.nr_cpus; cpu++)
        cpu_start(cpu, other, (void *)(uintptr_t)cpu);
    while (others_ready < machine.nr_cpus - 1)
        cpu_relax();
    op_end(others_ready);
    op_begin("16 SGIs to 8 vCPUs");
    for (uint32_t i = 0; i < 1000; i++) {
        for (uint32_t sgi = 0; sgi < 16; sgi++)
            write32(machine.gicd + GICD_SGIR, 0x00ff0000 | sgi);
    }
    op_end(0);
    distributor();
    op_begin("8 vCPUs on 2 pCPUs");
    delay_us(100000);
    op_end(0);
    others_stop = true;
    op_begin("PSCI CPU_OFF of 7 vCPUs");
    for (uint32_t cpu = 1; cpu < machine.nr_cpus; cpu++) {
        sgi_send(1, 1u << cpu);
        cpu_wait_off(cpu);
    }
    op_end(0);
}

/* --- caches, faults
 * ------------------------------------------------------------ */

static void set_way(void)
{
    op_begin("DCCISW, a cache by set and way");
    for (uint32_t way = 0; way < 4; way++) {
        for (uint32_t set = 0; set < 256; set++)
            CP15_WRITE(way << 30 | set << 6, 0, c7, c14, 2);
    }
    op_end(0);
}

static void faults(void)
{
    struct fault fault;

    op_begin("data aborts of nobody's addresses");
    for (uint32_t i = 0; i < 256; i++) {
        fault_expect();
        (void)read32(0xd0000000 + i * 0x10000);
        fault_taken(&fault);
    }
    op_end(fault.kind);
    op_begin("hypercalls with pointers to nothing");
    for (uint32_t nr = 0; nr < 64; nr++) {
        if (nr != __HYPERVISOR_sched_op)
            hypercall(nr, 0, 0xd0000000, 0xd0000000, 0xd0000000, 0);
    }
    op_end(0);
}

/* --- idling, timers, other domains
 * ---------------------------------------------- */

static void idle(const char *name, uint32_t us)
{
    uint64_t until = timer_now() + us_to_ticks(us);

    op_begin(name);
    while (timer_now() < until)
        wfi();
    op_end(0);
}

static uint32_t domains(int *ids, const uint32_t *code, size_t len)
{
    uint32_t nr = 0;

    while (nr < TIMED_DOMAINS) {
        const struct domain_plan plan = {
            .id = DOMAIN_ANY,
            .vcpus = 8,
            .code = code,
            .len = len,
            .pages = 16,
        };

        ids[nr] = domain_build_plan(&plan);
        if (ids[nr] < 0 || domain_unpause(ids[nr]))
            break;
        nr++;
    }
    return nr;
}

static void together(const char *name, const uint32_t *code, size_t len)
{
    int ids[TIMED_DOMAINS];
    uint32_t nr = domains(ids, code, len);

    op_begin(name);
    for (uint64_t until = timer_now() + us_to_ticks(300000);
         timer_now() < until;)
        wfi();
    op_end(nr);
    for (uint32_t i = 0; i < nr; i++)
        domain_destroy(ids[i]);
    for (uint32_t i = 0; i < nr; i++)
        domain_gone(ids[i]);
}

void cpu_all(void)
{
    for (uint32_t irq = 0; irq < 1020; irq++) {
        if (irq != machine.vtimer_irq && irq != machine.event_irq)
            irq_handle(irq, on_other);
        if (irq < 16)
            irq_enable(irq);
    }
    eight();
    set_way();
    faults();
    idle("idle, and scrubbing", 300000);
    together("96 vCPUs wake at once", waking, sizeof(waking));
    together("96 vCPUs make hypercalls", calling, sizeof(calling));
}
