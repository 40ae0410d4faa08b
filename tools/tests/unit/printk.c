/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log and the console: what reaches the UART and the ring, the levels,
 * the token bucket, input and its switch. The UART is a buffer with room for
 * a number of bytes that the test sets.
 *
 * Sources: xen/common/core/printk.c xen/common/core/console.c
 * Sources: xen/common/core/conring.c xen/lib/printf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/board.h>
#include <xen/heap.h>
#include <xen/irq.h>
#include <xen/options.h>
#include <xen/platform.h>
#include <xen/printf.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/uart.h>

#include <asm/smpboot.h>

char opt_loglvl[24], opt_guest_loglvl[24];
bool opt_sync_console, opt_console_to_ring, opt_console_timestamps;
uint64_t opt_conring_size = 16384;
struct board board = { .uart = { .has_irq = true } };
const struct platform *platform = &(const struct platform){ .name = "test" };
struct heap_account heap_xen;
uint32_t time_hz = 1000;

static uint64_t now;
static char wire[65536]; /* what the UART sent */
static size_t sent;
static size_t room;       /* bytes the FIFO takes now */
static const char *typed; /* what it receives         */
static bool tx_irq, rx_irq;
static void (*irq_fn)(void *arg);
static void (*softirq)(void);
static bool raised;

uint64_t time_ticks(void)
{
    return now;
}

uint64_t time_now_ns(void)
{
    return now * 1000000;
}

uint64_t ns_to_ticks(uint64_t ns)
{
    return ns / 1000000;
}

static size_t put(const char *s, size_t len)
{
    size_t i;

    for (i = 0; i < len && room > 0; i++) {
        room--;
        assert_true(sent < sizeof(wire) - 1);
        wire[sent++] = s[i];
        wire[sent] = '\0';
    }
    return i;
}

static void set_tx_irq(bool on)
{
    tx_irq = on;
}

static const struct uart_driver uart = {
    .name = "test",
    .put = put,
    .tx_irq = set_tx_irq,
};
static const struct uart_driver *the_uart = &uart;

const struct uart_driver *uart_current(void)
{
    return the_uart;
}

static bool stuck;

/* Waits for room: there is some at once, or never. */
void uart_putc(char c)
{
    if (stuck)
        return;
    if (room == 0)
        room = 1;
    assert_int_equal(put(&c, 1), 1);
}

int uart_getc(void)
{
    return typed && *typed ? (unsigned char)*typed++ : -1;
}

void uart_rx_irq_enable(void)
{
    rx_irq = true;
}

void uart_tx_irq(bool on)
{
    tx_irq = on;
}

void early_console_puts(const char *s)
{
    size_t len = strlen(s);

    memcpy(&wire[sent], s, len + 1);
    sent += len;
}

void *heap_alloc(struct heap_account *account, size_t size)
{
    static char pool[65536];
    static size_t used;

    assert_ptr_equal(account, &heap_xen);
    used += size;
    assert_true(used <= sizeof(pool));
    return &pool[used - size];
}

int board_irq_to_intid(const struct board *b, const struct fdt_irq *irq,
                       uint32_t *intid, bool *edge)
{
    assert_ptr_equal(irq, &b->uart.irq);
    *intid = 33;
    *edge = false;
    return 0;
}

int irq_request(unsigned int irq, enum irq_kind kind, enum irq_trigger trigger,
                void (*fn)(void *arg), void *arg, const char *name)
{
    assert_int_equal(irq, 33);
    assert_int_equal(kind, IRQ_XEN);
    assert_int_equal(trigger, IRQ_LEVEL);
    assert_null(arg);
    assert_string_equal(name, "console");
    irq_fn = fn;
    return 0;
}

void irq_enable(unsigned int irq)
{
    assert_int_equal(irq, 33);
}

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    assert_int_equal(nr, SOFTIRQ_CONSOLE);
    softirq = fn;
}

void softirq_raise(enum softirq_nr nr)
{
    assert_int_equal(nr, SOFTIRQ_CONSOLE);
    raised = true;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu)
{
    (void)t;
    (void)fn;
    (void)arg;
    (void)cpu;
    fail();
}

void timer_set(struct timer *t, uint64_t deadline)
{
    (void)t;
    (void)deadline;
    fail();
}

static unsigned int input_calls, ring_calls;
static char pressed[32];

static void on_input(void)
{
    input_calls++;
}

static void on_ring(void)
{
    ring_calls++;
}

static void on_key(char key)
{
    size_t len = strlen(pressed);

    pressed[len] = key;
    pressed[len + 1] = '\0';
}

static void run_softirq(void)
{
    raised = false;
    softirq();
}

static int fresh(void **state)
{
    (void)state;
    sent = 0;
    wire[0] = '\0';
    room = SIZE_MAX;
    typed = NULL;
    opt_console_timestamps = false;
    opt_console_to_ring = false;
    strcpy(opt_loglvl, "");
    strcpy(opt_guest_loglvl, "");
    console_init_early();
    now += 1000000; /* the bucket is full */
    input_calls = 0;
    ring_calls = 0;
    pressed[0] = '\0';
    return 0;
}

static void check_wire(const char *text)
{
    assert_string_equal(wire, text);
    sent = 0;
    wire[0] = '\0';
}

/* ---- before console_init ---- */

static void before_there_is_a_uart(void **state)
{
    (void)state;
    the_uart = NULL;
    printk(LOG_ALWAYS, "early %d\n", 5);
    check_wire("(XEN) early 5\r\n");
    the_uart = &uart;
}

static void polled(void **state)
{
    (void)state;
    room = 0;
    printk(LOG_ALWAYS, "all of it, at once\n");
    check_wire("(XEN) all of it, at once\r\n");
}

/* ---- lines ---- */

static void each_line_has_its_prefix(void **state)
{
    (void)state;
    printk(LOG_ALWAYS, "a\nb\n\nc");
    printk(LOG_ALWAYS, "d\n");
    check_wire("(XEN) a\r\n(XEN) b\r\n(XEN) \r\n(XEN) cd\r\n");
}

static void timestamps(void **state)
{
    (void)state;
    opt_console_timestamps = true;
    now = 12345678;
    printk(LOG_ALWAYS, "x\n");
    check_wire("(XEN) [12345.678000] x\r\n");
}

static void a_long_line_is_cut(void **state)
{
    static char line[3000];

    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    printk(LOG_ALWAYS, "%s\n", line);
    printk(LOG_ALWAYS, "next\n");
    assert_int_equal(strcspn(wire, "\r"), 6 + 1022);
    assert_string_equal(strchr(wire, '\r'), "\r\n(XEN) next\r\n");
}

static const struct {
    const char *option;
    const char *printed; /* of the lines 0 to 3: error to debug */
} levels[] = {
    { "none", "" },          { "error", "0" },
    { "warning", "01" },     { "info", "012" },
    { "debug", "0123" },     { "all", "0123" },
    { "error/info", "012" }, { "info/error", "0" },
    { "", "0123" }, /* debug builds: all */
};

static void what_levels_let_through(void **state)
{
    char seen[8];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        for (unsigned int guest = 0; guest < 2; guest++) {
            size_t n = 0;

            fresh(NULL);
            strcpy(guest ? opt_guest_loglvl : opt_loglvl, levels[i].option);
            strcpy(guest ? opt_loglvl : opt_guest_loglvl, "none");
            console_init_early();
            for (int level = LOG_ERR; level <= LOG_DEBUG; level++) {
                gprintk((enum log_level)level, guest ? "%d" : "", level);
                printk((enum log_level)level, guest ? "" : "%d", level);
            }
            for (const char *p = wire; *p; p++)
                if (*p >= '0' && *p <= '9')
                    seen[n++] = *p;
            seen[n] = '\0';
            printk(LOG_ALWAYS, "\n");
            assert_string_equal(seen, levels[i].printed);
        }
    }
}

/* ---- lines that guests cause ---- */

static unsigned int lines_sent(void)
{
    unsigned int n = 0;

    for (const char *p = wire; *p; p++)
        n += *p == '\n';
    sent = 0;
    wire[0] = '\0';
    return n;
}

static void ten_lines_then_one_a_second(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 1000; i++)
        gprintk(LOG_ERR, "guest\n");
    assert_int_equal(lines_sent(), 10);
    now += time_hz - 1;
    gprintk(LOG_ERR, "guest\n");
    assert_int_equal(lines_sent(), 0);
    now += 1;
    gprintk(LOG_ERR, "guest\n");
    gprintk(LOG_ERR, "guest\n");
    check_wire("(XEN) 991 guest messages lost\r\n(XEN) guest\r\n");
    /* Ours are not counted, and get through. */
    printk(LOG_ERR, "xen\n");
    check_wire("(XEN) xen\r\n");
    /* A rest fills the bucket, but not beyond ten. */
    now += 1000 * time_hz;
    for (unsigned int i = 0; i < 20; i++)
        gprintk(LOG_ERR, "guest\n");
    assert_int_equal(lines_sent(), 1 + 10);
    now += 2 * time_hz;
    gprintk(LOG_ERR, "guest\n");
    check_wire("(XEN) 10 guest messages lost\r\n(XEN) guest\r\n");
}

static void lines_below_the_level_cost_no_token(void **state)
{
    (void)state;
    strcpy(opt_guest_loglvl, "error");
    console_init_early();
    for (unsigned int i = 0; i < 100; i++)
        gprintk(LOG_WARN, "guest\n");
    gprintk(LOG_ERR, "seen\n");
    assert_non_null(strstr(wire, "(XEN) seen\r\n"));
    assert_null(strstr(wire, "lost"));
}

/* ---- the ring ---- */

static void ring_positions(void **state)
{
    static char buf[65536];
    uint32_t start = UINT32_MAX / 2, index;
    size_t len;

    (void)state;
    /* A position that is not in the ring means its oldest byte. */
    len = console_ring_read(&start, buf, sizeof(buf));
    index = start;
    assert_int_equal(console_ring_read(&index, buf, sizeof(buf)), 0);
    assert_int_equal(index, start);

    printk(LOG_ALWAYS, "one\ntwo\n");
    assert_int_equal(console_ring_read(&index, buf, 4), 4);
    assert_int_equal(index, start + 4);
    len = console_ring_read(&index, buf, sizeof(buf));
    assert_int_equal(len, 16);
    assert_memory_equal(buf, ") one\n(XEN) two\n", 16);
    assert_int_equal(index, start + 20);

    printk(LOG_ALWAYS, "three\n");
    console_ring_clear(index);
    console_ring_clear(start); /* dropped already */
    index = start;
    len = console_ring_read(&index, buf, sizeof(buf));
    assert_int_equal(len, 12);
    assert_memory_equal(buf, "(XEN) three\n", 12);
    /* What has not been written yet is not in the ring either. */
    index += 1;
    assert_int_equal(console_ring_read(&index, buf, sizeof(buf)), 12);
}

static void ring_wraps(void **state)
{
    static char buf[65536];
    uint32_t index = 0;
    size_t len;

    (void)state;
    for (unsigned int i = 0; i < 5000; i++) {
        sent = 0;
        printk(LOG_ALWAYS, "%08u\n", i);
    }
    len = console_ring_read(&index, buf, sizeof(buf));
    assert_int_equal(len, 16384);
    assert_memory_equal(buf + len - 15, "(XEN) 00004999\n", 15);
    assert_memory_equal(buf + len - 15 * 1000, "(XEN) 00004000\n", 15);
}

/* console_init: a larger ring, with the text of the boot; then interrupts. */
static void set_up(void **state)
{
    static char before[65536], after[65536];
    uint32_t index = 0, again = 0;
    size_t len = console_ring_read(&index, before, sizeof(before));

    (void)state;
    opt_conring_size = 20000;
    console_init();
    assert_int_equal(opt_conring_size, 32768);
    assert_int_equal(console_ring_read(&again, after, sizeof(after)), len);
    assert_int_equal(again, index);
    assert_memory_equal(before, after, len);
    assert_true(rx_irq);
    console_hooks(on_input, on_ring, on_key);
    run_softirq();
}

/* ---- output by interrupt ---- */

static void a_slow_uart(void **state)
{
    (void)state;
    room = 4;
    printk(LOG_ALWAYS, "0123\n");
    check_wire("(XEN");
    assert_true(tx_irq);
    console_write_raw("abc", 3); /* behind what waits */
    check_wire("");
    room = 8;
    irq_fn(NULL);
    check_wire(") 0123\r\n");
    assert_true(tx_irq);
    room = 8;
    irq_fn(NULL);
    check_wire("abc");
    assert_false(tx_irq);
    console_write_raw("\n", 1); /* as it is */
    check_wire("\n");
}

/* A full queue makes the writer wait: not a byte is lost. */
static void no_line_is_lost(void **state)
{
    size_t written = 0;

    (void)state;
    room = 0;
    for (unsigned int i = 0; i < 2000; i++) {
        printk(LOG_ALWAYS, "%08u\n", i);
        written += 16;
    }
    assert_true(sent >= written - 16384);
    room = SIZE_MAX;
    irq_fn(NULL);
    assert_int_equal(sent, written);
    for (unsigned int i = 0; i < 2000; i++) {
        char line[17];

        xen_snprintf(line, sizeof(line), "(XEN) %08u\r\n", i);
        assert_memory_equal(&wire[16 * i], line, 16);
    }
}

/* What dom0 writes is queued whole or, when the queue is full, not at all. */
static void dom0_comes_again(void **state)
{
    static char chunk[128];
    size_t queued = 0;

    (void)state;
    room = 0;
    memset(chunk, 'd', sizeof(chunk));
    while (console_try_raw(chunk, sizeof(chunk)))
        queued += sizeof(chunk);
    assert_int_equal(queued, 16384);
    check_wire("");
    assert_true(tx_irq);

    /* The UART had no interrupt taken yet: its room is used all the same. */
    room = 127;
    assert_false(console_try_raw(chunk, sizeof(chunk)));
    assert_int_equal(sent, 127);
    room = 1;
    assert_true(console_try_raw(chunk, sizeof(chunk)));
    assert_int_equal(sent, 128);
    queued += sizeof(chunk);

    /* Ours waits, and goes behind it. */
    printk(LOG_ALWAYS, "x\n");
    queued += 9;
    assert_false(console_try_raw(chunk, sizeof(chunk)));
    assert_true(sent < 256);

    room = SIZE_MAX;
    irq_fn(NULL);
    assert_int_equal(sent, queued);
    assert_memory_equal(&wire[queued - 9], "(XEN) x\r\n", 9);
    assert_false(tx_irq);
}

/* A UART that sends nothing for a second hangs nobody. */
static void dom0_and_a_stuck_uart(void **state)
{
    static char chunk[128];

    (void)state;
    room = 0;
    while (console_try_raw(chunk, sizeof(chunk)))
        ;
    for (unsigned int i = 0; i < 5; i++) {
        now += 300;
        room = 1; /* slow is not stuck */
        assert_false(console_try_raw(chunk, sizeof(chunk)));
    }
    now += 999;
    assert_false(console_try_raw(chunk, sizeof(chunk)));
    now++;
    stuck = true;
    assert_true(console_try_raw(chunk, sizeof(chunk)));
    assert_true(console_try_raw(chunk, sizeof(chunk)));
    assert_int_equal(sent, 5);
    stuck = false;
    room = 1;
    assert_false(console_try_raw(chunk, sizeof(chunk)));
    room = SIZE_MAX;
    irq_fn(NULL);
    assert_int_equal(sent, 16384 + 5);
}

static void who_is_told(void **state)
{
    (void)state;
    run_softirq();
    ring_calls = 0;
    printk(LOG_ALWAYS, "x\n");
    assert_true(raised);
    run_softirq();
    assert_int_equal(ring_calls, 1);

    /* dom0's bytes stay out of the ring, unless they are asked for. */
    assert_true(console_try_raw("x", 1));
    assert_false(raised);
    opt_console_to_ring = true;
    assert_true(console_try_raw("x", 1));
    assert_true(raised);
    run_softirq();
    assert_int_equal(ring_calls, 2);
}

/* ---- input ---- */

static void type(const char *s)
{
    typed = s;
    irq_fn(NULL);
    run_softirq();
}

static const char *dom0_reads(void)
{
    static char buf[2048];
    size_t len = console_input_read(buf, sizeof(buf) - 1);

    buf[len] = '\0';
    return buf;
}

#define TO_XEN                                                                 \
    "(XEN) *** Serial input to Xen (type 'CTRL-a' three times to switch "      \
    "input)\r\n"
#define TO_DOM0                                                                \
    "(XEN) *** Serial input to DOM0 (type 'CTRL-a' three times to switch "     \
    "input)\r\n"

static void typing(void **state)
{
    char two[3];

    (void)state;
    type("ls\r");
    assert_int_equal(input_calls, 1);
    assert_int_equal(console_input_read(two, 2), 2);
    assert_memory_equal(two, "ls", 2);
    assert_string_equal(dom0_reads(), "\r");
    assert_string_equal(dom0_reads(), "");

    /* One or two CTRL-a are dom0's, when something else follows. */
    type("\1x\1\1y\1");
    assert_string_equal(dom0_reads(), "\1x\1\1y");
    type("\1z");
    assert_string_equal(dom0_reads(), "\1\1z");
    check_wire("");

    type("a\1\1\1qr");
    check_wire(TO_XEN);
    assert_string_equal(dom0_reads(), "a");
    assert_string_equal(pressed, "qr");
    type("\1\1");
    type("\1b");
    check_wire(TO_DOM0);
    assert_string_equal(dom0_reads(), "b");

    console_focus_xen();
    check_wire(TO_XEN);
    console_focus_dom0();
    check_wire(TO_DOM0);
}

static void nobody_reads(void **state)
{
    static char flood[1001];

    (void)state;
    memset(flood, 'f', 1000);
    for (unsigned int i = 0; i < 5; i++)
        type(flood);
    assert_int_equal(strlen(dom0_reads()), 1024);
}

/* ---- the end; last ---- */

static void panic_needs_no_lock(void **state)
{
    (void)state;
    room = 0;
    printk(LOG_ALWAYS, "queued\n");
    check_wire("");
    console_force_sync();
    check_wire("(XEN) queued\r\n");
    room = 0;
    printk(LOG_ALWAYS, "at once\n");
    check_wire("(XEN) at once\r\n");
    console_force_sync();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(before_there_is_a_uart, fresh),
        cmocka_unit_test_setup(polled, fresh),
        cmocka_unit_test_setup(each_line_has_its_prefix, fresh),
        cmocka_unit_test_setup(timestamps, fresh),
        cmocka_unit_test_setup(a_long_line_is_cut, fresh),
        cmocka_unit_test_setup(what_levels_let_through, fresh),
        cmocka_unit_test_setup(ten_lines_then_one_a_second, fresh),
        cmocka_unit_test_setup(lines_below_the_level_cost_no_token, fresh),
        cmocka_unit_test_setup(ring_positions, fresh),
        cmocka_unit_test_setup(ring_wraps, fresh),
        cmocka_unit_test_setup(set_up, fresh),
        cmocka_unit_test_setup(a_slow_uart, fresh),
        cmocka_unit_test_setup(no_line_is_lost, fresh),
        cmocka_unit_test_setup(dom0_comes_again, fresh),
        cmocka_unit_test_setup(dom0_and_a_stuck_uart, fresh),
        cmocka_unit_test_setup(who_is_told, fresh),
        cmocka_unit_test_setup(typing, fresh),
        cmocka_unit_test_setup(nobody_reads, fresh),
        cmocka_unit_test_setup(panic_needs_no_lock, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
