#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The store domain ends at every instruction of one request, and goes on.

The test guest `storedie` is the first domain. It ends the store domain a given
number of instructions after the event that brings the request, one more each
time, until the request is done. That no instruction was left out is seen from
where it was: each place follows the one before in the program.
"""

import bisect
import os
import re
import subprocess

import lab
import store
from lab import Failed, full_test, test

lab.TESTS.clear()  # those of store.py run there
FEW = 24
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t([0-9a-f ]+?)\s*\t(\S+)\s*(.*)$")
# Where a program goes on is not in the instruction itself.
ANYWHERE = re.compile(r"^(bx|blx|tb[bh]|rfe\w*|(subs?|movs?)\.?\w*\tpc|"
                      r"(add|mov|ldr)\S*\s+pc,|(pop|ldm\w*)\S*\s.*\bpc\b)")
# The hypervisor is entered: what it does counts as one place.
TRAPS = re.compile(r"^(hvc|wfi|wfe|smc|mcr|mrc|mcrr|mrrc|cps|svc)")


class Program:
    """The instructions of an ELF file and what may follow each."""

    def __init__(self, path):
        text = subprocess.run(["arm-none-eabi-objdump", "-d", path],
                              check=True, text=True,
                              capture_output=True).stdout
        self.at = {}
        for line in text.splitlines():
            found = INSTRUCTION.match(line)
            if found:
                at, code, name, rest = found.groups()
                size = len(code.replace(" ", "")) // 2
                self.at[int(at, 16)] = (size, name, f"{name}\t{rest}")
        names = subprocess.run(["arm-none-eabi-nm", "-n", path], check=True,
                               text=True, capture_output=True).stdout
        rows = [line.split() for line in names.splitlines()]
        self.names = [(int(a, 16) & ~1, n) for a, kind, n in rows
                      if kind in "tT" and not n.startswith("$")]

    def follows(self, one, other):
        """Can @other be the next place after @one?"""
        if one == other:
            return True     # in the hypervisor, or a branch to itself
        if one not in self.at or other not in self.at:
            return False
        size, name, text = self.at[one]
        if other == one + size or ANYWHERE.match(text):
            return True
        target = re.search(r"\b([0-9a-f]{8}) <", text)
        return bool(target) and name[0] in "bc" and \
            int(target[1], 16) == other

    def name(self, at):
        """The function that @at is in."""
        i = bisect.bisect(self.names, (at, "~")) - 1
        return self.names[i][1] if i >= 0 else "?"


def deaths(words, timeout):
    """Where it died, for each request."""
    image = store.stub_domain()
    guest = lab.guest("storedie")
    guest["initrd"] = image
    with lab.boot(smp=1, extra=("-icount", "shift=0,sleep=off"),
                  xen_args="console=dtuart dom0_mem=64M dom0_max_vcpus=1 "
                  "sched_ratelimit_us=0 sched_credit_tslice_ms=1",
                  dom0_args=words, **store.module(), **guest) as con:
        con.expect("storedie: done", timeout=timeout)
        con.expect_end(lab.HALTED)
        text = "".join(con.text())
    if "FAILED" in text or "guest: answer" in text:
        raise Failed("\n".join(re.findall("(?:storedie|guest): .*", text)))
    found = []
    for part in re.split(r"(?=storedie: \w+: deaths)", text)[1:]:
        name, number, redone, end = re.match(
            r"storedie: (\w+): deaths (\d+), redone (\d+), (.*)", part).groups()
        pcs = [int(word, 16) for line in
               re.findall(r"storedie: pc ([0-9a-f ]+)", part)
               for word in line.split()]
        if len(pcs) != int(number):
            raise Failed(f"{name}: {number} deaths, {len(pcs)} places")
        found.append((name, pcs, int(redone), end.strip()))
    if [row[0] for row in found] != ["WRITE", "commit"]:
        raise Failed("not both requests were tried")
    return found


def histogram(program, pcs):
    """Deaths by function, the most frequent first."""
    count = {}
    for pc in pcs:
        name = program.name(pc)
        count[name] = count.get(name, 0) + 1
    rows = sorted(count.items(), key=lambda row: -row[1])
    return ", ".join(f"{name} {number}" for name, number in rows)


@test(timeout=120)
def some():
    """A few in a row."""
    for name, pcs, redone, _ in deaths(f"from=3000 to={3000 + FEW}", 100):
        if len(pcs) != FEW:
            raise Failed(f"{name}: {len(pcs)} deaths")
        print(f"{name}: {len(pcs)} deaths, {redone} redone")


@full_test(timeout=3600)
def every_instruction():
    """Of one WRITE and of one commit, from the first to the last."""
    program = Program(store.stub_domain() + ".elf")
    for name, pcs, redone, end in deaths("", 3500):
        if end != "to its end":
            raise Failed(f"{name} was {end}")
        gaps = [(a, b) for a, b in zip(pcs, pcs[1:])
                if not program.follows(a, b)]
        places = sum(a != b for a, b in zip(pcs, pcs[1:]))
        print(f"{name}: {len(pcs)} deaths, at {places} instructions one after "
              f"the other, {redone} redone; {histogram(program, pcs)}")
        if gaps:
            raise Failed(f"{name}: {len(gaps)} times something was left out: "
                         + ", ".join(f"{a:x} {b:x}" for a, b in gaps[:20]))


if __name__ == "__main__":
    lab.sys.exit(lab.main())
