/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions put into a guest: guest/inject.c, by the pseudocode of
 * ARM DDI 0406C.c B1.9.
 *
 * Sources: xen/arch/arm/guest/inject.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/hcr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>
#include <xen/domain.h>
#include <xen/inject.h>
#include <xen/vcpu.h>

#define FLAGS 0xa0000000u

DEFINE_PER_CPU(bool, abort_told); /* guest/context.c */

static unsigned int woken;

void vcpu_wake(struct vcpu *v)
{
    (void)v;
    woken++;
}

enum what {
    UNDEF,
    DABT_READ,
    DABT_WRITE,
    PABT
};

static const struct {
    const char *story;
    enum what what;
    uint32_t pc, cpsr, sctlr, ttbcr; /* before                       */
    uint32_t new_pc, new_cpsr, lr;   /* after                        */
    uint32_t status;                 /* DFSR or IFSR                 */
} stories[] = {
    { "undefined, ARM: LR is the next instruction", UNDEF, 0x8000,
      FLAGS | PSR_MODE_USR, 0, 0, 0x20004, FLAGS | PSR_I | PSR_MODE_UND, 0x8004,
      0 },
    { "undefined, Thumb: LR is 2 further", UNDEF, 0x8002,
      FLAGS | PSR_T | PSR_MODE_USR, 0, 0, 0x20004, FLAGS | PSR_I | PSR_MODE_UND,
      0x8004, 0 },
    { "undefined leaves A and F as they were", UNDEF, 0x8000,
      PSR_A | PSR_F | PSR_MODE_SVC, 0, 0, 0x20004,
      PSR_A | PSR_F | PSR_I | PSR_MODE_UND, 0x8004, 0 },
    { "high vectors ignore VBAR", UNDEF, 0x8000, PSR_MODE_SVC, 1u << 13, 0,
      0xffff0004u, PSR_I | PSR_MODE_UND, 0x8004, 0 },
    { "SCTLR.TE: the handler is Thumb", UNDEF, 0x8000, PSR_MODE_SVC, 1u << 30,
      0, 0x20004, PSR_T | PSR_I | PSR_MODE_UND, 0x8004, 0 },
    { "SCTLR.EE: the handler is big-endian", UNDEF, 0x8000, PSR_MODE_SVC,
      1u << 25, 0, 0x20004, PSR_E | PSR_I | PSR_MODE_UND, 0x8004, 0 },
    { "E of the interrupted code does not stay", UNDEF, 0x8000,
      PSR_E | PSR_MODE_SVC, 0, 0, 0x20004, PSR_I | PSR_MODE_UND, 0x8004, 0 },
    { "inside an IT block, ThumbEE: both are left", UNDEF, 0x8002,
      PSR_J | PSR_T | PSR_IT_MASK | PSR_MODE_USR, 0, 0, 0x20004,
      PSR_I | PSR_MODE_UND, 0x8004, 0 },
    { "data abort on a read, short format", DABT_READ, 0x8000,
      FLAGS | PSR_MODE_SVC, 0, 0, 0x20010, FLAGS | PSR_A | PSR_I | PSR_MODE_ABT,
      0x8008, 0x008 },
    { "data abort on a write: DFSR.WnR", DABT_WRITE, 0x8000, PSR_MODE_SVC, 0, 0,
      0x20010, PSR_A | PSR_I | PSR_MODE_ABT, 0x8008, 0x808 },
    { "data abort, Thumb: LR is 8 further as well", DABT_READ, 0x8002,
      PSR_T | PSR_MODE_SVC, 0, 0, 0x20010, PSR_A | PSR_I | PSR_MODE_ABT, 0x800a,
      0x008 },
    { "data abort, long format", DABT_WRITE, 0x8000, PSR_MODE_SVC, 0, 1u << 31,
      0x20010, PSR_A | PSR_I | PSR_MODE_ABT, 0x8008, 0xa10 },
    { "prefetch abort: LR is 4 further", PABT, 0x8000, PSR_MODE_SVC, 0, 0,
      0x2000c, PSR_A | PSR_I | PSR_MODE_ABT, 0x8004, 0x008 },
    { "prefetch abort, Thumb, long format: 4 as well", PABT, 0x8002,
      PSR_T | PSR_MODE_SVC, 0, 1u << 31, 0x2000c, PSR_A | PSR_I | PSR_MODE_ABT,
      0x8006, 0x210 },
};

static void check(size_t i)
{
    static struct vcpu v;
    bool undef = stories[i].what == UNDEF;

    v.regs.pc = stories[i].pc;
    v.regs.cpsr = stories[i].cpsr;
    *host_sysreg("SCTLR") = stories[i].sctlr;
    *host_sysreg("TTBCR") = stories[i].ttbcr;
    *host_sysreg("VBAR") = 0x20000;

    switch (stories[i].what) {
    case UNDEF:
        inject_undef(&v);
        break;
    case DABT_READ:
    case DABT_WRITE:
        inject_dabt_external(&v, 0xf00d0001, stories[i].what == DABT_WRITE);
        assert_int_equal(*host_sysreg("DFSR"), stories[i].status);
        assert_int_equal(*host_sysreg("DFAR"), 0xf00d0001);
        break;
    case PABT:
    default:
        inject_pabt_external(&v, 0x8000);
        assert_int_equal(*host_sysreg("IFSR"), stories[i].status);
        assert_int_equal(*host_sysreg("IFAR"), 0x8000);
        break;
    }
    assert_int_equal(v.regs.pc, stories[i].new_pc);
    assert_int_equal(v.regs.cpsr, stories[i].new_cpsr);
    assert_int_equal(*host_sysreg(undef ? "lr_und" : "lr_abt"), stories[i].lr);
    assert_int_equal(*host_sysreg(undef ? "spsr_und" : "spsr_abt"),
                     stories[i].cpsr);
}

static void exceptions(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        print_message("  %s\n", stories[i].story);
        check(i);
    }
}

static void async_abort_waits_for_the_guest(void **state)
{
    struct vcpu v = { .regs = { .pc = 0x8000, .cpsr = PSR_MODE_SVC } };

    (void)state;
    *host_sysreg("HCR") = HCR_GUEST;
    woken = 0;
    inject_async_abort(&v);
    assert_int_equal(*host_sysreg("HCR"), HCR_GUEST | HCR_VA);
    assert_int_equal(v.regs.pc, 0x8000);
    assert_int_equal(woken, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exceptions),
        cmocka_unit_test(async_abort_waits_for_the_guest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
