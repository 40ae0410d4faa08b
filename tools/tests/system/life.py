#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""How domain 0 ends, and what the machine then does."""

import lab
from lab import boot, test

ARGS = "console=hvc0 rdinit=/init "


@test()
def reboot():
    """dom0's reboot starts the machine again, all the way."""
    with boot(dom0_args=ARGS + "test=reboot", reboot=True) as con:
        con.expect("user space: ready, test=reboot", timeout=90)
        con.expect(r"\(XEN\) Hardware Dom0 shutdown: rebooting machine",
                   r"\(XEN\) Xen version 4\.17-dra7",
                   "user space: ready, test=reboot", timeout=90)


@test()
def crash():
    with boot(dom0_args=ARGS + "test=crash") as con:
        con.expect("user space: ready, test=crash", timeout=90)
        con.expect_end(r"\(XEN\) Hardware Dom0 crashed: rebooting machine",
                       timeout=60)


@test()
def crash_noreboot():
    with boot(dom0_args=ARGS + "test=crash", xen_args="console=dtuart "
              "dom0_mem=512M noreboot") as con:
        con.expect("user space: ready, test=crash", timeout=90)
        con.expect(r"\(XEN\) Hardware Dom0 crashed", "noreboot", timeout=60)
        con.expect_not("Xen version", 8)


@test()
def watchdog():
    """Linux arms the hypervisor's watchdog and stops feeding it."""
    initrd = lab.initrd_with("""
insmod /xen_wdt.ko timeout=4
exec 3>/dev/watchdog
echo armed
sleep 100
echo too late
""", "xen_wdt")
    with boot(dom0_args=ARGS + "test=script", initrd=initrd) as con:
        con.expect("armed", timeout=90)
        con.expect(r"\(XEN\) [^\n]*watchdog", timeout=30)
        con.expect_end(r"\(XEN\) Hardware Dom0 shutdown: watchdog rebooting "
                       "machine", timeout=30)


if __name__ == "__main__":
    lab.sys.exit(lab.main())
