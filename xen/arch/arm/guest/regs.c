/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's general registers by number, as its current mode sees them. Hyp
 * mode shares r0-r12 and LR with User mode; the others' are banked and
 * stay in the hardware while the vCPU is loaded.
 *
 * Source: ARM DDI 0406C.c B1.3.2 "ARM core registers" (figure B1-2).
 * Layer:  6 (guest).
 */
#include <asm/banked.h>
#include <asm/psr.h>

#include <xen/context.h>

/* One row per banked register: its number, its mode. */
/* clang-format off */
#define BANKED_REGS(R)                                                         \
    R(13, PSR_MODE_USR, sp_usr)                                                \
    R(13, PSR_MODE_SYS, sp_usr)                                                \
    R(13, PSR_MODE_SVC, sp_svc)   R(14, PSR_MODE_SVC, lr_svc)                  \
    R(13, PSR_MODE_ABT, sp_abt)   R(14, PSR_MODE_ABT, lr_abt)                  \
    R(13, PSR_MODE_UND, sp_und)   R(14, PSR_MODE_UND, lr_und)                  \
    R(13, PSR_MODE_IRQ, sp_irq)   R(14, PSR_MODE_IRQ, lr_irq)                  \
    R(8,  PSR_MODE_FIQ, r8_fiq)   R(9,  PSR_MODE_FIQ, r9_fiq)                  \
    R(10, PSR_MODE_FIQ, r10_fiq)  R(11, PSR_MODE_FIQ, r11_fiq)                 \
    R(12, PSR_MODE_FIQ, r12_fiq)                                               \
    R(13, PSR_MODE_FIQ, sp_fiq)   R(14, PSR_MODE_FIQ, lr_fiq)
/* clang-format on */

#define KEY(n_, mode_) ((uint32_t)(n_) << 8 | (uint32_t)(mode_))
#define GET_ROW(n_, mode_, name_)                                              \
    case KEY(n_, mode_):                                                       \
        return banked_read(name_);
#define SET_ROW(n_, mode_, name_)                                              \
    case KEY(n_, mode_):                                                       \
        banked_write(name_, val);                                              \
        return;

uint32_t guest_reg_get_banked(const struct vcpu *v, unsigned int n)
{
    switch (KEY(n, v->regs.cpsr & PSR_MODE_MASK)) {
        BANKED_REGS(GET_ROW)
    default:
        return n < 13 ? v->regs.r[n] : v->regs.lr;
    }
}

void guest_reg_set_banked(struct vcpu *v, unsigned int n, uint32_t val)
{
    switch (KEY(n, v->regs.cpsr & PSR_MODE_MASK)) {
        BANKED_REGS(SET_ROW)
    default:
        *(n < 13 ? &v->regs.r[n] : &v->regs.lr) = val;
    }
}
