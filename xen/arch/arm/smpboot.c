/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bringing up the other CPUs: their per-CPU area and stack, the tables with
 * which head.S turns their MMU on, the call that starts them.
 *
 * Source: ARM DEN 0022D 5.4 (CPU_ON); ARM DDI 0406C.c B3.6.
 * Layer:  10 (entry).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>
#include <asm/cache.h>
#include <asm/cpu.h>
#include <asm/entry.h>
#include <asm/lpae.h>
#include <asm/smpboot.h>
#include <asm/sysreg.h>

#include <xen/bug.h>
#include <xen/context.h>
#include <xen/gic.h>
#include <xen/heap.h>
#include <xen/hyp_map.h>
#include <xen/irq.h>
#include <xen/panic.h>
#include <xen/platform.h>
#include <xen/printk.h>
#include <xen/psci.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/smpboot.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

extern char __percpu_start[], __percpu_end[], __percpu_cpu0[], _start[];

#define ENTRY_VA ((uint32_t)secondary_start)
#define ENTRY_PA (xen_phys_start + (ENTRY_VA - (uint32_t)_start))

/*
 * How long a CPU may take from the call that starts it to its first words,
 * and from there to the end of its start: by the early console of a UART
 * the words alone take 30 ms.
 */
#define COMING_TIMEOUT_NS 1000000000u
#define ONLINE_TIMEOUT_NS 1000000000u
#define STUCK_TIMEOUT_NS  4000000000u
#define POLL_US           100u

/*
 * The CPU that may come online; 0: none. Whoever takes it out decides: that
 * CPU, which then comes, or the boot CPU, which has waited long enough.
 */
static uint32_t may_come;

/*
 * First-level and second-level table of a starting CPU: as Xen's own, plus
 * the image's 2 MiB mapped to themselves, read-only.
 */
static uint64_t start_l1[LPAE_ENTRIES] aligned(PAGE_SIZE);
static uint64_t start_l2[LPAE_ENTRIES] aligned(PAGE_SIZE);

static void stack_top_set(unsigned int cpu, void *top)
{
    struct stack_top *t = top;

    t--;
    t->softirq_pending = &per_cpu(softirq_pending, cpu);
    per_cpu(hyp_stack_top, cpu) = t;
}

void smpboot_percpu_init(void)
{
    percpu_offset[0] = (uint32_t)(__percpu_cpu0 - __percpu_start);
    memcpy(__percpu_cpu0, __percpu_start,
           (size_t)(__percpu_end - __percpu_start));
}

void smpboot_boot_cpu(void)
{
    void *top = stack_alloc();

    BUG_ON(!top);
    stack_top_set(0, top);
}

void cpu_predictor_report(void)
{
    static bool told;

    if (!cpu_predictor_exposed() || told)
        return;
    told = true;
    printk(LOG_WARN,
           "CPU%u: the firmware did not set ACTLR.IBE: guests can influence "
           "branch prediction in Xen (CVE-2017-5715)\n",
           smp_cpu_id());
}

void cpu_counter_report(void)
{
    uint32_t cntfrq = sysreg_read(CNTFRQ);

    if (platform->cpu_init && cntfrq != time_hz)
        printk(LOG_WARN,
               "CPU%u: CNTFRQ is %u Hz, and the firmware does not set it to "
               "%u: a guest needs clock-frequency in its timer node\n",
               smp_cpu_id(), cntfrq, time_hz);
}

void cpu_devices_init(void)
{
    gic_cpu_init();
    gich_cpu_init();
    irq_cpu_init();
    timer_cpu_init();
    context_cpu_init();
    vgic_cpu_init();
    vtimer_cpu_init();
    sched_cpu_init();
}

/* Tables for the first instructions with the MMU on. */
static void start_tables_make(void)
{
    uint64_t *l1 = boot_l1;
    uint32_t gib = (uint32_t)(xen_phys_start >> 30);
    uint32_t index = (uint32_t)(xen_phys_start >> 21) % LPAE_ENTRIES;

    memcpy(start_l1, l1, sizeof(start_l1));
    /* Below 1 GiB head.S's own entry beside Xen's may have gone: add it. */
    if (gib == 0)
        memcpy(start_l2, boot_l2, sizeof(start_l2));
    if (gib != 0 || index != XEN_VIRT_START >> 21)
        start_l2[index] = ALIGN_DOWN(xen_phys_start, MIB(2)) | LPAE_VALID |
                          LPAE_S1_ATTR(MAIR_WB) | LPAE_S1_AP1 | LPAE_S1_RO |
                          LPAE_SH_INNER | LPAE_AF;
    start_l1[gib] = va_to_pa(start_l2) | LPAE_VALID | LPAE_TABLE;
    cache_clean_range(start_l1, sizeof(start_l1));
    cache_clean_range(start_l2, sizeof(start_l2));
}

/* Everything that CPU @cpu needs before its first instruction. */
static bool cpu_prepare(unsigned int cpu)
{
    size_t size = (size_t)(__percpu_end - __percpu_start);
    char *area = heap_alloc(&heap_xen, size);
    void *stack = stack_alloc();

    if (!area || !stack)
        return false;
    memcpy(area, __percpu_start, size);
    percpu_offset[cpu] = (uint32_t)(area - __percpu_start);
    per_cpu(cpu_id, cpu) = cpu;
    stack_top_set(cpu, stack);

    smpboot.httbr_boot = va_to_pa(start_l1);
    smpboot.httbr = va_to_pa(boot_l1);
    smpboot.stack = (uint32_t)per_cpu(hyp_stack_top, cpu);
    smpboot.percpu = percpu_offset[cpu];
    return true;
}

/* @who: index of a CPU, SMPBOOT_WAIT or SMPBOOT_PARK. */
static void smpboot_let(uint32_t who)
{
    /* All that it reads is there before it may read it. */
    cache_clean_range(&smpboot, sizeof(smpboot));
    smpboot.cpu = who;
    cache_clean_range(&smpboot, sizeof(smpboot));
    cpu_sev();
}

static uint32_t smpboot_answer(void)
{
    /* Written past our cache: what is in it is old, and never dirty. */
    cache_clean_inv_range(&smpboot.answer, sizeof(smpboot.answer));
    return READ_ONCE(smpboot.answer);
}

static int cpu_start(const struct board *b, unsigned int cpu)
{
    smpboot.answer = 0;
    (void)smpboot_answer();
    atomic_store_release(&may_come, cpu);
    smpboot_let(cpu);
    if (platform->cpus_release)
        return 0; /* it waits in head.S, or will come there */
    return psci_cpu_on(b->cpus[cpu].mpidr, ENTRY_PA);
}

/*
 * Wait for a CPU that was started. Returns NULL when it is online, else why
 * it is not, and it cannot come any more.
 */
static const char *cpu_wait_online(unsigned int cpu)
{
    uint64_t limit = time_ticks() + ns_to_ticks(COMING_TIMEOUT_NS);
    uint32_t answer = 0, old = cpu;

    for (; time_ticks() < limit; time_delay_us(POLL_US)) {
        if (atomic_load_acquire(&cpu_online_mask) & BIT(cpu))
            return NULL;
        if (answer == 0 && smpboot_answer() != 0)
            limit = time_ticks() + ns_to_ticks(ONLINE_TIMEOUT_NS);
        answer = smpboot_answer();
        if (answer == SMPBOOT_REFUSED)
            return "the boot ROM does not let it enter Hyp mode: a GP device's "
                   "does; maxcpus=1 saves the attempt";
        if (answer == SMPBOOT_WRONG_MODE)
            return "it was not started in Hyp mode: use firmware that does so";
    }

    smpboot_let(SMPBOOT_PARK);
    if (atomic_cas(&may_come, &old, 0))
        return answer ? "it was started, but came to a stop before it was "
                        "online"
                      : "it was started, but never came: check that the device "
                        "tree's CPUs are there; maxcpus= saves the wait";

    /* It came in this very moment, and has what it takes to go on. */
    limit = time_ticks() + ns_to_ticks(STUCK_TIMEOUT_NS);
    while (!(atomic_load_acquire(&cpu_online_mask) & BIT(cpu))) {
        if (time_ticks() > limit)
            panic("CPU%u: it came, and stopped half-way: maxcpus=%u does "
                  "without it",
                  cpu, cpu);
        cpu_relax();
    }
    return NULL;
}

void smpboot_release(const struct board *b, unsigned int max)
{
    char text[80];

    if (!platform->cpus_release || b->nr_cpus < 2 || max == 1)
        return;
    smpboot.asks_rom = platform->cpus_ask_rom;
    smpboot_let(SMPBOOT_WAIT);
    platform->cpus_release(ENTRY_PA, ENTRY_VA, text, sizeof(text));
    printk(LOG_ALWAYS, "%s", text);
}

void smpboot_all(const struct board *b, unsigned int max)
{
    unsigned int nr = b->nr_cpus;

    if (max && nr > max)
        nr = max;
    start_tables_make();

    for (unsigned int cpu = 1; cpu < nr; cpu++) {
        const char *why;
        int rc;

        printk(LOG_ALWAYS, "Bringing up CPU%u\n", cpu);
        if (!cpu_prepare(cpu)) {
            printk(LOG_ERR, "CPU%u: no memory for its stack, left out\n", cpu);
            break;
        }
        /* Its first words go to the UART past the console. */
        console_drain();
        rc = cpu_start(b, cpu);
        if (rc) {
            printk(LOG_ERR,
                   "CPU%u: the firmware refuses to start it (%d), left out; "
                   "check /psci in the device tree\n",
                   cpu, rc);
            continue;
        }
        why = cpu_wait_online(cpu);
        if (why)
            printk(LOG_ERR, "CPU%u is left out: %s\n", cpu, why);
        else
            printk(LOG_ALWAYS, "CPU %u booted.\n", cpu);
        if (smpboot.cpu == SMPBOOT_PARK)
            break; /* for all of them, since it may still come */
    }
    printk(LOG_ALWAYS, "Brought up %u CPUs\n", cpu_online_nr());
}

/* head.S: MMU on, own stack and per-CPU area. */
void start_secondary(void)
{
    const char *problem = cpu_check();
    unsigned int cpu = smp_cpu_id();
    uint32_t old = cpu;

    /* Firmware that does not return holds up this CPU alone. */
    if (platform->cpu_init)
        platform->cpu_init(time_hz);
    if (!atomic_cas(&may_come, &old, 0)) {
        /* Too late. Nobody knows of it, and it has taken nothing. */
        for (;;)
            cpu_wfi();
    }
    if (problem)
        printk(LOG_ERR, "CPU%u: %s\n", cpu, problem);
    cpu_predictor_report();
    cpu_counter_report();
    cpu_devices_init();
    atomic_fetch_or(&cpu_online_mask, BIT(cpu));
    enter_guest(sched_start_cpu(), this_cpu(hyp_stack_top));
}
