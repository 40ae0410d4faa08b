#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the store domain costs: memory, time of a request, of the store's part
of `xl create`, and what 200 guests do to that; beside Debian's C xenstored.

Times are those of a machine with one pCPU under -icount: a nanosecond is an
instruction of whoever runs, hypervisor, domain 0, guest or store domain, so
that the figures are of work and not of the host. What is timed is written
where it is: guests/storeread.c (READ of a guest) and xl/storeops.c (domain 0).
"""

import contextlib
import os
import re
import statistics
import subprocess

import lab
import ourxl
import store
import xl_lab
from lab import Failed, full_test, test

lab.TESTS.clear()  # those of store.py run there
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ICOUNT = ("-icount", "shift=0,sleep=off")
READS = 2000
CREATES = 9
STUB, DAEMON, DEBIAN = ("store domain", "C xenstored", "C xenstored, Xen 4.17")
TYPES = {0: "CONTROL", 1: "DIRECTORY", 2: "READ", 3: "GET_PERMS", 4: "WATCH",
         5: "UNWATCH", 6: "TRANSACTION_START", 7: "TRANSACTION_END",
         8: "INTRODUCE", 9: "RELEASE", 10: "GET_DOMAIN_PATH", 11: "WRITE",
         12: "MKDIR", 13: "RM", 14: "SET_PERMS", 17: "IS_DOMAIN_INTRODUCED"}

# --- memory ----------------------------------------------------------------

GUESTS, NODES, KIB = 32, 256, 128
PAGES = 8 * lab.MIB // 4096
CELL = 80               # bytes that 56 of a value take: core.h


@test(timeout=120)
def memory():
    """32 guests with all that 256 nodes and 128 KiB each allow: in 8 MiB,
    which stay 8 MiB; beyond that each alone is refused."""
    args = f"guests={GUESTS} nodes={NODES} bytes={KIB << 10}"
    with lab.boot(xen_args="console=dtuart dom0_mem=128M", smp=1, extra=ICOUNT,
                  dom0_args=f"guests={GUESTS} nodes={NODES}",
                  **store.module(args), **lab.guest("storefill")) as con:
        con.expect(r"store: d1 serves d0, empty, \d+ KiB of \d+")
        con.expect("storefill: done", timeout=90)
        con.expect_end(lab.HALTED)
        text = "".join(con.text())
    pages = re.findall(r"storefill: pages (\d+) of at most (\d+)", text)
    if len(pages) != 2 or pages[0] != pages[1]:
        raise Failed(f"pages before and after: {pages}")
    if max(map(int, pages[0])) > PAGES:
        raise Failed(f"{pages[0]} pages are more than 8 MiB")
    if f"storefill: {GUESTS} guests, 0 failures" not in text:
        raise Failed("not all is well:\n" + "\n".join(
            re.findall("storefill: .*", text)))
    rows = re.findall(r"storefill: guest (\d+): (\d+) nodes, then (\w+); "
                      r"(\d+) cells, (\d+) bytes, then (\w+)", text)
    for _, nodes, why, cells, _, then in rows:
        # The last cells are kept for a request on its way.
        if int(nodes) != NODES or why != "ENOSPC" or then != "ENOSPC" or \
           not 0.95 * (KIB << 10) < int(cells) * CELL <= KIB << 10:
            raise Failed(f"a guest had {nodes} nodes, then {why}; "
                         f"{int(cells) * CELL} bytes, then {then}")
    if len(rows) != GUESTS:
        raise Failed(f"{len(rows)} guests of {GUESTS}")
    print(f"{GUESTS} guests: {NODES} nodes and {int(rows[0][3]) * CELL} bytes "
          f"each, {rows[0][4]} of them values; {pages[0][0]} pages in all")


# --- machines --------------------------------------------------------------

def initrd():
    """That of the tools' tests, with what measures."""
    out = os.path.join(lab.O, "store_figures.gz")
    guest = os.path.join(lab.O, "guests", "storeread.bin")
    lab.need("run tools/dev/deps xl", os.path.join(lab.CACHE, "xl"))
    lab.need("run make guests", guest)
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    os.path.join(TOP, "tests", "xl"),
                    f"O={os.path.abspath(lab.O)}"], check=True)
    subprocess.run([os.path.join(TOP, "dev", "mkxl"), out,
                    f"{guest}=guest/storeread.bin",
                    f"{lab.O}/xl/storeops=bin/storeops", *ourxl.words()],
                   check=True)
    return out


@contextlib.contextmanager
def machine(kind, args="", xen_args="console=dtuart dom0_mem=384M", **options):
    """dom0 with Debian's tools and the store @kind, and with our xenconsoled
    when that is ours; where it is."""
    options.update(initrd=initrd(), smp=1, extra=ICOUNT, xen_args=xen_args)
    if kind == STUB:
        booted = store.store_domain(args, **options)
    else:
        if kind == DEBIAN:
            lab.need("run tools/dev/deps bench", xl_lab.DEBIAN)
        booted = xl_lab.dom0(image=xl_lab.DEBIAN if kind == DEBIAN else "xen",
                             **options)
    with booted as d:
        if kind == STUB:
            d.ok("kill $(cat /run/xenconsoled.pid); sleep 1; "
                 "/ours/xenconsoled --pid-file=/run/xenconsoled.pid "
                 "--log=guest")
        d.ok("sleep 5")         # free memory is scrubbed in idle time
        yield d, ("/dev/xen/xenbus" if kind == STUB else
                  "/run/xenstored/socket")


def tiny(d, name, extra="", memory=3):
    """The configuration of the test guest, which needs less than 1 MiB; its
    path. Less than 3 MiB Debian's libxc refuses: it wants the tree above the
    first 2."""
    path = f"/tmp/{name}"
    d.file(path, "\n".join([f'name="{name}"', 'kernel="/guest/storeread.bin"',
                            f"memory={memory}", "vcpus=1", f'extra="{extra}"']))
    return path


def reads_of(text):
    """Nanoseconds: {"median": N, "p99": N, ...}."""
    words = re.search(r"(?:reads|samples) (\d+ min .*)", text)
    if not words or int(words.group(1).split()[0]) != READS:
        raise Failed(f"no {READS} samples: {text}")
    found = words.group(1).split()[1:]
    return {found[i]: int(found[i + 1]) for i in range(0, len(found), 2)}


def guest_reads(d):
    """A guest's READs, taken while nobody else has anything to do."""
    d.ok(f"xl create -q -e {tiny(d, 'reader', f'reads={READS}')}", timeout=120)
    d.ok("sleep 5", timeout=120)
    text = d.until("xenstore-read /local/domain/$(xl domid reader)/data/reads",
                   timeout=120)
    d.ok("xl destroy reader")
    return reads_of(text)


def created(text):
    """(nanoseconds of the command, requests, nanoseconds in the store,
    {type: (requests, nanoseconds)})"""
    all_of = re.search(r"command (\d+) requests (\d+) store (\d+)", text)
    if not all_of:
        raise Failed(f"no figures: {text}")
    types = re.findall(r"type (\d+) requests (\d+) store (\d+)", text)
    return (*map(int, all_of.groups()),
            {int(t): (int(n), int(ns)) for t, n, ns in types})


def creates(d, where, xl):
    """`xl create` of a tiny guest, the one with the median store time."""
    path, found = tiny(d, "one"), []
    for _ in range(CREATES + 1):
        found.append(created(d.ok(
            f"storeops run {where} {xl} create -q -e {path}", timeout=120)))
        d.ok("xl destroy one")
        d.until("! xl list one 2>/dev/null")
        d.ok("sleep 1")
    found = sorted(found[1:], key=lambda f: f[2])
    return found[len(found) // 2]


# --- time ------------------------------------------------------------------

def table(title, rows):
    """Lines of one figure for each store; rows: {what: {kind: figure}}."""
    print(f"{title:38}" + "".join(f"{kind:>23}" for kind in
                                  (STUB, DAEMON, DEBIAN)))
    for what, by_kind in rows.items():
        print(f"{what:38}" + "".join(
            f"{by_kind.get(kind, '-'):>23}" for kind in (STUB, DAEMON, DEBIAN)))


# What it must not exceed of what the other does with Debian's C xenstored.
# With Debian's xl, whose requests are as many, most of the rest is Linux's:
# each goes through a thread of its kernel and an idle loop.
DEBIANS, OURS = "create by Debian's xl", "create by our xl"
RATIOS = (("READ of a guest, median", "READ of a guest, median", 0.5),
          ("READ of a guest, p99", "READ of a guest, p99", 0.5),
          (f"{OURS}: in the store", f"{DEBIANS}: in the store", 0.5),
          (f"{DEBIANS}: in the store", f"{DEBIANS}: in the store", 0.7))


@full_test(timeout=1200)
def beside_debian():
    """READ of a guest, READ of dom0, and the store's part of xl create."""
    rows, types, late = {}, {}, []
    for kind in (STUB, DAEMON, DEBIAN):
        with machine(kind) as (d, where):
            guest = guest_reads(d)
            own = reads_of(d.ok(f"storeops read {where} /local/domain/0/name "
                                f"{READS}", timeout=120))
            made = [(who, *creates(d, where, xl)) for who, xl in
                    ((DEBIANS, "xl"), (OURS, ourxl.XL))
                    if kind != DEBIAN or who == DEBIANS]
        for what, figure in (
                ("READ of a guest, median", guest["median"]),
                ("READ of a guest, p99", guest["p99"]),
                ("READ of a process of dom0, median", own["median"]),
                ("READ of a process of dom0, p99", own["p99"])):
            rows.setdefault(what, {})[kind] = figure
        for who, took, requests, in_store, by_type in made:
            for what, figure in (("in the store", in_store),
                                 ("requests", requests), ("all of it", took)):
                rows.setdefault(f"{who}: {what}", {})[kind] = figure
            for t, (nr, ns) in by_type.items():
                what = f"{who}: {TYPES.get(t, t)}"
                types.setdefault(what, {})[kind] = f"{nr} x {ns // nr}"
    table("instructions", rows)
    table("requests", types)
    for what, beside, must in RATIOS:
        ratio = rows[what][STUB] / rows[beside][DAEMON]
        text = f"{what}: {ratio:.2f} of {beside} with C xenstored"
        print(f"{text}, at most {must}")
        if ratio > must:
            late.append(f"{text}, not {must}")
    if late:
        raise Failed("; ".join(late))


# --- many ------------------------------------------------------------------

MANY, ENDS = 200, 10
LOOP = """i=0; while [ $i -lt {many} ]; do i=$((i + 1)); sleep 1;
storeops run {where} {xl} create -q -e {path} "name=\\"g$i\\"" | grep command ||
exit 1; done"""


def ends(kind):
    """Figures of the creation of each guest, in order: created()."""
    with machine(kind, args=f"guests={MANY + 10}", mem=2048,
                 xen_args="console=dtuart dom0_mem=512M xenstore_mem=48M"
                 if kind == STUB else "console=dtuart dom0_mem=512M") as \
            (d, where):
        path = tiny(d, "many", memory=2)
        text = d.ok(" ".join(LOOP.format(many=MANY, where=where, path=path,
                                         xl=ourxl.XL).split("\n")),
                    timeout=3000)
        alive = int(d.ok("xl list | grep -c '^g[0-9].* [r-][b-]----  '"))
    found = [created(line) for line in text.splitlines()
             if line.startswith("command")]
    if len(found) != MANY or alive != MANY:
        raise Failed(f"{len(found)} guests of {MANY} made, {alive} alive")
    return found


@full_test(timeout=6000)
def two_hundred():
    """Guests of 2 MiB, all alive: the last ten `xl create` take at most 1.2
    times as long as the first ten, and the store's part of them 1.3. (Beside
    them: Debian's C xenstored, which xl has to ask for each name.)"""
    late = []
    for kind in (STUB, DAEMON):
        found = ends(kind)
        for what, of in (("xl create", lambda f: f[0]),
                         ("its requests", lambda f: f[1]),
                         ("its time in the store", lambda f: f[2]),
                         ("a request's time there", lambda f: f[2] / f[1])):
            first, last = (statistics.median(map(of, part)) for part in
                           (found[:ENDS], found[-ENDS:]))
            print(f"{kind}: {what}: the first ten {first:.0f}, "
                  f"the last ten {last:.0f}: x {last / first:.2f}")
            must = 1.2 if what == "xl create" else 1.3
            if kind == STUB and last > must * first:
                late.append(f"{what}: x {last / first:.2f}, not {must}")
    if late:
        raise Failed("; ".join(late))


if __name__ == "__main__":
    lab.sys.exit(lab.main())
