/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The small parts of the store by themselves: numbers, rings, permissions,
 * quotas, cells.
 *
 * Sources: tools/xenstored/arena.c tools/xenstored/cell.c
 * Sources: tools/xenstored/tree.c tools/xenstored/perms.c
 * Sources: tools/xenstored/number.c tools/xenstored/quota.c
 * Sources: tools/xenstored/nodes.c tools/xenstored/transaction.c
 * Sources: tools/xenstored/watch.c tools/xenstored/ring.c
 * Sources: tools/xenstored/domain.c tools/xenstored/conn.c
 * Sources: tools/xenstored/request.c tools/xenstored/access.c
 * Sources: tools/xenstored/admin.c tools/xenstored/store.c
 * Flags:   -Itools/xenstored
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number.h"
#include "perms.h"
#include "quota.h"
#include "store_client.h"

static void numbers(void **state)
{
    static const struct {
        const char *text;
        bool good;
        uint32_t value;
    } rows[] = {
        { "0", true, 0 },
        { "007", true, 7 },
        { "4294967295", true, 4294967295u },
        { "4294967296", false, 0 },
        { "99999999999", false, 0 },
        { "", false, 0 },
        { "-1", false, 0 },
        { "1 ", false, 0 },
        { "0x1", false, 0 },
    };
    char text[20];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t n = 0, len = (uint32_t)strlen(rows[i].text);
        bool good = number_parse(rows[i].text, len, &n);

        assert_int_equal(good, rows[i].good);
        if (good)
            assert_int_equal(n, rows[i].value);
    }
    assert_int_equal(number_text(4294967295u, text), 10);
    assert_memory_equal(text, "4294967295", 10);
    assert_int_equal(number_text64(UINT64_MAX, text), 20);
    assert_memory_equal(text, "18446744073709551615", 20);
}

/* Bytes go round the corner of the ring and of the 32-bit index. */
static void ring_corners(void **state)
{
    static struct store_ring ring;
    uint32_t at = 0xfffffff0u - 500; /* both corners lie ahead */
    uint8_t in[600], out[600];

    (void)state;
    ring.rsp_cons = ring.rsp_prod = at;
    for (int round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < sizeof(in); i++)
            in[i] = (uint8_t)(i * 7 + (uint32_t)round);
        assert_int_equal(ring_write(&ring, at, in, sizeof(in)), sizeof(in));
        /* The rest of the room and no more. */
        assert_int_equal(ring_write(&ring, at + 600, in, 600), 424);
        memcpy(ring.req, ring.rsp, sizeof(ring.req));
        ring.req_prod = at + 600;
        assert_int_equal(ring_read(&ring, at, out, 600), 600);
        assert_memory_equal(in, out, 600);
        at += 600;
        ring.rsp_cons = ring.rsp_prod = at;
    }
    ring.req_prod = at + 1024;
    assert_int_equal(ring_read(&ring, at, out, 0), 0);
    ring.req_prod = at + 1025;
    assert_int_equal(ring_read(&ring, at, out, 600), -1);
    ring.req_prod = at - 1;
    assert_int_equal(ring_read(&ring, at, out, 600), -1);
    ring.rsp_cons = at + 1;
    assert_int_equal(ring_write(&ring, at, in, 1), -1);
}

static void permissions(void **state)
{
    static const struct {
        const char *list;
        uint32_t len;
        uint16_t domid, target;
        uint32_t rights;
    } rows[] = {
        { "n1", 3, 1, DOMID_ANY, RIGHT_ALL }, /* the owner             */
        { "n1", 3, 2, DOMID_ANY, 0 },         /* the default           */
        { "b1", 3, 2, DOMID_ANY, 3 },
        { "n1\0r2", 6, 2, DOMID_ANY, RIGHT_READ },
        { "n1\0r2\0b2", 9, 2, DOMID_ANY, RIGHT_READ }, /* the first wins */
        { "n1\0r2", 6, 3, 1, RIGHT_ALL },              /* serves the owner */
        { "n1\0w2", 6, 3, 2, RIGHT_WRITE },
        { "n1\0r32757", 10, 9, DOMID_ANY, RIGHT_READ }, /* everybody   */
    };
    static const char *const wrong[] = { "",    "n",  "x1",     "n1x",
                                         "n-1", "1n", "n32757", "n40000" };
    struct store *s;

    (void)state;
    host_new((struct store_options){ 0 });
    s = host.s;
    begin(s, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t text[64];
        uint32_t blob;

        assert_int_equal(
            perms_parse(s, (const uint8_t *)rows[i].list, rows[i].len, &blob),
            XE_OK);
        assert_int_equal(perms_rights(s, blob, rows[i].domid, rows[i].target),
                         rows[i].rights);
        assert_int_equal(perms_text(s, blob, text, sizeof(text)), rows[i].len);
        assert_memory_equal(text, rows[i].list, rows[i].len);
        cell_put(s, blob);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        uint32_t blob, len = (uint32_t)strlen(wrong[i]) + 1;

        assert_int_equal(perms_parse(s, (const uint8_t *)wrong[i], len, &blob),
                         XE_INVAL);
    }
    rollback(s);
}

/* More than one cell of them: a list of 40, without one, with another owner. */
static void long_lists(void **state)
{
    uint8_t text[400];
    uint32_t len = 0, blob, less, other;
    struct store *s;

    (void)state;
    host_new((struct store_options){ 0 });
    s = host.s;
    for (uint32_t i = 0; i < 40; i++)
        len += 1 + (uint32_t)sprintf((char *)text + len, "r%u", i);
    begin(s, 0);
    assert_int_equal(perms_parse(s, text, len, &blob), XE_OK);
    assert_true(perms_mention(s, blob, 39));
    less = perms_without(s, blob, 39);
    assert_false(perms_mention(s, less, 39));
    assert_true(perms_mention(s, less, 38));
    other = perms_owned_by(s, less, 77);
    assert_int_equal(perms_owner(s, other), 77);
    assert_int_equal(perms_owner(s, blob), 0);
    rollback(s);
}

/* An op that fails leaves nothing, whatever it had changed. */
static void rolled_back(void **state)
{
    struct store *s;
    uint32_t free_before, word, nodes;

    (void)state;
    host_new((struct store_options){ 0 });
    make_home(1);
    s = host.s;
    while (cell_drain(s, ~0u)) {
    }
    free_before = s->nr_free + s->nr_cells - s->h->used;
    nodes = s->slot_now[1].nodes;
    word = s->conns[1].next_tx;
    begin(s, 1);
    set(s, &s->conns[1].next_tx, 5);
    set(s, &s->conns[1].next_tx, 6);
    set_ref(s, &s->txs[0].log, blob_new(s, "some text", 9));
    s->slot_now[1].change = 3;
    rollback(s);
    while (cell_drain(s, ~0u)) {
    }
    assert_int_equal(s->conns[1].next_tx, word);
    assert_int_equal(s->txs[0].log, 0);
    assert_int_equal(s->slot_now[1].nodes, nodes);
    assert_int_equal(s->nr_free + s->nr_cells - s->h->used, free_before);
    /* More changes than the journal holds: refused, and all undone. */
    begin(s, 1);
    for (uint32_t i = 0; i <= JOURNAL; i++)
        set(s, &s->conns[1].next_tx, i + 10);
    assert_false(commit(s));
    assert_int_equal(s->conns[1].next_tx, word);
    /* All cells: the same. */
    begin(s, 0);
    while (cell_new(s, CELL_BLOB, 0)) {
    }
    assert_false(commit(s));
    assert_int_equal(s->nr_free + s->nr_cells - s->h->used, free_before);
    assert_string_equal(ASK(0, 0, CONTROL, "check")->data, "OK");
}

/* The size that is promised: 32 guests of 256 nodes and 128 KiB. */
static void size(void **state)
{
    struct store_options o = { .guests = 32,
                               .guest_nodes = 256,
                               .guest_bytes = 128 << 10 };

    (void)state;
    assert_true(store_arena_size(&o) <= 7u << 20);
}

/* Who does not understand what is there leaves it to who does. */
static void other_layouts(void **state)
{
    struct store_options other;
    struct store_head *head;
    size_t len;
    void *copy;

    (void)state;
    host_new((struct store_options){ 0 });
    assert_string_equal(ASK_RAW(0, 0, WRITE, "/kept\0v")->data, "OK");
    head = host.arena;
    len = store_arena_size(&host.options);
    copy = malloc(len);
    assert_int_equal(head->mark, STORE_MARK);
    assert_int_equal(head->layout, store_layout);

    head->layout++;
    memcpy(copy, host.arena, len);
    assert_null(
        store_attach(host.arena, len, &host.options, &host.hooks, NULL));
    assert_memory_equal(copy, host.arena, len);
    head->layout--;

    /* Another size: as if the program had other defaults. */
    other = host.options;
    other.priv_watches = 77;
    assert_null(store_attach(host.arena, len, &other, &host.hooks, NULL));
    host_attach();
    assert_true(store_attached(host.s));
    assert_string_equal(ASK(0, 0, READ, "/kept")->data, "v");
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),       cmocka_unit_test(ring_corners),
        cmocka_unit_test(permissions),   cmocka_unit_test(long_lists),
        cmocka_unit_test(rolled_back),   cmocka_unit_test(size),
        cmocka_unit_test(other_layouts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
