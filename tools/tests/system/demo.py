#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What `make run` boots and shows when nothing else is asked for, by the very
script that it ends with."""

import contextlib
import os
import re
import sys

import lab
import xl_lab
from lab import full_test, test

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                   "dev", "run")
# What would ask for something else.
OTHERS = ("G", "KERNEL", "INITRD", "STORE", "SMP", "MEM", "XEN_ARGS",
          "DOM0_ARGS")

BEGIN = "A short demonstration"


@contextlib.contextmanager
def run(name, **words):
    """Its console; @words as they are given to make run."""
    lab.need("run make demo", os.path.join(lab.O, "demo.gz"))
    os.makedirs(os.path.join(lab.O, "logs"), exist_ok=True)
    con = lab.Console(["env"] + [f"-u{name}" for name in OTHERS] +
                      ["BOARD=virt", f"O={lab.O}"] +
                      [f"{k}={v}" for k, v in words.items()] +
                      [os.path.normpath(RUN)],
                      os.path.join(lab.O, "logs", f"demo-{name}.log"))
    try:
        yield con
    finally:
        con.close()


def said(con, command, end=r"\n-- "):
    """What the next command says, which must be @command."""
    got = con.expect(rf"(?s)dom0# {command}\n(.*?){end}", timeout=90)
    return xl_lab.NOISE.sub("", got.group(1))


def rows(con, **options):
    """Domains that `xl list` shows: id and MiB by name."""
    lines = [line.split() for line in
             said(con, "xl list", **options).split("\n") if line]
    if lines[0][:3] != ["Name", "ID", "Mem"]:
        con.fail(f"xl list begins with {lines[0]}")
    return {line[0]: (line[1], line[2]) for line in lines[1:]}


BUSY = """sleep 2; for p in xenconsoled xenstore-supervisor; do
f=/proc/$(cat /run/$p.pid)/stat; a=$(cut -d' ' -f14,15 $f); sleep 3;
echo busy $a $(cut -d' ' -f14,15 $f); done"""


def idle(con):
    """No daemon works while nobody does anything."""
    con.send(" ".join(BUSY.split("\n")) + "\n")
    for name in ("xenconsoled", "xenstore-supervisor"):
        got = con.expect(r"busy (\d+) (\d+) (\d+) (\d+)\n", timeout=30)
        before, after = (int(got.group(i)) + int(got.group(i + 1))
                         for i in (1, 3))
        if after - before > 100:        # of 300
            con.fail(f"{name} is busy: {after - before} ticks in 3 s")


def shell(con):
    """There is one, nothing else runs, and poweroff ends the machine."""
    con.expect("xl create -c /guest/config", "# ", timeout=60)
    idle(con)
    con.command("echo it is $((6 * 7)), $(xl domid Xenstore)", "it is 42, 1\n")
    con.send("poweroff\n")
    con.expect_end(lab.HALTED)


@test(timeout=300)
def shown():
    """The store's domain and no process for it, who is told of the end of
    domains, and a guest that is created, talked to and destroyed."""
    with run("shown") as con:
        con.expect("Store domain d1: 8 MiB", BEGIN, timeout=120)
        before = rows(con)
        if before != {"Domain-0": ("0", "512"), "Xenstore": ("1", "8")}:
            con.fail(f"there are {before}")
        processes = said(con, "ps [^\n]*")
        if "xenstored" in processes or "xenconsoled" not in processes:
            con.fail(f"processes are {processes}")
        if not re.search(r"(?m)^ *3 +dom_exc +1 ", said(con, "xl virq-list")):
            con.fail("VIRQ_DOM_EXC is not the store domain's")
        said(con, "xl create /guest/config", end="(?=dom0# )")
        if rows(con) != before | {"guest": ("2", "96")}:
            con.fail("the guest is not listed")
        text = said(con, "xl console guest")
        for line in (r"guest: up, 2 vCPUs", r"\nLinux .* armv7l GNU/Linux\n"):
            if not re.search(line, text):
                con.fail(f"its console has no '{line}' but: {text}")
        said(con, "xl destroy guest", end="(?=dom0# )")
        if rows(con, end="\n\n") != before:
            con.fail("the guest is still there")
        con.expect("The demonstration is done")
        shell(con)


@full_test(timeout=200)
def left_out():
    """By a word, and on one CPU."""
    with run("left_out", DOM0_ARGS="quiet demo=no", SMP=1) as con:
        got = con.expect(f"{BEGIN}|This is domain 0", timeout=120)
        if got.group(0) == BEGIN:
            con.fail("demo=no is not heard")
        shell(con)


if __name__ == "__main__":
    sys.exit(lab.main())
