# SPDX-License-Identifier: GPL-2.0-only
#
# TI DRA7 EVM: where the boot loader puts the image, which UART speaks first.
# Source: SPRUHI2, memory map (UART1 at 0x4806a000, registers 4 bytes apart).

BOARD_LOAD  := 0x80200000
BOARD_EARLY := 8250,0x4806a000,2
