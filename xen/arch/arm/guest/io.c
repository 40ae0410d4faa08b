/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated devices: from a stage-2 data abort to the handler of its region
 * and back into the guest's register.
 *
 * Source: ARM DDI 0406C.c B3.13.6 (HSR, data aborts), B4.1.72 (HDFAR),
 *         B4.1.73 (HPFAR).
 * Layer:  6 (guest).
 */
#include <public/errno.h>

#include <asm/hsr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <asm/guest/decode.h>

#include <xen/context.h>
#include <xen/copy.h>
#include <xen/domain.h>
#include <xen/inject.h>
#include <xen/io.h>
#include <xen/p2m.h>

#define PC    15u
#define PSR_C BIT(29)

/* ---- regions ---- */

int io_register(struct domain *d, gpaddr_t gpa, uint32_t size, io_fn *fn,
                void *priv)
{
    struct io_regions *io = &d->io;
    struct io_region new = {
        .first = gfn_of(gpa).n,
        .nr = size >> PAGE_SHIFT,
        .fn = fn,
        .priv = priv,
    };

    if (size == 0 || !IS_ALIGNED(gpa | size, PAGE_SIZE))
        return -EINVAL;
    if (io->nr == IO_REGIONS)
        return -ENOSPC;
    for (unsigned int i = 0; i < io->nr; i++) {
        const struct io_region *r = &io->region[i];

        if (new.first < r->first + r->nr && r->first < new.first + new.nr)
            return -EEXIST;
    }
    io->region[io->nr++] = new;
    return 0;
}

/* A few at most, and the distributor is first: no search beats this. */
static inline const struct io_region *find_region(const struct io_regions *io,
                                                  uint32_t gfn)
{
    /* Rows that are not used have no pages. */
    for (const struct io_region *r = io->region; r < io->region + IO_REGIONS;
         r++) {
        if (gfn - r->first < r->nr)
            return r;
    }
    return NULL;
}

/* ---- one access ---- */

/* The low @size bytes of @val in the other order. */
static uint32_t swap(uint32_t val, unsigned int size)
{
    return __builtin_bswap32(val) >> (32 - 8 * size);
}

static uint32_t cut(uint32_t val, unsigned int size)
{
    return size == 4 ? val : val & ((1u << (8 * size)) - 1);
}

static uint32_t sign_extend(uint32_t val, unsigned int size)
{
    unsigned int unused = 32 - 8 * size;

    return (uint32_t)((int32_t)(val << unused) >> unused);
}

/* A store of PC stores the address of the instruction plus 8 (A2.3). */
static uint32_t operand(const struct vcpu *v, unsigned int n)
{
    return likely(n != PC) ? guest_reg_get(v, n) : v->regs.pc + 8;
}

/* A load into PC branches, to Thumb code when bit 0 is set (A2.3.2). */
static void branch(struct vcpu *v, uint32_t to)
{
    if (to & 1) {
        v->regs.cpsr |= PSR_T;
        v->regs.pc = to & ~1u;
    } else {
        v->regs.cpsr &= ~(uint32_t)PSR_T;
        v->regs.pc = to & ~3u;
    }
}

/*
 * Make the access @a; its register is @rt. V_DONE, or the handler's refusal.
 * The PC is not touched, but for a load into it.
 */
static enum verdict access(struct vcpu *v, const struct io_region *r,
                           struct io_access *a, unsigned int rt, bool sign)
{
    bool big_endian = v->regs.cpsr & PSR_E;
    enum verdict verdict;
    uint32_t val;

    /* Unaligned accesses of devices fault; no handler sees one. */
    if (unlikely(a->offset & (a->size - 1u)) || unlikely(a->size > 4))
        return V_ABORT;

    if (a->write) {
        val = cut(operand(v, rt), a->size);
        a->value = unlikely(big_endian) ? swap(val, a->size) : val;
        return r->fn(v, a, r->priv);
    }

    a->value = 0;
    verdict = r->fn(v, a, r->priv);
    if (unlikely(verdict != V_DONE))
        return verdict;
    val = cut(a->value, a->size);
    if (unlikely(big_endian))
        val = swap(val, a->size);
    if (sign)
        val = sign_extend(val, a->size);
    if (likely(rt != PC))
        guest_reg_set(v, rt, val);
    else
        branch(v, val);
    return V_DONE;
}

/*
 * HSR.ISV = 0: look at the instruction. HSR.IL is not valid either, so the
 * PC is advanced here.
 */
static enum verdict access_decoded(struct vcpu *v, const struct io_region *r,
                                   struct io_access *a)
{
    enum verdict verdict;
    unsigned int insn_size;
    struct decoded d;
    uint32_t insn, base = 0;

    if (guest_insn_fetch(v, &insn, &insn_size) ||
        !decode_load_store(insn, insn_size, v->regs.cpsr & PSR_T, &d))
        return V_ABORT;
    a->size = d.size;
    a->write = d.write;
    if (d.writeback)
        base = decode_writeback(&d, guest_reg_get(v, d.rn),
                                d.reg_offset ? operand(v, d.rm) : 0,
                                v->regs.cpsr & PSR_C);

    verdict = access(v, r, a, d.rt, d.sign);
    if (verdict != V_DONE)
        return verdict;
    if (d.writeback)
        guest_reg_set(v, d.rn, base);
    if (d.rt != PC || d.write)
        cond_advance(v, insn_size == 4 ? field_mask(HSR_IL) : 0);
    return V_RETRY; /* the PC is where it has to be */
}

/* All but a plain load or store of an emulated word. */
static enum verdict never_inline odd_abort(struct vcpu *v, uint32_t hsr,
                                           uint32_t gfn,
                                           const struct io_region *r)
{
    uint32_t rt = field_get(hsr, DABT_SRT);
    struct io_access *a = &v->io;
    enum verdict verdict;

    /* What is mapped, and still refused (read-only pages), is an abort;
     * HPFAR is not valid then. */
    if ((hsr & FSC_TYPE_MASK) != FSC_TRANSLATION)
        return V_ABORT;
    /* The 32-bit QEMU 7.2 cuts the address to 32 bits (s2addr, a target_ulong
     * in target/arm/internals.h): a guest beyond 4 GiB may retry for ever. */
    if (!r || field_get(hsr, DABT_S1PTW))
        return p2m_fault_is_real(v->domain, gfn_make(gfn)) ? V_ABORT : V_RETRY;
    if (field_get(hsr, DABT_CM))
        return V_DONE; /* cache maintenance of what is not cached */
    if (!field_get(hsr, DABT_ISV))
        return access_decoded(v, r, a);

    a->size = (uint8_t)(1u << field_get(hsr, DABT_SAS));
    verdict = access(v, r, a, rt, field_get(hsr, DABT_SSE));
    /* A load into the PC is a branch. */
    return verdict == V_DONE && rt == PC && !a->write ? V_RETRY : verdict;
}

enum verdict io_abort(struct vcpu *v, uint32_t hsr)
{
    /* One register and an emulated word, and the syndrome tells it all. */
    const uint32_t kind = field_mask(DABT_ISV) | field_mask(DABT_SAS) |
                          field_mask(DABT_CM) | field_mask(DABT_S1PTW) |
                          FSC_TYPE_MASK;
    const uint32_t word = field_mask(DABT_ISV) | field_set(0, DABT_SAS, 2) |
                          FSC_TRANSLATION;
    uint32_t gfn = sysreg_read(HPFAR) >> 4; /* bits 39:12 of the address */
    const struct io_region *r = find_region(&v->domain->io, gfn);
    uint32_t rt = field_get(hsr, DABT_SRT);
    bool write = field_get(hsr, DABT_WNR);
    struct io_access *a = &v->io;
    enum verdict verdict;

    a->write = write;
    if (unlikely(!r))
        return odd_abort(v, hsr, gfn, r);
    a->offset = (gfn - r->first) * PAGE_SIZE + sysreg_read(HDFAR) % PAGE_SIZE;
    if (unlikely((hsr & kind) != word) || unlikely(a->offset % 4) ||
        unlikely(v->regs.cpsr & PSR_E) || unlikely(rt == PC))
        return odd_abort(v, hsr, gfn, r);

    a->size = 4;
    if (write) {
        a->value = guest_reg_get(v, rt);
        return r->fn(v, a, r->priv);
    }
    a->value = 0;
    verdict = r->fn(v, a, r->priv);
    if (likely(verdict == V_DONE))
        guest_reg_set(v, rt, a->value);
    return verdict;
}
