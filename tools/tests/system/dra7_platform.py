#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The hypervisor and the DRA7 EVM's own hardware: consoles, interrupts
behind the crossbar, what dom0 may not change, reset and power-off."""

import os

import lab
from dra7_lab import UART1, at_once, board, tree_put, xen_card
from lab import HALTED, USER_SPACE, test

CONSOLE = "console=dtuart noreboot"
GUEST = os.path.join(lab.O, "guests", "dra7.bin")
HELLO = os.path.join(lab.O, "guests", "hello.bin")
UART3 = "/ocp/interconnect@48000000/segment@0/target-module@20000/serial@0"
PMIC = "/ocp/interconnect@48000000/segment@0/target-module@70000/i2c@0/" \
    "tps659038@58"
PMIC_OFF = "the PMIC switches the board off"
GIC = "/interrupt-controller@48211000"
GIC_PHANDLE, WUGEN_PHANDLE = 2, 11
CROSSBAR = 0x4a002a48           # of SPI 4, the first
WDT2 = 0x4ae14000


def start(kernel=HELLO, xen_args=CONSOLE, edit=None, poke=(), **more):
    """Boot a test guest as dom0. @poke: (address, value) in registers, as
    software before us has left them."""
    setup = at_once(xen_args, kernel, edit=edit)
    setup["extra"] += poked(poke)
    return board(**setup, **more)


def poked(rows):
    words = []
    for address, value in rows:
        words += ["-device", f"loader,addr={address:#x},data={value:#x},"
                             "data-len=4"]
    return words


def linux(dom0_args="", xen_args=CONSOLE, edit=None, poke=(), **more):
    setup = at_once(xen_args, lab.KERNEL, lab.INITRD,
                    "console=hvc0 rdinit=/init " + dom0_args, edit)
    setup["extra"] += poked(poke)
    return board(**setup, **more)


def count(con, text):
    return sum(text in line for line in con.text())


def expect_guest(con, rows=32):
    """All lines of the guest dra7, without one that failed."""
    con.expect("dra7: done", timeout=40)
    bad = [line for line in con.text() if "dra7: " in line and
           "FAILED" in line]
    if bad:
        con.fail("dom0 could: " + "".join(bad))
    good = [line for line in con.text() if line.startswith("dra7: ") and
            line.endswith(" ok\n")]
    if len(good) != rows:
        con.fail(f"{len(good)} results instead of {rows}")


# --- what dom0 may not change; and how the machine ends ---

@test()
def held_registers():
    """Each of Xen's registers stays, all others are dom0's; the ROM's
    services answer; dom0's interrupt comes as dom0 has routed it."""
    with start(GUEST) as con:
        expect_guest(con)
        con.expect_end(HALTED)
        con.expect_log(PMIC_OFF)
        if count(con, "watchdog:"):
            con.fail("a watchdog is told of that did not run")


def uart1_at(tree, parent, spi):
    lab.fdt_drop(tree, UART1, "interrupts-extended")
    tree_put(tree, (UART1, "interrupt-parent", parent),
             (UART1, "interrupts", 0, spi, 4))


@test()
def uart_of_gic():
    """The console's interrupt as an SPI of the GIC, set up before us: it is
    used, and kept from dom0 as well."""
    with start(GUEST, edit=lambda tree: uart1_at(tree, GIC_PHANDLE, 7),
               poke=[(CROSSBAR, 67 << 16)]) as con:
        expect_guest(con)
        con.expect_end(HALTED)
        if count(con, "no interrupt for the UART"):
            con.fail("the UART's interrupt was not found")


@test()
def uart_of_wugen():
    with start(GUEST, edit=lambda tree: uart1_at(tree, WUGEN_PHANDLE, 7),
               poke=[(CROSSBAR, 67 << 16)]) as con:
        expect_guest(con)
        con.expect_end(HALTED)
        if count(con, "no interrupt for the UART"):
            con.fail("the UART's interrupt was not found")


@test()
def power_off_fails():
    """A board whose PMIC is not known: halted, with a line."""
    with start(edit=lambda tree: lab.fdt_drop(tree, PMIC)) as con:
        con.expect(HALTED, "The machine is halted: it can be switched off")


@test()
def power_off_in_use():
    """dom0's driver has used the bus: the controller is not as we like it."""
    with linux("test=poweroff") as con:
        con.expect_end("palmas 0-0058", USER_SPACE, HALTED, timeout=120)
        con.expect_log(PMIC_OFF)


@test()
def restart_by_dom0():
    """Back to the boot loader, and on."""
    with board(sd=xen_card(DOM0_ARGS="test=reboot"), reboot=True) as con:
        con.expect(USER_SPACE, "shutdown: rebooting machine", timeout=120)
        con.expect("U-Boot SPL 20", r"\(XEN\) Platform: TI DRA7", timeout=60)
        con.expect_log("PRM_RSTCTRL, warm: reset")


@test()
def restart_by_key():
    """And so the console's input works, by interrupt."""
    with linux() as con:
        con.expect(USER_SPACE, timeout=120)
        con.to_xen()
        con.send("R")
        con.expect_end("rebooting machine")
        con.expect_log("PRM_RSTCTRL, warm: reset")


# --- the watchdog ---

@test()
def watchdog():
    """Left running, and due in six seconds: it is stopped, and said so."""
    with linux(poke=[(WDT2 + 0x28, 0x100000000 - 6 * 32768),
                     (WDT2 + 0x48, 0xbbbb), (WDT2 + 0x48, 0x4444)]) as con:
        con.expect("watchdog: WD_TIMER2 was left running: stopped",
                   USER_SPACE, timeout=120)
        con.expect_not("U-Boot|CPU 00000000 booting", 8)
        if "expired" in con.board_log():
            con.fail("the watchdog was not stopped")


# --- consoles ---

def typed(con):
    """Output and input, to dom0 and to Xen."""
    con.expect(USER_SPACE, timeout=120)
    con.command("echo $((6 * 7))-typed", "42-typed")
    con.to_xen()
    con.to_dom0()
    con.send("poweroff\n")
    con.expect_end(HALTED)


@test()
def serial0():
    """By its alias, with the rate that it has, or another."""
    for name in ("serial0", "serial0:115200n8"):
        with start(xen_args=f"{CONSOLE} dtuart={name}") as con:
            con.expect(f"Looking for UART console {name}\n", "hello: done")
            con.expect_end(HALTED)


@test()
def serial2():
    """A UART that nobody has set up, which sends nothing until then."""
    with linux(xen_args=f"{CONSOLE} dtuart=serial2", uart=3) as con:
        con.expect("Looking for UART console serial2")
        typed(con)
        if count(con, "no interrupt for the UART"):
            con.fail("the UART's interrupt was not found")


@test()
def dtuart_refused():
    """No node, no driver, disabled, without a clock: the console is where it
    is without dtuart=, and says why it is there."""
    def no_clock(tree):
        tree_put(tree, (UART3, "reg", 0x100, 0x100))

    kind = "names no UART that is enabled and has a driver"
    for name, why, edit in (("bogus", kind, None), ("i2c0", kind, None),
                            ("serial9", kind, None),
                            ("serial2", "has no clock", no_clock)):
        with start(GUEST, xen_args=f"{CONSOLE} dtuart={name}",
                   edit=edit) as con:
            con.expect(rf"\(XEN\) dtuart={name} {why}: using {UART1}; UARTs "
                       r"are: [^\n]*\bserial0\b")
            # What Xen holds is what serial0 needs.
            expect_guest(con)
            con.expect_end(HALTED)


@test()
def stdout_path():
    """Without dtuart=: what the tree names, in each form; else serial0."""
    for path, uart in (("serial0:115200n8", 1), ("serial2", 3), ("", 1)):
        def edit(tree):
            if path:
                tree_put(tree, ("/chosen", "stdout-path", path))
            else:
                lab.fdt_drop(tree, "/chosen", "stdout-path")

        with start(edit=edit, uart=uart) as con:
            con.expect("Platform: TI DRA7", "hello: done")
            con.expect_end(HALTED)


@test()
def older_name():
    """The name that Debian's kernel has a driver for."""
    with start(edit=lambda tree: tree_put(
            tree, (UART1, "compatible", "ti,omap4-uart"))) as con:
        con.expect("hello: done")
        con.expect_end(HALTED)


@test()
def console_without_irq():
    """Polled, with one line that says so; input comes as well."""
    with linux(edit=lambda tree: lab.fdt_drop(
            tree, UART1, "interrupts-extended")) as con:
        typed(con)
        if count(con, "no interrupt for the UART") != 1:
            con.fail("not told once that the UART has no interrupt")


# --- nodes that are not as they should be ---

@test()
def psci_of_2015():
    """The node by which people tried to boot; ours is dom0's own."""
    def edit(tree):
        tree_put(tree, ("/psci", "compatible", "arm,psci"),
                 ("/psci", "method", "hvc"), ("/psci", "cpu_on", 2))

    with linux("test=poweroff", edit=edit) as con:
        con.expect(r'/psci method must be smc, but is: "hvc"',
                   r"psci: PSCIv1\.1 detected in firmware", timeout=120)
        con.expect_end(USER_SPACE, HALTED)


@test()
def gic_without_interrupts():
    """Older trees lack the maintenance interrupt: the usual one is taken."""
    with linux("test=poweroff", edit=lambda tree: lab.fdt_drop(
            tree, GIC, "interrupts")) as con:
        con.expect("gic_maintenance_irq=25", timeout=40)
        con.expect_end(USER_SPACE, HALTED, timeout=120)


if __name__ == "__main__":
    raise SystemExit(lab.main())
