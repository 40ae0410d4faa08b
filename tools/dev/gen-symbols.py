#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turns `nm -n` of a linked image into the table that backtraces read.

Reads nm's lines from stdin, writes assembly to stdout (symbols.h tells how
it is read):

    uint32_t symbol_nr             how many symbols, ascending by address
    uint32_t symbol_base           a multiple of 64 KiB
    uint16_t symbol_blocks[]       index of the first one in each 64 KiB, and
                                   at the end symbol_nr
    uint16_t symbol_lows[]         the low halves of their addresses
    uint8_t  symbol_names[]        the names, each ended by a 0; bytes from
                                   0x80 up stand for a token
    uint16_t symbol_name_offs[]    where every 16th name begins
    uint8_t  symbol_tokens[]       the strings of the tokens, ended by 0
    uint16_t symbol_token_offs[]   where each begins

Only functions are listed (nm types t, T, w, W); the mapping symbols $a, $d
and $t of the ARM ELF are not names of anything. The tokens are pairs of
letters or of other tokens, the most frequent first: names take half of the
room. The table is as large for any addresses, so that linking it in ends.
"""

import collections
import re
import sys

BLOCKS = 32      # of 64 KiB: the 2 MiB that the image may have
NAME_STEP = 16
FIRST_TOKEN, TOKENS = 0x80, 0x80


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


def replace(codes, pair, token):
    """@codes with each @pair replaced by @token."""
    out, i = [], 0
    while i < len(codes):
        if tuple(codes[i:i + 2]) == pair:
            out.append(token)
            i += 2
        else:
            out.append(codes[i])
            i += 1
    return out


def compress(names):
    """The names as lists of codes, and the strings of the tokens."""
    coded = [list(name.encode("ascii")) for name in names]
    strings = []
    while len(strings) < TOKENS:
        pairs = collections.Counter()
        for codes in coded:
            pairs.update(zip(codes, codes[1:]))
        if not pairs:
            break
        # Equal counts: the smallest pair, so that builds repeat.
        pair = min(pairs, key=lambda p: (-pairs[p], p))
        token = FIRST_TOKEN + len(strings)
        strings.append("".join(text(code, strings) for code in pair))
        coded = [replace(codes, pair, token) if pair[0] in codes else codes
                 for codes in coded]
    return coded, strings


def text(code, strings):
    """What one code of a name stands for."""
    return chr(code) if code < FIRST_TOKEN else strings[code - FIRST_TOKEN]


def check(names, coded, strings):
    """Reading them back gives the names."""
    back = ["".join(text(c, strings) for c in codes) for codes in coded]
    if back != names:
        sys.exit("gen-symbols: the names do not survive")


def main():
    table = functions(sys.stdin)
    names = [name for _, name in table]
    coded, strings = compress(names)
    check(names, coded, strings)
    base = table[0][0] & ~0xffff if table else 0
    if table and table[-1][0] - base >= BLOCKS << 16:
        sys.exit("gen-symbols: the image is larger than 2 MiB")

    out = ["\t.section .rodata.symbols, \"a\", %progbits"]

    def label(name, kind, values):
        out.append(f"\t.balign 4\n\t.global {name}\n\t.type {name}, %object")
        out.append(f"{name}:")
        out.extend(f"\t.{kind} {value}" for value in values)

    def offsets(lengths):
        at = 0
        for length in lengths:
            yield at
            at += length + 1

    label("symbol_nr", "word", [len(table)])
    label("symbol_base", "word", [f"0x{base:08x}"])
    label("symbol_blocks", "hword",
          [sum(addr < base + (block << 16) for addr, _ in table)
           for block in range(BLOCKS + 1)])
    label("symbol_lows", "hword", [f"0x{addr & 0xffff:04x}"
                                   for addr, _ in table])
    label("symbol_name_offs", "hword",
          list(offsets(map(len, coded)))[::NAME_STEP])
    label("symbol_token_offs", "hword", offsets(map(len, strings)))
    label("symbol_names", "byte",
          [", ".join(map(str, codes + [0])) for codes in coded])
    label("symbol_tokens", "asciz", [f'"{s}"' for s in strings])
    out += ["\t.balign 4", "\t.section .note.GNU-stack, \"\", %progbits"]
    print("\n".join(out))


if __name__ == "__main__":
    main()
