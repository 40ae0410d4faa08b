/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What domains there are, and their names: see xl.h.
 *
 * Source: xl.h. Layer: tool.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xl.h"

#define AT_ONCE 64u

int domain_info(struct xl *x, uint32_t domid, xc_domaininfo_t *info)
{
    int n = xc_domain_getinfolist(x->xch, domid, 1, info);

    if (n < 0)
        return fail(x, domid, "xc_domain_getinfolist", NULL);
    return n == 1 && info->domain == domid;
}

xc_domaininfo_t *domain_all(struct xl *x, unsigned int *nr)
{
    xc_domaininfo_t *all = NULL, *more;
    uint32_t next = 0;
    int n;

    *nr = 0;
    do {
        more = realloc(all, (*nr + AT_ONCE) * sizeof(*all));
        if (!more)
            break;
        all = more;
        n = xc_domain_getinfolist(x->xch, next, AT_ONCE, all + *nr);
        if (n < 0)
            break;
        *nr += (unsigned int)n;
        if (n)
            next = all[*nr - 1].domain + 1u;
        if ((unsigned int)n < AT_ONCE)
            return all;
    } while (1);
    free(all);
    fail(x, NO_DOMAIN, "xc_domain_getinfolist", NULL);
    return NULL;
}

char *domain_read(struct xl *x, uint32_t domid, const char *path)
{
    char full[256];

    if (!x->xs)
        return NULL;
    snprintf(full, sizeof(full), "/local/domain/%u/%s", domid, path);
    return xs_read(x->xs, XBT_NULL, full, NULL);
}

int domain_write(struct xl *x, uint32_t domid, const char *path,
                 const char *value)
{
    char full[256];

    snprintf(full, sizeof(full), "/local/domain/%u/%s", domid, path);
    if (!x->xs ||
        !xs_write(x->xs, XBT_NULL, full, value, (unsigned int)strlen(value)))
        return fail(x, domid, full, "is the store running?");
    return 0;
}

char *domain_name(struct xl *x, uint32_t domid)
{
    char *name = domain_read(x, domid, "name");

    if (name && *name)
        return name;
    free(name);
    return strdup(domid == 0 ? "Domain-0" : "(null)");
}

char *domain_having(struct xl *x, const char *path, const char *value)
{
    static const char dir[] = "/local/domain";
    char text[XENSTORE_PAYLOAD_MAX];
    int len = snprintf(text, sizeof(text), "%s%c%s%c%s", dir, '\0', path, '\0',
                       value);

    if (!x->xs || len < 0 || (size_t)len >= sizeof(text))
        return NULL;
    return xs_control_command(x->xs, "find", text, (unsigned int)len + 1);
}

/* The first of those that live, of @ids: lines with their numbers. */
static bool first_alive(struct xl *x, const char *ids, uint32_t *domid)
{
    xc_domaininfo_t info;
    bool found = false;
    char *end;

    for (const char *p = ids; *p; p = *end ? end + 1 : end) {
        uint32_t id = (uint32_t)strtoul(p, &end, 10);

        if (end == p)
            break;
        if ((!found || id < *domid) && domain_info(x, id, &info) == 1) {
            *domid = id;
            found = true;
        }
    }
    return found;
}

/* One after the other. */
static bool search(struct xl *x, const char *what, uint32_t *domid)
{
    xc_domaininfo_t *all;
    unsigned int nr;
    bool found = false;
    char *name;

    all = domain_all(x, &nr);
    for (unsigned int i = 0; all && i < nr && !found; i++) {
        name = domain_name(x, all[i].domain);
        found = name && strcmp(name, what) == 0;
        if (found)
            *domid = all[i].domain;
        free(name);
    }
    free(all);
    return found;
}

bool domain_find(struct xl *x, const char *what, uint32_t *domid)
{
    char *end, *ids;
    bool found;

    if (isdigit((unsigned char)*what)) {
        unsigned long id = strtoul(what, &end, 10);

        if (!*end && id < 0x7ff0) {
            *domid = (uint32_t)id;
            return true;
        }
    }
    ids = domain_having(x, "name", what);
    found = ids && first_alive(x, ids, domid);
    /* Names that domain_name() makes up are in no store. */
    if (!ids || (!found && (*what == '(' || !strcmp(what, "Domain-0"))))
        found = search(x, what, domid);
    free(ids);
    return found;
}

int domain_reason(const xc_domaininfo_t *info)
{
    if (!(info->flags & XEN_DOMINF_shutdown))
        return -1;
    return (int)(info->flags >> XEN_DOMINF_shutdownshift &
                 XEN_DOMINF_shutdownmask);
}
