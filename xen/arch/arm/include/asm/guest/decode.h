/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load and store instructions whose syndrome does not describe them
 * (HSR.ISV = 0): single registers of 1, 2 or 4 bytes, with all addressing
 * forms and writeback.
 *
 * Source: ARM DDI 0406C.c A5.3, A6.3, A8.8 (encodings).
 * Layer: 6 (guest). Pure functions; tested on the host, unit/decode.c.
 */
#ifndef ASM_GUEST_DECODE_H
#define ASM_GUEST_DECODE_H

#include <stdbool.h>
#include <stdint.h>

struct decoded {
    uint8_t size; /* bytes                                        */
    bool write;
    bool sign; /* load: sign-extend                            */
    uint8_t rt;
    bool writeback; /* rn becomes rn +- offset                      */
    uint8_t rn;
    bool add;        /* offset is added, else subtracted             */
    bool reg_offset; /* offset is rm, shifted; else .imm             */
    uint8_t rm;
    uint8_t shift;  /* instruction's type field: LSL LSR ASR ROR    */
    uint8_t amount; /* and its amount field, not yet decoded        */
    uint32_t imm;
};

/*
 * @insn as guest_insn_fetch gives it. False: not one of these instructions
 * (LDM, LDRD, LDREX and their like; hints), or unpredictable.
 */
bool decode_load_store(uint32_t insn, unsigned int insn_size, bool thumb,
                       struct decoded *d);

/* What rn becomes, from its value and rm's, and the carry flag (RRX). */
uint32_t decode_writeback(const struct decoded *d, uint32_t rn, uint32_t rm,
                          bool carry);

#endif /* ASM_GUEST_DECODE_H */
