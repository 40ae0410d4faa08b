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
def kernel_panic():
    """Linux on ARM tells a panic by asking for a restart (panic=1)."""
    with boot(dom0_args=ARGS + "test=crash panic=1") as con:
        con.expect("user space: ready, test=crash", timeout=90)
        con.expect_end("Kernel panic - not syncing",
                       r"\(XEN\) Hardware Dom0 shutdown: rebooting machine")


# What the test guest asks for, and what the machine then says.
REASONS = {
    0: "Hardware Dom0 halted: halting machine",
    1: "Hardware Dom0 shutdown: rebooting machine",
    2: "Hardware Dom0 suspended: halting machine",
    3: r"Hardware Dom0 crashed: rebooting machine in 5 seconds\.",
    4: "Hardware Dom0 shutdown: watchdog rebooting machine",
    5: "Hardware Dom0 did soft reset: rebooting machine",
    8: "Hardware Dom0 halted: halting machine",      # PSCI SYSTEM_OFF
    9: "Hardware Dom0 shutdown: rebooting machine",  # PSCI SYSTEM_RESET
}


@test(timeout=300)
def reasons():
    """Every reason that a domain can give for stopping."""
    for how, line in REASONS.items():
        with boot(xen_args="console=dtuart dom0_mem=128M",
                  dom0_args=f"how={how}", **lab.guest("stop")) as con:
            con.expect(f"stop: how {how}", timeout=40)
            con.expect_end(r"\(XEN\) " + line, timeout=20)


@test()
def crash_noreboot():
    with boot(xen_args="console=dtuart dom0_mem=128M noreboot",
              dom0_args="how=3", reboot=True, **lab.guest("stop")) as con:
        con.expect(r"\(XEN\) Hardware Dom0 crashed: 'noreboot' set - not "
                   "rebooting", timeout=40)
        # It does not start again, whether it waits or switches off.
        con.child.expect(["Xen version", lab.pexpect.EOF,
                          lab.pexpect.TIMEOUT], timeout=10)
        if con.child.match_index == 0:
            con.fail("rebooted in spite of noreboot")


@test()
def watchdog_calls():
    """Arming, feeding, releasing; then it bites."""
    with boot(xen_args="console=dtuart dom0_mem=128M",
              **lab.guest("watchdog")) as con:
        con.expect("watchdog: two 1 2, a third -28\n",
                   "watchdog: unknown -22, id 3 -22\n",
                   "watchdog: released 0, again -22\n",
                   "watchdog: fed for 2.1 s, alive\n",
                   "watchdog: hungry\n", timeout=40)
        con.expect_end(r"\(XEN\) Hardware Dom0 shutdown: watchdog rebooting")


@test()
def watchdog_linux():
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
