#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The daemon on this machine, without Xen: clients on its socket.

usage: tools/tests/store/daemon.py PROGRAM
"""

import contextlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

READ, WATCH, START, END, INTRODUCE = 2, 4, 6, 7, 8
WRITE, RM, EVENT, ERROR, QUOTA = 11, 13, 15, 16, 25


class Client:
    """One connection; events that come in between are kept."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.sock.settimeout(20)
        self.events = []
        self.number = 0

    def exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.sock.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def message(self):
        kind, number, _, size = struct.unpack("<4I", self.exactly(16))
        return kind, number, self.exactly(size)

    def send(self, kind, payload, tx=0):
        self.number += 1
        self.sock.sendall(struct.pack("<4I", kind, self.number, tx,
                                      len(payload)) + payload)

    def ask(self, kind, payload, tx=0):
        """The answer's payload; that of an error without its NUL."""
        self.send(kind, payload, tx)
        while True:
            got, number, data = self.message()
            if got != EVENT:
                break
            self.events.append(data)
        assert number == self.number, (number, self.number)
        return data.rstrip(b"\0").decode() if got == ERROR else data

    def event(self):
        return self.events.pop(0) if self.events else self.message()[2]


@contextlib.contextmanager
def daemon(program, tmp, *options):
    """The path of the socket of a running daemon, and its process."""
    path = os.path.join(tmp, "socket")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with subprocess.Popen([program, "-N", "--socket", path, "--state",
                           os.path.join(tmp, "state"), *options]) as process:
        try:
            for _ in range(200):
                if os.path.exists(path):
                    break
                time.sleep(0.1)
            yield path, process
        finally:
            process.kill()


def many_clients(path):
    clients = [Client(path) for _ in range(60)]
    for i, c in enumerate(clients):
        assert c.ask(WATCH, b"/shared\0t%d\0" % i) == b"OK\0"
        assert c.event() == b"/shared\0t%d\0" % i
    assert clients[0].ask(WRITE, b"/shared/x\0v") == b"OK\0"
    for i, c in enumerate(clients):
        assert c.event() == b"/shared/x\0t%d\0" % i
    # The 65th is turned away, and there is room when others have left.
    more = [Client(path) for _ in range(4)]
    extra = Client(path)
    try:
        extra.ask(READ, b"/shared\0")
        raise SystemExit("a client too many was served")
    except (EOFError, ConnectionError):
        pass
    for c in clients + more:
        c.sock.close()
    time.sleep(0.5)
    assert Client(path).ask(READ, b"/shared/x\0") == b"v"


def bad_clients(path):
    bad = Client(path)
    bad.sock.sendall(struct.pack("<4I", READ, 1, 0, 4097))
    try:
        bad.exactly(1)
        raise SystemExit("a length of 4097 was taken")
    except (EOFError, ConnectionError):
        pass
    half = Client(path)
    half.sock.sendall(b"\2\0\0")
    half.sock.close()
    good = Client(path)
    assert good.ask(READ, b"/tool/xenstored\0") == b""
    assert good.ask(INTRODUCE, b"1\0" b"2\0" b"3\0") == "ENOENT"
    # Requests without waiting for the answers.
    for i in range(100):
        good.send(WRITE, b"/burst/%d\0" % i + b"v" * 1000)
    for i in range(100):
        kind, number, data = good.message()
        assert (kind, data) == (WRITE, b"OK\0"), (i, number, kind, data)


def cpu_ticks(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as f:
        return sum(map(int, f.read().split()[13:15]))


def never_reads(path, process):
    """A client that sends and does not read costs no time."""
    deaf = Client(path)
    deaf.sock.setblocking(False)
    message = struct.pack("<4I", WRITE, 1, 0, 1006) + b"/deaf\0" + b"v" * 1000
    rest = b""
    for _ in range(30):  # until nothing goes in any more
        time.sleep(0.05)
        with contextlib.suppress(BlockingIOError):
            while True:
                rest = rest or message
                rest = rest[deaf.sock.send(rest):]
    before = cpu_ticks(process)
    time.sleep(2)
    ticks = cpu_ticks(process) - before
    assert ticks < 20, f"{ticks} ticks of CPU time in two idle seconds"
    assert Client(path).ask(READ, b"/a/b\0") == b"kept"
    deaf.sock.close()


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as tmp:
        with daemon(program, tmp) as (path, process):
            c = Client(path)
            assert c.ask(WRITE, b"/a/b\0kept") == b"OK\0"
            tx = int(c.ask(START, b"\0").rstrip(b"\0"))
            assert c.ask(WRITE, b"/a/b\0not yet", tx) == b"OK\0"
            many_clients(path)
            bad_clients(path)
            never_reads(path, process)
            assert process.poll() is None
            process.kill()  # with a transaction open
        with daemon(program, tmp) as (path, process):
            c = Client(path)
            assert c.ask(READ, b"/a/b\0") == b"kept"
            assert c.ask(END, b"T\0", tx) == "ENOENT"
            assert c.ask(RM, b"/burst\0") == b"OK\0"
            second = subprocess.run(
                [program, "-N", "--socket", path + "2", "--state",
                 os.path.join(tmp, "state")], check=False,
                capture_output=True, text=True)
            assert second.returncode == 1, second
            assert "another xenstored is running" in second.stderr, second
            assert process.poll() is None
        other = subprocess.run(
            [program, "-N", "--guests", "9", "--socket", path, "--state",
             os.path.join(tmp, "state")], check=False, timeout=20,
            capture_output=True, text=True)
        assert other.returncode == 1, other
        assert "give the same options" in other.stderr, other
        with daemon(program, tmp, "--entry-nb", "7") as (path, process):
            assert Client(path).ask(READ, b"/a/b\0") == b"kept"
            assert Client(path).ask(QUOTA, b"nodes\0") == b"7\0"
    print("clients were served; a daemon that was killed is continued")


if __name__ == "__main__":
    main()
