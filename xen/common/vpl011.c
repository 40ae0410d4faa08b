/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SBSA UART of a guest. Its FIFOs are a ring page that another domain
 * reads and writes; positions that are ours are kept here, those of the
 * other side are looked at once and never trusted.
 *
 * Interrupts are levels of the FIFOs, as on the device: "transmit" while
 * there is room, "receive" from half the FIFO of the real device on,
 * "receive timeout" while anything is there. A clear lasts until the FIFOs
 * are looked at again.
 *
 * Source: ARM DDI 0183G 3.3 (registers); SBSA appendix B; interface.md 2.11.
 * Layer:  8 (iface).
 */
#include <asm/barrier.h>

#include <public/arch-arm.h>
#include <public/errno.h>
#include <public/io/console.h>

#include <xen/bits.h>
#include <xen/event_channel.h>
#include <xen/heap.h>
#include <xen/hyp_map.h>
#include <xen/io.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/spinlock.h>
#include <xen/vgic.h>
#include <xen/vpl011.h>

/* Registers that an SBSA UART has (SBSA B.1). */
#define DR   0x00u
#define RSR  0x04u
#define FR   0x18u
#define IMSC 0x38u
#define RIS  0x3cu
#define MIS  0x40u
#define ICR  0x44u

#define FR_BUSY BIT(3)
#define FR_RXFE BIT(4)
#define FR_TXFF BIT(5)
#define FR_RXFF BIT(6)
#define FR_TXFE BIT(7)

#define INT_RX  BIT(4)
#define INT_TX  BIT(5)
#define INT_RT  BIT(6)
#define INT_ALL 0x7ffu

/* Half of the 32 bytes that the device's FIFOs hold. */
#define TRIGGER 16u

#define IN_SIZE  (uint32_t)sizeof(((struct xencons_interface *)0)->in)
#define OUT_SIZE (uint32_t)sizeof(((struct xencons_interface *)0)->out)

STATIC_ASSERT(sizeof(struct xencons_interface) == 3088);

struct vpl011 {
    struct spinlock lock;           /* RANK_VPL011; guards the rest       */
    struct domain *d;               /* constant                           */
    struct page *page;              /* of the ring, referenced            */
    struct xencons_interface *ring; /* constant until kill                */
    uint32_t port;                  /* constant                           */
    uint32_t in_cons, out_prod;     /* our positions                      */
    uint32_t raw, mask;             /* RIS, IMSC                          */
};

/* Bytes for the guest; none when the other side's position is nonsense. */
static uint32_t in_used(const struct vpl011 *u)
{
    uint32_t used = READ_ONCE(u->ring->in_prod) - u->in_cons;

    return used <= IN_SIZE ? used : 0;
}

/* Bytes that the other side has not taken; nonsense is a full ring. */
static uint32_t out_used(const struct vpl011 *u)
{
    uint32_t used = u->out_prod - READ_ONCE(u->ring->out_cons);

    return MIN(used, OUT_SIZE);
}

static void set_line(struct vpl011 *u)
{
    vgic_line(u->d->vcpu[0], GUEST_VPL011_SPI, (u->raw & u->mask) != 0);
}

/* The FIFOs changed. */
static void update(struct vpl011 *u)
{
    uint32_t in = in_used(u);

    u->raw &= ~(INT_RX | INT_RT | INT_TX);
    if (in >= TRIGGER)
        u->raw |= INT_RX;
    if (in > 0)
        u->raw |= INT_RT;
    if (OUT_SIZE - out_used(u) >= TRIGGER)
        u->raw |= INT_TX;
    set_line(u);
}

static uint32_t flags(const struct vpl011 *u)
{
    uint32_t in = in_used(u), out = out_used(u), fr = 0;

    if (in == 0)
        fr |= FR_RXFE;
    if (in == IN_SIZE)
        fr |= FR_RXFF;
    if (out == 0)
        fr |= FR_TXFE;
    if (out == OUT_SIZE)
        fr |= FR_TXFF | FR_BUSY;
    return fr;
}

/* The next byte, or 0 when there is none; @*moved: one was taken. */
static uint32_t read_data(struct vpl011 *u, bool *moved)
{
    uint8_t byte;

    if (in_used(u) == 0)
        return 0;
    /* The byte is read after its position, and given back after it. */
    smp_mb();
    byte = (uint8_t)READ_ONCE(u->ring->in[u->in_cons % IN_SIZE]);
    smp_mb();
    WRITE_ONCE(u->ring->in_cons, ++u->in_cons);
    update(u);
    *moved = true;
    return byte;
}

/* A byte for which there is no room is lost, as on the device. */
static void write_data(struct vpl011 *u, uint8_t byte, bool *moved)
{
    if (out_used(u) == OUT_SIZE)
        return;
    WRITE_ONCE(u->ring->out[u->out_prod % OUT_SIZE], (char)byte);
    smp_wmb();
    WRITE_ONCE(u->ring->out_prod, ++u->out_prod);
    update(u);
    *moved = true;
}

static enum verdict read_reg(struct vpl011 *u, struct io_access *a, bool *moved)
{
    switch (a->offset) {
    case DR:
        a->value = read_data(u, moved);
        return V_DONE;
    case RSR: /* no errors here */
        return V_DONE;
    case FR:
        a->value = flags(u);
        return V_DONE;
    case IMSC:
        a->value = u->mask;
        return V_DONE;
    case RIS:
        a->value = u->raw;
        return V_DONE;
    case MIS:
        a->value = u->raw & u->mask;
        return V_DONE;
    case ICR: /* write only: no value is promised */
        return V_DONE;
    default:
        return V_ABORT;
    }
}

static enum verdict write_reg(struct vpl011 *u, const struct io_access *a,
                              bool *moved)
{
    switch (a->offset) {
    case DR:
        write_data(u, (uint8_t)a->value, moved);
        return V_DONE;
    case IMSC:
        u->mask = a->value & INT_ALL;
        set_line(u);
        return V_DONE;
    case ICR:
        u->raw &= ~a->value;
        set_line(u);
        return V_DONE;
    case RSR: /* clears errors, of which there are none */
    case FR:  /* read only, as the two below */
    case RIS:
    case MIS:
        return V_DONE;
    default:
        return V_ABORT;
    }
}

static enum verdict uart_access(struct vcpu *v, struct io_access *a, void *priv)
{
    struct vpl011 *u = priv;
    enum verdict verdict;
    bool moved = false;

    (void)v;
    lock_take(&u->lock);
    verdict = a->write ? write_reg(u, a, &moved) : read_reg(u, a, &moved);
    lock_drop(&u->lock);
    /* Event locks come before ours. */
    if (moved)
        event_notify(u->d, u->port);
    return verdict;
}

/* The other side has moved a position, or says so. */
static void ring_moved(struct domain *d, uint32_t port, void *arg)
{
    struct vpl011 *u = arg;

    (void)d;
    (void)port;
    lock_take(&u->lock);
    update(u);
    lock_drop(&u->lock);
}

static int open_ring(struct vpl011 *u, gfn_t gfn)
{
    u->page = p2m_get_own(u->d, gfn, true);
    if (!u->page)
        return -EINVAL;
    u->ring = frame_map(page_to_mfn(u->page));
    if (!u->ring) {
        page_put(u->page);
        u->page = NULL;
        return -ENOMEM;
    }
    u->in_cons = READ_ONCE(u->ring->in_cons);
    u->out_prod = READ_ONCE(u->ring->out_prod);
    return 0;
}

static void close_ring(struct vpl011 *u)
{
    if (!u->page)
        return;
    frame_unmap(u->ring);
    page_put(u->page);
    u->ring = NULL;
    u->page = NULL;
}

int vpl011_create(struct domain *d, gfn_t gfn, const struct domain *backend,
                  uint32_t *port)
{
    struct vpl011 *u;
    int rc;

    if (READ_ONCE(d->state) != DOMAIN_BUILDING)
        return -EPERM;
    if (d->vpl011 || !d->vcpu[0] ||
        d->vgic.nr_spis <= GUEST_VPL011_SPI - VGIC_LOCAL_NR)
        return -EINVAL;
    u = heap_new(&d->heap, struct vpl011);
    if (!u)
        return -ENOMEM;

    lock_init(&u->lock, RANK_VPL011);
    u->d = d;
    rc = open_ring(u, gfn);
    if (!rc)
        rc = event_alloc_unbound(d, backend, ring_moved, u, &u->port);
    if (!rc) {
        rc = io_register(d, GUEST_PL011_BASE, PAGE_SIZE, uart_access, u);
        if (rc)
            event_close_xen(d, u->port);
    }
    if (rc) {
        close_ring(u);
        heap_free(&d->heap, u);
        return rc;
    }
    d->vpl011 = u;
    *port = u->port;
    return 0;
}

int vpl011_kill(struct domain *d)
{
    if (d->vpl011)
        close_ring(d->vpl011);
    return 0;
}

void vpl011_destroy(struct domain *d)
{
    if (d->vpl011)
        heap_free(&d->heap, d->vpl011);
    d->vpl011 = NULL;
}
