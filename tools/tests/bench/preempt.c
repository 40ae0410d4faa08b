/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCG plugin: for how long the hypervisor does not look up.
 *
 * Counted on each pCPU are instructions of the hypervisor (virtual addresses
 * below 0x10000000) between two points of the same kind:
 *
 *   irq     where a waiting interrupt is taken, or makes the call return so
 *           that it is: a guest's instruction, WFI, a symbol of "irq="
 *   switch  where another vCPU can get the pCPU: a guest's instruction, WFI,
 *           a symbol of "switch="
 *
 * The longest stretch of each kind is kept for each operation; the guest says
 * by marks (marks.h) which one runs, and what other pCPUs do meanwhile counts
 * as well. With it goes how many instructions of it each function had. What
 * follows in operation 0 is what happens outside of marks, after boot.
 *
 * Arguments: out=FILE       where the results go (default: stderr)
 *            symbols=FILE   lines "address type name", by address (nm -n)
 *            irq=NAME       a function whose entry is such a point; also
 *            switch=NAME    repeated
 * Results:   worst KIND OP INSTRUCTIONS CPU END FUNCTION=N ...
 *            where END is the point at which the stretch ended.
 *
 * Source: qemu-plugin.h, API version 1 (QEMU 7.2).
 * Layer:  host tool; single-threaded TCG.
 */
#include <qemu-plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../guests/lib/marks.h"

#define HYP_VA_END    0x10000000u
#define WFI           0x0320f003u /* with any condition */
#define NR_OPS        512
#define NR_CPUS       2
#define MAX_FUNCTIONS 8192
#define SHOWN         6

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum kind {
    IRQ,
    SWITCH,
    KINDS
};

static const char *const kind_names[KINDS] = { "irq", "switch" };

struct function {
    uint64_t va;
    char name[56];
    bool point[KINDS];
};

/* One translation block. */
struct block {
    unsigned int function, insns;
    bool guest, wfi;
    bool point[KINDS];
};

struct part {
    unsigned int function;
    uint64_t insns;
};

struct stretch {
    uint64_t insns, longest; /* of functions[] since the last point        */
    uint64_t generation;
    struct {
        uint64_t generation, insns;
    } of[MAX_FUNCTIONS];
};

struct worst {
    uint64_t insns;
    unsigned int cpu;
    const char *end;
    struct part parts[SHOWN];
};

static struct function functions[MAX_FUNCTIONS];
static unsigned int nr_functions;
static struct stretch stretches[NR_CPUS][KINDS];
static struct worst worst[NR_OPS][KINDS];
static const char *out_path;
static bool boot_over;
static unsigned int active;

static void keep(struct worst *w, const struct stretch *s)
{
    memset(w->parts, 0, sizeof(w->parts));
    for (unsigned int f = 0; f < nr_functions; f++) {
        struct part p = { f, s->of[f].insns };

        if (s->of[f].generation != s->generation)
            continue;
        for (unsigned int i = 0; i < SHOWN; i++) {
            struct part other = w->parts[i];

            if (p.insns > other.insns) {
                w->parts[i] = p;
                p = other;
            }
        }
    }
}

static void end_stretch(unsigned int cpu, enum kind kind, const char *end)
{
    struct stretch *s = &stretches[cpu][kind];
    struct worst *w = &worst[active][kind];

    if (s->insns == 0)
        return;
    if (boot_over && s->insns > w->insns) {
        w->insns = s->insns;
        w->cpu = cpu;
        w->end = end;
        keep(w, s);
    }
    s->insns = 0;
    s->generation++;
}

static void on_block(unsigned int cpu, void *arg)
{
    const struct block *b = arg;

    if (cpu >= NR_CPUS)
        return;
    for (int kind = 0; kind < KINDS; kind++) {
        struct stretch *s = &stretches[cpu][kind];

        if (b->guest) {
            end_stretch(cpu, kind, "guest");
            continue;
        }
        if (b->point[kind])
            end_stretch(cpu, kind, functions[b->function].name);
        if (s->of[b->function].generation != s->generation) {
            s->of[b->function].generation = s->generation;
            s->of[b->function].insns = 0;
        }
        s->of[b->function].insns += b->insns;
        s->insns += b->insns;
        if (b->wfi)
            end_stretch(cpu, kind, "wfi");
    }
}

static void write_results(void)
{
    FILE *f = out_path ? fopen(out_path, "w") : stderr;

    if (!f) {
        perror(out_path);
        return;
    }
    for (int kind = 0; kind < KINDS; kind++) {
        for (int op = 0; op < NR_OPS; op++) {
            const struct worst *w = &worst[op][kind];

            if (w->insns == 0)
                continue;
            fprintf(f, "worst %s %d %llu %u %s", kind_names[kind], op,
                    (unsigned long long)w->insns, w->cpu, w->end);
            for (int i = 0; i < SHOWN && w->parts[i].insns; i++)
                fprintf(f, " %s=%llu", functions[w->parts[i].function].name,
                        (unsigned long long)w->parts[i].insns);
            fputc('\n', f);
        }
    }
    if (f != stderr)
        fclose(f);
}

/*
 * A sample that begins or ends cuts no stretch of the pCPU that executes the
 * mark, which is in its guest; of the others, the operation in which the
 * stretch ends has it.
 */
static void on_mark(unsigned int cpu, void *arg)
{
    unsigned int number = (unsigned int)(uintptr_t)arg;

    (void)cpu;
    if (number == MARK_FIRST)
        boot_over = true;
    else if (number == MARK_DONE)
        write_results();
    if (number / 8 < MARK_OP_NONE)
        active = number % 8 == MARK_PHASE_START ? number / 8 : 0;
}

static unsigned int function_at(uint64_t va)
{
    unsigned int low = 0, high = nr_functions;

    while (low < high) {
        unsigned int mid = (low + high) / 2;

        if (functions[mid].va <= va)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? low - 1 : 0;
}

static struct block *block_of(struct qemu_plugin_tb *tb)
{
    struct block *b = calloc(1, sizeof(*b));
    uint64_t va = qemu_plugin_tb_vaddr(tb);
    size_t nr = qemu_plugin_tb_n_insns(tb);
    uint32_t last = 0;

    if (!b)
        abort();
    b->guest = va >= HYP_VA_END;
    b->insns = (unsigned int)nr;
    if (b->guest)
        return b;
    memcpy(&last, qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, nr - 1)),
           sizeof(last));
    b->wfi = (last & 0x0fffffff) == WFI;
    b->function = function_at(va);
    for (int kind = 0; kind < KINDS; kind++)
        b->point[kind] = functions[b->function].va == va &&
                         functions[b->function].point[kind];
    return b;
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    struct block *b = block_of(tb);
    size_t nr = qemu_plugin_tb_n_insns(tb);

    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS,
                                         b);
    for (size_t i = 0; b->guest && i < nr; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t word = 0;

        if (qemu_plugin_insn_size(insn) == 4)
            memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
        if ((word & MARK_OPCODE_MASK) == MARK_OPCODE)
            qemu_plugin_register_vcpu_insn_exec_cb(
                insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
                (void *)(uintptr_t)(word & ~MARK_OPCODE_MASK));
    }
}

static bool read_symbols(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[256], type;

    if (!f) {
        perror(path);
        return false;
    }
    while (fgets(line, sizeof(line), f) && nr_functions < MAX_FUNCTIONS) {
        struct function *fn = &functions[nr_functions];
        unsigned long long va;

        if (sscanf(line, "%llx %c %55s", &va, &type, fn->name) != 3 ||
            !strchr("tTwW", type) || fn->name[0] == '$')
            continue;
        fn->va = va;
        nr_functions++;
    }
    fclose(f);
    return nr_functions > 0;
}

/* The function is a point of this kind; false: there is none of this name. */
static bool set_point(enum kind kind, const char *name)
{
    bool found = false;

    for (unsigned int f = 0; f < nr_functions; f++) {
        if (!strcmp(functions[f].name, name))
            functions[f].point[kind] = found = true;
    }
    if (!found)
        fprintf(stderr, "preempt: no function %s in the symbols\n", name);
    return found;
}

static void on_end(qemu_plugin_id_t id, void *arg)
{
    (void)id;
    (void)arg;
    write_results();
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
                                           const qemu_info_t *info, int argc,
                                           char **argv)
{
    (void)info;
    for (int cpu = 0; cpu < NR_CPUS; cpu++) {
        for (int kind = 0; kind < KINDS; kind++)
            stretches[cpu][kind].generation = 1;
    }
    for (int i = 0; i < argc; i++) {
        bool good = true;

        if (!strncmp(argv[i], "out=", 4))
            out_path = strdup(argv[i] + 4);
        else if (!strncmp(argv[i], "symbols=", 8))
            good = read_symbols(argv[i] + 8);
        else if (!strncmp(argv[i], "irq=", 4))
            good = set_point(IRQ, argv[i] + 4);
        else if (!strncmp(argv[i], "switch=", 7))
            good = set_point(SWITCH, argv[i] + 7);
        if (!good)
            return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    qemu_plugin_register_atexit_cb(id, on_end, NULL);
    return 0;
}
