#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The packages of `make deb`, installed by apt into a Debian for armhf that
is domain 0, and started by its systemd.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

import debian_lab
import lab
import xl_lab
from lab import full_test

BINARIES = "/usr/lib/xen-4.17-dra7/bin"
LIB = "/usr/lib/arm-linux-gnueabihf"
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


def guest(d):
    """Made and ended by xl; its console is in the log that
    /etc/default/xen-dra7 asks for."""
    log = xl_lab.GUEST_LOG.format("one")
    d.file("/etc/xen/one.cfg", CFG)
    d.ok("xl create -q /etc/xen/one.cfg", timeout=120)
    d.until(f"grep -a 'guest: up' {log}", timeout=120)
    needed(d, "xl list", "Domain-0", "one")
    d.ok("xl destroy one")
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
        states(d, *as_told)


@full_test(timeout=4500)
def debian():
    """Installed in a Debian root: libraries, units, the store as a process,
    a guest."""
    with debian_lab.disk() as root, \
            tempfile.TemporaryDirectory(prefix="lab-", dir=lab.O) as folder:
        count = media(folder)
        with_the_daemon(root, folder, count)


if __name__ == "__main__":
    sys.exit(lab.main())
