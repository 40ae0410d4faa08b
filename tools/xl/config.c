/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See config.h. The table of keys is keys[]; one row makes a key known.
 *
 * Source: config.h. Layer: tool.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "devices_config.h"
#include "parse.h"

const char *const action_names[ACTIONS] = {
    [ACTION_DESTROY] = "destroy",
    [ACTION_RESTART] = "restart",
    [ACTION_RENAME_RESTART] = "rename-restart",
    [ACTION_PRESERVE] = "preserve",
};

struct key {
    const char *name;
    /* NULL, or why the value is refused. */
    const char *(*set)(struct config *c, const struct key *k,
                       const struct assignment *a);
    size_t offset; /* in struct config */
    long min, max;
    const char *why; /* of a refusal */
};

static void *field(struct config *c, const struct key *k)
{
    return (char *)c + k->offset;
}

/* ---- kinds of values ---- */

static const char *set_string(struct config *c, const struct key *k,
                              const struct assignment *a)
{
    char **to = field(c, k);
    char *copy;

    if (a->list)
        return "one value, no list";
    copy = strdup(a->value[0]);
    if (!copy)
        return "no memory";
    free(*to);
    *to = copy;
    return NULL;
}

static bool to_number(const char *text, long min, long max, long *out)
{
    char *end;

    errno = 0;
    *out = strtol(text, &end, 0);
    return !errno && end != text && !*end && *out >= min && *out <= max;
}

static const char *set_number(struct config *c, const struct key *k,
                              const struct assignment *a)
{
    static char text[64];
    long number;

    if (!a->list && to_number(a->value[0], k->min, k->max, &number)) {
        *(long *)field(c, k) = number;
        return NULL;
    }
    snprintf(text, sizeof(text), "a number from %ld to %ld is expected", k->min,
             k->max);
    return text;
}

static const char *set_action(struct config *c, const struct key *k,
                              const struct assignment *a)
{
    for (unsigned int i = 0; !a->list && i < ACTIONS; i++)
        if (strcmp(a->value[0], action_names[i]) == 0) {
            *(enum action *)field(c, k) = (enum action)i;
            return NULL;
        }
    if (strncmp(a->value[0], "coredump-", 9) == 0)
        return "there are no core dumps: use destroy or restart";
    return "destroy, restart, rename-restart or preserve is expected";
}

static const char *set_cpus(struct config *c, const struct key *k,
                            const struct assignment *a)
{
    char text[VALUE_SIZE] = "";

    for (unsigned int i = 0; i < a->nr; i++) {
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s", i ? "," : "",
                 a->value[i]);
    }
    return cpus_parse(text, field(c, k)) ? "CPUs are expected: \"0-1,3\", "
                                           "\"all,^0\""
                                         : NULL;
}

static const char *set_uuid(struct config *c, const struct key *k,
                            const struct assignment *a)
{
    (void)k;
    if (a->list || uuid_parse(a->value[0], c->uuid))
        return "32 hexadecimal digits are expected, with - or without";
    c->has_uuid = true;
    return NULL;
}

static const char *set_vuart(struct config *c, const struct key *k,
                             const struct assignment *a)
{
    (void)k;
    if (a->list || strcmp(a->value[0], "sbsa_uart") != 0)
        return "\"sbsa_uart\" is the one that there is";
    c->vuart = true;
    return NULL;
}

static const char *set_type(struct config *c, const struct key *k,
                            const struct assignment *a)
{
    (void)c;
    (void)k;
    return strcmp(a->value[0], "pvh") == 0
               ? NULL
               : "guests of ARM are \"pvh\": leave it out";
}

static const char *refused(struct config *c, const struct key *k,
                           const struct assignment *a)
{
    (void)c;
    return a->list && a->nr == 0 ? NULL : k->why;
}

/* ---- lists of devices: devices_config.c ---- */

static const char *set_disks(struct config *c, const struct key *k,
                             const struct assignment *a)
{
    (void)k;
    return config_disks(c, a);
}

static const char *set_vifs(struct config *c, const struct key *k,
                            const struct assignment *a)
{
    (void)k;
    return config_vifs(c, a);
}

static const char *set_iomem(struct config *c, const struct key *k,
                             const struct assignment *a)
{
    (void)k;
    return config_iomem(c, a);
}

static const char *set_irqs(struct config *c, const struct key *k,
                            const struct assignment *a)
{
    long irq;

    (void)k;
    c->nr_irqs = 0;
    for (unsigned int i = 0; i < a->nr; i++) {
        if (c->nr_irqs == RANGES)
            return "there may be 16";
        if (!a->list || !to_number(a->value[i], 32, 1019, &irq))
            return "a list of SPIs is expected, 32 to 1019: [34, 35]";
        c->irqs[c->nr_irqs++] = (uint32_t)irq;
    }
    return NULL;
}

/* ---- the table ---- */

/* A key's row, by the kind of its value. */
#define WORD(name_, set_, member_)                                             \
    {                                                                          \
        name_, set_, offsetof(struct config, member_), 0, 0, NULL              \
    }
#define NUMBER(name_, member_, min_, max_)                                     \
    {                                                                          \
        name_, set_number, offsetof(struct config, member_), min_, max_, NULL  \
    }
#define OTHER(name_, set_)                                                     \
    {                                                                          \
        name_, set_, 0, 0, 0, NULL                                             \
    }
#define REFUSED(name_, why_)                                                   \
    {                                                                          \
        name_, refused, 0, 0, 0, why_                                          \
    }

#define NO_IOMMU "there is no IOMMU, the device could write anywhere: "
#define NO_MODEL "there is no device model on ARM: leave it out"
#define NO_BIOS  "guests of ARM begin with kernel="

/* clang-format off */
static const struct key keys[] = {
    WORD("name", set_string, name),
    OTHER("uuid", set_uuid),
    OTHER("type", set_type),
    WORD("kernel", set_string, kernel),
    WORD("ramdisk", set_string, ramdisk),
    WORD("cmdline", set_string, cmdline),
    WORD("extra", set_string, extra),
    WORD("root", set_string, root),
    NUMBER("memory", memory, 1, 1048576),
    NUMBER("maxmem", maxmem, 1, 1048576),
    NUMBER("vcpus", vcpus, 1, MAX_CPUS),
    NUMBER("maxvcpus", maxvcpus, 1, MAX_CPUS),
    WORD("cpus", set_cpus, cpus),
    WORD("cpus_soft", set_cpus, cpus_soft),
    WORD("pool", set_string, pool),
    NUMBER("cpu_weight", weight, 1, 65535),
    NUMBER("cap", cap, 0, 12800),
    NUMBER("event_channels", event_channels, 3, 4095),
    NUMBER("max_grant_frames", grant_frames, 1, 256),
    NUMBER("max_maptrack_frames", maptrack_frames, 0, 1024),
    WORD("on_poweroff", set_action, on_poweroff),
    WORD("on_reboot", set_action, on_reboot),
    WORD("on_crash", set_action, on_crash),
    WORD("on_watchdog", set_action, on_watchdog),
    OTHER("vuart", set_vuart),
    OTHER("disk", set_disks),
    OTHER("vif", set_vifs),
    OTHER("iomem", set_iomem),
    OTHER("irqs", set_irqs),
    REFUSED("dtdev", NO_IOMMU "use iomem= and irqs= for devices without DMA"),
    REFUSED("device_tree", "a device of its own could write anywhere: leave "
                           "it out"),
    REFUSED("pci", NO_IOMMU "leave it out"),
    REFUSED("usbdev", NO_MODEL),
    REFUSED("vfb", NO_MODEL),
    REFUSED("channel", NO_MODEL),
    REFUSED("p9", NO_MODEL),
    REFUSED("virtio", NO_MODEL),
    REFUSED("firmware", NO_BIOS),
    REFUSED("bootloader", NO_BIOS),
};
/* clang-format on */

static const struct key *key_find(const char *name)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static int refuse(struct config_error *error, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static int refuse(struct config_error *error, const char *fmt, ...)
{
    va_list al;

    va_start(al, fmt);
    vsnprintf(error->text, sizeof(error->text), fmt, al);
    va_end(al);
    return -1;
}

static int assign(struct config *c, const char *file,
                  const struct assignment *a, void (*warn)(const char *),
                  struct config_error *error)
{
    const struct key *k = key_find(a->key);
    const char *why;
    char line[256];

    if (!k) {
        snprintf(line, sizeof(line),
                 "%s:%u: %s: this key is not known and has no effect", file,
                 a->line, a->key);
        if (warn)
            warn(line);
        return 0;
    }
    if (a->nr == 0 && !a->list)
        return refuse(error, "%s:%u: %s: no value", file, a->line, a->key);
    why = k->set(c, k, a);
    return why ? refuse(error, "%s:%u: %s: %s", file, a->line, a->key, why) : 0;
}

int config_parse(struct config *c, const char *file, const char *text,
                 void (*warn)(const char *line), struct config_error *error)
{
    struct assignment *a = calloc(1, sizeof(*a));
    struct parser p;
    int rc;

    if (!a)
        return refuse(error, "%s: no memory", file);
    parse_begin(&p, text);
    while ((rc = parse_next(&p, a)) == 1)
        if (assign(c, file, a, warn, error)) {
            free(a);
            return -1;
        }
    free(a);
    return rc ? refuse(error, "%s:%u: %s", file, p.line, p.problem) : 0;
}

/* ---- the whole ---- */

void config_init(struct config *c)
{
    *c = (struct config){
        .on_reboot = ACTION_RESTART,
        .cpus.any = true,
        .cpus_soft.any = true,
        .event_channels = 1023,
        .grant_frames = -1,
        .maptrack_frames = -1,
    };
}

void config_free(struct config *c)
{
    char *all[] = { c->name,  c->kernel, c->ramdisk, c->cmdline,
                    c->extra, c->root,   c->pool };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        free(all[i]);
    config_disks_free(c);
    config_vifs_free(c);
}

/* A name may not look like an id, or commands could not tell them apart. */
bool config_name_is_fine(const char *name)
{
    return *name && strspn(name, "0123456789") != strlen(name) &&
           strlen(name) < 80 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_.:+-") == strlen(name);
}

static int make_cmdline(struct config *c)
{
    size_t size = (c->root ? strlen(c->root) : 0) +
                  (c->extra ? strlen(c->extra) : 0) + 16;

    if (c->cmdline || (!c->root && !c->extra))
        return 0;
    c->cmdline = malloc(size);
    if (!c->cmdline)
        return -1;
    snprintf(c->cmdline, size, "%s%s%s%s", c->root ? "root=" : "",
             c->root ? c->root : "", c->root && c->extra ? " " : "",
             c->extra ? c->extra : "");
    return 0;
}

int config_check(struct config *c, const char *file, struct config_error *error)
{
    if (!c->name)
        return refuse(error, "%s: name = \"...\" is missing", file);
    if (!config_name_is_fine(c->name))
        return refuse(error,
                      "%s: name: \"%s\" is none: letters, digits and _.:+- "
                      "are allowed, but digits alone are an id",
                      file, c->name);
    if (!c->kernel)
        return refuse(error, "%s: kernel = \"FILE\" is missing", file);
    if (!c->memory && !c->maxmem)
        return refuse(error, "%s: memory = MIB is missing", file);
    if (c->cmdline && (c->root || c->extra))
        return refuse(error, "%s: cmdline is there, and root or extra: use one",
                      file);
    c->memory = c->memory ? c->memory : c->maxmem;
    c->maxmem = c->maxmem ? c->maxmem : c->memory;
    if (c->maxmem < c->memory)
        return refuse(error, "%s: maxmem (%ld) is less than memory (%ld)", file,
                      c->maxmem, c->memory);
    c->vcpus = c->vcpus ? c->vcpus : c->maxvcpus ? c->maxvcpus : 1;
    c->maxvcpus = c->maxvcpus ? c->maxvcpus : c->vcpus;
    if (c->maxvcpus < c->vcpus)
        return refuse(error, "%s: maxvcpus (%ld) is less than vcpus (%ld)",
                      file, c->maxvcpus, c->vcpus);
    return make_cmdline(c) ? refuse(error, "%s: no memory", file) : 0;
}
