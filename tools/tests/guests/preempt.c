/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the hypervisor work as long as it can: each operation once at its
 * largest arguments. bench/preempt.c measures from outside for how long the
 * hypervisor does not look at interrupts, and at other vCPUs, meanwhile.
 *
 * A timer interrupts CPU 0 each millisecond, so that what is interrupted is
 * continued again and again.
 *
 * Boot arguments: few (only one operation)
 * Output: "preempt: op NUMBER RESULT NAME", "preempt: done"
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#include <xen/string.h>

#include "hypercall.h"
#include "internal.h"
#include "preempt/preempt.h"

#define BX_LR       0xe12fff1eu
#define ARENA_AT    (16u << 20) /* behind the beginning of RAM             */
#define ARENA_BYTES (80u << 20)
#define TICK_US     1000u

static unsigned int op_number;
static const char *op_name;
static uint32_t arena_used;

/* The number is not known to the compiler, so the instruction is made. */
static void mark(uint32_t number)
{
    static uint32_t code[2] aligned(64);

    code[0] = MARK_OPCODE | number;
    code[1] = BX_LR;
    CP15_WRITE((uintptr_t)code, 0, c7, c11, 1); /* DCCMVAU */
    dsb();
    CP15_WRITE((uintptr_t)code, 0, c7, c5, 1); /* ICIMVAU */
    CP15_WRITE(0, 0, c7, c5, 6);               /* BPIALL */
    dsb();
    isb();
    ((void (*)(void))(uintptr_t)code)();
}

void op_begin(const char *name)
{
    op_name = name;
    op_number++;
    mark(op_number * 8 + MARK_PHASE_START);
}

void op_end(int64_t result)
{
    mark(op_number * 8 + MARK_PHASE_END);
    print("preempt: op %u %lld %s\n", op_number, (long long)result, op_name);
}

int op_call(const char *name, uint32_t number, uint32_t a, uint32_t b,
            uint32_t c, uint32_t d)
{
    int rc;

    op_begin(name);
    rc = hypercall(number, a, b, c, d, 0);
    op_end(rc);
    return rc;
}

void *arena_get(size_t bytes)
{
    uint8_t *at = (uint8_t *)(uintptr_t)machine.ram_base + ARENA_AT;

    bytes = (bytes + 4095) & ~(size_t)4095;
    if (arena_used + bytes > ARENA_BYTES) {
        print("preempt: no room for %u bytes\n", (unsigned int)bytes);
        power_off();
    }
    at += arena_used;
    arena_used += bytes;
    memset(at, 0, bytes);
    return at;
}

void arena_reset(void)
{
    arena_used = 0;
}

static void on_tick(uint32_t irq)
{
    (void)irq;
    timer_arm(timer_now() + us_to_ticks(TICK_US));
}

void ticks_on(void)
{
    irq_handle(machine.vtimer_irq, on_tick);
    irq_enable(machine.vtimer_irq);
    timer_arm(timer_now() + us_to_ticks(TICK_US));
}

static void on_event(uint32_t port)
{
    (void)port;
}

void main(void)
{
    gic_init();
    ticks_on();
    if (event_init(on_event)) {
        print("preempt: no event channels\n");
        return;
    }
    irq_unmask();

    if (bootarg_set("few")) {
        multicalls();
        MARK_PLAIN(MARK_DONE);
        print("preempt: done\n");
        return;
    }
    memory_all();
    grant_all();
    event_all();
    control_all();
    host_all();
    cpu_all();
    crowd_all();
    MARK_PLAIN(MARK_DONE);
    print("preempt: done\n");
}
