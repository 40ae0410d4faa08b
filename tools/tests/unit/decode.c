/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and stores by their bits: guest/decode.c. The encodings are those of
 * GNU as for the text beside them.
 *
 * Sources: xen/arch/arm/guest/decode.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/guest/decode.h>
#include <xen/compiler.h>

enum {
    ARM,
    T16,
    T32
};

#define NO                                                                     \
    {                                                                          \
        0                                                                      \
    }
#define LD(size_, rt_)                                                         \
    {                                                                          \
        .size = (size_), .rt = (rt_)                                           \
    }
#define LS(size_, rt_)                                                         \
    {                                                                          \
        .size = (size_), .rt = (rt_), .sign = true                             \
    }
#define ST(size_, rt_)                                                         \
    {                                                                          \
        .size = (size_), .rt = (rt_), .write = true                            \
    }

/* r0..r15 are 0x1000, 0x1001, ... and carry is set; base: rn afterwards. */
static const struct {
    const char *text;
    int set;
    uint32_t insn;
    struct decoded d; /* size 0: refused                              */
    uint32_t base;    /* 0: no writeback                              */
} stories[] = {
    { "ldr r1,[r2]", ARM, 0xe5921000, LD(4, 1), 0 },
    { "str r3,[r4,#8]!", ARM, 0xe5a43008, ST(4, 3), 0x100c },
    { "ldrb r5,[r6],#-1", ARM, 0xe4565001, LD(1, 5), 0x1005 },
    { "strh r7,[r8,#2]!", ARM, 0xe1e870b2, ST(2, 7), 0x100a },
    { "ldrsh r0,[r1],#4", ARM, 0xe0d100f4, LS(2, 0), 0x1005 },
    { "ldrsb r9,[r10,r11]", ARM, 0xe19a90db, LS(1, 9), 0 },
    { "ldr r1,[r2,r3,lsl #2]!", ARM, 0xe7b21103, LD(4, 1), 0x500e },
    { "ldr r1,[r2],-r3,asr #32", ARM, 0xe6121043, LD(4, 1), 0x1002 },
    { "ldr r1,[r2],r3,rrx", ARM, 0xe6921063, LD(4, 1), 0x80001803 },
    { "ldr r1,[r2,r3,ror #8]!", ARM, 0xe7b21463, LD(4, 1), 0x03001012 },
    { "strb r12,[sp,#-16]!", ARM, 0xe56dc010, ST(1, 12), 0xffd },
    { "ldrt r1,[r2],#4", ARM, 0xe4b21004, LD(4, 1), 0x1006 },
    { "ldrh r1,[r2],-r3", ARM, 0xe01210b3, LD(2, 1), 0xffffffff },
    { "str pc,[r1,#4]", ARM, 0xe581f004, ST(4, 15), 0 },
    { "ldr pc,[r1],#4", ARM, 0xe491f004, LD(4, 15), 0x1005 },
    { "ldreq r1,[r2,#4]", ARM, 0x05921004, LD(4, 1), 0 },
    { "str lr,[sp],#-8", ARM, 0xe40de008, ST(4, 14), 0x1005 },
    { "ldrd r2,r3,[r4]", ARM, 0xe1c420d0, NO, 0 },
    { "ldm r1,{r2,r3}", ARM, 0xe891000c, NO, 0 },
    { "ldrex r1,[r2]", ARM, 0xe1921f9f, NO, 0 },
    { "mul r1,r2,r3", ARM, 0xe0010392, NO, 0 },
    { "pld [r1]", ARM, 0xf5d1f000, NO, 0 },
    { "ldr r2,[r2,#4]!: unpredictable", ARM, 0xe5b22004, NO, 0 },
    { "str r1,[pc],#4: unpredictable", ARM, 0xe48f1004, NO, 0 },
    { "uxtb r1,r2: a media instruction", ARM, 0xe6ef1072, NO, 0 },

    { "ldr r1,[r2]", T16, 0x6811, LD(4, 1), 0 },
    { "str r3,[r4,#8]", T16, 0x60a3, ST(4, 3), 0 },
    { "strb r5,[r6,#1]", T16, 0x7075, ST(1, 5), 0 },
    { "ldrh r7,[r0,#2]", T16, 0x8847, LD(2, 7), 0 },
    { "ldrsb r1,[r2,r3]", T16, 0x56d1, LS(1, 1), 0 },
    { "ldrsh r1,[r2,r3]", T16, 0x5ed1, LS(2, 1), 0 },
    { "str r2,[sp,#8]", T16, 0x9202, ST(4, 2), 0 },
    { "ldr r3,[pc,#8]", T16, 0x4b02, LD(4, 3), 0 },
    { "strh r1,[r2,r3]", T16, 0x52d1, ST(2, 1), 0 },
    { "ldmia r1!,{r2}", T16, 0xc904, NO, 0 },
    { "bx r1", T16, 0x4708, NO, 0 },

    { "ldr.w r1,[r2,#0x123]", T32, 0xf8d21123, LD(4, 1), 0 },
    { "str.w r3,[r4,#8]!", T32, 0xf8443f08, ST(4, 3), 0x100c },
    { "ldrb.w r5,[r6],#-1", T32, 0xf8165901, LD(1, 5), 0x1005 },
    { "strh.w r7,[r8,#2]!", T32, 0xf8287f02, ST(2, 7), 0x100a },
    { "ldrsh.w r0,[r1],#4", T32, 0xf9310b04, LS(2, 0), 0x1005 },
    { "ldrsb.w r9,[r10,r11,lsl #1]", T32, 0xf91a901b, LS(1, 9), 0 },
    { "ldr.w r1,[r2,#-4]", T32, 0xf8521c04, LD(4, 1), 0 },
    { "ldrt r1,[r2,#4]", T32, 0xf8521e04, LD(4, 1), 0 },
    { "ldr.w pc,[r1],#4", T32, 0xf851fb04, LD(4, 15), 0x1005 },
    { "ldrh.w r8,[pc,#16]", T32, 0xf8bf8010, LD(2, 8), 0 },
    { "ldrd r2,r3,[r4],#8", T32, 0xe8f42302, NO, 0 },
    { "pld [r1]", T32, 0xf891f000, NO, 0 },
    { "ldrex r1,[r2]", T32, 0xe8521f00, NO, 0 },
    { "ldr.w r2,[r2],#4: unpredictable", T32, 0xf8522b04, NO, 0 },
};

static void check(size_t i)
{
    const struct decoded *want = &stories[i].d;
    struct decoded d;
    bool ok = decode_load_store(stories[i].insn, stories[i].set == T16 ? 2 : 4,
                                stories[i].set != ARM, &d);

    assert_int_equal(ok, want->size != 0);
    if (!ok)
        return;
    assert_int_equal(d.size, want->size);
    assert_int_equal(d.rt, want->rt);
    assert_int_equal(d.write, want->write);
    assert_int_equal(d.sign, want->sign);
    assert_int_equal(d.writeback, stories[i].base != 0);
    if (d.writeback)
        assert_int_equal(
            decode_writeback(&d, 0x1000u + d.rn, 0x1000u + d.rm, true),
            stories[i].base);
}

static void instructions(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        print_message("  %s\n", stories[i].text);
        check(i);
    }
}

/* Whatever the guest put there: no undefined behaviour, sane answers. */
static void any_bits(void **state)
{
    uint32_t x = 1;
    struct decoded d;

    (void)state;
    for (unsigned int i = 0; i < 2000000; i++) {
        x = x * 1664525u + 1013904223u;
        if (!decode_load_store(x ^ x >> 16, i & 1 ? 4 : 2, i & 2, &d))
            continue;
        assert_true(d.size == 1 || d.size == 2 || d.size == 4);
        assert_true(d.rt < 16 && d.rn < 16 && d.rm < 16);
        assert_false(d.sign && d.write);
        (void)decode_writeback(&d, x, ~x, x & 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instructions),
        cmocka_unit_test(any_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
