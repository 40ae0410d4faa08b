/* SPDX-License-Identifier: MIT */
/*
 * Xenstore's protocol: messages, on a socket or in a shared ring.
 *
 * A message is struct xsd_sockmsg and then len bytes. An answer has the
 * request's type and req_id, or the type XS_ERROR and as its text one of
 * the names in xsd_errors. Unasked, there come only XS_WATCH_EVENTs.
 *
 * Source: the Xen 4.17 guest ABI; Linux 6.1, drivers/xen/xenbus.
 * Layer:  0 (public).
 */
#ifndef XEN_PUBLIC_IO_XS_WIRE_H
#define XEN_PUBLIC_IO_XS_WIRE_H

#include <stdint.h>

/* clang-format off */
enum xsd_sockmsg_type {       /* the payload of a request, 0: a NUL byte     */
    XS_CONTROL = 0,           /* words, each with 0                          */
    XS_DIRECTORY = 1,         /* path 0                                      */
    XS_READ = 2,              /* path 0                                      */
    XS_GET_PERMS = 3,         /* path 0                                      */
    XS_WATCH = 4,             /* path 0 token 0                              */
    XS_UNWATCH = 5,           /* path 0 token 0                              */
    XS_TRANSACTION_START = 6, /* 0                                           */
    XS_TRANSACTION_END = 7,   /* "T" or "F" 0                                */
    XS_INTRODUCE = 8,         /* domid 0 frame 0 port 0                      */
    XS_RELEASE = 9,           /* domid 0                                     */
    XS_GET_DOMAIN_PATH = 10,  /* domid 0                                     */
    XS_WRITE = 11,            /* path 0 value                                */
    XS_MKDIR = 12,            /* path 0                                      */
    XS_RM = 13,               /* path 0                                      */
    XS_SET_PERMS = 14,        /* path 0, then permissions, each with 0       */
    XS_WATCH_EVENT = 15,      /* to the client: path 0 token 0               */
    XS_ERROR = 16,            /* to the client: name of the error 0          */
    XS_IS_DOMAIN_INTRODUCED = 17, /* domid 0                                 */
    XS_RESUME = 18,           /* domid 0                                     */
    XS_SET_TARGET = 19,       /* domid 0 domid 0                             */
    XS_RESET_WATCHES = 21,    /* 0                                           */
    XS_DIRECTORY_PART = 22,   /* path 0 offset 0                             */
    XS_TYPE_COUNT,
    XS_INVALID = 0xffff
};
#define XS_DEBUG XS_CONTROL
/* clang-format on */

struct xsd_sockmsg {
    uint32_t type;   /* enum xsd_sockmsg_type */
    uint32_t req_id; /* chosen by the client, comes back with the answer */
    uint32_t tx_id;  /* of XS_TRANSACTION_START; 0: no transaction */
    uint32_t len;    /* of what follows, <= XENSTORE_PAYLOAD_MAX */
};

/* The strings of an XS_WATCH_EVENT, in this order. */
enum xs_watch_type {
    XS_WATCH_PATH = 0,
    XS_WATCH_TOKEN
};

#define XENSTORE_PAYLOAD_MAX  4096
#define XENSTORE_ABS_PATH_MAX 3072
#define XENSTORE_REL_PATH_MAX 2048

/*
 * The page that a domain and the store share. Positions only grow; the byte
 * at one is at MASK_XENSTORE_IDX of it.
 */
#define XENSTORE_RING_SIZE      1024
#define MASK_XENSTORE_IDX(idx_) ((idx_) & (XENSTORE_RING_SIZE - 1))
typedef uint32_t XENSTORE_RING_IDX;

struct xenstore_domain_interface {
    char req[XENSTORE_RING_SIZE]; /* from the domain */
    char rsp[XENSTORE_RING_SIZE]; /* to it */
    XENSTORE_RING_IDX req_cons, req_prod;
    XENSTORE_RING_IDX rsp_cons, rsp_prod;
    uint32_t server_features; /* XENSTORE_SERVER_FEATURE_* */
    uint32_t connection;      /* XENSTORE_CONNECTED or _RECONNECT */
    uint32_t error;           /* XENSTORE_ERROR_* */
};

/* clang-format off */
#define XENSTORE_SERVER_FEATURE_RECONNECTION 1 /* knows .connection          */
#define XENSTORE_SERVER_FEATURE_ERROR        2 /* knows .error               */

#define XENSTORE_CONNECTED      0
#define XENSTORE_RECONNECT      1 /* the client asks for a fresh start       */

#define XENSTORE_ERROR_NONE     0
#define XENSTORE_ERROR_COMM     1
#define XENSTORE_ERROR_RINGIDX  2 /* positions further apart than the ring   */
#define XENSTORE_ERROR_PROTO    3 /* a message longer than is allowed        */
/* clang-format on */

/* For those who have errno.h: numbers and their names on the wire. */
#ifdef EINVAL
struct xsd_errors {
    int errnum;
    const char *errstring;
};

#define XSD_ERROR(e_)                                                          \
    {                                                                          \
        e_, #e_                                                                \
    }
static const struct xsd_errors xsd_errors[] __attribute__((unused)) = {
    XSD_ERROR(EINVAL), /* the first: what others are taken for */
    XSD_ERROR(EACCES),  XSD_ERROR(EEXIST),    XSD_ERROR(EISDIR),
    XSD_ERROR(ENOENT),  XSD_ERROR(ENOMEM),    XSD_ERROR(ENOSPC),
    XSD_ERROR(EIO),     XSD_ERROR(ENOTEMPTY), XSD_ERROR(ENOSYS),
    XSD_ERROR(EROFS),   XSD_ERROR(EBUSY),     XSD_ERROR(EAGAIN),
    XSD_ERROR(EISCONN), XSD_ERROR(E2BIG),     XSD_ERROR(EPERM),
};
#endif

#endif /* XEN_PUBLIC_IO_XS_WIRE_H */
