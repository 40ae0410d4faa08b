/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena: cells, and changes that happen whole or not at all.
 *
 * Layer: 2 of the tool. Uses core.h.
 */
#ifndef ARENA_H
#define ARENA_H

#include "core.h"

/* Lays out @o (defaults filled in) at @base; returns the end, in bytes. */
size_t arena_layout(struct store *s, uint8_t *base,
                    const struct store_options *o);

/* Replaces zeros of @o by defaults and keeps the rest within reason. */
struct store_options arena_options(const struct store_options *o);

/*
 * Opens the one op that there is: until commit() or rollback() the roots are
 * s->op.root. @acct is the slot that pays for new cells.
 */
void begin(struct store *s, uint32_t acct);

/*
 * Makes all changes since begin() permanent: one store to header.select.
 * Returns false, having rolled back, when cells or journal did not suffice.
 */
bool commit(struct store *s);

/* Undoes all changes since begin(). */
void rollback(struct store *s);

/* Undoes what a former life left open. No reference is touched. */
void arena_undo(struct store *s);

/* Changes a kept word, inside of an op. */
void set(struct store *s, uint32_t *word, uint32_t value);

/* The same for a word that names a cell; takes over the caller's reference. */
void set_ref(struct store *s, uint32_t *word, uint32_t cell);

/* A state's checksum, over all but .sum. */
uint32_t state_sum(const struct state *st);

/* A cell's checksum. Words of log.flags are left out. */
uint32_t cell_sum(const struct cell *c);

/*
 * A new cell with one reference; its content is whatever it was. On failure
 * the op is broken and the result 0.
 */
uint32_t cell_take(struct store *s, enum cell_type type, uint32_t acct);

/* The same, zeroed. */
uint32_t cell_new(struct store *s, enum cell_type type, uint32_t acct);

/* One more reference; 0 is allowed. Returns @i. */
uint32_t cell_ref(struct store *s, uint32_t i);

/* One reference less; the cell dies with the last. 0 is allowed. */
void cell_put(struct store *s, uint32_t i);

/* Frees up to @max dead cells; true when there are more. */
bool cell_drain(struct store *s, uint32_t max);

/* The cells that @c names: calls f for each. */
uint32_t cell_links(const struct cell *c, uint32_t out[6]);

/* Makes sure that an op can have @cells for slot @acct: XE_OK or XE_NOSPC. */
enum xs_error cell_room(struct store *s, uint32_t acct, uint32_t cells);

/* A blob of @len bytes; 0 for none of them, or when the op is broken. */
uint32_t blob_new(struct store *s, const void *data, uint32_t len);

/* Copies a blob to @to, which has room for blob_len(). Returns its length. */
uint32_t blob_get(const struct store *s, uint32_t i, void *to);

/* Bytes of a blob; 0 is empty. */
uint32_t blob_len(const struct store *s, uint32_t i);

/* Compares a blob's first bytes and its length with @data. */
bool blob_is(const struct store *s, uint32_t i, const void *data, uint32_t len);

/* Rebuilds references, lists and counters; false: a root is damaged. */
bool arena_mark(struct store *s, const struct state *st);

/* One line to the log: "@what @number". */
void say(const struct store *s, const char *what, uint32_t number);

static inline struct cell *cell_at(const struct store *s, uint32_t i)
{
    return &s->cells[i];
}

static inline struct node *node_at(const struct store *s, uint32_t i)
{
    return &s->cells[i].u.node;
}

/* Stores are seen in program order by whoever comes after a crash. */
static inline void ordered(void)
{
    __asm__ volatile("" ::: "memory");
}

static inline uint64_t pair(const uint32_t w[2])
{
    return (uint64_t)w[1] << 32 | w[0];
}

static inline struct state *state_now(const struct store *s)
{
    return &s->h->state[s->h->select & 1];
}

static inline struct event *events_of(const struct store *s, uint32_t conn)
{
    uint32_t at = conn == 0 ? 0
                  : conn < s->nr_slots
                      ? EVENTS_PRIV + (conn - 1) * EVENTS_GUEST
                      : EVENTS_PRIV + (s->nr_slots - 1) * EVENTS_GUEST +
                            (conn - s->nr_slots) * EVENTS_PRIV;

    return &s->events[at];
}

static inline uint32_t events_max(const struct store *s, uint32_t conn)
{
    return conn > 0 && conn < s->nr_slots ? EVENTS_GUEST : EVENTS_PRIV;
}

#endif /* ARENA_H */
