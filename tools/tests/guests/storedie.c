/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A first domain that ends the store domain at every instruction of one WRITE
 * and of one commit, each time begins it anew as the supervisor does, and
 * looks whether the request is answered once and whether the store has all of
 * it or nothing.
 *
 * To be run by one pCPU under QEMU's -icount shift=0, where a nanosecond is
 * an instruction, with sched_ratelimit_us=0. The timer that interrupts the
 * store can be set in steps of a tick, 16 instructions; the instructions in
 * between are reached by beginning up to 15 instructions later. The image of
 * the store domain is given as initrd.
 *
 * Boot arguments: from=N, to=N: instructions after the event (default: all).
 * Output: "storedie: REQUEST N: deaths N, redone N", "storedie: pc HEX ..."
 *         where it was each time, "storedie: WHAT FAILED ...",
 *         "storedie: done".
 *
 * Source: virq-xenstore.md 4.2; tools/store/image.c (how it begins anew).
 * Layer:  test guest, first domain.
 */
#include <libfdt.h>

#include <public/domctl.h>
#include <public/hvm/params.h>
#include <public/sysctl.h>

#include <xen/string.h>

#include "domain.h"
#include "hypercall.h"
#include "xenstore.h"

#define STORE       1          /* the store domain's id                 */
#define STORE_ENTRY 0x40008000 /* where its image is put, and begins    */
#define SCTLR_OFF   0x00c50078 /* as domain.c                           */
#define CREDIT      5
#define IMAGE_PAGES 60u
#define DEATHS      40000u
#define TICK        16u  /* instructions                              */
#define LEAD        100u /* ticks, before the first death             */
#define IDLE        200u /* ticks: nobody does anything any more      */
#define PATIENCE    4000u
#define SLICE       2000u    /* ticks between two looks                  */
#define ANSWER      1000000u /* times IDLE that one may take          */

static struct xenstore store;
static char answer[2048], text[2048];

/* The pages that its image is in, and what they are to hold. */
static volatile void *page[IMAGE_PAGES];
static const uint8_t *image;
static uint32_t image_len, image_pages;
static uint32_t tree_at;

static uint32_t failures;

/* The death that the next event brings; -1: none. What was found there. */
static int32_t when = -1;
static bool asleep;
static uint32_t where;
static uint32_t pcs[DEATHS], nr_pcs;

static void failed(const char *what, int rc)
{
    print("storedie: %s FAILED: %d, %s\n", what, rc, answer);
    failures++;
}

/* ---- time ---- */

/* WFI until @deadline: others run meanwhile. */
static void sleep_until(uint64_t deadline)
{
    timer_arm(deadline);
    wfi();
    timer_stop();
    write32(machine.gicc + GICC_EOIR, read32(machine.gicc + GICC_IAR) & 0x3ff);
}

/* @nr instructions, at most 15. */
static inline void delay(uint32_t nr)
{
    __asm__ volatile("add pc, pc, %0, lsl #2\n"
                     " nop\n"
                     " .rept 15\n"
                     " nop\n"
                     " .endr\n"
                     :
                     : "r"(15 - nr));
}

/* ---- the store domain ---- */

static uint32_t initrd_word(const char *name)
{
    int node = fdt_path_offset(machine.fdt, "/chosen"), len = 0;
    const fdt32_t *cell = fdt_getprop(machine.fdt, node, name, &len);

    return cell && len >= 4 ? fdt32_ld(cell + len / 4 - 1) : 0;
}

static bool image_find(void)
{
    image = (const uint8_t *)(uintptr_t)initrd_word("linux,initrd-start");
    image_len = initrd_word("linux,initrd-end") - (uint32_t)(uintptr_t)image;
    image_pages = (image_len + 4095) / 4096;
    if (!image || image_pages == 0 || image_pages > IMAGE_PAGES)
        return false;
    for (uint32_t i = 0; i < image_pages; i++) {
        page[i] = domain_page(STORE, (STORE_ENTRY >> 12) + i);
        if (!page[i])
            return false;
    }
    return true;
}

static int context_set(struct vcpu_guest_context *context)
{
    struct xen_domctl op = { 0 };

    set_xen_guest_handle(op.u.vcpucontext.ctxt, context);
    return domain_call(&op, XEN_DOMCTL_setvcpucontext, STORE);
}

static bool same_words(const volatile void *one, const void *other,
                       uint32_t words)
{
    const uint32_t *a = (const void *)one, *b = other;

    for (uint32_t i = 0; i < words; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* Begin it anew, in place. It is paused. */
static void begin_anew(void)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };
    int rc;

    for (uint32_t i = 0; i < image_pages; i++) {
        uint32_t at = i * 4096;
        uint32_t len = image_len - at < 4096 ? image_len - at : 4096;

        /* What is as it was stays: QEMU would translate it again. */
        if (!same_words(page[i], image + at, len / 4))
            memcpy((void *)page[i], image + at, len);
    }
    op.u.cacheflush.start_pfn = STORE_ENTRY >> 12;
    op.u.cacheflush.nr_pfns = image_pages;
    rc = domain_call(&op, XEN_DOMCTL_cacheflush, STORE);
    memset(&context, 0, sizeof(context));
    context.flags = VGCF_online;
    context.sctlr = SCTLR_OFF;
    context.user_regs.pc32 = STORE_ENTRY;
    context.user_regs.r1_usr = ~0u;
    context.user_regs.r2_usr = tree_at;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    if (!rc)
        rc = context_set(NULL);
    if (!rc)
        rc = context_set(&context);
    if (!rc)
        rc = domain_unpause(STORE);
    if (rc)
        failed("beginning anew", rc);
}

/* Wait until it waits for events. */
static void settle(void)
{
    for (uint32_t i = 0; i < PATIENCE; i++) {
        sleep_until(timer_now() + SLICE);
        if (domain_flags(STORE) & XEN_DOMINF_blocked)
            return;
    }
    failed("the store does not come to rest", 0);
}

static void restart(void)
{
    domain_pause(STORE);
    begin_anew();
    settle();
}

/* Let it run for @when instructions after the event, and end it there. */
static void run_and_end(uint32_t port)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };
    uint64_t begin = timer_now() + IDLE;
    uint32_t n = (uint32_t)when;
    int flags;

    when = -1;
    /* Idle until a tick begins: what follows takes the same each time. */
    sleep_until(begin);
    timer_arm(begin + LEAD + (n + TICK - 1) / TICK);
    delay((TICK - n % TICK) % TICK);
    event_send(port);
    sleep_until(begin + LEAD + (n + TICK - 1) / TICK);
    flags = domain_flags(STORE);
    domain_pause(STORE);
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    if (domain_call(&op, XEN_DOMCTL_getvcpucontext, STORE))
        failed("where it was", 0);
    where = (uint32_t)context.user_regs.pc32;
    asleep = flags < 0 || (flags & XEN_DOMINF_blocked);
    begin_anew();
}

/* ---- requests ---- */

static void kick(struct xenstore *x)
{
    if (when >= 0)
        run_and_end(x->port);
    else
        event_send(x->port);
}

/* An answer that does not come ends it all. */
static void wait(struct xenstore *x)
{
    static uint32_t request, times;

    times = request == x->requests ? times + 1 : 0;
    request = x->requests;
    if (times == ANSWER) {
        answer[0] = '\0';
        failed("an answer", (int)nr_pcs);
        power_off();
    }
    sleep_until(timer_now() + IDLE);
}

static void put(const char *path, const char *value)
{
    if (xenstore_write(&store, path, value, (uint32_t)strlen(value), answer,
                       sizeof(answer)))
        failed(path, 0);
}

static bool has(const char *path, const char *value)
{
    int len = xenstore_call(&store, XS_READ, path, (uint32_t)strlen(path) + 1,
                            answer, sizeof(answer));

    return len == (int)strlen(value) && !strcmp(answer, value);
}

static void must_have(const char *path, const char *value)
{
    if (!has(path, value))
        failed(path, (int)nr_pcs);
}

static void put_dots(const char *path, uint32_t len)
{
    memset(text, '.', len);
    text[len] = '\0';
    put(path, text);
}

/*
 * Both halves of the ring are where they were the last time: what is copied
 * in one piece or in two takes its own instructions. Behind a request of 16
 * bytes, its path and value comes an answer of 16 and "OK".
 */
static void align(void)
{
    put_dots("/s/p", -(store.ring->rsp_cons + 19 + 16 + 19) % 1024);
    (void)has("/s/p", "");
    put_dots("/s/p", -(store.ring->req_prod + 16 + 5) % 1024);
}

/* ---- one WRITE ---- */

static bool write_dies(int32_t n)
{
    restart();
    put("/s/a", "an old value");
    align();
    settle();
    when = n;
    put("/s/a", "the new one!");
    must_have("/s/a", "the new one!");
    return !asleep;
}

/* ---- one commit ---- */

static uint32_t redone;

static bool commit_dies(int32_t n)
{
    bool done;

    restart();
    put("/s/a", "an old value");
    put("/s/b", "an old value");
    if (xenstore_call(&store, XS_TRANSACTION_START, "", 1, answer,
                      sizeof(answer)) < 0)
        failed("START", n);
    store.tx = 0;
    for (const char *c = answer; *c; c++)
        store.tx = store.tx * 10 + (uint32_t)(*c - '0');
    put("/s/a", "the new one!");
    put("/s/b", "the new one!");
    align();
    settle();
    when = n;
    done = xenstore_call(&store, XS_TRANSACTION_END, "T", 2, answer,
                         sizeof(answer)) >= 0;
    store.tx = 0;
    if (!done && strcmp(answer, "EAGAIN") != 0)
        failed("END", n);
    redone += !done;
    must_have("/s/a", done ? "the new one!" : "an old value");
    must_have("/s/b", done ? "the new one!" : "an old value");
    return !asleep;
}

/* ---- all of them ---- */

static void pcs_print(void)
{
    for (uint32_t i = 0; i < nr_pcs; i++) {
        if (i % 16 == 0)
            print("%sstoredie: pc", i ? "\n" : "");
        print(" %x", pcs[i]);
    }
    print("\n");
}

static void every_instruction(const char *name, bool (*dies)(int32_t))
{
    int32_t n = (int32_t)bootarg_number("from", 0);
    int32_t to = (int32_t)bootarg_number("to", DEATHS);
    bool working = true;

    /* The first time makes the nodes. */
    dies(0);
    nr_pcs = 0;
    redone = 0;
    for (; working && n < to && nr_pcs < DEATHS && !failures; n++) {
        working = dies(n);
        pcs[nr_pcs++] = where;
        if (nr_pcs % 1000 == 0)
            print("storedie: %u\n", nr_pcs);
    }
    print("storedie: %s: deaths %u, redone %u, %s\n", name, nr_pcs, redone,
          working ? "not at its end" : "to its end");
    pcs_print();
}

/* The store's turn ends when somebody else wakes. */
static void weigh(int id, uint16_t weight)
{
    struct xen_domctl op = { 0 };

    op.u.scheduler_op.sched_id = CREDIT;
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.credit.weight = weight;
    op.u.scheduler_op.u.credit.cap = 0xffff;
    if (domain_call(&op, XEN_DOMCTL_scheduler_op, id))
        failed("weight", id);
}

/* An idle CPU that scrubs hears of a timer later than one that sleeps. */
static void wait_for_scrubbing(void)
{
    struct xen_sysctl op = { 0 };

    do {
        sleep_until(timer_now() + 100 * SLICE);
        op.cmd = XEN_SYSCTL_physinfo;
        op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
        if (hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0)) {
            failed("physinfo", 0);
            return;
        }
    } while (op.u.physinfo.scrub_pages > 0);
}

void main(void)
{
    struct xen_domctl op = { 0 };

    gic_init();
    irq_enable(machine.vtimer_irq);
    wait_for_scrubbing();
    store = (struct xenstore){
        .ring = (void *)(uintptr_t)(hvm_param(HVM_PARAM_STORE_PFN) << 12),
        .port = hvm_param(HVM_PARAM_STORE_EVTCHN),
        .kick = kick,
        .wait = wait,
    };
    while (store.ring->connection != XENSTORE_CONNECTED)
        wait(&store);
    if (domain_call(&op, XEN_DOMCTL_getdomaininfo, STORE) || !image_find()) {
        print("storedie: no store domain, or not its image as initrd\n");
        return;
    }
    tree_at = DOMU_RAM + ((uint32_t)op.u.getdomaininfo.tot_pages - 1) * 4096;
    weigh(0, 65535);
    weigh(STORE, 1);
    every_instruction("WRITE", write_dies);
    every_instruction("commit", commit_dies);
    if (store.ring->rsp_prod != store.ring->rsp_cons)
        failed("an answer that nobody has asked for", 0);
    if (!failures)
        print("storedie: done\n");
}
