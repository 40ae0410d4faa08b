/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the domains of storefill run: code in their first page, the ring and
 * a mailbox in the second.
 *
 * Layer: test guest, first domain.
 */
#ifndef STOREFILL_FILLER_H
#define STOREFILL_FILLER_H

/* In the ring's page, behind what the protocol uses; bytes. */
#define BOX_PORT 0xc00 /* struct evtchn_send                     */
#define BOX_KICK 0xc04 /* counts up: signal the port once more   */

#ifndef __ASSEMBLER__
#include <stdint.h>

extern const uint8_t filler_code[], filler_code_end[];
#endif

#endif /* STOREFILL_FILLER_H */
