#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The hypervisor on the emulated DRA7 EVM, started by the stock boot loader:
from the card of `make sdcard`, from a FIT image, and by commands that are
typed at U-Boot's prompt as the bring-up of 2015 typed them."""

import difflib
import os
import re
import subprocess

import lab
from dra7_lab import (DTB, TOP, board, early_xen, qemu, sd_card, xen_card)
from lab import HALTED, USER_SPACE, test, uboot_type

HERE = os.path.dirname(os.path.abspath(__file__))
SEEN = r"user space: hypervisor xen 4\.17-dra7\n"
BOTH = "user space: 2 vCPUs"


@test(timeout=240, counted=(1, 10))
def sd_card_to_user_space():
    """No key is pressed and no file is patched."""
    with board(sd=xen_card()) as con:
        con.expect("U-Boot SPL 20", "Found U-Boot script /boot.scr",
                   "Starting kernel", r"\(XEN\) Platform: TI DRA7",
                   r"\(XEN\) Brought up 2 CPUs", timeout=60)
        con.expect(SEEN, BOTH, timeout=120)
        con.expect_end(USER_SPACE, HALTED)


@test()
def dom0_shell():
    """`make run BOARD=dra7-evm`: what is typed reaches dom0's shell, three
    Ctrl-A lead to the hypervisor and back."""
    with board(sd=xen_card(DOM0_ARGS="")) as con:
        con.expect(USER_SPACE, "This is domain 0", timeout=180)
        con.command("echo $((6 * 7))-typed", "42-typed")
        con.to_xen()
        con.to_dom0()
        con.send("poweroff\n")
        con.expect_end(HALTED)


@test()
def fit_image():
    """xen.itb: one file, one command."""
    folder = os.path.dirname(xen_card())
    card = sd_card("load mmc 0:1 0xb0000000 xen.itb\nbootm 0xb0000000\n",
                   f"{folder}/xen.itb")
    with board(sd=card) as con:
        con.expect("Using 'dra7-evm' configuration", r"sha256\+ OK",
                   timeout=60)
        con.expect(SEEN, BOTH, timeout=120)
        con.expect_end(USER_SPACE, HALTED)


@test()
def card_without_initrd():
    """The root file system may be on the card: no module then."""
    with board(sd=xen_card(INITRD="", DOM0_ARGS="root=/dev/mmcblk0p2 "
                                                "rootwait")) as con:
        con.expect(r"MODULE\[1\]: [^\n]* Kernel", timeout=60)
        con.expect_not("Ramdisk", 0)
        con.expect("Waiting for root device /dev/mmcblk0p2", timeout=120)


@test()
def card_incomplete():
    """A file is missing: boot.scr says which, and what to do."""
    folder = os.path.dirname(xen_card())
    with open(f"{folder}/boot.cmd", encoding="ascii") as f:
        card = sd_card(f.read().replace("xen-uImage;", "Xen-uImage2;"))
    with board(sd=card) as con:
        con.expect(r"boot\.scr: cannot load xen-uImage from mmc 0:1: make the "
                   "card again", timeout=60)


@test()
def card_damaged():
    """A hypervisor with a wrong byte: U-Boot's checksum says so, boot.scr
    what to do."""
    folder = os.path.dirname(xen_card())
    image = f"{folder}/xen-uImage"
    with open(image, "rb") as f:
        damaged = bytearray(f.read())
    damaged[len(damaged) // 2] ^= 1
    os.unlink(image)  # a link to the one that is whole
    with open(image, "wb") as f:
        f.write(damaged)
    with open(f"{folder}/boot.cmd", encoding="ascii") as f:
        card = sd_card(f.read(), image)
    with board(sd=card) as con:
        con.expect("Bad Data CRC", r"boot\.scr: bootm came back: [^\n]* a bad "
                   "CRC [^\n]*make the card again", timeout=60)


@test(timeout=30)
def wrong_words():
    """What `make run` and `make sdcard` refuse, they refuse with the remedy,
    before anything is started."""
    for tool, words, line in (
            ("run", {"SMP": "4"}, "run: SMP=4: the DRA7 has two CPUs; "
                                  "XEN_ARGS=maxcpus=1 uses one"),
            ("run", {"MEM": "512"}, "run: MEM=512: the board comes with "
                                    "1536, 2048 or 4096 MiB"),
            ("run", {"BOARD": "x15"}, "run: BOARD=x15 is not known: virt or "
                                      "dra7-evm"),
            ("mksdcard", {"XEN_ARGS": '"'}, "mksdcard: XEN_ARGS, DOM0_ARGS: "
                                            "leave out"),
            ("run", {"KERNEL": "/none"}, "run: KERNEL=/none is not a file"),
            ("run", {"INITRD": "/none"}, "run: INITRD=/none is not a file"),
            ("mksdcard", {"KERNEL": "/none"}, "mksdcard: KERNEL=/none is "
                                              "not a file"),
            ("mksdcard", {"STORE": "/none"}, "mksdcard: STORE=/none is not a "
                                             "file that can be read: make "
                                             "dist-stubdom builds it")):
        got = subprocess.run([f"{TOP}/tools/dev/{tool}"], text=True,
                             env=os.environ | {"BOARD": "dra7-evm"} | words,
                             check=False, capture_output=True)
        if got.returncode != 1 or not got.stderr.startswith(line):
            raise lab.Failed(f"{tool} with {words}: {got.stderr}")


# --- by hand ---

THREAD_XEN = "sync_console console=dtuart dtuart=serial0"
THREAD_DOM0 = ("console=hvc0 earlyprintk=xen debug ignore_loglevel "
               "root=/dev/mmcblk0p2 rw rootwait fixrtc")


def thread_lines(dom0_args, initrd=False, start=("bootm $xen_addr_r",)):
    """The commands of 2015. U-Boot then reserved the tree where it was
    loaded; today's has to be told."""
    module = "/chosen/module@0"
    lines = [
        "setenv xen_addr_r 0x90000000",
        "setenv dtb_addr_r 0x825f0000",
        "setenv bootargs",
        "load mmc 0:1 $xen_addr_r xen-uImage",
        "load mmc 0:1 $dtb_addr_r dra7-evm.dtb",
        "fdt addr $dtb_addr_r",
        "fdt resize 8192",
        "fdt rsvmem add 0x825f0000 0x17000",
        "fdt set /chosen \\#address-cells <1>",
        "fdt set /chosen \\#size-cells <1>",
        f'fdt set /chosen xen,xen-bootargs "{THREAD_XEN}"',
        f'fdt set /chosen xen,dom0-bootargs "{dom0_args}"',
        "load mmc 0:1 0xa0000000 vmlinuz",
        "fdt mknode /chosen module@0",
        f'fdt set {module} compatible "xen,linux-zimage" '
        '"xen,multiboot-module"',
        f"fdt set {module} reg <0xa0000000 0x${{filesize}}>",
        "fdt mknode / psci",
        'fdt set /psci compatible "arm,psci"',
        'fdt set /psci method "hvc"',
        "fdt set /psci cpu_on <2>",
    ]
    if initrd:
        lines += [
            "load mmc 0:1 0xa2000000 initrd.gz",
            "fdt mknode /chosen module@1",
            'fdt set /chosen/module@1 compatible "xen,linux-initrd" '
            '"xen,multiboot-module"',
            "fdt set /chosen/module@1 reg <0xa2000000 0x${filesize}>",
        ]
    return lines + [*start[:-1], f"{start[-1]} - $dtb_addr_r"]


def thread_card():
    """Files only: the script that U-Boot finds does nothing."""
    return sd_card("echo === nothing to do\n", f"{early_xen()}/xen-uImage")


@test(timeout=240)
def typed_to_user_space():
    with board(sd=thread_card()) as con:
        uboot_type(con, thread_lines("console=hvc0 rdinit=/init "
                                     "test=poweroff", initrd=True))
        con.expect("CONSOLE OUTPUT IS SYNCHRONOUS", timeout=60)
        con.expect(SEEN, BOTH, timeout=150)
        con.expect_end(USER_SPACE, HALTED)


@test(timeout=240)
def bootz_elsewhere():
    """The raw image, where nobody would put it."""
    card = sd_card("echo === nothing to do\n", f"{early_xen()}/xen-uImage",
                   f"{lab.O}/xen")
    start = ("load mmc 0:1 0xbd1ff000 xen", "bootz 0xbd1ff000")
    with board(sd=card) as con:
        uboot_type(con, thread_lines("console=hvc0 rdinit=/init "
                                     "test=poweroff", True, start))
        con.expect(r"\(XEN\) Set AuxCoreBoot1 to 00000000bd1", timeout=60)
        con.expect(SEEN, BOTH, timeout=150)
        con.expect_end(USER_SPACE, HALTED)


def facts(con):
    """The lines from the early console's first to the last of the boot."""
    lines = [line.rstrip() for line in con.text()]
    start = max(i for i, line in enumerate(lines) if "Starting kernel" in line)
    for i, line in enumerate(lines[start:], start):
        if re.match(r"\(XEN\) Freed \d+kB", line):
            return [x for x in lines[start + 1:i + 1] if x]
    raise lab.Failed("no line 'Freed ...kB init memory.'")


HOLES = {"{hex}": "[0-9a-f]+", "{dec}": "[0-9]+", "{any}": ".*"}


def pattern(text):
    out = re.escape(text)
    for hole, regex in HOLES.items():
        out = out.replace(re.escape(hole), regex)
    return re.compile(out + "$")


def seed_log():
    """The rows of dra7_boot.txt: (mark, text)."""
    rows, reason = [], False
    with open(f"{HERE}/dra7_boot.txt", encoding="ascii") as f:
        text = re.sub(r"\\\n *", "", f.read())
    for line in text.splitlines():
        mark, text = line[:1], line[2:].rstrip()
        if mark in ("", "#"):
            reason = mark == "#"
            continue
        if mark not in "=-+*" or (mark != "=" and not reason):
            raise lab.Failed(f"dra7_boot.txt: no mark or reason: {line}")
        reason = reason and mark != "="
        rows.append((mark, text))
    return rows


@test(timeout=240)
def bring_up_log():
    """Typed as in 2015, no initrd, no dom0_mem: every fact of that log comes
    in its order and form, but for what dra7_boot.txt lists with a reason;
    and dom0, which died of its memory then, waits for its root device."""
    rows = seed_log()
    with board(sd=thread_card()) as con:
        uboot_type(con, thread_lines(THREAD_DOM0))
        con.expect(r"\(XEN\) Freed \d+kB init memory", timeout=90)
        got = facts(con)
        con.expect(r"Linux version", timeout=30)
        con.expect(r"smp: Brought up 1 node, 2 CPUs", timeout=60)
        con.expect("Waiting for root device /dev/mmcblk0p2", timeout=120)
        for line in con.text():
            if "BUG: not creating mapping" in line:
                con.fail("dom0's carve-outs lie outside of its memory")
    anywhere = [pattern(t) for m, t in rows if m == "*"]
    want = [t for m, t in rows if m in "=+"]
    known = [(pattern(t), t) for t in want]
    named = []
    for line in got:
        name = next((t for p, t in known if p.match(line)), None)
        if name or not any(p.match(line) for p in anywhere):
            named.append(name or line)
    diff = list(difflib.unified_diff(want, named, "dra7_boot.txt",
                                     "this boot", n=1, lineterm=""))
    if diff:
        raise lab.Failed("the log differs beyond the list:\n" +
                         "\n".join(diff))


if __name__ == "__main__":
    raise SystemExit(lab.main())
