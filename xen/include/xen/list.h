/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked ring of nodes embedded in the objects.
 *
 * Layer: 1 (lib). Compiles on the host unchanged. No locks.
 */
#ifndef XEN_LIST_H
#define XEN_LIST_H

#include <stdbool.h>

#include <xen/compiler.h>

struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
    l->next = l;
    l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

/* Insert @node before @at: the end of the list when @at is its head. */
static inline void list_add_before(struct list *at, struct list *node)
{
    node->next = at;
    node->prev = at->prev;
    at->prev->next = node;
    at->prev = node;
}

static inline void list_add_after(struct list *at, struct list *node)
{
    list_add_before(at->next, node);
}

/* Take @node out; it is then a list of its own, so a second call is safe. */
static inline void list_del(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#define list_entry(node_, type_, member_) container_of(node_, type_, member_)

#define list_for_each(pos_, head_)                                             \
    for (struct list *pos_ = (head_)->next; pos_ != (head_); pos_ = pos_->next)

/* The body may list_del(@pos_). */
#define list_for_each_safe(pos_, tmp_, head_)                                  \
    for (struct list *pos_ = (head_)->next, *tmp_ = pos_->next;                \
         pos_ != (head_); pos_ = tmp_, tmp_ = pos_->next)

#endif /* XEN_LIST_H */
