/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatting into a buffer.
 *
 * Source: ISO C11 7.21.6.1.
 * Layer:  1 (lib). Tested on the host against the C library, unit/printf.c.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <xen/printf.h>
#include <xen/string.h>

struct out {
    char *buf;
    size_t size; /* of buf, with the terminating zero   */
    size_t len;  /* of the text so far, fitting or not  */
};

/* One conversion: "%" flags width .precision length type. */
struct spec {
    bool left, zero, plus, space, alt;
    int width;
    int precision; /* -1: none given */
    int length;    /* bytes of an integer argument */
    char type;
};

static void put(struct out *o, char c)
{
    if (o->len + 1 < o->size)
        o->buf[o->len] = c;
    o->len++;
}

static void put_many(struct out *o, char c, int count)
{
    for (; count > 0; count--)
        put(o, c);
}

static int parse_int(const char **fmt, va_list *args)
{
    int n = 0;

    if (**fmt == '*') {
        (*fmt)++;
        return va_arg(*args, int);
    }
    for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
        if (n < INT_MAX / 10 - 1)
            n = n * 10 + (**fmt - '0');
    return n;
}

static void parse_flags(const char **fmt, struct spec *s)
{
    for (;; (*fmt)++) {
        switch (**fmt) {
        case '-':
            s->left = true;
            break;
        case '0':
            s->zero = true;
            break;
        case '+':
            s->plus = true;
            break;
        case ' ':
            s->space = true;
            break;
        case '#':
            s->alt = true;
            break;
        default:
            return;
        }
    }
}

static int parse_length(const char **fmt)
{
    switch (*(*fmt)++) {
    case 'h':
        if (**fmt != 'h')
            return sizeof(short);
        (*fmt)++;
        return sizeof(char);
    case 'l':
        if (**fmt != 'l')
            return sizeof(long);
        (*fmt)++;
        return sizeof(long long);
    case 'z':
        return sizeof(size_t);
    default:
        (*fmt)--;
        return sizeof(int);
    }
}

static void parse_spec(const char **fmt, va_list *args, struct spec *s)
{
    *s = (struct spec){ .precision = -1 };
    parse_flags(fmt, s);
    s->width = parse_int(fmt, args);
    if (s->width < 0) {
        s->left = true;
        s->width = s->width == INT_MIN ? INT_MAX : -s->width;
    }
    if (**fmt == '.') {
        (*fmt)++;
        s->precision = parse_int(fmt, args);
        if (s->precision < 0)
            s->precision = -1;
    }
    s->length = parse_length(fmt);
    s->type = **fmt;
    if (**fmt)
        (*fmt)++;
}

/* @text of @len characters in its field. */
static void put_field(struct out *o, const struct spec *s, const char *text,
                      int len)
{
    if (!s->left)
        put_many(o, ' ', s->width - len);
    for (int i = 0; i < len; i++)
        put(o, text[i]);
    if (s->left)
        put_many(o, ' ', s->width - len);
}

/* Digits of @value, written backwards to end at @end. Returns the first. */
static char *digits(char *end, uint64_t value, unsigned int base, bool upper)
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    uint32_t low;

    /* 64-bit division only while it is needed: it is a slow call. */
    for (; value > UINT32_MAX; value /= base)
        *--end = set[value % base];
    for (low = (uint32_t)value; low; low /= base)
        *--end = set[low % base];
    return end;
}

static void put_number(struct out *o, const struct spec *s, uint64_t value,
                       bool negative, unsigned int base)
{
    char buf[24]; /* 2^64 in octal has 22 digits */
    char *first = digits(buf + sizeof(buf), value, base, s->type == 'X');
    int len = (int)(buf + sizeof(buf) - first);
    int zeros = (s->precision < 0 ? 1 : s->precision) - len;
    char sign = negative ? '-' : s->plus ? '+' : s->space ? ' ' : '\0';
    int prefix = sign ? 1 : 0;

    if (s->alt && base == 8 && zeros <= 0)
        zeros = 1;
    if (s->alt && base == 16 && value)
        prefix = 2;
    if (zeros < 0)
        zeros = 0;
    if (s->zero && !s->left && s->precision < 0 &&
        s->width - prefix - len > zeros)
        zeros = s->width - prefix - len;

    if (!s->left)
        put_many(o, ' ', s->width - prefix - zeros - len);
    if (prefix == 2) {
        put(o, '0');
        put(o, s->type == 'X' ? 'X' : 'x');
    } else if (prefix == 1) {
        put(o, sign);
    }
    put_many(o, '0', zeros);
    for (int i = 0; i < len; i++)
        put(o, first[i]);
    if (s->left)
        put_many(o, ' ', s->width - prefix - zeros - len);
}

static void put_signed(struct out *o, const struct spec *s, va_list *args)
{
    int64_t v = s->length == sizeof(long long) ? va_arg(*args, long long)
                : s->length == sizeof(long)    ? va_arg(*args, long)
                                               : va_arg(*args, int);

    if (s->length == sizeof(short))
        v = (short)v;
    else if (s->length == sizeof(char))
        v = (signed char)v;
    put_number(o, s, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0, 10);
}

static void put_unsigned(struct out *o, struct spec *s, va_list *args,
                         unsigned int base)
{
    uint64_t v = s->length == sizeof(long long)
                     ? va_arg(*args, unsigned long long)
                 : s->length == sizeof(long) ? va_arg(*args, unsigned long)
                                             : va_arg(*args, unsigned int);

    if (s->length == sizeof(short))
        v = (unsigned short)v;
    else if (s->length == sizeof(char))
        v = (unsigned char)v;
    s->plus = false; /* these two are for signed conversions */
    s->space = false;
    put_number(o, s, v, false, base);
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
    size_t max = s->precision < 0 ? INT_MAX : (size_t)s->precision;

    if (!text)
        text = "(null)";
    put_field(o, s, text, (int)strnlen(text, max));
}

static void put_spec(struct out *o, struct spec *s, va_list *args)
{
    char c;

    switch (s->type) {
    case 'd':
    case 'i':
        put_signed(o, s, args);
        break;
    case 'u':
        put_unsigned(o, s, args, 10);
        break;
    case 'x':
    case 'X':
        put_unsigned(o, s, args, 16);
        break;
    case 'o':
        put_unsigned(o, s, args, 8);
        break;
    case 'p':
        *s = (struct spec){ .left = s->left,
                            .width = s->width,
                            .type = 'x',
                            .alt = true,
                            .precision = 2 * sizeof(void *) };
        put_number(o, s, (uintptr_t)va_arg(*args, void *), false, 16);
        break;
    case 'c':
        c = (char)va_arg(*args, int);
        put_field(o, s, &c, 1);
        break;
    case 's':
        put_string(o, s, va_arg(*args, const char *));
        break;
    case '%':
        put(o, '%');
        break;
    case '\0':
        break;
    default: /* shown as it is, so that the mistake is seen */
        put(o, '%');
        put(o, s->type);
        break;
    }
}

int xen_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    struct out o = { buf, size, 0 };
    struct spec s;
    va_list ap;

    /* Of a va_list parameter, an array on some machines, &args would not
     * be a pointer to va_list. */
    va_copy(ap, args);
    while (*fmt) {
        if (*fmt != '%') {
            put(&o, *fmt++);
            continue;
        }
        fmt++;
        parse_spec(&fmt, &ap, &s);
        put_spec(&o, &s, &ap);
    }
    va_end(ap);

    if (size)
        buf[o.len < size ? o.len : size - 1] = '\0';
    return (int)o.len;
}

int xen_snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int len;

    va_start(args, fmt);
    len = xen_vsnprintf(buf, size, fmt, args);
    va_end(args);
    return len;
}
