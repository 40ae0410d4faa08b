/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See userdata.h.
 *
 * Source: userdata.h. Layer: tool.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userdata.h"

#define DIR  "/var/lib/xen"
#define MOST (1u << 20) /* bytes of such a file */

static void path_of(char *path, size_t size, uint32_t domid, const char *uuid)
{
    snprintf(path, size, DIR "/userdata-d.%u.%s.libxl-json", domid, uuid);
}

static void disks(struct json *j, const struct config *c)
{
    if (c->nr_disks == 0)
        return;
    json_open(j, "disks", '[');
    for (unsigned int i = 0; i < c->nr_disks; i++) {
        json_open(j, NULL, '{');
        json_text(j, "pdev_path", c->disks[i].target);
        json_text(j, "vdev", c->disks[i].vdev);
        json_text(j, "backend", "phy");
        json_text(j, "format", "raw");
        json_number(j, "readwrite", !c->disks[i].readonly);
        json_close(j);
    }
    json_close(j);
}

static void vifs(struct json *j, const struct config *c)
{
    char mac[18];

    if (c->nr_vifs == 0)
        return;
    json_open(j, "nics", '[');
    for (unsigned int i = 0; i < c->nr_vifs; i++) {
        const uint8_t *m = c->vifs[i].mac;

        json_open(j, NULL, '{');
        json_number(j, "devid", i);
        snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1],
                 m[2], m[3], m[4], m[5]);
        json_text(j, "mac", mac);
        if (c->vifs[i].bridge)
            json_text(j, "bridge", c->vifs[i].bridge);
        json_text(j, "nictype", "vif");
        json_close(j);
    }
    json_close(j);
}

static void build_info(struct json *j, const struct config *c)
{
    json_open(j, "b_info", '{');
    json_number(j, "max_vcpus", c->maxvcpus);
    json_open(j, "avail_vcpus", '[');
    for (long i = 0; i < c->vcpus; i++)
        json_number(j, NULL, i);
    json_close(j);
    json_number(j, "max_memkb", c->maxmem * 1024ll);
    json_number(j, "target_memkb", c->memory * 1024ll);
    json_number(j, "video_memkb", 0);
    json_text(j, "kernel", c->kernel);
    if (c->cmdline)
        json_text(j, "cmdline", c->cmdline);
    if (c->ramdisk)
        json_text(j, "ramdisk", c->ramdisk);
    json_raw(j, "type.pvh", "{}");
    if (c->vuart) {
        json_open(j, "arch_arm", '{');
        json_text(j, "vuart", "sbsa_uart");
        json_close(j);
    } else {
        json_raw(j, "arch_arm", "{}");
    }
    json_close(j);
}

void userdata_config(struct json *j, const struct config *c)
{
    char uuid[UUID_TEXT];

    uuid_text(c->uuid, uuid);
    json_open(j, "c_info", '{');
    json_text(j, "type", "pvh");
    json_text(j, "name", c->name);
    json_text(j, "uuid", uuid);
    json_close(j);
    build_info(j, c);
    disks(j, c);
    vifs(j, c);
    json_text(j, "on_poweroff", action_names[c->on_poweroff]);
    json_text(j, "on_reboot", action_names[c->on_reboot]);
    json_text(j, "on_crash", action_names[c->on_crash]);
    json_text(j, "on_watchdog", action_names[c->on_watchdog]);
}

int userdata_write(struct xl *x, uint32_t domid, const struct config *c)
{
    char uuid[UUID_TEXT], path[128];
    struct json j;
    mode_t mask = umask(077);
    FILE *f;
    bool bad;

    uuid_text(c->uuid, uuid);
    path_of(path, sizeof(path), domid, uuid);
    mkdir(DIR, 0755);
    f = fopen(path, "w");
    umask(mask);
    if (!f)
        return fail(x, domid, path, "make room and the folder");
    json_begin(&j, f);
    json_open(&j, NULL, '{');
    userdata_config(&j, c);
    json_close(&j);
    bad = ferror(f);
    return fclose(f) || bad ? fail(x, domid, path, "make room") : 0;
}

void userdata_remove(uint32_t domid)
{
    char pattern[64];
    glob_t found;

    snprintf(pattern, sizeof(pattern), DIR "/userdata-d.%u.*", domid);
    if (glob(pattern, 0, NULL, &found))
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        unlink(found.gl_pathv[i]);
    globfree(&found);
}

char *userdata_read(uint32_t domid, const uint8_t uuid[16])
{
    char id[UUID_TEXT], path[128], *text;
    size_t len;
    FILE *f;

    uuid_text(uuid, id);
    path_of(path, sizeof(path), domid, id);
    f = fopen(path, "r");
    if (!f)
        return NULL;
    text = malloc(MOST);
    len = text ? fread(text, 1, MOST - 1, f) : 0;
    fclose(f);
    while (len && (text[len - 1] == '\n' || text[len - 1] == '\0'))
        len--;
    if (text)
        text[len] = '\0';
    return text;
}
