#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The packages of `make deb`, unpacked into a domain 0 that has Debian's Xen
tools already; and docs/guest-guide/programs.md, done to the letter.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import lab
import xl_lab
from lab import full_test, test

TOP = os.path.abspath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", "..", ".."))
PAGE = os.path.join(TOP, "docs", "guest-guide", "programs.md")
TOOLS = "/usr/lib/xen-4.17-dra7"
BOOT = "usr/lib/xen/boot/xenstore-stubdom"
AT = 0x5e000000  # below dom0's kernel, in RAM that nobody uses


def page():
    """Of the page: the program, how it is compiled on the board and on this
    machine, and the pairs of what is typed and what comes."""
    with open(PAGE, encoding="ascii") as f:
        text = f.read()
    program = re.search(r"```c\n(.*?)```", text, re.S).group(1)
    blocks = [re.sub(r"^    ", "", b, flags=re.M)
              for b in re.findall(r"((?:^    .*\n)+)", text, re.M)]
    board = [b for b in blocks if b.startswith("gcc -o virq-handler ")]
    build = [b for b in blocks if b.startswith("dpkg-deb -x")]
    typed = [b for b in blocks if b.startswith("# ")]
    pairs = re.findall(r"^# (.*)\n((?:[^#].*\n)+)", typed[0], re.M)
    if len(board) != 1 or len(build) != 1 or len(pairs) < 3:
        raise lab.Failed(f"{PAGE} does not read as it did")
    return program, board[0], build[0], pairs


class Unpacked:
    """The files of all packages below root, and the program of the page."""

    def __init__(self, folder):
        self.folder, self.root = folder, os.path.join(folder, "root")
        subprocess.run(["make", "-s", "--no-print-directory", "-C", TOP,
                        "deb", f"O={os.path.abspath(lab.O)}"], check=True,
                       stdout=subprocess.DEVNULL)
        for deb in glob.glob(f"{lab.O}/deb/*.deb"):
            shutil.copy(deb, folder)
        program, board, build, self.pairs = page()
        with open(f"{folder}/virq-handler.c", "w", encoding="ascii") as f:
            f.write(program)
        # Only what the page says may be needed for it.
        subprocess.run(["sh", "-e", "-c", build], check=True, cwd=folder)
        self.as_on_board(board)
        for deb in glob.glob(f"{folder}/*.deb"):
            subprocess.run(["dpkg-deb", "-x", deb, self.root], check=True)

    def as_on_board(self, line):
        """The page's line for the board: what pkg-config says there is said
        of root here, for the compiler of this machine."""
        lib = f"{self.root}/usr/lib/arm-linux-gnueabihf"
        line = line.strip().replace("-o virq-handler ", "-o by-name ", 1)
        subprocess.run(["sh", "-e", "-c", f"arm-linux-gnueabihf-{line} "
                        f"-Wl,-rpath-link,{lib}"], check=True,
                       cwd=self.folder, env=os.environ | {
                           "PKG_CONFIG_LIBDIR": f"{lib}/pkgconfig",
                           "PKG_CONFIG_SYSROOT_DIR": self.root})

    def initrd(self):
        """Domain 0's with what the packages put where."""
        words = [f"{self.folder}/virq-handler=virq-handler",
                 f"{self.folder}/by-name=by-name/virq-handler"]
        for part in ("usr/lib/xen-4.17-dra7", "usr/lib/xen/boot",
                     "usr/lib/arm-linux-gnueabihf"):
            for folder, _, names in os.walk(os.path.join(self.root, part)):
                words += [f"{path}={os.path.relpath(path, self.root)}"
                          for path in (os.path.join(folder, n) for n in names)
                          if not path.endswith((".a", ".so", ".pc"))]
        out = os.path.join(self.folder, "initrd.gz")
        subprocess.run([os.path.join(TOP, "tools", "dev", "mkxl"), out] +
                       words, check=True)
        return out


def names(d):
    """`links` gives names to what has none; Debian's stay."""
    before = d.ok("readlink /usr/sbin/xenstored; ls /usr/sbin | wc -l")
    d.ok(f"{TOOLS}/links add")
    after = d.ok("readlink /usr/sbin/xenstored; ls /usr/sbin | wc -l")
    if before.split()[0] != after.split()[0] or "xen-common" not in after:
        d.con.fail(f"Debian's xenstored was {before}, is {after}")
    if "usage" not in d.ok("/usr/sbin/init-xenstore-domain -h"):
        d.con.fail("no name for init-xenstore-domain")
    d.ok(f"{TOOLS}/links remove")
    left = d.ok("readlink /usr/sbin/xenstored; ls /usr/sbin | wc -l")
    if left != before:
        d.con.fail(f"/usr/sbin was {before}, links leaves {left}")


def programs(d):
    """Each program starts, through the wrapper, with its libraries."""
    found = d.ok(f"ls {TOOLS}/bin").split()
    if len(found) < 5:
        d.con.fail(f"programs: {found}")
    d.ok("mkdir -p /tmp/w")
    for name in found:
        d.ok(f"ln -s {TOOLS}/wrapper /tmp/w/{name}")
        # xl's options are those of its commands.
        text = d.ok(f"/tmp/w/{name} {'help' if name == 'xl' else '-h'} 2>&1")
        if "sage" not in text:
            d.con.fail(f"{name} -h: {text}")


def other_hypervisor(d):
    """On Debian's the wrapper takes Debian's programs."""
    d.ok("cp -r /sys/hypervisor/version /tmp/v; echo .5 >/tmp/v/extra")
    d.ok("mount --bind /tmp/v /sys/hypervisor/version")
    code, text = d.run("/tmp/w/init-xenstore-domain -h 2>&1")
    if code == 0 or "install xen-utils-4.17" not in text:
        d.con.fail(f"the wrapper on another hypervisor: {code}: {text}")
    d.ok(f"ln -s {TOOLS}/wrapper /tmp/w/xentop")
    if "xentop" not in d.ok("/tmp/w/xentop -h 2>&1"):
        d.con.fail("the wrapper does not run Debian's xentop")
    d.ok("umount /sys/hypervisor/version")


@test(timeout=400)
def installed():
    """Names, programs, the wrapper, and a program compiled against the -dev
    package as the page has it."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Unpacked(folder)
        with xl_lab.dom0(initrd=unpacked.initrd()) as d:
            names(d)
            programs(d)
            other_hypervisor(d)
            d.ok(f"{TOOLS}/bin/init-xenstore-domain -c")
            for folder in ("/", "/by-name"):
                for typed, comes in unpacked.pairs:
                    _, text = d.run(f"cd {folder} && {typed} 2>&1")
                    if text.strip() != comes.strip():
                        d.con.fail(f"{folder}: {typed}: the page has "
                                   f"'{comes}', it says '{text}'")


@full_test(timeout=400)
def store_domain():
    """The image of the package as the store's domain, and its supervisor; the
    units' question is answered."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Unpacked(folder)
        image = f"{unpacked.root}/{BOOT}"

        def edit(tree):
            node = f"/chosen/module@{AT:x}"
            lab.fdt_put(tree, node, "compatible", "xen,xenstore-stubdom",
                        "multiboot,module", kind="s")
            lab.fdt_put(tree, node, "reg", 0, AT, 0, os.path.getsize(image))

        with xl_lab.dom0(store="domain", edit=edit, files=((image, AT),),
                         initrd=unpacked.initrd()) as d:
            code, text = d.run(f"{TOOLS}/bin/init-xenstore-domain -c 2>&1")
            if code != 1 or "domain 1 has the store" not in text:
                d.con.fail(f"init-xenstore-domain -c: {code}: {text}")
            d.ok(f"{TOOLS}/bin/xenstore-supervisor -p /run/sup.pid")
            d.until("kill -0 $(cat /run/sup.pid)", 20)


if __name__ == "__main__":
    sys.exit(lab.main())
