/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of CPUs, UUIDs and names of disks as text: see config.h.
 *
 * Source: config.h; public/io/blkif.h for the numbers of disks. Layer: tool.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

/* ---- sets of CPUs ---- */

static void set_range(struct cpus *out, unsigned long from, unsigned long to,
                      bool value)
{
    for (unsigned long i = from; i <= to; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);

        if (value)
            out->map[i / 8] |= bit;
        else
            out->map[i / 8] &= (uint8_t)~bit;
    }
}

/* One of "3", "0-2", "all", each with or without a "^" in front. */
static int cpus_word(const char **text, struct cpus *out)
{
    const char *at = *text + (**text == '^');
    bool value = **text != '^';
    unsigned long from, to;
    char *end;

    if (strncmp(at, "all", 3) == 0) {
        from = 0;
        to = MAX_CPUS - 1;
        *text = at + 3;
    } else {
        if (!isdigit((unsigned char)*at))
            return -1;
        from = to = strtoul(at, &end, 10);
        if (*end == '-') {
            at = end + 1;
            if (!isdigit((unsigned char)*at))
                return -1;
            to = strtoul(at, &end, 10);
        }
        *text = end;
    }
    if (from > to || to >= MAX_CPUS)
        return -1;
    set_range(out, from, to, value);
    return 0;
}

int cpus_parse(const char *text, struct cpus *out)
{
    struct cpus set = { .any = strcmp(text, "all") == 0 };

    /* "^0" alone is all but that one. */
    if (*text == '^')
        set_range(&set, 0, MAX_CPUS - 1, true);
    for (;;) {
        text += strspn(text, " ");
        if (cpus_word(&text, &set))
            return -1;
        text += strspn(text, " ");
        if (*text == '\0')
            break;
        if (*text++ != ',')
            return -1;
    }
    *out = set;
    return 0;
}

static bool has(const uint8_t *map, unsigned int i)
{
    return map[i / 8] >> i % 8 & 1;
}

void cpus_text(const uint8_t *map, unsigned int nr, char *out, size_t size)
{
    unsigned int count = 0, end;
    size_t used = 0;

    out[0] = '\0';
    for (unsigned int i = 0; i < nr; i++)
        count += has(map, i);
    if (count == nr || count == 0) {
        snprintf(out, size, "%s", count ? "all" : "none");
        return;
    }
    for (unsigned int i = 0; i < nr && used < size; i = end + 1) {
        end = i;
        if (!has(map, i))
            continue;
        while (end + 1 < nr && has(map, end + 1))
            end++;
        used += (size_t)snprintf(out + used, size - used, "%s%u",
                                 used ? "," : "", i);
        if (end > i && used < size)
            used += (size_t)snprintf(out + used, size - used, "-%u", end);
    }
}

/* ---- UUID ---- */

int uuid_parse(const char *text, uint8_t uuid[16])
{
    uint8_t out[16];
    unsigned int digits = 0;

    for (; *text; text++) {
        int c = tolower((unsigned char)*text);

        if (c == '-' && digits && digits % 2 == 0)
            continue;
        if (!isxdigit(c) || digits == 32)
            return -1;
        c = isdigit(c) ? c - '0' : c - 'a' + 10;
        out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] << 4 | c : c);
        digits++;
    }
    if (digits != 32)
        return -1;
    memcpy(uuid, out, sizeof(out));
    return 0;
}

void uuid_text(const uint8_t uuid[16], char out[UUID_TEXT])
{
    char *at = out;

    for (unsigned int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        at += sprintf(at, "%02x", uuid[i]);
    }
}

/* ---- disks ---- */

/*
 * xvd of the first 16 disks and 15 partitions: Linux's old numbers, major
 * 202 and 16 minors for each.
 */
long vdev_number(const char *vdev)
{
    unsigned long part = 0;
    char *end;

    if (strncmp(vdev, "xvd", 3) || vdev[3] < 'a' || vdev[3] > 'p')
        return -1;
    if (vdev[4]) {
        if (vdev[4] < '1' || vdev[4] > '9')
            return -1;
        part = strtoul(vdev + 4, &end, 10);
        if (*end || part > 15)
            return -1;
    }
    return (202 << 8) + (vdev[3] - 'a') * 16 + (long)part;
}
