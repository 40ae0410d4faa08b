#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Debian's xentrace, not one byte changed, traces; what it wrote is decoded
here, and by Debian's xenalyze.

Numbers are those of xen/include/public/trace.h.
"""

import base64
import collections
import gzip
import re
import struct
import sys

import lab
from lab import Failed, test
from xl_lab import dom0

LOST = 0x1f001
WRAP = 0x1f002
CPU_CHANGE = 0x1f003
RUNSTATE = 0x21001
WAKE = 0x28004
SWITCH = 0x2800a
DOM_ADD = 0x41001
DOM_REM = 0x41002
HYPERCALL = 0x20100d
IRQ = 0x802008
TRAP = 0x804000
EVENT = 0x808001
IDLE = 0x7fff
RUNNING, RUNNABLE, BLOCKED = 0, 1, 2
SYSCTL = 35
WFX = 1
VTIMER = 27

Record = collections.namedtuple("Record", "cpu time event words")


def decode(data):
    """All records of a file, each CPU's in the order in which they came."""
    records, cpu, at = [], None, 0
    while at < len(data):
        head, = struct.unpack_from("<I", data, at)
        event, number, at = head & 0xfffffff, head >> 28 & 7, at + 4
        time = None
        if head >> 31:
            time, = struct.unpack_from("<Q", data, at)
            at += 8
        words = struct.unpack_from(f"<{number}I", data, at)
        at += 4 * number
        if event == CPU_CHANGE:
            cpu = words[0]
        elif event != WRAP:
            records.append(Record(cpu, time, event, words))
    return records


def fetch(d, path):
    """Records of domain 0's file @path."""
    text = d.ok(f"gzip -c {path} | base64", timeout=120)
    return decode(gzip.decompress(base64.b64decode(text)))


def in_order(records):
    last = {}
    for r in records:
        if r.time is None or r.time < last.get(r.cpu, 0):
            raise Failed(f"{r} comes after time {last.get(r.cpu)}")
        last[r.cpu] = r.time
    if sorted(last) != [0, 1]:
        raise Failed(f"records of CPUs {sorted(last)}, not of 0 and 1")
    lost = [r for r in records if r.event == LOST]
    if lost:
        raise Failed(f"records were lost: {lost}")


def runstates(records):
    """Each CPU runs one vCPU at a time, and switches to the one it says."""
    who = collections.Counter()
    for cpu in (0, 1):
        runs = coming = None
        for r in (r for r in records if r.cpu == cpu):
            if r.event == SWITCH:
                coming = r.words[2] << 16 | r.words[3]
                leaving = r.words[0] << 16 | r.words[1]
                if runs not in (None, leaving):
                    raise Failed(f"{runs:#x} ran at {r}")
            elif r.event & ~0xff0 == RUNSTATE & ~0xff0:
                old, new = r.event >> 8 & 3, r.event >> 4 & 3
                if new == RUNNING:
                    if old != RUNNABLE or coming not in (None, r.words[0]):
                        raise Failed(f"{r} after a switch to {coming:#x}")
                    runs = r.words[0]
                    who[runs >> 16, runs & 0xffff] += 1
    return who


def wanted(records, what, number, function):
    found = sum(1 for r in records if function(r))
    print(f"{what}: {found}")
    if found < number:
        raise Failed(f"{found} records of {what}, not {number}")


@test(timeout=300)
def guests():
    """The vCPUs of two domains, hypercalls, traps, interrupts, events."""
    with dom0() as d:
        d.ok(f"xl create -q {d.config('one', vcpus=2)}", timeout=90)
        d.up("one")
        d.ok("(sleep 0.5; xl sysrq one h; xl vcpu-list) >/dev/null & "
             "xentrace -D -S 64 -T 3 /tmp/all; wait", timeout=90)
        records = fetch(d, "/tmp/all")
        in_order(records)
        who = runstates(records)
        print(len(records), "records,", sorted(who.items()))
        for vcpu in ((0, 0), (0, 1), (1, 0), (1, 1), (IDLE, 0), (IDLE, 1)):
            if not who[vcpu]:
                raise Failed("d%dv%d never ran" % vcpu)
        wanted(records, "waking d1", 2,
               lambda r: r.event == WAKE and r.words[0] == 1)
        wanted(records, "sysctl", 4, lambda r: r.event == HYPERCALL and
               r.words[0] == SYSCTL | 1 << 20 and len(r.words) == 2)
        wanted(records, "WFI of d1", 2, lambda r: r.event == TRAP | WFX and
               r.words[0] >> 16 == 1 and r.words[2] >> 26 == WFX)
        wanted(records, "timer interrupts", 10,
               lambda r: r.event == IRQ and r.words[0] == VTIMER)
        wanted(records, "events to d1", 1,
               lambda r: r.event == EVENT and r.words[0] >> 16 == 1)

        # Debian's own reader finds the same, and nothing that is strange.
        text = d.ok("xenalyze -s --cpu-hz 62.5M /tmp/all 2>&1", timeout=90)
        domains = set(re.findall(r"^\|-- Domain (\d+) --\|", text, re.M))
        if not domains >= {"0", "1", str(IDLE)} or "unexpected" in text:
            raise Failed(f"xenalyze: {text}")

        # Not stopped by the tool: the next one finds it going, or stops it.
        d.ok("xentrace -D -x -e 0x4f000 -T 20 /tmp/lives & sleep 1; "
             "xl destroy one; xl create -q -p /tmp/one; xl destroy one; "
             "wait", timeout=120)
        lives = [(r.event, r.words[0]) for r in fetch(d, "/tmp/lives")]
        if sorted(lives) != [(DOM_ADD, 2), (DOM_REM, 1), (DOM_REM, 2)]:
            raise Failed(f"lives of domains: {lives}")


if __name__ == "__main__":
    sys.exit(lab.main())
