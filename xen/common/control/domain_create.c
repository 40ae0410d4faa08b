/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain is made of parts of many layers. The table below is its life:
 * creation runs it upward, a failure and death run it downward. Death has
 * two phases: kill gives back what others may hold on to or what takes long
 * (preemptible, create_lock held), destroy frees what is left when the last
 * reference is gone.
 *
 * Source: interface.md 6.2 (phases of destroydomain).
 * Layer:  9 (control).
 */
#include <xen/assign.h>
#include <xen/bug.h>
#include <xen/context.h>
#include <xen/domain_create.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/irq.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vpl011.h>
#include <xen/vtimer.h>

#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/xen.h>

struct domain_part {
    const char *name;
    int (*create)(struct domain *d, const struct domain_config *c);
    int (*kill)(struct domain *d);     /* 0 or -ERESTART; idempotent      */
    void (*destroy)(struct domain *d); /* idempotent                      */
};

struct vcpu_part {
    int (*create)(struct vcpu *v);
    void (*destroy)(struct vcpu *v); /* idempotent                      */
};

static int caps_create(struct domain *d, const struct domain_config *c);
static void caps_destroy(struct domain *d);
static int make_p2m(struct domain *d, const struct domain_config *c);
static int shared_create(struct domain *d, const struct domain_config *c);
static void shared_destroy(struct domain *d);
static int make_vgic(struct domain *d, const struct domain_config *c);
static int make_sched(struct domain *d, const struct domain_config *c);
static int make_event(struct domain *d, const struct domain_config *c);
static int make_grant(struct domain *d, const struct domain_config *c);
static int drop_target(struct domain *d);
static int drop_assigned(struct domain *d);
static int watchdogs_kill(struct domain *d);
static int vcpus_kill(struct domain *d);
static void vcpus_destroy(struct domain *d);
static int make_event_vcpu(struct vcpu *v);

/* clang-format off */
static const struct domain_part parts[] = {
    /* name        create         kill                     destroy        */
    { "caps",      caps_create,   NULL,                    caps_destroy   },
    { "pages",     NULL,          domain_relinquish_pages, NULL           },
    { "p2m",       make_p2m,      p2m_kill,                p2m_destroy    },
    { "shared",    shared_create, NULL,                    shared_destroy },
    { "vgic",      make_vgic,     NULL,                    vgic_destroy   },
    { "sched",     make_sched,    sched_domain_kill,  sched_domain_destroy },
    { "vpl011",    NULL,          vpl011_kill,             vpl011_destroy },
    { "event",     make_event,    event_kill,              event_destroy  },
    { "grant",     make_grant,    grant_kill,              grant_destroy  },
    { "target",    NULL,          drop_target,             NULL           },
    { "assign",    NULL,          drop_assigned,           NULL           },
    { "watchdogs", NULL,          watchdogs_kill,          NULL           },
    { "vcpus",     NULL,          vcpus_kill,              vcpus_destroy  },
};

static const struct vcpu_part vcpu_parts[] = {
    { sched_vcpu_create,  sched_vcpu_destroy  },
    { vgic_vcpu_create,   NULL                },
    { vtimer_vcpu_create, vtimer_vcpu_destroy },
    { make_event_vcpu,    event_vcpu_destroy  },
};
/* clang-format on */

STATIC_ASSERT(sizeof(struct shared_info) == 1088);

static int caps_create(struct domain *d, const struct domain_config *c)
{
    (void)c;
    rangeset_init(&d->iomem_caps);
    rangeset_init(&d->irq_caps);
    return 0;
}

static void caps_destroy(struct domain *d)
{
    rangeset_destroy(&d->iomem_caps);
    rangeset_destroy(&d->irq_caps);
}

static int make_p2m(struct domain *d, const struct domain_config *c)
{
    (void)c;
    return p2m_create(d);
}

static int shared_create(struct domain *d, const struct domain_config *c)
{
    (void)c;
    d->shared_info_page = page_alloc(0, d->id, PA_LOW);
    if (!d->shared_info_page)
        return -ENOMEM;
    d->shared_info = page_to_va(d->shared_info_page);
    return 0;
}

static void shared_destroy(struct domain *d)
{
    if (!d->shared_info_page)
        return;
    d->shared_info = NULL;
    page_put(d->shared_info_page);
    d->shared_info_page = NULL;
}

static int make_vgic(struct domain *d, const struct domain_config *c)
{
    return vgic_create(d, c->nr_spis, c->gic_dist_gpa, c->gic_cpu_gpa);
}

static int make_sched(struct domain *d, const struct domain_config *c)
{
    return sched_domain_create(d, c->cpupool);
}

static int make_event(struct domain *d, const struct domain_config *c)
{
    return event_create(d, c->max_evtchn_port);
}

static int make_grant(struct domain *d, const struct domain_config *c)
{
    return grant_create(d, c->max_grant_frames, c->max_maptrack_frames);
}

static int make_event_vcpu(struct vcpu *v)
{
    event_vcpu_create(v);
    return 0;
}

static int drop_target(struct domain *d)
{
    struct domain *target = d->target;

    WRITE_ONCE(d->target, NULL);
    if (target)
        domain_put(target);
    return 0;
}

static int drop_assigned(struct domain *d)
{
    assign_kill(d);
    return 0;
}

static int watchdogs_kill(struct domain *d)
{
    for (unsigned int i = 0; i < WATCHDOGS; i++) {
        if (d->watchdog[i].fn)
            timer_kill(&d->watchdog[i]);
        d->watchdog[i].fn = NULL;
    }
    return 0;
}

/* No vCPU runs, and no pCPU holds the context of one. */
static int vcpus_kill(struct domain *d)
{
    int rc = 0;

    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i] && sched_vcpu_unload(d->vcpu[i]))
            rc = -ERESTART;
    }
    return rc;
}

static void vcpu_parts_destroy(struct vcpu *v, unsigned int made)
{
    while (made-- > 0) {
        if (vcpu_parts[made].destroy)
            vcpu_parts[made].destroy(v);
    }
}

static void vcpus_destroy(struct domain *d)
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            vcpu_parts_destroy(d->vcpu[i], ARRAY_SIZE(vcpu_parts));
    }
}

int domain_create_vcpu(struct domain *d, uint32_t id)
{
    struct vcpu *v;
    unsigned int made = 0;
    int rc = vcpu_new(d, id, &v);

    if (rc)
        return rc;
    while (!rc && made < ARRAY_SIZE(vcpu_parts))
        rc = vcpu_parts[made++].create(v);
    if (rc) {
        vcpu_parts_destroy(v, made);
        vcpu_delete(v);
        return rc;
    }
    context_reset(v);
    return 0;
}

static bool config_is_valid(const struct domain_config *c)
{
    return c->max_vcpus >= 1 && c->max_vcpus <= NR_VCPUS &&
           c->event_ppi >= 16 && c->event_ppi < 32;
}

int domain_create(const struct domain_config *c, struct domain **out)
{
    struct domain *d;
    int rc;

    if (!config_is_valid(c))
        return -EINVAL;
    rc = domain_new(c->id, &d);
    if (rc)
        return rc;

    d->max_vcpus = c->max_vcpus;
    d->is_control = c->control;
    d->is_hardware = c->hardware;
    d->direct_mapped = c->direct_mapped;
    d->event_ppi = c->event_ppi;
    d->ssidref = c->ssidref;
    memcpy(d->handle, c->handle, sizeof(d->handle));
    /* Its counter starts near 0 (interface.md 2.1). */
    d->vtimer_offset = time_ticks();

    rc = domain_pause(d);
    while (!rc && d->parts_made < ARRAY_SIZE(parts)) {
        const struct domain_part *part = &parts[d->parts_made++];

        if (part->create)
            rc = part->create(d, c);
        if (rc)
            printk(LOG_DEBUG, DOM_FMT ": not created: %s: %d\n", DOM_ARG(d),
                   part->name, rc);
    }
    if (rc) {
        domain_delete(d);
        return rc;
    }
    d->parts_left = d->parts_made;
    domain_hold(d);
    domain_open(d);
    *out = d;
    return 0;
}

int domain_kill(struct domain *d)
{
    if (d->state == DOMAIN_DEAD)
        return 0;
    if (d->state != DOMAIN_DYING) {
        int rc = domain_kill_begin(d);

        if (rc)
            return rc;
    }

    while (d->parts_left > 0) {
        const struct domain_part *part = &parts[d->parts_left - 1];

        if (part->kill && part->kill(d))
            return -ERESTART;
        d->parts_left--;
        if (preempt_wanted())
            return -ERESTART;
    }
    domain_kill_end(d);
    domain_delete(d);
    return 0;
}

/* Could a pCPU still come across a vCPU of @d? */
static bool known_to_cpus(const struct domain *d)
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        const struct vcpu *v = d->vcpu[i];

        if (v && (READ_ONCE(v->running) || READ_ONCE(v->loaded_on) >= 0 ||
                  READ_ONCE(v->sched.wake_listed)))
            return true;
    }
    return false;
}

/*
 * A pCPU may have in hand a vCPU that it has just put back, or taken off its
 * wake list: nothing tells of that one any more (released() and admit() of
 * sched/core.c). It is over when that pCPU runs another softirq: then the
 * scheduler, which is one, has returned, or idles with nobody in hand. (An
 * smp_call would be answered in the midst of it by who waits for a lock.)
 *
 * So a period is waited for, which ends when each pCPU has run SOFTIRQ_STOP
 * after it began; and another one, since who has a vCPU in hand may give it
 * to the wake list of the pCPU that it belongs to, which nobody changes now.
 */
#define PERIODS 2u

static uint32_t period; /* number of the last one that began; atomic */
static DEFINE_PER_CPU(uint32_t, period_seen);

static void period_see(void)
{
    uint32_t now = READ_ONCE(period);

    smp_mb(); /* what was read of a vCPU before, was */
    WRITE_ONCE(this_cpu(period_seen), now);
}

static uint32_t period_begin(void)
{
    uint32_t now = atomic_add_return(&period, 1);

    for (uint32_t cpus = READ_ONCE(cpu_online_mask); cpus; cpus &= cpus - 1)
        softirq_raise_on((unsigned int)__builtin_ctz(cpus), SOFTIRQ_STOP);
    return now;
}

static bool period_is_over(uint32_t nr)
{
    for (uint32_t cpus = READ_ONCE(cpu_online_mask); cpus; cpus &= cpus - 1) {
        uint32_t seen = READ_ONCE(per_cpu(period_seen, __builtin_ctz(cpus)));

        if ((int32_t)(seen - nr) < 0) /* numbers wrap */
            return false;
    }
    smp_mb(); /* only now the caller frees */
    return true;
}

/* No pCPU has a vCPU of @d in hand, or will come across one. */
static bool is_left_alone(struct domain *d)
{
    if (known_to_cpus(d)) {
        d->reap_begun = 0;
        return false;
    }
    if (d->reap_begun && !period_is_over(d->reap_period))
        return false;
    if (d->reap_begun == PERIODS)
        return true;
    d->reap_begun++;
    d->reap_period = period_begin();
    return false;
}

static void destroy(struct domain *d)
{
    while (d->parts_made > 0) {
        const struct domain_part *part = &parts[--d->parts_made];

        if (part->destroy)
            part->destroy(d);
        irq_window();
    }
    domain_free(d);
}

/*
 * SOFTIRQ_STOP: after SOFTIRQ_SCHED, so stopped vCPUs of here are off. One
 * domain is freed at a time: others may run between.
 */
static void stop_work(void)
{
    struct domain *later = NULL, *d;
    bool freed = false;

    period_see();
    domain_shutdown_finish();
    while ((d = domain_reap_next()) != NULL) {
        if (freed || !is_left_alone(d)) {
            d->reap_next = later;
            later = d;
        } else {
            destroy(d);
            freed = true;
        }
    }
    /* We come again at once, and another pCPU may wait for us meanwhile. */
    if (later)
        smp_poll();
    while (later) {
        d = later;
        later = d->reap_next;
        domain_reap_later(d);
    }
}

void domain_create_init(void)
{
    softirq_open(SOFTIRQ_STOP, stop_work);
}
