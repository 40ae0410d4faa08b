/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine under the unit tests: CP15 as variables, per-CPU data as
 * arrays, locks that check instead of waiting. Linked with every unit test.
 *
 * The functions of other modules that nearly every test would have to stub
 * are here as weak symbols: a test that links the real source, or brings a
 * stub of its own, replaces them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xen/bug.h>
#include <xen/irq.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/spinlock.h>
#include <xen/trace.h>

#include <asm/barrier.h>
#include <asm/mmio.h>
#include <asm/percpu.h>
#include <asm/sysreg.h>

#define WEAK __attribute__((weak))

unsigned int host_cpu;
WEAK DEFINE_PER_CPU(uint32_t, cpu_id) = { 0, 1, 2, 3, 4, 5, 6, 7 };
WEAK DEFINE_PER_CPU(void *, hyp_stack_top);

uint32_t (*host_mmio_read)(const volatile void *reg, unsigned int size);
void (*host_mmio_write)(volatile void *reg, uint32_t val, unsigned int size);
void (*host_wait_hook)(void);

/* CP15 is banked per CPU; registers come into being when first named. */
uint64_t *host_sysreg(const char *name)
{
    static struct {
        const char *name;
        uint64_t value[NR_CPUS];
    } regs[128];

    for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
        if (!regs[i].name)
            regs[i].name = name;
        if (!strcmp(regs[i].name, name))
            return &regs[i].value[host_cpu];
    }
    abort();
}

void host_wait(const char *what)
{
    if (!host_wait_hook) {
        fprintf(stderr, "%s with nobody to wait for\n", what);
        abort();
    }
    host_wait_hook();
}

/*
 * BUG, ASSERT and panic fail the test, unless it calls the function under
 * test inside expect_assert_failure().
 */
void bug_stop(const char *file, unsigned int line, const char *what)
{
    mock_assert(0, what, file, (int)line);
    abort();
}

/* No interrupt waits. */
WEAK void irq_window(void)
{
}

WEAK void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    mock_assert(0, "panic", __FILE__, __LINE__);
    abort();
}

WEAK void vprintk(enum log_level level, const char *fmt, va_list args)
{
    (void)level;
    vprintf(fmt, args);
}

WEAK void printk(enum log_level level, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintk(level, fmt, args);
    va_end(args);
}

WEAK void gprintk(enum log_level level, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintk(level, fmt, args);
    va_end(args);
}

/* Nobody traces. */
WEAK uint32_t trace_mask;

WEAK void trace_record(uint32_t event, const uint32_t *extra, uint32_t nr)
{
    (void)event;
    (void)extra;
    (void)nr;
    BUG();
}

WEAK void trace_words(uint32_t head, uint32_t a, uint32_t b, uint32_t c,
                      uint32_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    trace_record(head, NULL, 0);
}

WEAK void trace_half_hook(void (*fn)(void))
{
    (void)fn;
}

/*
 * Locks: taken in ascending rank, dropped by who took them, never twice.
 * word is 1 + the CPU that holds the lock.
 */
#define HELD_MAX 16

static struct spinlock *held[NR_CPUS][HELD_MAX];
static size_t nr_held[NR_CPUS];

static void take(struct spinlock *l, bool second)
{
    for (size_t i = 0; i < nr_held[host_cpu]; i++) {
        struct spinlock *other = held[host_cpu][i];

        BUG_ON(other == l);
        BUG_ON(other->rank > l->rank);
        BUG_ON(other->rank == l->rank && !second);
    }
    BUG_ON(l->word != 0); /* by another CPU, which cannot drop it meanwhile */
    BUG_ON(nr_held[host_cpu] == HELD_MAX);
    held[host_cpu][nr_held[host_cpu]++] = l;
    l->word = 1 + host_cpu;
}

WEAK void lock_take(struct spinlock *l)
{
    take(l, false);
}

WEAK void lock_take_second(struct spinlock *l)
{
    take(l, true);
}

WEAK bool lock_try(struct spinlock *l)
{
    if (l->word != 0)
        return false;
    take(l, true);
    return true;
}

WEAK void lock_drop(struct spinlock *l)
{
    size_t i = nr_held[host_cpu];

    BUG_ON(l->word != 1 + host_cpu);
    while (held[host_cpu][i - 1] != l)
        i--;
    nr_held[host_cpu]--;
    memmove(&held[host_cpu][i - 1], &held[host_cpu][i],
            (nr_held[host_cpu] - (i - 1)) * sizeof(held[0][0]));
    l->word = 0;
}

WEAK bool lock_is_held(const struct spinlock *l)
{
    return l->word != 0;
}
