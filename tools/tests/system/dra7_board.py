#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The emulated DRA7 EVM proves itself, without the hypervisor: Debian's
stock SPL, U-Boot and kernel run on it, and each fault that it can be given
shows. Only run by `make check-dra7`."""

import os
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
