/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register file: every peripheral address reads what was written to it.
 *
 * Most registers of a SoC are settings that software stores and reads back.
 * Those that do more have a rule (struct reg_rule), given by the file of
 * their device group; whole devices lie above this in the memory map.
 *
 * Source: TRM 2.1 to 2.4 (memory maps of L3, L4 and the MPU).
 */
#include "dra7.h"
#include "sysemu/sysemu.h"

struct page {
    uint32_t word[1024];
    uint32_t reads[1024], writes[1024]; /* for the touch log */
};

struct window {
    struct dra7 *soc;
    uint32_t pa;
    MemoryRegion mr;
};

/* clang-format off */
static struct {
    uint32_t pa, bytes;
} windows[] = {
    { 0x40800000, 0x02800000 },  /* DSP1, DSP2, EVE                   */
    { 0x43000000, 0x03000000 },  /* EDMA, L3 interconnect             */
    { 0x48000000, 0x01000000 },  /* L4_PER1 to 3, MPU subsystem       */
    { 0x4a000000, 0x01000000 },  /* L4_CFG, L4_WKUP                   */
    { 0x4b000000, 0x06000000 },  /* EMIF, DMM, GPMC registers, QSPI   */
    { 0x51000000, 0x0a000000 },  /* PCIe, GPU, DSS, IPU               */
};
/* clang-format on */

static struct page *page_of(struct dra7 *soc, uint32_t pa)
{
    gpointer key = GUINT_TO_POINTER(pa >> 12);
    struct page *page = g_hash_table_lookup(soc->pages, key);

    if (!page) {
        page = g_new0(struct page, 1);
        g_hash_table_insert(soc->pages, key, page);
    }
    return page;
}

uint32_t *reg_word(struct dra7 *soc, uint32_t pa)
{
    return &page_of(soc, pa)->word[(pa & 0xfff) / 4];
}

void regs_set(struct dra7 *soc, const struct reg_value *values, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        *reg_word(soc, values[i].pa) = values[i].value;
}

void regs_follow(struct dra7 *soc, const struct reg_rule *rules, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        for (uint32_t at = 0; at < rules[i].bytes; at += 4)
            g_hash_table_insert(soc->rules, GUINT_TO_POINTER(rules[i].pa + at),
                                (gpointer)&rules[i]);
}

static const struct reg_rule *rule_of(struct dra7 *soc, uint32_t pa)
{
    return g_hash_table_lookup(soc->rules, GUINT_TO_POINTER(pa));
}

uint32_t reg_bit0_clears(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored & ~(1u << 0);
}

uint32_t reg_bit1_clears(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored & ~(1u << 1);
}

uint32_t reg_bit31_clears(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored & ~(1u << 31);
}

uint32_t reg_bit0_set(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored | 1u << 0;
}

static uint64_t window_read(void *opaque, hwaddr offset, unsigned size)
{
    struct window *window = opaque;
    uint32_t pa = window->pa + offset, word_pa = pa & ~3u;
    const struct reg_rule *rule = rule_of(window->soc, word_pa);
    uint32_t value = *reg_word(window->soc, word_pa);

    page_of(window->soc, pa)->reads[(pa & 0xfff) / 4]++;
    if (rule && rule->read)
        value = rule->read(window->soc, word_pa, value);
    return extract64(value, (pa & 3) * 8, size * 8);
}

static void window_write(void *opaque, hwaddr offset, uint64_t value,
                         unsigned size)
{
    struct window *window = opaque;
    uint32_t pa = window->pa + offset, word_pa = pa & ~3u;
    const struct reg_rule *rule = rule_of(window->soc, word_pa);
    uint32_t *word = reg_word(window->soc, word_pa), before = *word;

    page_of(window->soc, pa)->writes[(pa & 0xfff) / 4]++;
    *word = deposit32(before, (pa & 3) * 8, size * 8, value);
    if (rule && rule->write)
        rule->write(window->soc, word_pa, before);
}

static const MemoryRegionOps window_ops = {
    .read = window_read,
    .write = window_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

static void regs_reset(void *opaque)
{
    struct dra7 *soc = opaque;
    GHashTableIter iter;
    gpointer page;

    g_hash_table_iter_init(&iter, soc->pages);
    while (g_hash_table_iter_next(&iter, NULL, &page))
        memset(((struct page *)page)->word, 0,
               sizeof(((struct page *)0)->word));
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    return GPOINTER_TO_UINT(a) < GPOINTER_TO_UINT(b) ? -1 : 1;
}

/* The touch log: which registers were used, how often, and what is in them. */
static struct {
    struct dra7 *soc;
    Notifier notifier;
} at_exit;

static void write_touchlog(Notifier *notifier, void *data)
{
    struct dra7 *soc = at_exit.soc;
    FILE *file = fopen(soc->config.touchlog, "w");
    GList *keys, *key;

    if (!file)
        return;
    keys = g_list_sort(g_hash_table_get_keys(soc->pages), by_number);
    for (key = keys; key; key = key->next) {
        struct page *page = g_hash_table_lookup(soc->pages, key->data);

        for (unsigned i = 0; i < ARRAY_SIZE(page->word); i++)
            if (page->reads[i] || page->writes[i])
                fprintf(file, "%08x r%u w%u last=%08x\n",
                        (GPOINTER_TO_UINT(key->data) << 12) + i * 4,
                        page->reads[i], page->writes[i], page->word[i]);
    }
    g_list_free(keys);
    fclose(file);
}

void regs_create(struct dra7 *soc)
{
    soc->pages = g_hash_table_new(NULL, NULL);
    soc->rules = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(windows); i++) {
        struct window *window = g_new0(struct window, 1);

        window->soc = soc;
        window->pa = windows[i].pa;
        memory_region_init_io(&window->mr, NULL, &window_ops, window,
                              "dra7-regs", windows[i].bytes);
        memory_region_add_subregion_overlap(get_system_memory(), window->pa,
                                            &window->mr, -1);
    }
    qemu_register_reset(regs_reset, soc);
    if (soc->config.touchlog) {
        at_exit.soc = soc;
        at_exit.notifier.notify = write_touchlog;
        qemu_add_exit_notifier(&at_exit.notifier);
    }
}
