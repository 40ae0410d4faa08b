#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Wrong or missing input: one clear line that names the remedy, no silence.

Each test breaks one thing. "ends" means that the boot stops there, in a
panic or with the machine off; the others go on, having said what they do.
"""

import os

import lab
from lab import MIB, RAM, boot, test

PANIC = r"Panic on CPU 0:\n"
EARLY = os.path.join("early", "xen")


def ends(message, **options):
    """The boot stops with a panic whose text matches @message."""
    with boot(xen_args=options.pop("xen_args", "console=dtuart dom0_mem=512M")
              + " noreboot", **options) as con:
        con.fatal = None
        con.expect(PANIC, rf"\(XEN\) {message}", timeout=40)
        con.expect("noreboot")


@test()
def fdt_missing():
    """r2 = 0: only the early console can say so."""
    lab.need("run make O=.../early CONFIG_EARLY_PRINTK=virt",
             os.path.join(lab.O, EARLY))
    # The stub loads r2 from a word: an address of flash, which is no tree.
    with boot(raw=True, image=os.path.join(lab.O, EARLY),
              before=(0xe3a00000, 0xe3e01000, 0xe3a02000, 0xe59ff000, 0,
                      RAM + 2 * MIB)) as con:
        con.expect("- UART enabled -", "- CPU 00000000 booting -",
                   "- Xen starting in Hyp mode -", "- Zero BSS -",
                   "- Setting up control registers -",
                   "- Turning on paging -", "- Ready -",
                   r"no device tree[^\n]*r2", timeout=20)


@test()
def fdt_truncated():
    def cut(path):
        with open(path, "rb") as f:
            data = f.read()
        with open(path, "wb") as f:
            f.write(data[:len(data) // 3])

    lab.need("run make O=.../early CONFIG_EARLY_PRINTK=virt",
             os.path.join(lab.O, EARLY))
    with boot(image=os.path.join(lab.O, EARLY), edit=cut) as con:
        con.expect("- Ready -", r"device tree damaged or cut off[^\n]*r2",
                   timeout=20)


@test()
def wrong_mode():
    """Entered in SVC mode (cps #19 in the stub)."""
    lab.need("run make O=.../early CONFIG_EARLY_PRINTK=virt",
             os.path.join(lab.O, EARLY))
    # From Hyp to SVC: spsr_hyp = 0x1d3; elr_hyp = pc + 8; eret.
    with boot(image=os.path.join(lab.O, EARLY),
              before=(0xe3a000d3, 0xe3800c01,  # mov r0,#0xd3; orr r0,#0x100
                      0xe16ff000,              # msr spsr_cxsf, r0
                      0xe28f0004,              # add r0, pc, #4
                      0xe12ef300,              # msr elr_hyp, r0
                      0xe160006e)) as con:     # eret
        con.expect("- Xen must be entered in NS Hyp mode -",
                   r"- Boot failed[^\n]*HYP", timeout=20)


def cpu_seconds(pid):
    """What a process has used so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        words = f.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@test()
def wrong_mode_stuck_uart():
    """The last words of a refusal by the DRA7's boot ROM, where its UART has
    RAM that reads "not ready": the CPU goes to sleep, not round."""
    def other_board(fdt):
        lab.fdt_put(fdt, "/", "compatible", "ti,dra7", kind="s")

    # As in wrong_mode; r2 is the device tree, r12 has the service.
    with boot(edit=other_board,
              before=(0xe3a000d3, 0xe3800c01, 0xe16ff000, 0xe28f0004,
                      0xe12ef300, 0xe160006e)) as con:
        con.expect_not("XEN", 6)
        before = cpu_seconds(con.child.pid)
        con.expect_not("XEN", 2)
        used = cpu_seconds(con.child.pid) - before
        if used > 0.1:
            con.fail(f"{used} of 2 s: the CPU does not sleep")


@test()
def no_memory():
    ends("memory: no RAM in the device tree: it needs a memory node",
         edit=lambda fdt: lab.fdt_drop(fdt, "/memory@40000000"))


@test()
def no_gic():
    ends("gic: no usable GICv2 node",
         edit=lambda fdt: lab.fdt_drop(fdt, "/intc@8000000"))


@test()
def no_timer():
    """Goes on with the usual interrupts, and says so."""
    with boot(edit=lambda fdt: lab.fdt_drop(fdt, "/timer")) as con:
        con.expect(r"\(XEN\) timer: no arm,armv7-timer node; the usual PPIs",
                   timeout=40)
        con.expect_end(lab.USER_SPACE, lab.HALTED, timeout=90)


@test()
def cntfrq_zero():
    # mov r0, #0; mcr p15, 0, r0, c14, c0, 0
    ends(r"timer: [^\n]*CNTFRQ unset[^\n]*clock-frequency",
         before=(0xe3a00000, 0xee0e0f10))


@test()
def no_kernel():
    ends(r"modules: no kernel for dom0: /chosen needs a node",
         kernel="", initrd="")


@test()
def kernel_not_zimage():
    """An initrd in the kernel's place."""
    ends(r"[^\n]*zImage", kernel=lab.INITRD, initrd="")


@test()
def initrd_over_ram_end():
    def longer(fdt):
        for node in lab.fdt_nodes(fdt, "/chosen"):
            if "61000000" in node:
                lab.fdt_put(fdt, f"/chosen/{node}", "reg", 0, 0x61000000, 0,
                            0x40000000, kind="i")

    ends("modules: a module lies outside of RAM: load it elsewhere",
         edit=longer)


@test()
def dom0_mem_too_large():
    ends(r"[^\n]*dom0_mem", xen_args="console=dtuart dom0_mem=2G")


@test()
def console_unknown():
    """A UART that is not there: the usable ones are told, on stdout-path's
    UART if there is one, and the boot goes on."""
    uart = r"/pl011@9000000"
    for name, why in (("serial7", "dtuart= names no node: give an alias"),
                      ("/timer", "no driver for that node: give dtuart= of")):
        with boot(xen_args=f"console=dtuart dtuart={name} dom0_mem=512M "
                  "noreboot", **lab.guest("hello")) as con:
            con.expect(rf"Looking for UART console {name}\n",
                       rf"\(XEN\) dtuart={name} names no UART that is "
                       rf"enabled and has a driver: using {uart}; "
                       rf"UARTs are: ({uart}|serial\d)\n",
                       rf"\(XEN\) console: {why}", "hello: done", timeout=40)
            con.expect_end(lab.HALTED)


@test()
def dom0_mem_words():
    """No size; and too little for Linux: both are told, with what to give."""
    for word, line in (
            ("12Q", r"Command line: 'dom0_mem=12Q': is not a size: use K, M "
                    r"or G, as in 512M or 1G\n"),
            ("40M", r"dom0_mem=40M is less than a usual Linux needs to "
                    r"start: use dom0_mem=96M or more\n")):
        with boot(xen_args=f"console=dtuart dom0_mem={word} noreboot",
                  **lab.guest("hello")) as con:
            con.expect(rf"\(XEN\) {line}", "hello: done", timeout=40)
            con.expect_end(lab.HALTED)


@test()
def unknown_word():
    """A word that is no option is told, and the boot goes on."""
    with boot(xen_args="console=dtuart dom0_mem=512M nosuchword=1") as con:
        con.expect(r"\(XEN\) Command line: 'nosuchword=1': [^\n]+",
                   timeout=40)
        con.expect_end(lab.USER_SPACE, lab.HALTED, timeout=90)


@test()
def unknown_scheduler():
    """Also the test of the panic's backtrace: it names the boot step."""
    ends(r"Unknown scheduler 'fifo': use sched=credit or sched=null",
         xen_args="console=dtuart dom0_mem=512M sched=fifo")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
