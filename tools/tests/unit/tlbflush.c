/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Erratum 798181: which CPUs have it, by MIDR and REVIDR, and that a flush
 * asks the other CPUs for a barrier only where the full workaround applies.
 *
 * Sources: xen/arch/arm/cpu/cpu.c xen/common/core/tlbflush.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/cpu.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>
#include <xen/smp.h>
#include <xen/tlbflush.h>

uint32_t cpu_online_mask = 0x3;

static unsigned int flushes;
static uint32_t asked, running;

/* A CPU that enters the guest while entries go may have used one. */
void tlb_flush_guest_vmid(uint64_t vttbr)
{
    (void)vttbr;
    flushes++;
    running |= 0x1;
}

void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    (void)fn;
    (void)arg;
    asked |= mask;
}

#define NONE    ERRATUM_798181_NONE
#define PARTIAL ERRATUM_798181_PARTIAL
#define FULL    ERRATUM_798181_FULL

/* Ascending by what must be done, since the worst CPU counts. */
static const struct {
    const char *story;
    uint32_t midr, revidr;
    enum erratum_798181 want;
} stories[] = {
    { "Cortex-A7 r0p5", 0x410fc075, 0, NONE },
    { "another vendor's part 0xc0f", 0x560fc0f2, 0, NONE },
    { "A15 r4p0, as QEMU has it", 0x414fc0f0, 0, NONE },
    { "A15 r3p3 with the fix", 0x413fc0f3, 0x200, NONE },
    { "A15 r2p4 with both fixes", 0x412fc0f4, 0x210, NONE },
    { "A15 r2p4 with the first fix only", 0x412fc0f4, 0x010, PARTIAL },
    { "A15 r2p2 with the fix it can have", 0x412fc0f2, 0x010, PARTIAL },
    { "A15 r2p2, the DRA7's, without", 0x412fc0f2, 0, FULL },
    { "A15 r2p2: bit 9 means nothing there", 0x412fc0f2, 0x200, FULL },
    { "A15 r0p0", 0x410fc0f0, 0x210, FULL },
};

static void worst_cpu_counts(void **state)
{
    (void)state;
    sysreg_write(CTR, 0x8444c004); /* 64-byte lines */
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        sysreg_write(MIDR, stories[i].midr);
        sysreg_write(REVIDR, stories[i].revidr);
        assert_null(cpu_check());
        if (cpu_erratum_798181() != stories[i].want)
            fail_msg("%s: %d", stories[i].story, cpu_erratum_798181());

        flushes = 0;
        asked = 0;
        running = 0x2;
        tlb_flush_domain(0x1234, &running);
        assert_int_equal(flushes, 1);
        assert_int_equal(asked, stories[i].want == FULL ? 0x3 : 0);
        asked = 0;
        tlb_flush_hyp_finish();
        assert_int_equal(asked, stories[i].want == FULL ? 0x3 : 0);
    }
}

static void short_lines_are_refused(void **state)
{
    (void)state;
    sysreg_write(CTR, 0x84438004); /* 32 bytes */
    assert_non_null(cpu_check());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worst_cpu_counts),
        cmocka_unit_test(short_lines_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
