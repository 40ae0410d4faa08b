# SPDX-License-Identifier: GPL-2.0-only
"""Domain 0 with Debian's Xen tools, asked for one command after the other.

    with dom0() as d:
        d.ok("xl create -q /tmp/one")
        code, text = d.run("xl list")

XL_IMAGE in the environment is another hypervisor that the same tests run on:
debian is that of Debian's package xen-hypervisor-4.17-armhf. A test that wants
both says image=DEBIAN or image="xen" itself.
"""

import contextlib
import glob
import os
import re
import subprocess
import time

import lab
from lab import Failed

DEBIAN = os.path.join(lab.CACHE, "xen-hypervisor", "boot", "xen-4.17-armhf")
IMAGE = os.environ.get("XL_IMAGE", "xen")
OURS = IMAGE != "debian"
GUEST_LOG = "/var/log/xen/console/guest-{}.log"
# Lines of the hypervisor, which come between those of a command. Its log is
# on the same wire.
NOISE = re.compile(r"\(XEN\)[^\n]*\n?")
# Typed in pieces that the smallest receive buffer on the way holds.
PIECE = 64


def initrd():
    """The initrd with the tools, made when it is older than its sources."""
    out = os.path.join(lab.O, "xl.gz")
    top = os.path.join(os.path.dirname(__file__), "..", "..")
    lab.need("run tools/dev/deps xl", os.path.join(lab.CACHE, "xl"))
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    os.path.join(top, "tests", "xl"),
                    f"O={os.path.abspath(lab.O)}"], check=True)
    sources = [os.path.join(top, "dev", "mkxl")]
    sources += glob.glob(os.path.join(top, "dev", "xl", "*"))
    programs = glob.glob(os.path.join(lab.O, "xl", "*"))
    if not os.path.exists(out) or os.path.getmtime(out) < max(
            map(os.path.getmtime, sources + programs)):
        subprocess.run([sources[0], out] + [
            f"{path}=bin/{os.path.basename(path)}" for path in programs] + [
            f"{lab.O}/xl/mark=guest:bin/mark"], check=True)
    return out


class Dom0:
    """A booted domain 0 whose agent waits for commands."""

    def __init__(self, con):
        self.con = con
        self.number = 0

    def run(self, command, timeout=60):
        """Exit code and output of one shell command."""
        self.start(command)
        return self.finish(timeout)

    def start(self, command):
        """Only type it: for what wants to be talked to. See finish()."""
        self.number += 1
        line = f"{self.number} {command}\n"
        for i in range(0, len(line), PIECE):
            self.con.send(line[i:i + PIECE])
            if len(line) > PIECE:
                time.sleep(0.05)
        self.con.expect(f"<begin {self.number}>\n", timeout=30)

    def finish(self, timeout=60):
        got = self.con.expect(rf"(?s)(.*?)\n<end {self.number} (\d+)>\n",
                              timeout=timeout)
        return int(got.group(2)), NOISE.sub("", got.group(1))

    def ok(self, command, timeout=60):
        """Output of a command that must succeed."""
        code, text = self.run(command, timeout)
        if code:
            self.con.fail(f"'{command}' ended with {code}: {text}")
        return text

    def until(self, command, timeout=60):
        """Again and again, until it succeeds; its output."""
        end = time.monotonic() + timeout * lab.SLOW
        while True:
            code, text = self.run(command, timeout)
            if code == 0:
                return text
            if time.monotonic() > end:
                self.con.fail(f"{timeout} s and '{command}' still ends with "
                              f"{code}: {text}")
            time.sleep(0.5)

    def file(self, path, text):
        """Write a file of some short lines."""
        self.ok(f": > {path}")
        for line in text.strip().splitlines():
            self.ok(f"echo '{line.strip()}' >> {path}")

    def config(self, name, vcpus=1, memory=96, extra="test=shell", more=""):
        """The configuration of a guest with Debian's kernel; its path."""
        path = f"/tmp/{name}"
        lines = [f'name="{name}"', 'kernel="/guest/vmlinuz"',
                 'ramdisk="/guest/initrd.gz"', f"memory={memory}",
                 f"vcpus={vcpus}",
                 f'extra="console=hvc0 rdinit=/init {extra}"']
        self.file(path, "\n".join(lines + [more]))
        return path

    def up(self, name, timeout=120):
        """Wait until the guest is in user space; its line on its console."""
        log = GUEST_LOG.format(name)
        return self.until(f"grep -a 'guest: up' {log}", timeout)

    def talk(self, console):
        """The guest's shell answers on its console, and Ctrl-] leaves it."""
        self.start(f"tty {console}")
        self.con.send("\n")
        self.con.expect("# ", timeout=30)
        self.con.send("echo it is $((6 * 7))\n")
        self.con.expect("it is 42", timeout=30)
        self.con.send("\x1d")
        self.finish()

    def field(self, name):
        """One line of `xl info`, as text."""
        text = self.ok("xl info")
        found = re.search(rf"^{name}\s*: (.*)$", text, re.M)
        if not found:
            raise Failed(f"xl info has no {name}:\n{text}")
        return found.group(1)


@contextlib.contextmanager
def dom0(store="xenstored", **options):
    """Boot to the agent. @options are those of lab.Setup."""
    options.setdefault("mem", 1024)
    options.setdefault("initrd", initrd())
    options.setdefault("image", DEBIAN if not OURS else IMAGE)
    options.setdefault("xen_args", "console=dtuart dom0_mem=384M")
    options.setdefault("dom0_args", "console=hvc0 quiet rdinit=/init "
                       f"test=agent store={store}")
    if options["image"] == DEBIAN:
        lab.need("run tools/dev/deps bench", DEBIAN)
    with lab.boot(**options) as con:
        con.expect("dom0: ready", "<agent>\n", timeout=150)
        yield Dom0(con)
