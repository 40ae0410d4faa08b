/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See client.h.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, 3.5.
 * Layer:  test, domain 0's user space.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "client.h"

#define HEADER  16u
#define RING    1024u
#define PATIENT 60000

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- the ways there ------------------------------------------------------ */

static struct client *new_client(int fd, struct puppet *p)
{
    struct client *c = calloc(1, sizeof(*c));

    NEED(c != NULL);
    c->fd = fd;
    c->p = p;
    return c;
}

struct client *client_open(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    struct client *c;
    struct stat st;
    int fd;

    if (stat(path, &st))
        return NULL;
    if (!S_ISSOCK(st.st_mode)) {
        fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            return NULL;
        c = new_client(fd, NULL);
        c->kernel = true;
        return c;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
        return NULL;
    return new_client(fd, NULL);
}

struct client *client_ring(struct puppet *p)
{
    return new_client(-1, p);
}

void client_close(struct client *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c);
}

volatile uint32_t *client_word(struct client *c, enum ring_word word)
{
    return (volatile uint32_t *)(void *)c->p->ring + word;
}

/* --- bytes --------------------------------------------------------------- */

static void ring_put(struct client *c, const uint8_t *from, uint32_t len)
{
    volatile uint32_t *prod = client_word(c, RING_REQ_PROD);
    volatile uint32_t *cons = client_word(c, RING_REQ_CONS);
    int64_t until = now_ms() + PATIENT;

    while (len) {
        for (; len && *prod - *cons < RING; len--) {
            c->p->ring[*prod % RING] = *from++;
            __sync_synchronize();
            *prod = *prod + 1;
        }
        CHECK(puppet_kick(c->p) == 0);
        if (len) {
            NEED(now_ms() < until); /* nobody reads it */
            usleep(500);
        }
    }
}

static bool ring_get(struct client *c, uint8_t *to, uint32_t len, int ms)
{
    volatile uint32_t *prod = client_word(c, RING_RSP_PROD);
    volatile uint32_t *cons = client_word(c, RING_RSP_CONS);
    int64_t until = now_ms() + ms;
    bool full;

    while (len) {
        if (*prod == *cons) {
            if (now_ms() >= until)
                return false;
            usleep(500);
            continue;
        }
        full = *prod - *cons == RING;
        __sync_synchronize();
        *to++ = c->p->ring[RING + *cons % RING];
        *cons = *cons + 1;
        len--;
        if (full || !len)
            CHECK(puppet_kick(c->p) == 0);
    }
    return true;
}

/* The device gives one message after the other, in any pieces. */
static bool file_get(struct client *c, uint8_t *to, uint32_t len, int ms)
{
    struct pollfd p = { .fd = c->fd, .events = POLLIN };
    ssize_t n;

    while (len) {
        if (poll(&p, 1, ms) != 1)
            return false;
        n = read(c->fd, to, len);
        NEED(n > 0);
        to += n;
        len -= (uint32_t)n;
    }
    return true;
}

static bool get(struct client *c, void *to, uint32_t len, int ms)
{
    return c->fd < 0 ? ring_get(c, to, len, ms) : file_get(c, to, len, ms);
}

/* --- messages ------------------------------------------------------------ */

void client_put_part(struct client *c, uint32_t type, uint32_t tx,
                     const void *data, uint32_t len, uint32_t part)
{
    static uint8_t bytes[HEADER + 8192];
    uint32_t header[4] = { type, ++c->last, tx, len };

    NEED(part <= sizeof(bytes) && part >= HEADER);
    memcpy(bytes, header, HEADER);
    if (part > HEADER)
        memcpy(bytes + HEADER, data, part - HEADER);
    if (c->fd < 0)
        ring_put(c, bytes, part);
    else
        NEED(write(c->fd, bytes, part) == (ssize_t)part);
}

void client_put(struct client *c, uint32_t type, uint32_t tx, const void *data,
                uint32_t len)
{
    client_put_part(c, type, tx, data, len, HEADER + len);
}

bool client_get(struct client *c, struct message *m, int ms)
{
    if (!get(c, m, HEADER, ms))
        return false;
    NEED(m->len <= 4096);
    NEED(get(c, m->data, m->len, PATIENT));
    m->data[m->len] = '\0';
    return true;
}

static void keep(struct client *c, const struct message *m)
{
    CHECK(c->kernel || (m->id == 0 && m->tx == 0));
    if (c->events < EVENTS_MAX) {
        uint32_t len = m->len < 300 ? m->len : 300;

        memcpy(c->event[c->events].text, m->data, len);
        c->event[c->events].len = m->len;
    }
    c->events++;
}

struct message *client_answer(struct client *c, int ms)
{
    static struct message m;

    do {
        if (!client_get(c, &m, ms))
            return NULL;
        if (m.type == XS_WATCH_EVENT)
            keep(c, &m);
    } while (m.type == XS_WATCH_EVENT);
    CHECK(m.id == c->last ||
          (c->kernel && (m.type == XS_WATCH || m.type == XS_UNWATCH)));
    return &m;
}

struct message *client_ask(struct client *c, uint32_t type, uint32_t tx,
                           const void *data, uint32_t len)
{
    struct message *m;

    client_put(c, type, tx, data, len);
    m = client_answer(c, PATIENT);
    NEED(m != NULL);
    CHECK(m->type == type || m->type == XS_ERROR);
    return m;
}

uint32_t client_events(struct client *c, int ms)
{
    struct message m;

    c->events = 0;
    while (client_get(c, &m, ms)) {
        CHECK(m.type == XS_WATCH_EVENT);
        keep(c, &m);
    }
    return c->events;
}

bool client_is(const struct message *m, const char *text, size_t len)
{
    if (m && m->len == len && !memcmp(m->data, text, len))
        return true;
    printf("got '%s' (%u), not '%s'\n", m ? m->data : "nothing", m ? m->len : 0,
           text);
    return false;
}

bool client_event_is(const struct client *c, uint32_t i, const char *text,
                     size_t len)
{
    if (i < c->events && c->event[i].len == len &&
        !memcmp(c->event[i].text, text, len))
        return true;
    printf("event %u of %u is '%.200s', not '%s'\n", i, c->events,
           i < c->events ? c->event[i].text : "", text);
    return false;
}

struct message *client_path(struct client *c, uint32_t type, uint32_t tx,
                            const void *rest, uint32_t len, const char *format,
                            ...)
{
    static char text[8192];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, 4096, format, args);
    va_end(args);
    memcpy(text + n + 1, rest, len);
    return client_ask(c, type, tx, text, (uint32_t)n + 1 + len);
}

/* --- domains ------------------------------------------------------------- */

uint32_t client_store(struct client *priv)
{
    struct message *m = ASK(priv, 0, READ, "/tool/xenstored/domid");

    return m->type == XS_READ ? (uint32_t)atoi(m->data) : 0;
}

bool client_introduce(struct client *priv, const struct puppet *p)
{
    char perms[16], args[48];
    int n = snprintf(perms, sizeof(perms), "n%u", p->domid) + 1, len;

    len = snprintf(args, sizeof(args), "%u%c%u%c%u", p->domid, 0,
                   PUPPET_PAGE(PUPPET_RING) / 4096, 0, p->port) +
          1;
    return IS(client_path(priv, XS_MKDIR, 0, "", 0, "/local/domain/%u",
                          p->domid),
              "OK") &&
           IS(client_path(priv, XS_SET_PERMS, 0, perms, (uint32_t)n,
                          "/local/domain/%u", p->domid),
              "OK") &&
           IS(client_ask(priv, XS_INTRODUCE, 0, args, (uint32_t)len), "OK");
}
