/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trapped coprocessor accesses: what is emulated is a row below; all else is
 * undefined, as on hardware that does not have it.
 *
 * Set/way operations (DCISW, DCCSW, DCCISW) act on the caches of the CPU
 * that executes them and nothing else (B2.2.6), so the guest's operation is
 * done for real, on this pCPU. Its vCPU may have run on others and left
 * dirty lines there: before the first operation after such a move, those
 * pCPUs clean and invalidate their caches to the point of coherency. The
 * caches of the guest's other vCPUs stay out of it, as the manual says.
 * Invalidate alone becomes clean and invalidate, always: the lines may be
 * another domain's (HCR.SWIO says the same to hardware).
 *
 * Source: ARM DDI 0406C.c B3.17 (CP15), C11 (debug registers), C12 (PMU),
 *         B1.14 (traps to Hyp mode), B4.2.1 (set/way format);
 *         interface.md 2.10.
 * Layer:  6 (guest).
 */
#include <asm/barrier.h>
#include <asm/cache.h>
#include <asm/hcr.h>
#include <asm/hsr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <asm/guest/cp15.h>
#include <asm/guest/vfp.h>

#include <xen/context.h>
#include <xen/guest_traps.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

typedef uint32_t cp_read_fn(struct vcpu *v);
typedef void cp_write_fn(struct vcpu *v, uint32_t val);

/* Who may: PL1 only; PL0 may read; PL0 as CNTKCTL.PL0PTEN says. */
enum cp_user {
    PL1,
    PL0_READ,
    PL0_TIMER,
};

struct cp_row {
    uint32_t key; /* CP_KEY, the bits of the syndrome         */
    enum cp_user user;
    cp_read_fn *read;   /* NULL: reading is undefined               */
    cp_write_fn *write; /* NULL: writing is undefined               */
};

/* The rows of one CRn; the ones used most come first. */
struct cp_group {
    const struct cp_row *rows;
    unsigned int nr;
};

#define CP_KEY(opc1_, crn_, crm_, opc2_)                                       \
    ((uint32_t)(opc2_) << 17 | (uint32_t)(opc1_) << 14 |                       \
     (uint32_t)(crn_) << 10 | (uint32_t)(crm_) << 1)
#define CP_KEY_MASK CP_KEY(7, 15, 15, 7)
#define GROUP(rows_)                                                           \
    {                                                                          \
        (rows_), ARRAY_SIZE(rows_)                                             \
    }

static cp_read_fn raz, actlr_read, dbgdidr_read;
static cp_write_fn wi, set_way;

/* ---- the tables ---- */

/* clang-format off */
/*     opc1 CRn CRm opc2  user     read          write                    */
static const struct cp_row c1_rows[] = {
    { CP_KEY(0,  1,  0, 1), PL1,      actlr_read,   wi       }, /* ACTLR      */
};

static const struct cp_row c7_rows[] = {
    { CP_KEY(0,  7, 14, 2), PL1,      NULL,         set_way  }, /* DCCISW     */
    { CP_KEY(0,  7, 10, 2), PL1,      NULL,         set_way  }, /* DCCSW      */
    { CP_KEY(0,  7,  6, 2), PL1,      NULL,         set_way  }, /* DCISW      */
};

/* The PMU is not the guests': HDCR.TPM, TPMCR. */
static const struct cp_row c9_rows[] = {
    { CP_KEY(0,  9, 12, 0), PL1,      raz,          wi       }, /* PMCR       */
    { CP_KEY(0,  9, 12, 1), PL1,      raz,          wi       }, /* PMCNTENSET */
    { CP_KEY(0,  9, 12, 2), PL1,      raz,          wi       }, /* PMCNTENCLR */
    { CP_KEY(0,  9, 12, 3), PL1,      raz,          wi       }, /* PMOVSR     */
    { CP_KEY(0,  9, 12, 4), PL1,      NULL,         wi       }, /* PMSWINC    */
    { CP_KEY(0,  9, 12, 5), PL1,      raz,          wi       }, /* PMSELR     */
    { CP_KEY(0,  9, 12, 6), PL1,      raz,          NULL     }, /* PMCEID0    */
    { CP_KEY(0,  9, 12, 7), PL1,      raz,          NULL     }, /* PMCEID1    */
    { CP_KEY(0,  9, 13, 0), PL1,      raz,          wi       }, /* PMCCNTR    */
    { CP_KEY(0,  9, 13, 1), PL1,      raz,          wi       }, /* PMXEVTYPER */
    { CP_KEY(0,  9, 13, 2), PL1,      raz,          wi       }, /* PMXEVCNTR  */
    { CP_KEY(0,  9, 14, 0), PL0_READ, raz,          wi       }, /* PMUSERENR  */
    { CP_KEY(0,  9, 14, 1), PL1,      raz,          wi       }, /* PMINTENSET */
    { CP_KEY(0,  9, 14, 2), PL1,      raz,          wi       }, /* PMINTENCLR */
    { CP_KEY(0,  9, 14, 3), PL1,      raz,          wi       }, /* PMOVSSET   */
};

static const struct cp_row c14_rows[] = {
    /* CNTP_CTL */
    { CP_KEY(0, 14,  2, 1), PL0_TIMER, vtimer_cntp_ctl_read,
      vtimer_cntp_ctl_write },
    /* CNTP_TVAL */
    { CP_KEY(0, 14,  2, 0), PL0_TIMER, vtimer_cntp_tval_read,
      vtimer_cntp_tval_write },
};

/* c0 is id_read below: 56 registers, a direct index. */
static const struct cp_group cp15_groups[16] = {
    [1] = GROUP(c1_rows),
    [7] = GROUP(c7_rows),
    [9] = GROUP(c9_rows),
    [14] = GROUP(c14_rows),
};

/* Debug v7.1 with two breakpoints and one watchpoint that are never hit. */
static const struct cp_row dbg_c0_rows[] = {
    { CP_KEY(0,  0,  1, 0), PL0_READ, raz,          NULL     }, /* DBGDSCRint */
    { CP_KEY(0,  0,  2, 2), PL1,      raz,          wi       }, /* DBGDSCRext */
    { CP_KEY(0,  0,  0, 0), PL0_READ, dbgdidr_read, NULL     }, /* DBGDIDR    */
    { CP_KEY(0,  0,  7, 0), PL1,      raz,          wi       }, /* DBGVCR     */
    { CP_KEY(0,  0,  0, 4), PL1,      raz,          wi       }, /* DBGBVR0    */
    { CP_KEY(0,  0,  1, 4), PL1,      raz,          wi       }, /* DBGBVR1    */
    { CP_KEY(0,  0,  0, 5), PL1,      raz,          wi       }, /* DBGBCR0    */
    { CP_KEY(0,  0,  1, 5), PL1,      raz,          wi       }, /* DBGBCR1    */
    { CP_KEY(0,  0,  0, 6), PL1,      raz,          wi       }, /* DBGWVR0    */
    { CP_KEY(0,  0,  0, 7), PL1,      raz,          wi       }, /* DBGWCR0    */
};

static const struct cp_row dbg_c1_rows[] = {
    { CP_KEY(0,  1,  0, 0), PL0_READ, raz,          NULL     }, /* DBGDRAR    */
    { CP_KEY(0,  1,  0, 4), PL1,      NULL,         wi       }, /* DBGOSLAR   */
    { CP_KEY(0,  1,  3, 4), PL1,      raz,          wi       }, /* DBGOSDLR   */
};

static const struct cp_row dbg_c2_rows[] = {
    { CP_KEY(0,  2,  0, 0), PL0_READ, raz,          NULL     }, /* DBGDSAR    */
};

static const struct cp_group cp14_groups[16] = {
    [0] = GROUP(dbg_c0_rows),
    [1] = GROUP(dbg_c1_rows),
    [2] = GROUP(dbg_c2_rows),
};
/* clang-format on */

/*
 * ID registers by CRm and opc2 (c0, c1..c7); those the manual reserves read
 * as zero. Filled from the hardware, then cut by what guests do not get.
 */
static uint32_t id_regs[8][8];
static uint32_t vfp_id_regs[3]; /* FPSID, MVFR0, MVFR1 */

/*
 * Which set/way values name a line of the data or unified cache of a level:
 * the way's bits up to .way_max, the others below .set_end. All zero: the
 * level has none. The same on each CPU; eight, as the field has three bits.
 */
static struct cache_level {
    uint32_t way_mask, way_max;
    uint32_t set_end;
    uint32_t in_line; /* bits below those of the set                  */
} cache_levels[8];

#define SW_LEVEL FIELD(3, 1) /* set/way format, B4.2.1 */

/* CCSIDR, B4.1.19 */
#define CCSIDR_SETS FIELD(27, 13) /* less one                         */
#define CCSIDR_WAYS FIELD(12, 3)  /* less one                         */
#define CCSIDR_LINE FIELD(2, 0)   /* log2 of its words, less two      */

/* CLIDR, B4.1.20: three bits per level */
#define CLIDR_LEVELS 7u
#define CTYPE_NONE   0u
#define CTYPE_DATA   2u /* and above: has a data or a unified cache    */

/* clang-format off */
#define ID_TABLE(R)                                                            \
    R(1, 0, ID_PFR0)  R(1, 1, ID_PFR1)  R(1, 2, ID_DFR0)  R(1, 3, ID_AFR0)     \
    R(1, 4, ID_MMFR0) R(1, 5, ID_MMFR1) R(1, 6, ID_MMFR2) R(1, 7, ID_MMFR3)    \
    R(2, 0, ID_ISAR0) R(2, 1, ID_ISAR1) R(2, 2, ID_ISAR2) R(2, 3, ID_ISAR3)    \
    R(2, 4, ID_ISAR4) R(2, 5, ID_ISAR5)
/* clang-format on */
#define ID_FILL(crm_, opc2_, name_) id_regs[crm_][opc2_] = sysreg_read(name_);

/* ARMv8 extensions of ID_PFR0 that would need registers of their own. */
#define PFR0_AMU FIELD(23, 20)
#define PFR0_RAS FIELD(31, 28)

static struct cache_level cache_level_read(uint32_t level)
{
    struct cache_level c = { 0 };
    uint32_t ccsidr, ways, line;

    /* No guest has been here yet: CSSELR is nobody's. */
    sysreg_write(CSSELR, level << 1);
    isb();
    ccsidr = sysreg_read(CCSIDR);
    ways = field_get(ccsidr, CCSIDR_WAYS);
    line = field_get(ccsidr, CCSIDR_LINE) + 4;
    if (ways) {
        uint32_t shift = (uint32_t)__builtin_clz(ways);

        c.way_mask = UINT32_MAX << shift;
        c.way_max = ways << shift;
    }
    c.set_end = (field_get(ccsidr, CCSIDR_SETS) + 1) << line;
    c.in_line = BIT(line) - 1;
    return c;
}

static void cache_levels_read(void)
{
    uint32_t types = sysreg_read(CLIDR);

    for (uint32_t i = 0; i < CLIDR_LEVELS; i++, types >>= 3) {
        struct cache_level c = { 0 };

        if ((types & 7) >= CTYPE_DATA)
            c = cache_level_read(i);
        cache_levels[i] = c;
        if ((types & 7) == CTYPE_NONE)
            types = 0; /* levels behind it do not count */
    }
}

void cp15_cpu_init(void)
{
    ID_TABLE(ID_FILL)
    cache_levels_read();
    id_regs[1][0] &= ~(field_mask(PFR0_AMU) | field_mask(PFR0_RAS));
    vfp_ids(vfp_id_regs);
}

uint32_t cp15_fpsid(void)
{
    return vfp_id_regs[0];
}

/* ---- handlers of rows ---- */

static uint32_t raz(struct vcpu *v)
{
    (void)v;
    return 0;
}

static void wi(struct vcpu *v, uint32_t val)
{
    (void)v;
    (void)val;
}

static uint32_t actlr_read(struct vcpu *v)
{
    return v->context.cp15.actlr;
}

/*
 * BRPs = 1 (two), WRPs = 0 (one), version 5 (v7.1), MIDR's variant and
 * revision: C11.11.15.
 */
static uint32_t dbgdidr_read(struct vcpu *v)
{
    uint32_t midr = sysreg_read(MIDR);

    (void)v;
    return 1u << 24 | 5u << 16 | ((midr >> 20) & 0xf) << 4 | (midr & 0xf);
}

static void sweep_caches(void *arg)
{
    (void)arg;
    cache_clean_inv_all_local();
}

static void set_way(struct vcpu *v, uint32_t val)
{
    uint32_t here = 1u << smp_cpu_id();
    uint32_t others = v->context.cache_cpus & ~here;
    const struct cache_level *c = &cache_levels[field_get(val, SW_LEVEL)];

    /*
     * What names no line of this CPU is UNPREDICTABLE (B4.2.1), and it would
     * be us who do it, in Hyp mode: nothing is a legal outcome.
     */
    if ((val & c->way_mask) > c->way_max || (val & ~c->way_mask) >= c->set_end)
        return;
    if (unlikely(others)) {
        smp_call(others & cpu_online_mask, sweep_caches, NULL);
        v->context.cache_cpus = here;
    }
    /* The bits below the set that are not the level's should be zero. */
    sysreg_write(DCCISW, val & ~(c->in_line & ~field_mask(SW_LEVEL)));
    dsb_sy();
}

/* ---- dispatch ---- */

static enum verdict never_inline refuse(const struct vcpu *v, const char *what,
                                        uint32_t hsr)
{
    gprintk(LOG_DEBUG,
            VCPU_FMT ": %s %s opc1 %u c%u c%u opc2 %u at %08x is not there\n",
            VCPU_ARG(v), what, hsr & 1 ? "read" : "write",
            field_get(hsr, CP32_OPC1), field_get(hsr, CP32_CRN),
            field_get(hsr, CP32_CRM), field_get(hsr, CP32_OPC2), v->regs.pc);
    return V_UNDEF;
}

/* Rt of a read; 15 means the flags (A8.8.108: APSR_nzcv). */
static void give(struct vcpu *v, uint32_t hsr, uint32_t val)
{
    unsigned int rt = field_get(hsr, CP32_RT);

    if (unlikely(rt == 15))
        v->regs.cpsr = (v->regs.cpsr & 0x0fffffff) | (val & 0xf0000000);
    else
        guest_reg_set(v, rt, val);
}

static uint32_t take(const struct vcpu *v, uint32_t hsr)
{
    unsigned int rt = field_get(hsr, CP32_RT);

    return unlikely(rt == 15) ? v->regs.pc : guest_reg_get(v, rt);
}

static inline bool user_may(const struct vcpu *v, enum cp_user user, bool read)
{
    if (likely((v->regs.cpsr & PSR_MODE_MASK) != PSR_MODE_USR))
        return true;
    if (user == PL0_TIMER) /* CNTKCTL.PL0PTEN, B8.1.12 */
        return sysreg_read(CNTKCTL) & (1u << 9);
    return user == PL0_READ && read;
}

static inline enum verdict access_row(struct vcpu *v, uint32_t hsr,
                                      const struct cp_row *row)
{
    bool read = field_get(hsr, CP32_READ);

    if (!user_may(v, row->user, read))
        return V_UNDEF;
    if (read) {
        if (!row->read)
            return V_UNDEF;
        give(v, hsr, row->read(v));
    } else {
        if (!row->write)
            return V_UNDEF;
        row->write(v, take(v, hsr));
    }
    return V_DONE;
}

static inline enum verdict access_group(struct vcpu *v, uint32_t hsr,
                                        const struct cp_group *groups,
                                        const char *what)
{
    const struct cp_group *g = &groups[field_get(hsr, CP32_CRN)];
    uint32_t key = hsr & CP_KEY_MASK;

    for (unsigned int i = 0; i < g->nr; i++) {
        if (g->rows[i].key == key)
            return access_row(v, hsr, &g->rows[i]);
    }
    return refuse(v, what, hsr);
}

/* Whole group 3 of ID registers (HCR.TID3): read-only, PL1. */
static enum verdict id_read(struct vcpu *v, uint32_t hsr)
{
    uint32_t crm = field_get(hsr, CP32_CRM);

    if (crm == 0 || crm > 7 || field_get(hsr, CP32_OPC1) ||
        !field_get(hsr, CP32_READ) || !user_may(v, PL1, true))
        return refuse(v, "cp15", hsr);
    give(v, hsr, id_regs[crm][field_get(hsr, CP32_OPC2)]);
    return V_DONE;
}

enum verdict cp15_access32(struct vcpu *v, uint32_t hsr)
{
    if (field_get(hsr, CP32_CRN) == 0)
        return id_read(v, hsr);
    return access_group(v, hsr, cp15_groups, "cp15");
}

enum verdict cp14_access32(struct vcpu *v, uint32_t hsr)
{
    return access_group(v, hsr, cp14_groups, "cp14");
}

/* Write (low, high) to (Rt, Rt2). */
static void give64(struct vcpu *v, uint32_t hsr, uint64_t val)
{
    guest_reg_set(v, field_get(hsr, CP64_RT), (uint32_t)val);
    guest_reg_set(v, field_get(hsr, CP64_RT2), (uint32_t)(val >> 32));
}

static bool regs64_ok(uint32_t hsr)
{
    return field_get(hsr, CP64_RT) != 15 && field_get(hsr, CP64_RT2) != 15;
}

/* CNTP_CVAL (opc1 2, c14) is the only 64-bit register that is emulated. */
enum verdict cp15_access64(struct vcpu *v, uint32_t hsr)
{
    bool read = field_get(hsr, CP64_READ);

    if (field_get(hsr, CP64_CRM) != 14 || field_get(hsr, CP64_OPC1) != 2 ||
        !user_may(v, PL0_TIMER, read) || !regs64_ok(hsr)) {
        gprintk(LOG_DEBUG, VCPU_FMT ": cp15 64-bit opc1 %u c%u at %08x\n",
                VCPU_ARG(v), field_get(hsr, CP64_OPC1),
                field_get(hsr, CP64_CRM), v->regs.pc);
        return V_UNDEF;
    }
    if (read) {
        give64(v, hsr, vtimer_cntp_cval_read(v));
    } else {
        uint64_t low = guest_reg_get(v, field_get(hsr, CP64_RT));
        uint64_t high = guest_reg_get(v, field_get(hsr, CP64_RT2));

        vtimer_cntp_cval_write(v, high << 32 | low);
    }
    return V_DONE;
}

/* DBGDRAR (c1) and DBGDSAR (c2) as 64-bit reads: no ROM table. C11.11.16 */
enum verdict cp14_access64(struct vcpu *v, uint32_t hsr)
{
    uint32_t crm = field_get(hsr, CP64_CRM);

    if ((crm != 1 && crm != 2) || field_get(hsr, CP64_OPC1) != 0 ||
        !field_get(hsr, CP64_READ) || !regs64_ok(hsr))
        return V_UNDEF;
    give64(v, hsr, 0);
    return V_DONE;
}

/* LDC and STC of the debug transfer registers, which are not there. */
enum verdict cp14_access_ls(struct vcpu *v, uint32_t hsr)
{
    (void)v;
    (void)hsr;
    return V_UNDEF;
}

/* VMRS of FPSID, MVFR1, MVFR0 (CRn 0, 6, 7); writing FPSID does nothing. */
enum verdict cp10_access(struct vcpu *v, uint32_t hsr)
{
    uint32_t reg = field_get(hsr, CP32_CRN);

    if (!user_may(v, PL1, true))
        return V_UNDEF;
    if (!field_get(hsr, CP32_READ))
        return reg == 0 ? V_DONE : V_UNDEF;
    switch (reg) {
    case 0:
        give(v, hsr, vfp_id_regs[0]);
        return V_DONE;
    case 6:
        give(v, hsr, vfp_id_regs[2]);
        return V_DONE;
    case 7:
        give(v, hsr, vfp_id_regs[1]);
        return V_DONE;
    default:
        return V_UNDEF;
    }
}

/*
 * WFE lets others go first. WFI blocks, and any enabled interrupt that waits
 * ends it, masked in CPSR or not (B1.8.14). The flag is set before the look:
 * an interrupt that comes between the two clears it again.
 */
enum verdict wfx_trap(struct vcpu *v, uint32_t hsr)
{
    if (field_get(hsr, WFX_WFE)) {
        v->sched.yielding = true;
        softirq_raise(SOFTIRQ_SCHED);
        return V_DONE;
    }
    vcpu_block(v);
    if (vgic_deliverable(v) || (sysreg_read(HCR) & HCR_VA))
        vcpu_wake(v);
    return V_DONE;
}
