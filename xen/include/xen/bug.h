/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stopping at our own mistakes: one undefined instruction and a table row,
 * so that every layer may use it. Guest mistakes never come here.
 *
 * The undefined instruction is UDF #0xb06 (ARM encoding 0xe7fbb0f6); dump.c
 * finds its file and line in the .bug_frames section.
 * Source: ARM DDI 0406C.c A8.8.247 "UDF".
 * Layer:  1 (lib). The host's version is in tools/tests/host/host.c.
 */
#ifndef XEN_BUG_H
#define XEN_BUG_H

#include <xen/compiler.h>

#define BUG_INSN 0xe7fbb0f6u

struct bug_frame {
    const void *pc;
    const char *file;
    const char *what; /* the failed expression, or "BUG" */
    unsigned int line;
};

#ifdef __arm__
#define BUG_STOP(what_)                                                        \
    do {                                                                       \
        __asm__ volatile("1: .inst %c[insn]\n"                                 \
                         ".pushsection .bug_frames, \"a\", %%progbits\n"       \
                         ".long 1b, %c[file], %c[text], %c[line]\n"            \
                         ".popsection"                                         \
                         :                                                     \
                         : [insn] "i"(BUG_INSN), [file] "i"(__FILE__),         \
                           [text] "i"(what_), [line] "i"(__LINE__));           \
        __builtin_unreachable();                                               \
    } while (0)
#else
/* The host's: fails the test. */
no_return void bug_stop(const char *file, unsigned int line, const char *what);
#define BUG_STOP(what_) bug_stop(__FILE__, __LINE__, what_)
#endif

#define BUG() BUG_STOP("BUG")

/* Continuing would corrupt memory; checked in every build. */
#define BUG_ON(cond_)                                                          \
    do {                                                                       \
        if (unlikely(cond_))                                                   \
            BUG_STOP(#cond_);                                                  \
    } while (0)

/* What must hold; checked in debug builds. Never on guest data. */
#ifdef CONFIG_DEBUG
#define ASSERT(cond_) BUG_ON(!(cond_))
#else
#define ASSERT(cond_) ((void)sizeof(!(cond_)))
#endif

#endif /* XEN_BUG_H */
