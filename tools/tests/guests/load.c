/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the store in a domain that the tools have made: drives its ring
 * itself, so that it sees what a kernel would hide, and holds every answer
 * against its model (../store/load.h). It works below data/s.
 *
 * What it does is in data/do: "write" and "commit" for the same requests over
 * and over, "stop" for its report in data/report, anything else or nothing
 * for a bit of everything. How often it has booted is in data/life.
 *
 * Source: public/io/xs_wire.h; public/hvm/params.h; virq-xenstore.md 3.5.
 * Layer:  test guest, made by the tools.
 */
#include <public/hvm/params.h>
#include <public/io/xs_wire.h>

#include "../store/load.h"
#include "hypercall.h"

#define RING       XENSTORE_RING_SIZE
#define LOOK_STEPS 64u /* between two looks at what to do */
#define REST_US    20000u
#define QUIET_US   5000u

static struct load load;
static volatile struct xenstore_domain_interface *ring;
static uint32_t port;

static void on_timer(uint32_t irq)
{
    (void)irq;
    timer_stop();
}

/* Interrupts are taken here alone: none comes between a look and WFI. */
static void wait(void)
{
    wfi();
    irq_unmask();
    isb();
    irq_mask();
}

static void load_send(const void *from, uint32_t len)
{
    const uint8_t *bytes = from;

    while (len) {
        uint32_t prod = ring->req_prod;

        if (prod - ring->req_cons == RING) {
            wait();
            continue;
        }
        dmb();
        while (len && prod - ring->req_cons < RING) {
            ring->req[prod++ % RING] = (char)*bytes++;
            len--;
        }
        dmb();
        ring->req_prod = prod;
        event_send(port);
    }
}

static void load_receive(void *to, uint32_t len)
{
    uint8_t *bytes = to;

    while (len) {
        uint32_t cons = ring->rsp_cons, there = ring->rsp_prod - cons;

        if (!there) {
            wait();
            continue;
        }
        dmb();
        for (uint32_t i = 0; i < there && len; i++, len--)
            *bytes++ = (uint8_t)ring->rsp[cons++ % RING];
        dmb();
        ring->rsp_cons = cons;
        if (there == RING) /* who writes may wait for room */
            event_send(port);
    }
}

/* Value of a node, in load.answer; empty: there is no such node. */
static const char *look(const char *path)
{
    uint32_t id = load_ask(&load, LOAD_READ, 0, path, "");

    return load_answer(&load, LOAD_READ, id, 0) ? load.answer : "";
}

static void put(const char *path, const char *value)
{
    load_expect(&load, LOAD_WRITE, load_ask(&load, LOAD_WRITE, 0, path, value),
                0, path, "OK");
}

static void rest(uint32_t us)
{
    uint64_t end = timer_now() + us_to_ticks(us);

    /* An interrupt that is taken late stops the timer of the next rest. */
    while (timer_now() < end) {
        timer_arm(end);
        wait();
    }
}

static void report(void)
{
    static char text[480];

    /* What would still be an answer, nobody has asked for. */
    if (ring->rsp_prod != ring->rsp_cons)
        load_wrong(&load, "an answer", "the ring", "");
    load_report(&load, text, sizeof(text));
    put("data/report", text);
    while (load_same(look("data/do"), "stop"))
        rest(REST_US);
}

static void pad(const char *path, uint32_t len)
{
    static char text[RING];

    for (uint32_t i = 0; i < len; i++)
        text[i] = '.';
    text[len] = '\0';
    put(path, text);
}

/*
 * Both halves of the ring are at their beginning: bytes are not copied in the
 * same way wherever they are. Requests are 16 bytes and what they are about,
 * answers 16 and that, or "OK".
 */
static void align(void)
{
    uint32_t to_rsp = -(ring->rsp_cons + 19 + 16 + 19) % RING, to_req;

    pad("data/p", to_rsp);
    (void)look("data/p");
    to_req = -(ring->req_prod + 16 + 7) % RING;
    pad("data/p", to_req);
}

/* A debugger waits here for the request that comes next. */
static void __attribute__((noinline)) load_mark(void)
{
    __asm__ volatile("" : : : "memory");
}

/*
 * The same requests over and over, for deaths at each of their instructions:
 * a WRITE and a READ of it, or a transaction with two writes. The store goes
 * to sleep before and after the one that is meant.
 */
static void same_step(struct load *l, bool transaction)
{
    uint32_t tx, in_0, in_1;
    bool done;

    l->steps++;
    l->last += 11; /* values of one length */
    if (!transaction) {
        align();
        rest(QUIET_US);
        load_mark();
        l->number[0] = load_write(l, 0, 0);
        l->last--;
        rest(QUIET_US);
        load_read(l, 0, 0, l->number[0]);
        return;
    }
    tx = load_begin(l);
    load_read(l, tx, 0, l->number[0]);
    in_0 = load_write(l, tx, 0);
    l->last--;
    in_1 = load_write(l, tx, LOAD_IN);
    l->last--;
    align();
    rest(QUIET_US);
    load_mark();
    done = load_commit(l, tx, "T");
    rest(QUIET_US);
    if (done) {
        l->number[0] = in_0;
        l->number[LOAD_IN] = in_1;
    }
    load_read(l, 0, 0, l->number[0]);
    load_read(l, 0, LOAD_IN, l->number[LOAD_IN]);
}

static void live(void)
{
    char life[12] = "";
    uint32_t lives = 0;

    for (const char *p = look("data/life"); *p; p++)
        lives = lives * 10 + (uint32_t)(*p - '0');
    load_add_number(life, sizeof(life), lives + 1);
    put("data/life", life);
}

void main(void)
{
    bool same = false, commit = false;

    gic_init();
    irq_handle(machine.vtimer_irq, on_timer);
    irq_enable(machine.vtimer_irq);
    port = hvm_param(HVM_PARAM_STORE_EVTCHN);
    ring = (void *)(uintptr_t)(hvm_param(HVM_PARAM_STORE_PFN) << 12);
    if (!port || !ring || event_init(NULL))
        return;
    load.path = "data/s";
    load.random = 0x9e3779b9u ^ bootarg_number("seed", 1);
    live();
    load_start(&load);
    for (uint32_t step = 0;; step++) {
        if (step % LOOK_STEPS == 0 || load.wrong[0]) {
            const char *what = look("data/do");

            commit = load_same(what, "commit");
            same = commit || load_same(what, "write");
            if (load_same(what, "stop") || load.wrong[0])
                report();
        }
        if (load.wrong[0])
            rest(REST_US);
        else if (same)
            same_step(&load, commit);
        else
            load_step(&load);
    }
}
