# SPDX-License-Identifier: GPL-2.0-only
"""A debugger for QEMU's stub: breakpoints, steps, registers and memory of the
CPU that has stopped, by gdb's remote serial protocol.

    gdb = Gdb(path)             # the machine stops
    gdb.break_at(pc); gdb.run(); gdb.stopped(timeout)

Addresses are those that the stopped CPU would use. A breakpoint is one for
all CPUs, and for whatever has something at that address.
"""

import socket
import struct
import time

import lab
from lab import Failed

PC, CPSR = 15, 25
THUMB = 0x20            # in the CPSR


def words(path):
    """What QEMU must be told, to be a stub at a socket of that name."""
    return ("-chardev", f"socket,path={path},server=on,wait=off,id=rsp",
            "-gdb", "chardev:rsp")


class Gdb:
    """One connection. Everything but interrupt() needs a machine that has
    stopped."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30 * lab.SLOW)
        self.socket.connect(path)
        self.bytes = b""
        self.cpu = "01"
        # That it has stopped may be told without a question, and first.
        self._send("qC")
        while not self._packet().startswith("QC"):
            pass
        self._stop_of(self.ask("?"))
        # Single registers are for those who know which there are.
        self.ask("qXfer:features:read:target.xml:0,fff")

    # --- packets ---

    def _send(self, text):
        data = text.encode("ascii")
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xff))

    def _packet(self):
        """What is not confirmed, the next one confirms. A byte that comes
        when the machine runs would stop it."""
        while True:
            start = self.bytes.find(b"$")
            end = self.bytes.find(b"#", start)
            if start >= 0 and end >= 0 and len(self.bytes) >= end + 3:
                packet = self.bytes[start + 1:end]
                self.bytes = self.bytes[end + 3:]
                return packet.decode("ascii")
            more = self.socket.recv(65536)
            if not more:
                raise Failed("QEMU has closed the debugger's connection")
            self.bytes += more

    def ask(self, text):
        """The answer to a packet."""
        self._send(text)
        return self._packet()

    def _ok(self, text):
        answer = self.ask(text)
        if answer != "OK":
            raise Failed(f"the debugger's '{text}' is answered '{answer}'")

    def _stop_of(self, answer):
        """Which CPU it was."""
        if not answer.startswith("T"):
            raise Failed(f"the machine did not stop but said '{answer}'")
        for field in answer[3:].split(";"):
            if field.startswith("thread:"):
                self.cpu = field[7:]

    # --- running ---

    def run(self):
        """All CPUs."""
        self._send("c")

    def stopped(self, timeout):
        """Wait for a breakpoint. False: the machine still runs."""
        self.socket.settimeout(max(timeout, 0.001))
        try:
            self._stop_of(self._packet())
            return True
        except (socket.timeout, BlockingIOError):
            return False
        finally:
            self.socket.settimeout(30 * lab.SLOW)

    def interrupt(self):
        """Stop all CPUs, wherever they are."""
        self.socket.sendall(b"\x03")
        self._stop_of(self._packet())

    def step(self):
        """One instruction of this CPU, without interrupts; the others wait.
        """
        self._stop_of(self.ask(f"vCont;s:{self.cpu}"))

    def rest(self, seconds):
        """Let the machine run for a while."""
        self.run()
        time.sleep(seconds)
        self.interrupt()

    def close(self):
        """Detach: the machine runs on."""
        try:
            self.ask("D")
        except (OSError, Failed):
            pass            # QEMU has ended
        self.socket.close()

    # --- breakpoints, registers, memory ---

    def break_at(self, pc):
        self._ok(f"Z0,{pc:x},4")

    def forget(self, pc):
        self._ok(f"z0,{pc:x},4")

    def register(self, number):
        return struct.unpack("<I", bytes.fromhex(self.ask(f"p{number:x}")))[0]

    def set_register(self, number, value):
        self._ok(f"P{number:x}={struct.pack('<I', value).hex()}")

    def pc(self):
        return self.register(PC)

    def memory(self, address, size):
        """Bytes; None: nothing is there."""
        answer = self.ask(f"m{address:x},{size:x}")
        return None if answer.startswith("E") else bytes.fromhex(answer)

    def u32s(self, address, number):
        """Words; zeros where nothing is."""
        data = self.memory(address, 4 * number)
        return struct.unpack(f"<{number}I", data or bytes(4 * number))
