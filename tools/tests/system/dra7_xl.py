#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Guests on the DRA7 EVM: Debian's Xen tools in domain 0, from the SD card by
the stock boot loader on.
"""

import lab
import xl_lab
from dra7_lab import board, xen_card
from lab import full_test

# What the tools and a guest need beside domain 0's carve-outs.
DOM0_MEM = "640M"


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


if __name__ == "__main__":
    lab.sys.exit(lab.main())
