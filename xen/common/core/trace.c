/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace buffers: a ring per CPU, written by that CPU alone.
 *
 * Tools have the rings' pages writable, so nothing that is read from them is
 * trusted: where we write is kept here, and of the tool's position only the
 * room follows. One that makes no sense leaves no room. The lists of pages
 * are in struct t_info, which tools have read-only.
 *
 * Source: public/trace.h; interface.md 3.16.
 * Layer:  4 (core).
 */
#include <public/errno.h>

#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/hyp_map.h>
#include <xen/irq.h>
#include <xen/page_alloc.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/trace.h>

#include <asm/atomic.h>
#include <asm/barrier.h>

#define WORD         sizeof(uint32_t)
#define RECORD_MAX   ((1u + 2u + TRACE_EXTRA_MAX) * WORD)
#define LOST_EXTRA   4u
#define PAGES_BEFORE 16u /* that are taken between looks at interrupts */

struct ring {
    struct t_buf *head;   /* NULL: there is none; written last             */
    const uint32_t *mfns; /* its pages                                     */
    uint32_t prod;        /* in bytes, below twice ring_size               */
    uint32_t lost;        /* records, since the last one that found room   */
    uint64_t lost_since;  /* ticks                                         */
};
DEFINE_PER_CPU(struct ring, trace_ring);

uint32_t trace_mask;

/* Guards the three behind it, and that trace_mask follows from them. */
static struct spinlock lock = SPINLOCK_INIT(RANK_LEAF);
static uint32_t events = TRC_ALL;
static uint32_t cpus = UINT32_MAX;
static bool enabled;

/* Of all rings. The one who sets busy may change the rest. */
static uint32_t busy; /* atomic */
static struct {
    struct t_info *info;
    uint32_t pages; /* of one; 0: nobody has asked yet */
    uint32_t taken; /* of all                          */
    bool failed;    /* what was taken is given back    */
    bool ready;
} rings;
static uint32_t ring_size; /* bytes of data in one */

static void (*half_hook)(void);

/* ---- records ---- */

static uint32_t place(uint32_t at)
{
    return at >= ring_size ? at - ring_size : at;
}

static uint32_t *word_at(const struct ring *r, uint32_t at)
{
    uint32_t offset = place(at) + (uint32_t)sizeof(struct t_buf);
    uint8_t *page = mfn_to_va(mfn_make(r->mfns[offset >> PAGE_SHIFT]));

    return (uint32_t *)(page + offset % PAGE_SIZE);
}

static void put(struct ring *r, uint32_t word)
{
    *word_at(r, r->prod) = word;
    r->prod += (uint32_t)WORD;
    if (r->prod == 2 * ring_size)
        r->prod = 0;
}

/* Bytes that the tool has not read; UINT32_MAX when it claims nonsense. */
static uint32_t unread(const struct ring *r)
{
    uint32_t cons = READ_ONCE(r->head->cons);
    uint32_t used;

    if (cons >= 2 * ring_size || cons % WORD != 0)
        return UINT32_MAX;
    used = r->prod >= cons ? r->prod - cons : r->prod + 2 * ring_size - cons;
    return used <= ring_size ? used : UINT32_MAX;
}

static uint32_t record_size(uint32_t extra)
{
    return (3 + extra) * (uint32_t)WORD;
}

static void put_record(struct ring *r, uint32_t event, const uint32_t *extra,
                       uint32_t nr, uint64_t now)
{
    put(r, event | nr << TRACE_EXTRA_SHIFT | TRC_HD_CYCLE_FLAG);
    put(r, (uint32_t)now);
    put(r, (uint32_t)(now >> 32));
    for (uint32_t i = 0; i < nr; i++)
        put(r, extra[i]);
}

static void put_lost(struct ring *r, uint64_t now)
{
    const uint32_t extra[LOST_EXTRA] = {
        r->lost,
        0,
        (uint32_t)r->lost_since,
        (uint32_t)(r->lost_since >> 32),
    };

    put_record(r, TRC_LOST_RECORDS, extra, LOST_EXTRA, now);
    r->lost = 0;
}

/* Up to the end of the data, @len bytes, there is nothing. */
static void put_filler(struct ring *r, uint32_t len)
{
    while (len) {
        uint32_t words = MIN(len, RECORD_MAX) / (uint32_t)WORD;
        uint32_t extra = words - 1, flag = 0;

        len -= words * (uint32_t)WORD;
        if (extra > TRACE_EXTRA_MAX) {
            /* A time that means nothing takes two more. */
            extra -= 2;
            flag = TRC_HD_CYCLE_FLAG;
        }
        put(r, TRC_TRACE_WRAP_BUFFER | extra << TRACE_EXTRA_SHIFT | flag);
        while (--words)
            put(r, 0);
    }
}

/* Is @event, whose class is wanted, wanted here? */
static bool is_wanted(uint32_t event)
{
    uint32_t both = READ_ONCE(trace_mask) & event;

    return (both & TRACE_CLASSES) && (both & TRACE_SUBCLASSES) &&
           (READ_ONCE(cpus) & BIT(smp_cpu_id()));
}

void trace_record(uint32_t event, const uint32_t *extra, uint32_t nr)
{
    struct ring *r = &this_cpu(trace_ring);
    uint32_t used, left, len = record_size(nr), filler = 0;
    uint64_t now;

    ASSERT(nr <= TRACE_EXTRA_MAX);
    if (!r->head || !is_wanted(event))
        return;

    now = time_ticks();
    if (r->lost)
        len += record_size(LOST_EXTRA);
    left = ring_size - place(r->prod);
    if (left < len)
        filler = left;
    used = unread(r);
    if (used > ring_size || ring_size - used < filler + len) {
        if (r->lost++ == 0)
            r->lost_since = now;
        return;
    }

    /* The tool has read what is overwritten: the branch orders that. */
    put_filler(r, filler);
    if (r->lost)
        put_lost(r, now);
    put_record(r, event, extra, nr, now);
    smp_wmb();
    WRITE_ONCE(r->head->prod, r->prod);

    len += filler;
    if (used < ring_size / 2 && used + len >= ring_size / 2 && half_hook)
        half_hook();
}

void trace_words(uint32_t head, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    const uint32_t extra[] = { a, b, c, d };

    trace_record(TRC_HD_TO_EVENT(head), extra, TRC_HD_EXTRA(head));
}

/* ---- rings ---- */

/* Where in struct t_info the lists begin, in words. */
static uint32_t first_list(uint32_t nr)
{
    return (uint32_t)((offsetof(struct t_info, mfn_offset) +
                       nr * sizeof(uint16_t) + WORD - 1) /
                      WORD);
}

static uint32_t info_pages(uint32_t pages)
{
    uint32_t nr = cpu_online_nr();
    uint32_t bytes = (first_list(nr) + nr * pages) * (uint32_t)WORD;

    return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static unsigned int info_order(uint32_t pages)
{
    unsigned int order = 0;

    while (1u << order < info_pages(pages))
        order++;
    return order;
}

static uint32_t *list_of(uint32_t cpu)
{
    return (uint32_t *)rings.info + rings.info->mfn_offset[cpu];
}

static int info_alloc(uint32_t pages)
{
    uint32_t nr = cpu_online_nr();
    struct page *pg;

    /* Where one page of each is missing in the end all are given back. */
    if (page_free_nr() < nr * pages)
        return -ENOMEM;
    pg = page_alloc(info_order(pages), DOMID_OWNER_XEN, PA_LOW);
    if (!pg)
        return -ENOMEM;

    rings.info = page_to_va(pg);
    rings.info->tbuf_size = (uint16_t)pages;
    for (uint32_t cpu = 0; cpu < nr; cpu++)
        rings.info->mfn_offset[cpu] = (uint16_t)(first_list(nr) + cpu * pages);
    rings.pages = pages;
    rings.taken = 0;
    return 0;
}

/* Nobody has seen any of it yet. -ENOMEM, -ERESTART. */
static int give_back(void)
{
    const uint32_t *mfns = list_of(0);

    for (uint32_t done = 0; rings.taken > 0; done++) {
        if (done && done % PAGES_BEFORE == 0 && preempt_wanted())
            return -ERESTART;
        page_free(mfn_to_page(mfn_make(mfns[--rings.taken])), 0);
    }
    page_free(va_to_page(rings.info), info_order(rings.pages));
    rings.info = NULL;
    rings.pages = 0;
    rings.failed = false;
    return -ENOMEM;
}

/* The lists follow each other. 0, -ENOMEM, -ERESTART. */
static int take_pages(void)
{
    uint32_t nr = cpu_online_nr() * rings.pages;
    uint32_t *mfns = list_of(0);

    for (uint32_t done = 0; rings.taken < nr; done++) {
        struct page *pg;

        if (done && done % PAGES_BEFORE == 0 && preempt_wanted())
            return -ERESTART;
        pg = page_alloc(0, DOMID_OWNER_XEN, PA_LOW);
        if (!pg)
            return -ENOMEM;
        mfns[rings.taken++] = page_to_mfn(pg).n;
    }
    return 0;
}

static void open_rings(void)
{
    struct page *pg = va_to_page(rings.info);
    uint32_t nr = cpu_online_nr();

    for (uint32_t i = 0; i < info_pages(rings.pages); i++)
        pg[i].flags |= PAGE_XEN_SHARE_RO;
    for (uint32_t i = 0; i < nr * rings.pages; i++)
        mfn_to_page(mfn_make(list_of(0)[i]))->flags |= PAGE_XEN_SHARE;

    ring_size = rings.pages * PAGE_SIZE - (uint32_t)sizeof(struct t_buf);
    for (uint32_t cpu = 0; cpu < nr; cpu++) {
        struct ring *r = &per_cpu(trace_ring, cpu);

        r->mfns = list_of(cpu);
        smp_wmb();
        WRITE_ONCE(r->head, mfn_to_va(mfn_make(r->mfns[0])));
    }
    smp_wmb();
    WRITE_ONCE(rings.ready, true);
}

/* The caller has set busy. */
static int make_rings(uint32_t pages)
{
    int rc = 0;

    if (rings.pages != 0 && rings.pages != pages)
        return -EINVAL;
    if (rings.ready)
        return -EBUSY;

    if (rings.pages == 0)
        rc = info_alloc(pages);
    if (rc)
        return rc;
    if (!rings.failed)
        rc = take_pages();
    if (rings.failed || rc == -ENOMEM) {
        rings.failed = true;
        return give_back();
    }
    if (!rc)
        open_rings();
    return rc;
}

int trace_size_set(uint32_t pages)
{
    int rc;

    if (pages == 0 || pages > TRACE_PAGES_MAX / cpu_online_nr())
        return -EINVAL;
    if (atomic_exchange(&busy, 1))
        return -EBUSY;
    rc = make_rings(pages);
    atomic_exchange(&busy, 0);
    return rc;
}

/* ---- what is traced ---- */

/* Those who have no trace points follow. Caller holds the lock. */
static void apply(void)
{
    WRITE_ONCE(trace_mask, enabled ? events : 0);
    irq_trace(trace_wants(TRC_HW_IRQ));
    for (uint32_t rest = cpu_online_mask; rest; rest &= rest - 1)
        softirq_raise_on((unsigned int)__builtin_ctz(rest), SOFTIRQ_TRACE);
}

int trace_enable(void)
{
    if (!READ_ONCE(rings.ready))
        return -EINVAL;
    lock_take(&lock);
    enabled = true;
    apply();
    lock_drop(&lock);
    return 0;
}

/* What was lost is not told by records of another time. */
void trace_disable(void)
{
    lock_take(&lock);
    enabled = false;
    apply();
    for (uint32_t rest = cpu_online_mask; rest; rest &= rest - 1)
        WRITE_ONCE(per_cpu(trace_ring, __builtin_ctz(rest)).lost, 0);
    lock_drop(&lock);
}

void trace_events_set(uint32_t mask)
{
    lock_take(&lock);
    events = mask;
    apply();
    lock_drop(&lock);
}

void trace_cpus_set(uint32_t mask)
{
    WRITE_ONCE(cpus, mask);
}

void trace_info_get(struct trace_info *info)
{
    bool ready = READ_ONCE(rings.ready);

    smp_mb();
    info->events = READ_ONCE(events);
    info->mfn = ready ? page_to_mfn(va_to_page(rings.info)).n : 0;
    info->size = ready ? info_pages(rings.pages) << PAGE_SHIFT : 0;
}

void trace_half_hook(void (*fn)(void))
{
    half_hook = fn;
}
