/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories with two CPUs of dom0: handlers set, made and destroyed at once.
 *
 * Boot arguments: rounds=N (default 100).
 * Output: how much really happened at the same time.
 *
 * Source: public/domctl.h, public/event_channel.h.
 * Layer:  test guest, first domain.
 */
#include <public/errno.h>

#include "virq.h"

#define PORTS   1000
#define DUMMIES 100
#define TICK_US 100
#define FIXED   77 /* the id that comes and goes                           */

static volatile uint32_t done;              /* by the other CPU            */
static volatile uint32_t tries, interrupts; /* of this one                 */
static volatile bool stop;
static volatile int odd; /* the other CPU got this and should not   */
static int dummies[DUMMIES];

static uint32_t rounds(void)
{
    return bootarg_number("rounds", 100);
}

/* ---- a handler's long death ---- */

static void on_tick(uint32_t irq)
{
    (void)irq;
    interrupts++;
    timer_arm(timer_now() + us_to_ticks(TICK_US));
}

static void other_dummies_die(void *arg)
{
    (void)arg;
    for (int i = 0; i < DUMMIES; i++) {
        int rc = domain_destroy(dummies[i]);

        if (rc)
            odd = rc;
        done++;
    }
}

/* Ports that dom0 makes for S, half of them joined to its own. */
static void give_ports(int *mine)
{
    for (int i = 0; i < PORTS; i++) {
        struct evtchn_alloc_unbound op = { .dom = (domid_t)S.id };
        int rc = hypercall(__HYPERVISOR_event_channel_op,
                           EVTCHNOP_alloc_unbound, (uintptr_t)&op, 0, 0, 0);

        mine[i] = 0;
        if (!expect("a port of S", rc, 0))
            return;
        if (i % 2)
            mine[i] = event_bind_interdomain((uint32_t)S.id, op.port);
    }
}

/* Destroy S while it is interrupted all the time; interrupts meanwhile. */
static uint32_t slow_death(void)
{
    uint32_t before;

    gic_init();
    irq_handle(machine.vtimer_irq, on_tick);
    irq_enable(machine.vtimer_irq);
    timer_arm(timer_now() + us_to_ticks(TICK_US));
    irq_unmask();
    before = interrupts;
    agent_end(&S);
    irq_mask();
    timer_stop();
    irq_disable(machine.vtimer_irq);
    return interrupts - before;
}

static void long_death(void)
{
    static int mine[PORTS];
    uint32_t from, to, ticks;
    int port;

    s_listens();
    give_ports(mine);
    for (int i = 0; i < DUMMIES; i++)
        dummies[i] = dummy_make();
    odd = 0;
    done = 0;
    expect("the other CPU starts", cpu_start(1, other_dummies_die, NULL), 0);
    WAIT_FOR(done > DUMMIES / 10);
    from = done;
    ticks = slow_death();
    to = done;
    port = event_bind_virq(VIRQ_DOM_EXC, 0);
    TRUE(port > 0);
    TRUE(heard(port)); /* at once */
    cpu_wait_off(1);
    expect("what a destruction said", odd, 0);
    for (int i = 0; i < DUMMIES; i++)
        TRUE(WAIT_FOR(domain_flags(dummies[i]) < 0));
    settle();
    heard(port);
    dummy_dies();
    TRUE(WAIT_FOR(heard(port)));
    event_close((uint32_t)port);
    for (int i = 0; i < PORTS; i++) {
        if (mine[i] > 0)
            event_close((uint32_t)mine[i]);
    }
    print("virq: %u interrupts and %u deaths while the handler died\n", ticks,
          to - from);
    TRUE(ticks > 0);
}

/* ---- setting against destroying ---- */

static bool is_free(int id)
{
    return domain_create(id, 0, 1) == id;
}

static void other_comes_and_goes(void *arg)
{
    uint32_t nr = rounds(), was;

    (void)arg;
    for (done = 0; done < nr; done++) {
        if (!WAIT_FOR(is_free(FIXED))) {
            odd = -EEXIST;
            break;
        }
        /* Now and then surely after a set, else in the midst of it. */
        was = tries;
        if (done % 8 == 0)
            WAIT_FOR(tries - was >= 2);
        if (domain_destroy(FIXED))
            odd = -EINVAL;
    }
    stop = true;
}

static void set_against_destroy(void)
{
    uint32_t nr[4] = { 0 };
    int before = refs_of(0), rc;

    odd = 0;
    stop = false;
    expect("the other CPU starts", cpu_start(1, other_comes_and_goes, NULL), 0);
    while (!stop) {
        rc = set_handler(FIXED, VIRQ_DOM_EXC);
        nr[rc == 0 ? 0 : rc == -EINVAL ? 1 : rc == -ESRCH ? 2 : 3]++;
        tries++;
        expect("given back", set_handler(0, VIRQ_DOM_EXC), 0);
    }
    cpu_wait_off(1);
    expect("the id comes and goes", odd, 0);
    expect("rounds", (int)done, (int)rounds());
    print("virq: set %u times, %u times to a dying, %u times to no domain\n",
          nr[0], nr[1], nr[2]);
    TRUE(nr[0] > 0);
    expect("other answers", (int)nr[3], 0);
    TRUE(WAIT_FOR(domain_flags(FIXED) < 0));
    expect("references of dom0", refs_of(0), before);
}

/* ---- setting against setting ---- */

static void other_sets(void *arg)
{
    (void)arg;
    while (!stop) {
        int rc = set_handler(T.id, VIRQ_DOM_EXC);

        if (rc)
            odd = rc;
        done++;
    }
}

static void two_setters(void)
{
    int s = refs_of(S.id), t = refs_of(T.id);

    odd = 0;
    done = 0;
    stop = false;
    expect("the other CPU starts", cpu_start(1, other_sets, NULL), 0);
    for (uint32_t i = 0; i < rounds(); i++) {
        uint32_t was = done;

        expect("set", set_handler(S.id, VIRQ_DOM_EXC), 0);
        TRUE(WAIT_FOR(done != was));
    }
    stop = true;
    cpu_wait_off(1);
    expect("what the other was told", odd, 0);
    expect("given back", set_handler(0, VIRQ_DOM_EXC), 0);
    settle();
    expect("references of S", refs_of(S.id), s);
    expect("references of T", refs_of(T.id), t);
    may_bind("dom0 handles it", VIRQ_DOM_EXC, 0);
}

const struct story races[] = {
    STORY("case 46, deaths while the handler dies slowly", long_death),
    STORY("case 47, set while the handler comes and goes", set_against_destroy),
    STORY("two who set it at once", two_setters),
    { .name = NULL },
};
