#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Guests on the DRA7 EVM: Debian's Xen tools in domain 0, from the SD card by
the stock boot loader on.
"""

import os

import lab
import xl_lab
from dra7_lab import board, sd_card, xen_card
from lab import full_test

# What the tools and a guest need beside domain 0's carve-outs.
DOM0_MEM = "640M"
STORE_LINE = r"\(XEN\)[^\n]* Store domain d1: 8 MiB"


@full_test(timeout=300)
def one_guest():
    """Created on both CPUs, seen, its console read, paused, shut down; twice,
    and all its memory comes back."""
    card = xen_card(INITRD=xl_lab.initrd(), DOM0_MEM=DOM0_MEM,
                    DOM0_ARGS="quiet test=agent store=xenstored")
    with board(sd=card) as con:
        con.expect("dom0: ready", "<agent>\n", timeout=180)
        d = xl_lab.Dom0(con)
        path = d.config("one", vcpus=2, memory=64)
        d.ok(f"xl create -q {path}", timeout=120)
        d.up("one")
        d.ok("xl destroy one")
        free = d.until("xl info free_memory")
        d.ok(f"xl create -q {path}", timeout=120)
        if "2 vCPUs" not in d.up("one"):
            con.fail("the guest has not its 2 vCPUs")
        if " one " not in d.ok("xl list").replace("\n", " "):
            con.fail("xl list does not show the guest")
        d.ok("xl pause one; xl unpause one")
        d.ok("xl shutdown -w one", timeout=90)
        d.until(f"test $(xl info free_memory) = {free.split()[-1]}")


def with_store(con):
    """Domain 0, whose store is domain 1 and no process."""
    con.expect(STORE_LINE, "dom0: ready", "<agent>\n", timeout=180)
    d = xl_lab.Dom0(con)
    if d.ok("xenstore-read /tool/xenstored/domid").strip() != "1":
        con.fail("the store is not domain 1")
    if "xenstored" in d.ok("ps"):
        con.fail("a process of domain 0 is the store")
    return d


@full_test(timeout=600)
def store_domain():
    """`make sdcard STORE=...`, its card and its xen.itb: the store is a domain
    before domain 0 runs; a guest is made and ended with it, twice."""
    stub = os.path.join(lab.O, "stubdom", "xenstore-stubdom")
    lab.need("run make dist-stubdom", stub)
    card = xen_card(INITRD=xl_lab.initrd(), DOM0_MEM=DOM0_MEM, STORE=stub,
                    DOM0_ARGS="quiet test=agent store=domain")
    itb = sd_card("load mmc 0:1 0xb0000000 xen.itb\nbootm 0xb0000000\n",
                  os.path.join(os.path.dirname(card), "xen.itb"))
    with board(sd=itb) as con:
        with_store(con)
    with board(sd=card) as con:
        d = with_store(con)
        path = d.config("one", vcpus=2, memory=64)
        free = None
        for turn in (2, 3):
            d.ok(f"xl create -q {path}", timeout=120)
            d.up("one")
            listed = d.ok("xl list")
            if "Xenstore" not in listed or " one " not in \
                    listed.replace("\n", " "):
                con.fail(f"xl list: {listed}")
            name = d.ok(f"xenstore-read /local/domain/{turn}/name").strip()
            if name != "one":
                con.fail(f"the store has '{name}' for the guest")
            d.ok("xl destroy one")
            free = free or d.until("xl info free_memory").split()[-1]
            d.until(f"test $(xl info free_memory) = {free}")
            if d.run(f"xenstore-exists /local/domain/{turn}")[0] == 0:
                con.fail("what the guest owned is still there")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
