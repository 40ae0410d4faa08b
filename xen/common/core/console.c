/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console: output to the UART, by interrupt once there is one, else
 * polled; input from it, to dom0 or to Xen's debug keys, switched by typing
 * CTRL-a three times.
 *
 * No line of ours is ever lost: when the queue is full, its first byte is
 * waited for. dom0's bytes are not waited for: it is told to come again.
 * Layer: 4 (core).
 */
#include <asm/smpboot.h>

#include <xen/board.h>
#include <xen/bug.h>
#include <xen/console.h>
#include <xen/conring.h>
#include <xen/heap.h>
#include <xen/irq.h>
#include <xen/options.h>
#include <xen/platform.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/uart.h>

#include <public/errno.h>

#define TX_SIZE 16384u /* powers of two */
#define TX_ROOM 2048u  /* some lines */
#define RX_SIZE 1024u
#define KEYS    16u

#define CTRL_A       1
#define SWITCH_COUNT 3u
#define RING_MAX     (2u << 20)

/* Input is looked for at this pace when the UART has no interrupt. */
#define POLL_NS 50000000u

/* RANK_CONSOLE; guards all below. */
static struct spinlock lock = SPINLOCK_INIT(RANK_CONSOLE);

static bool forced; /* panic: no lock, no queue; set once */

static char *tx; /* queue of TX_SIZE bytes; NULL: polled output */
static uint32_t tx_head, tx_tail;
static bool tx_irq_on;
static uint32_t tx_sent;       /* bytes the UART took from the queue      */
static uint32_t full_sent;     /* .tx_sent when there was no room ...      */
static uint64_t full_at_ticks; /* ... for the first time since it changed */

static char rx[RX_SIZE]; /* for dom0 */
static uint32_t rx_head, rx_tail;
static char keys[KEYS]; /* for Xen */
static uint32_t key_head, key_tail;
static uint32_t ctrl_a; /* how many came in a row, not yet passed on */
static bool focus_xen;

static bool ring_news, input_news;

static void (*input_hook)(void); /* constant after boot */
static void (*ring_hook)(void);
static void (*key_hook)(char key);

static struct timer poll_timer;

void console_lock(void)
{
    if (likely(!forced))
        lock_take(&lock);
}

void console_unlock(void)
{
    bool news = (ring_news && ring_hook) || (input_news && input_hook) ||
                key_head != key_tail;

    if (unlikely(forced))
        return;
    lock_drop(&lock);
    if (news)
        softirq_raise(SOFTIRQ_CONSOLE);
}

/* ---- output ---- */

/* Move queued bytes to the UART while it has room. */
static void tx_push(void)
{
    const struct uart_driver *u = uart_current();

    while (tx_tail != tx_head) {
        uint32_t from = tx_tail & (TX_SIZE - 1);
        uint32_t part = MIN(tx_head - tx_tail, TX_SIZE - from);
        uint32_t sent = (uint32_t)u->put(tx + from, part);

        tx_tail += sent;
        tx_sent += sent;
        if (sent < part)
            break;
    }
    if (tx_irq_on != (tx_tail != tx_head)) {
        tx_irq_on = !tx_irq_on;
        u->tx_irq(tx_irq_on);
    }
}

static void tx_queue(char c)
{
    if (tx_head - tx_tail == TX_SIZE)
        uart_putc(tx[tx_tail++ & (TX_SIZE - 1)]);
    tx[tx_head++ & (TX_SIZE - 1)] = c;
}

/*
 * No UART is known yet: the one of CONFIG_EARLY_PRINTK, if built in. Its
 * array would cost all that is written a check of the stack.
 */
static void never_inline early_raw(const char *s, size_t len)
{
    char one[2] = { 0, 0 };

    for (size_t i = 0; i < len; i++) {
        one[0] = s[i];
        early_console_puts(one);
    }
}

/*
 * Room for @len bytes, or a UART that takes none for a second (flow control,
 * no clock): that one is not worth waiting for, and uart_putc drops.
 */
static bool never_inline tx_make_room(size_t len)
{
    tx_push();
    if (TX_SIZE - (tx_head - tx_tail) >= len)
        return true;
    if (tx_sent != full_sent || !full_at_ticks) {
        full_sent = tx_sent;
        full_at_ticks = time_ticks();
    }
    return time_ticks() - full_at_ticks >= time_hz;
}

/*
 * Bytes to the UART as they are. Unless @wait, only when there is room for
 * all of them: false means that none was written.
 */
static bool uart_raw(const char *s, size_t len, bool wait)
{
    const struct uart_driver *u = uart_current();
    size_t i = 0;

    if (!u) {
        early_raw(s, len);
        return true;
    }
    if (!tx) {
        for (; i < len; i++)
            uart_putc(s[i]);
        return true;
    }
    if (tx_tail == tx_head)
        i = u->put(s, len);
    if (i == len)
        return true;
    /* With some of them sent the queue is empty, and has room. */
    if (!wait && TX_SIZE - (tx_head - tx_tail) < len - i &&
        !tx_make_room(len - i))
        return false;
    for (; i < len; i++)
        tx_queue(s[i]);
    tx_push();
    return true;
}

/* Hand all that is queued to the UART. Lock held, or not taken any more. */
static void tx_drain(void)
{
    while (tx_tail != tx_head)
        uart_putc(tx[tx_tail++ & (TX_SIZE - 1)]);
}

void console_drain(void)
{
    console_lock();
    tx_drain();
    console_unlock();
}

void console_text(const char *s, size_t len)
{
    size_t from = 0;

    conring_put(s, len);
    ring_news = true;
    for (size_t i = 0; i < len; i++) {
        if (s[i] != '\n')
            continue;
        uart_raw(s + from, i - from, true);
        uart_raw("\r\n", 2, true);
        from = i + 1;
    }
    uart_raw(s + from, len - from, true);
}

static inline bool write_raw(const char *buf, size_t len, bool wait)
{
    bool done;

    console_lock();
    done = uart_raw(buf, len, wait);
    if (opt_console_to_ring && done) {
        conring_put(buf, len);
        ring_news = true;
    }
    console_unlock();
    return done;
}

void console_write_raw(const char *buf, size_t len)
{
    (void)write_raw(buf, len, true);
}

bool console_try_raw(const char *buf, size_t len)
{
    return write_raw(buf, len, false);
}

bool console_has_room(void)
{
    bool room;

    console_lock();
    room = !tx || TX_SIZE - (tx_head - tx_tail) >= TX_ROOM ||
           tx_make_room(TX_ROOM);
    console_unlock();
    return room;
}

/* ---- the ring ---- */

size_t console_ring_read(uint32_t *index, char *buf, size_t size)
{
    size_t len;

    console_lock();
    len = conring_read(index, buf, size);
    console_unlock();
    return len;
}

void console_ring_clear(uint32_t index)
{
    console_lock();
    conring_clear(index);
    console_unlock();
}

/* ---- input ---- */

static void rx_deliver(char c)
{
    if (focus_xen) {
        if (key_head - key_tail < KEYS)
            keys[key_head++ & (KEYS - 1)] = c;
        return;
    }
    if (rx_head - rx_tail < RX_SIZE)
        rx[rx_head++ & (RX_SIZE - 1)] = c;
    input_news = true;
}

/* A byte was typed; true when it was the one that switches the focus. */
static bool rx_byte(char c)
{
    if (c == CTRL_A) {
        if (++ctrl_a < SWITCH_COUNT)
            return false;
        ctrl_a = 0;
        focus_xen = !focus_xen;
        return true;
    }
    /* One or two were meant for whoever reads, such as screen or readline. */
    for (; ctrl_a > 0; ctrl_a--)
        rx_deliver(CTRL_A);
    rx_deliver(c);
    return false;
}

static void focus_tell(void)
{
    printk(LOG_ALWAYS,
           "*** Serial input to %s (type 'CTRL-a' three times to switch "
           "input)\n",
           focus_xen ? "Xen" : "DOM0");
}

static void focus_set(bool on_xen)
{
    console_lock();
    focus_xen = on_xen;
    ctrl_a = 0;
    console_unlock();
    focus_tell();
}

void console_focus_dom0(void)
{
    focus_set(false);
}

void console_focus_xen(void)
{
    focus_set(true);
}

size_t console_input_read(char *buf, size_t size)
{
    size_t len = 0;

    console_lock();
    while (len < size && rx_tail != rx_head)
        buf[len++] = rx[rx_tail++ & (RX_SIZE - 1)];
    console_unlock();
    return len;
}

/* Both directions of the UART, as far as it has something to do. */
static void console_service(void)
{
    bool switched = false;
    int c;

    console_lock();
    for (uint32_t i = 0; i < RX_SIZE && (c = uart_getc()) >= 0; i++)
        switched |= rx_byte((char)c);
    if (tx)
        tx_push();
    console_unlock();
    if (switched)
        focus_tell();
}

static void console_irq(void *arg)
{
    (void)arg;
    console_service();
}

static void console_poll(void *arg)
{
    (void)arg;
    console_service();
    timer_set(&poll_timer, time_ticks() + ns_to_ticks(POLL_NS));
}

/* Next key for Xen, or -1. */
static int key_take(void)
{
    int key = -1;

    console_lock();
    if (key_tail != key_head)
        key = keys[key_tail++ & (KEYS - 1)];
    console_unlock();
    return key;
}

static void console_softirq(void)
{
    bool input, ring;
    int key;

    console_lock();
    input = input_news;
    ring = ring_news;
    input_news = false;
    ring_news = false;
    console_unlock();

    if (input && input_hook)
        input_hook();
    if (ring && ring_hook)
        ring_hook();
    while ((key = key_take()) >= 0)
        if (key_hook)
            key_hook((char)key);
}

void console_hooks(void (*input)(void), void (*ring)(void),
                   void (*key)(char key))
{
    input_hook = input ? input : input_hook;
    ring_hook = ring ? ring : ring_hook;
    key_hook = key ? key : key_hook;
}

/* ---- set-up and the end ---- */

void console_init_early(void)
{
    printk_levels_init();
}

static void ring_enlarge(void)
{
    uint32_t size = 16384;
    char *buf;

    while (size < opt_conring_size && size < RING_MAX)
        size *= 2;
    opt_conring_size = size;
    buf = heap_alloc(&heap_xen, size);
    if (!buf)
        return; /* the boot's own, of 16 KiB, stays */
    console_lock();
    conring_move(buf, size);
    console_unlock();
}

/* INTID of the UART's interrupt, or -errno when it has to be polled. */
static int must_check uart_irq_request(void)
{
    uint32_t irq = 0;
    bool edge = false;
    int rc;

    if (!board.uart.has_irq)
        return -ENOENT;
    rc = board_irq_to_intid(&board, &board.uart.irq, &irq, &edge);
    if (rc == -ENXIO && platform->irq_map) {
        rc = platform->irq_map(&board.uart.irq);
        irq = (uint32_t)rc;
    }
    if (rc < 0)
        return rc;
    rc = irq_request(irq, IRQ_XEN, edge ? IRQ_EDGE : IRQ_LEVEL, console_irq,
                     NULL, "console");
    if (rc)
        return rc;
    if (platform->irq_keep)
        platform->irq_keep(irq);
    return (int)irq;
}

void console_init(void)
{
    char *queue = NULL;
    int irq;

    softirq_open(SOFTIRQ_CONSOLE, console_softirq);
    ring_enlarge();
    if (!uart_current())
        return;

    irq = uart_irq_request();
    if (irq < 0) {
        printk(LOG_WARN,
               "console: no interrupt for the UART (%d): output is polled, "
               "input is looked for 20 times a second\n",
               irq);
        timer_init(&poll_timer, console_poll, NULL, 0);
        timer_set(&poll_timer, 0);
        return;
    }
    if (!opt_sync_console)
        queue = heap_alloc(&heap_xen, TX_SIZE);
    console_lock();
    tx = queue;
    uart_rx_irq_enable();
    console_unlock();
    irq_enable((unsigned int)irq);
}

void console_force_sync(void)
{
    if (forced)
        return;
    forced = true;
    tx_drain();
    tx = NULL;
}
