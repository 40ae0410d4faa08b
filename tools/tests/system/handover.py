#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Domain 0's store in another domain, and the protocol of both stores: cases
26 to 45 of docs/reference/virq-xenstore.md 5.2 and 5.3, each by its number,
and Debian's own test of a store.
"""

import glob
import os
import re
import struct
import subprocess
import sys
import tempfile

import lab
import store
import xl_lab
from lab import Failed, full_test

TOP = store.TOP
lab.TESTS.clear()  # those of store.py run there

PROGRAMS = ("store-handover", "store-cases", "store-hold")
DEVICE, SOCKET = "/dev/xen/xenbus", "/run/xenstored/socket"
S_LOG = xl_lab.GUEST_LOG.format("Xenstore")
NODES = 1000

# Named so that domain 0's init takes it for the tool: the cases that come
# before a store, then the tool, then what the kernel does at once.
PATH_A = """#!/bin/sh
/ours/store-handover before /ours/init-xenstore-domain "$2" \\
    >/run/before.log 2>&1
/ours/init-xenstore-domain "$@" || exit 1
/ours/store-handover first >/run/first.log 2>&1
exit 0
"""
# Only the agent: nothing here uses the store.
NO_STORE = """#!/bin/sh
echo "dom0: ready, test=agent"
exec setsid sh -c 'exec /agent </dev/hvc0 >/dev/hvc0 2>&1'
"""
# Room for what the cases take for granted.
DAEMON = f"""#!/bin/sh
exec /ours/xenstored --guests 8 --entry-nb {NODES} --memory 524288 "$@"
"""
DOMAIN_ARGS = f"guests=8 nodes={NODES} bytes=524288"


def script(name, text):
    path = os.path.join(lab.O, name)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, 0o755)
    return path


def initrd(name="handover", *more):
    """store.py's, with our daemon, the programs of tests/store, and @more."""
    tools, out = os.path.join(lab.O, "tools"), os.path.join(lab.O, name)
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    os.path.join(TOP, "tools", "tests", "store"),
                    f"O={os.path.abspath(lab.O)}"], check=True)
    words = [f"{lab.O}/store/{p}=ours/{p}" for p in PROGRAMS]
    words += [f"{tools}/bin/{p}=ours/{p}" for p in store.OURS + ("xenstored",)]
    words += [f"{path}=usr/lib/arm-linux-gnueabihf/{os.path.basename(path)}"
              for path in glob.glob(f"{tools}/lib/*.so.1")]
    words += [f"{store.stub_domain()}=ours/xenstore-stubdom",
              f"{store.stub_domain()}=ours/a/xenstore-stubdom",
              script("path-a", PATH_A) + "=ours/a/init-xenstore-domain",
              script("no-store", NO_STORE) + "=ours/no-store",
              script("daemon", DAEMON) + "=ours/daemon",
              f"{lab.O}/guests/stop.bin=ours/stop.bin"]
    subprocess.run([os.path.join(TOP, "tools", "dev", "mkxl"), out + ".gz"] +
                   words + list(more), check=True)
    return out + ".gz"


def passed(d, text, *cases):
    """Each case is there, without a failure, and so is the sum."""
    print(re.sub(r"(?m)^got .*\n", "", text))
    for case in cases:
        if not re.search(rf"^case {case}: 0 failed", text, re.M):
            d.con.fail(f"case {case} of virq-xenstore.md: {text}")
    if not re.search(r": \d+ checks, 0 failed", text):
        d.con.fail(f"it has not come to its end: {text}")


def no_process(d):
    text = d.ok("ps")
    if re.search(r"\bxenstored\b", text):
        d.con.fail(f"a process of domain 0 is the store:\n{text}")


@full_test(timeout=300)
def path_a():
    """Case 26: SETUP grants the ring to S. Case 27: SETUP again. Case 28:
    EEXIST once S serves. Case 29: relative paths are below
    /local/domain/0. Case 30: xs_domain is taken on ARM, and a second store
    refused by our tool."""
    with xl_lab.dom0(store="/ours/a/init-xenstore-domain",
                     initrd=initrd()) as d:
        passed(d, d.ok("cat /run/before.log"), 26, 27, 30)
        text = d.ok("cat /run/first.log")
        passed(d, text, 29)
        seconds = int(re.search(r"after (\d+) s", text).group(1))
        if seconds > max(1, lab.SLOW):
            d.con.fail(f"what Linux asks for at once took {seconds} s")
        passed(d, d.ok("/ours/store-handover after"), 28)
        watches_of_the_kernel(d)
        no_process(d)


def watches_of_the_kernel(d):
    """Case 29, too: it watches relative paths, and hears of absolute ones."""
    control = "/local/domain/0/control"
    # Linux writes to the console meanwhile, and not into the next answer.
    d.ok(f"xenstore-write {control}/sysrq h; sleep 2")
    d.until("dmesg | grep -q 'sysrq: HELP'", timeout=20)
    d.ok(f"xenstore-write {control}/shutdown nonsense; sleep 2")
    d.until("dmesg | grep -q 'Ignoring shutdown request: nonsense'",
            timeout=20)
    target = "/sys/devices/system/xen_memory/xen_memory0/target_kb"
    kib = int(d.ok(f"cat {target}")) - 8192
    d.ok(f"xenstore-write /local/domain/0/memory/target {kib}")
    d.until(f"grep -qx {kib} {target}", timeout=20)


# A zImage that waits for ever: nop, b over the header, wfi, b back.
ASLEEP = struct.pack("<9I3I2I", *[0xe1a00000] * 8, 0xea000002, 0x016f2818, 0,
                     56, 0xe320f003, 0xeafffffd)


def waiting_thread(d):
    """Linux's own, while it waits for a store."""
    return d.run("ps | grep -q '[[]xenbus_probe[]]'")[0] == 0


def when_probed(d):
    """Who probed, from the names that threads have taken since the boot."""
    d.ok("mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; "
         "grep -q task_rename /sys/kernel/tracing/trace")
    return d.run("grep -q newcomm=xenbus_probe /sys/kernel/tracing/trace"
                 )[0] == 0


TRACED = ("console=hvc0 quiet rdinit=/init test=agent store={} "
          "trace_event=task:task_rename")


@full_test(timeout=300)
def path_b_stopped():
    """Case 32: with S stopped domain 0 boots, xenbus waits, and devices
    probe when S notifies, without any step in domain 0."""
    with tempfile.NamedTemporaryFile(dir=lab.O) as f:
        f.write(ASLEEP)
        f.flush()
        os.chmod(f.name, 0o644)
        with store.store_domain(image=f.name, initrd=initrd(),
                                dom0_args=TRACED.format("/ours/no-store")) as d:
            if not waiting_thread(d) or not when_probed(d):
                d.con.fail("no thread of Linux waits for the store:\n" +
                           d.ok("ps"))
            if d.ok("ls /sys/bus/xen-backend/devices").strip():
                d.con.fail("there are devices without a store")
            # It does not use the store, and gives the domain its program.
            d.ok("/ours/xenstore-supervisor -i /ours/xenstore-stubdom "
                 "-p /run/super.pid 2>/tmp/super.log")
            d.until("test -s /run/super.pid")
            d.ok("kill -HUP $(cat /run/super.pid)")
            d.until("! ps | grep -q '[[]xenbus_probe[]]'", timeout=60)
            store.needed(d, "xenstore-ls /local/domain/0/control",
                         "feature-poweroff")
            d.ok("xen-init-dom0; "
                 "xenconsoled --pid-file=/run/xenconsoled.pid --log=guest")
            guest_with_devices(d)


def guest_with_devices(d):
    """Case 34: xl's guest is up, vif and vbd connect, xl list is right."""
    d.ok("brctl addbr xenbr0; ip addr add 192.168.7.1/24 dev xenbr0; "
         "ip link set xenbr0 up; mkdir -p /tmp/www; "
         "dd if=/dev/zero of=/tmp/www/noise bs=1M count=1 2>/dev/null; "
         "httpd -h /tmp/www")
    path = d.config("busy", extra="test=net:1", more=(
        'disk=["phy:/dev/ram0,xvda,w"]\nvif=["bridge=xenbr0"]'))
    d.ok(f"xl create -q {path}", timeout=120)
    d.up("busy")
    domid = int(d.ok("xl domid busy"))
    if not re.search(rf"^busy +{domid} +96 +1 ", d.ok("xl list"), re.M):
        d.con.fail("xl list is not right:\n" + d.ok("xl list"))
    for kind, number in (("vbd", 51712), ("vif", 0)):
        back = f"/local/domain/0/backend/{kind}/{domid}/{number}/state"
        front = f"/local/domain/{domid}/device/{kind}/{number}/state"
        for node in (back, front):
            d.until(f"[ $(xenstore-read {node}) = 4 ]", timeout=60)
    d.until("grep -a 'net received' " + xl_lab.GUEST_LOG.format("busy"),
            timeout=120)
    no_process(d)
    d.ok("xl destroy busy", timeout=60)
    d.until("! xl list busy 2>/dev/null")
    for node in (f"/local/domain/{domid}",
                 f"/local/domain/0/backend/vif/{domid}",
                 f"/local/domain/0/backend/vbd/{domid}"):
        d.until(f"! xenstore-exists {node}")


@full_test(timeout=400)
def path_b_serving():
    """Case 33: S serves before Linux looks: xenbus probes at
    device_initcall. Case 34: Debian's xl creates and destroys a guest with
    vif and vbd. Case 35: a guest's crash. Case 31: SILO, S maps entry 1 of
    others, and nobody else does."""
    with store.store_domain(initrd=initrd(),
                            dom0_args=TRACED.format("domain"),
                            xen_args="console=dtuart dom0_mem=384M xsm=silo"
                            ) as d:
        if when_probed(d):
            d.con.fail("Linux has started a thread that waits for the store")
        print("case 33: no thread has waited")
        guest_with_devices(d)
        print("case 34: done")
        crash(d)
        passed(d, d.ok("/ours/store-handover silo", timeout=120), 31)


def released(d, number):
    """So often @releaseDomain was told, and it stays at that."""
    d.until(f"[ $(wc -l < /tmp/released) -ge {number} ]", timeout=60)
    d.ok("sleep 3")
    if int(d.ok("wc -l < /tmp/released")) != number:
        d.con.fail(f"@releaseDomain was told {d.ok('wc -l < /tmp/released')} "
                   f"times, not {number}")


def crash(d):
    """Case 35: @releaseDomain once at the crash and once at the destruction;
    on_crash is acted on."""
    d.ok("(xenstore-watch @releaseDomain >/tmp/released 2>&1 & "
         "echo $! >/tmp/watch.pid)")
    released(d, 1)  # every watch fires once at first
    # A guest that stops itself with SHUTDOWN_crash at once.
    d.file("/tmp/tiny", 'name="tiny"\nkernel="/ours/stop.bin"\nmemory=4\n'
           'extra="how=3"\non_crash="preserve"')
    d.ok("xl create -q -p /tmp/tiny", timeout=60)
    released(d, 1)
    d.ok("xl unpause tiny")
    d.until("xl list tiny | grep -q -- '---[-s]c-'")
    released(d, 2)
    d.ok("xl destroy tiny")
    d.until("! xl list tiny 2>/dev/null")
    released(d, 3)

    path = d.config("one", more='on_crash="restart"')
    d.ok(f"xl create -q {path}", timeout=120)
    d.up("one")
    before = int(d.ok("xl domid one"))
    d.ok(f"/ours/store-handover crash {before}")
    d.until(f"[ $(xl domid one 2>/dev/null || echo {before}) -gt {before} ]",
            timeout=90)
    released(d, 5)
    d.ok("xl destroy one")
    released(d, 6)
    d.ok("kill $(cat /tmp/watch.pid)")
    print("case 35: done")


def debians_test(d):
    """test-xenstore of xen-utils-4.17: every one of its tests, then some at
    random."""
    names = re.findall(r"(?m)^(\S.*?) *: \S", d.ok("test-xenstore -l"))
    if len(names) < 10:
        d.con.fail(f"test-xenstore -l lists only {names}")
    for options in ("-i 10", "-r 5"):
        code, text = d.run(f"test-xenstore {options} 2>&1", timeout=180)
        print(f"test-xenstore {options}:\n{text}")
        ran = [n for n in names if re.search(rf"(?m)^{re.escape(n)} *:", text)]
        if code or "fail" in text.lower() or "error" in text.lower() or (
                options[1] == "i" and ran != names):
            d.con.fail(f"test-xenstore {options} ended with {code}: {text}")


@full_test(timeout=500)
def cases_domain():
    """Cases 36 to 45 with the store domain, and Debian's test-xenstore."""
    with store.store_domain(args=DOMAIN_ARGS, initrd=initrd()) as d:
        debians_test(d)
        passed(d, d.ok(f"/ours/store-cases {DEVICE} {NODES}", timeout=300),
               *range(36, 46))


@full_test(timeout=500)
def cases_daemon():
    """Cases 36 to 45 with the daemon, and Debian's test-xenstore."""
    with xl_lab.dom0(store="/ours/daemon", initrd=initrd()) as d:
        size = d.ok("stat -c %s /run/xenstored/state")
        debians_test(d)
        passed(d, d.ok(f"/ours/store-cases {SOCKET} {NODES}", timeout=300),
               *range(36, 46))
        if d.ok("stat -c %s /run/xenstored/state") != size:
            d.con.fail("the daemon's arena has grown")


def image(name, *words):
    """A store domain built another way."""
    out = os.path.abspath(os.path.join(lab.O, name))
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    os.path.join(TOP, "tools", "stubdom"), f"O={out}",
                    f"VERSION={name}", *words], check=True,
                   stdout=subprocess.DEVNULL)
    return os.path.join(out, "stubdom", "xenstore-stubdom")


def layout_at(data):
    """Where an image has the number of its layout."""
    magic, at = struct.unpack_from("<2I", data, 0x30)
    if magic != 0x42555453:
        raise Failed("an image without STUB in its header")
    return at - 0x40008000


def pretender(theirs, ours):
    """@theirs, which says that its layout is that of @ours."""
    with open(theirs, "rb") as f, open(ours, "rb") as g:
        data, good = bytearray(f.read()), g.read()
    number = struct.unpack_from("<I", good, layout_at(good))
    struct.pack_into("<I", data, layout_at(data), *number)
    path = os.path.join(lab.O, "pretender")
    with open(path, "wb") as f:
        f.write(data)
    return path


def moved(one, two):
    """The function of the main loop is at another place."""
    at = [subprocess.run(["arm-none-eabi-nm", f"{path}.elf"], check=True,
                         capture_output=True, text=True).stdout
          for path in (one, two)]
    places = [re.search(r"(\w+) T store_work", text).group(1) for text in at]
    if places[0] == places[1]:
        raise Failed("the second image has its code where the first has it")


@full_test(timeout=400)
def live_update():
    """Another image in place of the one that runs: open transactions and
    watches go on. One of another layout is refused; one that lies about it
    ends, and the old one goes on."""
    first, second = store.stub_domain(), image("second", "OPT=-Os")
    future = image("future", "DEFINES=-DSTORE_VERSION=2u")
    moved(first, second)
    words = [f"{second}=ours/second", f"{future}=ours/future",
             f"{pretender(future, first)}=ours/pretender"]
    with store.store_domain(initrd=initrd("update", *words)) as d:
        d.ok("cp /ours/xenstore-stubdom /run/image; "
             "/ours/xenstore-supervisor -i /run/image -p /run/super.pid "
             "2>/tmp/super.log")
        d.until("test -s /run/super.pid")
        d.ok(f"(/ours/store-hold {DEVICE} /run/go >/tmp/hold.log 2>&1 &)")
        d.until("grep -q holding /tmp/hold.log", timeout=30)

        update(d, "second", "version second follows", "number 1,")
        d.until(f"grep -q 'goes on.*version second' {S_LOG}")
        d.ok("touch /run/go")
        d.until("grep -q checks /tmp/hold.log")
        passed(d, d.ok("cat /tmp/hold.log"))

        update(d, "future", "keeps the store in layout",
               "image in use stays, version second")
        kept(d)
        if d.run("grep -q 'number 2,' /tmp/super.log")[0] == 0:
            d.con.fail("it was started again with an image that is refused")
        update(d, "pretender", "version second goes on", "number 3,")
        d.until(f"grep -q 'was made by another version' {S_LOG}")
        kept(d)
        print(d.ok("cat /tmp/super.log"))
        refused_at_start(d)


def update(d, name, *lines):
    d.ok(f"cp /ours/{name} /run/image; kill -HUP $(cat /run/super.pid)")
    for line in lines:
        d.until(f"grep -q '{line}' /tmp/super.log", timeout=30)


def kept(d):
    if d.ok("xenstore-read /hold/two").strip() != "second":
        d.con.fail("the store is not what it was")


def refused_at_start(d):
    """A supervisor with an image that could only begin anew does not wait
    for the crash to say so."""
    d.ok("kill $(cat /run/super.pid)")
    code, text = d.run("/ours/xenstore-supervisor -f -i /ours/future 2>&1")
    if code != 1 or "take the version that has made it" not in text:
        d.con.fail(f"it ended with {code}: {text}")
    kept(d)


if __name__ == "__main__":
    sys.exit(lab.main())
