/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks and network interfaces whose back-ends are Linux's, in domain 0.
 *
 * A device is nodes of a front-end, which the guest's driver takes up, and of
 * a back-end, which that of domain 0 does; a script of /etc/xen/scripts then
 * joins the back-end with what it stands for.
 *
 * Source: interface.md 5, 6; Linux, include/xen/interface/io/xenbus.h (states);
 *         the nodes are those that Xen 4.17's tools leave. Layer: tool.
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nodes.h"
#include "xl.h"

#define SCRIPTS "/etc/xen/scripts"
#define WAIT_S  10
#define STEP_MS 50

/* Of a device: what its "state" says. */
enum {
    STATE_INIT_WAIT = 2,
    STATE_CLOSING = 5,
    STATE_CLOSED = 6
};

static const char *const kinds[] = { "vbd", "vif" };

static void back_path(char *path, size_t size, const char *kind, uint32_t domid,
                      long id)
{
    snprintf(path, size, "/local/domain/0/backend/%s/%u/%ld", kind, domid, id);
}

static char *read_below(struct xl *x, const char *dir, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return xs_read(x->xs, XBT_NULL, path, NULL);
}

static long number_below(struct xl *x, const char *dir, const char *name)
{
    char *text = read_below(x, dir, name);
    long value = text && *text ? strtol(text, NULL, 10) : -1;

    free(text);
    return value;
}

/* Waits until dir/state is @state or there is none: 0, or -1 after WAIT_S. */
static int wait_state(struct xl *x, const char *dir, long state)
{
    for (int waited = 0; waited < WAIT_S * 1000; waited += STEP_MS) {
        long now = number_below(x, dir, "state");

        if (now == state || now < 0)
            return now < 0 ? 1 : 0;
        poll(NULL, 0, STEP_MS);
    }
    return -1;
}

/* ---- scripts ---- */

static void script_path(char *path, size_t size, const char *name,
                        const char *other)
{
    name = name ? name : other;
    snprintf(path, size, "%s%s", *name == '/' ? "" : SCRIPTS "/", name);
}

/* In the child: the environment that the scripts want. */
static void script_exec(const char *script, const char *back, bool net,
                        const char *ifname, bool add)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setenv("script", script, 1);
    setenv("XENBUS_TYPE", net ? "vif" : "vbd", 1);
    setenv("XENBUS_PATH", back, 1);
    setenv("XENBUS_BASE_PATH", "backend", 1);
    if (net) {
        setenv("vif", ifname, 1);
        setenv("type_if", "vif", 1);
        execl(script, script, add ? "online" : "offline", "type_if=vif",
              (char *)NULL);
    } else {
        execl(script, script, add ? "add" : "remove", (char *)NULL);
    }
    _exit(127);
}

static int script_run(struct xl *x, uint32_t domid, const char *back, bool net,
                      long id, bool add)
{
    char *script = read_below(x, back, "script"), ifname[32], *error;
    int status = -1;
    pid_t child;

    if (!script)
        return 0;
    snprintf(ifname, sizeof(ifname), "vif%u.%ld", domid, id);
    fflush(NULL);
    child = fork();
    if (child == 0)
        script_exec(script, back, net, ifname, add);
    if (child > 0)
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    if (status == 0 || !add) {
        free(script);
        return 0;
    }
    error = read_below(x, back, "hotplug-error");
    refuse(x,
           "domain %u: %s %ld: %s add ended with %d%s%s: check what the "
           "device names in domain 0",
           domid, net ? "vif" : "vbd", id, script,
           WIFEXITED(status) ? WEXITSTATUS(status) : -1, error ? ": " : "",
           error ? error : "");
    free(error);
    free(script);
    return -1;
}

/* ---- nodes ---- */

/* What all devices have; the paths are made here. */
static void common_nodes(struct nodes *n, const char *kind, long id, char *back,
                         char *front, size_t size)
{
    back_path(back, size, kind, n->domid, id);
    snprintf(front, size, "/local/domain/%u/device/%s/%ld", n->domid, kind, id);
    node_below(n, NODE_READ, "/local/domain/%u", n->domid);
    node_below(n, NODE_OURS, "/libxl/%u", n->domid);
    node_new(n, NODE_SHARED, "%s", front);
    node(n, NODE_SHARED, back, "%s/backend", front);
    node(n, NODE_SHARED, "0", "%s/backend-id", front);
    node(n, NODE_SHARED, "1", "%s/state", front);
    node(n, NODE_SHARED, "1", "%s/trusted", front);
    node_new(n, NODE_READ, "%s", back);
    node(n, NODE_READ, front, "%s/frontend", back);
    node_number(n, NODE_READ, n->domid, "%s/frontend-id", back);
    node(n, NODE_READ, "1", "%s/online", back);
    node(n, NODE_OURS, front, "/libxl/%u/device/%s/%ld/frontend", n->domid,
         kind, id);
    node(n, NODE_OURS, back, "/libxl/%u/device/%s/%ld/backend", n->domid, kind,
         id);
}

static void disk_nodes(struct nodes *n, const struct disk *d)
{
    char back[96], front[96], script[256];
    long id = vdev_number(d->vdev);

    common_nodes(n, "vbd", id, back, front, sizeof(back));
    node_number(n, NODE_SHARED, id, "%s/virtual-device", front);
    node(n, NODE_SHARED, "disk", "%s/device-type", front);
    script_path(script, sizeof(script), d->script, "block");
    node(n, NODE_READ, d->target, "%s/params", back);
    node(n, NODE_READ, script, "%s/script", back);
    node(n, NODE_READ, "0", "%s/removable", back);
    node(n, NODE_READ, "1", "%s/bootable", back);
    node(n, NODE_READ, d->vdev, "%s/dev", back);
    /* The script makes a loop device for a file. */
    node(n, NODE_READ, "phy", "%s/type", back);
    node(n, NODE_READ, d->readonly ? "r" : "w", "%s/mode", back);
    node(n, NODE_READ, "disk", "%s/device-type", back);
    node(n, NODE_READ, "1", "%s/discard-enable", back);
    node(n, NODE_READ, "xen", "%s/specification", back);
    node(n, NODE_READ, "1", "%s/state", back);
}

static void vif_nodes(struct nodes *n, const struct vif *v, long id)
{
    char back[96], front[96], script[256], mac[18];

    common_nodes(n, "vif", id, back, front, sizeof(back));
    snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", v->mac[0],
             v->mac[1], v->mac[2], v->mac[3], v->mac[4], v->mac[5]);
    node_number(n, NODE_SHARED, id, "%s/handle", front);
    node(n, NODE_SHARED, mac, "%s/mac", front);
    script_path(script, sizeof(script), v->script, "vif-bridge");
    node(n, NODE_READ, script, "%s/script", back);
    node(n, NODE_READ, mac, "%s/mac", back);
    if (v->bridge)
        node(n, NODE_READ, v->bridge, "%s/bridge", back);
    if (v->ip)
        node(n, NODE_READ, v->ip, "%s/ip", back);
    if (v->name)
        node(n, NODE_READ, v->name, "%s/vifname", back);
    node_number(n, NODE_READ, id, "%s/handle", back);
    node(n, NODE_READ, "vif", "%s/type", back);
    node(n, NODE_READ, "1", "%s/state", back);
}

/* A MAC below Xen's own prefix, the same for each restart. */
static void make_mac(struct vif *v, const struct config *c, unsigned int i)
{
    static const uint8_t prefix[] = { 0x00, 0x16, 0x3e };

    memcpy(v->mac, prefix, sizeof(prefix));
    v->mac[3] = (c->uuid[13] ^ c->uuid[1]) & 0x7f;
    v->mac[4] = c->uuid[14] ^ c->uuid[2];
    v->mac[5] = (uint8_t)((c->uuid[15] ^ c->uuid[3]) + i);
}

/* Nodes, the driver's answer, then the script: both kinds are alike. */
static int device_add(struct xl *x, uint32_t domid, const struct disk *d,
                      const struct vif *v, long id)
{
    struct nodes n;
    char back[96];
    int rc;

    nodes_begin(&n, x, domid);
    do {
        nodes_start(&n);
        if (d)
            disk_nodes(&n, d);
        else
            vif_nodes(&n, v, id);
        rc = nodes_end(&n);
    } while (rc == NODES_AGAIN);
    if (rc)
        return rc;
    back_path(back, sizeof(back), d ? "vbd" : "vif", domid, id);
    if (wait_state(x, back, STATE_INIT_WAIT))
        return refuse(x,
                      "domain %u: %s %ld: no back-end answers: load xen-%sback "
                      "in domain 0",
                      domid, d ? "vbd" : "vif", id, d ? "blk" : "net");
    return script_run(x, domid, back, !d, id, true);
}

int devices_add(struct xl *x, const struct config *c, uint32_t domid)
{
    for (unsigned int i = 0; i < c->nr_disks; i++) {
        long id = vdev_number(c->disks[i].vdev);

        if (device_add(x, domid, &c->disks[i], NULL, id))
            return -1;
    }
    for (unsigned int i = 0; i < c->nr_vifs; i++) {
        struct vif v = c->vifs[i];

        if (!v.has_mac)
            make_mac(&v, c, i);
        if (device_add(x, domid, NULL, &v, (long)i))
            return -1;
    }
    return 0;
}

/* ---- the end ---- */

static void device_remove(struct xl *x, uint32_t domid, const char *kind,
                          long id)
{
    bool net = strcmp(kind, "vif") == 0;
    char back[96], path[128];
    long state;

    back_path(back, sizeof(back), kind, domid, id);
    state = number_below(x, back, "state");
    /* A driver that no guest has met yet goes with its nodes. */
    if (state > STATE_INIT_WAIT && state != STATE_CLOSED) {
        snprintf(path, sizeof(path), "%s/online", back);
        xs_write(x->xs, XBT_NULL, path, "0", 1);
        snprintf(path, sizeof(path), "%s/state", back);
        xs_write(x->xs, XBT_NULL, path, "5", 1);
        if (wait_state(x, back, STATE_CLOSED) < 0)
            refuse(x,
                   "domain %u: %s %ld: its back-end does not close: "
                   "look at domain 0's dmesg",
                   domid, kind, id);
    }
    script_run(x, domid, back, net, id, false);
    xs_rm(x->xs, XBT_NULL, back);
}

void devices_remove(struct xl *x, uint32_t domid)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char dir[96], **ids;
        unsigned int nr = 0;

        snprintf(dir, sizeof(dir), "/local/domain/0/backend/%s/%u", kinds[i],
                 domid);
        ids = xs_directory(x->xs, XBT_NULL, dir, &nr);
        for (unsigned int j = 0; ids && j < nr; j++)
            device_remove(x, domid, kinds[i], strtol(ids[j], NULL, 10));
        free(ids);
        xs_rm(x->xs, XBT_NULL, dir);
        /* An empty folder of the kind goes, too. */
        snprintf(dir, sizeof(dir), "/local/domain/0/backend/%s", kinds[i]);
        ids = xs_directory(x->xs, XBT_NULL, dir, &nr);
        if (ids && nr == 0)
            xs_rm(x->xs, XBT_NULL, dir);
        free(ids);
    }
}
