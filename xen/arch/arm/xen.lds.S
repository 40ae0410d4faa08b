/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image: linked at XEN_VIRT_START, runs there whatever page-aligned
 * physical address it was loaded at. Text, read-only data and the rest start
 * on page borders, since hyp_map.c gives each its own rights. Section .init
 * is unmapped and given back after boot.
 *
 * Layer: 10 (entry).
 */
OUTPUT_FORMAT("elf32-littlearm")
OUTPUT_ARCH(arm)
ENTRY(_start)

SECTIONS
{
    . = 0x00200000;
    _start = .;
    _stext = .;
    .text : {
        *(.text.head)
        *(.text.entry)
        *(.text .text.*)
        *(.fixup)
    }
    . = ALIGN(4096);
    _etext = .;

    _srodata = .;
    .rodata : {
        *(.rodata .rodata.*)
        *(.data.rel.ro .data.rel.ro.*)
        *(.got .got.plt) /* libfdt.a is position-independent */
        . = ALIGN(4);
        __bug_frames_start = .;
        KEEP(*(.bug_frames))
        __bug_frames_end = .;
        *(.rodata.symbols)
    }
    . = ALIGN(4096);
    _erodata = .;

    __init_begin = .;
    .init : {
        *(.init.text)
        . = ALIGN(4);
        *(.init.data)
    }
    . = ALIGN(4096);
    __init_end = .;

    _sdata = .;
    .data : {
        *(.data .data.*)
        . = ALIGN(64);
        __percpu_start = .;
        *(.percpu)
        . = ALIGN(64);
        __percpu_end = .;
    }
    _edata = .;

    __bss_start = ALIGN(64);
    .bss (NOLOAD) : ALIGN(64) {
        *(.bss.page_aligned)
        /* Per-CPU area of the boot CPU; the others' are allocated. */
        __percpu_cpu0 = .;
        . = . + (__percpu_end - __percpu_start);
        . = ALIGN(64);
        *(.bss .bss.* COMMON)
        . = ALIGN(4096);
    }
    __bss_end = .;
    _end = .;

    ASSERT(_end <= 0x00400000, "the image must fit its 2 MiB of Hyp space")

    /DISCARD/ : {
        *(.ARM.exidx* .ARM.extab* .eh_frame* .note.gnu.property .comment
          .ARM.attributes .interp .dynamic .dynsym .dynstr .hash .gnu.hash)
    }
}
