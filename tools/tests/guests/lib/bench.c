/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the operations of a benchmark guest and prints their medians in time.
 *
 * Source: own design.
 * Layer:  test guest.
 */
#include "bench.h"

static uint64_t times[BENCH_REPEATS];
static unsigned int nr_times;

void bench_time(uint64_t ns)
{
    if (nr_times < BENCH_REPEATS)
        times[nr_times++] = ns;
}

void bench_value(const char *name, uint64_t value)
{
    print("bench: value %s %llu\n", name, (unsigned long long)value);
}

static uint64_t median_time(void)
{
    for (unsigned int i = 1; i < nr_times; i++) {
        uint64_t t = times[i];
        unsigned int k = i;

        for (; k > 0 && times[k - 1] > t; k--)
            times[k] = times[k - 1];
        times[k] = t;
    }
    return times[nr_times / 2];
}

static void run_one(const struct bench_op *op, unsigned int number)
{
    unsigned int repeats = op->repeats ? op->repeats : BENCH_REPEATS;

    print("bench: op %u %s\n", number, op->name);
    if (!op->once)
        return;
    nr_times = 0;
    for (unsigned int i = 0; i < repeats; i++)
        op->once();
    if (nr_times > 0)
        print("bench: time %u %llu\n", number,
              (unsigned long long)median_time());
}

void bench_run(const struct bench_op *ops, unsigned int first, unsigned int end)
{
    uint32_t only = bootarg_number("op", UINT32_MAX);

    for (unsigned int i = first; i < end; i++) {
        if (only == UINT32_MAX || only == i)
            run_one(&ops[i], i);
    }
}

void bench_end(void)
{
    MARK_PLAIN(MARK_DONE);
    print("bench: done\n");
}
