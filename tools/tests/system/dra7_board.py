#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The emulated DRA7 EVM proves itself, without the hypervisor: Debian's
stock SPL, U-Boot and kernel run on it, and each fault that it can be given
shows. Only run by `make check-dra7`."""

import os
import socket
import subprocess

import lab
from dra7_lab import (DTB, UART1, UART_WITH_DRIVER, board, linux_cmd,
                      new_folder, sd_card)
from lab import test

POWER_OFF = "reboot: Power down"
USER = "console=ttyO0,115200 rdinit=/init test=poweroff"
EARLY = "earlycon=omapserial,0x4806a000 keep_bootcon"


def linux(options="", expect=(), cpus=2, log=(), **more):
    """From the ROM to user space and off; @expect on the way there."""
    card = sd_card(linux_cmd(USER, UART_WITH_DRIVER))
    with board(options, sd=card, **more) as con:
        con.expect("U-Boot SPL 20", "=== boot.scr", timeout=60)
        con.expect(*expect, f"user space: {cpus} vCPUs", timeout=120)
        kib = int(con.expect(r"(\d+) KiB").group(1))
        con.expect_end(POWER_OFF)
        con.expect_log("the PMIC switches the board off", *log)
        return kib


@test()
def sd_card_to_user_space():
    """Nothing is patched but the UART's name, for which there is a driver."""
    linux(expect=["DRA752 ES2", "smp: Brought up 1 node, 2 CPUs",
                  r"CPU: All CPU\(s\) started in HYP mode"],
          log=["CPU1 leaves the ROM",
               "realtime counter: 20000000 Hz * 75 / 244 = 6147540 Hz"])


@test()
def unmodified_tree():
    """dra7-evm.dtb as it is: no tty then, so the kernel's log must do."""
    card = sd_card(linux_cmd(f"{EARLY} rdinit=/init test=poweroff"))
    with board(sd=card) as con:
        con.expect("=== boot.scr", "smp: Brought up 1 node, 2 CPUs",
                   "Run /init as init process", timeout=120)
        con.expect_end(POWER_OFF)


@test()
def uboot_prompt_and_reset():
    """A key stops bootcmd; `reset` starts from the ROM again."""
    with board(sd=sd_card(linux_cmd(USER)), reboot=True) as con:
        con.expect("U-Boot SPL 20", r"CPU  : DRA752-GP ES2\.0", "autoboot")
        con.command("x", "=> ")
        con.command("reset", "U-Boot SPL 20", r"CPU  : DRA752-GP")
        con.expect_log("PRM_RSTCTRL, warm: reset")


@test()
def linux_reboots():
    card = sd_card(linux_cmd(USER.replace("poweroff", "reboot"),
                             UART_WITH_DRIVER))
    with board(sd=card, reboot=True) as con:
        con.expect("user space: ready", "U-Boot SPL 20", timeout=120)
        con.expect_log("PRM_RSTCTRL, warm: reset")


@test()
def hyp_refused_to_cpu1():
    linux("hyp-service=cpu0", log=["service 0x102 is unknown or refused"],
          expect=[r"CPU\(s\) started in wrong/inconsistent modes"])


@test()
def cpu1_missing():
    linux("cpu1=missing", expect=["CPU1: failed to come online"], cpus=1)


@test()
def cpu1_late():
    """Linux waits for it, up to a second."""
    card = sd_card(linux_cmd(USER, UART_WITH_DRIVER))
    with board("cpu1-delay=600", sd=card) as con:
        asked = con.expect(r"\[ +([\d.]+)\] smp: Bringing up", timeout=60)
        came = con.expect(r"\[ +([\d.]+)\] CPU1: thread")
        if float(came.group(1)) - float(asked.group(1)) < 0.6:
            con.fail("CPU1 was not late")
        con.expect_end("user space: 2 vCPUs", POWER_OFF)


@test()
def sys_clk_19200():
    linux("sys-clksel=4,speedselect=0",
          log=["realtime counter: 19200000 Hz * 8 / 25 = 6144000 Hz"])


@test()
def ram_4_gib():
    kib = linux(mem=4096)
    if kib < 3900 << 10:
        raise lab.Failed(f"4 GiB of RAM, but Linux has {kib} KiB")


# --- devices, by U-Boot's commands ---

def typed(con, *lines):
    """Commands at U-Boot's prompt, which comes again behind each."""
    for line in lines:
        con.send(line + "\r")
        con.expect(r"\n", "=> ")


def stop_at_prompt(con):
    con.expect("autoboot", timeout=60)
    con.send("\r")
    con.expect("=> ")


def word(con, pa):
    """The register at @pa."""
    con.send(f"md.l {pa:x} 1\r")
    value = con.expect(rf"\n{pa:08x}: ([0-9a-f]{{8}})").group(1)
    con.expect("=> ")   # md looks for Ctrl-C and would eat what is typed
    return int(value, 16)


WDT = 0x4ae14000
WCRR, WLDR, WTGR, WSPR = WDT + 0x28, WDT + 0x2c, WDT + 0x30, WDT + 0x48
WDT_START = (f"mw.l {WSPR:x} bbbb", f"mw.l {WSPR:x} 4444")
WDT_STOP = (f"mw.l {WSPR:x} aaaa", f"mw.l {WSPR:x} 5555")
RSTST, RSTST_WATCHDOG = 0x4ae07d04, 1 << 3


@test()
def watchdog():
    """WD_TIMER2 is stopped by SPL, can be fed, and resets the board with its
    reason when it overflows."""
    with board(sd=sd_card("echo === boot.scr\n"), reboot=True) as con:
        stop_at_prompt(con)
        if word(con, WCRR) != word(con, WCRR):
            con.fail("the watchdog runs behind SPL")
        # 32 s ahead, then fed with what would be 256 s.
        typed(con, f"mw.l {WCRR:x} fff00000", f"mw.l {WLDR:x} ff800000",
              *WDT_START)
        first = word(con, WCRR)
        if not 0xfff00000 < first < word(con, WCRR):
            con.fail("the watchdog does not count")
        typed(con, f"mw.l {WTGR:x} 1")
        if word(con, WCRR) >> 20 != 0xff8:
            con.fail("the watchdog was not fed")
        typed(con, *WDT_STOP)
        if word(con, WCRR) != word(con, WCRR):
            con.fail("the watchdog was not stopped")
        if "watchdog" in con.board_log():
            con.fail("the watchdog expired too early")
        typed(con, f"mw.l {WCRR:x} ffff0000", WDT_START[0])
        con.send(WDT_START[1] + "\r")
        con.expect("U-Boot SPL 20", timeout=20)
        con.expect_log("watchdog WD_TIMER2 expired: reset")
        stop_at_prompt(con)
        if not word(con, RSTST) & RSTST_WATCHDOG:
            con.fail("PRM_RSTST does not name the watchdog")


# UART n: registers, crossbar source (SPRUI30, interrupt requests to MPU).
UARTS = {2: (0x4806c000, 68), 3: (0x48020000, 69), 4: (0x4806e000, 65),
         5: (0x48066000, 100), 6: (0x48068000, 101), 7: (0x48420000, 218),
         8: (0x48422000, 219), 9: (0x48424000, 220), 10: (0x4ae2b000, 221)}
SPI4_CROSSBAR = 0x4a002a48
GICD_ISPENDR1, SPI4_BIT = 0x48211204, 1 << 4


def check_uart(con, line, pa, source):
    """@line: the other end of the UART at @pa."""
    def pending():
        return bool(word(con, GICD_ISPENDR1) & SPI4_BIT)

    typed(con, f"mw.w {SPI4_CROSSBAR:x} {source:x}",
          f"mw.l {pa:x} 58")            # sent while MDR1 is 7: nothing
    line.setblocking(False)
    try:
        if line.recv(1):
            con.fail(f"UART {pa:x} sends though nobody has set it up")
    except BlockingIOError:
        pass
    line.settimeout(20)
    typed(con, f"mw.l {pa + 0x20:x} 0", f"mw.l {pa:x} 59")
    if line.recv(8) != b"Y":
        con.fail(f"UART {pa:x} does not send")
    typed(con, f"mw.l {pa + 4:x} 1")    # IER: receive
    if pending():
        con.fail(f"UART {pa:x}: an interrupt without a reason")
    line.send(b"Z")
    while not word(con, pa + 0x14) & 1:  # LSR; the test's limit ends this
        pass
    if not pending():
        con.fail(f"UART {pa:x}: no interrupt by source {source}")
    if word(con, pa) != ord("Z") or pending():
        con.fail(f"UART {pa:x}: Z was not read, or its interrupt stays")


@test()
def uarts_2_to_10():
    """Each sends, receives, and interrupts by its source of the crossbar."""
    folder = new_folder()
    words = []
    for n in UARTS:
        words += ["-serial", f"unix:{folder}/{n},server=on,wait=off"]
    with board(sd=sd_card("echo === boot.scr\n"), extra=words) as con:
        stop_at_prompt(con)
        for n, (pa, source) in UARTS.items():
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(f"{folder}/{n}")
                check_uart(con, line, pa, source)


# --- without SPL ---

def start_files(*files):
    words = []
    for path, pa in files:
        words += ["-device", f"loader,file={path},addr={pa:#x},force-raw=on"]
    return words


@test()
def hyp_refused_to_all():
    """Without SPL, which does not survive that: Linux started in SVC."""
    tree = os.path.join(new_folder(), "board.dtb")
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dtb", "-p", "4096", "-o",
                    tree, DTB], check=True)
    initrd = 0x88080000
    end = initrd + os.path.getsize(lab.INITRD)
    lab.fdt_put(tree, UART1, "compatible", "ti,omap4-uart", kind="s")
    lab.fdt_put(tree, "/chosen", "bootargs", USER, kind="s")
    lab.fdt_put(tree, "/chosen", "linux,initrd-start", initrd)
    lab.fdt_put(tree, "/chosen", "linux,initrd-end", end)
    with board("hyp-service=none,entry=0x82000000,r0=0,r1=0xffffffff,"
               "r2=0x88000000",
               extra=start_files((lab.KERNEL, 0x82000000), (tree, 0x88000000),
                                 (lab.INITRD, initrd))) as con:
        con.expect(r"CPU: All CPU\(s\) started in SVC mode",
                   "user space: 2 vCPUs", timeout=120)
        con.expect_end(POWER_OFF)


def rom_probe():
    """Our own program that tells what the ROM left; its path."""
    here = os.path.dirname(os.path.abspath(__file__))
    out = os.path.join(new_folder(), "probe")
    subprocess.run(["arm-none-eabi-as", "-o", out + ".o",
                    here + "/dra7_rom.S"], check=True)
    subprocess.run(["arm-none-eabi-ld", "-Ttext=0x80800000", "-o",
                    out + ".elf", out + ".o"], check=True)
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", out + ".elf",
                    out], check=True)
    return out


def rom_leaves(options, *lines):
    with board(options,
               extra=start_files((rom_probe(), 0x80800000))) as con:
        con.expect(*lines, timeout=30)


@test()
def rom_state():
    """NS SVC and CNTFRQ 0; services; CPU1 comes by SEV and not before."""
    rom_leaves("", "mode 00000013", "cntfrq 00000000", "unknown ffffffff",
               "cntfrq 005dcc00", "mode 0000001a", "before sev 00000000",
               "cpu1 mode 00000013", "cpu1 cntfrq 00000000")


@test()
def rom_cntfrq_preset():
    rom_leaves("cntfrq=6147541", "cntfrq 005dcdd5", "cpu1 cntfrq 005dcdd5")


@test()
def rom_refuses_hyp():
    rom_leaves("hyp-service=none", "mode 00000013", "cntfrq 005dcc00",
               "mode 00000013", "cpu1 mode 00000013")


@test()
def bad_options():
    """A wrong word is said, and nothing starts."""
    for options, what in (("cpu1=maybe", "cpu1 is present or missing"),
                          ("sys-clksel=0", "sys-clksel is 1 to 7"),
                          ("hyp-service=x", "hyp-service is all, cpu0")):
        with board(options) as con:
            con.expect(what)


if __name__ == "__main__":
    raise SystemExit(lab.main())
