#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Includes go down only: a file may include its own layer and lower ones.

usage: check-layers.py [--update]

Ranks of folders and of each header are in docs/process/layers.txt; a header
must also state its rank ("Layer: N") in its head comment, and stand alone
(compile as the only include). --update rewrites the list of headers from
their head comments, for a person to review.
"""

import os
import re
import subprocess
import sys
import tempfile

LIST = "docs/process/layers.txt"
ROOTS = ["xen/include", "xen/arch/arm/include"]
SOURCES = ["xen/lib", "xen/drivers", "xen/common", "xen/arch/arm"]


def files(top, suffixes):
    for folder, _, names in sorted(os.walk(top)):
        for name in sorted(names):
            if name.endswith(suffixes):
                yield os.path.join(folder, name)


def read_list():
    """The folders (path -> rank) and headers (name -> rank) of layers.txt."""
    folders, headers = {}, {}
    with open(LIST, encoding="ascii") as f:
        for line in f:
            word = line.split("#")[0].split()
            if word and word[0] == "folder":
                folders[word[1]] = int(word[2])
            elif word and word[0] == "header":
                headers[word[1]] = int(word[2])
    return folders, headers


def stated_rank(path):
    with open(path, encoding="ascii") as f:
        match = re.search(r"\bLayer: *(\d+)", f.read(4000))
    return int(match[1]) if match else None


def folder_rank(path, folders):
    """Rank of the longest listed folder that @path is in."""
    fits = [f for f in folders if path.startswith(f + "/")]
    return folders[max(fits, key=len)] if fits else None


def include_name(path):
    """xen/include/xen/a.h -> xen/a.h; None for private headers."""
    for root in ROOTS:
        if path.startswith(root + "/"):
            return path[len(root) + 1:]
    return None


def includes(path):
    with open(path, encoding="ascii") as f:
        for nr, line in enumerate(f, 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if match:
                yield nr, match[1]


def check_headers(folders, headers, bad):
    found = {}
    for root in ROOTS:
        for path in files(root, ".h"):
            name = include_name(path)
            found[name] = path
            if name.startswith("public/"):
                if folder_rank(path, folders) != 0:
                    bad.append(f"{path}: public headers have rank 0")
                continue
            if name not in headers:
                bad.append(f"{path}: not listed in {LIST}")
            elif stated_rank(path) != headers[name]:
                bad.append(f"{path}: its head comment says layer "
                           f"{stated_rank(path)}, {LIST} says {headers[name]}")
    for name in headers:
        if name not in found:
            bad.append(f"{LIST}: {name} does not exist")
    return found


def check_includes(found, folders, headers, bad):
    def rank_of(path):
        name = include_name(path)
        if name is None or name.startswith("public/"):
            return folder_rank(path, folders)
        return headers.get(name)

    paths = list(found.values())
    for top in SOURCES:
        paths += [p for p in files(top, (".c", ".S", ".h"))
                  if include_name(p) is None]
    for path in paths:
        own = rank_of(path)
        if own is None:
            bad.append(f"{path}: in no folder of {LIST}")
            continue
        if path.endswith((".c", ".S")) and stated_rank(path) != own:
            bad.append(f"{path}: its head comment says layer "
                       f"{stated_rank(path)}, its folder is layer {own}")
        for nr, name in includes(path):
            if name.startswith("public/") or name in found:
                target = found.get(name)
                theirs = rank_of(target) if target else None
                if theirs is None or theirs > own:
                    bad.append(f"{path}:{nr}: layer {own} includes {name} of "
                               f"layer {theirs}")
            elif name.startswith(("xen/", "asm/")):
                bad.append(f"{path}:{nr}: no such header {name}")
            if path.startswith("xen/include/public/") and not (
                    name in ("stdint.h", "stddef.h") or
                    name.startswith("public/") or
                    os.path.exists(os.path.join(os.path.dirname(path), name))):
                bad.append(f"{path}:{nr}: public headers include only each "
                           f"other, not {name}")


def check_alone(found, bad):
    """Compile each header as the only include of an empty file."""
    flags = os.environ.get("ALONE_CC", "")
    if not flags:
        return
    with tempfile.TemporaryDirectory() as tmp:
        for name in sorted(found):
            source = os.path.join(tmp, "alone.c")
            with open(source, "w", encoding="ascii") as f:
                f.write(f"#include <{name}>\nextern int alone;\n")
            run = subprocess.run(f"{flags} -fsyntax-only {source}", shell=True,
                                 capture_output=True, text=True, check=False)
            if run.returncode:
                errors = [line for line in run.stderr.splitlines()
                          if "error" in line]
                bad.append(f"{found[name]}: does not stand alone: "
                           f"{(errors or ['?'])[0]}")


def update(folders):
    with open(LIST, encoding="ascii") as f:
        kept = [line for line in f if not line.startswith("header ")]
    rows = []
    for root in ROOTS:
        for path in files(root, ".h"):
            name = include_name(path)
            if not name.startswith("public/"):
                rows.append((stated_rank(path) or 99, name))
    with open(LIST, "w", encoding="ascii") as f:
        f.writelines(kept)
        for rank, name in sorted(rows):
            f.write(f"header {name:<28} {rank}\n")
    return folders


def main():
    folders, headers = read_list()
    if "--update" in sys.argv[1:]:
        update(folders)
        return 0
    bad = []
    found = check_headers(folders, headers, bad)
    check_includes(found, folders, headers, bad)
    check_alone(found, bad)
    for what in bad:
        print(f"layers: {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
