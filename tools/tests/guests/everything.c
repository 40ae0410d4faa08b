/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tries everything: each CP14 and CP15 encoding, each GICD offset and width,
 * an address in each 2 MiB of 40 bits, each HVC and SMC immediate, and each
 * hypercall number with arguments drawn from a seeded generator.
 *
 * Each line of output is one result or one range of equal results; a system
 * test compares them with a checked-in table, and with this guest's output on
 * the bare board. A line "hash SECTION VALUE" sums a section up.
 *
 * Boot arguments: names of sections (all when none is named), seed=, rounds=,
 * trace=NUMBER (print every call of that hypercall), gibs= (of the 1024).
 *
 * Source: DDI 0406C.c A8.8.98-99, A8.8.107-108 (MCR, MCRR, MRC, MRRC),
 *         B3.17 (CP15 by number); IHI 0048B table 4-1.
 * Layer:  test guest.
 */
#include <public/sched.h>

#include <xen/string.h>

#include "hypercall.h"
#include "internal.h"

/* --- instructions made at run time -------------------------------------- */

#define BX_LR 0xe12fff1eu

static uint32_t code[16] aligned(64);
static uint8_t scratch[4096] aligned(4096);

struct outcome {
    uint32_t r0, r1;
    struct fault fault; /* kind FAULT_NONE: it went through */
};

/* Put one instruction and a return where it can be called. */
static void code_write(uint32_t insn)
{
    if (code[0] == insn)
        return;
    code[0] = insn;
    code[1] = BX_LR;
    CP15_WRITE((uintptr_t)code, 0, c7, c11, 1); /* DCCMVAU */
    dsb();
    CP15_WRITE((uintptr_t)code, 0, c7, c5, 1); /* ICIMVAU */
    CP15_WRITE(0, 0, c7, c5, 6);               /* BPIALL */
    dsb();
    isb();
}

/* Call it. No function call may stand between the registers and the asm. */
static __attribute__((noinline)) void code_call(uint32_t *regs)
{
    register uint32_t r0 __asm__("r0") = regs[0];
    register uint32_t r1 __asm__("r1") = regs[1];
    register uint32_t r2 __asm__("r2") = 0;
    register uint32_t r3 __asm__("r3") = 0;
    register uint32_t r12 __asm__("r12") = regs[2];

    __asm__ volatile("blx %[at]"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r12)
                     : [at] "r"(code)
                     : "lr", "cc", "memory");
    regs[0] = r0;
    regs[1] = r1;
}

/* Run one instruction with these in r0, r1 and r12 and take what comes. */
static struct outcome run_insn(uint32_t insn, uint32_t r0, uint32_t r1,
                               uint32_t r12)
{
    struct outcome out;
    uint32_t regs[3] = { r0, r1, r12 };

    code_write(insn);
    fault_expect_resume((uintptr_t)&code[1]);
    code_call(regs);
    fault_taken(&out.fault);
    out.r0 = regs[0];
    out.r1 = regs[1];
    return out;
}

/* --- sums --------------------------------------------------------------- */

static uint32_t sum;

/* FNV-1a, so that a section is compared by one word. */
static void sum_word(uint32_t word)
{
    for (int i = 0; i < 4; i++, word >>= 8)
        sum = (sum ^ (word & 0xff)) * 16777619u;
}

static void section_begin(void)
{
    sum = 2166136261u;
}

static void section_end(const char *name)
{
    print("hash %s %08x\n", name, sum);
}

/* --- CP14 and CP15 ------------------------------------------------------ */

struct cp_reg {
    uint8_t coproc, op1, crn, crm, op2;
};

/* Values that change by themselves, or differ from machine to machine. */
static bool is_volatile(const struct cp_reg *r)
{
    if (r->coproc != 15)
        return false;
    switch (r->crn) {
    case 2: /* TTBR0/1: where the image is                              */
    case 5: /* fault status: of the last probe                          */
    case 6:
    case 7:  /* PAR                                                      */
    case 12: /* VBAR, ISR                                                */
    case 13: /* thread registers                                         */
    case 14: /* timers                                                   */
        return true;
    case 9: /* counters of the PMU */
        return r->crm == 13 || r->crm == 12;
    default:
        return false;
    }
}

/*
 * Writes left out, because what they change is the guest's own and no
 * hypervisor is asked:
 *   CP15WFI (c7,c0,4)  may wait for ever
 *   DCISW (c7,c6,2)    on a bare board throws away dirty lines
 *   PMUs and timers are written with the value just read, as all others.
 */
static bool write_skipped(const struct cp_reg *r)
{
    if (r->coproc != 15 || r->op1 != 0 || r->crn != 7)
        return false;
    if (r->crm == 0 && r->op2 == 4)
        return true;
    return !machine.xen && r->crm == 6 && r->op2 == 2;
}

static uint32_t mrc_insn(const struct cp_reg *r, bool read)
{
    return 0xee000010u | (uint32_t)r->op1 << 21 | (uint32_t)read << 20 |
           (uint32_t)r->crn << 16 | (uint32_t)r->coproc << 8 |
           (uint32_t)r->op2 << 5 | r->crm;
}

/* Neighbours (in the order of enumeration) with the same outcome. */
static struct {
    struct cp_reg first, last;
    enum fault_kind read, write;
    uint32_t value;
    unsigned int nr;
} cp_run;

static const char *outcome_word(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_NONE:
        return "ok";
    case FAULT_UNDEF:
        return "undef";
    case FAULT_SVC: /* stands for a write that was left out */
        return "skipped";
    case FAULT_PREFETCH:
    case FAULT_DATA:
    case FAULT_FIQ:
        break;
    }
    return "FAULT";
}

static void cp_run_close(void)
{
    const struct cp_reg *a = &cp_run.first, *z = &cp_run.last;

    if (cp_run.nr == 0)
        return;
    print("p%u c%u %u c%u %u", a->coproc, a->crn, a->op1, a->crm, a->op2);
    if (cp_run.nr > 1)
        print(" - c%u %u c%u %u", z->crn, z->op1, z->crm, z->op2);
    print(" read %s", outcome_word(cp_run.read));
    if (cp_run.read == FAULT_NONE && !is_volatile(a))
        print(" %08x", cp_run.value);
    print(" write %s\n", outcome_word(cp_run.write));
    sum_word(mrc_insn(a, true));
    sum_word(cp_run.nr);
    sum_word(cp_run.read << 4 | cp_run.write);
    sum_word(cp_run.value);
    cp_run.nr = 0;
}

static void cp_run_add(const struct cp_reg *r, enum fault_kind read,
                       enum fault_kind write, uint32_t value)
{
    if (cp_run.nr == 0 || read != cp_run.read || write != cp_run.write ||
        value != cp_run.value) {
        cp_run_close();
        cp_run.first = *r;
        cp_run.read = read;
        cp_run.write = write;
        cp_run.value = value;
    }
    cp_run.last = *r;
    cp_run.nr++;
}

static void try_register(const struct cp_reg *r)
{
    struct outcome in = run_insn(mrc_insn(r, true), 0x5a5a5a5a, 0, 0);
    struct outcome out = { .fault.kind = FAULT_SVC };
    uint32_t value = in.fault.kind ? (uintptr_t)scratch : in.r0;

    if (!write_skipped(r))
        out = run_insn(mrc_insn(r, false), value, 0, 0);
    if (in.fault.kind == FAULT_UNDEF && out.fault.kind == FAULT_UNDEF)
        cp_run_close();
    else
        cp_run_add(r, in.fault.kind, out.fault.kind,
                   in.fault.kind || is_volatile(r) ? 0 : in.r0);
}

static void try_pair(unsigned int coproc, unsigned int op1, unsigned int crm)
{
    uint32_t insn = 0xec510000u | coproc << 8 | op1 << 4 | crm;
    struct outcome in = run_insn(insn, 0, 0, 0);
    struct outcome out = run_insn(insn & ~(1u << 20), in.r0, in.r1, 0);

    if (in.fault.kind == FAULT_UNDEF && out.fault.kind == FAULT_UNDEF)
        return;
    print("p%u %u c%u pair read %s write %s\n", coproc, op1, crm,
          in.fault.kind ? "undef" : "ok", out.fault.kind ? "undef" : "ok");
    sum_word(insn);
    sum_word(in.fault.kind << 4 | out.fault.kind);
}

static void section_cp(void)
{
    for (unsigned int coproc = 14; coproc <= 15; coproc++) {
        for (uint32_t i = 0; i < 1u << 14; i++) {
            struct cp_reg r = {
                .coproc = (uint8_t)coproc,
                .crn = (uint8_t)(i >> 10),
                .op1 = i >> 7 & 7,
                .crm = i >> 3 & 15,
                .op2 = i & 7,
            };

            try_register(&r);
        }
        cp_run_close();
        for (uint32_t i = 0; i < 256; i++)
            try_pair(coproc, i >> 4, i & 15);
    }
}

/* --- GICD --------------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t load, store; /* rt r0, [r1] */
    uint32_t bytes;
} widths[] = {
    { "byte", 0xe5d10000u, 0xe5c10000u, 1 },
    { "half", 0xe1d100b0u, 0xe1c100b0u, 2 },
    { "word", 0xe5910000u, 0xe5810000u, 4 },
};

/* Neighbours with the same outcome make one line. */
struct range {
    const char *what;
    uint64_t first, last;
    uint32_t result[2];
    bool open;
};

static void range_close(struct range *range)
{
    if (!range->open)
        return;
    range->open = false;
    print("%s %llx-%llx %08x %08x\n", range->what, range->first, range->last,
          range->result[0], range->result[1]);
    sum_word((uint32_t)range->first);
    sum_word((uint32_t)range->last);
    sum_word(range->result[0]);
    sum_word(range->result[1]);
}

/* The outcome at @at, up to @last: @a is a fault (kind and status) or 0. */
static void range_add(struct range *range, uint64_t at, uint64_t last,
                      uint32_t a, uint32_t b)
{
    if (range->open && range->result[0] == a && range->result[1] == b) {
        range->last = last;
        return;
    }
    range_close(range);
    range->open = true;
    range->first = at;
    range->last = last;
    range->result[0] = a;
    range->result[1] = b;
}

/* Kind, distance of LR from the instruction, fault status. */
static uint32_t fault_word(const struct fault *fault)
{
    if (fault->kind == FAULT_NONE)
        return 0;
    return fault->kind << 28 |
           ((fault->raw_lr - (uintptr_t)code) & 0xff) << 16 |
           (fault->fsr & 0xffff);
}

static void gicd_read_all(unsigned int w, const char *what)
{
    struct range range = { .what = what };

    for (uint32_t at = 0; at < 0x1000; at += widths[w].bytes) {
        struct outcome out = run_insn(widths[w].load, 0, machine.gicd + at, 0);

        range_add(&range, at, at + widths[w].bytes - 1, fault_word(&out.fault),
                  out.fault.kind ? 0 : out.r0);
    }
    range_close(&range);
}

static void gicd_write_all(unsigned int w, uint32_t value, const char *what)
{
    struct range range = { .what = what };

    for (uint32_t at = 0; at < 0x1000; at += widths[w].bytes) {
        struct outcome out = run_insn(widths[w].store, value, machine.gicd + at,
                                      0);

        range_add(&range, at, at + widths[w].bytes - 1, fault_word(&out.fault),
                  0);
    }
    range_close(&range);
}

/*
 * Reads first, then zeros, then ones with what they leave behind, then ones
 * are taken back. IRQs are masked here and this section comes last.
 */
static void section_gicd(void)
{
    static const char *const reads[] = { "gicd read byte", "gicd read half",
                                         "gicd read word" };
    static const char *const zeros[] = { "gicd zero byte", "gicd zero half",
                                         "gicd zero word" };

    for (unsigned int w = 0; w < ARRAY_SIZE(widths); w++)
        gicd_read_all(w, reads[w]);
    for (unsigned int w = 0; w < ARRAY_SIZE(widths); w++)
        gicd_write_all(w, 0, zeros[w]);
    gicd_write_all(2, 0xffffffffu, "gicd ones word");
    gicd_read_all(2, "gicd then word");
    for (uint32_t i = 0; i < 32; i++) {
        run_insn(widths[2].store, ~0u, machine.gicd + GICD_ICENABLER + i * 4,
                 0);
        run_insn(widths[2].store, ~0u, machine.gicd + GICD_ICPENDR + i * 4, 0);
        run_insn(widths[2].store, ~0u, machine.gicd + GICD_ICACTIVER + i * 4,
                 0);
    }
}

/* --- physical address space --------------------------------------------- */

#define IPA_STEP (2u << 20)
#define GIB      (1ull << 30)
#define IPA_GIBS 1024u

/*
 * A level-1 table of this section's own, with a window of 1 GiB that goes
 * over all 40 bits. The window is the first GiB that the image is not in.
 */
static void window_set(unsigned int slot, uint64_t descriptor)
{
    mmu_level1[slot] = descriptor;
    dsb();
    CP15_WRITE(0, 0, c8, c7, 0); /* TLBIALL */
    dsb();
    isb();
}

static void section_ipa(void)
{
    unsigned int here = (uint32_t)(uintptr_t)code >> 30;
    unsigned int slot = here == 3 ? 2 : 3;
    uint64_t before = mmu_level1[slot];
    uint64_t attributes = mmu_level1[here ? 0 : 1] & ~0xffc0000000ull;
    struct range range = { .what = "ipa" };

    for (uint64_t gib = 0; gib < bootarg_number("gibs", IPA_GIBS); gib++) {
        window_set(slot, gib * GIB | attributes);
        for (uint32_t at = 0; at < GIB; at += IPA_STEP) {
            struct outcome out = run_insn(widths[2].load, 0, (slot << 30) + at,
                                          0);

            range_add(&range, gib * GIB + at, gib * GIB + at + IPA_STEP - 1,
                      fault_word(&out.fault), 0);
        }
    }
    range_close(&range);
    window_set(slot, before);
}

/* --- HVC and SMC -------------------------------------------------------- */

#define NO_CALL 0xdead0000u /* neither a PSCI function nor a hypercall */

static void section_calls(void)
{
    struct range range = { .what = "hvc" };

    for (uint32_t imm = 0; imm < 1u << 16; imm++) {
        struct outcome out = run_insn(0xe1400070u | (imm & 0xfff0u) << 4 |
                                          (imm & 0xfu),
                                      NO_CALL, 0, NO_CALL);

        range_add(&range, imm, imm, fault_word(&out.fault),
                  out.fault.kind ? 0 : out.r0);
    }
    range_close(&range);
    range.what = "smc";
    for (uint32_t imm = 0; imm < 16; imm++) {
        struct outcome out = run_insn(0xe1600070u | imm, NO_CALL, 0, NO_CALL);

        range_add(&range, imm, imm, fault_word(&out.fault),
                  out.fault.kind ? 0 : out.r0);
    }
    range_close(&range);
}

/* --- hypercalls --------------------------------------------------------- */

static uint32_t seed;

/* xorshift32 (Marsaglia 2003) */
static uint32_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* An argument: small number, pointer good or bad, or noise. */
static uint32_t draw_argument(void)
{
    uint32_t r = draw();

    switch (r & 7) {
    case 0:
    case 1:
    case 2:
        return r >> 8 & 0x3f;
    case 3:
        return (uintptr_t)scratch;
    case 4:
        return (uintptr_t)scratch + (r >> 8 & 0xfff);
    case 5:
        return machine.gicd; /* readable, but not memory of ours */
    case 6:
        return 0u - (r >> 8 & 0xff);
    default:
        return draw();
    }
}

/* The words of structures: numbers, our domain's names, noise. */
static void draw_scratch(void)
{
    uint32_t *words = (uint32_t *)scratch;

    for (uint32_t i = 0; i < sizeof(scratch) / sizeof(*words); i++) {
        uint32_t r = draw();

        words[i] = r & 1   ? 0
                   : r & 2 ? r >> 8 & 0x1f
                   : r & 4 ? DOMID_SELF
                           : 0x80000000u | r >> 8;
    }
}

#define MULTICALL_LENGTH 8

/*
 * Calls that do what they are asked to and leave nobody to print: shutdown
 * of this domain in its forms, waiting with nothing to wait for, millions of
 * grant operations in one call, lists of calls that are not ours.
 */
static bool call_skipped(uint32_t number, const uint32_t *args)
{
    uint32_t a0 = args[0];

    if (number == __HYPERVISOR_sched_op)
        return a0 == SCHEDOP_shutdown || a0 == SCHEDOP_block ||
               a0 == SCHEDOP_poll || a0 == SCHEDOP_remote_shutdown ||
               a0 == SCHEDOP_watchdog;
    if (number == __HYPERVISOR_console_io)
        return a0 == CONSOLEIO_write;
    if (number == __HYPERVISOR_grant_table_op)
        return args[2] > 4096 && (int32_t)args[2] > 0;
    return number == __HYPERVISOR_multicall && args[1] != MULTICALL_LENGTH;
}

#define MAX_RESULTS 24

/* How often each result came for one hypercall number. */
struct tally {
    int32_t result[MAX_RESULTS];
    uint32_t times[MAX_RESULTS];
    unsigned int nr;
};

static void tally_add(struct tally *tally, int32_t result)
{
    unsigned int i = 0;

    if (result > 0)
        result = 1; /* counts, ports and versions: "some number" */
    while (i < tally->nr && tally->result[i] != result)
        i++;
    if (i == MAX_RESULTS)
        return;
    if (i == tally->nr) {
        tally->result[i] = result;
        tally->times[i] = 0;
        tally->nr++;
    }
    tally->times[i]++;
}

/* One call in full, pointers to our page as offsets. */
static void trace_call(const uint32_t *args, int32_t result)
{
    print("try");
    for (unsigned int k = 0; k < 5; k++) {
        uint32_t offset = args[k] - (uintptr_t)scratch;

        print(offset < sizeof(scratch) ? " page+%x" : " %x",
              offset < sizeof(scratch) ? offset : args[k]);
    }
    print(" = %d\n", result);
}

/* A list of calls; what may not be called alone is not in it either. */
static void draw_multicall(uint32_t *args)
{
    struct multicall_entry *list = (struct multicall_entry *)scratch;

    for (unsigned int i = 0; i < MULTICALL_LENGTH; i++) {
        uint32_t op = draw() & 63, entry[5];

        for (unsigned int k = 0; k < ARRAY_SIZE(entry); k++) {
            entry[k] = draw_argument();
            list[i].args[k] = entry[k];
        }
        list[i].op = call_skipped(op, entry) ? 63 : op;
    }
    args[0] = (uintptr_t)list;
    args[1] = MULTICALL_LENGTH;
}

static void try_number(uint32_t number, uint32_t rounds)
{
    struct tally tally = { .nr = 0 };
    bool trace = bootarg_number("trace", UINT32_MAX - 1) == number;

    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t args[5];
        int32_t rc;

        draw_scratch();
        for (unsigned int k = 0; k < 5; k++)
            args[k] = draw_argument();
        if (draw() & 3) /* a sub-operation that may exist, on our page */
            args[0] = draw() & 0x1f, args[1] = (uintptr_t)scratch;
        if (number == __HYPERVISOR_multicall)
            draw_multicall(args);
        if (call_skipped(number, args))
            continue;
        rc = hypercall(number, args[0], args[1], args[2], args[3], args[4]);
        if (trace)
            trace_call(args, rc);
        tally_add(&tally, rc);
    }
    print("call %u:", number);
    for (unsigned int k = 0; k < tally.nr; k++) {
        print(" %d x%u", tally.result[k], tally.times[k]);
        sum_word((uint32_t)tally.result[k]);
        sum_word(tally.times[k]);
    }
    print("\n");
}

static void section_hypercalls(void)
{
    static const uint32_t beyond[] = { 64,         65,         127,       128,
                                       255,        256,        4095,      65536,
                                       0x7fffffff, 0x80000000, 0xffffffff };
    uint32_t rounds = bootarg_number("rounds", 256);

    if (!machine.xen)
        return;
    seed = bootarg_number("seed", 20);
    for (uint32_t number = 0; number < 64; number++)
        try_number(number, rounds);
    for (unsigned int i = 0; i < ARRAY_SIZE(beyond); i++)
        try_number(beyond[i], rounds);
}

static const struct {
    const char *name;
    void (*run)(void);
} sections[] = {
    { "cp", section_cp },
    { "calls", section_calls },
    { "ipa", section_ipa },
    { "gicd", section_gicd },
    { "hypercalls", section_hypercalls },
};

void main(void)
{
    bool all = true;

    for (unsigned int i = 0; i < ARRAY_SIZE(sections); i++)
        all &= !bootarg_set(sections[i].name);
    for (unsigned int i = 0; i < ARRAY_SIZE(sections); i++) {
        if (!all && !bootarg_set(sections[i].name))
            continue;
        print("section %s\n", sections[i].name);
        section_begin();
        sections[i].run();
        section_end(sections[i].name);
    }
    print("everything: done\n");
}
