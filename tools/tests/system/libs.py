#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The tools' libraries in domain 0, beside Debian's tools and servers.

With XL_IMAGE=debian the same programs run on Debian's hypervisor.
"""

import glob
import os
import re
import subprocess
import sys

import lab
import xl_lab
from lab import full_test, test

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def initrd():
    """That of the tools' tests with our libraries and their programs, made
    when one of them is newer."""
    out = os.path.join(lab.O, "libs.gz")
    lab.need("run tools/dev/deps xl", os.path.join(lab.CACHE, "xl"))
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    os.path.join(TOP, "tests", "libs"),
                    f"O={os.path.abspath(lab.O)}"], check=True)
    programs = glob.glob(os.path.join(lab.O, "libs", "libs-*"))
    shared = glob.glob(os.path.join(lab.O, "tools", "lib", "*-dra7.so.1"))
    sources = [os.path.join(TOP, "dev", "mkxl")]
    sources += glob.glob(os.path.join(TOP, "dev", "xl", "*"))
    if not os.path.exists(out) or os.path.getmtime(out) < max(
            map(os.path.getmtime, sources + programs + shared)):
        subprocess.run(
            [sources[0], out] +
            [f"{path}=bin/{os.path.basename(path)}" for path in programs] +
            [f"{path}=usr/lib/arm-linux-gnueabihf/{os.path.basename(path)}"
             for path in shared], check=True)
    return out


def dom0():
    return xl_lab.dom0(initrd=initrd())


def passed(d, command, least, timeout=60):
    """The program's last line, which tells how many checks it made."""
    code, text = d.run(command, timeout)
    made = re.findall(r": (\d+) checks, 0 failed", text)
    if code or not made or int(made[-1]) < least:
        d.con.fail(f"{command} ended with {code}:\n{text}")
    print(f"{command}: {made[-1]} checks")
    return text


@test(timeout=400)
def libs():
    """Calls on the host, events, grants, the store, guests built and run;
    the libraries shared as well as static."""
    with dom0() as d:
        text = passed(d, "libs-host", 70)
        if xl_lab.OURS and "version 4.17-dra7" not in text:
            d.con.fail(f"not the version that is there: {text}")
        passed(d, "libs-shared", 70)
        passed(d, "libs-store", 70)
        passed(d, "libs-store device", 70)
        passed(d, "libs-share", 70)
        passed(d, "libs-guest", 120, timeout=120)
        left = d.ok("xl list | tail -n +2").split()[0::6]
        if left != ["Domain-0"]:
            d.con.fail(f"domains are left over: {left}")
        # Without the device of buffers: memory that is locked.
        d.ok("mv /dev/xen/hypercall /tmp")
        passed(d, "libs-host", 70)
        # Without root, and without the device.
        code, text = d.run("libs-host nobody")
        if code == 0 or "is for root only" not in text:
            d.con.fail(f"without root: {code}: {text}")
        code, text = d.run("rm /dev/xen/privcmd; umount -l /proc/xen; "
                           "libs-host")
        if "/dev/xen/privcmd is missing (is this a domain of Xen" not in text:
            d.con.fail(f"without privcmd: {code}: {text}")


@full_test(timeout=400)
def libs_linux():
    """Debian's kernel as a guest that our libraries have built, with the
    console and the store of Debian's servers; and the program that was
    written for Debian's libraries, with ours."""
    with dom0() as d:
        number = re.search(r"domain (\d+)",
                           passed(d, "libs-guest linux lib", 10)).group(1)
        d.up("lib")
        if "lib " not in d.ok("xl list"):
            d.con.fail("xl does not know it")
        passed(d, f"libs-guest destroy {number}", 5)
        text = d.ok("libs-steps", timeout=120)
        if "steps: ok" not in text:
            d.con.fail(f"libs-steps: {text}")


if __name__ == "__main__":
    sys.exit(lab.main())
