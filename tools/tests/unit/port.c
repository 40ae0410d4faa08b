/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life of an event-channel port: common/port.c.
 *
 * Sources: xen/common/port.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <public/errno.h>

#include <xen/port.h>

#define ARRAY(a_) (sizeof(a_) / sizeof((a_)[0]))

static const struct {
    const char *story;
    uint8_t events[5];
    uint8_t nr;
    int end; /* last port_next() result: a state or -errno */
} stories[] = {
    { "alloc, peer binds, peer dies: back to waiting",
      { PORT_EV_ALLOC, PORT_EV_BIND_REMOTE, PORT_EV_PEER_GONE },
      3,
      PORT_UNBOUND },
    { "the peer comes back after it was gone",
      { PORT_EV_ALLOC, PORT_EV_BIND_REMOTE, PORT_EV_PEER_GONE,
        PORT_EV_BIND_REMOTE },
      4,
      PORT_INTERDOMAIN },
    { "this side binds, closes, and the port is free for a VIRQ",
      { PORT_EV_BIND_LOCAL, PORT_EV_CLOSE, PORT_EV_BIND_VIRQ },
      3,
      PORT_VIRQ },
    { "a VIRQ port never becomes interdomain",
      { PORT_EV_BIND_VIRQ, PORT_EV_BIND_REMOTE },
      2,
      -EINVAL },
    { "an IPI port has no peer that could be gone",
      { PORT_EV_BIND_IPI, PORT_EV_PEER_GONE },
      2,
      -EINVAL },
    { "nobody binds twice",
      { PORT_EV_ALLOC, PORT_EV_BIND_REMOTE, PORT_EV_BIND_REMOTE },
      3,
      -EINVAL },
    { "a free port cannot be bound from the other side",
      { PORT_EV_BIND_REMOTE },
      1,
      -EINVAL },
    { "closing a free port is refused", { PORT_EV_CLOSE }, 1, -EINVAL },
};

static void port_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY(stories); i++) {
        int s = PORT_FREE;

        for (uint8_t k = 0; k < stories[i].nr && s >= 0; k++)
            s = port_next((enum port_state)s,
                          (enum port_event)stories[i].events[k]);
        if (s != stories[i].end)
            fail_msg("%s: %d, not %d", stories[i].story, s, stories[i].end);
    }
}

/* From every state, CLOSE either frees the port or is refused. */
static void port_close_frees(void **state)
{
    (void)state;
    for (int s = 0; s < PORT_STATES; s++) {
        int end = port_next((enum port_state)s, PORT_EV_CLOSE);

        assert_int_equal(end, s == PORT_FREE ? -EINVAL : PORT_FREE);
    }
}

/* What makes a port needs a free one, and only that. */
static void port_birth(void **state)
{
    static const uint8_t births[] = { PORT_EV_ALLOC, PORT_EV_BIND_LOCAL,
                                      PORT_EV_BIND_VIRQ, PORT_EV_BIND_IPI };

    (void)state;
    for (size_t i = 0; i < ARRAY(births); i++) {
        for (int s = 0; s < PORT_STATES; s++) {
            int end = port_next((enum port_state)s, (enum port_event)births[i]);

            assert_true(s == PORT_FREE ? end > PORT_FREE : end == -EINVAL);
        }
    }
}

static void port_bounds(void **state)
{
    (void)state;
    assert_int_equal(port_next(PORT_STATES, PORT_EV_CLOSE), -EINVAL);
    assert_int_equal(port_next(PORT_UNBOUND, PORT_EVENTS), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_stories),
        cmocka_unit_test(port_close_frees),
        cmocka_unit_test(port_birth),
        cmocka_unit_test(port_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
