#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""For how long the hypervisor looks neither at interrupts nor at other vCPUs,
with each operation at its largest arguments. The guest `preempt` makes them,
bench/preempt.c counts from outside."""

import os
import re
import subprocess

import lab
from lab import HALTED, O, Failed, boot, test

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../bench")
LIMITS = {"irq": 20000, "switch": 100000}
WHAT = {"irq": "interrupts wait", "switch": "other vCPUs wait"}
# Where a waiting interrupt is taken, or ends the call; where another vCPU
# gets the pCPU. Besides these: a guest's instruction, and WFI.
POINTS = {"irq": ("irq_handle", "irq_window", "preempt_wanted"),
          "switch": ("preempt_wanted", "softirq_run", "sched_softirq",
                     "page_scrub_some")}
# What some must have done, so that they are measured at all.
RESULTS = {
    "populate_physmap, 2 MiB each": 256,
    "populate_physmap, 2 MiB of dirty pages": 256,
    "add_to_physmap_batch, 65535 foreign frames": 0,
    "remove_from_physmap": 0,
    "decrease_reservation, 2 MiB each": 256,
    "destroydomain with 512 MiB": 1,
    "map_grant_ref, 32760 pages": 0,
    "grant copy, 8192 pages": 0,
    "evtchn alloc_unbound, 4095 ports": 4095,
    "destroydomain with 8 running vCPUs": 1,
    "multicall, 65536 entries": 0,
    "PSCI CPU_ON of 7 vCPUs": 7,
    "96 vCPUs wake at once": 12,
    "createdomain, until there are 250": 250,
    "destroydomain, 250 times": 250,
}
TOLD = ["0 maps failed", "0 copies failed", "64 of 64 extents",
        "252 domains told"]


def plugin(points):
    """Words for QEMU, and the file with what the plugin found."""
    build = os.path.abspath(O)
    subprocess.run(["make", "--no-print-directory", "-C", BENCH, f"O={build}",
                    "plugin"], check=True)
    symbols = os.path.join(build, "bench", "symbols.txt")
    out = os.path.join(build, "bench", "preempt.txt")
    with open(symbols, "w", encoding="ascii") as f:
        subprocess.run(["arm-none-eabi-nm", "-n",
                        os.path.join(O, "xen-syms")], check=True, stdout=f)
    if os.path.exists(out):
        os.unlink(out)
    words = [f"{build}/bench/preempt.so,out={out},symbols={symbols}"]
    words += [f"{kind}={name}" for kind, names in points.items()
              for name in names]
    return ("-accel", "tcg,thread=single", "-plugin", ",".join(words)), out


def measure(points, dom0_args, timeout):
    """({number: (name, result)}, [(kind, instructions, operation, where)],
    what the guest said)"""
    extra, out = plugin(points)
    with boot(smp=2, mem=1536, dom0_args=dom0_args, extra=extra,
              xen_args="console=dtuart dom0_mem=384M dom0_max_vcpus=8",
              **lab.guest("preempt")) as con:
        con.expect("preempt: done", timeout=timeout)
        con.expect_end(HALTED)
        text = "".join(con.text())
    ops = {0: ("between the operations", 0)}
    for nr, result, name in re.findall(r"preempt: op (\d+) (-?\d+) (.*)",
                                       text):
        ops[int(nr)] = (name, int(result))
    rows = []
    with open(out, encoding="ascii") as f:
        for words in (line.split() for line in f):
            rows.append((words[1], int(words[3]), int(words[2]),
                         f"before {words[5]}: " + " ".join(words[6:])))
    return ops, sorted(rows, reverse=True), text


def check(ops, rows):
    """The table of the worst; Failed with what is beyond the limits."""
    late = []
    for kind, limit in LIMITS.items():
        own = [row for row in rows if row[0] == kind]
        print(f"{WHAT[kind]}: hypervisor instructions, at most {limit}; "
              f"{len(own)} operations, the worst of them:")
        for nr, (_, insns, op, where) in enumerate(own):
            line = f"{insns:8} {ops.get(op, ('?', 0))[0]} ({where})"
            if nr < 6:
                print(line)
            if insns > limit:
                late.append(f"{WHAT[kind]}: {line.strip()}")
    if late:
        raise Failed("too long:\n" + "\n".join(late))


@test(timeout=400)
def stretches():
    """Each operation at its largest."""
    ops, rows, text = measure(POINTS, "preempt", 360)
    done = dict(ops.values())
    for name, result in RESULTS.items():
        if done.get(name) != result:
            raise Failed(f"{name}: {done.get(name)} instead of {result}")
    for line in TOLD:
        if f"preempt: {line}" not in text:
            raise Failed(f"not told: {line}")
    if len(rows) < 2 * 200:
        raise Failed(f"the plugin counted {len(rows)} operations only")
    check(ops, rows)


@test(timeout=120)
def found():
    """A path without any of the points is found, and named."""
    ops, rows, _ = measure({"irq": ("irq_handle",)}, "preempt few", 100)
    try:
        check(ops, rows)
    except Failed as why:
        for kind in LIMITS:
            if not re.search(rf"{WHAT[kind]}: \d+ multicall, ",
                             str(why)):
                raise Failed(f"no multicall among: {why}") from why
        print(f"as it must be: {why}")
        return
    raise Failed("a call of 65536 calls that nothing ends was not found")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
