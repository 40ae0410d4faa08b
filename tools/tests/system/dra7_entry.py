#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""How the DRA7's CPUs come to the hypervisor and at what rate time runs:
Hyp mode from the boot ROM or not, CPU1 refused, late or missing, CNTFRQ and
the realtime counter as stock firmware leaves them. All without SPL and
U-Boot, in the state of the ROM, but where a test says otherwise."""

import contextlib
import os
import re
import struct

import lab
from dra7_lab import at_once, board, early_xen, tree_put
from lab import HALTED, USER_SPACE, test

CONSOLE = "console=dtuart noreboot"
HELLO = os.path.join(lab.O, "guests", "hello.bin")
DOM0 = r"\*\*\* LOADING DOMAIN 0 \*\*\*"
ASKED = "service 0x102 is unknown or refused"
LEFT = "CPU1 leaves the ROM"
OFF = "test=poweroff"


@contextlib.contextmanager
def start(options="", hyp=False, early=False, xen_args=CONSOLE, edit=None,
          linux=None):
    """Enter the image in SVC, or with @hyp as U-Boot does it; @early: the
    debug build with an early console. @options: of the board. dom0 is a test
    guest, or Linux with @linux added to its command line."""
    if linux is not None:
        setup = at_once(xen_args, lab.KERNEL, lab.INITRD,
                        "console=hvc0 rdinit=/init " + linux, edit)
    else:
        setup = at_once(xen_args, HELLO, edit=edit)
    if early:
        image = f"loader,file={os.path.join(lab.O, 'xen')},"
        setup["extra"] = [word.replace(image, f"loader,file={early_xen()}/xen,")
                          for word in setup["extra"]]
    words = setup["options"].split(",")
    words = [w for w in words if hyp or w != "hyp=on"] + [options]
    with board(",".join(w for w in words if w), extra=setup["extra"]) as con:
        yield con


def user_space(con, cpus):
    con.expect(f"user space: {cpus} vCPUs", timeout=150)
    con.expect_end(USER_SPACE, HALTED)


def never(con, *texts):
    """What must not have been said, by the console or the board."""
    for text in texts:
        if text in "".join(con.text()[1:]) + con.board_log():
            con.fail(f"'{text}' was said")


# --- Hyp mode ---

CPU0 = ["- UART enabled -", "- CPU 00000000 booting -",
        "- Xen starting in Hyp mode -", "- Zero BSS -",
        "- Setting up control registers -", "- Turning on paging -",
        "- Ready -"]
CPU1 = ["- CPU 00000001 booting -", "- NOT HYP, asking the boot ROM -",
        "- Xen starting in Hyp mode -", "- Setting up control registers -",
        "- Turning on paging -", "- Ready -"]


def early_lines(cpu0, **more):
    """Exactly these lines, and no console line among them."""
    with start(early=True, **more) as con:
        con.expect(r"\(XEN\) CPU 1 booted\.", timeout=60)
        lines = [line.rstrip() for line in con.text()[1:]]
    ours = [i for i, line in enumerate(lines) if line.startswith("(XEN)")]
    first = [line for line in lines[:ours[0]] if line]
    up = lines.index("(XEN) Bringing up CPU1")
    second = lines[up + 1:lines.index("(XEN) CPU 1 booted.")]
    if (first, second) != (cpu0, CPU1):
        con.fail(f"CPU0 said {first}, CPU1 {second}")


@test()
def early_lines_hyp():
    early_lines(CPU0, hyp=True)


@test()
def early_lines_svc():
    early_lines(CPU0[:2] + CPU1[1:2] + CPU0[2:])


@test(timeout=240)
def svc_to_user_space():
    """Entered in SVC, CPU1 as always: Hyp mode for both. The ROM sets
    CNTFRQ, which was 0, and ACTLR.IBE, without U-Boot for CPU0 too."""
    with start(linux=OFF) as con:
        con.expect(r"Set AuxCoreBoot1 to 00000000802[0-9a-f]{5} "
                   r"\(002[0-9a-f]{5}\)\n\(XEN\) Set AuxCoreBoot0 to 0x20\n",
                   r"\(XEN\) CPU 1 booted\.", r"Brought up 2 CPUs",
                   timeout=60)
        user_space(con, 2)
        never(con, "CNTFRQ", "ACTLR.IBE", "left out")
        con.expect_log("20000000 Hz * 75 / 244 = 6147540 Hz", LEFT)


def stops(con, *lines):
    """The lines, and nothing behind them."""
    con.expect(*lines, timeout=30)
    con.expect_not(r"[^\n]", 2)


@test()
def svc_on_another_board():
    """Only "ti,dra7" among the root's own compatibles lets us ask the ROM:
    no longer word, and no other node."""
    def rename(tree):
        tree_put(tree, ("/", "compatible", "ti,dra7-evm", "ti,dra72",
                        "xti,dra7", "ti,omap5"),
                 ("/cpus", "compatible", "ti,dra7"))

    with start(early=True, edit=rename) as con:
        stops(con, "- CPU 00000000 booting -",
              "- Xen must be entered in NS Hyp mode -\n",
              r"- Boot failed: use a U-Boot that starts images in HYP -\n")
        never(con, "asking")


@test()
def svc_last_compatible():
    """Behind other words of it, and behind other properties."""
    def rename(tree):
        tree_put(tree, ("/", "compatible", "ti,dra7-evm", "ti,omap5",
                        "ti,dra7"))

    with start(early=True, edit=rename) as con:
        con.expect("- NOT HYP, asking the boot ROM -",
                   "- Xen starting in Hyp mode -", timeout=30)


@test(timeout=120)
def svc_damaged_trees():
    """Each is no tree of a DRA7, and none makes the search hang or crash."""
    def word(offset, value):
        def write(tree):
            with open(tree, "r+b") as f:
                start_of = struct.unpack(">I", f.read(16)[8:12])[0]
                f.seek(offset(start_of) if callable(offset) else offset)
                f.write(struct.pack(">I", value))
        return write

    # Offsets 0, 4, 8, 12: magic, totalsize, the structs, the strings. The
    # struct block has a node's token and name, then its first property.
    for what in (word(0, 0xd00dfeee), word(4, 0xfffffffc), word(4, 20),
                 word(8, 0xfffffffc), word(8, 0x31), word(12, 0xffffffff),
                 word(lambda s: s, 9), word(lambda s: s + 8, 7),
                 word(lambda s: s + 12, 0xfffffff4),
                 word(lambda s: s + 16, 0xfffffff0)):
        with start(early=True, edit=what) as con:
            stops(con, "- Xen must be entered in NS Hyp mode -\n",
                  r"- Boot failed[^\n]*\n")
            never(con, "asking")


@test()
def rom_refuses_all():
    with start("hyp-service=none", early=True) as con:
        stops(con, "- NOT HYP, asking the boot ROM -\n",
              "- The boot ROM refuses Hyp mode -\n",
              r"- Boot failed: use a GP device[^\n]*\n")
        con.expect_log(ASKED)


@test()
def rom_refuses_all_silently():
    """An image without early console has UART1 for this."""
    with start("hyp-service=none") as con:
        stops(con, "Xen: entered in SVC, and the boot ROM refuses Hyp mode: "
                   r"use a GP device,\nor firmware that starts images in Hyp "
                   r"mode\n")


@test(timeout=240)
def rom_refuses_cpu1():
    """It says so itself, so that nobody waits for it; dom0 has one CPU."""
    with start("hyp-service=cpu0", linux=OFF,
               xen_args=CONSOLE + " console_timestamps") as con:
        asked = con.expect(r"\[ *([\d.]+)\] Bringing up CPU1", timeout=60)
        told = con.expect(r"\[ *([\d.]+)\] CPU1 is left out: the boot ROM "
                          "does not let it enter Hyp mode: a GP device's does; "
                          "maxcpus=1 saves the attempt")
        seconds = float(told.group(1)) - float(asked.group(1))
        if seconds > 0.8:
            con.fail(f"CPU0 waited {seconds} s for a CPU that was refused")
        con.expect("Brought up 1 CPUs", timeout=30)
        user_space(con, 1)
        con.expect_log(LEFT, ASKED)


@test()
def rom_refuses_cpu1_early():
    with start("hyp-service=cpu0", early=True, hyp=True) as con:
        con.expect("Bringing up CPU1\n- CPU 00000001 booting -\n"
                   "- NOT HYP, asking the boot ROM -\n"
                   "- The boot ROM refuses Hyp mode -\n"
                   r"\(XEN\) CPU1 is left out: the boot ROM", DOM0,
                   timeout=60)


# --- CPU1 late or missing ---

@test()
def cpu1_late():
    """It is waited for, for a second."""
    with start("cpu1-delay=500", hyp=True) as con:
        con.expect(r"\(XEN\) CPU 1 booted\.", "Brought up 2 CPUs", DOM0,
                   timeout=60)


@test(timeout=240)
def cpu1_too_late():
    """It comes while dom0 runs, and must find that nobody wants it."""
    with start("cpu1-delay=4000", hyp=True, linux="") as con:
        con.expect("CPU1 is left out: it was started, but never came: check",
                   "Brought up 1 CPUs", timeout=60)
        con.expect("user space: 1 vCPUs", USER_SPACE, timeout=150)
        con.expect_not("CPU 1 booted|Xen fault", 2)
        con.expect_log(LEFT)
        con.to_xen()
        con.send("t")
        con.expect(r"Counter [0-9a-f]+ at 6147541 Hz[^\n]*\n"
                   r"\(XEN\)   CPU0: idle for [^\n]*\n(\(XEN\)[^\n]*)\n")
        if "CPU1" in con.child.match.group(1):
            con.fail("CPU1 has come online")


@test()
def cpu1_too_late_early():
    """Nor does it say anything by then."""
    with start("cpu1-delay=4000", hyp=True, early=True, linux=OFF) as con:
        con.expect("CPU1 is left out: it was started, but never came", DOM0,
                   timeout=60)
        con.expect_not("- CPU 00000001 booting", 6)
        con.expect_log(LEFT)


@test(timeout=240)
def cpu1_missing():
    with start("cpu1=missing", hyp=True, linux=OFF) as con:
        con.expect("CPU1 is left out: it was started, but never came: check "
                   "that the device tree's CPUs are there; maxcpus= saves the "
                   "wait", "Brought up 1 CPUs", timeout=60)
        user_space(con, 1)
        never(con, LEFT)


@test()
def cpu1_not_wanted():
    """maxcpus=1: it stays in the ROM."""
    with start(hyp=True, xen_args=CONSOLE + " maxcpus=1") as con:
        con.expect("Brought up 1 CPUs", DOM0, timeout=60)
        never(con, LEFT, "AuxCoreBoot", "CPU1")


@test()
def psci_that_is_not_there():
    """A tree that promises a PSCI by SMC, which the ROM does not know: CPU1
    comes the ROM's way, and no service of the ROM is called by accident."""
    def promise(tree):
        lab.fdt_put(tree, "/psci", "compatible", "arm,psci-0.2", "arm,psci",
                    kind="s")
        lab.fdt_put(tree, "/psci", "method", "smc", kind="s")

    with start(hyp=True, edit=promise) as con:
        con.expect("Set AuxCoreBoot1 to", r"\(XEN\) CPU 1 booted\.", DOM0,
                   timeout=60)
        con.expect_log("service 0x0 is unknown or refused")
        never(con, "PSCI: firmware offers")


# --- time ---

def told_rate(con, khz, *lines):
    con.expect(*lines, f"Using generic timer at {khz} KHz\n", timeout=60)


@test()
def cntfrq_preset():
    """Firmware that has set it, to another rate: told, and set anew."""
    with start("cntfrq=6144000", hyp=True) as con:
        told_rate(con, 6147, "timer: CNTFRQ is 6144000 Hz, 6147541 Hz is used")
        con.expect("Brought up 2 CPUs", timeout=60)
        never(con, "CPU0: CNTFRQ", "CPU1: CNTFRQ")


@test()
def cntfrq_right():
    with start("cntfrq=6147541", hyp=True) as con:
        told_rate(con, 6147)
        con.expect("Brought up 2 CPUs", timeout=60)
        never(con, "CNTFRQ")


@test()
def clock_frequency_disagrees():
    """A tree that was written for the counter without erratum i856."""
    def add(tree):
        tree_put(tree, ("/timer", "clock-frequency", 6144000))

    with start(hyp=True, edit=add) as con:
        told_rate(con, 6147, "timer: clock-frequency in the device tree is "
                             "6144000 Hz, but the counter is set to 6147541 "
                             "Hz, which is used\n")


# SYS_CLKSEL, SPEEDSELECT: kHz, and the board's line.
RATES = {
    (1, 0): (6144, "12000000 Hz * 64 / 125 = 6144000 Hz"),
    (2, 0): (6144, "20000000 Hz * 192 / 625 = 6144000 Hz"),
    (4, 0): (6144, "19200000 Hz * 8 / 25 = 6144000 Hz"),
    (5, 0): (6144, "26000000 Hz * 384 / 1625 = 6144000 Hz"),
    (6, 0): (6144, "27000000 Hz * 256 / 1125 = 6144000 Hz"),
    (7, 0): (6144, "38400000 Hz * 4 / 25 = 6144000 Hz"),
    (1, 1): (3688, "12000000 Hz * 75 / 244 = 3688524 Hz"),
    (2, 3): (6147, "20000000 Hz * 75 / 244 = 6147540 Hz"),
    (3, 1): (5163, "16800000 Hz * 75 / 244 = 5163934 Hz"),
    (4, 2): (5901, "19200000 Hz * 75 / 244 = 5901639 Hz"),
    (5, 1): (7991, "26000000 Hz * 75 / 244 = 7991803 Hz"),
    (6, 1): (8299, "27000000 Hz * 75 / 244 = 8299180 Hz"),
    (7, 1): (11803, "38400000 Hz * 75 / 244 = 11803278 Hz"),
}


@test(timeout=240)
def system_clocks():
    """Every clock the board can have, with and without erratum i856."""
    for (clksel, speed), (khz, line) in RATES.items():
        with start(f"sys-clksel={clksel},speedselect={speed}",
                   hyp=True) as con:
            told_rate(con, khz)
            con.expect_log(line)
            never(con, "CNTFRQ")


@test()
def clock_without_ratio():
    """16.8 MHz: one message with the remedy; and that helps."""
    line = (r"timer: no ratio for the realtime counter is known with "
            r"SYS_CLKSEL 3: let the boot loader program it, and give its "
            r"rate as clock-frequency of the timer node\n")

    def add(tree):
        tree_put(tree, ("/timer", "clock-frequency", 6100000))

    options = "sys-clksel=3,speedselect=0"
    with start(options, hyp=True) as con:
        con.fatal = None
        con.expect(r"Panic on CPU 0:\n\(XEN\) " + line, timeout=60)
    with start(options, hyp=True, edit=add) as con:
        told_rate(con, 6100, line)
        con.expect("Brought up 2 CPUs", timeout=60)
        never(con, "CNTFRQ")
        if re.search("realtime counter: ", con.board_log()):
            con.fail("the boot loader's ratio was overwritten")


if __name__ == "__main__":
    raise SystemExit(lab.main())
