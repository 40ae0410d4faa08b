#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The console: who gets the input, debug keys, log levels, panics."""

import os
import socket
import tempfile
import time

import lab
from lab import HALTED, boot, test

SHELL = "console=hvc0 rdinit=/init test=shell quiet"


def shell(con):
    """Wait for the prompt of dom0's shell."""
    con.expect("user space: ready, test=shell", timeout=90)
    con.command("echo a is $((40 + 2))", "a is 42\n")


@test()
def ctrl_a():
    """Three times switches, there and back; once or twice is dom0's."""
    with boot(dom0_args=SHELL) as con:
        shell(con)
        con.to_xen()
        con.send("h")
        con.expect(r"'h' pressed -> showing installed handlers")
        # What is typed now is Xen's: the shell must not see it.
        con.send("0")
        con.expect(r"\(XEN\) [^\n]*cpsr")
        con.to_dom0()
        con.command("echo b is $((40 + 3))", "b is 43\n")
        # Two of them go through, as the two bytes they are.
        con.command("head -c 2 | od -An -tx1; echo end")
        con.send("\x01\x01q\n")
        con.expect("01 01", "end")
        con.command("poweroff")
        con.expect_end(HALTED)


KEYS = {
    "h": r"key 'R' \(ascii '52'\) =>",
    "r": r"\(XEN\) [^\n]*[Ss]cheduler",
    "q": r"\(XEN\) d0: running, refs \d+[^\n]*hardware",
    "d": r"\(XEN\) d0v0 [^\n]*pc [0-9a-f]{8}",
    "e": r"\(XEN\) d0: \d+ ports in use",
    "g": r"\(XEN\) d0: grant frames \d+",
    "t": r"\(XEN\) Counter [0-9a-f]+ at 62500000 Hz",
    "m": r"\(XEN\) Memory: \d+ pages, \d+ free",
    "0": r"\(XEN\) d0v1 [^\n]*pc [0-9a-f]{8}",
    "*": r"\(XEN\) Memory: \d+ pages, \d+ free",
    "!": "Unknown key: press 'h' for help",
}


@test()
def debug_keys():
    """Each key answers, and dom0 goes on as if nothing had been."""
    with boot(dom0_args=SHELL) as con:
        shell(con)
        con.to_xen()
        for key, answer in KEYS.items():
            con.send(key)
            con.expect(answer, timeout=20)
        con.to_dom0()
        con.command("echo c is $((40 + 4))", "c is 44\n")
        con.to_xen()
        con.send("R")
        con.expect_end("'R' pressed -> rebooting machine")


@test()
def log_levels():
    """loglvl= filters; a debug line comes with all, not by default."""
    args = "console=dtuart dom0_mem=512M"
    with boot(xen_args=args + " loglvl=all guest_loglvl=info") as con:
        con.expect(r"\(XEN\) boot: \w+\n", timeout=30)
        con.expect(r"\(XEN\) Std. Loglevel: [^\n]*(All|debug|all)",
                   r"\(XEN\) Guest Loglevel: [^\n]*([Ii]nfo)")
    with boot(xen_args=args + " loglvl=error") as con:
        con.child.expect([r"\(XEN\) boot: \w+\n",
                          r"\(XEN\) Std. Loglevel: [^\n]*[Ee]rror"],
                         timeout=40 * lab.SLOW)
        if "boot:" in con.child.match.group():
            con.fail("a debug line in spite of loglvl=error")


@test()
def timestamps():
    with boot(xen_args="console=dtuart dom0_mem=512M console_timestamps") \
            as con:
        con.expect(r"\(XEN\) \[ *\d+\.\d{6}\] ", timeout=30)
        con.expect_end(lab.USER_SPACE, HALTED, timeout=90)


@test()
def panic_backtrace():
    """A panic says why, and where by name; noreboot leaves it to be read."""
    with boot(xen_args="console=dtuart sched=fifo noreboot") as con:
        con.fatal = None
        con.expect(r"Panic on CPU 0:\n", "Unknown scheduler 'fifo'",
                   r"Xen call trace:\n",
                   r"#0 \[<[0-9a-f]{8}>\] panic\+0x[0-9a-f]+",
                   r"#1 \[<[0-9a-f]{8}>\] step_interrupts\+0x[0-9a-f]+",
                   r"#2 \[<[0-9a-f]{8}>\] start_xen\+0x[0-9a-f]+",
                   timeout=30)
        con.expect("Manual reset required")
        con.expect_not("CPU 00000000 booting|Xen version", 8)


@test()
def panic_reboots():
    """Without noreboot the machine starts again after five seconds."""
    with boot(xen_args="console=dtuart sched=fifo", reboot=True) as con:
        con.fatal = None
        con.expect("Unknown scheduler 'fifo'", "Reboot in five seconds",
                   r"\(XEN\) Xen version 4\.17-dra7",
                   "Unknown scheduler 'fifo'", timeout=40)


class Stub:
    """A debugger: QEMU's end of gdb's remote protocol, at a socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60 * lab.SLOW)
        end = time.monotonic() + 20 * lab.SLOW
        while self.socket.connect_ex(path):
            if time.monotonic() > end:
                raise lab.Failed(f"nobody listens at {path}")
            time.sleep(0.05)
        # Who asks for this is taken to know p and P as well.
        self.ask("qXfer:features:read:target.xml:0,fff")

    def send(self, packet):
        code = sum(packet.encode()) % 256
        self.socket.sendall(f"${packet}#{code:02x}".encode())

    def ask(self, packet):
        """Send it; the answer's text. "c" answers at the next stop."""
        self.send(packet)
        answer = b""
        while answer[-3:-2] != b"#":
            byte = self.socket.recv(1)
            if not byte:
                raise lab.Failed(f"no answer to {packet}")
            answer += byte
        self.socket.sendall(b"+")
        return answer[answer.index(b"$") + 1:-3].decode()

    def register(self, n):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{n:x}")), "little")


def symbol(name):
    """Address of a symbol of the hypervisor."""
    with open(os.path.join(lab.O, "xen-syms.map"), encoding="ascii") as f:
        for line in f:
            if line.split()[2] == name:
                return int(line.split()[0], 16)
    raise lab.Failed(f"no symbol {name}")


def divert(offset, first_line):
    """The first trap of dom0 goes on at another vector, or at 0 when that is
    None, by the hand of a debugger: the dump that follows, registers and
    all."""
    vectors = symbol("hyp_vectors")
    target = 0 if offset is None else vectors + offset
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        listen = ("-S", "-gdb", f"unix:{path},server=on,wait=off")
        with boot(smp=1, extra=listen,
                  xen_args="console=dtuart dom0_mem=512M noreboot") as con:
            con.fatal = None
            stub = Stub(path)
            stub.ask(f"Z0,{vectors + 0x14:x},4")
            stub.ask("c")
            r = [f"{stub.register(n):08x}" for n in range(13)]
            stub.ask(f"z0,{vectors + 0x14:x},4")
            stub.ask(f"Pf={target.to_bytes(4, 'little').hex()}")
            stub.send("c")
            con.expect(first_line,
                       r"pc  [0-9a-f]{8} sp  [0-9a-f]{8} lr  [0-9a-f]{8} "
                       r"cpsr [0-9a-f]{8}\n",
                       f"r0  {r[0]} r1  {r[1]} r2  {r[2]} r3  {r[3]}\n",
                       f"r4  {r[4]} r5  {r[5]} r6  {r[6]} r7  {r[7]}\n",
                       f"r8  {r[8]} r9  {r[9]} r10 {r[10]} fp  {r[11]} "
                       f"r12 {r[12]}\n",
                       "Panic on CPU 0:\n", "Manual reset required",
                       timeout=30)


@test()
def unexpected_fiq():
    """An FIQ, which is none of ours, ends with the guest's registers."""
    divert(0x1c, "Xen fault: FIQ or reset vector, from d0v0\n")


@test()
def hyp_fault():
    """A fault of the hypervisor ends with its own registers."""
    divert(None, "Xen fault: prefetch abort at 00000000")


@test()
def rate_limit():
    """Ten thousand lines that a guest wants to cause, some ten are printed,
    and how many were lost; the guest goes on."""
    with boot(xen_args="console=dtuart dom0_mem=128M guest_loglvl=all",
              dom0_args="times=2000", **lab.guest("flood")) as con:
        con.expect("flood: unknown HVC", timeout=40)
        con.expect_end("flood: done", HALTED, timeout=90)
        lines = [line for line in con.text() if line.startswith("(XEN) d0v0")]
        if not 1 <= len(lines) <= 60:
            con.fail(f"{len(lines)} lines of the guest's doing were printed")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
