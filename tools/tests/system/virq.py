#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Global VIRQs given to other domains: who may, who hears, who inherits.

The stories are told by the test guest `virq`, each in a line of its own.
"""

import re

import lab
from lab import HALTED, Failed, boot, test

PAGES_LOW = 56 * 1024       # 224 MiB
# Rounds of case 47: with two pCPUs each takes as long as QEMU's threads need
# to hear of each other, with one only its instructions.
ROUNDS_OF_TWO = 2000 if lab.FULL else 15
ROUNDS_OF_ONE = 100000 if lab.FULL else 500

# Cases of the table of delegations that the guest's first words name.
CASES = [f"case {n}, " for n in list(range(1, 24)) + [25]]
OTHERS = ["holes", "giving back", "dead is one", "what comes while",
          "a reset", "key q", "the watchman", "a suspend", "who may ask",
          "a handler is told", "two lives", "a domain is created",
          "silo: the store", "silo: guests"]
VIRQS = [f"VIRQ {n}, " for n in (2, 3, 4, 8, 12)]
STEALING = ["case 24, ", "anybody binds"]
RACES = ["case 46, ", "case 47, ", "two who set"]


def listen(con, wanted, timeout):
    """Each of the stories is told and ends well; nothing is left behind."""
    told = {}
    while True:
        found = con.expect(r"virq: (done|type something|pages (\d+) before, "
                           r"(\d+) after|([^\n]*): (ok|FAILED))\n",
                           timeout=timeout)
        if found.group(1) == "done":
            break
        if found.group(1) == "type something":
            con.send("x")
        elif found.group(2):
            pages = found.group(2), found.group(3)
        else:
            told[found.group(4)] = found.group(5)
            print(f"{found.group(4)}: {found.group(5)}")
    missing = [w for w in wanted if not any(n.startswith(w) for n in told)]
    failed = [name for name, end in told.items() if end != "ok"]
    if failed:
        lines = [line for line in con.text() if line.startswith("virq: ")]
        raise Failed(f"{len(failed)} stories failed: " + "; ".join(failed) +
                     "\n" + "".join(lines[-40:]))
    if missing:
        raise Failed("not told: " + "; ".join(missing))
    if pages[0] != pages[1]:
        raise Failed(f"free pages: {pages[0]} before, {pages[1]} after")
    con.expect_end(HALTED)


def stories(wanted, smp=1, xen="", words="", mem=512, timeout=60):
    with boot(smp=smp, mem=mem, dom0_args=words,
              xen_args=f"console=dtuart dom0_mem=64M {xen}",
              **lab.guest("virq")) as con:
        listen(con, wanted, timeout)


@test(timeout=120)
def delegation():
    """On one pCPU, where everything comes in order."""
    stories(CASES + OTHERS)


@test(timeout=120)
def delegation_on_two():
    stories(CASES + OTHERS, smp=2)


@test(timeout=60)
def stealing():
    """The rules of Xen 4.17, asked for."""
    stories(STEALING, xen="virq-steal=1", words="steal")


@test(timeout=90)
def provoked():
    """Each VIRQ that is sent is seen by the delegate, then by dom0 again."""
    stories(VIRQS, xen=f"low_mem_virq_limit={PAGES_LOW * 4}K",
            words=f"provoke low_pages={PAGES_LOW}")


@test(timeout=4000 if lab.FULL else 150)
def races():
    """Two vCPUs of dom0 on two pCPUs."""
    stories(RACES, smp=2, words=f"races rounds={ROUNDS_OF_TWO}",
            timeout=3900 if lab.FULL else 140)


@test(timeout=4000 if lab.FULL else 90, one_core=lab.FULL)
def races_on_one():
    """On one pCPU: each is preempted by the other anywhere, every 1 ms."""
    stories(RACES, words=f"races rounds={ROUNDS_OF_ONE}",
            xen="dom0_max_vcpus=2 sched_credit_tslice_ms=1",
            timeout=3900 if lab.FULL else 80)


if __name__ == "__main__":
    lab.sys.exit(lab.main())
