/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See devices_config.h.
 *
 * Source: devices_config.h. Layer: tool.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices_config.h"

/* ---- words of a value: "a,b=c,d" ---- */

/* Next word of *rest, which goes on; NULL at the end. No blanks around. */
static char *next_word(char **rest)
{
    char *word = *rest, *end;

    if (!word)
        return NULL;
    *rest = strchr(word, ',');
    if (*rest)
        *(*rest)++ = '\0';
    word += strspn(word, " \t");
    for (end = word + strlen(word); end > word && end[-1] == ' ';)
        *--end = '\0';
    return word;
}

/* Is @word "NAME=..."? Its value, or NULL. */
static const char *value_of(const char *word, const char *name)
{
    size_t len = strlen(name);

    return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1
                                                             : NULL;
}

static void put(char **to, const char *text)
{
    free(*to);
    *to = strdup(text);
}

/* ---- disk ---- */

static const char *disk_format(const char *word)
{
    return strcmp(word, "raw") == 0 || *word == '\0'
               ? NULL
               : "only disks of format raw: convert the image with qemu-img";
}

static const char *disk_access(struct disk *d, const char *word)
{
    if (strcmp(word, "r") == 0 || strcmp(word, "ro") == 0)
        d->readonly = true;
    else if (strcmp(word, "w") == 0 || strcmp(word, "rw") == 0)
        d->readonly = false;
    else
        return "access is r or w";
    return NULL;
}

/* "phy:..." and "file:..." in front of the target, of old. */
static const char *disk_target(struct disk *d, const char *word)
{
    if (strncmp(word, "phy:", 4) == 0)
        word += 4;
    else if (strncmp(word, "file:", 5) == 0)
        word += 5;
    else if (strncmp(word, "tap:", 4) == 0 || strncmp(word, "qdisk:", 6) == 0)
        return "there is no device model: use phy: or file:";
    if (*word != '/')
        return "the target is a file or device with its whole path, as "
               "\"phy:/dev/vg/root,xvda,w\"";
    put(&d->target, word);
    return NULL;
}

static const char *disk_named(struct disk *d, const char *word)
{
    const char *value;

    if ((value = value_of(word, "format")))
        return disk_format(value);
    if ((value = value_of(word, "access")))
        return disk_access(d, value);
    if ((value = value_of(word, "target")))
        return disk_target(d, value);
    if ((value = value_of(word, "vdev")))
        put(&d->vdev, value);
    else if ((value = value_of(word, "script")))
        put(&d->script, value);
    else if ((value = value_of(word, "backendtype")))
        return strcmp(value, "phy") == 0
                   ? NULL
                   : "backendtype is phy: there is no device model";
    else
        return "this word is not known: target=, vdev=, access=, format=, "
               "script=";
    return NULL;
}

/* target, format, vdev, access; or target, vdev, access as of old. */
static const char *disk_parse(struct disk *d, char *text)
{
    bool old = strncmp(text, "phy:", 4) == 0 || strncmp(text, "file:", 5) == 0;
    unsigned int place = 0;
    const char *why = NULL;
    char *word;

    while (!why && (word = next_word(&text))) {
        if (strchr(word, '=') && *word != '/') {
            why = disk_named(d, word);
            continue;
        }
        if (old && place == 1)
            place = 2;
        switch (place++) {
        case 0:
            why = disk_target(d, word);
            break;
        case 1:
            why = disk_format(word);
            break;
        case 2:
            put(&d->vdev, word);
            break;
        case 3:
            why = disk_access(d, word);
            break;
        default:
            why = "there are too many words";
        }
    }
    if (why)
        return why;
    if (!d->target || !d->vdev)
        return "the target or the virtual device is missing: "
               "\"phy:/dev/vg/root,xvda,w\"";
    return vdev_number(d->vdev) < 0 ? "the virtual device is xvda to xvdp, "
                                      "or a partition of one, xvda1"
                                    : NULL;
}

void config_disks_free(struct config *c)
{
    for (unsigned int i = 0; i < c->nr_disks; i++) {
        free(c->disks[i].target);
        free(c->disks[i].vdev);
        free(c->disks[i].script);
    }
    memset(c->disks, 0, sizeof(c->disks));
    c->nr_disks = 0;
}

const char *config_disks(struct config *c, const struct assignment *a)
{
    const char *why;
    char text[VALUE_SIZE];

    config_disks_free(c);
    if (!a->list)
        return "a list is expected: [\"phy:/dev/vg/root,xvda,w\"]";
    for (unsigned int i = 0; i < a->nr; i++) {
        struct disk *d = &c->disks[c->nr_disks];

        if (c->nr_disks == DISKS)
            return "there may be 8";
        c->nr_disks++;
        snprintf(text, sizeof(text), "%s", a->value[i]);
        why = disk_parse(d, text);
        if (why)
            return why;
        for (unsigned int j = 0; j + 1 < c->nr_disks; j++)
            if (strcmp(c->disks[j].vdev, d->vdev) == 0)
                return "two disks have the same virtual device";
    }
    return NULL;
}

/* ---- vif ---- */

static const char *vif_mac(struct vif *v, const char *text)
{
    unsigned int b[6];
    int end = 0;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3],
               &b[4], &b[5], &end) != 6 ||
        text[end])
        return "mac= is six bytes: mac=00:16:3e:00:00:01";
    if (b[0] & 1)
        return "mac= is an address of a group: its first byte must be even";
    for (unsigned int i = 0; i < 6; i++)
        v->mac[i] = (uint8_t)b[i];
    v->has_mac = true;
    return NULL;
}

static const char *vif_word(struct vif *v, const char *word)
{
    const char *value;

    if ((value = value_of(word, "mac")))
        return vif_mac(v, value);
    if ((value = value_of(word, "bridge")))
        put(&v->bridge, value);
    else if ((value = value_of(word, "script")))
        put(&v->script, value);
    else if ((value = value_of(word, "ip")))
        put(&v->ip, value);
    else if ((value = value_of(word, "vifname")))
        put(&v->name, value);
    else if ((value = value_of(word, "type")))
        return strcmp(value, "vif") == 0 ? NULL : "type= is vif";
    else if (*word)
        return "this word is not known: mac=, bridge=, script=, ip=, vifname=";
    return NULL;
}

void config_vifs_free(struct config *c)
{
    for (unsigned int i = 0; i < c->nr_vifs; i++) {
        free(c->vifs[i].bridge);
        free(c->vifs[i].script);
        free(c->vifs[i].ip);
        free(c->vifs[i].name);
    }
    memset(c->vifs, 0, sizeof(c->vifs));
    c->nr_vifs = 0;
}

const char *config_vifs(struct config *c, const struct assignment *a)
{
    char text[VALUE_SIZE], *rest, *word;
    const char *why;

    config_vifs_free(c);
    if (!a->list)
        return "a list is expected: [\"bridge=xenbr0\"]";
    for (unsigned int i = 0; i < a->nr; i++) {
        if (c->nr_vifs == VIFS)
            return "there may be 8";
        snprintf(text, sizeof(text), "%s", a->value[i]);
        rest = text;
        c->nr_vifs++;
        while ((word = next_word(&rest))) {
            why = vif_word(&c->vifs[c->nr_vifs - 1], word);
            if (why)
                return why;
        }
    }
    return NULL;
}

/* ---- iomem: "MFN,PAGES[@GFN]", in hexadecimal ---- */

const char *config_iomem(struct config *c, const struct assignment *a)
{
    struct iomem *m;
    const char *text;
    char *end;

    c->nr_iomem = 0;
    for (unsigned int i = 0; i < a->nr; i++) {
        if (c->nr_iomem == RANGES)
            return "there may be 16";
        m = &c->iomem[c->nr_iomem++];
        text = a->value[i];
        m->mfn = strtoull(text, &end, 16);
        if (!a->list || end == text || *end != ',')
            return "a list of \"FRAME,PAGES\" in hexadecimal is expected";
        text = end + 1;
        m->pages = strtoull(text, &end, 16);
        if (end == text || !m->pages)
            return "the number of pages is missing: \"FRAME,PAGES\"";
        m->gfn = m->mfn;
        if (*end == '@') {
            text = end + 1;
            m->gfn = strtoull(text, &end, 16);
        }
        if (end == text || *end)
            return "behind the pages, only @FRAME is expected";
        if (m->mfn + m->pages > 1u << 28 || m->gfn + m->pages > 1u << 28)
            return "this is above 40 bits of address";
    }
    return NULL;
}
