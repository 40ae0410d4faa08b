#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Our xl in domain 0, with each store; on Debian's hypervisor, too, with
XL_IMAGE=debian."""

import json
import os
import re
import subprocess
import sys

import lab
import store
import xl_lab
from lab import full_test, test
from xl_lab import GUEST_LOG

XL = "/ours/xl"
lab.TESTS.clear()  # those of store.py run there


def words():
    """Our xl, what it needs and xenconsoled, for mkxl."""
    tools = os.path.join(lab.O, "tools")
    names = ("xl", "xenconsole", "xenconsoled")
    lab.need("run make dist-tools", *[f"{tools}/bin/{n}" for n in names])
    return [f"{tools}/bin/{n}=ours/{n}" for n in names] + [
        f"{tools}/lib/{n}=usr/lib/arm-linux-gnueabihf/{n}"
        for n in os.listdir(f"{tools}/lib") if n.endswith(".so.1")]


def initrd():
    """That of store.py, with our xl in it."""
    out = os.path.join(lab.O, "ourxl.gz")
    subprocess.run([os.path.join(store.TOP, "tools", "dev", "mkxl"), out] +
                   words(), check=True)
    return out


def rows(d, command):
    """What a command lists, by --json."""
    text = d.ok(f"{XL} {command} --json")
    try:
        return json.loads(text)
    except ValueError as e:
        d.con.fail(f"xl {command} --json is none ({e}):\n{text}")


def named(d, name):
    """The row of a domain, or None."""
    found = [r for r in rows(d, "list") if r["name"] == name]
    return found[0] if found else None


def fails(d, command, code, *words):
    """It must end with @code and say all the words."""
    got, text = d.run(f"{XL} {command}")
    missing = [w for w in words if w not in text]
    if got != code or missing:
        d.con.fail(f"xl {command}: ended with {got}, not {code}, and does not "
                   f"say {missing}:\n{text}")


def gone(d, name):
    """Neither we nor the store know it, and no process waits for it."""
    d.until(f"! {XL} domid {name} 2>/dev/null")
    for path in ("/vm", "/libxl", "/local/domain/0/backend/vbd",
                 "/local/domain/0/backend/vif"):
        left = d.run(f"xenstore-list {path} 2>/dev/null")[1].strip()
        if left:
            d.con.fail(f"{path} has left-overs: {left}")
    d.until("! ps | grep -v grep | grep -q '/[o]urs/xl create'")


def life(d):
    """What each command does to a guest, from create to destroy."""
    path = d.config("one", vcpus=2)
    d.ok(f"{XL} create -q -p {path}", timeout=120)
    row = named(d, "one")
    if "p" not in row["state"] or row["mem_mib"] != 96:
        d.con.fail(f"after create -p: {row}")
    d.ok(f"{XL} unpause one")
    d.up("one")
    vcpus = rows(d, "vcpu-list one")
    if len(vcpus) != 2 or vcpus[0]["hard"] != "all":
        d.con.fail(f"two vCPUs anywhere are expected: {vcpus}")
    d.ok(f"{XL} vcpu-pin one 1 1")
    if rows(d, "vcpu-list one")[1]["hard"] != "1":
        d.con.fail("vcpu-pin has no effect")
    fails(d, "vcpu-pin one 9 0", 1, "domain", "xc_vcpu_setaffinity")
    d.ok(f"{XL} pause one")
    if "p" not in named(d, "one")["state"]:
        d.con.fail("pause has no effect")
    d.ok(f"{XL} unpause one")
    d.ok(f"{XL} rename one two; {XL} domid two; {XL} rename two one")
    config = json.loads(d.ok(f"{XL} list -l one"))[0]["config"]
    if config["b_info"]["max_vcpus"] != 2:
        d.con.fail(f"list -l: {config}")
    d.talk(f"{XL} console one")
    as_debians(d)
    resources(d)
    fails(d, f"create -q {path}", 3, "has the name")
    reboot(d)
    d.ok(f"{XL} shutdown -w one", timeout=90)
    gone(d, "one")
    d.ok(f"{XL} create -q {path}", timeout=120)
    d.ok(f"{XL} destroy one")
    gone(d, "one")
    fails(d, f"create -q {path} memory=4000", 3, "domain ", "ask for less")
    gone(d, "one")
    same_rights(d)
    fails(d, "destroy one", 1, "one is an invalid domain identifier")


# What both tools say to the letter, but for times.
SAME = ("list", "list one", "list -v", "vcpu-list", "vcpu-list one",
        "cpupool-list", "cpupool-list -c", "vm-list", "domid one",
        "domname 1", "domname 77", "domid none", "list 77", "info",
        "vcpu-set one 99")
SAME_OURS = ("sched-credit", "sched-credit -s", "sched-credit -d one")


def as_debians(d):
    """Our commands against those of Debian's xl, on the same guest."""
    def said(xl, command):
        code, text = d.run(f"{xl} {command} 2>&1")
        # The vCPU that runs is the one of whoever asks.
        text = re.sub(r" +\d+\.\d\b", " T", text)
        text = re.sub(r"(?m)(\d) +(\d|-) +[r-][b-][p-] ", r"\1 C S ", text)
        text = re.sub(r" [r-][b-]---- ", " S ", text)
        return code, re.sub(r"(free_memory +: )\d+", r"\1N", text).rstrip()

    for command in SAME + (SAME_OURS if xl_lab.OURS else ()):
        debians, ours = said("xl", command), said(XL, command)
        if debians != ours:
            d.con.fail(f"xl {command}: Debian's {debians}\nours {ours}")


NODE = r"^(/\S+) = .*?\((\S+)\)$"


def rights_of(d, xl, path):
    """Who may do what with the nodes of a domain that @xl makes."""
    d.ok(f"{xl} create -q -p -e {path}", timeout=120)
    domid = d.ok("xl domid rights").strip()
    found = {}
    for node, perms in re.findall(NODE, d.ok("xenstore-ls -fp"), re.M):
        if re.search(rf"^/(local/domain|libxl)/{domid}(/|$)|/{domid}/\d", node):
            found[re.sub(rf"/{domid}(/|$)", r"/D\1", node)] = \
                re.sub(rf"([nrwb]){domid}\b", r"\1D", perms)
    d.ok("xl destroy rights")
    return found


def same_rights(d, more=""):
    """A guest may do to its nodes what it may do to those of Debian's xl."""
    path = d.config("rights", more=more)
    theirs, ours = (rights_of(d, xl, path) for xl in ("xl", XL))
    both = sorted(set(theirs) & set(ours))
    # The MTU is written by the bridge's script here, and for the guest only.
    other = [f"{n}: {theirs[n]}, ours {ours[n]}" for n in both
             if theirs[n] != ours[n] and not n.endswith("/vif/0/mtu")]
    if len(both) < 40 or other:
        d.con.fail(f"{len(both)} nodes; with other rights:\n" +
                   "\n".join(other))


def resources(d):
    """Memory and vCPUs go and come back; a weight is kept."""
    d.ok(f"{XL} mem-set one 80")
    d.until(f"{XL} list one | grep -q ' 80  '", timeout=60)
    d.ok(f"{XL} mem-set one 96m")
    d.until(f"{XL} list one | grep -q ' 96  '", timeout=60)
    fails(d, "mem-set one 97", 1, "domain", "96 MiB")
    d.ok(f"{XL} vcpu-set one 1")
    d.until(f"[ $({XL} vcpu-list one | grep -c -- '--p') = 1 ]")
    # It is told that it may have the other one again; its udev does it.
    d.ok(f"{XL} vcpu-set one 2")
    d.ok("xenstore-ls /local/domain/$(xl domid one)/cpu | "
         "grep -c '\"online\"' | grep -qx 2")
    if not xl_lab.OURS:
        return
    d.ok(f"{XL} sched-credit -d one -w 512 -c 150")
    row = rows(d, "sched-credit -d one")[0]
    if (row["weight"], row["cap"]) != (512, 150):
        d.con.fail(f"sched-credit has no effect: {row}")
    fails(d, "sched-credit -d one -c 201", 1, "from 0 to 200")
    d.ok(f"{XL} sched-credit -d one -w 256 -c 0")
    domid = named(d, "one")["domid"]
    for name, handler in (("one", domid), ("Domain-0", 0)):
        d.ok(f"{XL} virq-set VIRQ_ENOMEM {name}")
        rows_now = {r["name"]: r["handler"] for r in rows(d, "virq-list")}
        if rows_now["enomem"] != handler:
            d.con.fail(f"virq-set has no effect: {rows_now}")
    fails(d, "virq-set timer one", 1, "timer is no VIRQ")


def reboot(d):
    """The guest comes back, as another domain with the same UUID."""
    before = named(d, "one")["domid"]
    uuid = d.ok(f"xenstore-read /local/domain/{before}/vm")
    log = GUEST_LOG.format("one")
    d.ok(f": > {log}; {XL} reboot one")
    d.until(f"{XL} domid one | grep -vqx {before}", timeout=90)
    d.up("one")
    after = named(d, "one")["domid"]
    if d.ok(f"xenstore-read /local/domain/{after}/vm") != uuid:
        d.con.fail("the restart has another UUID")


def host(d):
    """Commands about the host, and those that are called wrongly."""
    text = d.ok(f"{XL} info -n")
    for word in ("nr_cpus                : 2", "xen_major              : 4",
                 "cpu_topology", "xen_scheduler"):
        if word not in text:
            d.con.fail(f"xl info -n does not say '{word}':\n{text}")
    if not rows(d, "cpupool-list")[0]["name"] == "Pool-0":
        d.con.fail("there is no Pool-0")
    d.ok(f"{XL} debug-keys h; {XL} dmesg | grep -q h")
    d.ok(f"{XL} uptime; {XL} vm-list; {XL} help; {XL} help -l")
    fails(d, "pause", 2, "requires at least 1 argument")
    fails(d, "nothing", 1, "nothing")
    fails(d, "list 77", 1, "Domain '77' does not exist")
    fails(d, "create -q /tmp/none", 3, "Failed to read config file",
          "No such file")
    d.ok("mv /dev/xen/privcmd /tmp; mount -t tmpfs none /proc/xen")
    fails(d, "list", 1, "xc_interface_open", "run it as root in domain 0")
    d.ok("mv /tmp/privcmd /dev/xen; umount /proc/xen")
    if not xl_lab.OURS:
        fails(d, "virq-list", 1, "does not tell")
        return
    handlers = {r["name"]: r["handler"] for r in rows(d, "virq-list")}
    if handlers["console"] != 0:
        d.con.fail(f"VIRQ_CONSOLE is not domain 0's: {handlers}")


@full_test(timeout=600)
def xl_xenstored():
    """A guest's whole life, with Debian's xenstored."""
    with xl_lab.dom0(initrd=initrd()) as d:
        host(d)
        life(d)


@test(timeout=600)
def xl_store_domain():
    """The same, with the store in a domain of its own."""
    with store.store_domain(initrd=initrd()) as d:
        life(d)
        for command in ("pause", "shutdown -w", "reboot", "destroy"):
            fails(d, f"{command} Xenstore", 1, "domain 1 has the store")


@full_test(timeout=400)
def xl_ends():
    """What on_poweroff= and on_reboot= tell is done."""
    with xl_lab.dom0(initrd=initrd()) as d:
        path = d.config("one", more='on_poweroff="preserve"\n'
                        'on_reboot="rename-restart"')
        d.ok(f"{XL} create -q {path}", timeout=120)
        d.up("one")
        d.ok("sleep 6; : > " + GUEST_LOG.format("one"))
        d.ok(f"{XL} reboot one")
        d.until(f"{XL} domid one-1", timeout=90)
        d.until(f"{XL} domid one", timeout=90)
        if "s" not in named(d, "one-1")["state"]:
            d.con.fail("the one that was set aside runs")
        d.ok(f"{XL} destroy one-1")
        d.up("one")
        d.ok(f"{XL} shutdown -w one", timeout=90)
        d.until("! ps | grep -v grep | grep -q '/[o]urs/xl create'")
        if named(d, "one")["state"][3] != "s":
            d.con.fail("it is not preserved")
        d.ok(f"{XL} destroy one")
        gone(d, "one")
        path = d.config("two")
        fails(d, f"create -q {path} 'kernel=\"/guest/initrd.gz\"'", 3,
              "domain ", "zImage")
        gone(d, "two")


@full_test(timeout=400)
def xl_devices():
    """Noise to a disk and back, through the network and an emulated UART;
    then neither nodes nor loop devices are left."""
    with xl_lab.dom0(initrd=initrd(), mem=1536) as d:
        d.ok("brctl addbr xenbr0; ip addr add 192.168.7.1/24 dev xenbr0; "
             "ip link set xenbr0 up; truncate -s 4M /tmp/disk.img")
        path = d.config("disk", extra="test=disk:4", more=(
            'disk=["file:/tmp/disk.img,xvda,w"]\n'
            'vif=["bridge=xenbr0"]\nvuart="sbsa_uart"'))
        d.ok(f"{XL} create -q {path}", timeout=120)
        d.until(f"grep -a 'disk read' {GUEST_LOG.format('disk')}",
                timeout=240)
        d.ok("ls /sys/class/net/xenbr0/brif | grep -q vif1.0")
        d.ok("grep -q disk.img /sys/block/loop*/loop/backing_file")
        d.ok("xenstore-exists /local/domain/1/vuart/0/tty")
        d.ok(f"{XL} destroy disk", timeout=60)
        gone(d, "disk")
        d.until("! ls /sys/class/net/xenbr0/brif | grep vif")
        d.until("! grep disk.img /sys/block/loop*/loop/backing_file")
        same_rights(d, 'disk=["file:/tmp/disk.img,xvda,w"]\n'
                    'vif=["bridge=xenbr0"]\nvuart="sbsa_uart"')
        path = d.config("bad", more='disk=["phy:/dev/none,xvda,w"]')
        fails(d, f"create -q {path}", 3, "/dev/none: No such file")
        # A device that is none for the script: then all is undone.
        path = d.config("bad", more='disk=["phy:/dev/null,xvda,w"]')
        fails(d, f"create -q {path}", 3, "domain 4: vbd 51712: ")
        gone(d, "bad")


if __name__ == "__main__":
    sys.exit(lab.main())
