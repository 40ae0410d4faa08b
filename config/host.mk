# SPDX-License-Identifier: GPL-2.0-only
#
# Tools and flags for what runs on the build host: unit and ABI tests.

HOSTCC ?= gcc

# The warnings about conversions are for the target, where size_t and pointers
# have 32 bits; sources are compiled there with all of them.
HOST_CFLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer \
               -fsanitize=address,undefined -fno-sanitize-recover=all \
               -DCONFIG_DEBUG=1 -DCONFIG_LOCK_CHECK=1 \
               $(filter-out -Wconversion,$(WARNINGS)) \
               -Wno-pointer-to-int-cast -Wno-int-to-pointer-cast
