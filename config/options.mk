# SPDX-License-Identifier: GPL-2.0-only
#
# The build options: name, default, effect, cost. Everything else is a boot
# option or does not exist. Set them on the command line of make (DEBUG=y),
# or in .config, which `make defconfig` writes from this file.

# ASSERT, poisoned heap, clobbered hypercall arguments, trap ring.
# Cost: some 10 % more instructions on the hot paths.
DEBUG ?= n

# Every lock checks its rank in the order of docs/hypervisor-guide/locking.
# Cost: two loads and a compare for each lock taken. Follows DEBUG.
LOCK_CHECK ?= $(DEBUG)

# The UART that the first instructions print to, before the device tree is
# read: dra7, virt, pl011,ADDRESS or 8250,ADDRESS,SHIFT. Empty: none, and the
# image then is one for all boards. Cost: the image is for one board.
CONFIG_EARLY_PRINTK ?=
