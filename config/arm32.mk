# SPDX-License-Identifier: GPL-2.0-only
#
# Tools and flags of the hypervisor: a Cortex-A15 in ARM state, no floating
# point registers, the hard-float calling convention and 32-bit enums (both
# asked for by Debian's libfdt.a, which the image links).

CROSS_COMPILE ?= arm-none-eabi-

CC      := $(CROSS_COMPILE)gcc
LD      := $(CROSS_COMPILE)ld
NM      := $(CROSS_COMPILE)nm
OBJCOPY := $(CROSS_COMPILE)objcopy
OBJDUMP := $(CROSS_COMPILE)objdump
MKIMAGE ?= mkimage
PYTHON  ?= /usr/bin/python3

# What a tool that is not there is called as a Debian package.
PACKAGE_arm-none-eabi-      := gcc-arm-none-eabi
PACKAGE_arm-linux-gnueabihf- := gcc-arm-linux-gnueabihf

# Tuned for any ARMv7: GCC's tuning for the A15 saves registers by STRD pairs,
# which makes the image 6 % larger and each function's entry and exit longer
# than PUSH and POP, of which an A15 does two registers a cycle as well.
MACHINE := -march=armv7ve -mtune=generic-armv7-a -marm -mfloat-abi=hard \
           -mfpu=vfpv3-d16 -fno-short-enums
# Bare-metal compilers make uint32_t an unsigned long, Linux ones an unsigned
# int: one choice for both, so that one printf format is right.
MACHINE += -U__UINT32_TYPE__ "-D__UINT32_TYPE__=unsigned int" \
           -U__INT32_TYPE__ -D__INT32_TYPE__=int

# The cache of things taken from Debian packages (tools/dev/deps fills it).
CACHE  ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/xen-dra7
LIBFDT ?= $(CACHE)/libfdt
