/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects up to 1 KiB live in slabs: 1 to 4 naturally aligned pages of
 * objects of one class, with a header in the first. Larger ones are whole
 * pages. struct page of each page in use tells which: .order is the class,
 * or BIG; .next of the first page of a BIG object is its number of pages.
 *
 * The heap's lock is never held around the page allocator.
 * Layer: 4 (core).
 */
#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/heap.h>
#include <xen/list.h>
#include <xen/page_alloc.h>
#include <xen/spinlock.h>
#include <xen/string.h>

#include <asm/atomic.h>

#define HEAP_MAX (2u << 20)
#define BIG      0xffu
#define POISON   0x5au /* free memory in debug builds */

/* clang-format off */
static const struct {
    uint16_t size;  /* of an object; a multiple of 64 from 64 on */
    uint8_t order;  /* pages of a slab                           */
} classes[] = {
    {   16, 0 }, {   32, 0 }, {   64, 0 }, { 128, 0 }, { 192, 0 },
    {  256, 0 }, {  384, 1 }, {  512, 1 }, { 768, 2 }, { 1024, 2 },
};
/* clang-format on */
#define CLASSES   ARRAY_SIZE(classes)
#define SMALL_MAX 1024u

/* First thing in a slab; objects begin behind it, 64-aligned. */
struct slab {
    struct list list; /* in partial[class] while it has a free object      */
    void *free;       /* first free object; each begins with the next's    */
    uint16_t used;    /* objects in use                                    */
    uint16_t fresh;   /* objects at the end that were never in use         */
    uint8_t class;
} aligned(64);

static struct spinlock heap_lock = SPINLOCK_INIT(RANK_LEAF);
static struct list partial[CLASSES] = {
#define RING(n_) [n_] = { &partial[n_], &partial[n_] }
    RING(0), RING(1), RING(2), RING(3), RING(4),
    RING(5), RING(6), RING(7), RING(8), RING(9),
#undef RING
};
static size_t used_total, page_total_held;

struct heap_account heap_xen;

static inline size_t slab_bytes(unsigned int class)
{
    return (size_t)PAGE_SIZE << classes[class].order;
}

static inline uint16_t slab_room(unsigned int class)
{
    return (uint16_t)((slab_bytes(class) - sizeof(struct slab)) /
                      classes[class].size);
}

static inline struct slab *slab_of(void *object, unsigned int class)
{
    return (struct slab *)((uintptr_t)object & ~(slab_bytes(class) - 1));
}

static unsigned int class_for(size_t size)
{
    unsigned int class = 0;

    while (classes[class].size < size)
        class ++;
    return class;
}

/* ---- debug: free objects are poisoned, and must stay so ---- */

#ifdef CONFIG_DEBUG
static bool is_poison(const void *object, size_t size)
{
    const uint8_t *p = object;

    for (size_t i = 0; i < size; i++)
        if (p[i] != POISON)
            return false;
    return true;
}

/* The object's first word links it to the next free one: not looked at. */
static void poison_check(const void *object, size_t size)
{
    BUG_ON(!is_poison((const uint8_t *)object + sizeof(void *),
                      size - sizeof(void *)));
}

static void poison_fill(void *object, size_t size)
{
    /* Poisoned already: freed twice. */
    BUG_ON(
        is_poison((uint8_t *)object + sizeof(void *), size - sizeof(void *)));
    memset(object, POISON, size);
}
#else
static inline void poison_check(const void *object, size_t size)
{
    (void)object;
    (void)size;
}

static inline void poison_fill(void *object, size_t size)
{
    (void)object;
    (void)size;
}
#endif

/* ---- slabs ---- */

static struct slab *slab_new(unsigned int class)
{
    unsigned int order = classes[class].order;
    struct page *pg = page_alloc(order, DOMID_OWNER_XEN, PA_LOW | PA_DIRTY);
    struct slab *slab;

    if (!pg)
        return NULL;
    for (uint32_t i = 0; i < BIT(order); i++)
        pg[i].order = (uint8_t) class;
    slab = page_to_va(pg);
    list_init(&slab->list);
    slab->free = NULL;
    slab->used = 0;
    slab->fresh = slab_room(class);
    slab->class = (uint8_t) class;
    return slab;
}

/* An object of a slab that has one, *@used before; heap_lock held. */
static void *slab_take(struct slab *slab, bool *used)
{
    size_t size = classes[slab->class].size;
    void *object = slab->free;

    *used = object != NULL;
    if (object) {
        slab->free = *(void **)object;
    } else {
        object = (char *)slab + slab_bytes(slab->class) - slab->fresh * size;
        slab->fresh--;
    }
    slab->used++;
    if (!slab->free && slab->fresh == 0)
        list_del(&slab->list);
    return object;
}

static void *small_alloc(unsigned int class)
{
    struct slab *spare;
    void *object;
    bool used;

    lock_take(&heap_lock);
    if (list_empty(&partial[class])) {
        lock_drop(&heap_lock);
        spare = slab_new(class);
        if (!spare)
            return NULL;
        lock_take(&heap_lock);
        list_add_after(&partial[class], &spare->list);
        page_total_held += BIT(classes[class].order);
    }
    object = slab_take(list_entry(partial[class].next, struct slab, list),
                       &used);
    used_total += classes[class].size;
    lock_drop(&heap_lock);
    if (used)
        poison_check(object, classes[class].size);
    return object;
}

static void small_free(void *object, unsigned int class)
{
    struct slab *slab = slab_of(object, class);
    size_t size = classes[class].size;
    size_t offset = slab_bytes(class) - ((uintptr_t)object - (uintptr_t)slab);
    bool give = false;

    BUG_ON(slab->class != class || offset % size != 0 || slab->used == 0);
    poison_fill(object, size);

    lock_take(&heap_lock);
    if (!slab->free && slab->fresh == 0)
        list_add_after(&partial[class], &slab->list);
    *(void **)object = slab->free;
    slab->free = object;
    slab->used--;
    used_total -= size;
    /* Keep one empty slab of a class, so that one object does not bounce. */
    if (slab->used == 0 && partial[class].next != partial[class].prev) {
        list_del(&slab->list);
        page_total_held -= BIT(classes[class].order);
        give = true;
    }
    lock_drop(&heap_lock);

    if (give)
        page_free(va_to_page(slab), classes[class].order);
}

/* ---- whole pages ---- */

static unsigned int order_for(uint32_t nr)
{
    return nr <= 1 ? 0 : 32u - (unsigned int)__builtin_clz(nr - 1);
}

/* Free @nr pages from @pg on, in blocks as large as alignment permits. */
static void pages_free(struct page *pg, uint32_t nr)
{
    while (nr > 0) {
        unsigned int order = PAGE_ORDER_2M;
        uint32_t frame = page_to_mfn(pg).n;

        while (BIT(order) > nr || frame & (BIT(order) - 1))
            order--;
        page_free(pg, order);
        pg += BIT(order);
        nr -= BIT(order);
    }
}

static void *big_alloc(uint32_t nr)
{
    unsigned int order = order_for(nr);
    struct page *pg = page_alloc(order, DOMID_OWNER_XEN, PA_LOW | PA_DIRTY);

    if (!pg)
        return NULL;
    pages_free(pg + nr, BIT(order) - nr);
    pg->order = BIG;
    pg->next = nr;

    lock_take(&heap_lock);
    used_total += (size_t)nr << PAGE_SHIFT;
    page_total_held += nr;
    lock_drop(&heap_lock);
    return page_to_va(pg);
}

static uint32_t big_free(void *object, struct page *pg)
{
    uint32_t nr = pg->next;

    BUG_ON((uintptr_t)object & (PAGE_SIZE - 1));
    lock_take(&heap_lock);
    used_total -= (size_t)nr << PAGE_SHIFT;
    page_total_held -= nr;
    lock_drop(&heap_lock);
    pages_free(pg, nr);
    return nr;
}

/* ---- the interface ---- */

void *heap_alloc(struct heap_account *account, size_t size)
{
    size_t charge;
    void *object;

    if (size == 0 || size > HEAP_MAX)
        return NULL;

    if (size <= SMALL_MAX) {
        unsigned int class = class_for(size);

        charge = classes[class].size;
        object = small_alloc(class);
    } else {
        charge = ALIGN_UP(size, PAGE_SIZE);
        object = big_alloc((uint32_t)(charge >> PAGE_SHIFT));
    }
    if (!object)
        return NULL;

    /* All of it: what is behind @size was somebody's, too. */
    memset(object, 0, charge);
    atomic_add_return(&account->bytes, (uint32_t)charge);
    return object;
}

void heap_free(struct heap_account *account, void *p)
{
    struct page *pg;
    size_t charge;

    if (!p)
        return;
    pg = va_to_page(p);
    BUG_ON(pg->owner != DOMID_OWNER_XEN || pg->ref == 0);
    if (pg->order == BIG) {
        charge = (size_t)big_free(p, pg) << PAGE_SHIFT;
    } else {
        BUG_ON(pg->order >= CLASSES);
        charge = classes[pg->order].size;
        small_free(p, pg->order);
    }
    BUG_ON(atomic_sub_return(&account->bytes, (uint32_t)charge) >
           UINT32_MAX - HEAP_MAX);
}

void *heap_array(struct heap_account *account, size_t nr, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(nr, size, &bytes))
        return NULL;
    return heap_alloc(account, bytes);
}

void heap_stats(size_t *used_bytes, size_t *held_pages)
{
    lock_take(&heap_lock);
    *used_bytes = used_total;
    *held_pages = page_total_held;
    lock_drop(&heap_lock);
}
