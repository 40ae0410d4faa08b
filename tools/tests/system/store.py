#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The store in a domain of its own: started by the hypervisor from a boot
module, used by Debian's unmodified kernel and tools.
"""

import os
import subprocess

import lab
import xl_lab
from lab import full_test, test

TOP = os.path.dirname(os.path.abspath(__file__)) + "/../../.."
AT = 0x5e000000         # below dom0's kernel, in RAM that nobody uses
MODULE = f"/chosen/module@{AT:x}"


def stub_domain():
    path = os.path.join(lab.O, "stubdom", "xenstore-stubdom")
    lab.need("run make dist-stubdom", path)
    return path


def module(args="", image=None):
    """Options of lab.boot() for a hypervisor that starts the store domain."""
    image = image or stub_domain()

    def edit(tree):
        lab.fdt_put(tree, MODULE, "compatible", "xen,xenstore-stubdom",
                    "multiboot,module", kind="s")
        lab.fdt_put(tree, MODULE, "reg", 0, AT, 0, os.path.getsize(image))
        lab.fdt_put(tree, MODULE, "bootargs", args, kind="s")

    return {"edit": edit, "files": ((image, AT),)}


def store_domain(args="", image=None, **options):
    """dom0 with Debian's tools, and the store in its domain."""
    return xl_lab.dom0(store="domain", **module(args, image), **options)


OURS = ("xenconsoled", "xenconsole", "xenstore-supervisor",
        "init-xenstore-domain")


def with_our_tools():
    """An initrd as xl_lab's, with programs and libraries of ours besides."""
    tools, out = os.path.join(lab.O, "tools"), os.path.join(lab.O, "ours.gz")
    lab.need("run make dist-tools", *[f"{tools}/bin/{p}" for p in OURS])
    words = [f"{tools}/bin/{p}=ours/{p}" for p in OURS]
    for name in os.listdir(f"{tools}/lib"):
        if name.endswith(".so.1"):
            words.append(f"{tools}/lib/{name}="
                         f"usr/lib/arm-linux-gnueabihf/{name}")
    subprocess.run([os.path.join(TOP, "tools", "dev", "mkxl"), out] + words +
                   [f"{stub_domain()}=ours/xenstore-stubdom"], check=True)
    return out


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
        if "xenstored" in needed(d, "ps", "xenconsoled"):
            d.con.fail("a process of dom0 is the store")
        for turn in (2, 3):
            d.ok(f"xl create -q {d.config('one', vcpus=2)}", timeout=90)
            d.up("one")
            needed(d, f"xenstore-read /local/domain/{turn}/name", "one")
            d.ok("xl destroy one")
            d.until("! xl list one")
            if d.run(f"xenstore-exists /local/domain/{turn}")[0] == 0:
                d.con.fail("what the guest owned is still there")


@full_test(timeout=300)
def started_again():
    """Its image is loaded over the old one while it runs: id, content and
    clients stay, and guests are made and ended with it."""
    with store_domain(initrd=with_our_tools()) as d:
        d.ok("/ours/xenstore-supervisor -i /ours/xenstore-stubdom "
             "-p /run/super.pid 2>/tmp/super.log")
        d.until("test -s /run/super.pid")
        d.ok("xenstore-write /test/kept 'a value'")
        d.ok(f"xl create -q {d.config('one')}", timeout=90)
        d.up("one")
        for turn in range(1, 6):
            d.ok("kill -HUP $(cat /run/super.pid)")
            d.until(f"grep -q 'number {turn}' /tmp/super.log", timeout=30)
            needed(d, "xenstore-read /test/kept", "a value")
            d.ok(f"xenstore-write /test/turn {turn}")
            needed(d, "xenstore-ls /test", f'turn = "{turn}"')
            needed(d, "xl list", "Xenstore")
        print(d.ok("cat /tmp/super.log"))
        d.ok("xl destroy one")
        d.until("! xenstore-exists /local/domain/2")
        d.ok(f"xl create -q {d.config('two')}", timeout=90)
        d.up("two")
        d.ok("xl shutdown -w two", timeout=60)


@full_test(timeout=300)
def from_domain_0():
    """init-xenstore-domain hands domain 0's store over before anything has
    used it, and refuses afterwards; xl makes a guest with it. The same on
    Debian's hypervisor, with XL_IMAGE=debian."""
    with xl_lab.dom0(store="/ours/init-xenstore-domain",
                     initrd=with_our_tools(),
                     xen_args="console=dtuart dom0_mem=384M"
                     + ("" if xl_lab.OURS else " xsm=dummy")) as d:
        domid = int(d.ok("xenstore-read /tool/xenstored/domid"))
        if domid not in (1, 2):
            d.con.fail(f"the store is in domain {domid}")
        if "xenstored" in needed(d, "ps", "xenconsoled"):
            d.con.fail("a process of dom0 is the store")
        # What Linux asks for at once, by relative paths.
        needed(d, "xenstore-ls /local/domain/0/control", "feature-poweroff")
        code, text = d.run("/ours/init-xenstore-domain "
                           "-i /ours/xenstore-stubdom 2>&1")
        if code == 0 or "already" not in text:
            d.con.fail(f"a second store domain: exit {code}: {text}")
        d.ok(f"xl create -q {d.config('one')}", timeout=90)
        d.up("one")
        d.ok("xl destroy one")
        d.until(f"! xenstore-exists /local/domain/{domid + 1}")


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
