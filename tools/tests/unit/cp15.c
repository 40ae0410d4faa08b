/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trapped coprocessor accesses: guest/cp15.c.
 *
 * Sources: xen/arch/arm/guest/cp15.c xen/arch/arm/guest/regs.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/cache.h>
#include <asm/hcr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>
#include <asm/guest/cp15.h>
#include <asm/guest/vfp.h>
#include <xen/guest_traps.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

uint32_t cpu_online_mask = 0xff;

static struct domain dom;
static struct vcpu vcpu = { .domain = &dom };
static uint32_t raised, called_mask, swept;
static bool deliverable, blocked_at_look;
static uint64_t cntp_cval;
static uint32_t cntp_ctl;

/* ---- the functions around ---- */

/* Thirty thousand refusals would each print a line. */
void gprintk(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

void softirq_raise(enum softirq_nr nr)
{
    raised |= 1u << nr;
}

void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    called_mask = mask;
    fn(arg);
}

void cache_clean_inv_all_local(void)
{
    swept++;
}

void vfp_ids(uint32_t id[3])
{
    id[0] = 0x410430f0;
    id[1] = 0x10110222;
    id[2] = 0x11111111;
}

void vcpu_block(struct vcpu *v)
{
    v->pause_flags |= VP_BLOCKED;
}

void vcpu_wake(struct vcpu *v)
{
    v->pause_flags &= ~VP_BLOCKED;
}

bool vgic_deliverable(struct vcpu *v)
{
    blocked_at_look = v->pause_flags & VP_BLOCKED;
    return deliverable;
}

uint32_t vtimer_cntp_ctl_read(struct vcpu *v)
{
    (void)v;
    return cntp_ctl;
}

void vtimer_cntp_ctl_write(struct vcpu *v, uint32_t val)
{
    (void)v;
    cntp_ctl = val;
}

uint32_t vtimer_cntp_tval_read(struct vcpu *v)
{
    (void)v;
    return 0x7a1;
}

void vtimer_cntp_tval_write(struct vcpu *v, uint32_t val)
{
    (void)v;
    cntp_cval = val;
}

uint64_t vtimer_cntp_cval_read(struct vcpu *v)
{
    (void)v;
    return cntp_cval;
}

void vtimer_cntp_cval_write(struct vcpu *v, uint64_t val)
{
    (void)v;
    cntp_cval = val;
}

/* ---- syndromes ---- */

/* As B3.13.6 has them: opc2 19:17, opc1 16:14, CRn 13:10, Rt 8:5, CRm 4:1. */
static uint32_t iss(unsigned int opc1, unsigned int crn, unsigned int crm,
                    unsigned int opc2, unsigned int rt, bool read)
{
    return 1u << 25 | 0xeu << 20 | 1u << 24 | opc2 << 17 | opc1 << 14 |
           crn << 10 | rt << 5 | crm << 1 | read;
}

static uint32_t iss64(unsigned int opc1, unsigned int crm, unsigned int rt,
                      unsigned int rt2, bool read)
{
    return 1u << 25 | opc1 << 16 | rt2 << 10 | rt << 5 | crm << 1 | read;
}

static int setup(void **state)
{
    (void)state;
    memset(&vcpu.regs, 0, sizeof(vcpu.regs));
    vcpu.regs.cpsr = PSR_MODE_SVC;
    vcpu.pause_flags = 0;
    vcpu.context.cp15.actlr = 0x41;
    *host_sysreg("MIDR") = 0x412fc0f2;
    *host_sysreg("ID_PFR0") = 0xf0f01131;
    *host_sysreg("ID_ISAR4") = 0x10011142;
    *host_sysreg("HCR") = HCR_GUEST;
    *host_sysreg("CNTKCTL") = 0;
    /* L1: instructions and data, L2: unified; 3 ways, 96 sets of 64 bytes. */
    *host_sysreg("CLIDR") = 04u << 3 | 03u;
    *host_sysreg("CCSIDR") = 95u << 13 | 2u << 3 | 2u;
    cp15_cpu_init();
    return 0;
}

enum {
    CP14,
    CP15
};

static const struct {
    const char *name;
    int cp;
    uint8_t opc1, crn, crm, opc2;
    bool can_read, can_write, user_reads;
    uint32_t value;
} rows[] = {
    { "ACTLR", CP15, 0, 1, 0, 1, true, true, false, 0x41 },
    { "PMCR", CP15, 0, 9, 12, 0, true, true, false, 0 },
    { "PMSWINC", CP15, 0, 9, 12, 4, false, true, false, 0 },
    { "PMCEID1", CP15, 0, 9, 12, 7, true, false, false, 0 },
    { "PMCCNTR", CP15, 0, 9, 13, 0, true, true, false, 0 },
    { "PMUSERENR", CP15, 0, 9, 14, 0, true, true, true, 0 },
    { "PMOVSSET", CP15, 0, 9, 14, 3, true, true, false, 0 },
    { "CNTP_TVAL", CP15, 0, 14, 2, 0, true, true, false, 0x7a1 },
    { "ID_PFR0 without AMU and RAS", CP15, 0, 0, 1, 0, true, false, false,
      0x00001131 },
    { "ID_ISAR4", CP15, 0, 0, 2, 4, true, false, false, 0x10011142 },
    { "reserved ID register", CP15, 0, 0, 7, 7, true, false, false, 0 },
    { "L2CTLR", CP15, 1, 9, 0, 2, false, false, false, 0 },
    { "c15", CP15, 0, 15, 0, 0, false, false, false, 0 },
    { "c11 (DMA, TCM)", CP15, 0, 11, 0, 0, false, false, false, 0 },
    { "c10 lockdown", CP15, 0, 10, 0, 0, false, false, false, 0 },
    { "c0 with another opc1", CP15, 1, 0, 1, 0, false, false, false, 0 },
    { "DBGDSCRint", CP14, 0, 0, 1, 0, true, false, true, 0 },
    { "DBGDSCRext", CP14, 0, 0, 2, 2, true, true, false, 0 },
    { "DBGDIDR r2p2", CP14, 0, 0, 0, 0, true, false, true, 0x01050022 },
    { "DBGBCR1", CP14, 0, 0, 1, 5, true, true, false, 0 },
    { "DBGBCR2", CP14, 0, 0, 2, 5, false, false, false, 0 },
    { "DBGOSLAR", CP14, 0, 1, 0, 4, false, true, false, 0 },
    { "DBGOSDLR", CP14, 0, 1, 3, 4, true, true, false, 0 },
    { "DBGDSAR", CP14, 0, 2, 0, 0, true, false, true, 0 },
    { "a trace register", CP14, 1, 0, 0, 0, false, false, false, 0 },
};

static enum verdict access(int cp, uint32_t hsr)
{
    return cp == CP14 ? cp14_access32(&vcpu, hsr) : cp15_access32(&vcpu, hsr);
}

static void check(size_t i, uint32_t mode, bool can_read, bool can_write)
{
    uint32_t hsr = iss(rows[i].opc1, rows[i].crn, rows[i].crm, rows[i].opc2, 3,
                       true);

    vcpu.regs.cpsr = mode;
    vcpu.regs.r[3] = 0xdead;
    assert_int_equal(access(rows[i].cp, hsr), can_read ? V_DONE : V_UNDEF);
    assert_int_equal(vcpu.regs.r[3], can_read ? rows[i].value : 0xdead);
    assert_int_equal(access(rows[i].cp, hsr & ~1u),
                     can_write ? V_DONE : V_UNDEF);
}

static void registers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        print_message("  %s\n", rows[i].name);
        check(i, PSR_MODE_SVC, rows[i].can_read, rows[i].can_write);
        check(i, PSR_MODE_USR, rows[i].user_reads, false);
    }
}

/* Default deny: of all encodings only these many do anything. */
static void all_encodings(void **state)
{
    unsigned int allowed[2] = { 0 };

    (void)state;
    for (uint32_t key = 0; key < 1u << 14; key++) {
        for (uint32_t read = 0; read < 2; read++) {
            uint32_t hsr = iss(key & 7, (key >> 3) & 15, (key >> 7) & 15,
                               key >> 11, 3, read);

            allowed[CP15] += access(CP15, hsr) == V_DONE;
            allowed[CP14] += access(CP14, hsr) == V_DONE;
        }
    }
    /* 56 IDs, 2 ACTLR, 3 set/way, 27 PMU, 4 CNTP; debug: 3 RO (DSCRint,
     * DIDR, DRAR), DSAR, OSLAR, 9 read-write. */
    assert_int_equal(allowed[CP15], 56 + 2 + 3 + 27 + 4);
    assert_int_equal(allowed[CP14], 3 + 1 + 1 + 2 * 9);
}

static void flags_as_destination(void **state)
{
    (void)state;
    *host_sysreg("ID_MMFR0") = 0xa0201105;
    cp15_cpu_init();
    vcpu.regs.cpsr = 0x50000000 | PSR_MODE_SVC;
    assert_int_equal(access(CP15, iss(0, 0, 1, 4, 15, true)), V_DONE);
    assert_int_equal(vcpu.regs.cpsr, 0xa0000000 | PSR_MODE_SVC);
}

static void physical_timer(void **state)
{
    (void)state;
    vcpu.regs.r[2] = 3;
    assert_int_equal(access(CP15, iss(0, 14, 2, 1, 2, false)), V_DONE);
    assert_int_equal(cntp_ctl, 3);

    vcpu.regs.r[4] = 0x89abcdef;
    vcpu.regs.r[5] = 0x01234567;
    assert_int_equal(cp15_access64(&vcpu, iss64(2, 14, 4, 5, false)), V_DONE);
    assert_true(cntp_cval == 0x0123456789abcdefull);
    assert_int_equal(cp15_access64(&vcpu, iss64(2, 14, 6, 7, true)), V_DONE);
    assert_int_equal(vcpu.regs.r[6], 0x89abcdef);
    assert_int_equal(vcpu.regs.r[7], 0x01234567);

    assert_int_equal(cp15_access64(&vcpu, iss64(3, 14, 6, 7, true)), V_UNDEF);
    assert_int_equal(cp15_access64(&vcpu, iss64(2, 2, 6, 7, true)), V_UNDEF);
    assert_int_equal(cp15_access64(&vcpu, iss64(2, 14, 15, 7, true)), V_UNDEF);

    /* User mode: as CNTKCTL.PL0PTEN says. */
    vcpu.regs.cpsr = PSR_MODE_USR;
    assert_int_equal(access(CP15, iss(0, 14, 2, 1, 2, true)), V_UNDEF);
    assert_int_equal(cp15_access64(&vcpu, iss64(2, 14, 6, 7, true)), V_UNDEF);
    *host_sysreg("CNTKCTL") = 1u << 9;
    assert_int_equal(access(CP15, iss(0, 14, 2, 1, 2, true)), V_DONE);
}

static void debug_64(void **state)
{
    (void)state;
    vcpu.regs.r[1] = vcpu.regs.r[2] = 7;
    assert_int_equal(cp14_access64(&vcpu, iss64(0, 1, 1, 2, true)), V_DONE);
    assert_int_equal(vcpu.regs.r[1] | vcpu.regs.r[2], 0);
    assert_int_equal(cp14_access64(&vcpu, iss64(0, 1, 1, 2, false)), V_UNDEF);
    assert_int_equal(cp14_access64(&vcpu, iss64(0, 3, 1, 2, true)), V_UNDEF);
    assert_int_equal(cp14_access_ls(&vcpu, 0), V_UNDEF);
}

static void vfp_identity(void **state)
{
    (void)state;
    assert_int_equal(cp10_access(&vcpu, iss(7, 7, 0, 0, 1, true)), V_DONE);
    assert_int_equal(vcpu.regs.r[1], 0x10110222);
    assert_int_equal(cp10_access(&vcpu, iss(7, 6, 0, 0, 1, true)), V_DONE);
    assert_int_equal(vcpu.regs.r[1], 0x11111111);
    assert_int_equal(cp10_access(&vcpu, iss(7, 0, 0, 0, 1, true)), V_DONE);
    assert_int_equal(vcpu.regs.r[1], 0x410430f0);
    assert_int_equal(cp10_access(&vcpu, iss(7, 0, 0, 0, 1, false)), V_DONE);
    assert_int_equal(cp10_access(&vcpu, iss(7, 7, 0, 0, 1, false)), V_UNDEF);
    assert_int_equal(cp10_access(&vcpu, iss(7, 5, 0, 0, 1, true)), V_UNDEF);
}

static void set_way_follows_the_vcpu(void **state)
{
    static const uint8_t crm[] = { 6, 10, 14 };

    (void)state;
    vcpu.context.cache_cpus = 1;
    for (size_t i = 0; i < ARRAY_SIZE(crm); i++) {
        vcpu.regs.r[0] = 0x40000000u + 64 * (uint32_t)i;
        swept = 0;
        assert_int_equal(access(CP15, iss(0, 7, crm[i], 2, 0, false)), V_DONE);
        /* Clean and invalidate, whatever was asked for; this CPU only. */
        assert_int_equal(*host_sysreg("DCCISW"), 0x40000000u + 64 * i);
        assert_int_equal(swept, 0);
    }

    /* It ran on CPUs 0, 1 and 5, and is on 1 now. */
    vcpu.context.cache_cpus = 0x23;
    host_cpu = 1;
    assert_int_equal(access(CP15, iss(0, 7, 14, 2, 0, false)), V_DONE);
    assert_int_equal(called_mask, 0x21);
    assert_int_equal(swept, 1);
    assert_int_equal(access(CP15, iss(0, 7, 14, 2, 0, false)), V_DONE);
    assert_int_equal(swept, 1);
    host_cpu = 0;
}

/* B4.2.1: way 31:30, set from bit 6 on, level 3:1. */
static const struct {
    const char *name;
    uint32_t clidr, ccsidr, value;
    bool done;
    uint32_t as;
} lines[] = {
    { "first line of L1", 043, 0xbe012, 0, true, 0 },
    { "last line of L1", 043, 0xbe012, 0x800017c0, true, 0x800017c0 },
    { "last line of L2", 043, 0xbe012, 0x800017c2, true, 0x800017c2 },
    { "bits that should be zero", 043, 0xbe012, 0x40000033, true, 0x40000002 },
    { "a fourth way", 043, 0xbe012, 0xc0000000, false, 0 },
    { "set 96 of 96", 043, 0xbe012, 0x00001800, false, 0 },
    { "bits between set and way", 043, 0xbe012, 0x20000000, false, 0 },
    { "L3", 043, 0xbe012, 4, false, 0 },
    { "L7", 043, 0xbe012, 12, false, 0 },
    { "the level that no CPU has", 043, 0xbe012, 14, false, 0 },
    { "L1 of instructions only", 041, 0xbe012, 0, false, 0 },
    { "L2 behind that", 041, 0xbe012, 2, true, 2 },
    { "L3 behind no L2", 0403, 0xbe012, 4, false, 0 },
    { "one way", 043, 0xbe002, 0x17c0, true, 0x17c0 },
    { "second of one way", 043, 0xbe002, 0x80000000, false, 0 },
};

#define UNTOUCHED 0xdeadbeefu

static void set_way_names_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        print_message("  %s\n", lines[i].name);
        *host_sysreg("CLIDR") = lines[i].clidr;
        *host_sysreg("CCSIDR") = lines[i].ccsidr;
        cp15_cpu_init();
        *host_sysreg("DCCISW") = UNTOUCHED;
        vcpu.context.cache_cpus = 3;
        swept = 0;
        vcpu.regs.r[0] = lines[i].value;
        assert_int_equal(access(CP15, iss(0, 7, 14, 2, 0, false)), V_DONE);
        assert_int_equal(*host_sysreg("DCCISW"),
                         lines[i].done ? lines[i].as : UNTOUCHED);
        assert_int_equal(swept, lines[i].done);
    }
}

static void waiting(void **state)
{
    (void)state;
    raised = 0;
    assert_int_equal(wfx_trap(&vcpu, 1), V_DONE);
    assert_true(vcpu.sched.yielding);
    assert_int_equal(raised, 1u << SOFTIRQ_SCHED);
    assert_int_equal(vcpu.pause_flags, 0);

    deliverable = false;
    assert_int_equal(wfx_trap(&vcpu, 0), V_DONE);
    assert_int_equal(vcpu.pause_flags, VP_BLOCKED);
    assert_true(blocked_at_look);

    deliverable = true;
    assert_int_equal(wfx_trap(&vcpu, 0), V_DONE);
    assert_int_equal(vcpu.pause_flags, 0);

    /* A virtual asynchronous abort is a wake-up event, too. */
    deliverable = false;
    *host_sysreg("HCR") |= HCR_VA;
    assert_int_equal(wfx_trap(&vcpu, 0), V_DONE);
    assert_int_equal(vcpu.pause_flags, 0);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(registers),
        T(all_encodings),
        T(flags_as_destination),
        T(physical_timer),
        T(debug_64),
        T(vfp_identity),
        T(set_way_follows_the_vcpu),
        T(set_way_names_a_line),
        T(waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
