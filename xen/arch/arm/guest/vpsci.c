/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware that a guest finds: PSCI 1.1 and SMCCC 1.1, by HVC #0 and by
 * SMC alike.
 *
 * CPU_ON of one vCPU by several others at once: an atomic claim lets one of
 * them do it; who comes in between is told ON_PENDING, who comes after it
 * ALREADY_ON. A vCPU counts as off when it has also left its pCPU, so its
 * registers are nobody's while they are reset.
 *
 * Source: ARM DEN 0022D (PSCI) 5; ARM DEN 0028C (SMCCC) 7; interface.md 2.7.
 * Layer:  6 (guest).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>
#include <asm/psr.h>

#include <xen/context.h>
#include <xen/guest_traps.h>
#include <xen/platform.h>
#include <xen/psci.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#include <public/xen.h>

#define PSCI_0_1_CPU_OFF 1u
#define PSCI_0_1_CPU_ON  2u

#define PSCI_VERSION_1_1  0x00010001u
#define SMCCC_VERSION_1_1 0x00010001u

#define AFFINITY_ON         0
#define AFFINITY_OFF        1
#define AFFINITY_ON_PENDING 2
#define AFFINITY_LEVELS     3u
#define AFFINITY_BITS       0x00ffffffu /* Aff2, Aff1, Aff0 */

#define MIGRATE_NOT_NEEDED 2 /* no trusted OS */

/* Gets r1..r3, answers r0. */
typedef int32_t psci_fn(struct vcpu *v, const uint32_t *arg);

struct psci_row {
    uint32_t id;
    psci_fn *fn;
};

static psci_fn psci_version, cpu_suspend, cpu_off, cpu_on, affinity_info,
    migrate_info_type, system_off, system_reset, psci_features, cpu_on_0_1,
    smccc_version, smccc_arch_features;

/* clang-format off */
static const struct psci_row psci_rows[] = {
    /* id                         function               r1, r2, r3         */
    { PSCI_0_2_VERSION,           psci_version },
    { PSCI_0_2_AFFINITY_INFO,     affinity_info },       /* affinity, level */
    { PSCI_0_2_CPU_SUSPEND,       cpu_suspend },
    { PSCI_0_2_CPU_OFF,           cpu_off },
    { PSCI_0_2_CPU_ON,            cpu_on },              /* mpidr, pc, ctx  */
    { PSCI_0_2_MIGRATE_INFO_TYPE, migrate_info_type },
    { PSCI_0_2_SYSTEM_OFF,        system_off },
    { PSCI_0_2_SYSTEM_RESET,      system_reset },
    { PSCI_1_0_FEATURES,          psci_features },       /* id              */
    { SMCCC_VERSION_ID,           smccc_version },
    { SMCCC_ARCH_FEATURES_ID,     smccc_arch_features }, /* id              */
    /* PSCI 0.1: the ids of the device tree's psci node. */
    { PSCI_0_1_CPU_OFF,           cpu_off },
    { PSCI_0_1_CPU_ON,            cpu_on_0_1 },          /* mpidr, pc       */
};
/* clang-format on */

static const struct psci_row *psci_find(uint32_t id)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(psci_rows); i++) {
        if (psci_rows[i].id == id)
            return &psci_rows[i];
    }
    return NULL;
}

static int32_t psci_version(struct vcpu *v, const uint32_t *arg)
{
    (void)v;
    (void)arg;
    return (int32_t)PSCI_VERSION_1_1;
}

static int32_t smccc_version(struct vcpu *v, const uint32_t *arg)
{
    (void)v;
    (void)arg;
    return (int32_t)SMCCC_VERSION_1_1;
}

/* The firmware workarounds are for CPUs that cannot help themselves; a
 * Cortex-A15 guest invalidates its own predictor. */
static int32_t smccc_arch_features(struct vcpu *v, const uint32_t *arg)
{
    (void)v;
    return arg[0] == SMCCC_VERSION_ID || arg[0] == SMCCC_ARCH_FEATURES_ID
               ? PSCI_SUCCESS
               : PSCI_NOT_SUPPORTED;
}

static int32_t psci_features(struct vcpu *v, const uint32_t *arg)
{
    (void)v;
    /* The 0.1 ids are no SMCCC calls, ARCH_FEATURES is no PSCI's. */
    if (arg[0] < SMCCC_VERSION_ID || arg[0] == SMCCC_ARCH_FEATURES_ID)
        return PSCI_NOT_SUPPORTED;
    return psci_find(arg[0]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

static int32_t migrate_info_type(struct vcpu *v, const uint32_t *arg)
{
    (void)v;
    (void)arg;
    return MIGRATE_NOT_NEEDED;
}

/* As WFI: the states it could name cost the guest nothing. */
static int32_t cpu_suspend(struct vcpu *v, const uint32_t *arg)
{
    (void)arg;
    vcpu_block(v);
    if (vgic_deliverable(v))
        vcpu_wake(v);
    return PSCI_SUCCESS;
}

static int32_t cpu_off(struct vcpu *v, const uint32_t *arg)
{
    (void)arg;
    vcpu_flags_set(v, VP_DOWN);
    vgic_vcpu_off(v);
    return PSCI_SUCCESS; /* not seen by anybody */
}

static int32_t system_off(struct vcpu *v, const uint32_t *arg)
{
    (void)arg;
    domain_shutdown(v->domain, SHUTDOWN_POWEROFF);
    return PSCI_SUCCESS;
}

static int32_t system_reset(struct vcpu *v, const uint32_t *arg)
{
    (void)arg;
    domain_shutdown(v->domain, SHUTDOWN_REBOOT);
    return PSCI_SUCCESS;
}

/* VMPIDR.Aff0 is the vCPU's id (context_reset). */
static struct vcpu *find_mpidr(struct domain *d, uint32_t mpidr)
{
    if (mpidr >= NR_VCPUS)
        return NULL;
    return domain_vcpu(d, mpidr);
}

static bool is_off(const struct vcpu *v)
{
    if (!(READ_ONCE(v->pause_flags) & VP_DOWN) || READ_ONCE(v->running))
        return false;
    smp_mb(); /* what it wrote while it ran is there */
    return true;
}

/* @t is off and claimed by us: nobody else touches its registers. */
static void start(struct vcpu *t, uint32_t entry, uint32_t context_id)
{
    context_evict(t);
    context_reset(t);
    vtimer_vcpu_reset(t);
    vgic_vcpu_reset(t);

    t->regs.r[0] = context_id;
    t->regs.pc = entry & ~1u;
    if (entry & 1)
        t->regs.cpsr |= PSR_T;
    t->context.initialised = true;
    smp_mb(); /* before any pCPU may pick it */
    vcpu_flags_clear(t, VP_DOWN | VP_BLOCKED);

    /*
     * Events that came while it was off have set the flag but found no
     * vCPU to interrupt, and the next one makes no edge: make it here.
     */
    if (t->info && READ_ONCE(t->info->evtchn_upcall_pending))
        vgic_raise(t, t->domain->event_ppi);
}

static int32_t cpu_on(struct vcpu *v, const uint32_t *arg)
{
    struct vcpu *t = find_mpidr(v->domain, arg[0]);
    int32_t rc = PSCI_ALREADY_ON;

    if (!t)
        return PSCI_INVALID_PARAMS;
    /* It runs already, though the one who started it has not left yet. */
    if (!(READ_ONCE(t->pause_flags) & VP_DOWN))
        return PSCI_ALREADY_ON;
    if (atomic_exchange(&t->context.on_claim, 1))
        return PSCI_ON_PENDING;
    if (is_off(t)) {
        start(t, arg[1], arg[2]);
        rc = PSCI_SUCCESS;
    }
    atomic_store_release(&t->context.on_claim, 0);
    return rc;
}

/* PSCI 0.1 has fewer errors, and no context id. */
static int32_t cpu_on_0_1(struct vcpu *v, const uint32_t *arg)
{
    const uint32_t args[3] = { arg[0], arg[1], 0 };
    int32_t rc = cpu_on(v, args);

    return rc == PSCI_SUCCESS ? rc : PSCI_INVALID_PARAMS;
}

static int32_t affinity_info(struct vcpu *v, const uint32_t *arg)
{
    struct vcpu *t;

    if (arg[1] >= AFFINITY_LEVELS || (arg[0] & ~AFFINITY_BITS))
        return PSCI_INVALID_PARAMS;
    /* Levels above 0: the one cluster, in which the caller is on. */
    if (arg[1] > 0)
        return arg[0] >> 8 ? PSCI_INVALID_PARAMS : AFFINITY_ON;

    t = find_mpidr(v->domain, arg[0]);
    if (!t)
        return PSCI_INVALID_PARAMS;
    if (!(READ_ONCE(t->pause_flags) & VP_DOWN))
        return AFFINITY_ON;
    if (READ_ONCE(t->context.on_claim))
        return AFFINITY_ON_PENDING;
    return is_off(t) ? AFFINITY_OFF : AFFINITY_ON;
}

static void call(struct vcpu *v)
{
    const struct psci_row *row = psci_find(v->regs.r[0]);

    v->regs.r[0] = row ? (uint32_t)row->fn(v, &v->regs.r[1])
                       : (uint32_t)PSCI_NOT_SUPPORTED;
}

enum verdict vpsci_hvc(struct vcpu *v, uint32_t hsr)
{
    (void)hsr;
    call(v);
    return V_RETRY; /* PC is behind the HVC already */
}

/* dom0 was written for the board, whose ROM has services of its own. */
static bool rom_call(struct vcpu *v)
{
    return platform->rom_service && v->domain == hardware_domain &&
           platform->rom_service(v->regs.r[12], v->regs.r[0], &v->regs.r[0]);
}

enum verdict vpsci_smc(struct vcpu *v, uint32_t hsr)
{
    (void)hsr;
    if (!rom_call(v))
        call(v);
    return V_DONE;
}
