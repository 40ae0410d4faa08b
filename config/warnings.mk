# SPDX-License-Identifier: GPL-2.0-only
#
# One list of warnings for all C code; every warning is an error.

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Werror
