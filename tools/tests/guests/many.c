/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As many domains at a time as the hypervisor takes, each with a vCPU that
 * counts in its own memory; all are seen to run, then all go. What was free
 * before is free afterwards.
 *
 * Boot arguments: most=N: not more of them (default 300).
 * Output: "many: N alive, refused by E", "many: N of N ran",
 *         "many: pages A before, B after", "many: done"
 *
 * Layer:  test guest, first domain.
 */
#include "domain.h"
#include "hypercall.h"

#define SYSCTL_VERSION  0x15
#define SYSCTL_PHYSINFO 3
#define MOST            300u
#define COUNTER         0x200u /* byte in the first page */

/* clang-format off */
static const uint32_t counting[] = {
    0xe3a00440, /* mov r0, #0x40000000 */
    0xe2800c02, /* add r0, r0, #0x200  */
    0xe5901000, /* 1: ldr r1, [r0]     */
    0xe2811001, /* add r1, r1, #1      */
    0xe5801000, /* str r1, [r0]        */
    0xe3510a01, /* cmp r1, #4096       */
    0x3afffffa, /* blo 1b              */
    0xe320f003, /* 2: wfi              */
    0xeafffffd, /* b 2b                */
};
/* clang-format on */

static int ids[MOST];

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

static uint32_t counted(int id)
{
    volatile uint8_t *page = domain_page(id, DOMU_RAM >> 12);
    uint32_t count;

    if (!page)
        return 0;
    count = *(volatile uint32_t *)(page + COUNTER);
    domain_page_drop(page);
    return count;
}

static uint32_t all_run(uint32_t nr)
{
    uint32_t ran = 0;

    for (uint32_t i = 0; i < nr; i++) {
        for (int tries = 0; tries < 500 && counted(ids[i]) < 4096; tries++)
            delay_us(2000);
        ran += counted(ids[i]) == 4096;
    }
    return ran;
}

void main(void)
{
    uint32_t most = bootarg_number("most", MOST), nr = 0, before, after = 0;
    int error = 0;

    /* The first one leaves what is kept for the next (heap pages). */
    domain_destroy(domain_build(counting, sizeof(counting), 4));
    delay_us(50000);
    before = free_pages();
    while (nr < most && nr < MOST) {
        /* Not domain_build: what it says of the last one is expected. */
        int id = domain_create(DOMAIN_ANY, 0, 1);

        if (id < 0) {
            error = id;
            break;
        }
        domain_destroy(id);
        id = domain_build(counting, sizeof(counting), 4);
        if (id < 0 || domain_unpause(id))
            break;
        ids[nr++] = id;
    }
    print("many: %u alive, refused by %d\n", nr, error);
    print("many: %u of %u ran\n", all_run(nr), nr);
    while (nr > 0)
        domain_destroy(ids[--nr]);
    for (int i = 0; i < 50 && after != before; i++) {
        delay_us(2000);
        after = free_pages();
    }
    print("many: pages %u before, %u after\n", before, after);
    print("many: done\n");
}
