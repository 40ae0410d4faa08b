/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does a vCPU find everything as it left it when others ran in between?
 *
 * Each vCPU fills all registers that it has with a pattern of its own, one
 * per round, lets others run (yields, or until its time slice is over), and
 * compares. A register that cannot hold different values on two vCPUs (it
 * reads as zero here) is named: what is not told apart is not tested.
 *
 * That it can fail was tried by hand: system/context.py has the list of what
 * was changed in the hypervisor, and what that gave.
 *
 * Boot arguments: switches=N (per vCPU, default 200), pcpus=N (default 1).
 * Output: "context: N registers, M switches, ok", or a line per mismatch.
 *
 * Source: DDI 0406C.c B3.17 (CP15), B1.3.2 (banks), B8 (timers);
 *         IHI 0048B 4.4 (CPU interface).
 * Layer:  test guest, first domain.
 */
#include <xen/string.h>

#include "context/context.h"
#include "hypercall.h"
#include "internal.h"

#define MAX_CPUS    4
#define MAX_REPORTS 40
#define SGI_ACTIVE  1 /* acknowledged, not ended */

/* clang-format off */
static const char *const bank_names[20] = {
    "sp_usr", "lr_usr", "sp_abt", "lr_abt", "spsr_abt", "sp_und", "lr_und",
    "spsr_und", "sp_irq", "lr_irq", "spsr_irq", "r8_fiq", "r9_fiq", "r10_fiq",
    "r11_fiq", "r12_fiq", "sp_fiq", "lr_fiq", "spsr_fiq", "fpexc",
};

#define CP14_READ(op1, crn, crm, op2) ({                                      \
    uint32_t value_;                                                          \
    __asm__ volatile("mrc p14, " #op1 ", %0, " #crn ", " #crm ", " #op2       \
                     : "=r"(value_) : : "memory");                            \
    value_; })
#define CP14_WRITE(value, op1, crn, crm, op2)                                 \
    __asm__ volatile("mcr p14, " #op1 ", %0, " #crn ", " #crm ", " #op2       \
                     : : "r"((uint32_t)(value)) : "memory")

/*
 * Name, where it is, bits that are always set, bits that take the pattern.
 * The others stay as the library set them, for the code goes on running:
 *  SCTLR   TE (an exception that does not come) and I.
 *  TTBR0   each CPU has tables of its own; nG is clear, so any ASID will do.
 *  TTBCR   TTBR1 gets the top, where nothing is, with no walks (EPD1).
 *  MAIR0   attributes 2 and 3, which no descriptor uses.
 *  CPACR   cp10 and cp11 stay open to PL1.
 *  CNTKCTL no event stream.
 *  GICV_BPR, GICV_ABPR: at least 4, for their least value is the board's.
 * FCSEIDR is missing: ARMv7 with the Multiprocessing Extensions has none
 * (B3.14), but QEMU does, for addresses of Hyp mode as well.
 */
#define ROWS(R15, R64, R14, RIC, RDIST)                                       \
    R15(SCTLR,      (0, c1, c0, 0),   0,          1u << 30 | 1u << 12)        \
    R15(CPACR,      (0, c1, c0, 2),   5u << 20,   0xau << 20)                 \
    R15(CSSELR,     (2, c0, c0, 0),   0,          3)                          \
    R64(TTBR0,      (0, c2),          0,          0xffull << 48)              \
    R64(TTBR1,      (1, c2),          0,          0x00ff00ffffffffe0ull)      \
    R15(TTBCR,      (0, c2, c0, 2),   0x00840000, 0x0f430000)                 \
    R15(DACR,       (0, c3, c0, 0),   0,          ~0u)                        \
    R15(DFSR,       (0, c5, c0, 0),   0,          0x3a3f)                     \
    R15(IFSR,       (0, c5, c0, 1),   0,          0x123f)                     \
    R15(ADFSR,      (0, c5, c1, 0),   0,          ~0u)                        \
    R15(AIFSR,      (0, c5, c1, 1),   0,          ~0u)                        \
    R15(DFAR,       (0, c6, c0, 0),   0,          ~0u)                        \
    R15(IFAR,       (0, c6, c0, 2),   0,          ~0u)                        \
    R64(PAR,        (0, c7),          0,          0xff000000fffff000ull)      \
    R15(MAIR0,      (0, c10, c2, 0),  0,          0xffff0000)                 \
    R15(MAIR1,      (0, c10, c2, 1),  0,          ~0u)                        \
    R15(AMAIR0,     (0, c10, c3, 0),  0,          ~0u)                        \
    R15(AMAIR1,     (0, c10, c3, 1),  0,          ~0u)                        \
    R15(VBAR,       (0, c12, c0, 0),  0,          ~0x1fu)                     \
    R15(CONTEXTIDR, (0, c13, c0, 1),  0,          ~0u)                        \
    R15(TPIDRURW,   (0, c13, c0, 2),  0,          ~0u)                        \
    R15(TPIDRURO,   (0, c13, c0, 3),  0,          ~0u)                        \
    R15(TPIDRPRW,   (0, c13, c0, 4),  0,          ~0u)                        \
    R15(CNTKCTL,    (0, c14, c1, 0),  0,          0x3fb)                      \
    R64(CNTV_CVAL,  (3, c14),         0,          ~0ull)                      \
    R64(CNTP_CVAL,  (2, c14),         0,          ~0ull)                      \
    R15(CNTV_CTL,   (0, c14, c3, 1),  2,          1)                          \
    R15(CNTP_CTL,   (0, c14, c2, 1),  2,          1)                          \
    R14(TEECR,      (6, c0, c0, 0),   0,          1)                          \
    R14(TEEHBR,     (6, c1, c0, 0),   0,          ~3u)                        \
    R14(JOSCR,      (7, c1, c0, 0),   0,          3)                          \
    R14(JMCR,       (7, c2, c0, 0),   0,          ~0u)                        \
    RIC(GICV_CTLR,  (0x000),          1,          0x210)                      \
    RIC(GICV_PMR,   (0x004),          0,          0xf8)                       \
    RIC(GICV_BPR,   (0x008),          4,          3)                          \
    RIC(GICV_RPR,   (0x014),          0,          0)                          \
    RIC(GICV_ABPR,  (0x01c),          4,          3)                          \
    RDIST(IPRIORITYR2, (0x408),       0,          0xf8f8f8f8)                 \
    RDIST(ISENABLER0,  (0x100),       0,          0)

#define UNWRAP(...) __VA_ARGS__
#define CALL(macro, ...) macro(__VA_ARGS__)
#define ACCESS(name, read, write)                                             \
    static uint64_t get_##name(void) { return read; }                         \
    static void set_##name(uint64_t value) { write; }
#define ACCESS15(name, at, ones, bits)                                        \
    ACCESS(name, CALL(CP15_READ, UNWRAP at),                                  \
           CALL(CP15_WRITE, value, UNWRAP at))
#define ACCESS64(name, at, ones, bits)                                        \
    ACCESS(name, CALL(CP15_READ64, UNWRAP at),                                \
           CALL(CP15_WRITE64, value, UNWRAP at))
#define ACCESS14(name, at, ones, bits)                                        \
    ACCESS(name, CALL(CP14_READ, UNWRAP at),                                  \
           CALL(CP14_WRITE, value, UNWRAP at))
#define ACCESSIC(name, at, ones, bits)                                        \
    ACCESS(name, read32(machine.gicc + UNWRAP at),                            \
           write32(machine.gicc + UNWRAP at, (uint32_t)value))
#define ACCESSDIST(name, at, ones, bits)                                      \
    ACCESS(name, read32(machine.gicd + UNWRAP at),                            \
           write32(machine.gicd + UNWRAP at, (uint32_t)value))
ROWS(ACCESS15, ACCESS64, ACCESS14, ACCESSIC, ACCESSDIST)

#define ROW(name, at, ones, bits)                                             \
    { #name, get_##name, set_##name, ones, bits },
/* clang-format on */

static const struct row {
    const char *name;
    uint64_t (*get)(void);
    void (*set)(uint64_t value);
    uint64_t ones, pattern;
} rows[] = { ROWS(ROW, ROW, ROW, ROW, ROW) };

#define NR_ROWS  ARRAY_SIZE(rows)
#define NR_CORE  (13 + 4 + 20 + 1 + 32)
#define FPSCR_RW 0xf7c0009fu

static context_round_fn *const round_of[MAX_CPUS] = {
    context_round_0, context_round_1, context_round_2, context_round_3
};

static struct {
    struct core put, got;
    uint64_t before[NR_ROWS], wrote[NR_ROWS];
    uint32_t switches;
    uint32_t kept_exclusive; /* a store that had to fail did not */
    volatile bool enough;
} cpus[MAX_CPUS];

static uint64_t tables[MAX_CPUS][4] aligned(32);
static uint32_t wanted;
static bool several_pcpus;
static volatile uint32_t arrived, last_cpu, bad;
static bool told_apart[NR_ROWS];

/* A number for each CPU, round and register; all bits vary. */
static uint64_t pattern(unsigned int cpu, uint32_t round, uint32_t what)
{
    uint64_t x = (uint64_t)(round * MAX_CPUS + cpu + 1) << 32 | (what + 1);

    x *= 0x9e3779b97f4a7c15ull;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9ull;
    return x ^ x >> 32;
}

static void mismatch(unsigned int cpu, const char *name, uint32_t number,
                     uint64_t was, uint64_t is)
{
    if (__atomic_add_fetch(&bad, 1, __ATOMIC_SEQ_CST) > MAX_REPORTS)
        return;
    print("context: CPU %u %s%u was %016llx is %016llx\n", cpu, name, number,
          (unsigned long long)was, (unsigned long long)is);
}

static void core_fill(unsigned int cpu, uint32_t round)
{
    struct core *c = &cpus[cpu].put;
    uint32_t *words = c->r;

    for (uint32_t i = 0; i < offsetof(struct core, d) / 4; i++)
        words[i] = (uint32_t)pattern(cpu, round, 1000 + i);
    for (uint32_t i = 0; i < 32; i++)
        c->d[i] = pattern(cpu, round, 2000 + i);
    c->cpsr &= 0xf80f0000; /* NZCVQ, GE: the mode stays */
    c->fpscr &= FPSCR_RW;
    c->banks[19] = round & cpu & 1 ? 0 : 1u << 30; /* FPEXC.EN */
    /* SPSRs: no bits that are reserved (J and T together is fine here). */
    c->spsr &= 0xff0fffff;
    for (uint32_t i = 4; i < 19; i += i == 10 ? 8 : 3)
        c->banks[i] &= 0xff0fffff;
}

static void core_check(unsigned int cpu, uint32_t way)
{
    static const uint16_t needed_by[] = { 0x1003, 0x0001, 0x1000 };
    const struct core *put = &cpus[cpu].put, *got = &cpus[cpu].got;

    for (uint32_t i = 0; i < 13; i++) {
        if (!(needed_by[way] >> i & 1) && put->r[i] != got->r[i])
            mismatch(cpu, "r", i, put->r[i], got->r[i]);
    }
    if (put->sp != got->sp)
        mismatch(cpu, "r", 13, put->sp, got->sp);
    if (put->lr != got->lr)
        mismatch(cpu, "r", 14, put->lr, got->lr);
    if (put->spsr != got->spsr)
        mismatch(cpu, "spsr", 0, put->spsr, got->spsr);
    if (way == WAY_YIELD && ((put->cpsr ^ got->cpsr) & 0xf80f0000))
        mismatch(cpu, "cpsr", 0, put->cpsr, got->cpsr);
    for (uint32_t i = 0; i < 20; i++) {
        if (put->banks[i] != got->banks[i])
            mismatch(cpu, bank_names[i], 0, put->banks[i], got->banks[i]);
    }
    if (put->fpscr != got->fpscr)
        mismatch(cpu, "fpscr", 0, put->fpscr, got->fpscr);
    for (uint32_t i = 0; i < 32; i++) {
        if (put->d[i] != got->d[i])
            mismatch(cpu, "d", i, put->d[i], got->d[i]);
    }
}

/* What reads back at once is what must be there later (ISTATUS aside). */
static uint64_t row_read(const struct row *row)
{
    uint64_t value = row->get();

    if (row->get == get_CNTV_CTL || row->get == get_CNTP_CTL)
        value &= ~4ull;
    return value;
}

static void rows_fill(unsigned int cpu, uint32_t round)
{
    for (uint32_t i = 0; i < NR_ROWS; i++) {
        const struct row *row = &rows[i];
        uint64_t value = cpus[cpu].before[i] & ~row->pattern;

        if (row->pattern) {
            value |= row->ones | (pattern(cpu, round, i) & row->pattern);
            row->set(value);
            isb();
        }
        cpus[cpu].wrote[i] = row_read(row);
    }
}

static void rows_check(unsigned int cpu)
{
    for (uint32_t i = 0; i < NR_ROWS; i++) {
        uint64_t value = row_read(&rows[i]);

        if (value != cpus[cpu].wrote[i])
            mismatch(cpu, rows[i].name, 0, cpus[cpu].wrote[i], value);
        for (unsigned int other = 0; other < machine.nr_cpus; other++) {
            if (value != cpus[other].wrote[i])
                told_apart[i] = true;
        }
    }
}

static void rows_restore(unsigned int cpu)
{
    for (uint32_t i = NR_ROWS; i-- > 0;) {
        if (rows[i].pattern)
            rows[i].set(cpus[cpu].before[i]);
    }
    isb();
}

/*
 * A store-exclusive whose load was before a switch must fail. Only with one
 * pCPU is it known that there was one.
 */
static void exclusive(unsigned int cpu)
{
    static uint32_t words[MAX_CPUS][16] aligned(64);
    uint32_t failed;

    if (several_pcpus)
        return;
    last_cpu = cpu;
    __asm__ volatile("ldrex r2, [%1]\n mov r0, #0\n mov r12, %2\n"
                     ".arch_extension virt\n hvc #0xea1\n"
                     "strex %0, r2, [%1]"
                     : "=&r"(failed)
                     : "r"(words[cpu]), "i"(__HYPERVISOR_sched_op)
                     : "r0", "r1", "r2", "r12", "memory");
    if (last_cpu != cpu && !failed)
        cpus[cpu].kept_exclusive++;
}

static bool all_have_enough(void)
{
    for (unsigned int cpu = 0; cpu < machine.nr_cpus; cpu++) {
        if (!cpus[cpu].enough)
            return false;
    }
    return true;
}

/* An active interrupt, of a priority of this CPU's own. */
static uint32_t sgi_take(unsigned int cpu)
{
    uint32_t iar;

    write8(machine.gicd + GICD_IPRIORITYR + SGI_ACTIVE,
           (uint8_t)(0x20 + 0x20 * cpu));
    irq_enable(SGI_ACTIVE);
    sgi_send_self(SGI_ACTIVE);
    do {
        iar = read32(machine.gicc + GICC_IAR);
    } while ((iar & 0x3ff) == GIC_SPURIOUS);
    return iar;
}

static void run(void *arg)
{
    unsigned int cpu = cpu_id();
    uint32_t iar;

    (void)arg;
    if (cpu != 0)
        gic_cpu_init();
    CP15_WRITE64((uintptr_t)tables[cpu], 0, c2);
    isb();
    /* Bits of the SGIs are always one: a PPI that is nobody's differs. */
    irq_enable(16 + cpu);
    iar = sgi_take(cpu);
    for (uint32_t i = 0; i < NR_ROWS; i++)
        cpus[cpu].before[i] = row_read(&rows[i]);

    __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    while (arrived < machine.nr_cpus)
        cpu_relax();
    for (uint32_t round = 0; !all_have_enough(); round++) {
        uint32_t way = round % 16 == 15 ? 1 + round / 16 % 2 : WAY_YIELD;

        core_fill(cpu, round);
        rows_fill(cpu, round);
        last_cpu = cpu;
        round_of[cpu](&cpus[cpu].put, &cpus[cpu].got, way,
                      cpus[cpu].put.banks[19]);
        if (last_cpu != cpu)
            cpus[cpu].switches++;
        rows_check(cpu);
        rows_restore(cpu);
        core_check(cpu, way);
        exclusive(cpu);
        if (cpus[cpu].switches >= wanted || bad > MAX_REPORTS)
            cpus[cpu].enough = true;
    }
    write32(machine.gicc + GICC_EOIR, iar);
    __atomic_fetch_sub(&arrived, 1, __ATOMIC_SEQ_CST);
}

static void report(void)
{
    uint32_t registers = NR_CORE, switches = 0;

    for (unsigned int cpu = 0; cpu < machine.nr_cpus; cpu++) {
        switches += cpus[cpu].switches;
        if (cpus[cpu].kept_exclusive)
            mismatch(cpu, "exclusive", 0, 0, cpus[cpu].kept_exclusive);
    }
    for (uint32_t i = 0; i < NR_ROWS; i++) {
        if (told_apart[i])
            registers++;
        else
            print("context: same on all: %s\n", rows[i].name);
    }
    print("context: %u registers, %u switches, %s\n", registers, switches,
          bad ? "BAD" : "ok");
}

void main(void)
{
    wanted = bootarg_number("switches", 200);
    several_pcpus = bootarg_number("pcpus", 1) > 1;
    if (machine.nr_cpus < 2 || machine.nr_cpus > MAX_CPUS) {
        print("context: wants 2 to %u CPUs\n", MAX_CPUS);
        return;
    }
    gic_init();
    for (unsigned int cpu = 0; cpu < machine.nr_cpus; cpu++)
        memcpy(tables[cpu], mmu_level1, sizeof(tables[cpu]));
    dsb();
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++) {
        if (cpu_start(cpu, run, NULL)) {
            print("context: CPU %u does not start\n", cpu);
            return;
        }
    }
    run(NULL);
    while (arrived)
        cpu_relax();
    report();
}
