/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first instructions: from the boot loader, in Hyp mode, MMU off, at any
 * 4 KiB-aligned physical address, to start_xen() at XEN_VIRT_START.
 *
 * In:    r2 = physical address of the device tree (Linux boot protocol).
 * Here:  r8 = device tree, r9 = physical minus link address, r10 = 0 on the
 *        boot CPU, else the CPU's index, r11 = physical address of _start.
 * The mode is checked before anything is written to memory. Non-secure SVC
 * will do where the boot ROM gives Hyp mode to those who ask (rom_hyp_*).
 *
 * Source: Documentation/arm/booting (Linux boot protocol); ARM DDI 0406C.c
 *         B3.5, B3.6 (Hyp translation), B4.1 (HSCTLR, HTCR, HMAIR, HTTBR).
 * Layer:  10 (entry).
 */
#include <asm/lpae.h>
#include <asm/psr.h>
#include <asm/smpboot.h>

#include <generated/asm-offsets.h>

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .arch_extension sec
    .arm

/* HSCTLR: RES1 bits, CP15BEN, then I, C, M. B4.1.75. */
#define HSCTLR_RES1 0x30c50838
#define HSCTLR_ON   0x00001005

#define XEN_L2_INDEX 1 /* 0x00200000 >> 21 */

#define L_TABLE   0x3
#define L2_CODE   (LPAE_VALID | LPAE_S1_ATTR(MAIR_WB) | LPAE_S1_AP1 | \
                   LPAE_SH_INNER | LPAE_AF)
#define L3_ALL    (L2_CODE | LPAE_TABLE)

/* Device block for the early UART once the MMU is on, until the end. */
#define EARLY_L2_INDEX (EARLY_UART_VIRT >> 21)
#define L2_DEVICE (LPAE_VALID | LPAE_S1_ATTR(MAIR_DEVICE) | LPAE_S1_AP1 | \
                   LPAE_SH_OUTER | LPAE_AF)

    .macro puts text, fn=early_puts
#ifdef CONFIG_EARLY_PRINTK
    adr     r0, 98f
    bl      \fn
    b       99f
98: .asciz  "\text"
    .align  2
99:
#endif
    .endm

    .section .text.head, "ax"
    .global _start
_start:
    .rept   8
    nop
    .endr
    b       boot_start
    .word   0x016f2818              @ zImage: magic
    .word   0                       @ runs anywhere
    .word   _end - _start           @ room it needs

boot_start:
    cpsid   aif
    mov     r8, r2
    bl      find_place
    mov     r10, #0
    puts    "- UART enabled -\r\n"
    bl      tell_cpu
    mrs     r0, cpsr
    and     r0, r0, #PSR_MODE_MASK
    cmp     r0, #PSR_MODE_HYP
    beq     boot_hyp
    cmp     r0, #PSR_MODE_SVC
    bne     wrong_mode
    mov     r0, r8
    bl      rom_hyp_offered
    cmp     r0, #0
    beq     wrong_mode

    /* Only the program counter outlives this. */
    puts    "- NOT HYP, asking the boot ROM -\r\n"
    ldr     r0, =boot_tree
    str     r8, [r0, r9]
    adr     r0, boot_asked
    bl      rom_hyp_ask
    b       boot_refused
boot_asked:
    bl      find_place
    mov     r10, #0
    ldr     r0, =boot_tree
    ldr     r8, [r0, r9]
boot_hyp:
    puts    "- Xen starting in Hyp mode -\r\n"

    /* Only a page-aligned image can be mapped by pages. */
    ubfx    r0, r11, #0, #12
    cmp     r0, #0
    bne     wrong_address

    puts    "- Zero BSS -\r\n"
    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
    add     r0, r0, r9
    add     r1, r1, r9
    mov     r2, #0
    mov     r3, #0
    mov     r4, #0
    mov     r5, #0
1:  stmia   r0!, {r2-r5}            @ .bss is 64-byte aligned at both ends
    stmia   r0!, {r2-r5}
    stmia   r0!, {r2-r5}
    stmia   r0!, {r2-r5}
    cmp     r0, r1
    blo     1b

    bl      make_tables

    /*
     * What was written with the caches off must not be shadowed by lines
     * that a speculative read brought in before (B2.2.4): .data and .bss.
     */
    ldr     r0, =_sdata
    ldr     r1, =__bss_end
    add     r0, r0, r9
    add     r1, r1, r9
    dsb     sy
1:  mcr     p15, 0, r0, c7, c6, 1   @ DCIMVAC
    add     r0, r0, #64
    cmp     r0, r1
    blo     1b
    dsb     sy

    ldr     r0, =boot_l1
    add     r6, r0, r9              @ HTTBR, low word
    mov     r7, #0
    b       enable_paging

/*
 * Another CPU, started at the physical address of this label; it may be long
 * before smpboot.c is ready for it, or when nobody waits for it any more.
 */
    .global secondary_start
secondary_start:
    cpsid   aif
    bl      find_place
    ldr     r7, =smpboot
    add     r7, r7, r9
1:  ldr     r10, [r7, #SMPBOOT_CPU]
    cmp     r10, #SMPBOOT_WAIT
    wfeeq
    beq     1b
    cmp     r10, #SMPBOOT_PARK
    beq     park
    mov     r0, #SMPBOOT_COMES
    str     r0, [r7, #SMPBOOT_ANSWER]
    bl      tell_cpu
    mrs     r0, cpsr
    and     r0, r0, #PSR_MODE_MASK
    cmp     r0, #PSR_MODE_HYP
    beq     secondary_hyp
    cmp     r0, #PSR_MODE_SVC
    ldreq   r1, [r7, #SMPBOOT_ASKS_ROM]
    cmpeq   r1, #1
    bne     secondary_wrong_mode
    puts    "- NOT HYP, asking the boot ROM -\r\n"
    adr     r0, secondary_asked
    bl      rom_hyp_ask
    b       secondary_refused
secondary_asked:
    bl      find_place
    ldr     r7, =smpboot
    add     r7, r7, r9
    ldr     r10, [r7, #SMPBOOT_CPU] @ nor has it come too late meanwhile
    cmp     r10, #SMPBOOT_PARK
    beq     park
secondary_hyp:
    puts    "- Xen starting in Hyp mode -\r\n"
    ldr     r0, =smpboot
    add     r0, r0, r9
    ldrd    r6, r7, [r0, #SMPBOOT_HTTBR_BOOT]

enable_paging:
    puts    "- Setting up control registers -\r\n"
    ldr     r0, =HMAIR0_VALUE
    mcr     p15, 4, r0, c10, c2, 0
    ldr     r0, =HMAIR1_VALUE
    mcr     p15, 4, r0, c10, c2, 1
    ldr     r0, =HTCR_VALUE
    mcr     p15, 4, r0, c2, c0, 2
    mcrr    p15, 4, r6, r7, c2      @ HTTBR
    ldr     r0, =hyp_vectors
    mcr     p15, 4, r0, c12, c0, 0  @ HVBAR, virtual: valid once paging is on

    bl      join_coherency
    puts    "- Turning on paging -\r\n"
    mcr     p15, 4, r0, c8, c7, 0   @ TLBIALLH: boot loaders leave entries
    mcr     p15, 0, r0, c7, c5, 0   @ ICIALLU
    dsb     sy
    isb
    ldr     r0, =(HSCTLR_RES1 | HSCTLR_ON)
    ldr     r1, =paged
    mcr     p15, 4, r0, c1, c0, 0   @ HSCTLR: from here by the identity map
    isb
    bx      r1

paged:
    puts    "- Ready -\r\n", early_console_puts
    cmp     r10, #0
    bne     paged_secondary
    ldr     r0, =xen_phys_start
    mov     r1, #0
    str     r11, [r0]
    str     r1, [r0, #4]
    ldr     r0, =__percpu_cpu0
    ldr     r1, =__percpu_start
    sub     r0, r0, r1
    mcr     p15, 4, r0, c13, c0, 2  @ HTPIDR
    ldr     sp, =boot_stack_top
    mov     fp, #0
    mov     r0, r8
    bl      start_xen
    udf     #0

paged_secondary:
    ldr     r0, =smpboot
    ldrd    r2, r3, [r0, #SMPBOOT_HTTBR]
    mcrr    p15, 4, r2, r3, c2
    isb
    mcr     p15, 4, r0, c8, c7, 0   @ TLBIALLH: drop the identity map
    dsb     nsh
    isb
    ldr     r1, [r0, #SMPBOOT_PERCPU]
    mcr     p15, 4, r1, c13, c0, 2
    ldr     sp, [r0, #SMPBOOT_STACK]
    mov     fp, #0
    mov     lr, #0
    b       start_secondary

/*
 * Tables for the boot: Xen by 4 KiB pages at XEN_VIRT_START, all rights
 * (hyp_map.c restricts them), and one 2 MiB block mapped to itself for the
 * instruction after the MMU is on. Clobbers r0-r7.
 */
make_tables:
    ldr     r0, =boot_l3
    add     r0, r0, r9
    ldr     r2, =(L3_ALL)
    ldr     r1, =_start
    ldr     r4, =_end
    sub     r4, r4, r1
    orr     r2, r2, r11             @ low word: address and bits
    mov     r3, #0
1:  strd    r2, r3, [r0], #8
    add     r2, r2, #4096
    subs    r4, r4, #4096
    bgt     1b

    ldr     r0, =boot_l3
    add     r0, r0, r9
    orr     r0, r0, #L_TABLE
    ldr     r3, =boot_l2
    add     r3, r3, r9
    mov     r1, #0
    str     r0, [r3, #(8 * XEN_L2_INDEX)]
    str     r1, [r3, #(8 * XEN_L2_INDEX + 4)]

#ifdef CONFIG_EARLY_PRINTK
    ldr     r0, =((EARLY_UART_BASE >> 21) << 21)
    ldr     r2, =(L2_DEVICE)
    orr     r0, r0, r2
    mov     r2, #(LPAE_HI_XN)
    str     r0, [r3, #(8 * EARLY_L2_INDEX)]
    str     r2, [r3, #(8 * EARLY_L2_INDEX + 4)]
#endif

    orr     r0, r3, #L_TABLE
    ldr     r4, =boot_l1
    add     r4, r4, r9
    str     r0, [r4]
    str     r1, [r4, #4]

    /* Identity: in boot_l2 when below 1 GiB, else through boot_id_l2. */
    lsr     r5, r11, #21
    cmp     r5, #XEN_L2_INDEX
    beq     3f                      @ the same 2 MiB: only if loaded in place
    lsrs    r6, r11, #30
    beq     2f
    ldr     r3, =boot_id_l2
    add     r3, r3, r9
    orr     r0, r3, #L_TABLE
    add     r4, r4, r6, lsl #3
    str     r0, [r4]
    str     r1, [r4, #4]
2:  ubfx    r5, r5, #0, #9
    add     r3, r3, r5, lsl #3
    lsr     r0, r11, #21
    lsl     r0, r0, #21
    ldr     r2, =(L2_CODE)
    orr     r0, r0, r2
    str     r0, [r3]
    str     r1, [r3, #4]
    bx      lr
3:  cmp     r9, #0
    bxeq    lr
    b       wrong_address

/*
 * Cortex-A15 and A7: ACTLR.SMP, before caches and MMU are on and before TLB
 * maintenance (DDI 0438 4.3.28). Where secure state keeps it, as QEMU's virt
 * does, it has been set, or does not matter. Clobbers r0-r2.
 */
join_coherency:
    mrc     p15, 0, r0, c0, c0, 0   @ MIDR
    ldr     r1, =0xff00fff0
    and     r0, r0, r1
    ldr     r1, =0x4100c0f0
    ldr     r2, =0x4100c070
    cmp     r0, r1
    cmpne   r0, r2
    bxne    lr
    mrc     p15, 0, r0, c1, c0, 1   @ ACTLR
    tst     r0, #0x40
    orreq   r0, r0, #0x40
    mcreq   p15, 0, r0, c1, c0, 1
    isb
    bx      lr

/* Sets r9 and r11; clobbers nothing else. */
find_place:
    adr     r11, find_place
    ldr     r9, =find_place
    sub     r9, r11, r9
    ldr     r11, =_start
    add     r11, r11, r9
    bx      lr

/* The line that names CPU r10. Clobbers r0-r6, r12. */
tell_cpu:
#ifdef CONFIG_EARLY_PRINTK
    mov     r12, lr
    puts    "- CPU "
    mov     r0, r10
    bl      early_puthex
    puts    " booting -\r\n"
    bx      r12
#else
    bx      lr
#endif

secondary_refused:
    puts    "- The boot ROM refuses Hyp mode -\r\n"
    mov     r4, #SMPBOOT_REFUSED
    b       secondary_fails
secondary_wrong_mode:
    puts    "- Xen must be entered in NS Hyp mode -\r\n"
    mov     r4, #SMPBOOT_WRONG_MODE
secondary_fails:
    bl      find_place
    ldr     r0, =smpboot
    add     r0, r0, r9
    str     r4, [r0, #SMPBOOT_ANSWER]
    b       park

boot_refused:
#ifndef CONFIG_EARLY_PRINTK
    bl      rom_hyp_tell
#endif
    puts    "- The boot ROM refuses Hyp mode -\r\n"
    puts    "- Boot failed: use a GP device, or a U-Boot that has HYP -\r\n"
    b       park
wrong_mode:
    puts    "- Xen must be entered in NS Hyp mode -\r\n"
    puts    "- Boot failed: use a U-Boot that starts images in HYP -\r\n"
    b       park
wrong_address:
    puts    "- Boot failed: load the image 4 KiB aligned, above 4 MiB -\r\n"
park:
    wfi
    b       park

/*
 * void early_console_puts(const char *s): print by the early UART, MMU on;
 * nothing in an image that was built without one. Clobbers r0-r3.
 */
    .global early_console_puts
    .type early_console_puts, %function
early_console_puts:
#ifndef CONFIG_EARLY_PRINTK
    bx      lr
#else
    ldr     r1, =(EARLY_UART_VIRT + (EARLY_UART_BASE & 0x1fffff))
    b       1f
/* Print the string at r0. MMU off, physical UART. Clobbers r0-r3. */
early_puts:
    ldr     r1, =EARLY_UART_BASE
1:  ldrb    r2, [r0], #1
    cmp     r2, #0
    bxeq    lr
2:
#ifdef EARLY_UART_PL011
    ldr     r3, [r1, #0x18]         @ FR.TXFF
    tst     r3, #0x20
    bne     2b
    str     r2, [r1]
#else
    ldrb    r3, [r1, #(5 << EARLY_UART_REG_SHIFT)] @ LSR.THRE
    tst     r3, #0x20
    beq     2b
    strb    r2, [r1]
#endif
    b       1b

/* Print r0 as eight hexadecimal digits. Clobbers r0-r6. */
early_puthex:
    mov     r4, r0
    mov     r5, lr
    mov     r6, #8
1:  lsr     r0, r4, #28
    lsl     r4, r4, #4
    adr     r1, early_digits
    add     r0, r1, r0, lsl #1
    bl      early_puts
    subs    r6, r6, #1
    bne     1b
    bx      r5
early_digits:
    .asciz  "0", "1", "2", "3", "4", "5", "6", "7"
    .asciz  "8", "9", "a", "b", "c", "d", "e", "f"
    .align  2
#endif

    .ltorg

    .section .data
    .align  3
    .global xen_phys_start
xen_phys_start:
    .quad   0
boot_tree:
    .word   0

    .align  6
    .global smpboot
smpboot:
    .space  SMPBOOT_SIZE

    .section .bss.page_aligned, "aw", %nobits
    .align  12
    .global boot_l1, boot_l2, boot_l3
boot_l1:    .space 4096
boot_l2:    .space 4096
boot_l3:    .space 4096
boot_id_l2: .space 4096
boot_stack: .space 16384 - 8
boot_stack_top: .space 8
