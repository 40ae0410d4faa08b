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
#include <xen/irq.h>
#include <xen/number.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/vgic.h>

#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/xen.h>

/*
 * What a key prints comes in parts, of few lines each: those of the host,
 * then those of each domain. Between two parts interrupts are taken, others
 * may run, and the console has room; a domain may come or go.
 */
struct key_row {
    char key;
    bool harmless;               /* '*' runs it */
    bool (*host)(uint32_t part); /* false: there is no such part           */
    /* The number of the next part, not 0, or 0: this was the last one. */
    uint32_t (*domain)(struct domain *d, uint32_t part);
    const char *help;
};

static bool key_help(uint32_t part);
static bool key_audit(uint32_t part);
static bool key_memory(uint32_t part);
static bool key_domains(uint32_t part);
static bool key_time(uint32_t part);
static bool key_reboot(uint32_t part);
static uint32_t dom0_registers(struct domain *d, uint32_t part);
static uint32_t domain_registers(struct domain *d, uint32_t part);
static uint32_t domain_audit(struct domain *d, uint32_t part);
static uint32_t domain_events(struct domain *d, uint32_t part);
static uint32_t domain_grants(struct domain *d, uint32_t part);
static uint32_t domain_memory(struct domain *d, uint32_t part);
static uint32_t domain_state(struct domain *d, uint32_t part);
static uint32_t domain_timers(struct domain *d, uint32_t part);

#define KEY_ALL '*'

/* clang-format off */
static const struct key_row keys[] = {
    { KEY_ALL, false, NULL, NULL,     "run all diagnostic keys"             },
    { '0', true,  NULL, dom0_registers, "dump registers of dom0"            },
    { 'H', false, key_audit, domain_audit,
                                      "check lists and counts of pages"     },
    { 'R', false, key_reboot, NULL,   "reboot the machine"                  },
    { 'd', true,  NULL, domain_registers, "dump registers of all vCPUs"     },
    { 'e', true,  NULL, domain_events, "dump event channels"                },
    { 'g', true,  NULL, domain_grants, "dump grant tables"                  },
    { 'h', false, key_help, NULL,     "show this message"                   },
    { 'm', true,  key_memory, domain_memory, "memory of Xen and of domains" },
    { 'q', true,  key_domains, domain_state,
                                      "dump domains, vCPUs and interrupts, "
                                      "and send them VIRQ_DEBUG"            },
    { 'r', true,  sched_dump, NULL,   "dump run queues"                     },
    { 't', true,  key_time, domain_timers, "counters and timers"            },
};
/* clang-format on */

/* The first vCPU from @*id on, which moves to it; NULL: there is none. */
static struct vcpu *next_vcpu(const struct domain *d, uint32_t *id)
{
    for (; *id < NR_VCPUS; (*id)++) {
        if (d->vcpu[*id])
            return d->vcpu[*id];
    }
    return NULL;
}

static bool key_help(uint32_t part)
{
    if (part == 0)
        printk(LOG_ALWAYS, "'h' pressed -> showing installed handlers\n");
    else if (part <= ARRAY_SIZE(keys))
        printk(LOG_ALWAYS, " key '%c' (ascii '%02x') => %s\n",
               keys[part - 1].key, (unsigned int)keys[part - 1].key,
               keys[part - 1].help);
    return part <= ARRAY_SIZE(keys);
}

/* As of its last trap: a vCPU that runs elsewhere has moved on since. */
static void vcpu_registers(struct vcpu *v)
{
    const struct cpu_regs *r = &v->regs;

    printk(LOG_ALWAYS, VCPU_FMT " on CPU%u%s: pc %08x cpsr %08x lr %08x\n",
           VCPU_ARG(v), v->sched.cpu, v->running ? ", running" : "",
           (unsigned int)r->pc, (unsigned int)r->cpsr, (unsigned int)r->lr);
    irq_window();
    for (unsigned int i = 0; i < 12; i += 4)
        printk(LOG_ALWAYS, "  r%-2u %08x %08x %08x %08x\n", i,
               (unsigned int)r->r[i], (unsigned int)r->r[i + 1],
               (unsigned int)r->r[i + 2], (unsigned int)r->r[i + 3]);
    printk(LOG_ALWAYS, "  r12 %08x sp_svc %08x lr_svc %08x ttbr0 %llx\n",
           (unsigned int)r->r[12], (unsigned int)v->context.banked.sp_svc,
           (unsigned int)v->context.banked.lr_svc,
           (unsigned long long)v->context.cp15.ttbr0);
}

static uint32_t domain_registers(struct domain *d, uint32_t part)
{
    struct vcpu *v = next_vcpu(d, &part);

    if (!v)
        return 0;
    vcpu_registers(v);
    return part + 1;
}

static uint32_t dom0_registers(struct domain *d, uint32_t part)
{
    return d == hardware_domain ? domain_registers(d, part) : 0;
}

/* Part 0 is the head, part 1 + N the first port from N on. */
static uint32_t domain_events(struct domain *d, uint32_t part)
{
    struct event_domain *e = &d->event;
    unsigned int n = 0;

    lock_take(&e->lock);
    if (part == 0) {
        printk(LOG_ALWAYS, DOM_FMT ": %u ports in use, highest allowed %u\n",
               DOM_ARG(d), bitmap_weight(e->used, EVTCHN_2L_PORTS),
               (unsigned int)e->max_port);
    } else {
        n = bitmap_find_set(e->used, EVTCHN_2L_PORTS, part - 1);
        if (n < EVTCHN_2L_PORTS) {
            const struct port *bucket = e->buckets[n / PORTS_PER_BUCKET];
            const struct port *p = &bucket[n % PORTS_PER_BUCKET];

            printk(LOG_ALWAYS,
                   "  port %u: state %u vcpu %u remote d%u:%u virq %u\n", n,
                   p->state, p->notify_vcpu, p->remote_domid,
                   (unsigned int)p->remote_port, p->virq);
        }
    }
    lock_drop(&e->lock);
    return part == 0 ? 1 : n < EVTCHN_2L_PORTS - 1 ? n + 2 : 0;
}

/* Part 0 is the head, part 1 + N frame N. */
static uint32_t domain_grants(struct domain *d, uint32_t part)
{
    const struct grant_domain *g = &d->grant;
    uint32_t nr = READ_ONCE(g->nr_frames);

    if (part == 0)
        printk(LOG_ALWAYS,
               DOM_FMT ": grant frames %u of %u, maptrack frames %u of %u\n",
               DOM_ARG(d), (unsigned int)nr, (unsigned int)g->max_frames,
               (unsigned int)g->nr_maptrack_frames,
               (unsigned int)g->max_maptrack_frames);
    else
        printk(LOG_ALWAYS, "  frame %u: gfn %x\n", (unsigned int)part - 1,
               (unsigned int)g->gfn[part - 1].n);
    return part < nr ? part + 1 : 0;
}

static uint32_t domain_memory(struct domain *d, uint32_t part)
{
    (void)part;
    printk(LOG_ALWAYS,
           DOM_FMT ": %u pages of %u, heap %u bytes, p2m pool %u of %u\n",
           DOM_ARG(d), (unsigned int)d->tot_pages, (unsigned int)d->max_pages,
           (unsigned int)d->heap.bytes, (unsigned int)d->p2m.pool_used,
           (unsigned int)d->p2m.pool_pages);
    return 0;
}

static bool key_memory(uint32_t part)
{
    size_t used, held;

    if (part > 0)
        return false;
    heap_stats(&used, &held);
    printk(LOG_ALWAYS, "Memory: %u pages, %u free, %u of them dirty\n",
           (unsigned int)page_total(), (unsigned int)page_free_nr(),
           (unsigned int)page_dirty_nr());
    printk(LOG_ALWAYS, "Heap: %u bytes used in %u pages, %u of Xen\n",
           (unsigned int)used, (unsigned int)held,
           (unsigned int)heap_xen.bytes);
    return true;
}

#define AUDITS     8u  /* looks at what somebody may change meanwhile      */
#define AUDIT_PART 16u /* steps of page_audit_some in one part             */

/* Of the dump that is being made. */
static struct page_audit books;
static uint32_t looks;

/* Some of a look over all pages; false: it is through. */
static bool audit_some(uint32_t part, domid_t owner)
{
    if (part == 0) {
        books = (struct page_audit){ .owner = owner };
        looks = 0;
    }
    for (uint32_t i = 0; i < AUDIT_PART; i++) {
        if (!page_audit_some(&books))
            return false;
    }
    return true;
}

/* Begin another look, unless the last one was @good. */
static bool audit_again(bool good)
{
    if (good || books.wrong || ++looks == AUDITS)
        return false;
    books = (struct page_audit){ .owner = books.owner };
    return true;
}

static bool key_audit(uint32_t part)
{
    if (audit_some(part, DOMID_OWNER_XEN) || audit_again(books.balanced))
        return true;
    if (books.wrong)
        printk(LOG_ALWAYS, "Pages: frame %x is %s\n", (unsigned int)books.at,
               books.wrong);
    printk(LOG_ALWAYS,
           "Pages: %u free, %u of them dirty, %u of Xen, %u never used: %s\n",
           (unsigned int)books.free, (unsigned int)books.dirty,
           (unsigned int)books.ours, (unsigned int)books.nobodys,
           books.wrong      ? "NOT consistent"
           : books.balanced ? "consistent"
                            : "changing meanwhile, ask again");
    return false;
}

static uint32_t domain_audit(struct domain *d, uint32_t part)
{
    bool same;

    if (audit_some(part, d->id))
        return part + 1;
    same = books.listed == READ_ONCE(d->tot_pages);
    if (audit_again(same))
        return part + 1;
    printk(LOG_ALWAYS, DOM_FMT ": %u pages listed, %u charged: %s\n",
           DOM_ARG(d), (unsigned int)books.listed, (unsigned int)d->tot_pages,
           same ? "consistent" : "NOT consistent");
    return 0;
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
}

static void domain_line(const struct domain *d)
{
    printk(LOG_ALWAYS,
           DOM_FMT ": %s, refs %u, pauses %u, pages %u of %u, vcpus %u%s%s\n",
           DOM_ARG(d), state_name(d->state), (unsigned int)d->refs,
           (unsigned int)d->pause_count, (unsigned int)d->tot_pages,
           (unsigned int)d->max_pages, d->max_vcpus,
           d->is_control ? ", control" : "",
           d->is_hardware ? ", hardware" : "");
}

/* Parts of a vCPU in the number of a domain's part; its interrupts are. */
#define VCPU_PARTS 1024u

/* Part 0 is the head, part 1 + N * VCPU_PARTS and what follows vCPU N. */
static uint32_t domain_state(struct domain *d, uint32_t part)
{
    uint32_t id = (part - 1) / VCPU_PARTS, at = (part - 1) % VCPU_PARTS;
    struct vcpu *v;

    if (part == 0) {
        domain_line(d);
        return 1;
    }
    v = next_vcpu(d, &id);
    if (!v)
        return 0;
    if (at == 0) {
        vcpu_line(v);
        virq_send_vcpu(v, VIRQ_DEBUG);
    }
    at = vgic_dump(v, at);
    return 1 + id * VCPU_PARTS + (at ? at : VCPU_PARTS);
}

static bool key_domains(uint32_t part)
{
    if (part == 0)
        printk(LOG_ALWAYS, "Domains, at %llu ns\n",
               (unsigned long long)time_now_ns());
    return part == 0;
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

/* Part 0 is the head, part 1 + N vCPU N. */
static uint32_t domain_timers(struct domain *d, uint32_t part)
{
    struct vcpu *v;

    if (part == 0) {
        printk(LOG_ALWAYS, DOM_FMT ": counter offset %llx\n", DOM_ARG(d),
               (unsigned long long)d->vtimer_offset);
        return 1;
    }
    part--;
    v = next_vcpu(d, &part);
    if (!v)
        return 0;
    vcpu_timers(v);
    return part + 2;
}

static bool key_time(uint32_t part)
{
    unsigned int cpu = part - 1;

    if (part == 0)
        printk(LOG_ALWAYS, "Counter %llx at %u Hz, system time %llu ns\n",
               (unsigned long long)time_ticks(), (unsigned int)time_hz,
               (unsigned long long)time_now_ns());
    else if (cpu < NR_CPUS && (cpu_online_mask & BIT(cpu)))
        printk(LOG_ALWAYS, "  CPU%u: idle for %llu ns in all\n", cpu,
               (unsigned long long)sched_idle_ns(cpu));
    return part <= NR_CPUS;
}

static bool key_reboot(uint32_t part)
{
    (void)part;
    printk(LOG_ALWAYS, "'R' pressed -> rebooting machine\n");
    machine_restart();
}

/* ---- one dump at a time, part by part ---- */

#define WAITING_MAX 16u /* a power of two */

/* Guards .waiting and its ends. */
static struct spinlock keys_lock = SPINLOCK_INIT(RANK_LEAF);
static char waiting[WAITING_MAX];
static uint32_t waiting_head, waiting_tail;

/* Who has made .busy 1 prints the next part, and owns the rest meanwhile. */
static struct {
    uint32_t busy;             /* atomic                                  */
    const struct key_row *row; /* NULL: there is nothing to print         */
    bool all, in_domains;
    domid_t domid; /* the next part is of this domain, or a later one      */
    uint32_t part;
} dump;

bool keyhandler_press(char key)
{
    bool room;

    lock_take(&keys_lock);
    room = waiting_head - waiting_tail < WAITING_MAX;
    if (room)
        waiting[waiting_head++ % WAITING_MAX] = key;
    lock_drop(&keys_lock);
    return room;
}

static void dump_begin(const struct key_row *row)
{
    dump.row = row;
    dump.in_domains = false;
    dump.domid = 0;
    dump.part = 0;
}

/* The next harmless key from @from on, or the end of it all. */
static void dump_harmless(size_t from)
{
    while (from < ARRAY_SIZE(keys) && !keys[from].harmless)
        from++;
    dump_begin(from < ARRAY_SIZE(keys) ? &keys[from] : NULL);
}

/* Begin with the next key that waits; false: none does. */
static bool dump_next_key(void)
{
    bool found;
    char key = 0;
    size_t i = 0;

    lock_take(&keys_lock);
    found = waiting_tail != waiting_head;
    if (found)
        key = waiting[waiting_tail++ % WAITING_MAX];
    lock_drop(&keys_lock);
    if (!found)
        return false;

    while (i < ARRAY_SIZE(keys) && keys[i].key != key)
        i++;
    dump.all = key == KEY_ALL;
    if (i == ARRAY_SIZE(keys))
        printk(LOG_ALWAYS, "Unknown key: press 'h' for help\n");
    else if (dump.all)
        dump_harmless(0);
    else
        dump_begin(&keys[i]);
    return true;
}

static void dump_domain(void)
{
    struct domain *d = dump.row->domain ? domain_get_next(dump.domid) : NULL;

    if (!d) {
        if (dump.all)
            dump_harmless((size_t)(dump.row - keys) + 1);
        else
            dump.row = NULL;
        return;
    }
    if (d->id != dump.domid)
        dump.part = 0;
    dump.part = dump.row->domain(d, dump.part);
    dump.domid = (domid_t)(d->id + (dump.part == 0));
    domain_put(d);
}

enum key_step keyhandler_step(void)
{
    bool more = true;

    if (!console_has_room() || atomic_exchange(&dump.busy, 1))
        return KEY_WAIT;
    smp_mb();
    if (!dump.row) {
        more = dump_next_key();
    } else if (dump.in_domains) {
        dump_domain();
    } else if (!dump.row->host || !dump.row->host(dump.part++)) {
        dump.in_domains = true;
        dump.part = 0;
    }
    smp_mb();
    WRITE_ONCE(dump.busy, 0);
    return more ? KEY_MORE : KEY_DONE;
}

/* ---- keys that are typed: printed by a timer, little by little ---- */

#define STEPS   4u
#define STEP_NS 1000000u

static struct timer key_timer;

static void key_work(void *arg)
{
    enum key_step step = KEY_MORE;

    (void)arg;
    for (uint32_t i = 0; i < STEPS && step == KEY_MORE; i++) {
        step = keyhandler_step();
        irq_window();
    }
    if (step != KEY_DONE)
        timer_set(&key_timer, time_ticks() + ns_to_ticks(STEP_NS));
}

static void key_typed(char key)
{
    (void)keyhandler_press(key); /* what is too much is not heard */
    timer_set(&key_timer, 0);
}

void keyhandler_init(void)
{
    timer_init(&key_timer, key_work, NULL, 0);
    console_hooks(NULL, NULL, key_typed);
}
