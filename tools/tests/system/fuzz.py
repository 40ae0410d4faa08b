#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Seeded hypercalls, most of them valid, by two vCPUs on the same objects.

The test guest `fuzz` makes them as first domain, in a domain that this one
builds, or in one that Debian's tools build. Afterwards each operation has
worked often enough, a canary has seen nothing, and nothing has leaked.
FUZZ_SEED in the environment is another seed, FUZZ_CALLS another number of
calls.
"""

import glob
import os
import re
import subprocess

import lab
import xl_lab
from lab import HALTED, Failed, boot, full_test, test

FULL_CALLS = 1000000
CALLS = int(os.environ.get("FUZZ_CALLS",
                           FULL_CALLS if lab.FULL else 20000))
LIMIT = 7200 if lab.FULL else 150
XL_CALLS = int(os.environ.get("FUZZ_CALLS", FULL_CALLS))
XL_LIMIT = 1500
SEED = int(os.environ.get("FUZZ_SEED", "1"))
TOP = os.path.join(os.path.dirname(__file__), "..", "..", "..")

LEAST = 30              # per cent of the calls of each operation
# How often an operation must have come before that is asked of it.
ENOUGH = 20

ALL = None              # exempt: there are too few calls to judge by

# Done once they cannot be done again: that is what they answer from then on.
ONCE = {
    "VCPUOP_register_vcpu_info": 2,         # once for each vCPU
    "XEN_SYSCTL_TBUFOP_set_size": 1,        # buffers keep their size
}

# Rows of the hypervisor's tables that are tried under another name.
OTHER_NAMES = {
    "EVTCHNOP_expand_array", "EVTCHNOP_set_priority",   # ...init_control
    "XEN_SYSCTL_cpupool_op", "XEN_SYSCTL_tbuf_op",      # by sub-operation
}
PREFIXES = ("EVTCHNOP", "SCHEDOP", "XENMEM", "GNTTABOP", "XENVER",
            "XEN_SYSCTL", "XEN_DOMCTL", "VCPUOP", "HVMOP", "XENPF",
            "CONSOLEIO")


def rows_of_tables():
    """The operations that the hypervisor has, from its tables."""
    words = "|".join(PREFIXES)
    row = re.compile(rf"^\s*\[((?:{words})_\w+)\]\s*=|\bcase "
                     r"((?:VCPUOP|HVMOP|XENPF|CONSOLEIO|"
                     r"XEN_SYSCTL_CPUPOOL_OP|XEN_SYSCTL_TBUFOP)_\w+):", re.M)
    found = set()
    for path in glob.glob(os.path.join(TOP, "xen/common/**/*.c"),
                          recursive=True):
        with open(path, encoding="ascii") as f:
            for match in row.finditer(f.read()):
                found.add(match[1] or match[2])
    if len(found) < 100:
        raise Failed(f"only {len(found)} operations in xen/common")
    return found - OTHER_NAMES


def judge(ops, exempt=()):
    """Each operation was tried, and came to what it should often enough: it
    worked, or was refused with the one error that is right for the caller."""
    wrong = [f"{name} was never tried"
             for name in sorted(rows_of_tables() - set(ops))]
    for name, (calls, good, odd) in ops.items():
        print(f"{name:40} {calls:7} {good:7} {good * 100 // (calls or 1):3} %")
        if calls == 0:
            wrong.append(f"{name} was never called")
        elif name in exempt:
            continue
        elif calls >= ENOUGH and good * 100 < calls * LEAST:
            wrong.append(f"{name}: only {good} of {calls} calls worked")
        if odd > ONCE.get(name, 0):
            wrong.append(f"{name}: {odd} calls worked that may not")
    if wrong:
        raise Failed("; ".join(wrong))


def table(con, timeout=LIMIT):
    """The guest's table: calls, those that worked, those that may not."""
    ops = {}
    while True:
        found = con.expect(r"fuzz: (?:op (\w+) calls (\d+) ok (\d+) "
                           r"odd (\d+)|drawn (\w+) (\w+))\n", timeout=timeout)
        if found[5]:
            return ops, (found[5], found[6])
        ops[found[1]] = tuple(int(found[i]) for i in (2, 3, 4))


def sums(lines):
    """Bytes in use of the hypervisor's heap; pages that are free or kept for
    the next who asks (by the heap, and as domain 0's stage-2 tables); domain
    0's pages. What it has grown by (tables of ports and handles) is its own.
    """
    text = "".join(lines)
    found = re.search(r"Memory: \d+ pages, (\d+) free[^H]*"
                      r"Heap: (\d+) bytes used in (\d+) pages[^\n]*\n"
                      r"[^\n]* d0: (\d+) pages .* heap (\d+) bytes, "
                      r"p2m pool (\d+)", text)
    if not found:
        raise Failed("no word about the heap:\n" + text)
    free, used, held, dom0, own, tables = (int(n) for n in found.groups())
    return {"bytes": used - own, "pages": free + held + tables, "dom0": dom0}


def check_books(con):
    """Lists and counts are consistent, and the heap is as before."""
    books = {"before": [], "after": []}
    now = None
    for line in con.text():
        begin = re.match(r"fuzz: books (before|after)", line)
        if begin:
            now = begin[1]
        elif line.startswith("fuzz: books end"):
            now = None
        elif now:
            books[now].append(line)
    for when, lines in books.items():
        text = "".join(lines)
        if "NOT consistent" in text:
            raise Failed(f"{when}: {text}")
        if len(re.findall(": consistent", text)) < 2:
            raise Failed(f"{when}: nobody looked: {text}")
    before, after = sums(books["before"]), sums(books["after"])
    if before != after:
        raise Failed(f"leaked: {before} before, {after} after")


def fuzz(smp, words="", image="xen", exempt=(), calls=CALLS, limit=LIMIT,
         **more):
    """One run of the guest; what each vCPU drew."""
    kernel = lab.guest("fuzz")
    kernel["initrd"] = kernel["kernel"]     # what built domains run
    with boot(smp=smp, image=image, dom0_args=f"seed={SEED} calls={calls} "
              f"{words}", xen_args="console=dtuart dom0_mem=128M "
              "dom0_max_vcpus=2", **kernel, **more) as con:
        con.expect("fuzz: canary before: .*: untouched\n", timeout=limit)
        ops, drawn = table(con, limit)
        con.expect("fuzz: canary after: .*: untouched\n", timeout=60)
        con.expect_end("fuzz: done", HALTED)
        check_books(con)
        text = "".join(con.text())
    if re.search(r"fuzz: [1-9]\d* domains left|does not go", text):
        raise Failed("domains are left, see the log")
    if "00000000" in drawn:
        raise Failed(f"a vCPU made no calls: drawn {drawn}")
    if exempt is not ALL:
        judge(ops, exempt)
    return ops, drawn


@test(timeout=LIMIT * 2)
def dom0():
    """The control domain does anything to some victims."""
    fuzz(2)


@test(timeout=LIMIT * 2)
def domu():
    """A domain of its own; it suspends itself, and is resumed."""
    fuzz(2, "guest")


def debug_image():
    """The hypervisor with its assertions, built when it is not there yet."""
    out = os.path.abspath(os.path.join(lab.O, "gcc-debug"))
    run = subprocess.run(["make", "--no-print-directory", "-f", "xen/Makefile",
                          f"O={out}", "debug=y"], cwd=TOP, check=False,
                         text=True, capture_output=True)
    if run.returncode:
        raise Failed("no debug build: " + run.stdout + run.stderr)
    return os.path.join(out, "xen")


@full_test(timeout=LIMIT * 2 + 300)
def dom0_debug():
    fuzz(2, image=debug_image())


@full_test(timeout=LIMIT * 2 + 300)
def domu_debug():
    fuzz(2, "guest", image=debug_image())


@full_test(timeout=LIMIT * 2)
def again():
    """One pCPU that counts instructions: the same again, to the last byte."""
    first, second = (fuzz(1, extra=("-icount", "shift=2"), calls=4000,
                          exempt=ALL) for _ in range(2))
    if first != second:
        raise Failed(f"drawn: {first}, then {second}")


def initrd_with_guest():
    """That of domain 0 with Debian's tools, and the guest in /guest."""
    path = os.path.join(lab.O, "xl-fuzz.gz")
    lab.need("run tools/dev/deps xl", os.path.join(lab.CACHE, "xl"))
    subprocess.run([f"{TOP}/tools/dev/mkxl", path,
                    f"{lab.guest('fuzz')['kernel']}=guest/fuzz.bin"],
                   check=True)
    return path


def left(text):
    """What `xenctx` shows of the registers that the guest has stopped with:
    calls, those that worked and may not, least percentage, its row."""
    found = dict(re.findall(r"(r\d+)_usr: *(?:0x)?([0-9a-f]+)", text))
    value = {name: int(text, 16) for name, text in found.items()}
    if value.get("r4") != 0xf0220001:
        raise Failed(f"it did not come to its end:\n{text}")
    return [value[f"r{i}"] for i in (5, 6, 7, 8)]


@full_test(timeout=2400)
def xl_after():
    """A domain that Debian's tools have made does it; then they make others,
    another guest has seen nothing, and the lists are consistent."""
    with xl_lab.dom0(initrd=initrd_with_guest()) as d:
        d.ok(f"xl create -q {d.config('one')}")
        d.up("one")
        d.file("/tmp/fuzz", 'name="fuzz"\nkernel="/guest/fuzz.bin"\n'
               'memory=64\nvcpus=2\non_poweroff="preserve"\n'
               f'extra="leave seed={SEED} calls={XL_CALLS}"')
        d.ok("xl create -q /tmp/fuzz")
        d.until("xl list fuzz | grep -- '---s--'", timeout=XL_LIMIT)
        made, odd, least, row = left(d.ok("xenctx $(xl domid fuzz) 0"))
        print(f"{made} calls; row {row} worked least often, in {least} %")
        if made != XL_CALLS or odd > sum(ONCE.values()) or least < LEAST:
            raise Failed(f"{made} calls of {XL_CALLS}, {odd} that may not "
                         f"work, row {row} worked in {least} %")
        d.ok("xl destroy fuzz", timeout=60)
        d.ok(f"xl create -q {d.config('two')}", timeout=90)
        d.up("two")
        d.ok("xl destroy two", timeout=60)
        # The canary hears the tools, has seen no trouble, and stops itself.
        d.ok("xl shutdown -w one", timeout=120)
        code, text = d.run("grep -a -e Oops -e BUG -e panic " +
                           xl_lab.GUEST_LOG.format("one"))
        if code != 1:
            raise Failed("the canary saw trouble:\n" + text)
        d.until("test $(xl list | wc -l) = 2", timeout=60)
        # Pages that are being scrubbed meanwhile are a reason to look again.
        d.ok("xl dmesg -c >/dev/null")
        d.until("xl debug-keys H && "
                "xl dmesg | grep 'Pages: .*[0-9] never used: consistent'")
        if "NOT consistent" in d.ok("xl dmesg"):
            raise Failed("lists: " + d.ok("xl dmesg"))


if __name__ == "__main__":
    lab.sys.exit(lab.main())
