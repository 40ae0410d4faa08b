/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Debug keys: one row per key. Reached from the console with the focus on
 * Xen (CTRL-a three times) and from "xl debug-keys"; answers go to the log.
 *
 * Layer: 9 (control).
 */
#include <xen/bitmap.h>
#include <xen/bits.h>
#include <xen/domain_create.h>
#include <xen/event_channel.h>
#include <xen/number.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <xen/vgic.h>

struct key_row {
    char key;
    bool harmless; /* '*' runs it */
    void (*fn)(void);
    const char *help;
};

static void key_help(void);
static void key_all(void);
static void key_dom0_registers(void);
static void key_registers(void);
static void key_events(void);
static void key_grants(void);
static void key_memory(void);
static void key_domains(void);
static void key_time(void);
static void key_reboot(void);

/* clang-format off */
static const struct key_row keys[] = {
    { '*', false, key_all,            "run all diagnostic keys"             },
    { '0', true,  key_dom0_registers, "dump registers of dom0"              },
    { 'R', false, key_reboot,         "reboot the machine"                  },
    { 'd', true,  key_registers,      "dump registers of all vCPUs"         },
    { 'e', true,  key_events,         "dump event channels"                 },
    { 'g', true,  key_grants,         "dump grant tables"                   },
    { 'h', false, key_help,           "show this message"                   },
    { 'm', true,  key_memory,         "memory of Xen and of domains"        },
    { 'q', true,  key_domains,        "dump domains, vCPUs and interrupts"  },
    { 'r', true,  sched_dump,         "dump run queues"                     },
    { 't', true,  key_time,           "counters and timers"                 },
};
/* clang-format on */

/* @fn for each domain that exists, with a reference held. */
static void for_each_domain(void (*fn)(struct domain *d))
{
    struct domain *d = domain_get_next(0);

    while (d) {
        domid_t next = (domid_t)(d->id + 1);

        fn(d);
        domain_put(d);
        d = domain_get_next(next);
    }
}

static void for_each_vcpu(struct domain *d, void (*fn)(struct vcpu *v))
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            fn(d->vcpu[i]);
    }
}

static void key_help(void)
{
    printk(LOG_ALWAYS, "'h' pressed -> showing installed handlers\n");
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        printk(LOG_ALWAYS, " key '%c' (ascii '%02x') => %s\n", keys[i].key,
               (unsigned int)keys[i].key, keys[i].help);
}

static void key_all(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (keys[i].harmless)
            keyhandler_run(keys[i].key);
    }
}

/* As of its last trap: a vCPU that runs elsewhere has moved on since. */
static void vcpu_registers(struct vcpu *v)
{
    const struct cpu_regs *r = &v->regs;

    printk(LOG_ALWAYS, VCPU_FMT " on CPU%u%s: pc %08x cpsr %08x lr %08x\n",
           VCPU_ARG(v), v->sched.cpu, v->running ? ", running" : "",
           (unsigned int)r->pc, (unsigned int)r->cpsr, (unsigned int)r->lr);
    for (unsigned int i = 0; i < 12; i += 4)
        printk(LOG_ALWAYS, "  r%-2u %08x %08x %08x %08x\n", i,
               (unsigned int)r->r[i], (unsigned int)r->r[i + 1],
               (unsigned int)r->r[i + 2], (unsigned int)r->r[i + 3]);
    printk(LOG_ALWAYS, "  r12 %08x sp_svc %08x lr_svc %08x ttbr0 %llx\n",
           (unsigned int)r->r[12], (unsigned int)v->context.banked.sp_svc,
           (unsigned int)v->context.banked.lr_svc,
           (unsigned long long)v->context.cp15.ttbr0);
}

static void domain_registers(struct domain *d)
{
    for_each_vcpu(d, vcpu_registers);
}

static void key_dom0_registers(void)
{
    if (hardware_domain)
        domain_registers(hardware_domain);
}

static void key_registers(void)
{
    for_each_domain(domain_registers);
}

static void domain_events(struct domain *d)
{
    struct event_domain *e = &d->event;

    lock_take(&e->lock);
    printk(LOG_ALWAYS, DOM_FMT ": %u ports in use, highest allowed %u\n",
           DOM_ARG(d), bitmap_weight(e->used, EVTCHN_2L_PORTS),
           (unsigned int)e->max_port);
    for (unsigned int n = bitmap_find_set(e->used, EVTCHN_2L_PORTS, 0);
         n < EVTCHN_2L_PORTS;
         n = bitmap_find_set(e->used, EVTCHN_2L_PORTS, n + 1)) {
        const struct port *bucket = e->buckets[n / PORTS_PER_BUCKET];
        const struct port *p = &bucket[n % PORTS_PER_BUCKET];

        printk(LOG_ALWAYS,
               "  port %u: state %u vcpu %u remote d%u:%u virq %u\n", n,
               p->state, p->notify_vcpu, p->remote_domid,
               (unsigned int)p->remote_port, p->virq);
    }
    lock_drop(&e->lock);
}

static void key_events(void)
{
    for_each_domain(domain_events);
}

static void domain_grants(struct domain *d)
{
    struct grant_domain *g = &d->grant;

    lock_take(&g->lock);
    printk(LOG_ALWAYS,
           DOM_FMT ": grant frames %u of %u, maptrack frames %u of %u\n",
           DOM_ARG(d), (unsigned int)g->nr_frames, (unsigned int)g->max_frames,
           (unsigned int)g->nr_maptrack_frames,
           (unsigned int)g->max_maptrack_frames);
    for (uint32_t i = 0; i < g->nr_frames; i++)
        printk(LOG_ALWAYS, "  frame %u: gfn %x\n", (unsigned int)i,
               (unsigned int)g->gfn[i].n);
    lock_drop(&g->lock);
}

static void key_grants(void)
{
    for_each_domain(domain_grants);
}

static void domain_memory(struct domain *d)
{
    printk(LOG_ALWAYS,
           DOM_FMT ": %u pages of %u, heap %u bytes, p2m pool %u of %u\n",
           DOM_ARG(d), (unsigned int)d->tot_pages, (unsigned int)d->max_pages,
           (unsigned int)d->heap.bytes, (unsigned int)d->p2m.pool_used,
           (unsigned int)d->p2m.pool_pages);
}

static void key_memory(void)
{
    size_t used, held;

    heap_stats(&used, &held);
    printk(LOG_ALWAYS, "Memory: %u pages, %u free, %u of them dirty\n",
           (unsigned int)page_total(), (unsigned int)page_free_nr(),
           (unsigned int)page_dirty_nr());
    printk(LOG_ALWAYS, "Heap: %u bytes used in %u pages, %u of Xen\n",
           (unsigned int)used, (unsigned int)held,
           (unsigned int)heap_xen.bytes);
    for_each_domain(domain_memory);
}

static const char *state_name(uint8_t state)
{
    static const char *const names[] = {
        [DOMAIN_BUILDING] = "building", [DOMAIN_RUNNING] = "running",
        [DOMAIN_SHUTTING] = "shutting", [DOMAIN_SHUT] = "shut",
        [DOMAIN_DYING] = "dying",       [DOMAIN_DEAD] = "dead",
    };

    return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static void vcpu_line(struct vcpu *v)
{
    printk(LOG_ALWAYS,
           "  " VCPU_FMT ": CPU%u%s flags %x runstate %u ran %llu ms\n",
           VCPU_ARG(v), v->sched.cpu, v->running ? " running" : "",
           (unsigned int)v->pause_flags, v->runstate,
           (unsigned long long)mul_shift(sched_vcpu_ns(v), 4295, 32));
    vgic_dump(v);
}

static void domain_line(struct domain *d)
{
    printk(LOG_ALWAYS,
           DOM_FMT ": %s, refs %u, pauses %u, pages %u of %u, vcpus %u%s%s\n",
           DOM_ARG(d), state_name(d->state), (unsigned int)d->refs,
           (unsigned int)d->pause_count, (unsigned int)d->tot_pages,
           (unsigned int)d->max_pages, d->max_vcpus,
           d->is_control ? ", control" : "",
           d->is_hardware ? ", hardware" : "");
    for_each_vcpu(d, vcpu_line);
}

static void key_domains(void)
{
    printk(LOG_ALWAYS, "Domains, at %llu ns\n",
           (unsigned long long)time_now_ns());
    for_each_domain(domain_line);
}

static void vcpu_timers(struct vcpu *v)
{
    const struct vtimer *t = &v->vtimer;

    printk(LOG_ALWAYS,
           "  " VCPU_FMT ": cntv ctl %x cval %llx, cntp ctl %x cval %llx%s\n",
           VCPU_ARG(v), (unsigned int)t->cntv_ctl,
           (unsigned long long)t->cntv_cval, (unsigned int)t->cntp_ctl,
           (unsigned long long)t->cntp_cval,
           timer_armed(&t->virt) ? ", armed in software" : "");
}

static void domain_timers(struct domain *d)
{
    printk(LOG_ALWAYS, DOM_FMT ": counter offset %llx\n", DOM_ARG(d),
           (unsigned long long)d->vtimer_offset);
    for_each_vcpu(d, vcpu_timers);
}

static void key_time(void)
{
    printk(LOG_ALWAYS, "Counter %llx at %u Hz, system time %llu ns\n",
           (unsigned long long)time_ticks(), (unsigned int)time_hz,
           (unsigned long long)time_now_ns());
    for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
        if (cpu_online_mask & BIT(cpu))
            printk(LOG_ALWAYS, "  CPU%u: idle for %llu ns in all\n", cpu,
                   (unsigned long long)sched_idle_ns(cpu));
    }
    for_each_domain(domain_timers);
}

static void key_reboot(void)
{
    printk(LOG_ALWAYS, "'R' pressed -> rebooting machine\n");
    machine_restart();
}

void keyhandler_run(char key)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (keys[i].key == key) {
            keys[i].fn();
            return;
        }
    }
    printk(LOG_ALWAYS, "Unknown key: press 'h' for help\n");
}

void keyhandler_init(void)
{
    console_hooks(NULL, NULL, keyhandler_run);
}
