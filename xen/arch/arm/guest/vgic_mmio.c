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

/* @offset: of the register in the distributor; @first: row's first one. */
typedef uint32_t row_read(struct vcpu *v, uint32_t offset);
typedef void row_write(struct vcpu *v, uint32_t offset, uint32_t val);

struct dist_row {
    bool bytes;           /* each byte is a register of its own     */
    row_read *read;       /* NULL: zero                             */
    row_write *write;     /* NULL: ignored                          */
    vgic_bit_op *set_bit; /* instead of .write: each 1 in the word  */
};

/* First interrupt of the bit-per-interrupt register at @offset. */
static uint32_t bits_first(uint32_t offset)
{
    return (offset & 0x7cu) * 8;
}

/* ---- 0x000: control and identification ---- */

#define VGIC_IIDR 0x0000043bu /* ARM, as real Xen's */

static uint32_t ctlr_read(struct vcpu *v, uint32_t offset)
{
    const struct domain *d = v->domain;

    switch (offset) {
    case GICD_CTLR:
        return d->vgic.enabled ? GICD_CTLR_ENABLE : 0;
    case GICD_TYPER:
        return (uint32_t)(d->max_vcpus - 1) << 5 | d->vgic.nr_spis / 32u;
    case GICD_IIDR:
        return VGIC_IIDR;
    default:
        return 0;
    }
}

static void ctlr_write(struct vcpu *v, uint32_t offset, uint32_t val)
{
    if (offset == GICD_CTLR)
        vgic_set_enabled(v->domain, val & GICD_CTLR_ENABLE);
}

/* ---- 0x100-0x3ff: a bit per interrupt ---- */

static uint32_t enabled_read(struct vcpu *v, uint32_t offset)
{
    uint32_t first = bits_first(offset);
    uint32_t end = MIN(first + 32u, vgic_lines(v->domain));
    uint32_t word = 0;

    for (uint32_t nr = first; nr < end; nr++)
        word |= (uint32_t)vgic_irq(v, nr)->enabled << (nr - first);
    return word;
}

static uint32_t pending_read(struct vcpu *v, uint32_t offset)
{
    return vgic_pending_word(v, bits_first(offset));
}

static uint32_t active_read(struct vcpu *v, uint32_t offset)
{
    return vgic_active_word(v, bits_first(offset));
}

static void bits_write(struct vcpu *v, uint32_t offset, uint32_t val,
                       vgic_bit_op *set_bit)
{
    uint32_t first = bits_first(offset);
    uint32_t lines = vgic_lines(v->domain);

    if (first >= lines)
        return;
    if (lines - first < 32)
        val &= BIT(lines - first) - 1;

    if (first >= VGIC_LOCAL_NR)
        vgic_dist_lock(v->domain);
    for (; val; val &= val - 1)
        set_bit(v, first + (uint32_t)__builtin_ctz(val));
    if (first >= VGIC_LOCAL_NR)
        vgic_dist_unlock(v->domain);
}

/* ---- 0x400, 0x800: a byte per interrupt ---- */

static uint32_t priority_read(struct vcpu *v, uint32_t offset)
{
    uint32_t nr = offset - GICD_IPRIORITYR(0);

    return nr < vgic_lines(v->domain) ? vgic_irq(v, nr)->priority : 0;
}

static void priority_write(struct vcpu *v, uint32_t offset, uint32_t val)
{
    uint32_t nr = offset - GICD_IPRIORITYR(0);

    if (nr < VGIC_LOCAL_NR) {
        vgic_set_priority(v, nr, (uint8_t)val);
    } else if (nr < vgic_lines(v->domain)) {
        vgic_dist_lock(v->domain);
        vgic_set_priority(v, nr, (uint8_t)val);
        vgic_dist_unlock(v->domain);
    }
}

/* ITARGETSR0-7 tell a CPU its own number. */
static uint32_t targets_read(struct vcpu *v, uint32_t offset)
{
    uint32_t nr = offset - GICD_ITARGETSR(0);

    return nr < vgic_lines(v->domain) ? vgic_irq(v, nr)->targets : 0;
}

static void targets_write(struct vcpu *v, uint32_t offset, uint32_t val)
{
    uint32_t nr = offset - GICD_ITARGETSR(0);

    if (nr < VGIC_LOCAL_NR || nr >= vgic_lines(v->domain))
        return;
    vgic_dist_lock(v->domain);
    vgic_set_targets(v, nr, (uint8_t)val);
    vgic_dist_unlock(v->domain);
}

/* ---- 0xc00: two bits per interrupt ---- */

static uint32_t config_first(uint32_t offset)
{
    return (offset - GICD_ICFGR(0)) * 4;
}

static uint32_t config_read(struct vcpu *v, uint32_t offset)
{
    uint32_t first = config_first(offset);
    uint32_t end = MIN(first + 16u, vgic_lines(v->domain));
    uint32_t word = 0;

    for (uint32_t nr = first; nr < end; nr++)
        if (!vgic_irq(v, nr)->level)
            word |= GICD_ICFGR_EDGE << (nr - first) * 2;
    return word;
}

/* SGIs and PPIs are as they are. */
static void config_write(struct vcpu *v, uint32_t offset, uint32_t val)
{
    uint32_t first = config_first(offset);
    uint32_t end = MIN(first + 16u, vgic_lines(v->domain));

    if (first < VGIC_LOCAL_NR)
        return;
    vgic_dist_lock(v->domain);
    for (uint32_t nr = first; nr < end; nr++)
        vgic_set_level(v, nr, !(val >> (nr - first) * 2 & GICD_ICFGR_EDGE));
    vgic_dist_unlock(v->domain);
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

static uint32_t sgi_read(struct vcpu *v, uint32_t offset)
{
    if (offset >= GICD_CPENDSGIR(0) && offset < GICD_SPENDSGIR(16))
        return vgic_sgi_sources(v, offset % VGIC_SGI_NR);
    return 0;
}

static void sgi_write(struct vcpu *v, uint32_t offset, uint32_t val)
{
    if (offset >= GICD_SPENDSGIR(0) && offset < GICD_SPENDSGIR(16))
        vgic_sgi_set(v, offset % VGIC_SGI_NR, (uint8_t)val);
    else if (offset >= GICD_CPENDSGIR(0) && offset < GICD_CPENDSGIR(16))
        vgic_sgi_clear(v, offset % VGIC_SGI_NR, (uint8_t)val);
}

/* ---- 0xf80: identification, DDI 0438 8.3.1: ICPIDR4 first ---- */

static uint32_t id_read(struct vcpu *v, uint32_t offset)
{
    static const uint8_t id[] = {
        0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
    };

    (void)v;
    return offset < 0xfd0u ? 0 : id[(offset - 0xfd0u) / 4];
}

/* clang-format off */
#define BITS(read_, op_) { .read = (read_), .set_bit = (op_) }
#define BYTES(read_, write_)                                                   \
    { .bytes = true, .read = (read_), .write = (write_) }
#define PRIORITY BYTES(priority_read, priority_write)
#define TARGETS  BYTES(targets_read, targets_write)
#define CONFIG   { .read = config_read, .write = config_write }

static const struct dist_row rows[ROWS] = {
    [0x000 >> ROW_SHIFT] = { .read = ctlr_read, .write = ctlr_write },
    /* 0x080 IGROUPR: no Security Extensions, read 0 */
    [0x100 >> ROW_SHIFT] = BITS(enabled_read, vgic_enable),
    [0x180 >> ROW_SHIFT] = BITS(enabled_read, vgic_disable),
    [0x200 >> ROW_SHIFT] = BITS(pending_read, vgic_set_pending),
    [0x280 >> ROW_SHIFT] = BITS(pending_read, vgic_clear_pending),
    [0x300 >> ROW_SHIFT] = BITS(active_read,  vgic_set_active),
    [0x380 >> ROW_SHIFT] = BITS(active_read,  vgic_clear_active),
    [0x400 >> ROW_SHIFT] = PRIORITY, [0x480 >> ROW_SHIFT] = PRIORITY,
    [0x500 >> ROW_SHIFT] = PRIORITY, [0x580 >> ROW_SHIFT] = PRIORITY,
    [0x600 >> ROW_SHIFT] = PRIORITY, [0x680 >> ROW_SHIFT] = PRIORITY,
    [0x700 >> ROW_SHIFT] = PRIORITY, [0x780 >> ROW_SHIFT] = PRIORITY,
    [0x800 >> ROW_SHIFT] = TARGETS,  [0x880 >> ROW_SHIFT] = TARGETS,
    [0x900 >> ROW_SHIFT] = TARGETS,  [0x980 >> ROW_SHIFT] = TARGETS,
    [0xa00 >> ROW_SHIFT] = TARGETS,  [0xa80 >> ROW_SHIFT] = TARGETS,
    [0xb00 >> ROW_SHIFT] = TARGETS,  [0xb80 >> ROW_SHIFT] = TARGETS,
    [0xc00 >> ROW_SHIFT] = CONFIG,   [0xc80 >> ROW_SHIFT] = CONFIG,
    /* 0xd00 implementation defined, 0xe00 NSACR: read 0 */
    [0xf00 >> ROW_SHIFT] = BYTES(sgi_read, sgi_write),
    [0xf80 >> ROW_SHIFT] = { .read = id_read },
};
/* clang-format on */

STATIC_ASSERT(GICD_ICFGR(0) == 0xc00u && GICD_IPRIORITYR(0) == 0x400u);

static void row_access_bytes(struct vcpu *v, const struct dist_row *row,
                             struct io_access *a)
{
    uint32_t val = 0;

    for (uint32_t i = 0; i < a->size; i++) {
        if (a->write)
            row->write(v, a->offset + i, a->value >> i * 8 & 0xffu);
        else
            val |= row->read(v, a->offset + i) << i * 8;
    }
    if (!a->write)
        a->value = val;
}

static enum verdict never_inline row_access(struct vcpu *v, struct io_access *a)
{
    const struct dist_row *row = &rows[a->offset >> ROW_SHIFT & (ROWS - 1)];

    if (a->offset & (a->size - 1u))
        return V_ABORT;

    /* SGIR is a word among bytes, and write-only. */
    if ((a->offset & ~3u) == GICD_SGIR) {
        a->value = 0;
        return a->size == 4 ? V_DONE : V_ABORT;
    }
    if (row->bytes && a->size != 2) {
        row_access_bytes(v, row, a);
        return V_DONE;
    }
    if (a->size != 4)
        return V_ABORT;

    if (!a->write)
        a->value = row->read ? row->read(v, a->offset) : 0;
    else if (row->set_bit)
        bits_write(v, a->offset, a->value, row->set_bit);
    else if (row->write)
        row->write(v, a->offset, a->value);
    return V_DONE;
}

enum verdict vgic_mmio(struct vcpu *v, struct io_access *a, void *priv)
{
    (void)priv;
    /* The only register that is hot. */
    if (a->offset == GICD_SGIR && a->size == 4 && a->write)
        return sgir_write(v, a->value);
    return row_access(v, a);
}
