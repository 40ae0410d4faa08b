/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each operation with good and bad arguments: the tables are in try_*.c.
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#include "ops.h"

static struct agent P = { .id = -1 };
static int victim;
static uint32_t saved;

static int object_of(const struct op_try *t)
{
    switch (t->on) {
    case ON_VICTIM:
        return victim;
    case ON_PLAIN:
        return P.id;
    case ON_SAVED:
        return (int)(saved & 0xffff);
    default:
        return t->on;
    }
}

static void try(const struct op_try *t)
{
    struct op_call call = t->call;
    caller_t who = t->who == PLAIN ? &P : NULL;
    int rc, times = t->times ? t->times : 1;
    bool well;

    if (t->fresh) {
        victim_end(victim);
        victim = victim_make();
    }
    if (t->use)
        call.w[t->use - 1] = saved;
    do {
        rc = op_make(who, &call, object_of(t));
    } while (--times > 0);
    if (t->save)
        saved = op_word(t->save);
    well = t->want == ANY_POSITIVE ? rc > 0 : rc == t->want;
    print("ops: %s: %s: %s: ", t->op, who ? "plain" : "dom0", t->what);
    if (well)
        print("%d ok\n", t->want == ANY_POSITIVE ? 1 : t->want);
    else
        print("FAILED %d, not %d\n", rc, t->want);
}

static void try_all(const struct op_try *t)
{
    for (; t->what; t++)
        try(t);
}

void arguments(void)
{
    if (!agent_start(&P, 0, 1))
        return;
    agent_room(&P, 4);
    /* Its frame 14 is granted to dom0 and to be copied. */
    if (agent_grants(&P))
        print("ops: no grants\n");
    agent_grant(&P, 9, 0, 14);
    victim = victim_make();
    try_all(control_tries);
    try_all(memory_tries);
    try_all(other_tries);
    victim_end(victim);
    agent_end(&P);
}
