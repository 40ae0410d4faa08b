#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Fails when a linked image touches VFP or NEON registers where it must not.

usage: check-image.py OBJDUMP ELF

The hypervisor runs with the guest's VFP registers loaded; one instruction
that uses them would change a guest's numbers in silence. Only vfp_save and
vfp_restore may.
"""

import re
import subprocess
import sys

ALLOWED = {"vfp_save", "vfp_restore", "vfp_ids"}

# Every VFP and NEON mnemonic of ARMv7 starts with v; fldm, fstm and the like
# are the old names of the same instructions.
VECTOR = re.compile(r"v[a-z]+[0-9]*(\.|$)|f(ldm|stm|ld|st|mrs|mrx|mxr|msr)")
# Names with v that are none of them.
OTHER = set()


def main():
    objdump, elf = sys.argv[1:3]
    text = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", elf],
        check=True, capture_output=True, text=True).stdout
    function, bad, seen = "?", [], 0
    for line in text.splitlines():
        start = re.match(r"[0-9a-f]+ <([^>]+)>:", line)
        if start:
            function = start[1]
            continue
        insn = re.match(r"\s*([0-9a-f]+):\t(\S+)", line)
        if not insn:
            continue
        seen += 1
        if (VECTOR.match(insn[2]) and insn[2] not in OTHER
                and function not in ALLOWED):
            bad.append(f"{function} at 0x{insn[1]}: {insn[2]}")
    if not seen:
        bad.append(f"{elf} has no instructions")
    for what in bad[:20]:
        print(f"check-image: VFP/NEON outside of vfp_save/vfp_restore: {what}",
              file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
