/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two benchmark guests share: a table of operations, each repeated,
 * and results that only the guest can measure (times).
 *
 * Output, read by tools/tests/bench:  bench: op NUMBER NAME
 *                                     bench: time NUMBER MEDIAN_NS
 *                                     bench: value NAME NUMBER
 * Source: own design.
 * Layer:  test guest.
 */
#ifndef GUEST_BENCH_H
#define GUEST_BENCH_H

#include "guest.h"

/* Samples of one operation; enough for a median, odd. */
#define BENCH_REPEATS 51

struct bench_op {
    const char *name;
    void (*once)(void);   /* one sample, between its marks                */
    unsigned int repeats; /* 0: BENCH_REPEATS                             */
};

/*
 * Run operations @first to @end - 1, or of these only number "op=" of the
 * boot arguments. A row without a function is sampled by its neighbour.
 */
void bench_run(const struct bench_op *ops, unsigned int first,
               unsigned int end);

/* All is run: the plugin writes its results. */
void bench_end(void);

/* Called by an operation: the time that this sample took. */
void bench_time(uint64_t ns);

/* A figure with a name. */
void bench_value(const char *name, uint64_t value);

#endif /* GUEST_BENCH_H */
