# SPDX-License-Identifier: GPL-2.0-only
#
# QEMU's machine "virt": where the boot loader puts the image, which UART
# speaks first.
# Source: QEMU hw/arm/virt.c, the memory map base_memmap.

BOARD_LOAD  := 0x40200000
BOARD_EARLY := pl011,0x09000000
