/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory: the only way in and out.
 *
 * The hardware translates (stages 1 and 2 in one operation); its answer
 * counts only for ordinary RAM that the caller owns, and only with a
 * reference taken, since another vCPU may give the page away meanwhile.
 * PAR belongs to the guest and would tell it machine addresses, so it is
 * put back.
 *
 * Source: ARM DDI 0406C.c B4.2.4 (ATS12NSO*), B4.1.112 (PAR; the 64-bit
 *         format, as the operation is done in Hyp mode), B3.13.5.
 * Layer:  6 (guest).
 */
#include <public/errno.h>

#include <asm/barrier.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <xen/copy.h>
#include <xen/hyp_map.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/string.h>

#define PAR_F      (1u << 0) /* the translation failed                     */
#define PAR_FSTAGE (1u << 9) /* ... in stage 2                             */
#define PAR_ADDR   0x000000fffffff000ull

enum copy_kind {
    FROM_GUEST,
    TO_GUEST,
    CLEAR_GUEST,
};

static inline uint64_t ask_hardware(guest_ptr_t va, bool write)
{
    uint64_t guests = sysreg_read64(PAR_64);
    uint64_t par;

    if (write)
        sysreg_write(ATS12NSOPW, va);
    else
        sysreg_write(ATS12NSOPR, va);
    isb();
    par = sysreg_read64(PAR_64);
    sysreg_write64(PAR_64, guests);
    return par;
}

/*
 * An entry of stage 2 that is being changed is absent for a moment. Who
 * changes it holds the p2m lock: wait for that, then ask once more.
 */
static uint64_t never_inline ask_again(guest_ptr_t va, bool write, uint64_t par)
{
    if (!(par & PAR_FSTAGE))
        return par;
    lock_take(&current->domain->p2m.lock);
    lock_drop(&current->domain->p2m.lock);
    return ask_hardware(va, write);
}

static inline uint64_t translate(guest_ptr_t va, bool write)
{
    uint64_t par = ask_hardware(va, write);

    return unlikely(par & PAR_F) ? ask_again(va, write, par) : par;
}

#define hot_path inline __attribute__((always_inline))

/* See guest_frame_get. */
static hot_path mfn_t own_frame_get(guest_ptr_t va, bool write)
{
    uint64_t par = translate(va, write);
    mfn_t mfn = mfn_of(par & PAR_ADDR);
    struct page *pg = mfn_to_page(mfn);

    if (unlikely((uint32_t)par & PAR_F) || unlikely(!mfn_is_ram(mfn)) ||
        unlikely(!page_get_any(pg)))
        return INVALID_MFN;
    /* Looked at last, and once: with a reference it does not change. */
    if (likely(pg->owner == current->domain->id))
        return mfn;
    page_put(pg);
    return INVALID_MFN;
}

mfn_t guest_frame_get(guest_ptr_t va, bool write)
{
    return own_frame_get(va, write);
}

/* Bytes up to the end of @addr's page, at most @len. */
static inline size_t page_part(gpaddr_t addr, size_t len)
{
    size_t room = PAGE_SIZE - (size_t)(addr % PAGE_SIZE);

    return MIN(room, len);
}

/* Argument structs are a few words; any address will do (HSCTLR.A is 0). */
#define SMALL 64u
struct packed any_word {
    uint32_t w;
};

static inline void copy_bytes(void *dst, const void *src, size_t len)
{
    struct any_word *to = dst;
    const struct any_word *from = src;

    if (len > SMALL || len % 4) {
        memcpy(dst, src, len);
        return;
    }
    for (; len; len -= 4) {
        *to++ = *from++;
        compiler_barrier(); /* or GCC calls memcpy after all */
    }
}

/* Within one page. */
static hot_path int copy_part(guest_ptr_t va, uint8_t *buf, size_t len,
                              enum copy_kind kind)
{
    mfn_t mfn = own_frame_get(va, kind != FROM_GUEST);
    uint8_t *base, *guest;

    if (unlikely(mfn_eq(mfn, INVALID_MFN)))
        return -EFAULT;
    base = frame_open(mfn);
    guest = base + va % PAGE_SIZE;
    if (kind == FROM_GUEST)
        copy_bytes(buf, guest, len);
    else if (kind == TO_GUEST)
        copy_bytes(guest, buf, len);
    else
        memset(guest, 0, len);
    frame_close(base);
    page_put(mfn_to_page(mfn));
    return 0;
}

/* What is nothing, or crosses pages. */
static int never_inline copy_parts(guest_ptr_t va, uint8_t *buf, size_t len,
                                   enum copy_kind kind)
{
    while (len) {
        size_t part = page_part(va, len);

        if (copy_part(va, buf, part, kind))
            return -EFAULT;
        if (kind != CLEAR_GUEST)
            buf += part;
        va += part;
        len -= part;
    }
    return 0;
}

/* For each constant @kind a function. @buf is only read for TO_GUEST. */
static hot_path int copy_pages(guest_ptr_t va, uint8_t *buf, size_t len,
                               enum copy_kind kind)
{
    if (unlikely(len - 1 >= PAGE_SIZE - va % PAGE_SIZE))
        return copy_parts(va, buf, len, kind);
    return copy_part(va, buf, len, kind);
}

int copy_from_guest(void *dst, guest_ptr_t src, size_t len)
{
    return copy_pages(src, dst, len, FROM_GUEST);
}

static int64_t never_inline word_slowly(guest_ptr_t src)
{
    uint32_t word;

    return copy_from_guest(&word, src, sizeof(word)) ? -EFAULT : (int64_t)word;
}

int64_t word_from_guest(guest_ptr_t src)
{
    const struct any_word *at;
    uint32_t word;
    mfn_t mfn;

    if (unlikely(src % PAGE_SIZE > PAGE_SIZE - sizeof(word)))
        return word_slowly(src);
    mfn = own_frame_get(src, false);
    if (unlikely(mfn_eq(mfn, INVALID_MFN)))
        return -EFAULT;
    at = frame_open(mfn) + src % PAGE_SIZE;
    word = at->w;
    frame_close((void *)(uintptr_t)at);
    page_put(mfn_to_page(mfn));
    return word;
}

int copy_to_guest(guest_ptr_t dst, const void *src, size_t len)
{
    return copy_pages(dst, (uint8_t *)(uintptr_t)src, len, TO_GUEST);
}

int clear_guest(guest_ptr_t dst, size_t len)
{
    return copy_pages(dst, NULL, len, CLEAR_GUEST);
}

int guest_element_open(struct guest_element *e, void *buf, guest_ptr_t va,
                       size_t len)
{
    uint32_t offset = va % PAGE_SIZE;
    mfn_t mfn;

    e->page = NULL;
    e->va = va;
    if (unlikely(offset + len > PAGE_SIZE))
        return copy_from_guest(buf, va, len);
    mfn = own_frame_get(va, true);
    if (unlikely(mfn_eq(mfn, INVALID_MFN)))
        return -EFAULT;
    e->page = mfn_to_page(mfn);
    e->frame = frame_open(mfn);
    copy_bytes(buf, e->frame + offset, len);
    return 0;
}

int guest_element_close(struct guest_element *e, const void *buf, size_t from,
                        size_t end)
{
    const uint8_t *part = (const uint8_t *)buf + from;

    if (unlikely(!e->page))
        return copy_to_guest(e->va + from, part, end - from);
    copy_bytes(e->frame + e->va % PAGE_SIZE + from, part, end - from);
    frame_close(e->frame);
    page_put(e->page);
    return 0;
}

/* @d's own RAM page behind @gpa, referenced, or NULL. */
static struct page *get_gpa_page(struct domain *d, gpaddr_t gpa, bool write)
{
    enum p2m_type type;
    struct page *pg;
    gfn_t gfn;

    if (!gfn_from_guest(gpa >> PAGE_SHIFT, &gfn))
        return NULL;
    pg = p2m_get_page(d, gfn, &type);
    if (!pg)
        return NULL;
    if (pg->owner == d->id &&
        (type == P2M_RAM || (type == P2M_RAM_RO && !write)))
        return pg;
    page_put(pg);
    return NULL;
}

int copy_to_gpa(struct domain *d, gpaddr_t gpa, const void *src, size_t len)
{
    const uint8_t *from = src;

    while (len) {
        size_t part = page_part(gpa, len);
        struct page *pg = get_gpa_page(d, gpa, true);
        uint8_t *to;

        if (!pg)
            return -EFAULT;
        to = frame_open(page_to_mfn(pg));
        memcpy(to + gpa % PAGE_SIZE, from, part);
        frame_close(to);
        page_put(pg);
        from += part;
        gpa += part;
        len -= part;
    }
    return 0;
}

int copy_from_gpa(struct domain *d, void *dst, gpaddr_t gpa, size_t len)
{
    uint8_t *to = dst;

    while (len) {
        size_t part = page_part(gpa, len);
        struct page *pg = get_gpa_page(d, gpa, false);
        uint8_t *from;

        if (!pg)
            return -EFAULT;
        from = frame_open(page_to_mfn(pg));
        memcpy(to, from + gpa % PAGE_SIZE, part);
        frame_close(from);
        page_put(pg);
        to += part;
        gpa += part;
        len -= part;
    }
    return 0;
}

/*
 * Thumb instructions are halfwords; a first halfword of 0b11101, 0b11110 or
 * 0b11111 has a second one (A6.1), which becomes the low half of @insn.
 */
int guest_insn_fetch(struct vcpu *v, uint32_t *insn, unsigned int *size)
{
    uint16_t half[2];

    if (!(v->regs.cpsr & PSR_T)) {
        *size = 4;
        return copy_from_guest(insn, v->regs.pc & ~3u, 4);
    }

    if (copy_from_guest(&half[0], v->regs.pc & ~1u, 2))
        return -EFAULT;
    *insn = half[0];
    *size = 2;
    if (half[0] < 0xe800)
        return 0;
    if (copy_from_guest(&half[1], (v->regs.pc & ~1u) + 2, 2))
        return -EFAULT;
    *insn = (uint32_t)half[0] << 16 | half[1];
    *size = 4;
    return 0;
}
