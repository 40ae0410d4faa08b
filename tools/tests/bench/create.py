# SPDX-License-Identifier: GPL-2.0-only
"""What Debian's xl costs the hypervisor that it talks to: marks of a program
in the user spaces of domain 0 and of the guest (tests/xl/mark.S), and the
hypervisor's instructions between them, counted by counter.so.

One pCPU under -icount, so that a second of the machine is 10^9 instructions
of all that runs.
"""
import contextlib
import os
import sys
import tempfile
import time

SYSTEM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                      "system")
BEGIN, MADE, UP, DESTROY, GONE = 1, 2, 3, 4, 5


class Marks:
    """The marks so far: [(number, {counter: value}), ...]."""

    def __init__(self, path):
        self.path = path

    def all(self):
        with open(self.path, encoding="ascii") as f:
            lines = [l.split() for l in f if l.endswith("\n")]
        return [(int(w[1]), {w[i]: int(w[i + 1]) for i in range(2, len(w), 2)})
                for w in lines if w[0] == "mark"]

    def hits(self):
        """Of a profiled stretch: {address: instructions}."""
        with open(self.path, encoding="ascii") as f:
            return {int(w[1], 16): int(w[2])
                    for w in map(str.split, f) if w[0] == "hits"}

    def between(self, first, last):
        """Hypervisor's instructions and all of them, from mark to mark."""
        found = dict(self.all())
        return tuple(found[last][w] - found[first][w] for w in ("insn", "all"))


@contextlib.contextmanager
def counted(build, image, profile=None):
    """A booted domain 0 that is counted; it and its marks."""
    os.environ["O"] = build
    if SYSTEM not in sys.path:
        sys.path.append(SYSTEM)
    import xl_lab  # reads O

    results = tempfile.NamedTemporaryFile(prefix="bench-", delete=False)
    results.close()
    plugin = os.path.join(os.path.abspath(build), "bench", "counter.so")
    plugin += f",out={results.name},log=1"
    if profile is not None:
        plugin += f",profile={profile}"
    try:
        with xl_lab.dom0(image=os.path.abspath(image), smp=1, extra=(
                "-icount", "shift=0,sleep=off", "-plugin", plugin)) as d:
            d.ok("sleep 3")     # free memory is scrubbed in idle time
            yield d, Marks(results.name)
    finally:
        os.unlink(results.name)


def measure(build, image, profile=None):
    """{what: (hypervisor's instructions, all, seconds by the wall)} of a
    guest's life, or {address: instructions} of what @profile names."""
    wall = {}
    with counted(build, image, profile) as (d, marks):
        path = d.config("one")
        start = time.monotonic()
        d.ok(f"mark {BEGIN}; xl create -q {path} && mark {MADE}", timeout=120)
        wall["made"] = time.monotonic() - start
        while UP not in dict(marks.all()):
            if time.monotonic() - start > 300:
                d.con.fail("the guest has no user space")
            time.sleep(0.05)
        wall["up"] = time.monotonic() - start
        d.up("one")
        start = time.monotonic()
        d.ok(f"mark {DESTROY}; xl destroy one && mark {GONE}", timeout=60)
        wall["gone"] = time.monotonic() - start
        if profile is not None:
            return marks.hits()
        ends = {"made": (BEGIN, MADE), "up": (BEGIN, UP),
                "gone": (DESTROY, GONE)}
        return {what: marks.between(*ends[what]) + (wall[what],)
                for what in ends}
