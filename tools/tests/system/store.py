#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The store in a domain of its own: started by the hypervisor from a boot
module, used by Debian's unmodified kernel and tools.
"""

import os

import lab
import xl_lab
from lab import test

AT = 0x5e000000         # below dom0's kernel, in RAM that nobody uses
MODULE = f"/chosen/module@{AT:x}"


def stub_domain():
    path = os.path.join(lab.O, "stubdom", "xenstore-stubdom")
    lab.need("run make dist-stubdom", path)
    return path


def store_domain(args="", image=None, **options):
    """dom0 with Debian's tools, and the store in its domain."""
    image = image or stub_domain()

    def edit(tree):
        lab.fdt_put(tree, MODULE, "compatible", "xen,xenstore-stubdom",
                    "multiboot,module", kind="s")
        lab.fdt_put(tree, MODULE, "reg", 0, AT, 0, os.path.getsize(image))
        lab.fdt_put(tree, MODULE, "bootargs", args, kind="s")

    return xl_lab.dom0(store="domain", edit=edit, files=((image, AT),),
                       **options)


def needed(d, command, what):
    """Output of @command, which must have @what in it."""
    text = d.ok(command)
    if what not in text:
        d.con.fail(f"'{command}' does not say '{what}' but: {text}")
    return text


@test(timeout=300)
def from_the_boot_on():
    """dom0 has its store before its user space runs, and no process for it;
    xl makes a guest with it and ends it."""
    with store_domain() as d:
        needed(d, "xenstore-read /tool/xenstored/domid", "1")
        needed(d, "xl list", "Xenstore")
        if "xenstored" in d.ok("ps"):
            d.con.fail("a process of dom0 is the store")
        for turn in (2, 3):
            d.ok(f"xl create -q {d.config('one', vcpus=2)}", timeout=90)
            d.up("one")
            needed(d, f"xenstore-read /local/domain/{turn}/name", "one")
            d.ok("xl destroy one")
            d.until("! xl list one")
            if d.run(f"xenstore-exists /local/domain/{turn}")[0] == 0:
                d.con.fail("what the guest owned is still there")


@test(timeout=200)
def wrong_module():
    """What is no stub domain is refused with what to do."""
    setup = {"edit": lambda tree: (
        lab.fdt_put(tree, MODULE, "compatible", "xen,xenstore-stubdom",
                    "multiboot,module", kind="s"),
        lab.fdt_put(tree, MODULE, "reg", 0, AT, 0, 4096))}
    with lab.boot(**setup) as con:
        con.fatal = None
        con.expect(r"store domain: the module at 0x5e000000 is no zImage.*"
                   r"load xenstore-stubdom there", timeout=60)


if __name__ == "__main__":
    lab.sys.exit(lab.main())
