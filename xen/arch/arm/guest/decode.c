/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and stores of one register, ARM and Thumb, by their bits.
 *
 * The address is known (HDFAR); what is wanted is size, direction, register
 * and the new base. LDM, STM, LDRD, STRD are refused: they make several
 * accesses, of which the syndrome tells one, and devices are not accessed
 * with them. Exclusives and hints are refused too.
 *
 * Source: ARM DDI 0406C.c A5.3, A5.2.8 (ARM), A6.2.4, A6.3.8-A6.3.10
 *         (Thumb), A8.4.3 (shifts).
 * Layer:  6 (guest).
 */
#include <asm/guest/decode.h>

#include <xen/bits.h>

#define PC 15u

/* ---- ARM ---- */

/* P, U, W are bits 24, 23, 21 in all forms; writeback unless offset form. */
static bool arm_common(uint32_t insn, struct decoded *d)
{
    bool p = insn & BIT(24);
    bool w = insn & BIT(21);

    d->rt = (insn >> 12) & 15;
    d->rn = (insn >> 16) & 15;
    d->add = insn & BIT(23);
    d->writeback = !p || w;
    return !(d->writeback && (d->rn == PC || d->rn == d->rt));
}

/* LDR, STR, LDRB, STRB (A5.3); also the unprivileged forms. */
static bool arm_word_byte(uint32_t insn, struct decoded *d)
{
    d->write = !(insn & BIT(20));
    d->size = insn & BIT(22) ? 1 : 4;
    d->reg_offset = insn & BIT(25);
    if (d->reg_offset) {
        if (insn & BIT(4)) /* media instructions */
            return false;
        d->rm = insn & 15;
        d->shift = (insn >> 5) & 3;
        d->amount = (insn >> 7) & 31;
    } else {
        d->imm = insn & 0xfff;
    }
    return arm_common(insn, d);
}

/* Halfwords and signed loads (A5.2.8, A5.2.9): bits 6:5 and L. */
static bool arm_extra(uint32_t insn, struct decoded *d)
{
    uint32_t op = (insn >> 5) & 3;
    bool load = insn & BIT(20);

    if (op == 0 || (!load && op != 1)) /* multiply, swap, LDRD, STRD */
        return false;
    d->write = !load;
    d->size = op == 2 ? 1 : 2;
    d->sign = op >= 2;
    d->reg_offset = !(insn & BIT(22));
    if (d->reg_offset)
        d->rm = insn & 15;
    else
        d->imm = ((insn >> 4) & 0xf0) | (insn & 15);
    return arm_common(insn, d);
}

static bool arm_decode(uint32_t insn, struct decoded *d)
{
    if (insn >> 28 == 15)
        return false;
    switch ((insn >> 25) & 7) {
    case 0:
        return (insn & 0x90) == 0x90 && arm_extra(insn, d);
    case 2:
    case 3:
        return arm_word_byte(insn, d);
    default:
        return false;
    }
}

/* ---- Thumb, 16 bits: no writeback ---- */

/* A6.2.4: opcode bits 11:9 of the register forms. */
static const struct {
    uint8_t size;
    bool write, sign;
} thumb_reg_forms[8] = {
    { 4, true, false },  /* STR   */
    { 2, true, false },  /* STRH  */
    { 1, true, false },  /* STRB  */
    { 1, false, true },  /* LDRSB */
    { 4, false, false }, /* LDR   */
    { 2, false, false }, /* LDRH  */
    { 1, false, false }, /* LDRB  */
    { 2, false, true },  /* LDRSH */
};

static bool thumb16_decode(uint32_t insn, struct decoded *d)
{
    uint32_t op = insn >> 12;

    d->rt = insn & 7;
    d->write = !(insn & BIT(11));
    switch (op) {
    case 4: /* LDR literal: 01001 */
        d->rt = (insn >> 8) & 7;
        d->size = 4;
        return !d->write;
    case 5:
        d->size = thumb_reg_forms[(insn >> 9) & 7].size;
        d->write = thumb_reg_forms[(insn >> 9) & 7].write;
        d->sign = thumb_reg_forms[(insn >> 9) & 7].sign;
        return true;
    case 6:
        d->size = 4;
        return true;
    case 7:
        d->size = 1;
        return true;
    case 8:
        d->size = 2;
        return true;
    case 9: /* SP-relative */
        d->rt = (insn >> 8) & 7;
        d->size = 4;
        return true;
    default:
        return false;
    }
}

/* ---- Thumb, 32 bits ---- */

/*
 * Single loads and stores, A6.3.7 to A6.3.10: 1111100 in bits 31:25, sign
 * in 24, size in 22:21, L in 20. Writeback only in the 8-bit immediate form
 * (bit 23 clear, bit 11 set), whose bits 10:8 are P, U, W.
 */
static bool thumb32_decode(uint32_t insn, struct decoded *d)
{
    uint32_t size = (insn >> 21) & 3;
    bool p = insn & BIT(10);
    bool w = insn & BIT(8);

    if (insn >> 25 != 0x7c || size == 3)
        return false;
    d->write = !(insn & BIT(20));
    d->sign = insn & BIT(24);
    d->size = (uint8_t)(1u << size);
    d->rt = (insn >> 12) & 15;
    d->rn = (insn >> 16) & 15;
    if ((d->sign && (d->write || d->size == 4)) ||
        (d->rt == PC && (d->write || d->size != 4)) ||
        (d->rn == PC && d->write))
        return false; /* undefined, preload hints */

    if ((insn & BIT(23)) || d->rn == PC)
        return true;
    if (!(insn & BIT(11))) /* register, LSL 0..3 */
        return (insn & 0x7c0) == 0;
    if (!p && !w)
        return false;
    d->add = insn & BIT(9);
    d->writeback = w;
    d->imm = insn & 0xff;
    return !(d->writeback && d->rn == d->rt);
}

bool decode_load_store(uint32_t insn, unsigned int insn_size, bool thumb,
                       struct decoded *d)
{
    *d = (struct decoded){ 0 };
    if (!thumb)
        return arm_decode(insn, d);
    return insn_size == 2 ? thumb16_decode(insn, d) : thumb32_decode(insn, d);
}

/* DecodeImmShift and Shift (A8.4.3): an amount of 0 is special but for LSL. */
static uint32_t shifted(const struct decoded *d, uint32_t rm, bool carry)
{
    uint32_t n = d->amount;

    switch (d->shift) {
    case 0:
        return rm << n;
    case 1:
        return n ? rm >> n : 0;
    case 2:
        return (uint32_t)((int32_t)rm >> (n ? n : 31));
    default:
        return n ? rm >> n | rm << (32 - n) : (uint32_t)carry << 31 | rm >> 1;
    }
}

uint32_t decode_writeback(const struct decoded *d, uint32_t rn, uint32_t rm,
                          bool carry)
{
    uint32_t offset = d->reg_offset ? shifted(d, rm, carry) : d->imm;

    return d->add ? rn + offset : rn - offset;
}
