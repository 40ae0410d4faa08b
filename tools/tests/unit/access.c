/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may do what to whom: common/domain/access.c.
 *
 * Sources: xen/common/domain/access.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/access.h>

#include <public/errno.h>
#include <public/grant_table.h>

/* ---- domains 3 and 4 ---- */

static struct domain dom[5] = { [3] = { .id = 3 }, [4] = { .id = 4 } };

struct domain *domain_get(domid_t id)
{
    if (id != 3 && id != 4)
        return NULL;
    domain_hold(&dom[id]);
    return &dom[id];
}

void domain_hold(struct domain *d)
{
    d->refs++;
}

void domain_put(struct domain *d)
{
    d->refs--;
}

/* ---- tests ---- */

static void access_table(void **state)
{
    struct domain dom0 = { .is_control = true, .is_hardware = true };
    struct domain store = { .is_xenstore = true };
    struct domain a = { .id = 1 }, b = { .id = 2 };
    /* clang-format off */
    const struct {
        enum access_class c;
        bool dom0, store, self, other; /* on object a */
    } rows[] = {
        { ACCESS_NONE,     false, false, false, false },
        { ACCESS_ANY,      true,  true,  true,  true  },
        { ACCESS_TARGET,   true,  false, true,  false },
        { ACCESS_DM_PRIV,  true,  false, false, false },
        { ACCESS_PRIV,     true,  false, false, false },
        { ACCESS_XS_PRIV,  true,  true,  false, false },
        { ACCESS_HARDWARE, true,  false, false, false },
        { (enum access_class)99, false, false, false, false },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(access_check(&dom0, rows[i].c, &a),
                         rows[i].dom0 ? 0 : -EPERM);
        assert_int_equal(access_check(&store, rows[i].c, &a),
                         rows[i].store ? 0 : -EPERM);
        assert_int_equal(access_check(&a, rows[i].c, &a),
                         rows[i].self ? 0 : -EPERM);
        assert_int_equal(access_check(&b, rows[i].c, &a),
                         rows[i].other ? 0 : -EPERM);
    }
    /* A device model may to its target what a control domain may. */
    b.target = &a;
    assert_int_equal(access_check(&b, ACCESS_TARGET, &a), 0);
    assert_int_equal(access_check(&b, ACCESS_DM_PRIV, &a), 0);
    assert_int_equal(access_check(&b, ACCESS_DM_PRIV, &store), -EPERM);
    assert_int_equal(access_check(&b, ACCESS_DM_PRIV, NULL), -EPERM);
    assert_int_equal(access_check(&b, ACCESS_PRIV, &a), -EPERM);
    /* A control domain that does not own the board. */
    dom0.is_hardware = false;
    assert_int_equal(access_check(&dom0, ACCESS_HARDWARE, NULL), -EPERM);
}

/* Who may do nothing to others does not learn who is there. */
static void right_before_existence(void **state)
{
    struct domain *d = &dom[3], *other = &dom[4], *found;

    (void)state;
    assert_int_equal(access_domain_get(d, ACCESS_TARGET, 4, &found), -EPERM);
    assert_int_equal(access_domain_get(d, ACCESS_TARGET, 77, &found), -EPERM);
    assert_int_equal(access_domain_get(d, ACCESS_TARGET, DOMID_SELF, &found),
                     0);
    assert_ptr_equal(found, d);
    domain_put(found);
    assert_int_equal(access_domain_get(d, ACCESS_TARGET, 3, &found), 0);
    domain_put(found);
    d->target = other;
    assert_int_equal(access_domain_get(d, ACCESS_DM_PRIV, 4, &found), 0);
    assert_ptr_equal(found, other);
    domain_put(found);
    assert_int_equal(access_domain_get(d, ACCESS_DM_PRIV, 3, &found), -EPERM);
    d->target = NULL;
    d->is_control = true;
    assert_int_equal(access_domain_get(d, ACCESS_TARGET, 77, &found), -ESRCH);
    d->is_control = false;
    assert_int_equal(d->refs, 0);
    assert_int_equal(other->refs, 0);
}

static void operations_denied(void **state)
{
    static const char *const bad[] = { "silo,",         "silo,deny",
                                       "silo,deny:",    "silo,deny:x",
                                       "silo,deny:128", "silo,deny:1,2",
                                       "silodeny:3",    "sil" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(access_mode_set(bad[i]), -EINVAL);
    assert_int_equal(access_domctl(66), 0);
    assert_int_equal(access_mode_set("dummy,deny:66:127"), 0);
    assert_int_equal(access_domctl(66), -EACCES);
    assert_int_equal(access_domctl(127), -EACCES);
    assert_int_equal(access_domctl(65), 0);
    assert_int_equal(access_domctl(1000), 0);
    assert_int_equal(access_mode_set("silo"), 0);
}

static void silo_keeps_guests_apart(void **state)
{
    struct domain dom0 = { .is_control = true };
    struct domain store = { .is_xenstore = true };
    struct domain a = { .id = 1 }, b = { .id = 2 };

    (void)state;
    assert_int_equal(access_mode_set("flask"), -EINVAL);
    assert_int_equal(access_mode_set("silo"), 0);
    assert_int_equal(access_pair(&a, &b), -EPERM);
    assert_int_equal(access_pair(&a, &a), 0);
    assert_int_equal(access_pair(&a, &dom0), 0);
    assert_int_equal(access_pair(&store, &a), 0);
    assert_int_equal(access_pair(&a, &store), 0);
    assert_int_equal(access_mode_set("dummy"), 0);
    assert_int_equal(access_pair(&a, &b), 0);
    assert_int_equal(access_mode_set("silo"), 0);
}

/* Of guests' memory the xenstore domain sees their rings with it. */
static void silo_lets_the_store_see_rings(void **state)
{
    struct domain dom0 = { .is_control = true };
    struct domain store = { .is_xenstore = true };
    struct domain a = { .id = 1 }, b = { .id = 2 };

    (void)state;
    assert_int_equal(access_mode_set("silo"), 0);
    assert_int_equal(access_grant(&store, &a, GNTTAB_RESERVED_XENSTORE), 0);
    assert_int_equal(access_grant(&store, &a, GNTTAB_RESERVED_CONSOLE), -EPERM);
    assert_int_equal(access_grant(&store, &a, 2), -EPERM);
    assert_int_equal(access_grant(&store, &a, ACCESS_NO_REF), -EPERM);
    assert_int_equal(access_grant(&a, &store, GNTTAB_RESERVED_XENSTORE),
                     -EPERM);
    assert_int_equal(access_grant(&a, &b, GNTTAB_RESERVED_XENSTORE), -EPERM);
    assert_int_equal(access_grant(&store, &dom0, 8), 0);
    assert_int_equal(access_grant(&dom0, &store, 8), 0);
    assert_int_equal(access_grant(&a, &a, 8), 0);
    assert_int_equal(access_mode_set("dummy"), 0);
    assert_int_equal(access_grant(&a, &b, 8), 0);
    assert_int_equal(access_mode_set("silo"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_table),
        cmocka_unit_test(right_before_existence),
        cmocka_unit_test(operations_denied),
        cmocka_unit_test(silo_keeps_guests_apart),
        cmocka_unit_test(silo_lets_the_store_see_rings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
