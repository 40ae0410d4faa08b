/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of domains: who exists, who is referenced, and the life of each
 * as a table of states and events.
 *
 * A domain has one reference for its life and one for each user. Without
 * any it is not found any more; SOFTIRQ_STOP then takes it out of the table
 * and gives its parts back, since those belong to higher layers.
 *
 * Source: public/sched.h (shutdown codes), public/xen.h (domid ranges).
 * Layer:  5 (domain).
 */
#include <xen/bug.h>
#include <xen/domain.h>
#include <xen/irq.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/trace.h>
#include <xen/vcpu.h>

#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/errno.h>

/* VMIDs are 8 bits and 0 is Xen's (DDI 0406C.c B4.1.175, VTTBR). */
#define DOMAINS_MAX 255u
#define PAUSES_MAX  255u

/* Every legal move. A pair that is not listed is 0, and means "refused". */
#define TO(state_) ((uint8_t)(1 + (state_)))

/* clang-format off */
static const uint8_t next_state[DOMAIN_STATES][DOMAIN_EVENTS] = {
    [DOMAIN_BUILDING] = {
        [DOMAIN_EV_START]    = TO(DOMAIN_RUNNING),
        [DOMAIN_EV_SHUTDOWN] = TO(DOMAIN_SHUTTING),
        [DOMAIN_EV_KILL]     = TO(DOMAIN_DYING),
    },
    [DOMAIN_RUNNING] = {
        [DOMAIN_EV_START]    = TO(DOMAIN_RUNNING),
        [DOMAIN_EV_SHUTDOWN] = TO(DOMAIN_SHUTTING),
        [DOMAIN_EV_KILL]     = TO(DOMAIN_DYING),
    },
    [DOMAIN_SHUTTING] = {
        [DOMAIN_EV_START]    = TO(DOMAIN_SHUTTING),
        [DOMAIN_EV_STOPPED]  = TO(DOMAIN_SHUT),
        [DOMAIN_EV_KILL]     = TO(DOMAIN_DYING),
    },
    [DOMAIN_SHUT] = {
        [DOMAIN_EV_START]    = TO(DOMAIN_SHUT),
        [DOMAIN_EV_RESUME]   = TO(DOMAIN_RUNNING),
        [DOMAIN_EV_KILL]     = TO(DOMAIN_DYING),
    },
    [DOMAIN_DYING] = {
        [DOMAIN_EV_START]    = TO(DOMAIN_DYING),
        [DOMAIN_EV_GONE]     = TO(DOMAIN_DEAD),
    },
    [DOMAIN_DEAD] = {
        [DOMAIN_EV_START]    = TO(DOMAIN_DEAD),
    },
};

/* What the console says when the hardware domain takes the machine down. */
static const struct {
    const char *line;
    bool restart;
} hardware_end[] = {
    [SHUTDOWN_POWEROFF]   = { "halted: halting machine", false },
    [SHUTDOWN_REBOOT]     = { "shutdown: rebooting machine", true },
    [SHUTDOWN_SUSPEND]    = { "suspended: halting machine", false },
    [SHUTDOWN_CRASH]      = { "crashed: rebooting machine in 5 seconds.",
                              true },
    [SHUTDOWN_WATCHDOG]   = { "shutdown: watchdog rebooting machine", true },
    [SHUTDOWN_SOFT_RESET] = { "did soft reset: rebooting machine", true },
};
/* clang-format on */

static struct {
    struct spinlock lock; /* guards all but .reap                         */
    struct domain *by_id[DOMAINS_MAX]; /* ascending by id                 */
    uint32_t nr;
    domid_t last_id; /* handed out last; the search begins behind it */
    uint32_t generation;
    struct domain *reaping; /* taken off .reap                            */
    /* Without references, not yet freed; atomic, anybody pushes.         */
    struct domain *reap;
} domains = { .lock = SPINLOCK_INIT(RANK_DOMAIN_LIST) };

struct domain *hardware_domain;

int domain_next_state(enum domain_state s, enum domain_event e)
{
    if ((unsigned int)s >= DOMAIN_STATES || (unsigned int)e >= DOMAIN_EVENTS ||
        next_state[s][e] == 0)
        return -EINVAL;
    return next_state[s][e] - 1;
}

/* First index whose id is >= @id. Caller holds domains.lock. */
static uint32_t slot_of(uint32_t id)
{
    uint32_t lo = 0, hi = domains.nr;

    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;

        if (domains.by_id[mid]->id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/*
 * The domain at @slot with a reference, or NULL: one that is still being
 * made, or whose references are gone and that waits here to be reaped, is
 * found by nobody. Caller holds the lock.
 */
static struct domain *hold_slot(uint32_t slot)
{
    struct domain *d = domains.by_id[slot];
    uint32_t refs = READ_ONCE(d->refs);

    while (d->open && refs != 0) {
        if (atomic_cas(&d->refs, &refs, refs + 1))
            return d;
    }
    return NULL;
}

struct domain *domain_get(domid_t id)
{
    struct domain *d = NULL;
    uint32_t slot;

    lock_take(&domains.lock);
    slot = slot_of(id);
    if (slot < domains.nr && domains.by_id[slot]->id == id)
        d = hold_slot(slot);
    lock_drop(&domains.lock);
    return d;
}

struct domain *domain_get_any(domid_t id)
{
    if (id == DOMID_SELF) {
        domain_hold(current->domain);
        return current->domain;
    }
    return domain_get(id);
}

struct domain *domain_get_next(domid_t from)
{
    struct domain *d = NULL;

    lock_take(&domains.lock);
    for (uint32_t slot = slot_of(from); !d && slot < domains.nr; slot++)
        d = hold_slot(slot);
    lock_drop(&domains.lock);
    return d;
}

void domain_hold(struct domain *d)
{
    atomic_add_return(&d->refs, 1);
}

/* No locks are taken: callers may hold any. */
static void reap_push(struct domain *d)
{
    d->reap_next = __atomic_load_n(&domains.reap, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&domains.reap, &d->reap_next, d, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    softirq_raise(SOFTIRQ_STOP);
}

void domain_put(struct domain *d)
{
    if (atomic_sub_return(&d->refs, 1) != 0)
        return;
    /* One that was never complete has nobody who could miss it. */
    if (d->state == DOMAIN_DEAD)
        softirq_raise(SOFTIRQ_DOM_EXC);
    reap_push(d);
}

void domain_put_id(domid_t id)
{
    struct domain *d;
    uint32_t slot;

    lock_take(&domains.lock);
    slot = slot_of(id);
    BUG_ON(slot == domains.nr);
    d = domains.by_id[slot];
    lock_drop(&domains.lock);
    BUG_ON(d->id != id);
    domain_put(d);
}

struct vcpu *domain_vcpu(struct domain *d, uint32_t id)
{
    /* NR_VCPUS is a power of two: the mask holds under speculation too. */
    STATIC_ASSERT((NR_VCPUS & (NR_VCPUS - 1)) == 0);

    if (id >= d->max_vcpus)
        return NULL;
    return d->vcpu[id & (NR_VCPUS - 1)];
}

/* A free id behind the one given last, wrapping round. 0: none. */
static uint32_t free_id(void)
{
    uint32_t id = domains.last_id;

    /* At most DOMAINS_MAX ids are taken, so a few steps find a free one. */
    for (uint32_t tries = 0; tries <= DOMAINS_MAX + 1; tries++) {
        uint32_t slot;

        id = id + 1 < DOMID_FIRST_RESERVED ? id + 1 : 1;
        slot = slot_of(id);
        if (slot == domains.nr || domains.by_id[slot]->id != id)
            return id;
    }
    return 0;
}

/* Give @d its id and its place. Caller holds domains.lock. */
static int insert(struct domain *d, uint32_t id)
{
    uint32_t slot;

    if (domains.nr == DOMAINS_MAX)
        return -ENOMEM;
    if (id >= DOMID_FIRST_RESERVED) {
        id = free_id();
        if (!id)
            return -ENOMEM;
        domains.last_id = (domid_t)id;
    }
    slot = slot_of(id);
    if (slot < domains.nr && domains.by_id[slot]->id == id)
        return -EEXIST;

    d->id = (domid_t)id;
    d->generation = ++domains.generation;
    memmove(&domains.by_id[slot + 1], &domains.by_id[slot],
            (domains.nr - slot) * sizeof(domains.by_id[0]));
    domains.by_id[slot] = d;
    domains.nr++;
    return 0;
}

int domain_new(domid_t id, struct domain **out)
{
    struct domain *d = heap_new(&heap_xen, struct domain);
    int rc;

    if (!d)
        return -ENOMEM;

    d->refs = 1;
    d->state = DOMAIN_BUILDING;
    d->shutdown_code = SHUTDOWN_NONE;
    d->page_list = UINT32_MAX;
    d->shared_info_gfn = INVALID_GFN;
    lock_init(&d->create_lock, RANK_DOMAIN_CREATE);
    lock_init(&d->state_lock, RANK_LEAF);
    lock_init(&d->page_lock, RANK_LEAF);

    lock_take(&domains.lock);
    rc = insert(d, id);
    lock_drop(&domains.lock);
    if (rc) {
        heap_free(&heap_xen, d);
        return rc;
    }
    *out = d;
    return 0;
}

void domain_open(struct domain *d)
{
    lock_take(&domains.lock);
    d->open = true;
    lock_drop(&domains.lock);
    trace1(TRC_DOM0_DOM_ADD, d->id);
    trace1(TRC_SCHED_DOM_ADD, d->id);
}

void domain_delete(struct domain *d)
{
    domain_put(d);
}

struct domain *domain_reap_next(void)
{
    struct domain *d;
    uint32_t slot;

    lock_take(&domains.lock);
    if (!domains.reaping)
        domains.reaping = __atomic_exchange_n(&domains.reap, NULL,
                                              __ATOMIC_ACQUIRE);
    d = domains.reaping;
    if (d) {
        domains.reaping = d->reap_next;
        slot = slot_of(d->id);
        /* It has left already when it was put off (domain_reap_later). */
        if (slot < domains.nr && domains.by_id[slot] == d) {
            domains.nr--;
            memmove(&domains.by_id[slot], &domains.by_id[slot + 1],
                    (domains.nr - slot) * sizeof(domains.by_id[0]));
        }
    }
    lock_drop(&domains.lock);
    return d;
}

void domain_reap_later(struct domain *d)
{
    reap_push(d);
}

void domain_free(struct domain *d)
{
    trace1(TRC_SCHED_DOM_REM, d->id);
    trace1(TRC_DOM0_DOM_REM, d->id);
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            vcpu_delete(d->vcpu[i]);
    }
    /* Every byte has a name (safety.md R7): what is left here is a leak. */
    if (d->heap.bytes)
        printk(LOG_ERR, DOM_FMT ": %u bytes of it were not given back\n",
               DOM_ARG(d), (unsigned int)d->heap.bytes);
    heap_free(&heap_xen, d);
}

int domain_add_vcpu(struct domain *d, struct vcpu *v)
{
    int rc = -EEXIST;

    lock_take(&d->state_lock);
    if (!d->vcpu[v->id]) {
        /* As the pauses that came before it was there. */
        if (d->pause_count || d->state >= DOMAIN_DYING)
            v->pause_flags |= VP_DOMAIN;
        if (d->state == DOMAIN_SHUTTING || d->state == DOMAIN_SHUT)
            v->pause_flags |= VP_SHUT;
        smp_wmb();
        WRITE_ONCE(d->vcpu[v->id], v);
        rc = 0;
    }
    lock_drop(&d->state_lock);
    return rc;
}

static void all_vcpus_set(struct domain *d, uint32_t flags)
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            vcpu_flags_set(d->vcpu[i], flags);
    }
}

static void all_vcpus_clear(struct domain *d, uint32_t flags)
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            vcpu_flags_clear(d->vcpu[i], flags);
    }
}

/* Move on @e, if the table lets it. Caller holds state_lock. */
static int move(struct domain *d, enum domain_event e)
{
    int s = domain_next_state((enum domain_state)d->state, e);

    if (s < 0)
        return s;
    WRITE_ONCE(d->state, (uint8_t)s);
    return 0;
}

int domain_pause(struct domain *d)
{
    int rc = -EOVERFLOW;

    lock_take(&d->state_lock);
    if (d->pause_count < PAUSES_MAX) {
        if (d->pause_count++ == 0)
            all_vcpus_set(d, VP_DOMAIN);
        rc = 0;
    }
    lock_drop(&d->state_lock);
    return rc;
}

int domain_unpause(struct domain *d)
{
    int rc = -EINVAL;

    lock_take(&d->state_lock);
    if (d->pause_count) {
        rc = 0;
        if (--d->pause_count == 0) {
            rc = move(d, DOMAIN_EV_START);
            if (d->state < DOMAIN_DYING)
                all_vcpus_clear(d, VP_DOMAIN);
        }
    }
    lock_drop(&d->state_lock);
    return rc;
}

void domain_pause_sync(struct domain *d)
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        struct vcpu *v = d->vcpu[i];

        while (v && v != current && READ_ONCE(v->running)) {
            smp_poll();
            cpu_relax();
        }
    }
}

/* The hardware domain's end is the machine's. */
static no_return void hardware_shutdown(struct domain *d,
                                        enum shutdown_code code)
{
    const char *line = "shutdown: rebooting machine";
    bool restart = true;

    if (code == SHUTDOWN_CRASH && opt_noreboot) {
        printk(LOG_ALWAYS,
               "Hardware Dom%u crashed: 'noreboot' set - not rebooting.\n",
               DOM_ARG(d));
        machine_halt();
    }
    if ((unsigned int)code < ARRAY_SIZE(hardware_end)) {
        line = hardware_end[code].line;
        restart = hardware_end[code].restart;
    }
    printk(LOG_ALWAYS, "Hardware Dom%u %s\n", DOM_ARG(d), line);

    if (!restart)
        machine_halt();
    if (code == SHUTDOWN_CRASH)
        time_delay_us(5000000);
    machine_restart();
}

void domain_shutdown(struct domain *d, enum shutdown_code code)
{
    int rc;

    if (d->is_hardware)
        hardware_shutdown(d, code);

    lock_take(&d->state_lock);
    rc = move(d, DOMAIN_EV_SHUTDOWN);
    if (!rc) {
        /* A code latched before (SCHEDOP_shutdown_code) stays. */
        if (d->shutdown_code == SHUTDOWN_NONE)
            d->shutdown_code = (uint8_t)code;
        all_vcpus_set(d, VP_SHUT);
    }
    lock_drop(&d->state_lock);

    /* SOFTIRQ_SCHED runs before it, so the caller's vCPU is off by then. */
    if (!rc)
        softirq_raise(SOFTIRQ_STOP);
}

void domain_crash(struct domain *d, const char *why)
{
    if (current && current->domain == d)
        gprintk(LOG_ERR, VCPU_FMT ": domain crashed: %s (pc 0x%08x)\n",
                VCPU_ARG(current), why, (unsigned int)current->regs.pc);
    else
        gprintk(LOG_ERR, DOM_FMT ": domain crashed: %s\n", DOM_ARG(d), why);
    domain_shutdown(d, SHUTDOWN_CRASH);
}

static bool all_stopped(const struct domain *d)
{
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i] && READ_ONCE(d->vcpu[i]->running))
            return false;
    }
    return true;
}

void domain_shutdown_finish(void)
{
    struct domain *d;
    domid_t next = 0;

    while ((d = domain_get_next(next)) != NULL) {
        bool shut = false;

        if (READ_ONCE(d->state) == DOMAIN_SHUTTING) {
            if (all_stopped(d)) {
                lock_take(&d->state_lock);
                shut = move(d, DOMAIN_EV_STOPPED) == 0;
                lock_drop(&d->state_lock);
            } else {
                /* Its vCPUs were kicked; they are off in a moment. */
                softirq_raise(SOFTIRQ_STOP);
            }
        }
        if (shut) {
            atomic_exchange(&d->event.stop_untold, 1);
            softirq_raise(SOFTIRQ_STOPPED);
        }
        next = (domid_t)(d->id + 1);
        domain_put(d);
        irq_window();
    }
}

int domain_resume(struct domain *d)
{
    int rc;

    lock_take(&d->state_lock);
    rc = move(d, DOMAIN_EV_RESUME);
    if (!rc) {
        d->shutdown_code = SHUTDOWN_NONE;
        all_vcpus_clear(d, VP_SHUT);
    }
    lock_drop(&d->state_lock);
    return rc;
}

int domain_kill_begin(struct domain *d)
{
    int rc;

    lock_take(&d->state_lock);
    rc = move(d, DOMAIN_EV_KILL);
    if (!rc)
        all_vcpus_set(d, VP_DOMAIN);
    lock_drop(&d->state_lock);
    return rc;
}

void domain_kill_end(struct domain *d)
{
    lock_take(&d->state_lock);
    BUG_ON(move(d, DOMAIN_EV_GONE) != 0);
    lock_drop(&d->state_lock);
    softirq_raise(SOFTIRQ_DOM_EXC);
}
