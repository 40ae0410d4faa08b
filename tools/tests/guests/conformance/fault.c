/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Undefined instructions and external aborts: the state in which the guest
 * finds itself. Under a hypervisor most of them are injected.
 *
 * Source: DDI 0406C.c B1.8.3 (return addresses), B1.9.1 (CPSR on entry),
 *         B3.13.3 (fault status, long descriptors).
 * Layer:  test guest.
 */
#include "conformance.h"

#include "internal.h"

/* Nothing is there on QEMU's virt board (0x0e000000 is secure RAM's). */
#define NOTHING 0x0e800000u

#define PSR_A 0x100u
#define PSR_I 0x080u
#define PSR_F 0x040u
#define PSR_T 0x020u

/* probe.S stores into this; the order is known there. */
struct capture {
    uint32_t r0, lr, spsr, cpsr, kind;
    uintptr_t resume;
};
STATIC_ASSERT(offsetof(struct capture, resume) == 20);

void probe_call(void (*fn)(void), uint32_t regs[2], uint32_t psr);
void probe_stacks(struct capture *c);
void probe_fetch(struct capture *c, uint32_t address);
extern char probe_vectors_arm[], probe_vectors_thumb[];

struct probe {
    const char *name;
    void (*fn)(void);
    char *at, *end;
};

/* clang-format off */
#define PROBES(P)                                                              \
    P(udf) P(c15) P(c15_write) P(c15_ne) P(c15_eq) P(actlr_eq) P(mcrr)         \
    P(cp14) P(hyp) P(ldr) P(ldrb) P(ldrsh) P(ldrd) P(ldr_post) P(ldr_pre)      \
    P(ldm) P(ldreq) P(str) P(strb) P(strh) P(str_post) P(stm) P(ldrex)         \
    P(t_udf16) P(t_udf32) P(t_c15) P(t_c15_ne) P(t_c15_eq) P(t_actlr_eq)       \
    P(t_ldr) P(t_ldrw) P(t_ldrne) P(t_str) P(t_ldm)
#define PROBE_DECLARE(name_)                                                   \
    void probe_##name_(void);                                                  \
    extern char probe_##name_##_at[], probe_##name_##_end[];
#define PROBE_ROW(name_)                                                       \
    { #name_, probe_##name_, probe_##name_##_at, probe_##name_##_end },

PROBES(PROBE_DECLARE)
static const struct probe probes[] = { PROBES(PROBE_ROW) };
/* clang-format on */

static volatile struct capture capture;
static uint32_t library_vectors;

static void vectors_use(const char *table, bool thumb)
{
    uint32_t sctlr = CP15_READ(0, c1, c0, 0);

    CP15_WRITE((uintptr_t)table, 0, c12, c0, 0);
    CP15_WRITE(thumb ? sctlr | 1u << 30 : sctlr & ~(1u << 30), 0, c1, c0, 0);
    isb();
}

static void vectors_restore(void)
{
    vectors_use((const char *)(uintptr_t)library_vectors, false);
}

/* Bits of a PSR that tell something; flags were clear, E and J are 0. */
static uint32_t psr(uint32_t val)
{
    return val & 0x0700ffffu;
}

static void say(const char *how, const struct probe *p, const uint32_t *regs,
                uint32_t fsr, uint32_t far)
{
    if (!capture.kind) {
        print("= fault.%s.%s: none, r0 %08x r1 %08x\n", how, p->name, regs[0],
              regs[1]);
        return;
    }
    print("= fault.%s.%s: kind %u lr +%d spsr %08x cpsr %08x", how, p->name,
          capture.kind, (int)(capture.lr - (uintptr_t)p->at), psr(capture.spsr),
          psr(capture.cpsr));
    if (capture.kind != 1)
        print(" fsr %03x far %08x", fsr, far);
    print(" r0 %08x r1 %08x\n", regs[0], regs[1]);
}

static void probe_run(const struct probe *p, const char *how, uint32_t mask)
{
    uint32_t regs[2] = { 0x5a5a5a5a, NOTHING };
    uint32_t fsr, far;

    capture.kind = 0;
    capture.resume = (uintptr_t)p->end;
    /* Older faults must not be taken for this one. */
    CP15_WRITE(0, 0, c5, c0, 0);
    CP15_WRITE(0, 0, c6, c0, 0);
    dsb();
    probe_call(p->fn, regs, mask);
    fsr = CP15_READ(0, c5, c0, 0);
    far = CP15_READ(0, c6, c0, 0);
    vectors_restore();
    say(how, p, regs, fsr, far);
}

static void data_and_undef(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
        vectors_use(probe_vectors_arm, false);
        probe_run(&probes[i], "open", 0);
        vectors_use(probe_vectors_arm, false);
        probe_run(&probes[i], "masked", PSR_A | PSR_I | PSR_F);
        vectors_use(probe_vectors_thumb, true);
        probe_run(&probes[i], "te", PSR_A | PSR_I | PSR_F);
    }
}

/* The GiB of devices as memory that can be fetched from, and back. */
static void low_gib_set(uint64_t block)
{
    mmu_level1[0] = block;
    dsb();
    CP15_WRITE(0, 0, c8, c7, 0); /* TLBIALL */
    dsb();
    isb();
}

static void fetches(void)
{
    static const char *const how[] = { "arm", "thumb" };
    uint64_t device = mmu_level1[0];

    for (uint32_t thumb = 0; thumb < 2; thumb++) {
        uint32_t ifsr, ifar;

        capture.kind = 0;
        CP15_WRITE(0, 0, c5, c0, 1);
        CP15_WRITE(0, 0, c6, c0, 2);
        low_gib_set((device & ~(1ull << 54)) & ~(7ull << 2));
        vectors_use(probe_vectors_arm, false);
        probe_fetch((struct capture *)&capture, NOTHING | thumb);
        ifsr = CP15_READ(0, c5, c0, 1);
        ifar = CP15_READ(0, c6, c0, 2);
        vectors_restore();
        low_gib_set(device);
        print("= fault.fetch.%s: kind %u lr +%d spsr %08x cpsr %08x "
              "fsr %03x far %08x\n",
              how[thumb], capture.kind, (int)(capture.lr - NOTHING),
              psr(capture.spsr), psr(capture.cpsr), ifsr, ifar);
    }
}

void conform_fault(void)
{
    library_vectors = CP15_READ(0, c12, c0, 0);
    probe_stacks((struct capture *)&capture);
    data_and_undef();
    fetches();
}
