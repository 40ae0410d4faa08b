/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration of a guest: files of "key = value" in the syntax of
 * xl.cfg, read into one structure.
 *
 *     value = number | "string" | 'string' | [ value, ... ]
 *
 * A line ends with its end or with ';', lists go on over ends of lines, and
 * '#' begins a comment. A key that comes again replaces what it was.
 *
 * Uses the C library only: tested on the host, unit/xl_config.c.
 *
 * Source: xl.cfg(5) of Xen 4.17, for the words. Layer: tool.
 */
#ifndef XL_CONFIG_H
#define XL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISKS    8u
#define VIFS     8u
#define RANGES   16u
#define MAX_CPUS 128u

/* What becomes of a domain that has stopped. */
enum action {
    ACTION_DESTROY,
    ACTION_RESTART,
    ACTION_RENAME_RESTART, /* the old one stays, under another name */
    ACTION_PRESERVE,
    ACTIONS
};
extern const char *const action_names[ACTIONS];

struct disk {
    char *target; /* file or device in domain 0 */
    char *vdev;   /* xvda, ... */
    char *script; /* NULL: "block" */
    bool readonly;
};

struct vif {
    uint8_t mac[6];
    bool has_mac;
    char *bridge, *script, *ip, *name;
};

/* Pages of registers, at @gfn in the guest. */
struct iomem {
    uint64_t mfn, pages, gfn;
};

/* A set of CPUs; any: no limit. */
struct cpus {
    bool any;
    uint8_t map[MAX_CPUS / 8];
};

struct config {
    char *name, *kernel, *ramdisk, *cmdline, *extra, *root, *pool;
    uint8_t uuid[16];
    bool has_uuid, vuart;
    long memory, maxmem, vcpus, maxvcpus; /* MiB; 0: not told */
    long weight, cap;                     /* weight 0: the default */
    long event_channels, grant_frames, maptrack_frames;
    enum action on_poweroff, on_reboot, on_crash, on_watchdog;
    struct cpus cpus, cpus_soft;
    struct disk disks[DISKS];
    struct vif vifs[VIFS];
    struct iomem iomem[RANGES];
    uint32_t irqs[RANGES];
    unsigned int nr_disks, nr_vifs, nr_iomem, nr_irqs;
};

/* Why a text is refused, in one line: "FILE:LINE: KEY: what: what to do". */
struct config_error {
    char text[256];
};

/* All defaults. */
void config_init(struct config *c);

/* Frees what it points to. */
void config_free(struct config *c);

/*
 * Reads @text, called @file in messages, over what is in @c. Unknown keys
 * are told to @warn (may be NULL), one line each, and passed over.
 * Returns 0, or -1 with @error.
 */
int config_parse(struct config *c, const char *file, const char *text,
                 void (*warn)(const char *line), struct config_error *error);

/*
 * After all is read: what is missing, what contradicts; and makes cmdline
 * of root and extra, maxmem and maxvcpus of memory and vcpus.
 * Returns 0, or -1 with @error.
 */
int config_check(struct config *c, const char *file,
                 struct config_error *error);

/* Letters, digits and _.:+-, at most 79, not only digits. */
bool config_name_is_fine(const char *name);

/* "0-3,5,^2", "all": 0, or -1. Also for vcpu-pin. */
int cpus_parse(const char *text, struct cpus *out);

/* The same the other way round, for @nr CPUs: "all", "none", "0-1,3". */
void cpus_text(const uint8_t *map, unsigned int nr, char *out, size_t size);

/* 32 hexadecimal digits, with or without '-': 0, or -1. */
int uuid_parse(const char *text, uint8_t uuid[16]);

#define UUID_TEXT 37
void uuid_text(const uint8_t uuid[16], char out[UUID_TEXT]);

/* Number of a virtual disk (xvda: 51712), or -1. */
long vdev_number(const char *vdev);

#endif /* XL_CONFIG_H */
