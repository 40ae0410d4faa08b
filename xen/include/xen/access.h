/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may do what to whom: one table, default deny, asked before any other
 * work of a hypercall (safety.md R3).
 *
 * Layer: 5 (domain).
 */
#ifndef XEN_ACCESS_H
#define XEN_ACCESS_H

#include <xen/domain.h>

enum access_class {
    ACCESS_NONE,     /* default deny: a row that nobody filled in          */
    ACCESS_ANY,      /* HOOK: everybody                                    */
    ACCESS_TARGET,   /* itself, or as the next                             */
    ACCESS_DM_PRIV,  /* control domain, or one whose target it is          */
    ACCESS_PRIV,     /* control domain only                                */
    ACCESS_XS_PRIV,  /* control or xenstore domain                         */
    ACCESS_HARDWARE, /* hardware domain only                               */
};

/* For access_check: does @subject have a role that @c allows? */
int must_check access_by_role(const struct domain *subject, enum access_class c,
                              const struct domain *object);

/* May @subject do what needs @c to @object (NULL: the host)? 0 or -EPERM. */
static inline int must_check access_check(const struct domain *subject,
                                          enum access_class c,
                                          const struct domain *object)
{
    /* Nothing is asked of what everybody may do, as most hypercalls are. */
    return c == ACCESS_ANY ? 0 : access_by_role(subject, c, object);
}

/* The target (set_target) of @subject, if its id is @id; else NULL. */
struct domain *access_target(const struct domain *subject, domid_t id);

/*
 * Domain @id (DOMID_SELF: @subject), referenced, if @subject may do what
 * needs @c to it. That is asked before the domain is looked for: those who
 * may do nothing to others do not learn which of them exist.
 * 0, -EPERM, -ESRCH.
 */
int must_check access_domain_get(struct domain *subject, enum access_class c,
                                 domid_t id, struct domain **d);

/* Is control operation @cmd switched off (xsm=...,deny:N)? 0 or -EACCES. */
int must_check access_domctl(uint32_t cmd);

/*
 * SILO: may these two share event channels? 0 or -EPERM. Each domain may
 * with control and hardware domains, and with the xenstore domain.
 */
int must_check access_pair(const struct domain *a, const struct domain *b);

/*
 * SILO: may @user map or copy what grant @ref of @owner gives to it? 0 or
 * -EPERM. Of other guests the xenstore domain may use the grant that is
 * kept for their rings with it, and no other; ACCESS_NO_REF is none.
 */
#define ACCESS_NO_REF UINT32_MAX
int must_check access_grant(const struct domain *user,
                            const struct domain *owner, uint32_t ref);

/* Boot option xsm=dummy|silo[,deny:N[:N...]]. 0 or -EINVAL. */
int must_check access_mode_set(const char *name);

#endif /* XEN_ACCESS_H */
