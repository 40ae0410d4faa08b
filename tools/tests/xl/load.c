/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the store in domain 0's user space, through the kernel's
 * /dev/xen/xenbus: a bit of everything below a path, each answer held against
 * a model (../store/load.h), until SIGTERM; then its report.
 *
 *     load PATH
 *
 * The kernel itself hands on what has the id of a request, once: a second
 * answer to it would not be seen here. It keeps a request in the place of the
 * next one until it has sent it, so there is one at a time.
 *
 * Source: Linux drivers/xen/xenbus/xenbus_dev_frontend.c.
 * Layer:  test, domain 0's user space.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../store/load.h"

static volatile sig_atomic_t ended;
static int fd;

static void on_term(int nr)
{
    (void)nr;
    ended = 1;
}

static void load_send(const void *from, uint32_t len)
{
    if (write(fd, from, len) != (ssize_t)len) {
        perror("load: write");
        exit(1);
    }
}

static void load_receive(void *to, uint32_t len)
{
    for (char *at = to; len;) {
        ssize_t n = read(fd, at, len);

        if (n <= 0) {
            perror("load: read");
            exit(1);
        }
        at += n;
        len -= (uint32_t)n;
    }
}

int main(int argc, char **argv)
{
    static struct load load;
    static char text[480];
    struct sigaction act = { .sa_handler = on_term, .sa_flags = SA_RESTART };

    if (argc != 2) {
        fprintf(stderr, "usage: load PATH\n");
        return 2;
    }
    fd = open("/dev/xen/xenbus", O_RDWR);
    if (fd < 0) {
        perror("load: /dev/xen/xenbus");
        return 1;
    }
    sigaction(SIGTERM, &act, NULL);
    load.path = argv[1];
    load.alone = true;
    load.random = 0x2545f491u;
    load_start(&load);
    while (!ended && !load.wrong[0])
        load_step(&load);
    load_report(&load, text, sizeof(text));
    puts(text);
    return load.wrong[0] != '\0';
}
