#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Debian's Xen tools, not one byte changed, manage guests."""

import os
import re
import sys

import lab
import xl_table
from lab import test
from xl_lab import GUEST_LOG, IMAGE, OURS, dom0

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "bench"))
import create


def full_test(**options):
    """One that only `make accept` runs, with COUNTS=full."""
    return test(**options) if lab.FULL else lambda function: function


def memory(d):
    """(pages that are free or domain 0's own, bytes of the heap that are
    not, domains), from the debug key. What domain 0 grows by when its
    guests do new things, it keeps."""
    text = d.ok("xl debug-keys m; xl dmesg | tail -n 9 | sed 's/(XEN)//'")
    text = text[text.rindex("Memory:"):]
    free = re.search(r"Memory: \d+ pages, (\d+) free", text)
    heap = re.search(r"Heap: (\d+) bytes used in (\d+) pages", text)
    own = re.search(r"d0: \d+ pages of \d+, heap (\d+) bytes, "
                    r"p2m pool (\d+) of", text)
    if not free or not heap or not own:
        d.con.fail(f"the key m tells no memory: {text}")
    pages = sum(int(m.group(n)) for m, n in ((free, 1), (heap, 2), (own, 2)))
    domains = re.findall(r"^ *(d\d+): ", text, re.M)
    return pages, int(heap.group(1)) - int(own.group(1)), domains


def same_memory(d, before, what):
    """Freed pages go through the idle loop's hands: wait for the last."""
    for _ in range(10):
        now = memory(d)
        if now == before:
            return
        d.ok("sleep 0.5")
    d.con.fail(f"{what}: pages, heap and domains were {before}, "
               f"and are {now}")


def nothing_left(d):
    """No domain but 0 is known, not even as a zombie."""
    for _ in range(10):
        domains = memory(d)[2]
        if domains == ["d0"]:
            return
        d.ok("sleep 0.5")
    d.con.fail(f"still there: {domains}")


def gone(d, name):
    d.until(f"! xl list {name} 2>/dev/null", timeout=60)


@test(timeout=300)
def one_guest():
    """Created, looked at, paused, ballooned, restarted, shut down."""
    with dom0() as d:
        path = d.config("one", vcpus=2)
        d.ok(f"xl create -q -p {path}")
        line = d.ok("xl list one").splitlines()[-1].split()
        if line[:4] != ["one", "1", "96", "1"] or line[4] != "--p---":
            d.con.fail(f"xl list of a paused guest: {line}")
        d.ok("xl unpause one")
        if "2 vCPUs" not in d.up("one"):
            d.con.fail("the guest has not its 2 vCPUs")

        d.ok("xl pause one")
        first = d.ok("xl list one").split()[-1]
        d.ok("sleep 1")
        if d.ok("xl list one").split()[-1] != first:
            d.con.fail("a paused guest has run")
        d.ok("xl unpause one")

        for kib, mib in ((70000, 68), (98304, 96)):
            d.ok(f"xenstore-write /local/domain/1/memory/target {kib}")
            d.until(f"xl list one | grep -q '^one *1 *{mib} '", timeout=30)

        d.ok("xl sysrq one h")
        d.until(f"grep -aq 'sysrq: HELP' {GUEST_LOG.format('one')}")
        # The guest's own CPU hot-plug.
        d.ok("xl vcpu-set one 1")
        d.until("xl vcpu-list one | grep -q '1 *- *--p'", timeout=30)

        d.ok("xl reboot one")
        d.until(f"grep -ac 'guest: up' {GUEST_LOG.format('one')} | grep -q 2",
                timeout=120)
        if not re.search(r"^one +2 ", d.ok("xl list one"), re.M):
            d.con.fail("after its restart the guest is not domain 2")
        d.ok("xl shutdown -w one", timeout=60)
        gone(d, "one")
        nothing_left(d)


@full_test(timeout=300)
def consoles():
    """`xl console` of two guests at a time, typed into."""
    with dom0(xen_args="console=dtuart dom0_mem=320M") as d:
        for name in ("one", "two"):
            d.ok(f"xl create -q {d.config(name, vcpus=2)}", timeout=90)
        for name in ("one", "two"):
            d.up(name)
            d.start(f"tty xl console {name}")
            d.con.command("hostname " + name)
            d.con.command("echo typed $(hostname) $((40 + 2))",
                          f"typed {name} 42\n")
            # Its second CPU goes and comes again.
            d.con.command("cd /sys/devices/system/cpu/cpu1; echo 0 > online; "
                          "echo 1 > online; echo CPUs $(nproc)", "CPUs 2\n")
            d.con.send("\x1d")
            code, _ = d.finish()
            if code:
                d.con.fail(f"xl console ended with {code}")
        d.ok("xl destroy one; xl destroy two")


@test(timeout=300)
def disk_and_net():
    """Noise to a disk and back, and over the network both ways."""
    mib = {"disk": 256, "net": 64} if lab.FULL else {"disk": 16, "net": 16}
    # Domain 0 has the disk in its memory, and the noise.
    args = f"console=dtuart dom0_mem={768 if lab.FULL else 384}M"
    with dom0(mem=1536, xen_args=args) as d:
        d.ok("brctl addbr xenbr0; ip addr add 192.168.7.1/24 dev xenbr0; "
             "ip link set xenbr0 up; mkdir /tmp/www")
        d.ok(f"dd if=/dev/urandom bs=1M count={mib['net']} "
             "of=/tmp/www/noise; httpd -h /tmp/www", timeout=90)
        d.ok(f"truncate -s {mib['disk']}M /tmp/disk.img")
        path = d.config("disk", extra=f"test=disk:{mib['disk']}",
                        more='disk=["file:/tmp/disk.img,xvda,w"]')
        d.ok(f"xl create -q {path}", timeout=90)
        path = d.config("net", extra=f"test=net:{mib['net']}",
                        more='vif=["bridge=xenbr0"]', memory=192)
        d.ok(f"xl create -q {path}", timeout=90)

        log = GUEST_LOG.format("net")
        d.until(f"grep -a 'net received' {log}", timeout=240)
        text = d.ok(f"grep -a 'guest: net' {log}; md5sum /tmp/www/noise; "
                    "wget -q -O - http://192.168.7.2/noise | md5sum",
                    timeout=120)
        same(d, text, "net offers", r"^(\w{32})  -")
        same(d, text, "net received", r"^(\w{32})  /tmp/www/noise")

        log = GUEST_LOG.format("disk")
        d.until(f"grep -a 'disk read' {log}", timeout=240)
        d.ok("xl destroy disk", timeout=60)
        text = d.ok(f"grep -a 'guest: disk' {log}; md5sum /tmp/disk.img",
                    timeout=120)
        same(d, text, "disk wrote", r"^(\w{32})  /tmp/disk.img")
        same(d, text, "disk read", r"^(\w{32})  /tmp/disk.img")
        d.ok("xl destroy net", timeout=60)
        nothing_left(d)


@full_test(timeout=400)
def destroyed_at_work():
    """Destroyed while its back-ends have its pages mapped and in use."""
    with dom0(mem=1536) as d:
        d.ok("brctl addbr xenbr0; ip addr add 192.168.7.1/24 dev xenbr0; "
             "ip link set xenbr0 up; mkdir /tmp/www; "
             "truncate -s 100M /tmp/www/noise; httpd -h /tmp/www")
        both = 'disk=["phy:/dev/ram0,xvda,w"]\nvif=["bridge=xenbr0"]'
        before, log = None, GUEST_LOG.format("busy")
        for i in range(10):
            # The first one lives the same life: dom0 grows with it.
            work = "disk:60" if i % 2 else "net:1"
            d.config("busy", extra=f"test={work}", more=both, vcpus=2)
            d.ok(f"rm -f {log}; xl create -q /tmp/busy", timeout=90)
            d.until("grep -aq 'net offers\\|disk has' " + log, timeout=120)
            d.ok(f"sleep {1 + i % 3}; xl destroy busy", timeout=90)
            gone(d, "busy")
            nothing_left(d)
            if i == 1:
                before = memory(d)
        same_memory(d, before, "destroyed at work")


def same(d, text, what, pattern):
    """The guest's checksum of @what against the one that @pattern finds."""
    guest = re.search(rf"guest: {what} (\w{{32}})", text)
    other = re.search(pattern, text, re.M)
    if not guest or not other or guest.group(1) != other.group(1):
        d.con.fail(f"checksums differ: {what}\n{text}")


@full_test(timeout=1800)
def cycles():
    """Create and destroy: nothing is lost, and to the hypervisor none costs
    twice what the first one does. Two hundred at a time are bench/lives."""
    count = 24
    with create.counted(lab.O, lab.Setup(image=IMAGE).image) as (d, marks):
        warm(d, "one")
        before = memory(d)
        for _ in range(count):
            d.ok("sleep 1; mark 6; xl create -q -p /tmp/one && "
                 "xl destroy one && mark 7", timeout=120)
        gone(d, "one")
        same_memory(d, before, f"{count} cycles")
        at = [c["insn"] for n, c in marks.all() if n in (6, 7)]
        took = [end - start for start, end in zip(at[::2], at[1::2])]
        print(f"{count} cycles: first {took[0]}, least {min(took)}, most "
              f"{max(took)} instructions of the hypervisor")
        if len(took) != count or max(took) > 2 * took[0]:
            d.con.fail(f"a cycle took more than twice the first one: {took}")


def warm(d, name):
    """One life of a guest, for what domain 0 keeps of its first one."""
    d.ok(f"xl create -q {d.config(name, vcpus=2)}", timeout=90)
    d.up(name)
    d.ok(f"xl destroy {name}", timeout=60)
    gone(d, name)
    nothing_left(d)


@test(timeout=1200 if lab.FULL else 300)
def unfinished():
    """Destroyed after each step of its creation, with and without our use of
    its pages; and xl killed at any moment of it."""
    times = 60 if lab.FULL else 6
    with dom0() as d:
        warm(d, "one")
        d.ok("steps | grep 'steps: ok'", timeout=60)
        nothing_left(d)
        before = memory(d)
        for _ in range(3 if lab.FULL else 1):
            text = d.ok("steps", timeout=60)
            if not text.rstrip().endswith("steps: ok"):
                d.con.fail(f"steps: {text}")
        same_memory(d, before, "destroyed after each step")
        for i in range(times):
            seconds = 1.5 * (i + 1) / times
            d.run(f"timeout -s KILL {seconds:.2f} xl create -q -p /tmp/one")
            d.run("for i in $(xl list | awk 'NR > 2 { print $2 }'); do "
                  "xl destroy $i; done", timeout=60)
            nothing_left(d)
        same_memory(d, before, "xl killed")
        d.ok("xl create -q /tmp/one", timeout=90)
        d.up("one")


@test(timeout=300)
def virq_handler():
    """A program of Debian's libxenctrl gives global VIRQs away."""
    with dom0() as d:
        d.ok(f"xl create -q -p {d.config('one')}", timeout=60)
        for words, answer in (("1 12", "ok"), ("1 12", "ok"), ("0 12", "ok"),
                              ("1 3", "Device or resource busy"),
                              ("1 1", "Invalid argument"),
                              ("1 24", "Invalid argument"),
                              ("77 12", "No such process"),
                              ("1 4", "ok")):
            text = d.ok(f"steps virq {words}").strip()
            if text != f"virq: {answer}":
                d.con.fail(f"set_virq_handler {words}: {text}, "
                           f"not {answer}")
        d.ok("xl destroy one", timeout=60)
        nothing_left(d)


@test(timeout=300)
def uart():
    """vuart="sbsa_uart": the kernel's PL011 driver, and `xl console`."""
    with dom0() as d:
        path = d.config("one", extra="console=ttyAMA0",
                        more='vuart="sbsa_uart"')
        d.ok(f"xl create -q {path}", timeout=60)
        d.start("tty xl console -t vuart one")
        d.con.expect("guest: up, 1 vCPUs", timeout=120)
        d.con.command("echo typed $((40 + 2)) $(tty)",
                      "typed 42 /dev/ttyAMA0\n")
        # More than the ring has room for.
        d.con.command("seq 1000 3000", r"\n1000\n(\d{4}\n){1999}3000\n",
                      timeout=60)
        d.con.send("\x1d")
        d.finish()
        d.ok("xl destroy one", timeout=60)
        gone(d, "one")
        nothing_left(d)


@full_test(timeout=300)
def device_of_its_own():
    """iomem= and irqs=: a guest gets the board's clock, which the device tree
    keeps from domain 0. Twice, as the first one gives it back."""
    def mark(fdt):
        lab.fdt_put(fdt, "/pl031@9010000", "xen,passthrough", "", kind="s")

    with dom0(edit=mark) as d:
        path = d.config("one", more='iomem=["9010,1"]\nirqs=[34]')
        other = d.config("two", more='irqs=[34]')
        for _ in range(2):
            d.ok(f"xl create -q {path}", timeout=60)
            if d.run(f"xl create -q {other}", timeout=60)[0] == 0:
                d.con.fail("two guests have interrupt 34")
            d.ok("xl dmesg | grep -q 'd[0-9]*: registers.*DMA'")
            d.up("one")
            d.start("tty xl console one")
            # The PL031's peripheral id (DDI 0224C 3.4.9).
            d.con.command("devmem 0x9010fe0", "\n0x00000031\n")
            d.con.send("\x1d")
            d.finish()
            d.ok(f"xl destroy one; rm {GUEST_LOG.format('one')}", timeout=60)
            nothing_left(d)


@full_test(timeout=300)
def ocaml_store():
    """oxenstored, which maps a guest's ring as foreign memory."""
    with dom0(store="oxenstored") as d:
        d.ok(f"xl create -q {d.config('one', vcpus=4)}", timeout=60)
        if "4 vCPUs" not in d.up("one"):
            d.con.fail("the guest has not its 4 vCPUs")
        d.ok("xl shutdown -w one", timeout=60)
        gone(d, "one")
        nothing_left(d)


def table(d):
    d.config("one", vcpus=2)
    return xl_table.run(d)


@test(timeout=400)
def same_as_debian():
    """What every command says, beside what it says on Debian's hypervisor."""
    with dom0(xen_args="console=dtuart dom0_mem=384M sched=credit") as d:
        xl_table.compare(table(d))


def record(only=""):
    """Not a test: writes xl.txt anew, on Debian's hypervisor; with @only (a
    beginning) just those rows, which need no guest."""
    if OURS:
        sys.exit("xl.py: record is for XL_IMAGE=debian")
    with dom0(xen_args="console=dtuart dom0_mem=384M sched=credit") as d:
        if not only:
            xl_table.write(table(d))
            return
        wanted = [c for c in xl_table.COMMANDS if c.startswith(only)]
        done = dict(xl_table.run(d, wanted))
    old = xl_table.read(xl_table.files("xl")[0])
    merged = []
    for command in xl_table.COMMANDS:
        if command == "!up":
            continue
        if old and old[0][0] == command:
            merged.append(old.pop(0))
        if command in done:
            merged[-1:] = [m for m in merged[-1:] if m[0] != command]
            merged.append((command, done[command]))
    xl_table.write(merged)


@full_test(timeout=900)
def vcpus():
    """1, 2, 4 and 8 of them on two CPUs."""
    with dom0() as d:
        for count in (1, 2, 4, 8):
            name = f"v{count}"
            d.ok(f"xl create -q {d.config(name, vcpus=count)}", timeout=90)
            if f"{count} vCPUs" not in d.up(name, timeout=200):
                d.con.fail(f"the guest has not its {count} vCPUs")
            d.ok(f"xl destroy {name}", timeout=60)


if __name__ == "__main__":
    if sys.argv[1:2] == ["record"]:
        record(*sys.argv[2:3])
        sys.exit(0)
    sys.exit(lab.main())
