/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxentoolcore: the handles of this process that can be limited.
 *
 * Source: xentoolcore.h, xentoolcore_internal.h. Layer: tools, library.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <xentoolcore_internal.h>

/* Guards the list. A restrict_callback runs under it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Xentoolcore__Active_Handle *handles;

void xentoolcore__register_active_handle(Xentoolcore__Active_Handle *ah)
{
    pthread_mutex_lock(&lock);
    ah->next = handles;
    handles = ah;
    pthread_mutex_unlock(&lock);
}

void xentoolcore__deregister_active_handle(Xentoolcore__Active_Handle *ah)
{
    Xentoolcore__Active_Handle **at;

    pthread_mutex_lock(&lock);
    for (at = &handles; *at; at = &(*at)->next) {
        if (*at != ah)
            continue;
        *at = ah->next;
        break;
    }
    pthread_mutex_unlock(&lock);
}

int xentoolcore_restrict_all(domid_t domid)
{
    Xentoolcore__Active_Handle *ah;
    int rc = 0;

    pthread_mutex_lock(&lock);
    for (ah = handles; ah && !rc; ah = ah->next)
        rc = ah->restrict_callback(ah, domid);
    pthread_mutex_unlock(&lock);

    return rc;
}

int xentoolcore__restrict_by_dup2_null(int fd)
{
    int null, rc, keep;

    if (fd < 0)
        return 0;
    null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0)
        return -1;
    rc = dup2(null, fd);
    keep = errno;
    close(null);
    errno = keep;

    return rc < 0 ? -1 : 0;
}
