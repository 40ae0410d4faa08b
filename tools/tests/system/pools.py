#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""CPU pools, by Debian's unchanged xl: every command beside what it says on
Debian's hypervisor, and a Linux that moves between pools while it works.

Debian's is booted with sched=credit: with its own default it panics when a
CPU leaves a pool.
"""

import re
import sys

import lab
import xl_table
from lab import full_test, test
from xl_lab import GUEST_LOG, OURS, dom0

ARGS = "console=dtuart dom0_mem=384M sched=credit"
NAME = "xl-pools"

# xl_table.py says how they are run.
COMMANDS = r"""
xl cpupool-list
xl cpupool-list nix
xl cpupool-cpu-remove Pool-0 7
xl cpupool-cpu-remove Pool-0 0
xl cpupool-cpu-remove none 1
xl cpupool-create name=\"a\" sched=\"credit\"
xl cpupool-create name=\"a\" sched=\"credit\"
xl cpupool-create name=\"b\" sched=\"fifo\"
xl cpupool-create name=\"b\" sched=\"rtds\"
xl cpupool-create name=\"b\" sched=\"credit\" cpus=\"1\"
xl cpupool-create sched=\"credit\"
xl cpupool-create name=\"b\" sched=\"credit\"
xl cpupool-create name=\"z\" sched=\"null\"
xl cpupool-destroy z
xl cpupool-cpu-remove Pool-0 3
xl cpupool-cpu-remove Pool-0 3
xl cpupool-cpu-remove a 3
xl cpupool-cpu-remove Pool-0 x
xl info | grep free_cpus
xl cpupool-cpu-add a 3
xl cpupool-cpu-add a 3
xl cpupool-cpu-add a 2
xl cpupool-cpu-add a 9
xl cpupool-cpu-add none 1
xl cpupool-list -c
xenstore-ls /local/pool
xl create -q /tmp/one pool=\"b\"
xl create -q /tmp/one pool=\"none\"
xl create -q /tmp/one
!up
xl vcpu-pin one 0 1
xl sched-credit -d one -w 512 -c 50
xl cpupool-migrate one a
xl list -c
xl vcpu-list one
xl sched-credit -d one
xl sched-credit -d one -w 300 -c 40
xl sched-credit -p a -s
xl sched-credit -p a -s -t 10 -r 600
xl sched-credit -p a -s -t 0
xl sched-credit -p none -s
xl sched-credit
xl cpupool-list
xl cpupool-cpu-remove a 3
xl cpupool-destroy a
xl vcpu-pin one 0 1
xl vcpu-pin one all 1-3
xl vcpu-pin one 0 3
xl cpupool-migrate one b
xl cpupool-migrate one Pool-0
xl vcpu-list one
xl sched-credit -d one
xl cpupool-migrate one Pool-0
xl cpupool-migrate Domain-0 a
xl cpupool-migrate 77 a
xl cpupool-migrate one none
xl cpupool-rename a c
xl cpupool-rename none c
xl cpupool-list
xl vcpu-pin one 0 1
xl cpupool-cpu-remove Pool-0 1
xl vcpu-list one
xl cpupool-cpu-add b all
xl cpupool-cpu-remove b 1
xl cpupool-cpu-add Pool-0 1
xl vcpu-list one
xl cpupool-destroy c
xl cpupool-create name=\"d\" sched=\"credit\"
xenstore-ls /local/pool
xl destroy one
xl cpupool-cpu-remove Pool-0 1-2
xl cpupool-cpu-add d 1
xl create -q -p /tmp/one pool=\"d\"
xl list -c
xl vcpu-list one
xl cpupool-cpu-remove d 1
xl cpupool-destroy d
xl destroy one
xl cpupool-destroy d
xl cpupool-destroy b
xl cpupool-destroy none
xl cpupool-cpu-add Pool-0 all
xl cpupool-cpu-remove Pool-0 all
xl cpupool-list -c
xl cpupool-numa-split
xl cpupool-list
xenstore-ls /local/pool
""".strip().splitlines()


def table(d):
    d.config("one", vcpus=2)
    return xl_table.run(d, COMMANDS)


@full_test(timeout=400)
def same_as_debian():
    with dom0(smp=4, xen_args=ARGS) as d:
        xl_table.compare(table(d), NAME)


def record():
    """Not a test: writes xl-pools.txt anew, on Debian's hypervisor."""
    if OURS:
        sys.exit("pools.py: record is for XL_IMAGE=debian")
    with dom0(smp=4, xen_args=ARGS) as d:
        xl_table.write(table(d), NAME, "pools")


# ---- a guest at work ----

def ticks(d):
    """How often each vCPU of the guest has said that it runs."""
    return [int(d.run(f"grep -ac 'tick {n}' {GUEST_LOG.format('one')}")[1])
            for n in (0, 1)]


def works(d, cpus):
    """Both vCPUs of the guest get on, and are on @cpus."""
    before = ticks(d)
    for _ in range(40):
        d.ok("sleep 0.3")
        if all(now > old for now, old in zip(ticks(d), before)):
            break
    else:
        d.con.fail(f"the guest stands still: {before}, {ticks(d)}")
    text = d.ok("xl vcpu-list one")
    on = {int(cpu) for cpu in
          re.findall(r"^one +\d+ +\d +(\d+) ", text, re.M)}
    if not on or not on <= cpus:
        d.con.fail(f"the guest should be on {cpus}: {text}")


def start(d):
    """A guest with two vCPUs that are busy and say so now and then."""
    path = d.config("one", vcpus=2)
    d.ok(f"xl create -q {path}", timeout=90)
    d.up("one")
    tty = d.ok("xenstore-read /local/domain/$(xl domid one)/console/tty")
    for n in (0, 1):
        d.ok(f"echo 'taskset {1 << n} sh -c \"while :; do echo tick {n}; "
             "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; sleep 0.1; "
             f"done\" &' > {tty.strip()}")
    d.until(f"grep -aq 'tick 1' {GUEST_LOG.format('one')}")


@test(timeout=500)
def moves():
    """Between pools of both schedulers, and the CPUs under it."""
    rounds = 25 if lab.FULL else 2
    with dom0(smp=5, xen_args=ARGS) as d:
        d.ok("xl cpupool-cpu-remove Pool-0 2-4")
        d.ok("xl cpupool-create 'name=\"own\"' 'sched=\"null\"' "
             "'cpus=\"3-4\"'")
        d.ok("xl cpupool-create 'name=\"some\"' 'cpus=\"2\"' "
             "'sched=\"credit\"'")
        start(d)
        pools = {"Pool-0": {0, 1}, "own": {3, 4}, "some": {2}}
        for _ in range(rounds):
            for name in ("own", "Pool-0", "some", "own", "some", "Pool-0"):
                d.ok(f"xl cpupool-migrate one {name}")
                works(d, pools[name])
            # CPU 1 goes to the pool of one that it is needed in.
            d.ok("xl cpupool-migrate one some")
            d.ok("xl cpupool-cpu-remove Pool-0 1 && "
                 "xl cpupool-cpu-add some 1 && xl cpupool-cpu-remove some 2")
            works(d, {1})
            d.ok("xl cpupool-cpu-add some 2 && xl cpupool-cpu-remove some 1 "
                 "&& xl cpupool-cpu-add Pool-0 1")
            works(d, {2})
        listed = d.ok("xl cpupool-list -c").split()
        if sorted(listed[3:]) != sorted(
                ["Pool-0", "0,1", "own", "3,4", "some", "2"]):
            d.con.fail(f"the pools are {listed}")
        d.ok("xl cpupool-migrate one own")
        refusals(d)
        works(d, {3, 4})
        d.ok("xl destroy one", timeout=60)
        d.until("xl cpupool-destroy own && xl cpupool-destroy some && "
                "xl cpupool-cpu-add Pool-0 2-4")


def refusals(d):
    """The null scheduler has one vCPU per CPU, and says when it has none."""
    path = d.config("two", vcpus=1)
    if d.run(f"xl create -q {path} 'pool=\"own\"'", timeout=90)[0] == 0:
        d.con.fail("a third vCPU on two CPUs of the null scheduler")
    text = d.run("xl cpupool-cpu-remove own 4")[1]
    if "Address already in use" not in text:
        d.con.fail(f"the CPU of a vCPU left the null scheduler: {text}")
    d.ok("xl list one && ! xl list two 2>/dev/null")


if __name__ == "__main__":
    if sys.argv[1:] == ["record"]:
        record()
        sys.exit(0)
    sys.exit(lab.main())
