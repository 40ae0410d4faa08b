/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains made and unmade as one table of parts, upward and downward.
 *
 * Layer: 9 (control).
 */
#ifndef XEN_DOMAIN_CREATE_H
#define XEN_DOMAIN_CREATE_H

#include <xen/domain.h>

/* clang-format off */

struct domain_config {
    domid_t id;        /* or >= DOMID_FIRST_RESERVED: any      */
    uint8_t max_vcpus; /* 1..NR_VCPUS                          */
    uint32_t max_evtchn_port;
    int32_t max_grant_frames, max_maptrack_frames; /* < 0: default    */
    uint32_t nr_spis;
    uint32_t event_ppi;
    gpaddr_t gic_dist_gpa, gic_cpu_gpa;
    bool control, hardware, direct_mapped;
    uint8_t handle[16];
    uint32_t ssidref;
    uint32_t cpupool; /* dom0's and the default: 0               */
};

/* clang-format on */

/*
 * A domain with all parts, controller-paused once, without vCPUs and pages.
 * 0 and a reference in *@out; -EINVAL, -EEXIST, -ENOMEM, -ENOSPC; of the
 * pool -ESRCH, -ENODEV. On error nothing is left.
 */
int must_check domain_create(const struct domain_config *c,
                             struct domain **out);

/* vCPU @id with all its parts, VP_DOWN. */
int must_check domain_create_vcpu(struct domain *d, uint32_t id);

/*
 * Preemptible: 0 when DEAD, or -ERESTART. No vCPU of it is the caller's.
 * Locks: the caller holds create_lock.
 */
int must_check domain_kill(struct domain *d);

/* Boot: the work of SOFTIRQ_STOP (shut, reap). dom0_build calls it. */
void domain_create_init(void);

/* Dom0 from the board: memory, modules, tree, vCPUs; ready to unpause.
 * Failure is a panic with the remedy. build/dom0.c */
struct board;
void dom0_build(const struct board *b);
/* Let the store domain run that dom0_build made, if it did. build/store.c */
void store_start(void);

/* Debug keys and Ctrl-A focus. control/keyhandler.c */
void keyhandler_init(void);
/* A key waits to be run, as if typed; false: too many do. */
bool keyhandler_press(char key);
/*
 * Print a part of what the keys want. No locks held. KEY_WAIT: another CPU is
 * at it, or the console has no room: come again after other work.
 */
enum key_step {
    KEY_DONE,
    KEY_MORE,
    KEY_WAIT
};
enum key_step keyhandler_step(void);

#endif /* XEN_DOMAIN_CREATE_H */
