#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Domains built, run, paused, moved and destroyed, one after the other."""

import lab
from lab import HALTED, Failed, boot, test

LIVES = 500 if lab.FULL else 60


def live(smp):
    with boot(smp=smp, xen_args="console=dtuart dom0_mem=128M",
              dom0_args=f"lives={LIVES}", **lab.guest("lives")) as con:
        found = con.expect(r"lives: (\d+) lived, pages (\d+) before, "
                           r"(\d+) after", timeout=150)
        con.expect_end("lives: done", HALTED)
    if int(found.group(1)) != LIVES:
        raise Failed(f"only {found.group(1)} of {LIVES} domains lived")
    if found.group(2) != found.group(3):
        raise Failed(f"free pages: {found.group(2)} before, "
                     f"{found.group(3)} after")


@test(timeout=300)
def one_cpu():
    live(1)


@test(timeout=300)
def two_cpus():
    live(2)


@test(timeout=400)
def four_cpus():
    live(4)


if __name__ == "__main__":
    lab.sys.exit(lab.main())
