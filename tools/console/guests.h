/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which guests there are, and their consoles.
 *
 * The hypervisor tells who is there, and when some have gone whether a
 * console's port still leads to its guest. The store is asked of guests that
 * are new, so that one more of them costs the same however many there are.
 *
 * Source: interface.md 6.2; public/event_channel.h (EVTCHNOP_status).
 * Layer:  tool.
 */
#ifndef CONSOLE_GUESTS_H
#define CONSOLE_GUESTS_H

#include "guest.h"

/*
 * To be called when domains may have come or, with @gone, gone: consoles of
 * those that are gone are closed, those of new ones opened and put into
 * d->consoles. While there is no store (d->xs is NULL) nothing is opened, and
 * nothing is closed that still has its guest.
 */
void guests_scan(struct daemon *d, bool gone);

/*
 * d->xs is a new connection: what the last one has not answered is asked
 * again by the next scan, terminals that it was not told are told now.
 */
void guests_store_is_back(struct daemon *d);

#endif /* CONSOLE_GUESTS_H */
