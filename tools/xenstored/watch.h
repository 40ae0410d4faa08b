/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches, and the events that they fire.
 *
 * All functions but watch_init() are called inside of an op.
 *
 * Layer: 4 of the tool. Uses tree.h and perms.h.
 */
#ifndef WATCH_H
#define WATCH_H

#include "arena.h"

#define DEPTH_ANY 0xffffffffu

/* "path\0token\0", the path absolute or special. */
struct watch_text {
    const char *path, *token;
    uint32_t path_len, token_len; /* without the NULs */
};

/* Adds a watch of @conn and queues its first event. XE_EXIST, XE_NOSPC. */
enum xs_error watch_add(struct store *s, uint32_t conn,
                        const struct watch_text *t, bool relative,
                        uint32_t depth);

/* Removes the watch of @conn; XE_NOENT when there is none. */
enum xs_error watch_remove(struct store *s, uint32_t conn,
                           const struct watch_text *t);

/* Removes up to @max watches of @conn; true when there are more. */
bool watch_drop(struct store *s, uint32_t conn, uint32_t max);

/*
 * Something happened to @path between the roots @before and @after: fires
 * the watches on it and above it and, with @below (it was removed), those
 * below that existed. Returns XE_OK, or XE_WAIT: some queue is full.
 */
enum xs_error watch_fire(struct store *s, uint32_t before, uint32_t after,
                         const char *path, uint32_t len, bool below);

/* A special node: @root names which; @domid for who watches with a depth. */
enum xs_error watch_fire_special(struct store *s, enum root root,
                                 uint16_t domid);

/* Takes the event that conn @i has sent off its queue (an op of its own). */
void event_done(struct store *s, uint32_t i);

/* What @slot has caused and nobody takes does not count against it more. */
void event_forgive(struct store *s, uint32_t slot);

/* Some queue has room: who waits for it tries again. */
void event_room(struct store *s);

/* Queues one event for each watch of @i that missed some; own op. */
void watch_catch_up(struct store *s, uint32_t i);

/* Rebuilds what is not kept. */
void watch_init(struct store *s);

/* The name of a special root, "@introduceDomain"; NULL for the tree's. */
const char *special_name(enum root root);

/* The special root of that name; ROOT_TREE when there is none. */
enum root special_root(const char *path, uint32_t len);

#endif /* WATCH_H */
