/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The canary: a domain that nothing may happen to. It writes and reads
 * memory, takes the ticks of its timer and its own events, and counts. The
 * first domain looks at the counts in a page of it.
 *
 * Source: own design.
 * Layer:  test guest.
 */
#include "../lib/internal.h"
#include "domain.h"
#include "fuzz.h"

#define CANARY_ID   777 /* no boundary value */
#define WORDS       (96u * 1024)
#define TICK_US     2000
#define EVENT_US    2000000
#define PROGRESS_MS 3000

static struct report {
    volatile uint32_t rounds, ticks, sent, heard;
    volatile uint32_t wrong_memory, wrong_code, wrong_events;
} report aligned(4096);

static uint32_t memory[WORDS];
static volatile struct report *seen;

/* ---- inside ---- */

static void tick(uint32_t irq)
{
    (void)irq;
    report.ticks++;
    timer_arm(timer_now() + us_to_ticks(TICK_US));
}

static void event(uint32_t port)
{
    (void)port;
    report.heard++;
}

static uint32_t pattern(uint32_t round, uint32_t i)
{
    return (round + 1) * 2654435761u ^ i * 2246822519u;
}

/* FNV-1a over our own instructions. */
static uint32_t code_sum(void)
{
    const volatile uint32_t *at = (const volatile uint32_t *)guest_image;
    uint32_t sum = 2166136261u;

    for (uint32_t i = 0; i < 4096; i++)
        sum = (sum ^ at[i]) * 16777619u;
    return sum;
}

static void hear_own_event(int port)
{
    uint64_t until = timer_now() + us_to_ticks(EVENT_US);
    uint32_t want = report.heard + 1;

    report.sent++;
    if (event_send((uint32_t)port))
        report.wrong_events++;
    while (report.heard != want && timer_now() < until)
        cpu_relax();
    if (report.heard != want)
        report.wrong_events++;
}

void canary_run(void)
{
    int port = -1;
    uint32_t sum = code_sum();

    gic_init();
    irq_handle(machine.vtimer_irq, tick);
    irq_enable(machine.vtimer_irq);
    if (!event_init(event))
        port = event_bind_ipi(0);
    if (port < 0)
        report.wrong_events = 1000000;
    timer_arm(timer_now() + us_to_ticks(TICK_US));
    irq_unmask();
    for (;;) {
        uint32_t round = report.rounds;

        for (uint32_t i = 0; i < WORDS; i += 16)
            memory[i + round % 16] = pattern(round, i);
        hear_own_event(port);
        wfi();
        for (uint32_t i = 0; i < WORDS; i += 16)
            report.wrong_memory += memory[i + round % 16] != pattern(round, i);
        report.wrong_code += code_sum() != sum;
        report.rounds++;
    }
}

/* ---- outside ---- */

int canary_begin(void)
{
    int id = image_build(CANARY_ID, "canary", 1, 0);

    if (id < 0)
        return id;
    seen = image_page(id, &report);
    if (!seen) {
        print("fuzz: the canary cannot be seen\n");
        return -ENOMEM;
    }
    canary = (uint32_t)id;
    return id;
}

bool canary_check(const char *when)
{
    uint32_t rounds = seen->rounds, ticks = seen->ticks;
    bool ok;

    for (uint32_t i = 0; i < PROGRESS_MS; i++) {
        if (seen->rounds - rounds > 1 && seen->ticks - ticks > 1)
            break;
        delay_us(1000);
    }
    ok = seen->rounds != rounds && seen->ticks != ticks &&
         seen->wrong_memory == 0 && seen->wrong_code == 0 &&
         seen->wrong_events == 0 && seen->heard + 1 >= seen->sent &&
         domain_flags((int)canary) >= 0;
    print("fuzz: canary %s: rounds %u ticks %u events %u of %u, wrong: memory "
          "%u code %u events %u: %s\n",
          when, seen->rounds, seen->ticks, seen->heard, seen->sent,
          seen->wrong_memory, seen->wrong_code, seen->wrong_events,
          ok ? "untouched" : "FAILED");
    return ok;
}
