/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life cycle of an event-channel port as a table.
 *
 * Source: interface.md 3.2 (EVTCHNOP_*), public/event_channel.h.
 * Layer:  8 (iface).
 */
#include <public/errno.h>

#include <xen/port.h>

/* Every legal move. A pair that is not listed is 0, and means "refused". */
#define TO(state_) ((uint8_t)(1 + (state_)))

/* clang-format off */
static const uint8_t next_state[PORT_STATES][PORT_EVENTS] = {
    [PORT_FREE] = {
        [PORT_EV_ALLOC]       = TO(PORT_UNBOUND),
        [PORT_EV_BIND_LOCAL]  = TO(PORT_INTERDOMAIN),
        [PORT_EV_BIND_VIRQ]   = TO(PORT_VIRQ),
        [PORT_EV_BIND_IPI]    = TO(PORT_IPI),
    },
    [PORT_UNBOUND] = {
        [PORT_EV_BIND_REMOTE] = TO(PORT_INTERDOMAIN),
        [PORT_EV_CLOSE]       = TO(PORT_FREE),
    },
    [PORT_INTERDOMAIN] = {
        [PORT_EV_PEER_GONE]   = TO(PORT_UNBOUND),
        [PORT_EV_CLOSE]       = TO(PORT_FREE),
    },
    [PORT_VIRQ] = { [PORT_EV_CLOSE] = TO(PORT_FREE) },
    [PORT_IPI]  = { [PORT_EV_CLOSE] = TO(PORT_FREE) },
};
/* clang-format on */

int port_next(enum port_state s, enum port_event e)
{
    if (s >= PORT_STATES || e >= PORT_EVENTS || next_state[s][e] == 0)
        return -EINVAL;

    return next_state[s][e] - 1;
}
