#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the scheduler gives: shares by weight, caps, pinning, timer ticks.

The machines run under -icount, so that a share is one of instructions and
no load of the host is in it; but for the one that shares two pCPUs, since
-icount gives one of them nearly all. On which pCPUs a vCPU ran is seen from
outside, by the benchmark's TCG plugin.
"""

import os
import re
import tempfile

import lab
from lab import HALTED, Failed, boot, test

ICOUNT = ("-icount", "shift=0,sleep=off")
PLUGIN = os.path.join(lab.O, "bench", "counter.so")
SECONDS = 5 if lab.FULL else 2


def close_to(what, value, wanted, slack):
    if abs(value - wanted) > slack:
        raise Failed(f"{what}: {value}, wanted {wanted} within {slack}")
    print(f"{what}: {value} (wanted {wanted} within {slack})")


def weigh(words):
    """One run of the guest that builds busy domains; its figure."""
    with boot(smp=1, xen_args="console=dtuart dom0_mem=128M sched=credit",
              dom0_args=f"seconds={SECONDS} {words}", extra=ICOUNT,
              **lab.guest("weights")) as con:
        found = con.expect(r"weights: [^\n]*permille (\d+)\n", timeout=90)
        con.expect_end("weights: destroyed", "weights: done", HALTED)
        return int(found.group(1))


@test(timeout=150)
def weights():
    """Two busy domains on one pCPU, weights 256 and 512: 1:2 within 5 %,
    that is 1:1.9 to 1:2.1."""
    close_to("second domain's share in permille", weigh("weight2=512"), 666,
             11)


@test(timeout=150)
def weights_equal():
    close_to("second domain's share in permille", weigh("weight2=256"), 500,
             12)


@test(timeout=150)
def cap_30():
    """Alone on a pCPU, with a cap of 30 percent."""
    close_to("permille of its speed without a cap", weigh("alone cap2=30"),
             300, 30)


def busy(smp, vcpus, words="", plugin=None, extra=ICOUNT, seconds=SECONDS):
    """Busy vCPUs of the first domain: [(share, ticks, expected, loops)]"""
    if plugin:
        extra += ("-plugin", f"{PLUGIN},out={plugin}")
    with boot(smp=smp, xen_args="console=dtuart dom0_mem=128M sched=credit "
              f"dom0_max_vcpus={vcpus} {words}",
              dom0_args=f"seconds={seconds}", extra=extra,
              **lab.guest("sched")) as con:
        found = []
        for cpu in range(vcpus):
            m = con.expect(rf"sched: cpu {cpu} share (\d+) ticks (\d+) of "
                           r"(\d+) loops (\d+)\n", timeout=90)
            found.append(tuple(int(x) for x in m.groups()))
        con.expect_end("sched: done", HALTED)
    return found


@test(timeout=150)
def ticks():
    """Two busy vCPUs on one pCPU count a timer of 1 kHz each: half the time,
    and every tick."""
    for cpu, (share, came, due, _) in enumerate(busy(smp=1, vcpus=2)):
        close_to(f"vCPU {cpu}: share in permille", share, 500, 25)
        close_to(f"vCPU {cpu}: ticks", came, due, 0)


@test(timeout=150)
def ticks_of_four():
    """The same for four on two pCPUs."""
    for cpu, (_, came, due, _) in enumerate(busy(smp=2, vcpus=4)):
        close_to(f"vCPU {cpu}: ticks", came, due, 0)


@test(timeout=150)
def three_on_two():
    """Three equals on two pCPUs, in real time: each gets two thirds of one.
    One CPU at a time, or what else the host does would be in it; within 5 %
    is what unit/credit holds."""
    found = busy(smp=2, vcpus=3, seconds=5,
                 extra=("-accel", "tcg,thread=single"))
    total = sum(loops for _, _, _, loops in found)
    for cpu, (_, _, _, loops) in enumerate(found):
        close_to(f"vCPU {cpu}: percent of a pCPU", loops * 200 // total, 66,
                 12)


@test(timeout=150)
def pinned():
    """dom0_vcpus_pin: each vCPU only ever runs on its own pCPU."""
    lab.need("run make -C tools/tests/bench plugin O=...", PLUGIN)
    with tempfile.NamedTemporaryFile(prefix="pinned-") as out:
        busy(smp=2, vcpus=2, words="dom0_vcpus_pin", plugin=out.name)
        text = out.read().decode()
    masks = {int(op): int(mask, 16) for op, mask in
             re.findall(r"^cpus (\d+) (\w+)$", text, re.M)}
    if masks != {0: 1, 1: 2}:
        raise Failed(f"vCPU: pCPUs it ran on (mask): {masks}, wanted 0: 1, "
                     "1: 2")
    print(f"vCPU: pCPUs it ran on (mask): {masks}")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
