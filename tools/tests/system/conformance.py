#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a guest sees, against what the bare board shows the same guest.

Each difference must be a row of conformance.txt, where it is argued from
the manual.
"""

import os
import re

import argued
import lab
from lab import O, boot, test

ROWS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "conformance.txt")
FACT = re.compile(r"^= (\S+): (.*)$", re.M)
END = "conformance: done\n"
# Time that goes by instructions, so that a busy build host does not matter.
STEADY = ("-icount", "shift=4,sleep=off")


def run(parts, domain, extra):
    """The facts of one run, in order, as (name, value)."""
    guest = os.path.join(O, "guests", "conformance.bin")
    lab.need("run make -C tools/tests/guests", guest)
    if domain:
        options = {"kernel": guest, "dom0_args": parts,
                   "xen_args": "console=dtuart dom0_mem=256M "
                               "dom0_max_vcpus=3"}
    else:
        options = {"image": guest, "xen_args": parts, "kernel": "",
                   "extra": ("-machine", "virtualization=off")}
    options["extra"] = options.get("extra", ()) + extra
    with boot(smp=3, initrd="", **options) as con:
        con.expect(r"conformance: 3 CPUs\n")
        con.expect(END, timeout=600)
        return FACT.findall(con.child.before)


def compare(parts, extra=()):
    """Run @parts on both; every difference argued, every row used."""
    board, domain = run(parts, False, extra), run(parts, True, extra)
    if [name for name, _ in board] != [name for name, _ in domain]:
        missing = [name for name, _ in board + domain
                   if (name in dict(board)) != (name in dict(domain))]
        raise lab.Failed("not the same facts: " +
                         (", ".join(missing) or "another order or number"))
    argued.check(ROWS, [(name, bare, ours) for (name, ours), (_, bare)
                        in zip(domain, board)], MAY_AGREE)


# The board's race is lost by chance only.
MAY_AGREE = ("psci.race",)


@test(timeout=300)
def cpu_and_faults():
    compare("cpu fault", STEADY)


@test(timeout=300)
def interrupts():
    compare("gic sgi spi", STEADY)


@test(timeout=300)
def timers():
    compare("timer", STEADY)


@test(timeout=1500)
def psci():
    compare(f"psci races={1000 if lab.FULL else 60}")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
