/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCG plugin: what the hypervisor executes between two marks of a guest.
 *
 * The hypervisor links itself to 2 MiB and up, in one piece. The first code
 * that runs there is its own, after reset, and tells where in RAM it is; so
 * programs of a guest, which have the same addresses, are told apart. A guest
 * tells where a sample begins and ends by marks (marks.h): instructions
 * without effect. Counted are instructions, accesses to the three GIC frames
 * by physical address, barriers, and coprocessor accesses, told apart when
 * code is translated.
 *
 * Arguments: out=FILE        where the results go (default: stderr)
 *            profile=OP      also count each address inside samples of OP
 *            log=1           for a guest of foreign code: no samples, but one
 *                            line at once for each mark, which must stand
 *                            twice; profile=OP: from mark OP to the next
 *            gicd=, gicc=, gich=  frames, default those of QEMU's virt board
 *
 * Source: qemu-plugin.h, API version 1 (QEMU 7.2); DDI 0406C.c A5.4-A5.7
 *         (encodings of MCR, MCRR and the barriers).
 * Layer:  host tool.
 */
#include <qemu-plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../guests/lib/marks.h"

#define HYP_VA      0x00200000u
#define HYP_VA_END  0x10000000u
#define GIC_FRAME   0x2000u
#define NR_OPS      512
#define MAX_SAMPLES 4096
#define PROFILE_LOG 16

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum counter {
    INSN,
    GICD,
    GICC,
    GICH,
    BARRIER,
    CP15,
    TLB,
    CACHE,
    MEM,
    ALL,
    COUNTERS
};

static const char *const counter_names[COUNTERS] = {
    "insn", "gicd", "gicc",  "gich", "barrier",
    "cp15", "tlb",  "cache", "mem",  "all",
};

/* Running totals; single-threaded TCG, so plain additions are enough. */
static uint64_t totals[COUNTERS];

struct sample {
    uint64_t count[COUNTERS];
};

struct samples {
    struct sample *at;
    size_t nr;
};

static struct samples whole[NR_OPS], to_vector[NR_OPS];
static uint64_t started_on[NR_OPS]; /* one bit per pCPU */
static struct sample begun;
static int active = -1;
static bool vector_seen, boot_over;
static struct sample boot;

static const char *out_path;
static FILE *log_file; /* NULL: samples */
static int profile_op = -1;
static uint64_t frame_pa[3] = { 0x08000000, 0x08010000, 0x08030000 };

struct slot {
    uint64_t va, hits;
};
static struct slot profile[1u << PROFILE_LOG];

static struct sample since_begun(void)
{
    struct sample s;

    for (int i = 0; i < COUNTERS; i++)
        s.count[i] = totals[i] - begun.count[i];
    return s;
}

static void keep(struct samples *set)
{
    if (!set->at)
        set->at = calloc(MAX_SAMPLES, sizeof(*set->at));
    if (set->at && set->nr < MAX_SAMPLES)
        set->at[set->nr++] = since_begun();
}

static int by_insn(const void *a, const void *b)
{
    const struct sample *x = a, *y = b;

    return (x->count[INSN] > y->count[INSN]) -
           (x->count[INSN] < y->count[INSN]);
}

static void print_counts(FILE *f, const struct sample *s)
{
    for (int i = 0; i < COUNTERS; i++)
        fprintf(f, " %s %llu", counter_names[i],
                (unsigned long long)s->count[i]);
    fputc('\n', f);
}

/* The sample with the median number of instructions, and the extremes. */
static void print_median(FILE *f, const char *kind, int op, struct samples *set)
{
    uint64_t first;

    if (set->nr == 0)
        return;
    first = set->at[0].count[INSN];
    qsort(set->at, set->nr, sizeof(*set->at), by_insn);
    fprintf(f, "%s %d samples %zu first %llu min %llu max %llu", kind, op,
            set->nr, (unsigned long long)first,
            (unsigned long long)set->at[0].count[INSN],
            (unsigned long long)set->at[set->nr - 1].count[INSN]);
    print_counts(f, &set->at[set->nr / 2]);
}

static void print_profile(FILE *f)
{
    for (size_t i = 0; i < sizeof(profile) / sizeof(profile[0]); i++) {
        if (profile[i].hits)
            fprintf(f, "hits %llx %llu\n", (unsigned long long)profile[i].va,
                    (unsigned long long)profile[i].hits);
    }
}

static void write_results(void)
{
    FILE *f = out_path ? fopen(out_path, "w") : stderr;

    if (!f) {
        perror(out_path);
        return;
    }
    fprintf(f, "boot 0 samples %d", boot_over);
    print_counts(f, &boot);
    for (int op = 0; op < NR_OPS; op++) {
        print_median(f, "whole", op, &whole[op]);
        print_median(f, "vector", op, &to_vector[op]);
        if (started_on[op])
            fprintf(f, "cpus %d %llx\n", op,
                    (unsigned long long)started_on[op]);
    }
    print_profile(f);
    if (f != stderr)
        fclose(f);
}

/* The machine may be killed any time: what is known is in the file. */
static void on_log_mark(unsigned int cpu, void *arg)
{
    int number = (int)(uintptr_t)arg;
    struct sample now;

    (void)cpu;
    memcpy(now.count, totals, sizeof(totals));
    fprintf(log_file, "mark %d", number);
    print_counts(log_file, &now);
    if (active == profile_op && active >= 0)
        print_profile(log_file);
    fflush(log_file);
    active = number;
}

static void on_mark(unsigned int cpu, void *arg)
{
    unsigned int number = (unsigned int)(uintptr_t)arg;
    int op = (int)(number / 8);

    if (number == MARK_FIRST && !boot_over) {
        memcpy(boot.count, totals, sizeof(totals));
        boot_over = true;
    } else if (number == MARK_VECTOR) {
        if (active >= 0 && !vector_seen)
            keep(&to_vector[active]);
        vector_seen = true;
    } else if (number == MARK_DONE) {
        write_results();
    }
    if (op == MARK_OP_NONE)
        return;
    if (number % 8 == MARK_PHASE_START) {
        memcpy(begun.count, totals, sizeof(totals));
        vector_seen = false;
        started_on[op] |= 1ull << cpu;
        active = op;
    } else {
        if (number % 8 == MARK_PHASE_END && active == op)
            keep(&whole[op]);
        active = -1;
    }
}

static void on_profiled(unsigned int cpu, void *arg)
{
    (void)cpu;
    if (active == profile_op)
        ((struct slot *)arg)->hits++;
}

static void on_access(unsigned int cpu, qemu_plugin_meminfo_t info,
                      uint64_t vaddr, void *arg)
{
    struct qemu_plugin_hwaddr *hw;
    uint64_t pa;

    (void)cpu;
    (void)arg;
    totals[MEM]++;
    if (active < 0)
        return;
    hw = qemu_plugin_get_hwaddr(info, vaddr);
    if (!hw || !qemu_plugin_hwaddr_is_io(hw))
        return;
    pa = qemu_plugin_hwaddr_phys_addr(hw);
    for (int i = 0; i < 3; i++) {
        if (pa - frame_pa[i] < GIC_FRAME)
            totals[GICD + i]++;
    }
}

/* Which counters besides INSN one ARM instruction moves, as a bit mask. */
static unsigned int classify(uint32_t insn)
{
    uint32_t crn = insn >> 16 & 0xf, crm = insn & 0xf, op2 = insn >> 5 & 7;

    if ((insn & 0xffffffc0) == 0xf57ff040) /* DSB, DMB, ISB; not SB, PSSBB */
        return (insn & 0x30) != 0x30 ? 1u << BARRIER : 0;
    if ((insn & 0x0fe00f00) == 0x0c400f00 && insn >> 28 != 0xf)
        return 1u << CP15; /* MCRR, MRRC */
    if ((insn & 0x0f000f10) != 0x0e000f10 || insn >> 28 == 0xf)
        return 0;
    if (crn == 7 &&
        ((crm == 5 && op2 == 4) || (crm == 10 && (op2 == 4 || op2 == 5))))
        return 1u << BARRIER; /* the ARMv6 way */
    if (crn == 8 && !(insn & 1u << 20))
        return 1u << CP15 | 1u << TLB;
    if (crn == 7 && !(insn & 1u << 20) &&
        (crm == 1 || crm == 5 || crm == 6 || crm == 10 || crm == 11 ||
         crm == 14))
        return 1u << CP15 | 1u << CACHE;
    return 1u << CP15;
}

static struct slot *slot_of(uint64_t va)
{
    uint32_t mask = (1u << PROFILE_LOG) - 1;
    uint32_t i = (uint32_t)(va >> 2) * 2654435761u >> (32 - PROFILE_LOG);

    for (; profile[i].va && profile[i].va != va; i = (i + 1) & mask)
        ;
    profile[i].va = va;
    return &profile[i];
}

static void count_hyp(struct qemu_plugin_insn *insn, uint32_t word)
{
    unsigned int also = classify(word);

    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                               &totals[INSN], 1);
    for (int i = 0; i < COUNTERS; i++) {
        if (also >> i & 1)
            qemu_plugin_register_vcpu_insn_exec_inline(
                insn, QEMU_PLUGIN_INLINE_ADD_U64, &totals[i], 1);
    }
    qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
                                     QEMU_PLUGIN_MEM_RW, NULL);
    if (profile_op >= 0)
        qemu_plugin_register_vcpu_insn_exec_cb(
            insn, on_profiled, QEMU_PLUGIN_CB_NO_REGS,
            slot_of(qemu_plugin_insn_vaddr(insn)));
}

/* Is this code where the hypervisor's is, by both kinds of address? */
static bool is_hyp(const struct qemu_plugin_insn *insn)
{
    static uintptr_t bias; /* where it is in our memory, less its address */
    uintptr_t va = (uintptr_t)qemu_plugin_insn_vaddr(insn);
    uintptr_t here = (uintptr_t)qemu_plugin_insn_haddr(insn);

    if (va < HYP_VA || va >= HYP_VA_END)
        return false;
    if (!bias)
        bias = here - va;
    return here - va == bias;
}

static uint32_t word_of(const struct qemu_plugin_tb *tb, size_t i)
{
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    uint32_t word = 0;

    if (qemu_plugin_insn_size(insn) == 4)
        memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
    return word;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t nr = qemu_plugin_tb_n_insns(tb);

    (void)id;
    for (size_t i = 0; i < nr; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t word = word_of(tb, i);

        qemu_plugin_register_vcpu_insn_exec_inline(
            insn, QEMU_PLUGIN_INLINE_ADD_U64, &totals[ALL], 1);
        if (is_hyp(insn))
            count_hyp(insn, word);
        else if ((word & MARK_OPCODE_MASK) == MARK_OPCODE &&
                 (!log_file || (i + 1 < nr && word_of(tb, i + 1) == word)))
            qemu_plugin_register_vcpu_insn_exec_cb(
                insn, log_file ? on_log_mark : on_mark, QEMU_PLUGIN_CB_NO_REGS,
                (void *)(uintptr_t)(word & ~MARK_OPCODE_MASK));
    }
}

static void on_end(qemu_plugin_id_t id, void *arg)
{
    (void)id;
    (void)arg;
    if (!log_file)
        write_results();
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
                                           const qemu_info_t *info, int argc,
                                           char **argv)
{
    static const char *const frames[] = { "gicd=", "gicc=", "gich=" };

    bool log = false;

    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!strncmp(argv[i], "out=", 4))
            out_path = strdup(argv[i] + 4);
        else if (!strncmp(argv[i], "profile=", 8))
            profile_op = atoi(argv[i] + 8);
        else if (!strcmp(argv[i], "log=1"))
            log = true;
        for (int f = 0; f < 3; f++) {
            if (!strncmp(argv[i], frames[f], 5))
                frame_pa[f] = strtoull(argv[i] + 5, NULL, 0);
        }
    }
    if (log) {
        log_file = out_path ? fopen(out_path, "w") : stderr;
        if (!log_file) {
            perror(out_path);
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_end, NULL);
    return 0;
}
