#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The store as a process of domain 0 is killed: what waits for it uses no CPU
meanwhile, says what is missing, and goes on when it is there again."""

import os
import sys

import lab
import xl_lab
from lab import full_test

SAID = "/tmp/said"
LOG = xl_lab.GUEST_LOG.format("one")
STORE = "xenstored --pid-file /run/xenstored.pid"
# Both halves of its CPU time, before and after three seconds.
BUSY = ("f=/proc/{}/stat; a=$(cut -d' ' -f14,15 $f); sleep 3; "
        "echo $a $(cut -d' ' -f14,15 $f)")
MONITOR = "ps | grep '[x]l create' | awk '{print $1}'"


def machine():
    """dom0 with our tools alone, and the daemon for its store."""
    demo = os.path.join(lab.O, "demo.gz")
    lab.need("run make demo", demo)
    return xl_lab.dom0(initrd=demo, image="xen", mem=512,
                       xen_args="console=dtuart dom0_mem=256M")


def idle(d, pids, what):
    """A process does nothing while nothing happens."""
    for pid in d.ok(pids).split():
        ticks = [int(w) for w in d.ok(BUSY.format(pid)).split()]
        if len(ticks) != 4:
            d.con.fail(f"{what} has ended")
        if sum(ticks[2:]) - sum(ticks[:2]) > 60:        # of 300
            d.con.fail(f"{what} is busy without a store: {ticks}")


def again(d):
    """The second time; one waits for the end of a guest, one for a console
    that does not come."""
    d.ok("xl pause one")
    d.ok("xl shutdown -w one >/tmp/waits 2>&1 & echo $! >/tmp/pid")
    d.ok("xenconsole 77 >/tmp/none 2>&1 & sleep 2")
    d.ok("kill -9 $(cat /run/xenstored.pid); sleep 2")
    idle(d, "cat /tmp/pid", "xl shutdown -w")
    for file in ("/tmp/waits", "/tmp/none"):
        d.ok(f"grep 'the store is gone.*xenstored' {file}")
    d.ok("! ps | grep '[x]enconsole 77'")
    d.ok(STORE)
    d.until(f"test $(grep -c 'is there again' {SAID}) = 2", timeout=20)
    d.talk("xl console two")
    d.ok("xl unpause one")
    d.until("grep -E 'has been (shut down|destroyed)' /tmp/waits", timeout=60)


@full_test(timeout=300)
def daemon_killed():
    """xenconsoled goes on with the console that it has, then with new ones;
    xl's process that waits for a guest's end hears of it afterwards."""
    with machine() as d:
        d.ok("kill $(cat /run/xenconsoled.pid); sleep 1; xenconsoled "
             f"--pid-file=/run/xenconsoled.pid --log=guest 2>{SAID}")
        d.ok(f"xl create -q {d.config('one')}", timeout=120)
        d.up("one")
        d.ok("kill -9 $(cat /run/xenstored.pid); sleep 2")
        idle(d, "cat /run/xenconsoled.pid", "xenconsoled")
        monitors = d.ok(MONITOR).split()
        if len(monitors) != 1:
            d.con.fail(f"one process waits for the guest's end: {monitors}")
        idle(d, MONITOR, "the process of xl create")
        for file in (SAID, "/var/log/xen/xl-one.log"):
            d.ok(f"grep 'the store is gone.*xenstored' {file}")
        # The terminal: the first and only one of the pty's.
        d.ok("echo 'echo it is $((6 * 7))' > /dev/pts/0")
        d.until(f"grep -a 'it is 42' {LOG}")

        d.ok(STORE)
        d.until(f"grep 'the store is there again' {SAID}", timeout=20)
        d.until("xl list one", timeout=20)
        d.talk("xl console one")
        d.ok(f"xl create -q {d.config('two')}", timeout=120)
        d.up("two")
        again(d)
        d.until("! xl list one 2>/dev/null", timeout=90)
        d.until("! xl list -v | grep -q '(null)'")
        if len(d.ok("ls /dev/pts | grep '[0-9]'").split()) != 1:
            d.con.fail("the terminal of a guest that is gone is still there")


if __name__ == "__main__":
    sys.exit(lab.main())
