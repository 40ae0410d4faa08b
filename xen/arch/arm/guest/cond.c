/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Condition of a trapped instruction, and stepping over it.
 *
 * Source: ARM DDI 0406C.c A8.3 (conditions), A2.5.2 (ITSTATE), B3.13.6
 *         (HSR.CV, HSR.COND, HSR.IL).
 * Layer:  6 (guest).
 */
#include <asm/hsr.h>
#include <asm/psr.h>

#include <xen/domain.h>
#include <xen/inject.h>

/*
 * Bit f of a row: the condition holds with flags f = N Z C V (N is bit 3).
 * Rows in pairs: each odd one is the opposite; the last two are "always".
 */
static const uint16_t cond_table[16] = {
    0xf0f0, 0x0f0f, /* EQ NE: Z                */
    0xcccc, 0x3333, /* CS CC: C                */
    0xff00, 0x00ff, /* MI PL: N                */
    0xaaaa, 0x5555, /* VS VC: V                */
    0x0c0c, 0xf3f3, /* HI LS: C and not Z      */
    0xaa55, 0x55aa, /* GE LT: N == V           */
    0x0a05, 0xf5fa, /* GT LE: N == V and not Z */
    0xffff, 0xffff, /* AL, and the unconditional space */
};

/* ITSTATE<7:0> is CPSR<15:10> and CPSR<26:25>. */
static uint32_t it_state(uint32_t cpsr)
{
    return ((cpsr >> 8) & 0xfc) | ((cpsr >> 25) & 3);
}

static uint32_t it_set(uint32_t cpsr, uint32_t it)
{
    return (cpsr & ~(uint32_t)PSR_IT_MASK) | (it & 0xfc) << 8 | (it & 3) << 25;
}

bool cond_check(const struct vcpu *v, uint32_t hsr)
{
    uint32_t cpsr = v->regs.cpsr;
    uint32_t cond;

    if (field_get(hsr, HSR_CV)) {
        cond = field_get(hsr, HSR_COND);
    } else {
        uint32_t it = it_state(cpsr);

        /* No condition in the syndrome: Thumb, where the IT block has it. */
        if (!(cpsr & PSR_T) || (it & 0xf) == 0)
            return true;
        cond = it >> 4;
    }
    return (cond_table[cond] >> (cpsr >> 28)) & 1;
}

/* ITAdvance() of A2.5.2. */
void cond_it_step(struct vcpu *v)
{
    uint32_t it = it_state(v->regs.cpsr);

    it = (it & 7) ? (it & 0xe0) | ((it << 1) & 0x1f) : 0;
    v->regs.cpsr = it_set(v->regs.cpsr, it);
}
