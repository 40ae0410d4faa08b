/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulated distributor: one row per 128 bytes of registers, found by
 * the offset itself.
 *
 * What the manual leaves open is as the Cortex-A15's: SGIs always enabled,
 * priorities of 5 bits, PPIs level-sensitive, no Security Extensions. Only
 * registers that the manual calls byte-accessible are; other widths abort.
 * Reserved addresses read 0 and ignore writes (IHI 0048B 4.1.2).
 *
 * Source: ARM IHI 0048B 4.1.4 (access sizes), 4.3 (registers);
 *         ARM DDI 0438 8.3.1 (A15).
 * Layer:  6 (guest).
 */
#include <xen/gic.h>
#include <xen/io.h>
#include <xen/vgic.h>

#include <asm/gic_regs.h>
#include <asm/guest/vgic_state.h>

#define ROW_SHIFT 7u
#define ROWS      32u

/* One access of 4 bytes, or of 1 where .bytes says so. */
typedef enum verdict row_fn(struct vcpu *v, struct io_access *a);

struct dist_row {
    row_fn *read, *write;
    bool bytes; /* each byte is a register of its own */
};

static enum verdict zero_read(struct vcpu *v, struct io_access *a)
{
    (void)v;
    a->value = 0;
    return V_DONE;
}

static enum verdict ignore_write(struct vcpu *v, struct io_access *a)
{
    (void)v;
    (void)a;
    return V_DONE;
}

/* ---- 0x000: control and identification ---- */

#define VGIC_IIDR 0x0000043bu /* ARM, as real Xen's */

static enum verdict ctlr_read(struct vcpu *v, struct io_access *a)
{
    const struct domain *d = v->domain;

    if (a->offset == GICD_CTLR)
        a->value = d->vgic.enabled; /* GICD_CTLR_ENABLE */
    else if (a->offset == GICD_TYPER)
        a->value = (uint32_t)(d->max_vcpus - 1) << 5 | d->vgic.nr_spis / 32u;
    else
        a->value = a->offset == GICD_IIDR ? VGIC_IIDR : 0;
    return V_DONE;
}

static enum verdict ctlr_write(struct vcpu *v, struct io_access *a)
{
    if (a->offset == GICD_CTLR)
        vgic_set_enabled(v->domain, a->value & GICD_CTLR_ENABLE);
    return V_DONE;
}

/* ---- 0x100-0x3ff: a bit per interrupt ---- */

/* First interrupt of the bit-per-interrupt register at @offset. */
static inline uint32_t bits_first(uint32_t offset)
{
    return (offset & 0x7cu) * 8;
}

static enum verdict enabled_read(struct vcpu *v, struct io_access *a)
{
    uint32_t first = bits_first(a->offset);
    uint32_t end = MIN(first + 32u, vgic_lines(v->domain));
    uint32_t word = 0;

    for (uint32_t nr = first; nr < end; nr++)
        word |= (uint32_t)vgic_irq(v, nr)->enabled << (nr - first);
    a->value = word;
    return V_DONE;
}

static enum verdict pending_read(struct vcpu *v, struct io_access *a)
{
    a->value = vgic_pending_word(v, bits_first(a->offset));
    return V_DONE;
}

static enum verdict active_read(struct vcpu *v, struct io_access *a)
{
    a->value = vgic_active_word(v, bits_first(a->offset));
    return V_DONE;
}

static void never_inline spi_bits(struct vcpu *v, uint32_t first, uint32_t val,
                                  vgic_bit_op *op)
{
    uint32_t lines = vgic_lines(v->domain);

    if (first >= lines)
        return;
    if (lines - first < 32)
        val &= BIT(lines - first) - 1;

    vgic_dist_lock(v->domain);
    for (; val; val &= val - 1)
        op(v, first + (uint32_t)__builtin_ctz(val));
    vgic_dist_unlock(v->domain);
}

/* @op for each 1 that is written; nothing else is looked at. */
static inline __attribute__((always_inline)) enum verdict
bits_write(struct vcpu *v, struct io_access *a, vgic_bit_op *op)
{
    uint32_t first = bits_first(a->offset);

    if (first != 0) {
        spi_bits(v, first, a->value, op);
        return V_DONE;
    }
    for (uint32_t val = a->value; val; val &= val - 1)
        op(v, (uint32_t)__builtin_ctz(val));
    return V_DONE;
}

/* Most writes change nothing: seen without a call. */
static inline void enable(struct vcpu *v, uint32_t nr)
{
    if (!vgic_irq(v, nr)->enabled)
        vgic_enable(v, nr);
}

static inline void disable(struct vcpu *v, uint32_t nr)
{
    if (nr >= VGIC_SGI_NR && vgic_irq(v, nr)->enabled)
        vgic_disable(v, nr);
}

/* clang-format off */
#define BITS_WRITE(name_, op_)                                                 \
    static enum verdict name_(struct vcpu *v, struct io_access *a)             \
    {                                                                          \
        return bits_write(v, a, op_);                                          \
    }
BITS_WRITE(isenabler_write, enable)
BITS_WRITE(icenabler_write, disable)
BITS_WRITE(ispendr_write,   vgic_set_pending)
BITS_WRITE(icpendr_write,   vgic_clear_pending)
BITS_WRITE(isactiver_write, vgic_set_active)
BITS_WRITE(icactiver_write, vgic_clear_active)
/* clang-format on */

/* ---- 0x400, 0x800: a byte per interrupt ---- */

static enum verdict priority_read(struct vcpu *v, struct io_access *a)
{
    uint32_t nr = a->offset - GICD_IPRIORITYR(0);

    a->value = 0;
    for (uint32_t i = 0; i < a->size && nr + i < vgic_lines(v->domain); i++)
        a->value |= (uint32_t)vgic_irq(v, nr + i)->priority << i * 8;
    return V_DONE;
}

static enum verdict priority_write(struct vcpu *v, struct io_access *a)
{
    uint32_t nr = a->offset - GICD_IPRIORITYR(0);
    uint32_t end = MIN(nr + a->size, vgic_lines(v->domain));

    if (nr >= VGIC_LOCAL_NR)
        vgic_dist_lock(v->domain);
    for (uint32_t val = a->value, i = nr; i < end; i++, val >>= 8)
        vgic_set_priority(v, i, (uint8_t)val);
    if (nr >= VGIC_LOCAL_NR)
        vgic_dist_unlock(v->domain);
    return V_DONE;
}

/*
 * ITARGETSR0-7 tell a CPU its own number. A single CPU is the target of all,
 * written or not, and reads 0 (4.3.12).
 */
static enum verdict targets_read(struct vcpu *v, struct io_access *a)
{
    uint32_t nr = a->offset - GICD_ITARGETSR(0);

    a->value = 0;
    if (v->domain->max_vcpus == 1)
        return V_DONE;
    for (uint32_t i = 0; i < a->size && nr + i < vgic_lines(v->domain); i++)
        a->value |= (uint32_t)vgic_irq(v, nr + i)->targets << i * 8;
    return V_DONE;
}

static enum verdict targets_write(struct vcpu *v, struct io_access *a)
{
    uint32_t nr = a->offset - GICD_ITARGETSR(0);
    uint32_t end = MIN(nr + a->size, vgic_lines(v->domain));

    if (nr < VGIC_LOCAL_NR || v->domain->max_vcpus == 1)
        return V_DONE;
    vgic_dist_lock(v->domain);
    for (uint32_t val = a->value; nr < end; nr++, val >>= 8)
        vgic_set_targets(v, nr, (uint8_t)val);
    vgic_dist_unlock(v->domain);
    return V_DONE;
}

/* ---- 0xc00: two bits per interrupt ---- */

static inline uint32_t config_first(uint32_t offset)
{
    return (offset - GICD_ICFGR(0)) * 4;
}

static enum verdict config_read(struct vcpu *v, struct io_access *a)
{
    uint32_t first = config_first(a->offset);
    uint32_t end = MIN(first + 16u, vgic_lines(v->domain));

    a->value = 0;
    for (uint32_t nr = first; nr < end; nr++)
        if (!vgic_irq(v, nr)->level)
            a->value |= GICD_ICFGR_EDGE << (nr - first) * 2;
    return V_DONE;
}

/* SGIs and PPIs are as they are. */
static enum verdict config_write(struct vcpu *v, struct io_access *a)
{
    uint32_t first = config_first(a->offset);
    uint32_t end = MIN(first + 16u, vgic_lines(v->domain));

    if (first < VGIC_LOCAL_NR)
        return V_DONE;
    vgic_dist_lock(v->domain);
    for (uint32_t nr = first; nr < end; nr++)
        vgic_set_level(v, nr,
                       !(a->value >> (nr - first) * 2 & GICD_ICFGR_EDGE));
    vgic_dist_unlock(v->domain);
    return V_DONE;
}

/* ---- 0xf00: SGIs ---- */

/*
 * vCPUs that are off get none: vgic_sgi sees to it. Filter value 3 is
 * reserved; it reaches nobody.
 */
static enum verdict sgir_write(struct vcpu *v, uint32_t val)
{
    const struct domain *d = v->domain;
    uint32_t sgi = field_get(val, GICD_SGIR_SGI);
    uint32_t left;

    switch (field_get(val, GICD_SGIR_FILTER)) {
    case GICD_SGIR_TO_LIST:
        left = field_get(val, GICD_SGIR_TARGETS);
        break;
    case GICD_SGIR_TO_OTHERS:
        left = ~BIT(v->id);
        break;
    case GICD_SGIR_TO_SELF:
        vgic_sgi(v, v, sgi);
        return V_DONE;
    default:
        return V_DONE;
    }
    for (left &= BIT(d->max_vcpus) - 1; left; left &= left - 1) {
        struct vcpu *dst = d->vcpu[__builtin_ctz(left)];

        if (dst)
            vgic_sgi(dst, v, sgi);
    }
    return V_DONE;
}

/* SGIR itself is a word among bytes, and write-only. */
static enum verdict sgi_read(struct vcpu *v, struct io_access *a)
{
    a->value = 0;
    if ((a->offset & ~3u) == GICD_SGIR)
        return a->size == 4 ? V_DONE : V_ABORT;
    if (a->offset < GICD_CPENDSGIR(0) || a->offset >= GICD_SPENDSGIR(16))
        return V_DONE;
    for (uint32_t i = 0; i < a->size; i++)
        a->value |= (uint32_t)vgic_sgi_sources(v, (a->offset + i) % VGIC_SGI_NR)
                    << i * 8;
    return V_DONE;
}

static enum verdict sgi_write(struct vcpu *v, struct io_access *a)
{
    bool set = a->offset >= GICD_SPENDSGIR(0);

    if ((a->offset & ~3u) == GICD_SGIR)
        return a->size == 4 ? sgir_write(v, a->value) : V_ABORT;
    if (a->offset < GICD_CPENDSGIR(0) || a->offset >= GICD_SPENDSGIR(16))
        return V_DONE;
    for (uint32_t i = 0; i < a->size; i++) {
        uint32_t sgi = (a->offset + i) % VGIC_SGI_NR;
        uint8_t sources = (uint8_t)(a->value >> i * 8);

        if (set)
            vgic_sgi_set(v, sgi, sources);
        else
            vgic_sgi_clear(v, sgi, sources);
    }
    return V_DONE;
}

/* ---- 0xf80: identification, DDI 0438 8.3.1: ICPIDR4 first ---- */

static enum verdict id_read(struct vcpu *v, struct io_access *a)
{
    static const uint8_t id[] = {
        0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
    };

    (void)v;
    a->value = a->offset < 0xfd0u ? 0 : id[(a->offset - 0xfd0u) / 4];
    return V_DONE;
}

/* clang-format off */
#define PRIORITY { priority_read, priority_write, true }
#define TARGETS  { targets_read,  targets_write,  true }
#define CONFIG   { config_read,   config_write,   false }
#define RAZ_WI   { zero_read,     ignore_write,   false }

static const struct dist_row rows[ROWS] = {
    [0x000 >> ROW_SHIFT] = { ctlr_read,    ctlr_write,      false },
    [0x080 >> ROW_SHIFT] = RAZ_WI, /* IGROUPR: no Security Extensions */
    [0x100 >> ROW_SHIFT] = { enabled_read, isenabler_write, false },
    [0x180 >> ROW_SHIFT] = { enabled_read, icenabler_write, false },
    [0x200 >> ROW_SHIFT] = { pending_read, ispendr_write,   false },
    [0x280 >> ROW_SHIFT] = { pending_read, icpendr_write,   false },
    [0x300 >> ROW_SHIFT] = { active_read,  isactiver_write, false },
    [0x380 >> ROW_SHIFT] = { active_read,  icactiver_write, false },
    [0x400 >> ROW_SHIFT] = PRIORITY, [0x480 >> ROW_SHIFT] = PRIORITY,
    [0x500 >> ROW_SHIFT] = PRIORITY, [0x580 >> ROW_SHIFT] = PRIORITY,
    [0x600 >> ROW_SHIFT] = PRIORITY, [0x680 >> ROW_SHIFT] = PRIORITY,
    [0x700 >> ROW_SHIFT] = PRIORITY, [0x780 >> ROW_SHIFT] = PRIORITY,
    [0x800 >> ROW_SHIFT] = TARGETS,  [0x880 >> ROW_SHIFT] = TARGETS,
    [0x900 >> ROW_SHIFT] = TARGETS,  [0x980 >> ROW_SHIFT] = TARGETS,
    [0xa00 >> ROW_SHIFT] = TARGETS,  [0xa80 >> ROW_SHIFT] = TARGETS,
    [0xb00 >> ROW_SHIFT] = TARGETS,  [0xb80 >> ROW_SHIFT] = TARGETS,
    [0xc00 >> ROW_SHIFT] = CONFIG,   [0xc80 >> ROW_SHIFT] = CONFIG,
    [0xd00 >> ROW_SHIFT] = RAZ_WI, /* implementation defined */
    [0xd80 >> ROW_SHIFT] = RAZ_WI,
    [0xe00 >> ROW_SHIFT] = RAZ_WI, /* NSACR: no Security Extensions */
    [0xe80 >> ROW_SHIFT] = RAZ_WI,
    [0xf00 >> ROW_SHIFT] = { sgi_read,     sgi_write,       true },
    [0xf80 >> ROW_SHIFT] = { id_read,      ignore_write,    false },
};
/* clang-format on */

STATIC_ASSERT(GICD_ICFGR(0) == 0xc00u && GICD_IPRIORITYR(0) == 0x400u);

/* Aligned to its size: io.c lets no other access through. */
enum verdict vgic_mmio(struct vcpu *v, struct io_access *a, void *priv)
{
    const struct dist_row *row = &rows[a->offset >> ROW_SHIFT & (ROWS - 1)];

    (void)priv;
    if (unlikely(a->size != 4) && (a->size != 1 || !row->bytes))
        return V_ABORT;
    return a->write ? row->write(v, a) : row->read(v, a);
}
