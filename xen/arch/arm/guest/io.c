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

#define PC 15u
#define PSR_C BIT(29)

/* ---- regions ---- */

int io_register(struct domain *d, gpaddr_t gpa, uint32_t size, io_fn *fn,
                void *priv)
{
    struct io_regions *io = &d->io;
    unsigned int at = io->nr;

    if (io->nr == IO_REGIONS)
        return -ENOSPC;
    while (at > 0 && io->region[at - 1].gpa > gpa)
        at--;
    if ((at < io->nr && gpa + size > io->region[at].gpa) ||
        (at > 0 &&
         io->region[at - 1].gpa + io->region[at - 1].size > gpa))
        return -EEXIST;

    for (unsigned int i = io->nr; i > at; i--)
        io->region[i] = io->region[i - 1];
    io->region[at] = (struct io_region){ gpa, size, fn, priv };
    io->nr++;
    return 0;
}

static const struct io_region *find_region(const struct io_regions *io,
                                           gpaddr_t gpa)
{
    unsigned int low = 0, high = io->nr;

    while (low < high) {
        unsigned int mid = (low + high) / 2;
        const struct io_region *r = &io->region[mid];

        if (gpa < r->gpa)
            high = mid;
        else if (gpa - r->gpa >= r->size)
            low = mid + 1;
        else
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

    a->offset = (uint32_t)(a->gpa - r->gpa);
    /* Unaligned accesses of devices fault; no handler sees one. */
    if (unlikely((a->offset & (a->size - 1u)) || r->size - a->offset < a->size))
        return V_ABORT;

    a->value = 0;
    if (a->write) {
        val = cut(operand(v, rt), a->size);
        a->value = unlikely(big_endian) ? swap(val, a->size) : val;
        return r->fn(v, a, r->priv);
    }

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
static enum verdict never_inline access_decoded(struct vcpu *v,
                                                const struct io_region *r,
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

enum verdict io_abort(struct vcpu *v, uint32_t hsr)
{
    uint32_t va = sysreg_read(HDFAR);
    gpaddr_t page = (gpaddr_t)(sysreg_read(HPFAR) & ~0xfu) << 8;
    const struct io_region *r;
    struct io_access a;

    /* What is mapped, and still refused (read-only pages), is an abort;
     * HPFAR is not valid then. */
    if (unlikely((hsr & FSC_TYPE_MASK) != FSC_TRANSLATION))
        return V_ABORT;

    a.gpa = page | va % PAGE_SIZE;
    r = find_region(&v->domain->io, a.gpa);
    if (unlikely(!r || field_get(hsr, DABT_S1PTW)))
        return p2m_fault_is_real(v->domain, gfn_of(page)) ? V_ABORT : V_RETRY;
    if (unlikely(field_get(hsr, DABT_CM)))
        return V_DONE; /* cache maintenance of what is not cached */
    if (unlikely(!field_get(hsr, DABT_ISV)))
        return access_decoded(v, r, &a);

    a.size = (uint8_t)(1u << field_get(hsr, DABT_SAS));
    a.write = field_get(hsr, DABT_WNR);
    if (unlikely(a.size > 4))
        return V_ABORT;
    if (unlikely(field_get(hsr, DABT_SRT) == PC && !a.write)) {
        enum verdict verdict = access(v, r, &a, PC, false);

        return verdict == V_DONE ? V_RETRY : verdict; /* it branched */
    }
    return access(v, r, &a, field_get(hsr, DABT_SRT),
                  field_get(hsr, DABT_SSE));
}
