#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The packages of `make deb`, installed by apt into a Debian for armhf that
is domain 0, and started by its systemd.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import debian_lab
import lab
import rsp
import store_kill
import store_lab
import xl_lab
from lab import full_test

lab.TESTS.clear()       # those of store_kill.py run there

BINARIES = "/usr/lib/xen-4.17-dra7/bin"
LIB = "/usr/lib/arm-linux-gnueabihf"
AT = 0x5e000000  # below dom0's kernel, in RAM that nobody uses
MIB = 1 << 20
CFG = """name="one"
kernel="/media/guest/vmlinuz"
ramdisk="/media/guest/initrd.gz"
memory=96
extra="console=hvc0 rdinit=/init test=shell"
"""


def media(folder):
    """The packages, and a guest; how many packages there are."""
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    debian_lab.TOP, "deb", f"O={os.path.abspath(lab.O)}"],
                   check=True, stdout=subprocess.DEVNULL)
    debs = glob.glob(f"{lab.O}/deb/*.deb")
    for deb in debs:
        shutil.copy(deb, folder)
    with open(xl_lab.initrd(), "rb") as f:
        unpacked = subprocess.run(["gzip", "-dc"], check=True, stdin=f,
                                  stdout=subprocess.PIPE).stdout
    subprocess.run(["cpio", "--quiet", "-id", "guest/*"], cwd=folder,
                   check=True, input=unpacked)
    lab.need("tools/dev/mkxl makes no guest", f"{folder}/guest/vmlinuz")
    return len(debs)


def needed(d, command, *words, timeout=60):
    """Output of @command, which must say all the words."""
    text = d.ok(command, timeout)
    for word in words:
        if word not in text:
            d.con.fail(f"'{command}' does not say '{word}' but: {text}")
    return text


def states(d, *units):
    """Each (unit, state) is as told, and no unit has failed."""
    for unit, want in units:
        _, text = d.run(f"systemctl is-active {unit}")
        if text.strip() != want:
            d.con.fail(f"{unit} is {text.strip()}, not {want}: " +
                       d.run(f"systemctl status {unit}")[1])
    failed = d.ok("systemctl --failed --no-legend").strip()
    if failed:
        d.con.fail(f"systemctl --failed: {failed}")


def installs(d, count):
    """By apt, which finds all that they depend on there."""
    log = "/tmp/apt.log"
    code, _ = d.run("apt-get -q -y install /media/*.deb "
                    f">{log} 2>&1", timeout=600)
    if code:
        d.con.fail("apt-get install: " + d.ok(f"tail -n 30 {log}"))
    listed = d.ok("dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | "
                  "grep -E 'dra7|xenstore-stubdom'").split("\n")
    good = [line for line in listed if line.startswith("ii ")]
    if len(good) != count or d.ok("dpkg --audit").strip():
        d.con.fail(f"{count} packages are wanted, dpkg has {listed}")


def libraries(d):
    """Ours and Debian's are both there and found; nothing that is linked
    with ours misses one; the two -dev packages exclude each other."""
    cache = d.ok("/sbin/ldconfig -p | grep libxen")
    for name in ("libxenctrl-dra7.so.1", "libxenctrl.so.4.17",
                 "libxenstore-dra7.so.1", "libxenstore.so.4"):
        if name not in cache:
            d.con.fail(f"ldconfig knows no {name}: {cache}")
    code, text = d.run(f"ldd {BINARIES}/* {LIB}/libxen*-dra7.so.1 | "
                       "grep 'not found'")
    if code != 1:
        d.con.fail(f"libraries are missing: {text}")
    code, text = d.run("dpkg -i /opt/libxen-dev.deb 2>&1")
    if code == 0 or "libxen-dra7-dev conflicts with libxen-dev" not in text:
        d.con.fail(f"libxen-dev is installed, too: {code}: {text}")


def of_unit(d, unit, field):
    return d.ok(f"systemctl show -p {field} --value {unit}").strip()


def again(d, unit, before):
    """The unit runs, and is not the process that it was."""
    d.until(f"systemctl is-active -q {unit} && test "
            f"$(systemctl show -p MainPID --value {unit}) != {before}")


def guest(d):
    """Made and ended by xl, and by the unit for guests; its console is in
    the log that /etc/default/xen-dra7 asks for."""
    log = xl_lab.GUEST_LOG.format("one")
    d.file("/etc/xen/one.cfg", CFG)
    d.ok("xl create -q /etc/xen/one.cfg", timeout=120)
    d.until(f"grep -a 'guest: up' {log}", timeout=120)
    needed(d, "xl list", "Domain-0", "one")
    d.ok("xl destroy one")
    d.until("! xl domid one 2>/dev/null")
    by_its_unit(d, log)


def by_its_unit(d, log):
    """Stopped with the unit, and with nothing else; that it has ended before
    is no failure."""
    unit = "xendomains@one"
    d.ok(f"rm {log}; systemctl restart xenconsoled")
    d.ok(f"systemctl start {unit}", timeout=120)
    d.until(f"grep -a 'guest: up' {log}", timeout=120)
    domid = d.ok("xl domid one")
    before = of_unit(d, "xenconsoled", "MainPID")
    d.ok(f"kill -KILL {before}")
    again(d, "xenconsoled", before)
    d.ok("systemctl restart xenconsoled")
    if d.ok("xl domid one") != domid:
        d.con.fail("xenconsoled is another, and so is the guest")
    d.ok(f"systemctl stop {unit}", timeout=150)
    if d.run("xl domid one 2>/dev/null")[0] == 0:
        d.con.fail(f"{unit} is stopped and its guest is not")
    d.ok(f"systemctl start {unit}", timeout=120)
    d.ok("xl destroy one")
    d.ok(f"systemctl stop {unit}")
    states(d, (unit, "inactive"))


def handlers(d):
    """Which domain has which global VIRQ, as `xl virq-list` tells."""
    rows = json.loads(d.ok("xl virq-list --json"))
    return {row["name"]: row["handler"] for row in rows}


def daemon_again(d):
    """Stopped and started, restarted, killed: the store has what it had, and
    a guest that was there before is made to end by what the store is told."""
    d.ok("xenstore-write /test/kept 'a value'")
    d.ok("xl create -q /etc/xen/one.cfg", timeout=120)
    for command in ("systemctl stop xenstored && systemctl start xenstored",
                    "systemctl restart xenstored",
                    "kill -KILL $(cat /run/xenstored.pid)"):
        before = of_unit(d, "xenstored", "MainPID")
        d.ok(command)
        again(d, "xenstored", before)
        d.until("test \"$(timeout 5 xenstore-read /test/kept)\" = 'a value'")
    d.until(f"grep -a 'guest: up' {xl_lab.GUEST_LOG.format('one')}", 120)
    d.ok("xl shutdown -w one", timeout=120)
    d.until("! xl domid one 2>/dev/null")


def with_the_daemon(root, folder, count):
    """Install, and start the units without another boot."""
    with debian_lab.dom0(root, media=folder) as d:
        installs(d, count)
        libraries(d)
        d.ok("echo XENCONSOLED_ARGS=--log=guest >/etc/default/xen-dra7")
        d.ok("systemctl start xenstored xenconsoled xenstore-supervisor")
        as_told = (("xenstored", "active"), ("xenconsoled", "active"),
                   ("xenstore-supervisor", "inactive"))
        states(d, *as_told)
        guest(d)
        daemon_again(d)
        states(d, *as_told)
        debian_lab.power_off(d)


def with_the_domain(root, folder):
    """Boot the hypervisor and the store's domain that were installed, with
    the units that the package has enabled."""
    gdb = f"{folder}/gdb"
    debian_lab.check(root)
    image = debian_lab.read(root, "/boot/xen-4.17-dra7-armhf",
                            f"{folder}/xen")
    stub = debian_lab.read(root, "/usr/lib/xen/boot/xenstore-stubdom",
                           f"{folder}/stubdom")

    def edit(tree):
        node = f"/chosen/module@{AT:x}"
        lab.fdt_put(tree, node, "compatible", "xen,xenstore-stubdom",
                    "multiboot,module", kind="s")
        lab.fdt_put(tree, node, "reg", 0, AT, 0, os.path.getsize(stub))

    with debian_lab.dom0(root, media=folder, image=image, edit=edit,
                         files=((stub, AT),),
                         extra=rsp.words(gdb)) as d:
        as_told = (("xenstored", "inactive"), ("xenconsoled", "active"),
                   ("xenstore-supervisor", "active"))
        states(d, *as_told)
        no_second_store(d)
        needed(d, "xl list", "Domain-0", "Xenstore")
        if handlers(d)["dom_exc"] != 1:
            d.con.fail(f"domain 1 has not VIRQ_DOM_EXC: {handlers(d)}")
        guest(d)
        recovery(d, gdb)
        guest(d)
        states(d, *as_told)
        removes(d)
        debian_lab.power_off(d)
    debian_lab.check(root)


def told(d, unit, text):
    """The unit, or systemd of it, says so since the last boot."""
    d.until(f"journalctl -b -u {unit} | grep -q '{text}'")


def crash(d, path):
    """The store is stopped by a debugger and goes on at an address that
    cannot be executed; seconds to the next answer."""
    d.ok("(while xenstore-read /test/kept && sleep 0.1; do :; done) "
         ">/tmp/load.log 2>&1 & echo $! >/run/load.pid")
    killer = store_kill.Killer(d.con, path, store_lab.Program())
    killer.die()
    gap = killer.answered()
    killer.close()
    return gap


def recovery(d, path):
    """The store crashes; who watches over it is killed, stopped, asked for
    another image. Each time the store has what it had."""
    unit = "xenstore-supervisor"
    kept = ("xenstore-read /test/kept", "a value")
    d.ok("xenstore-write /test/kept 'a value'")
    gap = crash(d, path)
    told(d, unit, "domain 1 crashed: started again, number 1,")
    print(f"the installed store's crash: an answer after {gap * 1000:.0f} ms")
    needed(d, *kept)
    # The loop of requests has ended at none of them.
    d.ok("kill $(cat /run/load.pid) && "
         "! grep -v -x 'a value' /tmp/load.log")

    d.ok(f"systemctl reload {unit}")
    told(d, unit, "started again, number 2,")
    needed(d, *kept)

    before = of_unit(d, unit, "MainPID")
    d.ok(f"kill -KILL {before}")
    again(d, unit, before)
    d.ok(f"systemctl stop {unit}")
    needed(d, *kept)
    d.ok(f"systemctl start {unit}")
    needed(d, *kept)


def no_second_store(d):
    """Neither a start nor a restart of the other unit makes a daemon, and
    both tell why."""
    for verb in ("start", "restart"):
        before = d.ok("date +%s.%N").strip()
        d.ok(f"systemctl {verb} xenstored")
        states(d, ("xenstored", "inactive"))
        d.until(f"journalctl --since=@{before} -u xenstored | "
                "grep -q 'domain 1 has the store already'")
    if d.run("pgrep -x xenstored")[0] == 0:
        d.con.fail("a process of domain 0 is the store, too")


def removes(d):
    """Nothing of ours stays but what was written meanwhile."""
    d.ok("apt-get -q -y purge '~nlibxen-dra7' '~nxen-.*dra7' "
         "xenstore-stubdom >/tmp/apt.log 2>&1", timeout=300)
    left = d.ok("find / -xdev -name '*dra7*' -not -path '/tmp/*' "
                "-not -path '/usr/lib/modules/*'", 120)
    links = d.run("find /usr/sbin -lname '*dra7*'")[1]
    if (left + links).strip() not in ("", "/etc/default/xen-dra7"):
        d.con.fail(f"purge leaves: {left}{links}")
    needed(d, "xenstore-read /test/kept", "a value")


@full_test(timeout=4500)
def debian():
    """Installed in a Debian root: the store as a process and, after the next
    boot, in its domain; guests, recovery, removal."""
    with debian_lab.disk() as root, \
            tempfile.TemporaryDirectory(prefix="lab-", dir=lab.O) as folder:
        count = media(folder)
        with_the_daemon(root, folder, count)
        with_the_domain(root, folder)


if __name__ == "__main__":
    sys.exit(lab.main())
