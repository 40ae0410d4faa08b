/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree of nodes: look-up, and changes that copy the way down.
 *
 * A copy of a node refers to all that the original refers to; then one of
 * its links is replaced. So each step of the way down is whole in itself, and
 * the original stays what it was for those who still see it.
 *
 * Layer: 3 of the tool.
 */
#include <string.h>

#include "perms.h"
#include "tree.h"

/* --- one node ------------------------------------------------------------ */

/* Changes one word of a cell that nothing refers to yet, and its sum. */
static void put_word(struct cell *c, uint32_t *word, uint32_t value)
{
    uint32_t i = (uint32_t)(word - c->u.word);

    c->sum += (value - *word) * (2 * i + 1);
    *word = value;
}

/* Replaces a link of a fresh node; takes over a reference to @to. */
static void put_link(struct store *s, uint32_t i, enum link l, uint32_t to)
{
    struct cell *c = cell_at(s, i);
    uint32_t old = c->u.node.link[l];

    put_word(c, &c->u.node.link[l], to);
    cell_put(s, old);
}

static uint32_t link_of(const struct store *s, uint32_t i, enum link l)
{
    return node_at(s, i)->link[l];
}

static void new_gen(struct store *s, uint32_t i)
{
    struct cell *c = cell_at(s, i);

    s->op.gen++;
    put_word(c, &c->u.node.gen[0], (uint32_t)s->op.gen);
    put_word(c, &c->u.node.gen[1], (uint32_t)(s->op.gen >> 32));
}

/* A fresh copy of node @i. */
static uint32_t copy(struct store *s, uint32_t i)
{
    struct cell *from = cell_at(s, i);
    uint32_t acct = s->op.private_ ? s->op.acct : from->acct;
    uint32_t to = cell_take(s, CELL_NODE, acct);
    struct cell *c = cell_at(s, to);

    c->u = from->u;
    c->sum = from->sum;
    c->type = CELL_NODE;
    for (uint32_t l = 0; to && l < NODE_LINKS; l++)
        cell_ref(s, c->u.node.link[l]);
    if (to && c->u.node.name_len > NODE_NAME)
        cell_ref(s, c->u.node.u.name_blob);
    return to;
}

/*
 * Node @i itself, when nobody else can see it, to be changed in place; else
 * a copy. @i is a root of the open op, or a link of a node that came from
 * here: what was committed, or what somebody looks at as it was before, has
 * a second reference somewhere on the way down.
 */
static uint32_t own(struct store *s, uint32_t i)
{
    return cell_at(s, i)->refs == 1 && !s->op.broken ? i : copy(s, i);
}

/* strcmp() of a node's name and @name, which need not end with a NUL. */
static int name_cmp(const struct store *s, const struct node *n,
                    const char *name, uint32_t len)
{
    uint32_t min = n->name_len < len ? n->name_len : len;
    int diff = 0;

    if (n->name_len <= NODE_NAME) {
        /* Most differ in the first bytes: no call for these. */
        for (uint32_t at = 0; at < min && !diff; at++)
            diff = (uint8_t)n->u.name[at] - (uint8_t)name[at];
    } else {
        uint32_t i = n->u.name_blob;

        for (uint32_t at = 0; at < min && !diff;) {
            const struct blob *b = &cell_at(s, i)->u.blob;
            uint32_t part = min - at < BLOB_DATA ? min - at : BLOB_DATA;

            diff = memcmp(b->data, name + at, part);
            at += part;
            i = b->next;
        }
    }
    return diff ? diff : (int)n->name_len - (int)len;
}

static uint32_t name_get(const struct store *s, const struct node *n, char *to)
{
    if (n->name_len > NODE_NAME)
        return blob_get(s, n->u.name_blob, to);
    memcpy(to, n->u.name, n->name_len);
    return n->name_len;
}

static uint32_t name_prio(const struct store *s, const char *name, uint32_t len)
{
    uint32_t hash = s->h->options.seed ^ 2166136261u;

    for (uint32_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    hash ^= hash >> 15;
    hash *= 0x2c1b3c6du;
    return hash ^ hash >> 12;
}

uint64_t node_gen(const struct store *s, uint32_t i)
{
    return i ? pair(node_at(s, i)->gen) : 0;
}

uint32_t node_size(const struct store *s, uint32_t i)
{
    const struct node *n = node_at(s, i);

    return n->value_len + n->children + blob_len(s, n->link[LINK_PERMS]);
}

/* --- paths --------------------------------------------------------------- */

uint32_t path_parent(const char *path, uint32_t len)
{
    while (len > 1 && path[len - 1] != '/')
        len--;
    return len > 1 ? len - 1 : 1;
}

/* The component of @path that starts at *at; moves *at behind it. */
static const char *component(const char *path, uint32_t len, uint32_t *at,
                             uint32_t *name_len)
{
    const char *name = path + *at;
    uint32_t n = 0, max = *at < len ? len - *at : 0;

    while (n < max && name[n] != '/')
        n++;
    *at += n + 1;
    *name_len = n;
    return n ? name : NULL;
}

static uint32_t child_find(const struct store *s, uint32_t dir,
                           const char *name, uint32_t len)
{
    uint32_t i = link_of(s, dir, LINK_CHILD);

    while (i) {
        int diff = name_cmp(s, node_at(s, i), name, len);

        if (!diff)
            break;
        i = link_of(s, i, diff > 0 ? LINK_LEFT : LINK_RIGHT);
    }
    return i;
}

/* That of @root, or the one that was not used last, emptied for it. */
static struct way *way_of(const struct store *s, uint32_t root)
{
    struct ways *all = s->ways;

    if (all->way[all->last].root != root)
        all->last ^= 1;
    if (all->way[all->last].root != root)
        all->way[all->last].depth = 0;
    all->way[all->last].root = root;
    return &all->way[all->last];
}

/* Components of @path, from the first on, that the way has as well. */
static uint32_t way_common(const struct way *w, const char *path, uint32_t len)
{
    uint32_t max = w->depth ? w->end[w->depth - 1] : 0, n = 0, at = 0;

    if (max > len)
        max = len;
    /* By words; the compiler makes one load of each copy. */
    for (; at + 4 <= max; at += 4) {
        uint32_t a, b;

        memcpy(&a, w->path + at, sizeof(a));
        memcpy(&b, path + at, sizeof(b));
        if (a != b)
            break;
    }
    while (at < max && w->path[at] == path[at])
        at++;
    while (n < w->depth && w->end[n] <= at &&
           (w->end[n] == len || path[w->end[n]] == '/'))
        n++;
    return n;
}

/* Component @n of the way ends at @end of @path, and is node @i. */
static bool way_set(struct way *w, uint32_t n, const char *path, uint32_t end,
                    uint32_t i)
{
    uint32_t from = n ? w->end[n - 1] : 0;

    if (n >= WAY_DEPTH || end > WAY_PATH)
        return false;
    memcpy(w->path + from, path + from, end - from);
    w->end[n] = end;
    w->node[n] = i;
    w->depth = n + 1;
    return true;
}

uint32_t tree_find(const struct store *s, uint32_t root, const char *path,
                   uint32_t len)
{
    struct way *w = way_of(s, root);
    uint32_t n = way_common(w, path, len);
    uint32_t i = n ? w->node[n - 1] : root, at = n ? w->end[n - 1] + 1 : 1;
    bool noted = root != 0;
    uint32_t name_len;
    const char *name;

    while (i && (name = component(path, len, &at, &name_len))) {
        i = child_find(s, i, name, name_len);
        noted = noted && i && way_set(w, n++, path, at - 1, i);
    }
    return i;
}

/* --- changes ------------------------------------------------------------- */

/* Copies the way from *root to the node of @path; returns its copy. */
static uint32_t copy_way(struct store *s, uint32_t *root, const char *path,
                         uint32_t len)
{
    uint32_t dir = own(s, *root), at = 1, n = 0, name_len;
    bool noted = dir != 0;
    const char *name;
    struct way *w;

    if (dir != *root)
        cell_put(s, *root);
    *root = dir;
    w = way_of(s, dir);
    w->depth = 0;
    while ((name = component(path, len, &at, &name_len))) {
        uint32_t up = dir, cur = link_of(s, dir, LINK_CHILD);
        enum link l = LINK_CHILD;
        int diff = 1;

        while (cur && diff) {
            uint32_t c = own(s, cur);

            diff = name_cmp(s, node_at(s, cur), name, name_len);
            if (c != cur)
                put_link(s, up, l, c);
            up = dir = c;
            l = diff > 0 ? LINK_LEFT : LINK_RIGHT;
            cur = link_of(s, cur, l);
        }
        noted = noted && dir && !diff && way_set(w, n++, path, at - 1, dir);
    }
    return dir;
}

/* Splits the treap @cur at @name; the halves become the links of @mid. */
static void split(struct store *s, uint32_t cur, const char *name, uint32_t len,
                  uint32_t mid)
{
    uint32_t less = mid, more = mid;
    enum link less_link = LINK_LEFT, more_link = LINK_RIGHT;

    while (cur) {
        uint32_t c = copy(s, cur);
        int diff = name_cmp(s, node_at(s, cur), name, len);

        if (diff < 0) {
            put_link(s, less, less_link, c);
            less = c;
            less_link = LINK_RIGHT;
            cur = link_of(s, cur, LINK_RIGHT);
        } else {
            put_link(s, more, more_link, c);
            more = c;
            more_link = LINK_LEFT;
            cur = link_of(s, cur, LINK_LEFT);
        }
    }
    put_link(s, less, less_link, 0);
    put_link(s, more, more_link, 0);
}

static uint32_t new_node(struct store *s, const char *name, uint32_t len,
                         uint32_t perms)
{
    uint32_t i = cell_new(s, CELL_NODE, s->op.acct);
    struct cell *c = cell_at(s, i);

    memset(&c->u, 0, sizeof(c->u));
    c->u.node.prio = name_prio(s, name, len);
    c->u.node.name_len = (uint16_t)len;
    if (len <= NODE_NAME)
        memcpy(c->u.node.u.name, name, len);
    else
        c->u.node.u.name_blob = blob_new(s, name, len);
    c->u.node.link[LINK_PERMS] = perms;
    c->sum = cell_sum(c);
    new_gen(s, i);
    return i;
}

uint32_t tree_new_root(struct store *s, uint32_t perms)
{
    return new_node(s, "", 0, perms);
}

static void children_changed(struct store *s, uint32_t dir, uint32_t bytes)
{
    struct cell *c = cell_at(s, dir);

    put_word(c, &c->u.node.children, c->u.node.children + bytes);
    new_gen(s, dir);
}

void tree_add(struct store *s, uint32_t *root, const char *path, uint32_t len,
              uint32_t perms)
{
    uint32_t parent = path_parent(path, len);
    const char *name = path + (parent > 1 ? parent + 1 : 1);
    uint32_t name_len = len - (uint32_t)(name - path);
    uint32_t up = copy_way(s, root, path, parent);
    uint32_t fresh = new_node(s, name, name_len, perms);
    uint32_t prio = node_at(s, fresh)->prio, cur;
    enum link l = LINK_CHILD;

    children_changed(s, up, name_len + 1);
    cur = link_of(s, up, l);
    while (cur && node_at(s, cur)->prio >= prio) {
        uint32_t c = own(s, cur);

        if (c != cur)
            put_link(s, up, l, c);
        up = c;
        l = name_cmp(s, node_at(s, cur), name, name_len) > 0 ? LINK_LEFT
                                                             : LINK_RIGHT;
        cur = link_of(s, cur, l);
    }
    split(s, cur, name, name_len, fresh);
    put_link(s, up, l, fresh);
}

/* Puts the treaps @a and @b, all of @a before @b, under a link of @up. */
static void merge(struct store *s, uint32_t up, enum link l, uint32_t a,
                  uint32_t b)
{
    while (a && b) {
        bool left = node_at(s, a)->prio >= node_at(s, b)->prio;
        uint32_t from = left ? a : b;
        uint32_t c = copy(s, from);

        put_link(s, up, l, c);
        up = c;
        l = left ? LINK_RIGHT : LINK_LEFT;
        if (left)
            a = link_of(s, from, l);
        else
            b = link_of(s, from, l);
    }
    put_link(s, up, l, cell_ref(s, a ? a : b));
}

void tree_remove(struct store *s, uint32_t *root, const char *path,
                 uint32_t len)
{
    uint32_t parent = path_parent(path, len), before = cell_ref(s, *root);
    const char *name = path + (parent > 1 ? parent + 1 : 1);
    uint32_t name_len = len - (uint32_t)(name - path);
    uint32_t up = copy_way(s, root, path, parent), cur;
    enum link l = LINK_CHILD;
    int diff;

    children_changed(s, up, 0u - (name_len + 1));
    cur = link_of(s, up, l);
    while (cur && (diff = name_cmp(s, node_at(s, cur), name, name_len))) {
        uint32_t c = copy(s, cur);

        put_link(s, up, l, c);
        up = c;
        l = diff > 0 ? LINK_LEFT : LINK_RIGHT;
        cur = link_of(s, cur, l);
    }
    if (cur)
        merge(s, up, l, link_of(s, cur, LINK_LEFT),
              link_of(s, cur, LINK_RIGHT));
    cell_put(s, before);
}

void tree_set_value(struct store *s, uint32_t *root, const char *path,
                    uint32_t len, uint32_t blob, uint32_t value_len)
{
    uint32_t i = copy_way(s, root, path, len);
    struct cell *c = cell_at(s, i);

    put_link(s, i, LINK_VALUE, blob);
    c->u.node.value_len = (uint16_t)value_len;
    c->sum = cell_sum(c);
    new_gen(s, i);
}

void tree_set_perms(struct store *s, uint32_t *root, const char *path,
                    uint32_t len, uint32_t perms)
{
    uint32_t i = copy_way(s, root, path, len);

    put_link(s, i, LINK_PERMS, perms);
    new_gen(s, i);
}

/* --- walks --------------------------------------------------------------- */

/* Takes a node off the work list and puts on it what is below and beside. */
static uint32_t work_next(struct store *s, uint32_t *work, bool siblings)
{
    uint32_t i = *work;

    *work = cell_at(s, i)->link;
    for (enum link l = LINK_LEFT; l <= LINK_CHILD; l++) {
        uint32_t to = node_at(s, i)->link[l];

        if (!to || (!siblings && l < LINK_CHILD))
            continue;
        cell_at(s, to)->link = *work;
        *work = to;
    }
    return i;
}

void tree_count(struct store *s, uint32_t top, int32_t sign)
{
    uint32_t work = top;
    bool below = false;

    if (!top)
        return;
    cell_at(s, top)->link = 0;
    while (work) {
        uint32_t i = work_next(s, &work, below);
        uint32_t slot = perms_owner_slot(s, node_at(s, i)->link[LINK_PERMS]);

        if (slot) {
            s->slot_now[slot].change += sign;
            s->op.counted = true;
        }
        below = true;
    }
}

uint32_t tree_owned(struct store *s, uint32_t top, uint16_t domid)
{
    uint32_t work = top, nr = 0, last = 0;
    bool below = false, owned = false;

    cell_at(s, top)->link = 0;
    while (work) {
        uint32_t i = work_next(s, &work, below);
        uint32_t perms = node_at(s, i)->link[LINK_PERMS];

        /* Nodes mostly share those of their parent. */
        if (perms != last)
            owned = perms_owner(s, perms) == domid;
        last = perms;
        nr += owned;
        below = true;
    }
    return nr;
}

bool tree_mentions(struct store *s, uint32_t top, uint16_t domid)
{
    uint32_t work = top;
    bool below = false;

    cell_at(s, top)->link = 0;
    while (work) {
        uint32_t i = work_next(s, &work, below);

        if (perms_mention(s, node_at(s, i)->link[LINK_PERMS], domid))
            return true;
        below = true;
    }
    return false;
}

uint32_t tree_list(struct store *s, uint32_t dir, uint32_t skip, uint8_t *to,
                   uint32_t max, bool *all)
{
    uint32_t cur = link_of(s, dir, LINK_CHILD), stack = 0, done = 0;
    char name[PATH_MAX_ABS + 1];

    *all = false;
    while (cur || stack) {
        uint32_t len;

        while (cur) {
            cell_at(s, cur)->link = stack;
            stack = cur;
            cur = link_of(s, cur, LINK_LEFT);
        }
        cur = stack;
        stack = cell_at(s, cur)->link;
        len = node_at(s, cur)->name_len + 1u;
        if (skip >= len) {
            skip -= len;
        } else {
            if (done + len - skip > max)
                return done;
            (void)name_get(s, node_at(s, cur), name);
            name[len - 1] = '\0';
            memcpy(to + done, name + skip, len - skip);
            done += len - skip;
            skip = 0;
        }
        cur = link_of(s, cur, LINK_RIGHT);
    }
    *all = true;
    return done;
}

static uint32_t leftmost(const struct store *s, uint32_t i)
{
    while (i && link_of(s, i, LINK_LEFT))
        i = link_of(s, i, LINK_LEFT);
    return i;
}

/* The child of @dir that comes after @name. */
static uint32_t successor(const struct store *s, uint32_t dir, const char *name,
                          uint32_t len)
{
    uint32_t i = link_of(s, dir, LINK_CHILD), best = 0;

    while (i) {
        if (name_cmp(s, node_at(s, i), name, len) > 0) {
            best = i;
            i = link_of(s, i, LINK_LEFT);
        } else {
            i = link_of(s, i, LINK_RIGHT);
        }
    }
    return best;
}

/* Appends the name of node @i to a directory's path. */
static uint32_t append(const struct store *s, char *path, uint32_t len,
                       uint32_t i)
{
    if (len > 1)
        path[len++] = '/';
    return len + name_get(s, node_at(s, i), path + len);
}

uint32_t tree_next(const struct store *s, uint32_t root, char *path,
                   uint32_t len, bool into)
{
    uint32_t i = into ? tree_find(s, root, path, len) : 0;

    i = i ? leftmost(s, link_of(s, i, LINK_CHILD)) : 0;
    if (i)
        return append(s, path, len, i);
    while (len > 1) {
        uint32_t parent = path_parent(path, len);
        uint32_t name = parent > 1 ? parent + 1 : 1;
        uint32_t dir = tree_find(s, root, path, parent);

        i = dir ? successor(s, dir, path + name, len - name) : 0;
        if (i)
            return append(s, path, parent, i);
        len = parent;
    }
    return 0;
}
