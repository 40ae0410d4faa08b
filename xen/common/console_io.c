/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console_io: the control domain writes to and reads from the UART.
 *
 * Source: interface.md 3.8.
 * Layer:  8 (iface).
 */
#include <public/errno.h>
#include <public/xen.h>

#include <xen/access.h>
#include <xen/copy.h>
#include <xen/hypercall.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/softirq.h>

#define CHUNK 128u

/*
 * Raw bytes; count and buffer advance in r1 and r2. 0, -EFAULT, or -ERESTART:
 * also while the queue to the UART is full, as waiting for 128 bytes takes
 * 11 ms at 115200 baud. The caller comes back by itself, and until then this
 * pCPU takes its interrupts and others may run.
 */
static int32_t console_write(uint32_t *arg)
{
    char buf[CHUNK];
    uint32_t len;

    while (arg[1] != 0) {
        len = MIN(arg[1], CHUNK);
        if (copy_from_guest(buf, arg[2], len))
            return -EFAULT;
        if (!console_try_raw(buf, len)) {
            sched_yield();
            return -ERESTART;
        }
        arg[1] -= len;
        arg[2] += len;
        if (arg[1] != 0 && preempt_wanted())
            return -ERESTART;
    }
    return 0;
}

/* What was typed while the control domain has the input; bytes or -EFAULT. */
static int32_t console_read(const uint32_t *arg)
{
    char buf[CHUNK];
    uint32_t done = 0;
    size_t len;

    do {
        len = console_input_read(buf, MIN(arg[1] - done, CHUNK));
        if (len != 0 && copy_to_guest(arg[2] + done, buf, len))
            return -EFAULT;
        done += (uint32_t)len;
    } while (len == CHUNK && done < MIN(arg[1], 8 * CHUNK));
    return (int32_t)done;
}

/*
 * The store domain's log, a line of at most CHUNK bytes: it has to be heard
 * before there is a daemon for its console, and when it crashes. Bounded as
 * all that guests cause.
 */
static int32_t console_log(const struct domain *d, const uint32_t *arg)
{
    uint32_t len = MIN(arg[1], CHUNK);
    char buf[CHUNK + 1];

    if (len == 0)
        return 0;
    if (copy_from_guest(buf, arg[2], len))
        return -EFAULT;
    for (uint32_t i = 0; i < len; i++) {
        if (buf[i] < ' ' || buf[i] > '~')
            buf[i] = i + 1 == len ? '\0' : '.';
    }
    buf[len] = '\0';
    gprintk(LOG_WARN, "d%u: %s\n", d->id, buf);
    return 0;
}

int32_t console_io(struct vcpu *v, uint32_t *arg)
{
    bool write = arg[0] == CONSOLEIO_write;
    int32_t rc = access_check(v->domain, write ? ACCESS_XS_PRIV : ACCESS_PRIV,
                              NULL);

    if (rc)
        return rc;

    switch (arg[0]) {
    case CONSOLEIO_write:
        return v->domain->is_control ? console_write(arg)
                                     : console_log(v->domain, arg);
    case CONSOLEIO_read:
        return console_read(arg);
    default:
        return -ENOSYS;
    }
}
