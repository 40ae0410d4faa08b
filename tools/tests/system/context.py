#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every register of a vCPU is its own, whoever else runs on its pCPU.

That these tests can fail was tried by hand on 2026-11-21 (two vCPUs on one
pCPU), one change at a time:
- Each row of CP15_TABLE and BANKED_TABLE in guest/context.c taken out: a
  line for just that register; the guest stops without SCTLR and crashes
  without sp_svc. Not seen: ADFSR, AIFSR, AMAIR0, AMAIR1, JOSCR and JMCR,
  which are 0 here whatever is written (SAME below), and FCSEIDR, which the
  guest leaves alone.
- No vfp_save, or HCPTR open at load: d0 to d31. switch.S without FPSCR,
  FPEXC or d16 to d31 in vfp_restore: these.
- vtimer_load without CNTV_CVAL or CNTV_CTL: these. vgic_load without VMCR:
  CTLR, PMR, BPR and ABPR of GICV; without APR: RPR, or the guest hangs.
- entry.S returns with the flags clear: cpsr.
- Not seen: load() without CLREX. QEMU itself clears the monitor when an
  exception returns; hardware need not (DDI 0406C.c A3.4.4).
"""

import lab
from lab import HALTED, Failed, boot, test

SWITCHES = 5000 if lab.FULL else 500
# Registers that read as zero on this CPU in QEMU, so that nothing differs.
SAME = {"ADFSR", "AIFSR", "AMAIR0", "AMAIR1", "JOSCR", "JMCR"}


def run(smp, vcpus):
    with boot(smp=smp, xen_args="console=dtuart dom0_mem=128M sched=credit "
              f"dom0_max_vcpus={vcpus}",
              dom0_args=f"switches={SWITCHES} pcpus={smp}",
              **lab.guest("context")) as con:
        found = con.expect(r"context: (\d+) registers, (\d+) switches, (\w+)",
                           timeout=90)
        con.expect_end(HALTED)
        text = "".join(con.text())
    same = {line.split(": ")[-1] for line in text.splitlines()
            if "context: same on all" in line}
    wrong = [line for line in text.splitlines() if " was " in line]
    if found[3] != "ok":
        raise Failed("\n".join(wrong))
    if same - SAME:
        raise Failed(f"not told apart, so not tested: {same - SAME}")
    if int(found[2]) < vcpus * SWITCHES:
        raise Failed(f"only {found[2]} switches")
    print(f"{found[1]} registers, {found[2]} switches")


@test(timeout=150)
def two_on_one():
    run(smp=1, vcpus=2)


@test(timeout=150)
def four_on_one():
    run(smp=1, vcpus=4)


@test(timeout=150)
def four_on_two():
    """VFP is loaded lazily: what another pCPU holds is not the newest."""
    run(smp=2, vcpus=4)


if __name__ == "__main__":
    lab.sys.exit(lab.main())
