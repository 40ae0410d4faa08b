/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The run-time of a stub domain: one thread, no interrupts, no files. A
 * program has main loop of the form
 *
 *     for (;;) {
 *         while (events_next(&port))
 *             ... work ...
 *         events_wait(until);
 *     }
 *
 * Nothing here may be called from two places at once: there is one vCPU and
 * nothing interrupts it.
 *
 * Source: public/xen.h, public/arch-arm.h; virq-xenstore.md 3.2.
 * Layer:  stub domain.
 */
#ifndef STUB_H
#define STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <public/xen.h>

/* ---- hypercall.c ---- */

/* One hypercall: r0 of the answer, negative Xen errors (public/errno.h). */
int32_t hypercall(uint32_t number, uint32_t a0, uint32_t a1, uint32_t a2,
                  uint32_t a3, uint32_t a4);

/* Stop for good: SHUTDOWN_* of public/sched.h. */
_Noreturn void stub_stop(uint32_t reason);
/* Say @why and stop as a crash. */
_Noreturn void stub_panic(const char *why);

/* HVM parameter @index of this domain; 0 when there is none. */
uint64_t stub_param(uint32_t index);

/* Map shared_info at SHARED_INFO. 0, or a negative Xen error. */
int stub_map_shared_info(void);

/* ---- boot.c ---- */

/* Bytes of RAM from RAM_BASE on. */
uint32_t stub_ram(void);
/* Its command line; never NULL. */
const char *stub_args(void);
/* Number behind "@name=" in the command line, or @otherwise. */
uint32_t stub_arg(const char *name, uint32_t otherwise);
/* Text and constants cannot be written, all else cannot run. */
void stub_protect(void);

/* The program. Does not return. */
void stub_main(void);

/* The program's own, for people. */
extern const char stub_version[];

/* ---- console.c ---- */

/* A line of the log, without its end: to the console ring in dom0, when that
 * has room, and to Xen's log. At most 200 bytes are kept of it. */
void stub_log(const char *line);

/* ---- time.c ---- */

/* Nanoseconds since some moment before this domain; never goes back. */
uint64_t stub_now(void);
/* Wake events_wait at @when (stub_now's time); 0: no more. */
void stub_alarm(uint64_t when);

/*
 * Xen stops this domain (SHUTDOWN_watchdog) unless the watchdog is fed again
 * within @seconds; 0: it sleeps. Twice within half a second is once.
 */
void stub_watchdog(uint32_t seconds);
/* Once, at the start: what a former life left armed would stop this one. */
void stub_watchdog_init(void);

/* ---- events.c ---- */

/* Once, at the start, before any port is bound. */
void events_init(void);

/* Take one pending port. False: none is. */
bool events_next(uint32_t *port);

/* Sleep until one is, or an alarm. */
void events_wait(void);

/* A port bound to @remote's. Returns it, or a negative Xen error. */
int event_bind(domid_t remote, uint32_t remote_port);
/* A port for the global @virq. Returns it, or a negative Xen error. */
int event_bind_virq(uint32_t virq);
/* What @port is bound to: EVTCHNSTAT_*, and its peer or VIRQ in @a and @b. */
int event_status(uint32_t port, uint32_t *a, uint32_t *b);
void event_send(uint32_t port);
void event_close(uint32_t port);

/* ---- grants.c ---- */

#define GRANT_SLOTS 256u
#define NO_HANDLE   0xffffffffu

/* Where the page of slot @slot is seen, mapped or not. */
void *grant_at(uint32_t slot);
/*
 * Map @ref of @domid there. 0 and *@handle, or a negative GNTST_*.
 * Something that is mapped there already goes first (grant_unmap).
 */
int grant_map(domid_t domid, uint32_t ref, uint32_t slot, uint32_t *handle);
/* Unmap; @handle NO_HANDLE: whichever it is. 0 or a negative GNTST_*. */
int grant_unmap(uint32_t slot, uint32_t handle);

#endif /* STUB_H */
