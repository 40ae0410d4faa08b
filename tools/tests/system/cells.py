#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""One script, the life of a guest, on {our hypervisor, Debian's Xen 4.17} x
{our tools, Debian's}, and with Debian's tools beside either store.

Our tools are alone in their domain 0: nothing of Debian's is in its initrd.
"""

import collections
import os
import sys
import time

import lab
import store
import xl_lab
from lab import Failed, full_test

lab.TESTS.clear()  # those of store.py run there

OURS, DEBIANS = "ours", "Debian's"
DAEMON, MODULE, HANDED = "xenstored", "boot module", "handed over"
Cell = collections.namedtuple("Cell", "xen tools store")
CELLS = (Cell(OURS, OURS, MODULE),
         Cell(OURS, DEBIANS, DAEMON),
         Cell(OURS, DEBIANS, MODULE),
         Cell(DEBIANS, OURS, HANDED),
         Cell(DEBIANS, DEBIANS, DAEMON),
         Cell(DEBIANS, DEBIANS, HANDED))
ROW = "{:<11}{:<10}{:<26}{:<8}{:<8}{:<9}{}"


def boot(cell):
    """Domain 0 of the cell. On Xen a domain cannot be made the store's: it is
    one like others, and only xsm=dummy lets guests talk to it."""
    ours = os.path.join(lab.O, "demo.gz")
    lab.need("run make demo", ours)
    options = {"xen_args": "console=dtuart dom0_mem=384M"}
    if cell.store == MODULE:
        return store.store_domain(
            initrd=ours if cell.tools == OURS else store.with_our_tools(),
            **options)
    options["image"] = "xen" if cell.xen == OURS else xl_lab.DEBIAN
    if cell.store == HANDED:
        program = "init-xenstore-domain"
        options["xen_args"] += " xsm=dummy"
        if cell.tools == OURS:
            return xl_lab.dom0(store=program, initrd=ours, **options)
        return xl_lab.dom0(store=f"/ours/{program}",
                           initrd=store.with_our_tools(), **options)
    return xl_lab.dom0(store="xenstored", initrd=xl_lab.initrd(), **options)


def where(d, cell):
    """Whose tools these are and where the store is, as the machine says."""
    ours = "/xen-4.17-dra7/" in d.ok("which xl")
    if ours != (cell.tools == OURS):
        d.con.fail("the tools are not those of the cell")
    extra = d.ok("cat /sys/hypervisor/version/extra").strip()
    if ("dra7" in extra) != (cell.xen == OURS):
        d.con.fail(f"the hypervisor is 4.17{extra}")
    process = d.run("ps | grep -v grep | grep xenstored")[0] == 0
    code, domid = d.run("xl domid Xenstore")
    if process == (code == 0) or process != (cell.store == DAEMON):
        d.con.fail(f"the store is a process: {process}; a domain: {domid}")
    if not process:
        supervise(d, cell, domid.strip())
    return (f"{cell.tools} {DAEMON}" if process else
            f"domain {domid.strip()}, {cell.store}")


def supervise(d, cell, domid):
    """It is not left alone: on a busy host its watchdog may stop it. Our
    domain 0 has begun that itself with the store of a boot module."""
    command = "xenstore-supervisor"
    if cell.tools == DEBIANS:
        command = f"/ours/{command} -i /ours/xenstore-stubdom"
    elif cell.store == MODULE:
        command = "true"
    d.ok(f"{command} -d {domid} -p /run/super.pid 2>/tmp/super.log")
    d.until("pidof xenstore-supervisor", timeout=20)


def create(d):
    d.ok(f"xl create -q {d.config('one', vcpus=2)}", timeout=120)
    d.ok("xl list one")


def run(d):
    """It boots, has its CPUs, its shell answers; it stops and goes on."""
    if "2 vCPUs" not in d.up("one"):
        d.con.fail("the guest has not its 2 vCPUs")
    if d.ok("xl vcpu-list one").count("one ") != 2:
        d.con.fail("xl vcpu-list does not show two")
    d.talk("xl console one")
    d.ok("xl pause one; xl list one | grep -q ' [r-][b-]p--- '")
    d.ok("xl unpause one")


def destroy(d):
    d.ok("xl destroy one")
    d.until("! xl list one 2>/dev/null", timeout=30)
    d.until("! xl list | grep -q '(null)'", timeout=30)  # dead, and still here


def shutdown(d):
    """Another one, which stops by itself: seconds until it is gone."""
    d.ok(f"xl create -q {d.config('one')}", timeout=120)
    d.up("one")
    d.ok("xl shutdown one")
    d.until("! xl list one 2>/dev/null | grep -q ' [r-][b-]---- '", timeout=60)
    start = time.monotonic()
    d.until("! xl list one 2>/dev/null", timeout=60)
    return f"after {time.monotonic() - start:.0f} s"


def row(cell):
    """What came of each step; "-" behind the first that failed."""
    said, bad = [], ""
    try:
        with boot(cell) as d:
            said.append(where(d, cell))
            d.ok(": > " + xl_lab.GUEST_LOG.format("one"))
            for step in (create, run, destroy, shutdown):
                said.append(step(d) or "ok")
                if step is destroy:
                    d.ok(": > " + xl_lab.GUEST_LOG.format("one"))
    except Failed as e:
        bad = f"{cell}: {e}"
        said.append("FAILED")
    print(ROW.format(cell.xen, cell.tools,
                     *said + ["-"] * (5 - len(said))), flush=True)
    return bad


@full_test(timeout=1800)
def cells():
    """The table."""
    print(ROW.format("hypervisor", "tools", "store", "create", "run",
                     "destroy", "shutdown noticed"))
    bad = [text for text in map(row, CELLS) if text]
    if bad:
        raise Failed("\n".join(bad))


if __name__ == "__main__":
    sys.exit(lab.main())
