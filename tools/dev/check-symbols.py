#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Calls go down only: what an object leaves undefined must be defined in its
own layer or a lower one. Finds what an include check cannot: extern, and
macros.

usage: check-symbols.py NM OBJDIR ELF

OBJDIR mirrors the tree (OBJDIR/xen/lib/string.o). What no object defines
must be in the linked ELF, by way of the linker script, libfdt or libgcc. The
"symbol" lines of docs/process/layers.txt give a rank of their own to data
that is defined high and read low, each with its reason.
"""

import fnmatch
import os
import subprocess
import sys

LIST = "docs/process/layers.txt"


def read_list():
    folders, symbols = {}, []
    with open(LIST, encoding="ascii") as f:
        for line in f:
            word = line.split("#")[0].split()
            if word and word[0] == "folder":
                folders[word[1]] = int(word[2])
            elif word and word[0] == "symbol":
                symbols.append((word[1], int(word[2])))
    return folders, symbols


def nm(tool, path):
    """(type, name) of each symbol."""
    text = subprocess.run([tool, path], check=True, capture_output=True,
                          text=True).stdout
    for line in text.splitlines():
        word = line.split()
        yield word[-2], word[-1]


def main():
    tool, objdir, elf = sys.argv[1:4]
    folders, ranked = read_list()

    def layer(obj):
        path = os.path.relpath(obj, objdir)
        fits = [f for f in folders if path.startswith(f + "/")]
        return folders[max(fits, key=len)]

    objects = [os.path.join(folder, name)
               for folder, _, names in os.walk(os.path.join(objdir, "xen"))
               for name in names if name.endswith(".o")]
    defined, wanted = {}, []
    for obj in objects:
        for kind, name in nm(tool, obj):
            if kind in "Uw":
                wanted.append((obj, name))
            elif kind.isupper():
                defined[name] = (layer(obj), obj)

    for name, (rank, obj) in list(defined.items()):
        for pattern, own in ranked:
            if fnmatch.fnmatchcase(name, pattern):
                defined[name] = (own, obj)

    linked = {name for kind, name in nm(tool, elf) if kind not in "Uw"}
    bad = []
    for obj, name in sorted(wanted):
        if name in defined:
            rank, home = defined[name]
            if rank > layer(obj):
                bad.append(f"{os.path.relpath(obj, objdir)} (layer "
                           f"{layer(obj)}) uses {name} of "
                           f"{os.path.relpath(home, objdir)} (layer {rank})")
        elif name not in linked:
            bad.append(f"{obj}: {name} is defined nowhere")
    for pattern, _ in ranked:
        if not any(fnmatch.fnmatchcase(n, pattern) for n in defined):
            bad.append(f"{LIST}: symbol {pattern} matches nothing")
    if not objects:
        bad.append(f"no objects in {objdir}")
    for what in bad:
        print(f"symbols: {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
