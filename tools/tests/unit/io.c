/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated accesses: guest/io.c with the real decoder and PC stepping.
 *
 * Sources: xen/arch/arm/guest/io.c xen/arch/arm/guest/decode.c
 * Sources: xen/arch/arm/guest/cond.c xen/arch/arm/guest/regs.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>

#include <asm/hsr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>
#include <xen/copy.h>
#include <xen/domain.h>
#include <xen/io.h>
#include <xen/p2m.h>

#define DEV 0x3001000ull

static struct domain dom;
static struct vcpu vcpu;
static bool mapped;   /* what stage 2 says                       */
static gfn_t asked;   /* what it was asked about                 */
static uint32_t insn; /* what the guest's code holds             */
static unsigned int insn_size;
static struct io_access seen;
static unsigned int calls;
static enum verdict answer;
static uint32_t device_value;

bool p2m_fault_is_real(struct domain *d, gfn_t gfn)
{
    (void)d;
    asked = gfn;
    return !mapped;
}

int guest_insn_fetch(struct vcpu *v, uint32_t *out, unsigned int *size)
{
    (void)v;
    if (!insn_size)
        return -EFAULT;
    *out = insn;
    *size = insn_size;
    return 0;
}

static enum verdict device(struct vcpu *v, struct io_access *a, void *priv)
{
    assert_ptr_equal(v, &vcpu);
    assert_ptr_equal(priv, &dom);
    seen = *a;
    calls++;
    if (!a->write)
        a->value = device_value;
    return answer;
}

static int setup(void **state)
{
    (void)state;
    memset(&dom, 0, sizeof(dom));
    memset(&vcpu, 0, sizeof(vcpu));
    vcpu.domain = &dom;
    vcpu.regs.pc = 0x8000;
    vcpu.regs.cpsr = PSR_MODE_SVC;
    for (unsigned int i = 0; i < 13; i++)
        vcpu.regs.r[i] = 0x11110000u + i * 0x0101;
    calls = 0;
    answer = V_DONE;
    mapped = false;
    insn_size = 0;
    device_value = 0x89abcdef;
    assert_int_equal(io_register(&dom, DEV, 0x1000, device, &dom), 0);
    return 0;
}

static enum verdict abort_at(gpaddr_t gpa, uint32_t hsr)
{
    *host_sysreg("HPFAR") = (gpa >> 12) << 4;
    *host_sysreg("HDFAR") = 0xf0000000u | (uint32_t)(gpa & 0xfff);
    return io_abort(&vcpu, hsr | 0x24u << 26 | 0x06);
}

/* ISS of an access that the hardware describes. */
static uint32_t iss(unsigned int log2, unsigned int srt, bool sign, bool write)
{
    return 1u << 24 | log2 << 22 | (uint32_t)sign << 21 | srt << 16 |
           (uint32_t)write << 6;
}

static void reads_extend(void **state)
{
    static const struct {
        unsigned int log2;
        bool sign;
        uint32_t want;
    } row[] = {
        { 0, false, 0xef },      { 0, true, 0xffffffef },  { 1, false, 0xcdef },
        { 1, true, 0xffffcdef }, { 2, false, 0x89abcdef },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        assert_int_equal(
            abort_at(DEV + 8, iss(row[i].log2, 3, row[i].sign, false)), V_DONE);
        assert_int_equal(vcpu.regs.r[3], row[i].want);
        assert_int_equal(seen.size, 1u << row[i].log2);
        assert_int_equal(seen.offset, 8);
    }
    assert_int_equal(vcpu.regs.pc, 0x8000); /* traps.c advances it */
}

/* Bits 39:12 of the address all count: HPFAR has them in 31:4. */
static void beyond_4_gib(void **state)
{
    const gpaddr_t far = DEV + 0xff00000000ull;

    (void)state;
    assert_int_equal(abort_at(far, iss(2, 3, false, false)), V_ABORT);
    assert_int_equal(calls, 0);
    assert_int_equal(asked.n, far >> 12);
    assert_int_equal(io_register(&dom, far, 0x1000, device, &dom), 0);
    assert_int_equal(abort_at(far + 4, iss(2, 3, false, false)), V_DONE);
    assert_int_equal(calls, 1);
    assert_int_equal(seen.offset, 4);
}

static void writes_are_cut(void **state)
{
    (void)state;
    vcpu.regs.r[5] = 0xaabbccdd;
    assert_int_equal(abort_at(DEV, iss(1, 5, false, true)), V_DONE);
    assert_true(seen.write);
    assert_int_equal(seen.value, 0xccdd);
    assert_int_equal(seen.offset, 0);
}

static void big_endian_guest(void **state)
{
    (void)state;
    vcpu.regs.cpsr |= PSR_E;
    vcpu.regs.r[5] = 0xaabbccdd;
    assert_int_equal(abort_at(DEV, iss(1, 5, false, true)), V_DONE);
    assert_int_equal(seen.value, 0xddcc);
    assert_int_equal(abort_at(DEV, iss(1, 5, true, false)), V_DONE);
    assert_int_equal(vcpu.regs.r[5], 0xffffefcd);
}

static void banked_registers(void **state)
{
    (void)state;
    *host_sysreg("lr_svc") = 0x1234;
    assert_int_equal(abort_at(DEV, iss(2, 14, false, true)), V_DONE);
    assert_int_equal(seen.value, 0x1234);

    vcpu.regs.cpsr = PSR_MODE_FIQ;
    assert_int_equal(abort_at(DEV, iss(2, 9, false, false)), V_DONE);
    assert_int_equal(*host_sysreg("r9_fiq"), 0x89abcdef);
    assert_int_equal(vcpu.regs.r[9], 0x11110909);

    vcpu.regs.cpsr = PSR_MODE_USR;
    assert_int_equal(abort_at(DEV, iss(2, 14, false, false)), V_DONE);
    assert_int_equal(vcpu.regs.lr, 0x89abcdef);
}

static void pc_as_register(void **state)
{
    (void)state;
    assert_int_equal(abort_at(DEV, iss(2, 15, false, true)), V_DONE);
    assert_int_equal(seen.value, 0x8008);
    assert_int_equal(abort_at(DEV, iss(2, 15, false, false)), V_RETRY);
    assert_int_equal(vcpu.regs.pc, 0x89abcdee);
    assert_true(vcpu.regs.cpsr & PSR_T);
}

static void refused(void **state)
{
    (void)state;
    /* Unaligned, nobody there, not a translation fault, 8 bytes. */
    assert_int_equal(abort_at(DEV + 2, iss(2, 0, false, false)), V_ABORT);
    assert_int_equal(abort_at(DEV - 4, iss(2, 0, false, false)), V_ABORT);
    assert_int_equal(abort_at(DEV + 0x1000, iss(2, 0, false, false)), V_ABORT);
    assert_int_equal(io_abort(&vcpu, iss(2, 0, false, false) | 0x0f), V_ABORT);
    assert_int_equal(abort_at(DEV, iss(3, 0, false, false)), V_ABORT);
    assert_int_equal(calls, 0);

    answer = V_ABORT;
    assert_int_equal(abort_at(DEV, iss(2, 1, false, false)), V_ABORT);
    assert_int_equal(vcpu.regs.r[1], 0x11110101);
}

static void mapped_meanwhile(void **state)
{
    (void)state;
    mapped = true;
    assert_int_equal(abort_at(0x40000000, iss(2, 0, false, false)), V_RETRY);
    assert_int_equal(abort_at(DEV, iss(2, 0, false, false) | 1u << 7), V_RETRY);
    mapped = false;
    /* A stage-1 table in an emulated device. */
    assert_int_equal(abort_at(DEV, iss(2, 0, false, false) | 1u << 7), V_ABORT);
}

static void decoded_with_writeback(void **state)
{
    (void)state;
    insn = 0xe5a43008; /* str r3,[r4,#8]! */
    insn_size = 4;
    vcpu.regs.r[4] = 0xf0000000;
    assert_int_equal(abort_at(DEV + 8, 0), V_RETRY);
    assert_int_equal(seen.value, vcpu.regs.r[3]);
    assert_int_equal(vcpu.regs.r[4], 0xf0000008);
    assert_int_equal(vcpu.regs.pc, 0x8004);

    /* Thumb, inside an IT block: ldrb r5,[r6],#-1 is 4 bytes. */
    insn = 0xf8165901;
    vcpu.regs.cpsr = PSR_T | PSR_MODE_SVC | 0x0800;
    assert_int_equal(abort_at(DEV, 0), V_RETRY);
    assert_int_equal(vcpu.regs.r[5], 0xef);
    assert_int_equal(vcpu.regs.r[6], 0x11110605);
    assert_int_equal(vcpu.regs.pc, 0x8008);
    assert_int_equal(vcpu.regs.cpsr, PSR_T | PSR_MODE_SVC);
}

static void decoded_but_refused(void **state)
{
    (void)state;
    insn = 0xe4b43004; /* ldr r3,[r4],#4, and the device says no */
    insn_size = 4;
    answer = V_ABORT;
    assert_int_equal(abort_at(DEV, 0), V_ABORT);
    assert_int_equal(vcpu.regs.r[4], 0x11110404);
    assert_int_equal(vcpu.regs.r[3], 0x11110303);
    assert_int_equal(vcpu.regs.pc, 0x8000);

    insn = 0xe8940003; /* ldm r4,{r0,r1} */
    answer = V_DONE;
    calls = 0;
    assert_int_equal(abort_at(DEV, 0), V_ABORT);
    insn_size = 0; /* the code itself cannot be read */
    assert_int_equal(abort_at(DEV, 0), V_ABORT);
    assert_int_equal(calls, 0);
}

static void cache_maintenance_is_done(void **state)
{
    (void)state;
    assert_int_equal(abort_at(DEV, 1u << 8 | 1u << 6), V_DONE);
    assert_int_equal(calls, 0);
}

static void regions(void **state)
{
    static const gpaddr_t at[] = { 0x22000000, 0, 0xff00000000, 0x30000 };
    static const gpaddr_t big = 0x10000000;

    (void)state;
    assert_int_equal(io_register(&dom, DEV, 0x1000, device, &dom), -EEXIST);
    assert_int_equal(io_register(&dom, DEV - 0x1000, 0x2000, device, &dom),
                     -EEXIST);
    assert_int_equal(io_register(&dom, DEV - 0x1000, 0x4000, device, &dom),
                     -EEXIST);
    assert_int_equal(io_register(&dom, 0x800, 0x1000, device, &dom), -EINVAL);
    assert_int_equal(io_register(&dom, 0x1000, 0x10, device, &dom), -EINVAL);
    assert_int_equal(io_register(&dom, DEV - 0x1000, 0x1000, device, &dom), 0);
    assert_int_equal(io_register(&dom, DEV + 0x1000, 0x1000, device, &dom), 0);
    assert_int_equal(io_register(&dom, big, 0x8000, device, &dom), 0);
    for (size_t i = 0; i < ARRAY_SIZE(at); i++)
        assert_int_equal(io_register(&dom, at[i], 0x1000, device, &dom), 0);
    for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
        assert_int_equal(abort_at(at[i] + 0xffc, iss(2, 0, false, false)),
                         V_DONE);
        assert_int_equal(seen.offset, 0xffc);
    }
    assert_int_equal(abort_at(big + 0x7ffc, iss(2, 0, false, false)), V_DONE);
    assert_int_equal(seen.offset, 0x7ffc);
    assert_int_equal(abort_at(big + 0x8000, iss(2, 0, false, false)), V_ABORT);
    assert_int_equal(io_register(&dom, 0x50000000, 0x1000, device, &dom),
                     -ENOSPC);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(reads_extend),
        T(beyond_4_gib),
        T(writes_are_cut),
        T(big_endian_guest),
        T(banked_registers),
        T(pc_as_register),
        T(refused),
        T(mapped_meanwhile),
        T(decoded_with_writeback),
        T(decoded_but_refused),
        T(cache_maintenance_is_done),
        T(regions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
