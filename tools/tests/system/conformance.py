#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a guest sees, against what the bare board shows the same guest.

Each difference must be a row of conformance.txt, where it is argued from
the manual.
"""

import itertools
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


def run(parts, domain, extra=(), cpus=3):
    """The facts of one run, in order, as (name, value)."""
    guest = os.path.join(O, "guests", "conformance.bin")
    lab.need("run make -C tools/tests/guests", guest)
    if domain:
        options = {"kernel": guest, "dom0_args": parts,
                   "xen_args": "console=dtuart dom0_mem=256M "
                               f"dom0_max_vcpus={cpus}"}
    else:
        options = {"image": guest, "xen_args": parts, "kernel": "",
                   "extra": ("-machine", "virtualization=off")}
    options["extra"] = options.get("extra", ()) + extra
    with boot(smp=cpus, initrd="", **options) as con:
        con.expect(rf"conformance: {cpus} CPUs\n")
        con.expect(END, timeout=600)
        return FACT.findall(con.child.before)


def meet(board, domain):
    """Triples for argued.check. Where two runs part, the first fact that one
    has and the other has not is what failed."""
    nothing = ("nothing", "")
    for bare, ours in itertools.zip_longest(board, domain, fillvalue=nothing):
        if bare[0] != ours[0]:
            raise lab.Failed("not the same facts: the board goes on with '"
                             f"{': '.join(bare)}', a domain with '"
                             f"{': '.join(ours)}'")
        yield bare[0], bare[1], ours[1]


def compare(parts, extra=(), cpus=3):
    """Run @parts on both; every difference argued, every row used."""
    board = run(parts, False, extra, cpus)
    domain = run(parts, True, extra, cpus)
    argued.check(ROWS, list(meet(board, domain)), MAY_AGREE)


# The board's race is lost by chance only.
MAY_AGREE = ("psci.race",)


@test(timeout=300)
def cpu_and_faults():
    compare("cpu fault", STEADY)


@test(timeout=300)
def interrupts():
    compare("gic sgi spi", STEADY)


@test(timeout=300)
def interrupts_of_one_cpu():
    compare("gic spi", STEADY, cpus=1)


@test(timeout=300)
def timers():
    compare("timer", STEADY)


@test(timeout=1500)
def psci():
    compare(f"psci races={1000 if lab.FULL else 60}")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
