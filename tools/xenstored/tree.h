/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree of nodes, which never changes: every change makes a new root.
 *
 * @root points to a word that holds a reference to a root node; the functions
 * that change something replace it by a reference to the new root. Paths are
 * absolute and valid (path.h), with a length and no NUL needed.
 *
 * Layer: 3 of the tool. Uses arena.h.
 */
#ifndef TREE_H
#define TREE_H

#include "arena.h"

/* The node of @path in the tree of @root, or 0. */
uint32_t tree_find(const struct store *s, uint32_t root, const char *path,
                   uint32_t len);

/* A node without parent, with the permissions @perms (a reference). */
uint32_t tree_new_root(struct store *s, uint32_t perms);

/*
 * Adds an empty node at @path, whose parent exists and which does not.
 * @perms: a reference that is taken over. The parent's generation changes.
 */
void tree_add(struct store *s, uint32_t *root, const char *path, uint32_t len,
              uint32_t perms);

/* Removes the node of @path, which exists and is not the root. */
void tree_remove(struct store *s, uint32_t *root, const char *path,
                 uint32_t len);

/* Gives the node of @path, which exists, another value (takes over @blob). */
void tree_set_value(struct store *s, uint32_t *root, const char *path,
                    uint32_t len, uint32_t blob, uint32_t value_len);

/* The same for permissions. */
void tree_set_perms(struct store *s, uint32_t *root, const char *path,
                    uint32_t len, uint32_t perms);

/* Adds @sign to .change of the owner of each node from @top on downwards. */
void tree_count(struct store *s, uint32_t top, int32_t sign);

/*
 * Writes the names of @dir's children, in order and each with a NUL, to @to
 * (@max bytes), leaving out the first @skip bytes of that list. Returns the
 * bytes written; *all tells whether the end was reached. Names are whole
 * unless @skip points into one.
 */
uint32_t tree_list(struct store *s, uint32_t dir, uint32_t skip, uint8_t *to,
                   uint32_t max, bool *all);

/*
 * The path that follows @path in the order parents before children, siblings
 * by name; changes it in place (room for PATH_MAX_ABS). Without @into the
 * children of @path are passed over. Returns its new length, 0 at the end.
 */
uint32_t tree_next(const struct store *s, uint32_t root, char *path,
                   uint32_t len, bool into);

/* Nodes from @top on downwards that @domid owns. */
uint32_t tree_owned(struct store *s, uint32_t top, uint16_t domid);

/* True when one of them has a permission for @domid. */
bool tree_mentions(struct store *s, uint32_t top, uint16_t domid);

/* A node's generation; 0 for no node. */
uint64_t node_gen(const struct store *s, uint32_t i);

/* Bytes of a node that the node-size quota counts. */
uint32_t node_size(const struct store *s, uint32_t i);

/* Length of the parent's path: "/a/b" 2, "/a" 1, "/" 1. */
uint32_t path_parent(const char *path, uint32_t len);

#endif /* TREE_H */
