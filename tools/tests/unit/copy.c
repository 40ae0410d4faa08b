/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory in and out: guest/copy.c. The hardware's answer (PAR) is a
 * variable here: every address of the guest leads to the frame that it says.
 *
 * Sources: xen/arch/arm/guest/copy.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>

#include <asm/psr.h>
#include <asm/sysreg.h>
#include <xen/copy.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>

#define FIRST  0x40000u
#define FRAMES 4u
#define ME     3u

static uint8_t memory[FRAMES][PAGE_SIZE] aligned(4096);
static struct page pages[FRAMES];
static struct domain dom = { .id = ME };
static struct vcpu vcpu = { .domain = &dom };

struct ram_view ram_view = { .direct_first = FIRST,
                             .main_first = FIRST,
                             .main_nr = FRAMES };
DEFINE_PER_CPU(struct vcpu *, current_vcpu);

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    (void)mfn;
    return false;
}

void *frame_window_open(mfn_t mfn)
{
    (void)mfn;
    abort();
}

void frame_window_close(void *va)
{
    (void)va; /* host addresses are not where the direct map is */
}

void page_put_last(struct page *pg, uint32_t left)
{
    (void)pg;
    fail_msg("the last reference went: %u", (unsigned int)left);
}

/* Guest frame n is frame FIRST + n; frame 2 is read-only, 3 another's. */
struct page *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *type)
{
    assert_ptr_equal(d, &dom);
    if (gfn.n >= FRAMES)
        return NULL;
    *type = gfn.n == 2 ? P2M_RAM_RO : P2M_RAM;
    pages[gfn.n].ref++;
    return &pages[gfn.n];
}

static void translates_to(uint32_t frame)
{
    *host_sysreg("PAR_64") = (uint64_t)frame << PAGE_SHIFT;
}

static int setup(void **state)
{
    (void)state;
    ram_view.direct_bias = (uintptr_t)memory - ((uintptr_t)FIRST << PAGE_SHIFT);
    ram_view.table_bias = (uintptr_t)pages - FIRST * sizeof(struct page);
    current = &vcpu;
    for (unsigned int i = 0; i < FRAMES; i++) {
        pages[i].ref = 1;
        pages[i].owner = i == 3 ? ME + 1 : ME;
        for (unsigned int k = 0; k < PAGE_SIZE; k++)
            memory[i][k] = (uint8_t)(i * 64 + k);
    }
    translates_to(FIRST + 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < FRAMES; i++)
        assert_int_equal(pages[i].ref, 1);
    return 0;
}

static void in_and_out(void **state)
{
    static const size_t lengths[] = { 1, 4, 6, 40, 64, 68, 300 };
    uint8_t buf[300];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        size_t len = lengths[i];

        memset(buf, 0xee, sizeof(buf));
        assert_int_equal(copy_from_guest(buf, 0x5123, len), 0);
        assert_memory_equal(buf, &memory[1][0x123], len);
        assert_true(len == sizeof(buf) || buf[len] == 0xee);

        memset(buf, 0x5a, sizeof(buf));
        assert_int_equal(copy_to_guest(0x5801, buf, len), 0);
        assert_memory_equal(&memory[1][0x801], buf, len);
        assert_int_not_equal(memory[1][0x801 + len], 0x5a);
        assert_int_equal(clear_guest(0x5801, len), 0);
        assert_int_equal(memory[1][0x801 + len - 1], 0);
    }
    /* Over the edge of a page there is another translation. */
    assert_int_equal(copy_from_guest(buf, 0x5ffd, 6), 0);
    assert_memory_equal(buf, &memory[1][0xffd], 3);
    assert_memory_equal(buf + 3, &memory[1][0], 3);
}

static void only_memory_of_the_caller(void **state)
{
    static const uint64_t answers[] = {
        1,                                   /* no translation          */
        (uint64_t)(FIRST + 3) << PAGE_SHIFT, /* another domain's        */
        (uint64_t)(FIRST + 4) << PAGE_SHIFT, /* no RAM                  */
        1ull << 39,
    };
    struct guest_element e;
    uint32_t word = 7;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
        *host_sysreg("PAR_64") = answers[i];
        assert_int_equal(copy_from_guest(&word, 0x100, 4), -EFAULT);
        assert_int_equal(copy_to_guest(0x100, &word, 4), -EFAULT);
        assert_int_equal(clear_guest(0x100, 4), -EFAULT);
        assert_int_equal(guest_element_open(&e, &word, 0x100, 4), -EFAULT);
        assert_int_equal(word, 7);
        /* The guest's PAR is as it was. */
        assert_true(*host_sysreg("PAR_64") == answers[i]);
    }
    translates_to(FIRST + 1);
    pages[1].ref = 0;
    assert_int_equal(copy_from_guest(&word, 0x100, 4), -EFAULT);
    pages[1].ref = 1;
}

/* What is in between changes neither our copy nor what is not answered. */
static void elements_are_answered_in_part(void **state)
{
    struct guest_element e;
    uint8_t buf[40], was[40];

    (void)state;
    memcpy(was, &memory[1][0x202], sizeof(was));
    assert_int_equal(guest_element_open(&e, buf, 0x9202, sizeof(buf)), 0);
    assert_int_equal(pages[1].ref, 2);
    assert_memory_equal(buf, was, sizeof(buf));

    memory[1][0x202] ^= 0xff;
    translates_to(FIRST + 2); /* the guest maps something else there */
    assert_memory_equal(buf, was, sizeof(buf));
    memset(buf, 0x11, sizeof(buf));
    assert_int_equal(guest_element_close(&e, buf, 36, 40), 0);
    assert_int_equal(pages[1].ref, 1);
    assert_int_equal(memory[1][0x202], was[0] ^ 0xff);
    assert_memory_equal(&memory[1][0x203], was + 1, 35);
    assert_memory_equal(&memory[1][0x202 + 36], buf + 36, 4);

    /* Without an answer. */
    assert_int_equal(guest_element_open(&e, buf, 0x9000, 8), 0);
    assert_int_equal(guest_element_close(&e, buf, 8, 8), 0);
}

static void elements_in_two_pages(void **state)
{
    struct guest_element e;
    uint32_t buf[4];

    (void)state;
    memset(&memory[1][0], 0x22, 8);
    memset(&memory[1][0xff8], 0x33, 8);
    assert_int_equal(guest_element_open(&e, buf, 0x5ff8, sizeof(buf)), 0);
    assert_int_equal(pages[1].ref, 1);
    assert_int_equal(buf[1], 0x33333333);
    assert_int_equal(buf[2], 0x22222222);
    buf[1] = buf[2] = buf[3] = 0;
    assert_int_equal(guest_element_close(&e, buf, 8, 16), 0);
    assert_int_equal(memory[1][0], 0);
    assert_int_equal(memory[1][0xffc], 0x33);

    /* Only here can the answer find no place. */
    assert_int_equal(guest_element_open(&e, buf, 0x5ff8, sizeof(buf)), 0);
    translates_to(FIRST + 3);
    assert_int_equal(guest_element_close(&e, buf, 8, 16), -EFAULT);
    assert_int_equal(guest_element_open(&e, buf, 0x5ff8, 16), -EFAULT);
}

static void by_physical_address(void **state)
{
    uint8_t buf[16];

    (void)state;
    assert_int_equal(copy_from_gpa(&dom, buf, 0xff8, 16), 0);
    assert_memory_equal(buf, &memory[0][0xff8], 8);
    assert_memory_equal(buf + 8, &memory[1][0], 8);
    assert_int_equal(copy_to_gpa(&dom, 0x1010, buf, 16), 0);
    assert_memory_equal(&memory[1][0x10], buf, 16);
    assert_int_equal(copy_from_gpa(&dom, buf, 0x2000, 16), 0);
    assert_int_equal(copy_to_gpa(&dom, 0x2000, buf, 16), -EFAULT);
    assert_int_equal(copy_from_gpa(&dom, buf, 0x3000, 16), -EFAULT);
    assert_int_equal(copy_from_gpa(&dom, buf, 0x4000, 16), -EFAULT);
    assert_int_equal(copy_from_gpa(&dom, buf, 1ull << 40, 1), -EFAULT);
}

static void instructions(void **state)
{
    static const uint16_t code[] = { 0x4770, 0xf8d0, 0x1004 };
    unsigned int size;
    uint32_t insn;

    (void)state;
    memcpy(&memory[1][0x40], code, sizeof(code));
    vcpu.regs.cpsr = PSR_T;
    vcpu.regs.pc = 0x8040;
    assert_int_equal(guest_insn_fetch(&vcpu, &insn, &size), 0);
    assert_int_equal(size, 2);
    assert_int_equal(insn, 0x4770);
    vcpu.regs.pc = 0x8042;
    assert_int_equal(guest_insn_fetch(&vcpu, &insn, &size), 0);
    assert_int_equal(size, 4);
    assert_true(insn == 0xf8d01004);
    vcpu.regs.cpsr = 0;
    vcpu.regs.pc = 0x8040;
    assert_int_equal(guest_insn_fetch(&vcpu, &insn, &size), 0);
    assert_int_equal(size, 4);
    assert_true(insn == 0xf8d04770);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(in_and_out),
        T(only_memory_of_the_caller),
        T(elements_are_answered_in_part),
        T(elements_in_two_pages),
        T(by_physical_address),
        T(instructions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
