#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turns `nm -n` of a linked image into the table that backtraces read.

Reads nm's lines from stdin, writes assembly to stdout:

    uint32_t symbol_nr             how many symbols
    uint32_t symbol_addrs[]        their addresses, ascending
    uint32_t symbol_name_offs[]    where each name starts in symbol_names
    char     symbol_names[]        the names, each ended by a NUL

Only functions are listed (nm types t, T, w, W); the mapping symbols $a, $d
and $t of the ARM ELF are not names of anything.
"""

import re
import sys


def functions(lines):
    """(address, name), ascending; one name for each address."""
    seen = {}
    for line in lines:
        match = re.match(r"([0-9a-f]+) ([tTwW]) ([A-Za-z_][\w.]*)$", line)
        if not match:
            continue
        addr, kind, name = int(match[1], 16), match[2], match[3]
        # Of several names for one address the global one is printed.
        if addr not in seen or (kind in "TW" and seen[addr][0] in "tw"):
            seen[addr] = (kind, name)
    return [(addr, seen[addr][1]) for addr in sorted(seen)]


def main():
    table = functions(sys.stdin)
    out = ["\t.section .rodata.symbols, \"a\", %progbits", "\t.balign 4"]

    def label(name):
        out.append(f"\t.global {name}\n\t.type {name}, %object\n{name}:")

    label("symbol_nr")
    out.append(f"\t.word {len(table)}")
    label("symbol_addrs")
    out += [f"\t.word 0x{addr:08x}" for addr, _ in table]
    label("symbol_name_offs")
    offset = 0
    for _, name in table:
        out.append(f"\t.word {offset}")
        offset += len(name) + 1
    label("symbol_names")
    out += [f'\t.asciz "{name}"' for _, name in table]
    out += ["\t.balign 4", "\t.section .note.GNU-stack, \"\", %progbits"]
    print("\n".join(out))


if __name__ == "__main__":
    main()
