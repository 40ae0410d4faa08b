#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What must hold of the machine code of a linked image.

usage: check-image.py OBJDUMP ELF

No VFP or NEON instruction outside vfp_save and vfp_restore: the hypervisor
runs with the guest's VFP registers loaded, and one instruction that uses them
would change a guest's numbers in silence.

No recursion: every CPU has one small stack. Calls through pointers are not
seen; the four forms of up-calls are few and known.
"""

import re
import subprocess
import sys

ALLOWED = {"vfp_save", "vfp_restore"}

# Every VFP and NEON mnemonic of ARMv7 starts with v; fldm, fstm and the like
# are the old names of the same instructions.
VECTOR = re.compile(r"v[a-z]+[0-9]*(\.|$)|f(ldm|stm|ld|st|mrs|mrx|mxr|msr)")
COND = r"(?:eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(?:\.w|\.n)?$"
BRANCH = re.compile("b" + COND)       # leaves for good, or jumps inside
CALL = re.compile("blx?" + COND)      # comes back
# What identifies the unit is no number of a guest.
IDENTITY = re.compile(r"\w+, (fpsid|mvfr[01])$")

# libfdt resolves an alias by the path it stands for, which may begin with an
# alias; xen/lib/fdt.c hands it absolute paths only.
LIBRARY = {"fdt_path_offset", "fdt_path_offset_namelen",
           "fdt_get_alias_namelen"}


def disassemble(objdump, elf):
    """(function, address, mnemonic, operands) of each instruction."""
    text = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", elf],
        check=True, capture_output=True, text=True).stdout
    function = "?"
    for line in text.splitlines():
        start = re.match(r"[0-9a-f]+ <([^>]+)>:", line)
        if start:
            function = start[1]
            continue
        insn = re.match(r"\s*([0-9a-f]+):\t(\S+)\s*(.*)", line)
        if insn:
            yield function, insn[1], insn[2], insn[3]


def find_cycles(calls):
    """Functions that can reach themselves (Tarjan, without recursion)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for root in calls:
        if root in index:
            continue
        work = [(root, iter(sorted(calls[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, callees = work[-1]
            for callee in callees:
                if callee not in calls:
                    continue
                if callee not in index:
                    index[callee] = low[callee] = len(index)
                    stack.append(callee)
                    on_stack.add(callee)
                    work.append((callee, iter(sorted(calls[callee]))))
                    break
                if callee in on_stack:
                    low[node] = min(low[node], index[callee])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = []
                    while not part or part[-1] != node:
                        part.append(stack.pop())
                        on_stack.discard(part[-1])
                    if len(part) > 1 or node in calls[node]:
                        found.append(part)
    return found


def main():
    objdump, elf = sys.argv[1:3]
    bad, calls = [], {}
    for function, addr, insn, operands in disassemble(objdump, elf):
        callees = calls.setdefault(function, set())
        if (VECTOR.match(insn) and function not in ALLOWED
                and not (insn == "vmrs" and IDENTITY.match(operands))):
            bad.append(f"VFP/NEON outside of vfp_save/vfp_restore: "
                       f"{function} at 0x{addr}: {insn}")
        target = re.match(r"[0-9a-f]+ <([^>+]+)(\+0x[0-9a-f]+)?>", operands)
        if target and (CALL.match(insn) or (
                BRANCH.match(insn) and target[1] != function)):
            callees.add(target[1])
    if not calls:
        bad.append(f"{elf} has no instructions")
    for part in find_cycles(calls):
        if not set(part) <= LIBRARY:
            bad.append("recursion: " + " -> ".join(reversed(part)))
    for what in bad[:20]:
        print(f"check-image: {what}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
