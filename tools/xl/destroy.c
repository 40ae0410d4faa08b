/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a domain: devices, the domain itself, its nodes.
 *
 * Source: interface.md 6.2. Layer: tool.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "userdata.h"
#include "xl.h"

#define WAIT_S  10
#define STEP_MS 50

/* Another domain than @domid, such as its restart, has the node @vm. */
static bool vm_in_use(struct xl *x, uint32_t domid, const char *vm)
{
    char **ids, *other, own[16];
    unsigned int nr = 0;
    bool used = false;

    other = domain_having(x, "vm", vm);
    if (other) {
        snprintf(own, sizeof(own), "%u\n", domid);
        used = *other && strcmp(other, own) != 0;
        free(other);
        return used;
    }
    ids = xs_directory(x->xs, XBT_NULL, "/local/domain", &nr);
    for (unsigned int i = 0; ids && i < nr; i++) {
        uint32_t id = (uint32_t)strtoul(ids[i], NULL, 10);

        other = id == domid ? NULL : domain_read(x, id, "vm");
        used = used || (other && strcmp(other, vm) == 0);
        free(other);
    }
    free(ids);
    return used;
}

static void remove_nodes(struct xl *x, uint32_t domid)
{
    static const char *const trees[] = { "/local/domain/0/backend/console",
                                         "/local/domain/0/backend/vuart",
                                         "/libxl", "/local/domain" };
    char path[96], *vm = domain_read(x, domid, "vm");

    if (vm && !vm_in_use(x, domid, vm))
        xs_rm(x->xs, XBT_NULL, vm);
    free(vm);
    for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
        snprintf(path, sizeof(path), "%s/%u", trees[i], domid);
        xs_rm(x->xs, XBT_NULL, path);
    }
}

/* It is listed as long as somebody has pages of it: for the servers' end. */
static void wait_gone(struct xl *x, uint32_t domid)
{
    xc_domaininfo_t info;

    for (int waited = 0; waited < WAIT_S * 1000; waited += STEP_MS) {
        if (xc_domain_getinfolist(x->xch, domid, 1, &info) < 1 ||
            info.domain != domid)
            return;
        poll(NULL, 0, STEP_MS);
    }
}

int domain_destroy(struct xl *x, uint32_t domid)
{
    xc_domaininfo_t info;
    int there = domain_info(x, domid, &info);

    if (there < 0)
        return -1;
    if (there && !(info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown)))
        xc_domain_pause(x->xch, domid);
    xc_clear_last_error(x->xch);
    if (x->xs)
        devices_remove(x, domid);
    if (there && xc_domain_destroy(x->xch, domid))
        return fail(x, domid, "xc_domain_destroy", NULL);
    if (x->xs) {
        xs_release_domain(x->xs, domid);
        remove_nodes(x, domid);
    }
    userdata_remove(domid);
    if (there)
        wait_gone(x, domid);
    return 0;
}
