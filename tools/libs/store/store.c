/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenstore: requests and watches.
 *
 * Source: xenstore.h; public/io/xs_wire.h. Layer: tools, library.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

/* --- pieces of requests -------------------------------------------------- */

static struct iovec string(const char *s)
{
    return (struct iovec){ (void *)(uintptr_t)s, strlen(s) + 1 };
}

static struct iovec bytes(const void *data, size_t len)
{
    return (struct iovec){ (void *)(uintptr_t)data, len };
}

/* A number as a string, in @buffer. */
#define NUMBER_MAX MAX_STRLEN(unsigned long)
static struct iovec number(char *buffer, unsigned long value)
{
    snprintf(buffer, NUMBER_MAX, "%lu", value);
    return string(buffer);
}

/* A request whose answer tells nothing more than that it was done. */
static bool done(struct xs_handle *h, uint32_t type, xs_transaction_t t,
                 const struct iovec *pieces, unsigned nr)
{
    void *answer = store_talk(h, type, t, pieces, nr, NULL);

    if (!answer)
        return false;
    free(answer);
    return true;
}

/* --- nodes --------------------------------------------------------------- */

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
              unsigned int *len)
{
    struct iovec piece = string(path);

    return store_talk(h, XS_READ, t, &piece, 1, len);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
              const void *data, unsigned int len)
{
    struct iovec pieces[] = { string(path), bytes(data, len) };

    return done(h, XS_WRITE, t, pieces, 2);
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    struct iovec piece = string(path);

    return done(h, XS_MKDIR, t, &piece, 1);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    struct iovec piece = string(path);

    return done(h, XS_RM, t, &piece, 1);
}

bool xs_restrict(struct xs_handle *h, unsigned domid)
{
    (void)h;
    (void)domid;
    errno = ENOSYS;
    return false;
}

static unsigned count_strings(const char *text, unsigned len)
{
    unsigned nr = 0;

    for (unsigned i = 0; i < len; i++)
        nr += text[i] == '\0';
    return nr;
}

/* An array of pointers to @text's strings, with them in one block. */
static char **split(const char *text, unsigned len, unsigned *num)
{
    unsigned nr = count_strings(text, len);
    char **list = malloc(nr * sizeof(*list) + len + 1), *p;

    if (!list)
        return NULL;
    p = (char *)(list + nr);
    memcpy(p, text, len);
    p[len] = '\0';
    for (unsigned i = 0; i < nr; i++) {
        list[i] = p;
        p += strlen(p) + 1;
    }
    *num = nr;
    return list;
}

/*
 * A list that is longer than a message, in parts: "generation 0", then
 * names, the last part with an empty one. Returns it whole.
 */
static char *list_parts(struct xs_handle *h, const char *path, unsigned *len)
{
    char *whole = NULL, generation[NUMBER_MAX] = "", buffer[NUMBER_MAX];
    unsigned total = 0, size;

    for (;;) {
        struct iovec pieces[] = { string(path), number(buffer, total) };
        char *part = store_talk(h, XS_DIRECTORY_PART, 0, pieces, 2, &size),
             *more;
        unsigned head;

        if (!part)
            break;
        head = (unsigned)strlen(part) + 1;
        if (head > size || head > sizeof(generation)) {
            free(part);
            errno = EIO;
            break;
        }
        /* Somebody changed the directory meanwhile: once more. */
        if (total && strcmp(part, generation)) {
            total = 0;
            free(part);
            continue;
        }
        strcpy(generation, part);
        more = realloc(whole, total + size - head + 1);
        if (!more) {
            free(part);
            break;
        }
        whole = more;
        memcpy(whole + total, part + head, size - head);
        total += size - head;
        free(part);
        /* The empty name that ends the list is none of it. */
        if (total && !whole[total - 1] && (total == 1 || !whole[total - 2])) {
            *len = total - 1;
            return whole;
        }
        if (size == head) {
            errno = EIO;
            break;
        }
    }
    free(whole);
    return NULL;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
                    unsigned int *num)
{
    struct iovec piece = string(path);
    unsigned len;
    char *text = store_talk(h, XS_DIRECTORY, t, &piece, 1, &len), **list;

    /* Parts cannot be asked for within a transaction. */
    if (!text && errno == E2BIG && t == XBT_NULL)
        text = list_parts(h, path, &len);
    if (!text)
        return NULL;
    list = split(text, len, num);
    free(text);
    return list;
}

/* --- permissions --------------------------------------------------------- */

static const struct {
    char letter;
    unsigned perms;
} letters[] = {
    { 'n', XS_PERM_NONE },
    { 'r', XS_PERM_READ },
    { 'w', XS_PERM_WRITE },
    { 'b', XS_PERM_READ | XS_PERM_WRITE },
};
#define NR_LETTERS (sizeof(letters) / sizeof(letters[0]))

bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num,
                         const char *strings)
{
    const char *p = strings;

    for (unsigned i = 0; i < num; i++) {
        unsigned k = 0;
        char *end;

        while (k < NR_LETTERS && letters[k].letter != *p)
            k++;
        if (k == NR_LETTERS || p[1] < '0' || p[1] > '9') {
            errno = EINVAL;
            return false;
        }
        perms[i].perms = letters[k].perms;
        perms[i].id = (unsigned)strtoul(p + 1, &end, 10);
        if (*end) {
            errno = EINVAL;
            return false;
        }
        p = end + 1;
    }
    return true;
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h,
                                          xs_transaction_t t, const char *path,
                                          unsigned int *num)
{
    struct iovec piece = string(path);
    struct xs_permissions *perms;
    unsigned len, nr;
    char *text = store_talk(h, XS_GET_PERMS, t, &piece, 1, &len);
    int keep;

    if (!text)
        return NULL;
    nr = count_strings(text, len);
    perms = malloc((nr ? nr : 1) * sizeof(*perms));
    if (perms && !xs_strings_to_perms(perms, nr, text)) {
        keep = errno;
        free(perms);
        perms = NULL;
        errno = keep;
    }
    if (perms)
        *num = nr;
    keep = errno;
    free(text);
    errno = keep;
    return perms;
}

/* "b12" of at most so many bytes with its NUL. */
#define PERM_MAX (MAX_STRLEN(unsigned) + 1)

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t,
                        const char *path, struct xs_permissions *perms,
                        unsigned int num_perms)
{
    struct iovec pieces[2] = { string(path) };
    char *text, *p;
    int keep;
    bool ok;

    if (num_perms > XENSTORE_PAYLOAD_MAX) {
        errno = E2BIG;
        return false;
    }
    p = text = malloc(num_perms * PERM_MAX + 1);
    if (!text)
        return false;
    for (unsigned i = 0; i < num_perms; i++) {
        unsigned k = 0;

        while (k < NR_LETTERS && letters[k].perms != perms[i].perms)
            k++;
        if (k == NR_LETTERS) {
            free(text);
            errno = EINVAL;
            return false;
        }
        p += sprintf(p, "%c%u", letters[k].letter, perms[i].id) + 1;
    }
    pieces[1] = bytes(text, (size_t)(p - text));
    ok = done(h, XS_SET_PERMS, t, pieces, 2);
    keep = errno;
    free(text);
    errno = keep;
    return ok;
}

/* --- watches ------------------------------------------------------------- */

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    struct iovec pieces[] = { string(path), string(token) };

    return done(h, XS_WATCH, 0, pieces, 2);
}

/* The caller holds the lock. */
static void queue_changed(struct xs_handle *h)
{
    uint64_t drop;

    if (h->first)
        return;
    h->last = &h->first;
    /* Not 0 before, or nothing to be read: both are fine. */
    if (read(h->waiting_fd, &drop, sizeof(drop)) < 0)
        errno = 0;
}

/* Drops what waits of a watch that has ended. */
static void filter(struct xs_handle *h, const char *path, const char *token)
{
    struct event **at, *e;

    pthread_mutex_lock(&h->lock);
    /* All that the server has sent of it is on the wire by now. */
    store_take(h);
    for (at = &h->first; (e = *at);) {
        const char *its_token = e->text + strlen(e->text) + 1;

        if (its_token <= e->text + e->len && !strcmp(its_token, token) &&
            xs_path_is_subpath(path, e->text)) {
            *at = e->next;
            free(e);
        } else {
            at = &e->next;
        }
    }
    h->last = at;
    queue_changed(h);
    pthread_mutex_unlock(&h->lock);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    struct iovec pieces[] = { string(path), string(token) };
    bool ok = done(h, XS_UNWATCH, 0, pieces, 2);

    if (ok && h->filter)
        filter(h, path, token);
    return ok;
}

static char **next_event(struct xs_handle *h, unsigned *num)
{
    struct event *e;
    char **list = NULL;
    int rc;

    pthread_mutex_lock(&h->lock);
    rc = h->first ? 0 : store_take(h);
    e = h->first;
    if (e) {
        list = split(e->text, e->len, num);
        if (list) {
            h->first = e->next;
            free(e);
            queue_changed(h);
        }
    } else if (!rc) {
        errno = EAGAIN;
    }
    rc = errno;
    pthread_mutex_unlock(&h->lock);
    errno = rc;
    return list;
}

char **xs_check_watch(struct xs_handle *h)
{
    unsigned num;

    return next_event(h, &num);
}

char **xs_read_watch(struct xs_handle *h, unsigned int *num)
{
    struct pollfd p = { .fd = h->wait_fd, .events = POLLIN };

    for (;;) {
        char **list = next_event(h, num);

        if (list || errno != EAGAIN)
            return list;
        if (poll(&p, 1, -1) < 0)
            return NULL;
    }
}

/* --- transactions -------------------------------------------------------- */

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    struct iovec piece = string("");
    char *answer = store_talk(h, XS_TRANSACTION_START, 0, &piece, 1, NULL);
    xs_transaction_t t;

    if (!answer)
        return XBT_NULL;
    t = (xs_transaction_t)strtoul(answer, NULL, 10);
    free(answer);
    return t;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    struct iovec piece = string(abort ? "F" : "T");

    return done(h, XS_TRANSACTION_END, t, &piece, 1);
}

/* --- domains ------------------------------------------------------------- */

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid,
                         unsigned long mfn, unsigned int eventchn)
{
    char a[NUMBER_MAX], b[NUMBER_MAX], c[NUMBER_MAX];
    struct iovec pieces[] = { number(a, domid), number(b, mfn),
                              number(c, eventchn) };

    return done(h, XS_INTRODUCE, 0, pieces, 3);
}

bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target)
{
    char a[NUMBER_MAX], b[NUMBER_MAX];
    struct iovec pieces[] = { number(a, domid), number(b, target) };

    return done(h, XS_SET_TARGET, 0, pieces, 2);
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
    char a[NUMBER_MAX];
    struct iovec piece = number(a, domid);

    return done(h, XS_RESUME, 0, &piece, 1);
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
{
    char a[NUMBER_MAX];
    struct iovec piece = number(a, domid);

    return done(h, XS_RELEASE, 0, &piece, 1);
}

char *xs_get_domain_path(struct xs_handle *h, unsigned int domid)
{
    char a[NUMBER_MAX];
    struct iovec piece = number(a, domid);

    return store_talk(h, XS_GET_DOMAIN_PATH, 0, &piece, 1, NULL);
}

bool xs_path_is_subpath(const char *parent, const char *child)
{
    size_t len = strlen(parent);

    if (strncmp(parent, child, len))
        return false;
    /* Of "/", and of a path that ends with it, all that begins so. */
    return !child[len] || child[len] == '/' || (len && parent[len - 1] == '/');
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
    char a[NUMBER_MAX];
    struct iovec piece = number(a, domid);
    char *answer = store_talk(h, XS_IS_DOMAIN_INTRODUCED, 0, &piece, 1, NULL);
    bool yes;

    if (!answer)
        return false;
    yes = !strcmp(answer, "T");
    free(answer);
    errno = 0;
    return yes;
}

char *xs_control_command(struct xs_handle *h, const char *cmd, void *data,
                         unsigned int len)
{
    struct iovec pieces[] = { string(cmd), bytes(data, len) };

    return store_talk(h, XS_CONTROL, 0, pieces, 2, NULL);
}

char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data,
                       unsigned int len)
{
    return xs_control_command(h, cmd, data, len);
}

int xs_suspend_evtchn_port(int domid)
{
    char path[64], *port;
    struct xs_handle *h = xs_open(0);
    int nr = -1;

    if (!h)
        return -1;
    snprintf(path, sizeof(path),
             "/local/domain/%d/device/suspend/event-channel", domid);
    port = xs_read(h, XBT_NULL, path, NULL);
    if (port)
        nr = atoi(port);
    free(port);
    xs_close(h);
    return nr;
}

/* --- for the server as well ---------------------------------------------- */

const char *xs_daemon_rundir(void)
{
    const char *dir = getenv("XENSTORED_RUNDIR");

    return dir ? dir : "/run/xenstored";
}

const char *xs_daemon_socket(void)
{
    static char path[256];
    const char *whole = getenv("XENSTORED_PATH");

    if (whole)
        return whole;
    snprintf(path, sizeof(path), "%s/socket", xs_daemon_rundir());
    return path;
}

const char *xs_daemon_socket_ro(void)
{
    return xs_daemon_socket();
}

bool xs_write_all(int fd, const void *data, unsigned int len)
{
    const char *p = data;

    while (len) {
        ssize_t put = write(fd, p, len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        p += put;
        len -= (unsigned)put;
    }
    return true;
}
