/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * console_io: what is written to a console that takes a number of chunks,
 * with the guest calling again as long as it is told to.
 *
 * Sources: xen/common/console_io.c
 * Flags:   -Dsched_yield=xen_sched_yield
 *
 * The C library has a function of that name, which the checkers call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <public/xen.h>
#include <xen/access.h>
#include <xen/copy.h>
#include <xen/hypercall.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>

static struct domain dom;
static struct vcpu vcpu = { .domain = &dom };
static char memory[1024]; /* the guest's, from address 0    */
static char out[1024];
static size_t written;
static unsigned int chunks; /* that the queue has room for     */
static unsigned int yields, refused;
static bool preempt;
static int may;
static bool writing = true; /* what is asked for */
static char said[256];

int access_by_role(const struct domain *subject, enum access_class c,
                   const struct domain *object)
{
    assert_ptr_equal(subject, &dom);
    assert_int_equal(c, writing ? ACCESS_XS_PRIV : ACCESS_PRIV);
    assert_null(object);
    return may;
}

int copy_from_guest(void *dst, guest_ptr_t src, size_t len)
{
    if (src > sizeof(memory) || len > sizeof(memory) - src)
        return -EFAULT;
    memcpy(dst, memory + src, len);
    return 0;
}

int copy_to_guest(guest_ptr_t dst, const void *src, size_t len)
{
    (void)dst;
    (void)src;
    (void)len;
    fail();
    return -EFAULT;
}

size_t console_input_read(char *buf, size_t size)
{
    (void)buf;
    (void)size;
    fail();
    return 0;
}

bool console_try_raw(const char *buf, size_t len)
{
    if (chunks == 0) {
        refused++;
        return false;
    }
    chunks--;
    assert_true(written + len <= sizeof(out));
    memcpy(out + written, buf, len);
    written += len;
    return true;
}

void sched_yield(void)
{
    yields++;
}

bool preempt_wanted(void)
{
    return preempt;
}

static int setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(memory); i++)
        memory[i] = (char)(i * 7 + i / 256);
    memset(out, 0, sizeof(out));
    written = 0;
    chunks = UINT32_MAX;
    yields = refused = 0;
    preempt = false;
    may = 0;
    writing = true;
    dom = (struct domain){ .is_control = true };
    return 0;
}

static void at_once(void **state)
{
    uint32_t arg[] = { CONSOLEIO_write, 1000, 5 };

    (void)state;
    assert_int_equal(console_io(&vcpu, arg), 0);
    assert_int_equal(written, 1000);
    assert_memory_equal(out, memory + 5, 1000);
    assert_int_equal(yields, 0);
}

/* Each byte once and in order, however often the queue is found full. */
static void a_full_queue(void **state)
{
    uint32_t arg[] = { CONSOLEIO_write, 1000, 5 };
    unsigned int calls = 0;
    int32_t rc;

    (void)state;
    chunks = 0;
    while ((rc = console_io(&vcpu, arg)) == -ERESTART) {
        /* It waited for nothing, and let others go first. */
        assert_int_equal(yields, calls + 1);
        assert_int_equal(refused, calls + 1);
        assert_int_equal(arg[0], CONSOLEIO_write);
        assert_int_equal(arg[1], 1000 - written);
        assert_int_equal(arg[2], 5 + written);
        assert_true(calls < 100);
        if (++calls % 3 == 0)
            chunks = 1;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(calls, 3 * 8);
    assert_int_equal(written, 1000);
    assert_memory_equal(out, memory + 5, 1000);
}

static void other_work(void **state)
{
    uint32_t arg[] = { CONSOLEIO_write, 300, 0 };

    (void)state;
    preempt = true;
    assert_int_equal(console_io(&vcpu, arg), -ERESTART);
    assert_int_equal(written, 128);
    assert_int_equal(console_io(&vcpu, arg), -ERESTART);
    assert_int_equal(console_io(&vcpu, arg), 0);
    assert_int_equal(written, 300);
    assert_memory_equal(out, memory, 300);
    assert_int_equal(yields, 0);
}

void gprintk(enum log_level level, const char *fmt, ...)
{
    va_list args;

    (void)level;
    va_start(args, fmt);
    vsnprintf(said, sizeof(said), fmt, args);
    va_end(args);
}

/* A line of the store domain's: what could move the cursor is left out. */
static void of_the_store(void **state)
{
    uint32_t arg[] = { CONSOLEIO_write, 7, 0 };

    (void)state;
    dom.is_control = false;
    dom.is_xenstore = true;
    dom.id = 1;
    memcpy(memory, "a\033b\200cd\n", 7);
    assert_int_equal(console_io(&vcpu, arg), 0);
    assert_string_equal(said, "d1: a.b.cd\n");
    assert_int_equal(written, 0);
    arg[1] = 0;
    said[0] = '\0';
    assert_int_equal(console_io(&vcpu, arg), 0);
    assert_string_equal(said, "");
}

static void refusals(void **state)
{
    uint32_t arg[] = { CONSOLEIO_write, 100, sizeof(memory) - 50 };

    (void)state;
    assert_int_equal(console_io(&vcpu, arg), -EFAULT);
    arg[0] = 2;
    writing = false;
    assert_int_equal(console_io(&vcpu, arg), -ENOSYS);
    arg[0] = CONSOLEIO_write;
    writing = true;
    arg[2] = 0;
    may = -EPERM;
    assert_int_equal(console_io(&vcpu, arg), -EPERM);
    assert_int_equal(written, 0);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(at_once),    T(of_the_store), T(a_full_queue),
        T(other_work), T(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
