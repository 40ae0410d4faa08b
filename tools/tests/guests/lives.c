/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many domains, one after the other: built, run, paused, moved between
 * pCPUs, destroyed while they run or sleep. What was free before is free
 * afterwards, and ids do not come back at once. One whose page we still map
 * stays, dying, until we do not.
 *
 * Boot arguments: lives=N (default 50).
 * Output: "lives: flags F while mapped, G after",
 *         "lives: N lived, pages A before, B after", "lives: done"
 *
 * Source: own design; the control call's layout is the Xen 4.17 ABI's.
 * Layer:  test guest, first domain.
 */
#include "domain.h"
#include "hypercall.h"

#define SYSCTL_VERSION  0x15
#define SYSCTL_PHYSINFO 3

/* clang-format off */
static const uint32_t spinning[] = {
    0xeafffffe, /* b .      */
};
static const uint32_t sleeping[] = {
    0xe320f003, /* 1: wfi   */
    0xeafffffd, /* b 1b     */
};
/* Power off by PSCI at once. */
static const uint32_t leaving[] = {
    0xe3a00321, /* mov r0, #0x84000000 */
    0xe3800008, /* orr r0, r0, #8      */
    0xe1400070, /* hvc #0              */
    0xeafffffe, /* b .                 */
};
/* clang-format on */

static uint32_t free_pages(void)
{
    static union {
        uint64_t align;
        struct {
            uint32_t cmd, version;
            uint8_t before[48];
            uint64_t free;
        } op;
        uint8_t bytes[136];
    } call;

    call.op.cmd = SYSCTL_PHYSINFO;
    call.op.version = SYSCTL_VERSION;
    if (hypercall(__HYPERVISOR_sysctl, (uintptr_t)&call, 0, 0, 0, 0))
        return 0;
    return (uint32_t)call.op.free;
}

static int live(uint32_t nr)
{
    static const struct {
        const uint32_t *code;
        size_t len;
    } codes[] = {
        { spinning, sizeof(spinning) },
        { sleeping, sizeof(sleeping) },
        { leaving, sizeof(leaving) },
    };
    uint32_t kind = nr % 3;
    int id = domain_build(codes[kind].code, codes[kind].len, 16 + nr % 64);

    if (id < 0 || domain_unpause(id))
        return -1;
    delay_us(300 + nr * 7 % 500);
    if (nr % 2 && (domain_pause(id) || domain_unpause(id)))
        return -1;
    if (machine.nr_cpus > 1 && nr % 4 == 0 &&
        (domain_pin(id, 1) || domain_pin(id, 2)))
        return -1;
    delay_us(100);
    return domain_destroy(id) ? -1 : id;
}

/* Destroyed while a page of it is mapped here (interface.md 6.2). */
static void outlived_by_a_page(void)
{
    int id = domain_build(sleeping, sizeof(sleeping), 16);
    int mapped, after = 0;

    if (!domain_page(id, DOMU_RAM >> 12))
        print("lives: no page can be mapped\n");
    mapped = domain_destroy(id);
    delay_us(20000);
    mapped = mapped ? mapped : domain_flags(id);
    domain_pages_drop();
    /* The last reference may go on another pCPU. */
    for (int i = 0; i < 50 && (after = domain_flags(id)) >= 0; i++)
        delay_us(2000);
    print("lives: flags %d while mapped, %d after\n", mapped, after);
}

void main(void)
{
    uint32_t lives = bootarg_number("lives", 50), nr;
    uint32_t before, after = 0;
    int id, last = -1;

    /* The first one leaves what is kept for the next (heap pages). */
    live(0);
    outlived_by_a_page();
    delay_us(20000);
    before = free_pages();
    for (nr = 0; nr < lives; nr++) {
        id = live(nr);
        if (id < 0 || id == last)
            break;
        last = id;
    }
    /* The last references may still go on another pCPU. */
    for (int i = 0; i < 50 && after != before; i++) {
        delay_us(2000);
        after = free_pages();
    }
    print("lives: %u lived, pages %u before, %u after\n", nr, before, after);
    print("lives: done\n");
}
