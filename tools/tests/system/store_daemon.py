#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Our xenstored as the store of domain 0, under Debian's tools."""

import glob
import os
import subprocess
import sys

import lab
import xl_lab
from lab import full_test

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def initrd():
    """That of the tools' tests with our daemon and its libraries."""
    out = os.path.join(lab.O, "store_daemon.gz")
    lab.need("run tools/dev/deps xl", os.path.join(lab.CACHE, "xl"))
    subprocess.run(["make", "-s", "--no-print-directory", "-C", TOP,
                    f"O={os.path.abspath(lab.O)}"], check=True)
    daemon = os.path.join(lab.O, "tools", "bin", "xenstored")
    shared = glob.glob(os.path.join(lab.O, "tools", "lib", "*-dra7.so.1"))
    sources = [os.path.join(TOP, "dev", "mkxl"), daemon] + shared
    sources += glob.glob(os.path.join(TOP, "dev", "xl", "*"))
    if not os.path.exists(out) or os.path.getmtime(out) < max(
            map(os.path.getmtime, sources)):
        subprocess.run(
            [sources[0], out, f"{daemon}=bin/store-daemon"] +
            [f"{path}=usr/lib/arm-linux-gnueabihf/{os.path.basename(path)}"
             for path in shared], check=True)
    return out


@full_test(timeout=500)
def daemon():
    """Guests are created and shut down; one lives over two deaths of the
    store, with all that it and the tools have written."""
    with xl_lab.dom0(store="store-daemon", initrd=initrd()) as d:
        gone = "! xl list one 2>/dev/null"
        path = d.config("one")
        d.ok(f"xl create -q {path}", timeout=120)
        d.up("one")
        d.ok("xl shutdown one")
        d.until(gone, timeout=120)
        d.ok("! xenstore-exists /local/domain/1")

        d.ok(f"xl create -q {path}", timeout=120)
        d.up("one")
        before = d.ok("xenstore-ls -f /local/domain/2")
        if "control/feature-poweroff" not in before:
            d.con.fail(f"the guest has not written to the store:\n{before}")
        for _ in range(2):
            d.ok("kill -9 $(cat /run/xenstored.pid); sleep 0.2; "
                 "store-daemon --pid-file /run/xenstored.pid; sleep 0.5")
        after = d.ok("xenstore-ls -f /local/domain/2")
        if after != before:
            d.con.fail(f"the store has lost something:\n{before}\n{after}")
        # The guest's kernel still hears of what is written. (The process of
        # xl that looks after it has lost its socket, as with every store.)
        d.ok("xenstore-write /local/domain/2/control/shutdown poweroff")
        d.until("xl list one | grep -q -- ---s--", timeout=120)
        d.ok("xl destroy one")
        d.until(gone)
        d.ok("! xenstore-exists /local/domain/2")


if __name__ == "__main__":
    sys.exit(lab.main())
