/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a vCPU shares its state: common/vcpu_op.c, and what the hypervisor
 * writes there afterwards.
 *
 * Sources: xen/common/vcpu_op.c xen/common/domain/vcpu.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <public/vcpu.h>

#include <xen/copy.h>
#include <xen/event_channel.h>
#include <xen/hyp_map.h>
#include <xen/hypercall.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>

#define FIRST  0x40000u
#define FRAMES 6u
#define INFO   ((guest_ptr_t)sizeof(struct vcpu_runstate_info))

/*
 * Guest page n is frame FIRST + order[n], so that neighbours are none in RAM.
 * Page 4 cannot be written, 5 cannot be mapped here; there is no other but
 * the last of the address space.
 */
static const uint32_t order[FRAMES] = { 3, 1, 4, 0, 2, 5 };
#define PAGE_RO    4u
#define PAGE_NOMAP 5u
#define PAGE_LAST  0xfffffu

static uint8_t memory[FRAMES][PAGE_SIZE] aligned(4096);
static struct page pages[FRAMES];
static unsigned int maps[FRAMES];
static struct domain dom = { .id = 1 };
static struct vcpu vcpus[2];
static struct vcpu_register_runstate_memory_area runstate_arg;
static struct vcpu_register_vcpu_info info_arg;
static const void *arg;
static unsigned int upcalls;

struct ram_view ram_view = { .direct_first = FIRST,
                             .main_first = FIRST,
                             .main_nr = FRAMES };
DEFINE_PER_CPU(uint32_t, softirq_pending);

/* ---- the functions around ---- */

static uint32_t frame_of(guest_ptr_t va)
{
    uint32_t n = va >> PAGE_SHIFT;

    if (n == PAGE_LAST)
        return order[0];
    return n < FRAMES ? order[n] : FRAMES;
}

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    (void)mfn;
    return false;
}

mfn_t guest_frame_get(guest_ptr_t va, bool write)
{
    uint32_t n = frame_of(va);

    assert_true(write);
    if (n >= FRAMES || n == order[PAGE_RO])
        return INVALID_MFN;
    pages[n].ref++;
    return mfn_make(FIRST + n);
}

struct page *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *type)
{
    assert_ptr_equal(d, &dom);
    if (gfn.n >= FRAMES)
        return NULL;
    *type = gfn.n == PAGE_RO ? P2M_RAM_RO : P2M_RAM;
    pages[order[gfn.n]].ref++;
    return &pages[order[gfn.n]];
}

void *frame_map(mfn_t mfn)
{
    uint32_t n = mfn.n - FIRST;

    if (n == order[PAGE_NOMAP])
        return NULL;
    maps[n]++;
    return memory[n];
}

void frame_unmap(void *va)
{
    size_t n = (size_t)((uint8_t(*)[PAGE_SIZE])va - memory);

    assert_ptr_equal(va, memory[n]);
    assert_true(maps[n] > 0);
    maps[n]--;
}

void page_put_last(struct page *pg, uint32_t left)
{
    (void)pg;
    fail_msg("the last reference went: %u", (unsigned int)left);
}

int copy_from_guest(void *dst, guest_ptr_t src, size_t len)
{
    if (src == 0)
        return -EFAULT;
    memcpy(dst, arg, len);
    return 0;
}

struct vcpu *domain_vcpu(struct domain *d, uint32_t id)
{
    return id < 2 ? d->vcpu[id] : NULL;
}

int domain_add_vcpu(struct domain *d, struct vcpu *v)
{
    (void)d;
    (void)v;
    return -EEXIST;
}

void *heap_alloc(struct heap_account *account, size_t size)
{
    (void)account;
    (void)size;
    return NULL;
}

void heap_free(struct heap_account *account, void *p)
{
    (void)account;
    (void)p;
}

void event_upcall(struct vcpu *v)
{
    v->info->evtchn_upcall_pending = 1;
    upcalls++;
}

void softirq_raise(enum softirq_nr nr)
{
    (void)nr;
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    (void)cpu;
    (void)nr;
}

void smp_poll(void)
{
}

static int setup(void **state)
{
    (void)state;
    ram_view.table_bias = (uintptr_t)pages - FIRST * sizeof(struct page);
    memset(memory, 0x55, sizeof(memory));
    memset(vcpus, 0, sizeof(vcpus));
    lock_init(&dom.event.lock, RANK_EVENT);
    dom.runstate_flag = true;
    upcalls = 0;
    for (unsigned int i = 0; i < FRAMES; i++)
        pages[i] = (struct page){ .ref = 1, .owner = dom.id };
    for (uint8_t i = 0; i < 2; i++) {
        vcpus[i].domain = &dom;
        vcpus[i].id = i;
        vcpus[i].info = (struct vcpu_info *)vcpus[i].info_early;
        dom.vcpu[i] = &vcpus[i];
    }
    current = &vcpus[0];
    return 0;
}

/* All pages are given back in the end. */
static int teardown(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 2; i++)
        vcpu_areas_release(&vcpus[i]);
    for (unsigned int i = 0; i < FRAMES; i++) {
        assert_int_equal(pages[i].ref, 1);
        assert_int_equal(maps[i], 0);
    }
    return 0;
}

/* ---- the runstate area ---- */

static int32_t register_at(guest_ptr_t va)
{
    uint32_t regs[] = { VCPUOP_register_runstate_memory_area, current->id, 8 };

    runstate_arg.addr.p = va;
    arg = &runstate_arg;
    return vcpu_op(current, regs);
}

static struct vcpu_runstate_info seen_at(guest_ptr_t va)
{
    struct vcpu_runstate_info info;

    for (unsigned int i = 0; i < INFO; i++, va++)
        ((uint8_t *)&info)[i] = memory[frame_of(va)][va % PAGE_SIZE];
    return info;
}

static void shows(guest_ptr_t va)
{
    struct vcpu_runstate_info now = seen_at(va);

    assert_int_equal(now.state, current->runstate);
    assert_int_equal(now.state_entry_time, current->runstate_since_ns);
    assert_memory_equal(now.time, current->runstate_time_ns, sizeof(now.time));
}

/* At any address, also across pages, and not a byte beside it. */
static void any_address(void **state)
{
    static const guest_ptr_t places[] = {
        0x8,
        0x2000 - INFO, /* the last place in a page                    */
        0x2004 - INFO, /* over the edge, and not 8-aligned            */
        0x2010 - INFO, /* over the edge                               */
        0x2000 - 16,   /* the edge is right behind the flag ...       */
        0x2000 - 15,   /* ... and right before it                     */
        0x1ff8,        /* the state alone on the first page           */
        0x1fff,        /* one byte                                    */
        0x2001,
        0x2004,
        ~0u - INFO + 1, /* the very end                                */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        guest_ptr_t va = places[i];

        assert_int_equal(register_at(va), 0);
        shows(va);
        for (uint8_t s = 0; s < 4; s++) {
            vcpu_runstate_set(current, s,
                              current->runstate_since_ns + 1 +
                                  ((uint64_t)(va + s) << 20));
            shows(va);
        }
        assert_int_equal(memory[frame_of(va - 1)][(va - 1) % PAGE_SIZE], 0x55);
        if (va + INFO)
            assert_int_equal(
                memory[frame_of(va + INFO)][(va + INFO) % PAGE_SIZE], 0x55);
        assert_int_equal(register_at(0), 0);
        memset(memory, 0x55, sizeof(memory));
        vcpu_runstate_set(current, 0, current->runstate_since_ns + 5);
        assert_int_equal(seen_at(va).state, 0x55555555);
    }
}

/* What cannot be had leaves what there is. */
static void failures_keep_the_old(void **state)
{
    static const struct {
        guest_ptr_t va;
        int32_t rc;
    } rows[] = {
        { PAGE_RO << PAGE_SHIFT, -EFAULT },
        { (PAGE_RO << PAGE_SHIFT) - 8, -EFAULT },
        { ((PAGE_RO + 1) << PAGE_SHIFT) - 8, -EFAULT },
        { PAGE_NOMAP << PAGE_SHIFT, -ENOMEM },
        { FRAMES << PAGE_SHIFT, -EFAULT },
        { 0x80000000u, -EFAULT },
        { ~0u - INFO + 2, -EFAULT }, /* around the end of addresses       */
        { ~0u, -EFAULT },
    };
    static const guest_ptr_t olds[] = { 0x1100, 0x1fe0 };

    (void)state;
    for (size_t k = 0; k < ARRAY_SIZE(olds); k++) {
        assert_int_equal(register_at(olds[k]), 0);
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
            assert_int_equal(register_at(rows[i].va), rows[i].rc);
            vcpu_runstate_set(current, 2, current->runstate_since_ns + 7);
            shows(olds[k]);
        }
    }
}

static void only_for_itself(void **state)
{
    uint32_t regs[] = { VCPUOP_register_runstate_memory_area, 1, 8 };

    (void)state;
    arg = &runstate_arg;
    runstate_arg.addr.p = 0x1000;
    assert_int_equal(vcpu_op(current, regs), -EINVAL);
    regs[1] = 2;
    assert_int_equal(vcpu_op(current, regs), -ENOENT);
    regs[1] = 0;
    regs[2] = 0;
    assert_int_equal(vcpu_op(current, regs), -EFAULT);
    regs[0] = 4;
    assert_int_equal(vcpu_op(current, regs), -EINVAL);
}

/* ---- vcpu_info ---- */

static int32_t register_info(uint32_t id, uint64_t gfn, uint32_t offset)
{
    uint32_t regs[] = { VCPUOP_register_vcpu_info, id, 8 };

    info_arg.mfn = gfn;
    info_arg.offset = offset;
    arg = &info_arg;
    return vcpu_op(current, regs);
}

static void info_moves(void **state)
{
    struct vcpu_info *to = (void *)&memory[order[2]][0x40];

    (void)state;
    assert_int_equal(register_info(0, 2, 4), -ENXIO);
    assert_int_equal(register_info(0, 2, PAGE_SIZE - 40), -ENXIO);
    assert_int_equal(register_info(0, PAGE_RO, 0), -EINVAL);
    assert_int_equal(register_info(0, FRAMES, 0), -EINVAL);
    assert_int_equal(register_info(0, 1ull << 40 | 2, 0), -EINVAL);
    assert_int_equal(register_info(1, 2, 0x40), -EINVAL); /* it runs */

    current->info->time.tsc_shift = 77;
    assert_int_equal(register_info(0, 2, 0x40), 0);
    assert_ptr_equal(current->info, to);
    assert_int_equal(to->time.tsc_shift, 77);
    assert_true(to->evtchn_pending_sel == ~(xen_ulong_t)0);
    assert_int_equal(to->evtchn_upcall_pending, 1);
    assert_int_equal(upcalls, 1);
    assert_int_equal(register_info(0, 1, 0), -EINVAL); /* twice */

    vcpus[1].pause_flags = VP_DOWN;
    assert_int_equal(register_info(1, 2, PAGE_SIZE - 48), 0);
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_address),
        TEST(failures_keep_the_old),
        TEST(only_for_itself),
        TEST(info_moves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
