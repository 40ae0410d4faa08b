/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may do what to whom, as one table: each class of operation names the
 * roles of a caller that may use it. A role is tested against the caller
 * and the object; a class without roles is refused.
 *
 * Source: interface.md's privilege words (HOOK, TARGET, DM_PRIV, PRIV,
 *         XS_PRIV), as public/xsm/flask_op.h's default policy.
 * Layer:  5 (domain).
 */
#include <xen/access.h>
#include <xen/bitmap.h>
#include <xen/string.h>

#include <public/errno.h>
#include <public/grant_table.h>

#define ROLE_DM       0x01u /* the object is the caller's target          */
#define ROLE_SELF     0x02u /* the caller is the object                   */
#define ROLE_CONTROL  0x04u
#define ROLE_XENSTORE 0x08u
#define ROLE_HARDWARE 0x10u

/* clang-format off */
static const uint8_t allowed[] = {
    [ACCESS_NONE]     = 0,
    [ACCESS_ANY]      = 0, /* access_check lets it pass */
    [ACCESS_TARGET]   = ROLE_SELF | ROLE_DM | ROLE_CONTROL,
    [ACCESS_DM_PRIV]  = ROLE_DM | ROLE_CONTROL,
    [ACCESS_PRIV]     = ROLE_CONTROL,
    [ACCESS_XS_PRIV]  = ROLE_CONTROL | ROLE_XENSTORE,
    [ACCESS_HARDWARE] = ROLE_HARDWARE,
};
/* clang-format on */

/* Boot option xsm=: silo keeps unprivileged domains apart. */
static bool silo = true;

/* ... and deny: control operations that are switched off. */
#define DENIED_MAX 128u
static uint32_t denied[BITMAP_WORDS(DENIED_MAX)];

static uint8_t roles_of(const struct domain *subject,
                        const struct domain *object)
{
    uint8_t roles = 0;

    if (subject == object)
        roles |= ROLE_SELF;
    if (object && READ_ONCE(subject->target) == object)
        roles |= ROLE_DM;
    if (subject->is_control)
        roles |= ROLE_CONTROL;
    if (subject->is_xenstore)
        roles |= ROLE_XENSTORE;
    if (subject->is_hardware)
        roles |= ROLE_HARDWARE;
    return roles;
}

int access_by_role(const struct domain *subject, enum access_class c,
                   const struct domain *object)
{
    if ((unsigned int)c >= ARRAY_SIZE(allowed))
        return -EPERM;
    return (allowed[c] & roles_of(subject, object)) ? 0 : -EPERM;
}

struct domain *access_target(const struct domain *subject, domid_t id)
{
    struct domain *target = READ_ONCE(subject->target);

    return target && target->id == id ? target : NULL;
}

int access_domain_get(struct domain *subject, enum access_class c, domid_t id,
                      struct domain **d)
{
    bool self = id == DOMID_SELF || id == subject->id;
    int rc = access_check(subject, c,
                          self ? subject : access_target(subject, id));

    if (rc)
        return rc;
    *d = self ? subject : domain_get(id);
    if (self)
        domain_hold(subject);
    return *d ? 0 : -ESRCH;
}

int access_domctl(uint32_t cmd)
{
    return cmd < DENIED_MAX && bitmap_test(denied, cmd) ? -EACCES : 0;
}

/* Services that every domain must be able to share memory with. */
static bool serves_all(const struct domain *d)
{
    return d->is_control || d->is_hardware;
}

int access_pair(const struct domain *a, const struct domain *b)
{
    if (!silo || a == b || serves_all(a) || serves_all(b) || a->is_xenstore ||
        b->is_xenstore)
        return 0;
    return -EPERM;
}

int access_grant(const struct domain *user, const struct domain *owner,
                 uint32_t ref)
{
    if (!silo || user == owner || serves_all(user) || serves_all(owner) ||
        (user->is_xenstore && ref == GNTTAB_RESERVED_XENSTORE))
        return 0;
    return -EPERM;
}

/* ",deny:N:N..." or nothing. */
static int deny_set(const char *text)
{
    static const char word[] = ",deny";
    unsigned int n;

    if (*text == '\0')
        return 0;
    if (strncmp(text, word, sizeof(word) - 1) != 0)
        return -EINVAL;
    text += sizeof(word) - 1;
    do {
        if (*text++ != ':' || *text < '0' || *text > '9')
            return -EINVAL;
        for (n = 0; *text >= '0' && *text <= '9' && n < DENIED_MAX; text++)
            n = n * 10 + (unsigned int)(*text - '0');
        if (n >= DENIED_MAX)
            return -EINVAL;
        bitmap_set(denied, n);
    } while (*text != '\0');
    return 0;
}

int access_mode_set(const char *name)
{
    static const char silo_word[] = "silo", dummy_word[] = "dummy";

    silo = strncmp(name, silo_word, sizeof(silo_word) - 1) == 0;
    if (!silo && strncmp(name, dummy_word, sizeof(dummy_word) - 1) != 0)
        return -EINVAL;
    return deny_set(name + (silo ? sizeof(silo_word) : sizeof(dummy_word)) - 1);
}
