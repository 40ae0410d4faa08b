#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Domains built, run, paused, moved and destroyed, one after the other."""

import lab
from lab import HALTED, Failed, boot, full_test, test

DYING = 1               # XEN_DOMINF_dying
NO_SUCH_DOMAIN = "-3"   # -ESRCH
NO_MEMORY = "-12"       # -ENOMEM: no VMID is left
LIVES = 500 if lab.FULL else 60


def live(smp):
    with boot(smp=smp, xen_args="console=dtuart dom0_mem=128M",
              dom0_args=f"lives={LIVES}", **lab.guest("lives")) as con:
        zombie = con.expect(r"lives: flags (-?\d+) while mapped, "
                            r"(-?\d+) after\n")
        found = con.expect(r"lives: (\d+) lived, pages (\d+) before, "
                           r"(\d+) after\n", timeout=150)
        con.expect_end("lives: done", HALTED)
    if int(zombie.group(1)) < 0 or not int(zombie.group(1)) & DYING:
        raise Failed("a domain whose page is mapped was forgotten: "
                     + zombie.group(0))
    if zombie.group(2) != NO_SUCH_DOMAIN:
        raise Failed("a dead domain did not go: " + zombie.group(0))
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


@full_test(timeout=300)
def many_at_a_time():
    """As many as an eight-bit VMID allows beside domain 0, all running."""
    with boot(smp=2, xen_args="console=dtuart dom0_mem=128M",
              **lab.guest("many")) as con:
        alive = con.expect(r"many: (\d+) alive, refused by (-?\d+)\n",
                           timeout=120)
        ran = con.expect(r"many: (\d+) of (\d+) ran\n", timeout=120)
        pages = con.expect(r"many: pages (\d+) before, (\d+) after\n",
                           timeout=120)
        con.expect_end("many: done", HALTED)
    if int(alive.group(1)) < 250 or alive.group(2) != NO_MEMORY:
        raise Failed(alive.group(0))
    if ran.group(1) != ran.group(2):
        raise Failed(ran.group(0))
    if pages.group(1) != pages.group(2):
        raise Failed(pages.group(0))


if __name__ == "__main__":
    lab.sys.exit(lab.main())
