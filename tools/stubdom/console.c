/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of a stub domain.
 *
 * Source: public/io/console.h; interface.md 3.9 (console_io).
 * Layer:  stub domain.
 */
#include <string.h>

#include <public/hvm/params.h>
#include <public/io/console.h>

#include "stub.h"

#define LINE 200u

static struct xencons_interface *ring;
static uint32_t port;
static bool looked;

/* What does not fit is lost: dom0 may have nobody who reads. */
static void to_ring(const char *text, uint32_t len)
{
    uint32_t prod, used;

    if (!looked) {
        ring = (void *)((uintptr_t)stub_param(HVM_PARAM_CONSOLE_PFN) << 12);
        port = (uint32_t)stub_param(HVM_PARAM_CONSOLE_EVTCHN);
        looked = true;
    }
    if (!port || !ring)
        return;
    prod = *(volatile uint32_t *)&ring->out_prod;
    used = prod - *(volatile uint32_t *)&ring->out_cons;
    if (used > sizeof(ring->out) || len > sizeof(ring->out) - used)
        return;
    __sync_synchronize();
    for (uint32_t i = 0; i < len; i++)
        ring->out[(prod + i) % sizeof(ring->out)] = text[i];
    __sync_synchronize(); /* the text, before it counts */
    *(volatile uint32_t *)&ring->out_prod = prod + len;
    event_send(port);
}

void stub_log(const char *line)
{
    char text[LINE + 2];
    uint32_t len = (uint32_t)strnlen(line, LINE);

    memcpy(text, line, len);
    text[len] = '\n';
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, len + 1,
              (uintptr_t)text, 0, 0);
    text[len] = '\r';
    text[len + 1] = '\n';
    to_ring(text, len + 2);
}
