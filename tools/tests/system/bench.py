#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""No path got longer than the figures that are checked in (bench/baseline.txt)
allow, and none misses its "must". The whole table, beside Debian's Xen, is
`make bench`."""

import os
import subprocess
import sys

import lab
from lab import O, Failed, test

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../bench")
sys.path.append(HERE)
import create
import rows


def bench(args, timeout, why):
    """Run the benchmark on our hypervisor alone."""
    lab.need("run make", os.path.join(O, "xen"))
    build = os.path.abspath(O)
    done = subprocess.run(
        ["make", "--no-print-directory", "-C", HERE, f"O={build}",
         f"XEN={build}/xen", f"ARGS={args} --timeout {timeout - 30}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, timeout=(timeout - 10) * lab.SLOW)
    print(done.stdout)
    if done.returncode:
        raise Failed(f"{why}, see above")


@test(timeout=300)
def paths():
    """Instructions and GIC accesses of each operation."""
    bench("--quick --no-reference --must", 300, "a path is too long")


@test(timeout=1800 if lab.FULL else 200, one_core=lab.FULL)
def lives():
    """Domains of 128 MiB come and go: nothing is lost, nothing gets slower."""
    bench(f"--lives {200 if lab.FULL else 8}", 900 if lab.FULL else 200,
          "a domain's life left something")


@test(timeout=300)
def xl_create():
    """What Debian's xl costs the hypervisor for one guest."""
    counts = create.measure(O, os.path.join(O, "xen"))
    late = []
    for title, what, must, _ in rows.XL_ROWS:
        own, every, wall = counts[what]
        print(f"{title}: {own} instructions of {every}, {wall:.1f} s")
        if own > must:
            late.append(f"{title}: {own} instructions, not {must}")
    if late:
        raise Failed("; ".join(late))


if __name__ == "__main__":
    lab.sys.exit(lab.main())
