#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""No path got longer than the figures that are checked in (bench/baseline.txt)
allow, and none misses its "must". The whole table, beside Debian's Xen, is
`make bench`."""

import os
import subprocess

import lab
from lab import O, Failed, test


@test(timeout=300)
def paths():
    """Instructions and GIC accesses of each operation."""
    lab.need("run make", os.path.join(O, "xen"))
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../bench")
    image = os.path.abspath(os.path.join(O, "xen"))
    done = subprocess.run(
        ["make", "--no-print-directory", "-C", here, f"O={os.path.abspath(O)}",
         f"XEN={image}", "ARGS=--quick --no-reference --must"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False, timeout=290 * lab.SLOW)
    print(done.stdout)
    if done.returncode:
        raise Failed("a path is too long, see above")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
