# SPDX-License-Identifier: GPL-2.0-only
"""What the tests that kill the store share: its program as it was built, its
state as a debugger sees it, and a machine with clients that know what every
answer has to be.
"""

import contextlib
import os
import re
import shutil
import struct
import subprocess
import tempfile

import lab
import rsp
import store
from lab import Failed

TOP = store.TOP
WINDOWS = 0x48000000    # tools/stubdom/layout.h: the ring of slot 0
STATE = 0x40100000
PAGE = 4096
RING = 1                # enum conn_kind
SEND_REPLY = 1          # enum sending
AWAY = 0x1f8000         # of a test guest, from where the store's code is
BRANCH = 0xea000000     # b, to the instruction two and so many behind it
ZIMAGE_MAGIC = 0x016f2818
FIELDS = ("kind", "cons", "in_start", "sending", "reply_len")

def compiled_offsets():
    """Of struct store's .conns, the size of a conn, and its FIELDS."""
    text = ('#include <stddef.h>\n#include "core.h"\n'
            "const unsigned int o[] = { offsetof(struct store, conns), "
            "sizeof(struct conn)," +
            ",".join(f"offsetof(struct conn, {f})" for f in FIELDS) + "};")
    with tempfile.TemporaryDirectory() as tmp:
        obj, raw = os.path.join(tmp, "o.o"), os.path.join(tmp, "o")
        subprocess.run(
            ["arm-none-eabi-gcc", "-march=armv7-a", "-fno-short-enums",
             "-ffreestanding", f"-I{TOP}/tools/xenstored",
             f"-I{TOP}/xen/include", "-xc", "-c", "-o", obj, "-"],
            input=text, text=True, check=True)
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "-j",
                        ".rodata", obj, raw], check=True)
        with open(raw, "rb") as f:
            data = f.read()
    return struct.unpack(f"<{len(data) // 4}I", data)


class Program:
    """The store's image: functions and instructions."""

    def __init__(self):
        elf = store.stub_domain() + ".elf"
        text = subprocess.run(["arm-none-eabi-objdump", "-d", elf], check=True,
                              text=True, capture_output=True).stdout
        self.functions, self.insns, self.of, self.calls = {}, {}, {}, {}
        name = None
        for line in text.splitlines():
            head = re.match(r"([0-9a-f]{8}) <(\w+)>:", line)
            if head:
                name = head.group(2)
                self.functions[name] = int(head.group(1), 16)
                continue
            insn = re.match(r"([0-9a-f]{8}):\t([0-9a-f ]+)\t(\S+)(.*)", line)
            if insn and not insn.group(3).startswith("."):
                at = int(insn.group(1), 16)
                self.of[at] = name
                self.insns[at] = (len(insn.group(2).replace(" ", "")) // 2,
                                  insn.group(3))
                callee = re.search(r"<(\w+)>", insn.group(4))
                if insn.group(3) == "bl" and callee:
                    self.calls[at] = callee.group(1)
        self.first, self.end = min(self.insns), max(self.insns) + 4

    def where(self, name, what):
        """Address of the first instruction @what in a function."""
        for at, (_, word) in sorted(self.insns.items()):
            if self.of[at] == name and word == what:
                return at
        raise Failed(f"{name} has no {what}")

    def returns(self, caller, callee):
        """Where @caller goes on after its calls of @callee."""
        return [self.after(at) for at, name in self.calls.items()
                if name == callee and self.of[at] == caller]

    def after(self, at):
        return at + self.insns[at][0]


class Store:
    """The store's state, in a machine that has stopped in its domain."""

    def __init__(self, gdb):
        self.gdb = gdb
        self.to_conns, self.size, *fields = compiled_offsets()
        self.fields = dict(zip(FIELDS, fields))
        self.conns = 0

    def find(self):
        """Once, while it runs well: where the clients are kept."""
        self.conns = self.gdb.u32s(STATE + self.to_conns, 1)[0]

    def client(self, slot):
        """What is noted of a client, and what its ring's indexes are."""
        words = self.gdb.u32s(self.conns + slot * self.size,
                              max(self.fields.values()) // 4 + 1)
        page = self.gdb.u32s(WINDOWS + slot * PAGE + 2048, 4)
        return ({f: words[at // 4] for f, at in self.fields.items()},
                dict(zip(("req_cons", "req_prod", "rsp_cons", "rsp_prod"),
                         page)))

    def open(self, slots):
        """Has any client a request that it has no whole answer to?"""
        for slot in range(slots):
            c, ring = self.client(slot)
            if c["kind"] == RING and (ring["req_prod"] != c["cons"] or
                                      c["cons"] != c["in_start"] or
                                      c["reply_len"]):
                return True
        return False

    def answers(self, page):
        """Is what is being written to the ring at @page an answer?"""
        slot = (page - WINDOWS) // PAGE
        return self.client(slot)[0]["sending"] == SEND_REPLY


# ---- the machine ----

def guest_image(out):
    """The test guest load, behind a branch to an address of its own: what
    the store's code has for breakpoints must not be there."""
    build = os.path.abspath(lab.O)
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    f"{TOP}/tools/tests/guests", f"O={build}", "load.bin"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(f"{build}/guests/load.bin", "rb") as f:
        data = f.read()
    size = AWAY + len(data)
    with open(out, "wb") as f:
        f.write(struct.pack("<12I", BRANCH | AWAY // 4 - 2, *[0] * 8,
                            ZIMAGE_MAGIC, 0, size).ljust(AWAY, b"\0") + data)
    return out


def initrd():
    """That of store.py, with both programs that load the store."""
    build = os.path.abspath(lab.O)
    tools, out = os.path.join(build, "tools"), os.path.join(build, "kill.gz")
    lab.need("run make dist-tools", *[f"{tools}/bin/{p}" for p in store.OURS])
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    f"{TOP}/tools/tests/xl", f"O={build}"], check=True)
    words = [f"{tools}/bin/{p}=ours/{p}" for p in store.OURS]
    words += [f"{tools}/lib/{n}=usr/lib/arm-linux-gnueabihf/{n}"
              for n in os.listdir(f"{tools}/lib") if n.endswith(".so.1")]
    words += [f"{guest_image(os.path.join(build, 'load-guest'))}=ours/guest",
              f"{build}/xl/load=bin/load",
              f"{store.stub_domain()}=ours/xenstore-stubdom"]
    subprocess.run([os.path.join(TOP, "tools", "dev", "mkxl"), out] + words,
                   check=True)
    return out


@contextlib.contextmanager
def machine(guests):
    """A domain 0 with the supervisor, so many loading guests, and the path
    of the socket for a debugger."""
    folder = tempfile.mkdtemp(prefix="rsp-")
    path = os.path.join(folder, "gdb")
    try:
        with store.store_domain(initrd=initrd(), extra=rsp.words(path)) as d:
            d.ok("/ours/xenstore-supervisor -i /ours/xenstore-stubdom "
                 "-p /run/super.pid 2>/tmp/super.log")
            d.until("test -s /run/super.pid")
            for nr in range(2, 2 + guests):
                d.file(f"/tmp/g{nr}", f'name="g{nr}"\nkernel="/ours/guest"\n'
                       f'memory=8\nvcpus=1\nextra="seed={nr}"')
                d.ok(f"xl create -q /tmp/g{nr}", timeout=90)
                d.until(f"xenstore-exists /local/domain/{nr}/data/s/d3/n15")
            yield d, path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---- what the clients know ----

def value(number):
    """As load_value() of load.h."""
    return str(number) + "." * (number % 11 * 9)


def same_tree(d, path, report):
    """The nodes below @path are those of a client's report; its number of
    requests, and how many transactions were to be done again."""
    words = report.strip().split(" ", 19)
    if len(words) != 20 or words[19] != "-":
        d.con.fail(f"the client of {path} reports '{report.strip()}'")
    numbers = [int(w) for w in words[3:19]]
    want = {f"{path}/d{i // 4}/n{i}": value(n)
            for i, n in enumerate(numbers) if n}
    text = d.ok(f"xenstore-ls -f {path}")
    got = {p: v for p, v in re.findall(r'^(\S+) = "([^"]*)"', text, re.M)
           if "/n" in p}
    if got != want:
        wrong = sorted(p for p in got.keys() | want.keys()
                       if got.get(p) != want.get(p))
        d.con.fail(f"{path} is not what its client has written: "
                   f"{[(p, got.get(p), want.get(p)) for p in wrong[:4]]}")
    return int(words[1]), int(words[2])


def guest_is_right(d, nr):
    """Stop a guest, and hold its model against the tree."""
    home = f"/local/domain/{nr}/data"
    d.ok(f"xenstore-write {home}/do stop")
    d.until(f"xenstore-exists {home}/report")
    lives = d.ok(f"xenstore-read {home}/life").strip()
    if lives != "1":
        d.con.fail(f"guest {nr} has booted {lives} times")
    return same_tree(d, f"{home}/s", d.ok(f"xenstore-read {home}/report"))
