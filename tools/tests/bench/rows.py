# SPDX-License-Identifier: GPL-2.0-only
"""The rows of the benchmark: what is measured, and what it should cost.

Each row: title, key of the measurement, "must" and "aim" (same unit as the
measurement), unit. A key is guest/operation number/kind: "whole" counts from
the start mark to the end mark, "vector" to the first instruction of the IRQ
vector, "ns" is measured by the guest. The numbers of operations are those of
the tables in guests/bench.c (1), bench2.c (2) and bench3.c (3).
"""

# title, guest, op, kind, must, aim
ROWS = [
    ("null hypercall", 1, 0, "whole", 160, 100),
    ("unknown hypercall", 1, 1, "whole", 160, 100),
    ("PSCI_VERSION", 1, 2, "whole", 180, 120),
    ("AFFINITY_INFO", 1, 3, "whole", 180, 120),
    ("trapped ACTLR read", 1, 4, "whole", 180, 120),
    ("trapped PMCR read", 1, 5, "whole", 180, 120),
    ("trapped CNTP_CTL read", 1, 6, "whole", 180, 120),
    ("trapped DBGDSCR read", 1, 7, "whole", 180, 120),
    ("GICD_CTLR read", 1, 8, "whole", 250, 160),
    ("ISENABLER write without effect", 1, 9, "whole", 250, 160),
    ("ISPENDR write", 1, 10, "whole", 250, 160),
    ("ICENABLER + ISENABLER of one SGI", 1, 11, "whole", 630, 400),
    ("SGI to self: write to vector", 1, 12, "vector", 420, 300),
    ("SGI to self: write to EOI, ns", 1, 12, "ns", None, None),
    ("virtual timer while busy: to vector", 1, 13, "vector", 400, 280),
    ("event to own port: send to vector", 1, 14, "vector", 560, 400),
    ("event to own port: send to EOI, ns", 1, 14, "ns", None, None),
    ("event send, masked", 1, 15, "whole", 350, 220),
    ("event send, already pending", 1, 16, "whole", 350, 220),
    ("event send, bad port", 1, 17, "whole", 350, 220),
    ("yield, nothing else to run", 1, 18, "whole", 900, 300),
    ("WFI until a timer 100 us ahead", 1, 19, "whole", 4000, 1500),
    ("  overshoot, ns", 1, 19, "ns", 3000, 1200),
    ("WFI until a timer 20 us ahead", 1, 20, "whole", 4000, 1500),
    ("  overshoot, ns", 1, 20, "ns", 3000, 1200),
    ("decrease_reservation of 4 KiB", 1, 21, "whole", 1100, 800),
    ("populate_physmap of 4 KiB", 1, 22, "whole", 800, 600),
    ("add_to_physmap of a grant frame", 1, 23, "whole", 700, 500),
    ("remove_from_physmap of a grant frame", 1, 24, "whole", 900, 600),
    ("grant map", 1, 30, "whole", 1000, 700),
    ("grant unmap", 1, 31, "whole", 1000, 700),
    ("grant copy 4 KiB", 1, 32, "whole", 1700, 1300),
    ("grant copy 64 B", 1, 33, "whole", 1200, 800),
    ("register runstate area", 1, 25, "whole", 450, 300),
    ("console_io write, 1 byte", 1, 26, "whole", 500, None),
    ("console_io write, 64 bytes", 1, 27, "whole", 2000, None),
    ("SGI round trip to a busy vCPU", 2, 0, "whole", 1400, 1000),
    ("SGI round trip to a vCPU in WFI", 2, 1, "whole", 5000, 3000),
    ("SGI to a busy vCPU's vector", 2, 0, "vector", 700, 500),
    ("SGI to the vector of a vCPU in WFI", 2, 1, "vector", 2500, 1500),
    ("event to a busy vCPU", 2, 2, "whole", 800, 550),
    ("event to a vCPU in WFI", 2, 3, "whole", 4500, 2500),
    ("idle for 1 s", 1, 28, "whole", 3000, 1500),
    ("busy for 100 ms", 1, 29, "whole", 500, 0),
    ("foreign map of one page", 3, 0, "whole", 1200, 1000),
    ("its removal", 3, 1, "whole", 950, 600),
    ("foreign map of 64 pages in one call", 3, 2, "whole", 61000, 45000),
    ("switch between domains on one pCPU", 3, 3, "whole", 1800, 1400),
    ("switch, to the first use of VFP", 3, 4, "whole", 1800, 1500),
    ("life of a domain of 128 MiB", 3, 5, "whole", None, None),
]

# Debian's xl with a guest of 96 MiB that runs Debian's kernel: from its start
# to its end, to the guest's user space; and xl destroy.
XL_ROWS = [
    ("xl create, all of it", "made", 9_500_000, 6_000_000),
    ("xl create, to the guest's user space", "up", 11_500_000, 7_000_000),
    ("xl destroy", "gone", 6_400_000, 4_000_000),
]

MIB = 1024 * 1024

# Boots with 1, 2 and 3 GiB: instructions to the first one of the guest, and
# bytes that no domain can have: a fixed part and a share of the RAM.
MEMORY_SIZES = [1024, 2048, 3072]
BOOT_MUST, BOOT_AIM = 60_000_000, 25_000_000


def memory_must(mib):
    return int((6 + mib * 0.008) * MIB)


def memory_aim(mib):
    return int((4 + mib * 0.006) * MIB)


IMAGE_MUST, IMAGE_AIM = 300 * 1024, 200 * 1024
