#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The rules of docs/process/style.md that a script can hold.

usage: check-style.py [FILE...]     (all files of the tree by default)

One line for each finding, "file:line: what". Limits are in LIMITS.
"""

import json
import os
import re
import subprocess
import sys

LIMITS = {"columns": 80, "file": 800, "function": 80}

# Folders whose files talk to hardware: the head comment cites the manual.
HARDWARE = ("xen/drivers/", "xen/arch/arm/cpu/", "xen/arch/arm/guest/",
            "xen/arch/arm/include/asm/", "tools/board/")
# ... but for these, which are about no register.
NO_HARDWARE = ("entry.h", "options_table.h", "smpboot.h", "stack_guard.h",
               "board_read.h")

# Words that a reader of the product has no use for, or that the glossary
# replaces. Whole words, in code, comments and docs.
WORDS = [
    (r"TODO|FIXME|XXX|HACK", "do it, or write it into docs/CAVEATS.md"),
    (r"/(work|home|root|tmp/[a-z]+-[a-z]+)/[\w./]*", "a path of one machine"),
    (r"unikernel|hwdom|pdx", "see docs/glossary.md"),
]
# Files that quote such words because they are about them.
WORDS_EXEMPT = ("docs/glossary.md", "docs/process/style.md",
                "tools/dev/check-style.py")

TEXT = (".c", ".h", ".S", ".py", ".md", ".txt", ".mk", ".json", ".sh", ".cfg",
        ".yml", ".gdb", ".lds", ".awk", ".css")


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"],
                         check=True, capture_output=True, text=True).stdout
    # The reference pages are tables of facts, as wide as those are.
    return [f for f in out.splitlines()
            if os.path.isfile(f) and not f.startswith("docs/reference/")]


def is_text(path):
    if path == "COPYING":
        return False
    name = os.path.basename(path)
    if path.endswith(TEXT) or name in ("Makefile", "README", "run", "deps"):
        return True
    with open(path, "rb") as f:
        return f.read(2) == b"#!"


def licence(path):
    if path.startswith("xen/include/public/"):
        return "MIT"
    if path.startswith("tools/board/") and path.endswith((".c", ".h", ".S")):
        return "GPL-2.0-or-later"  # becomes a part of QEMU
    if path.startswith(("tools/libs/", "tools/include/")):
        return "LGPL-2.1-only"
    return "GPL-2.0-only"


def check_head(path, lines, bad):
    """The SPDX line: first, or second after #!, an encoding or a title."""
    if path.endswith((".md", ".txt", ".json")) or path in (
            "README", ".gitignore"):
        return
    want = f"SPDX-License-Identifier: {licence(path)}"
    if not any(want in line for line in lines[:2]):
        bad.append(f"{path}:1: no '{want}' in the first lines")
    if path.endswith((".c", ".h", ".S")) and path.startswith(HARDWARE) \
            and not path.endswith(NO_HARDWARE):
        head = "\n".join(lines[:40]).split("*/")
        if "Source:" not in "".join(head[:2]):
            bad.append(f"{path}:1: the head comment cites no source")


def check_lines(path, lines, bad):
    code = path.endswith((".c", ".h", ".S", ".py"))
    makefile = path.endswith((".mk", "Makefile"))
    markdown = path.endswith(".md")
    for nr, line in enumerate(lines, 1):
        where = f"{path}:{nr}"
        wide = makefile or (markdown and line.startswith("|"))  # a table row
        if len(line.expandtabs(8)) > LIMITS["columns"] and not wide:
            bad.append(f"{where}: more than {LIMITS['columns']} columns")
        if line != line.rstrip():
            bad.append(f"{where}: blanks at the end of the line")
        if "\t" in line and code and not path.endswith(".S"):
            bad.append(f"{where}: a tab")
        if not line.isascii():
            bad.append(f"{where}: not ASCII")
        if path in WORDS_EXEMPT:
            continue
        for pattern, advice in WORDS:
            match = re.search(rf"(?<![\w/.]){pattern}(?!\w)", line)
            if match:
                bad.append(f"{where}: '{match[0]}': {advice}")
    if code and len(lines) > LIMITS["file"]:
        bad.append(f"{path}: {len(lines)} lines, more than {LIMITS['file']}")


def ctags(paths):
    """Tags of C files, by file."""
    if not paths:
        return {}
    run = subprocess.run(
        ["ctags", "--output-format=json", "--fields=+neK", "--kinds-C=fp",
         "--language-force=C", "-I", "printf_like+,must_check,no_return",
         "-L", "-", "-f", "-"],
        input="\n".join(paths), check=True, capture_output=True, text=True)
    tags = {}
    for line in run.stdout.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag":
            tags.setdefault(tag["path"], []).append(tag)
    return tags


def check_functions(path, lines, tags, bad):
    for tag in tags:
        if tag["kind"] != "function" or "end" not in tag:
            continue
        start, end = tag["line"], tag["end"]
        if end - start + 1 > LIMITS["function"]:
            bad.append(f"{path}:{start}: {tag['name']} has {end - start + 1} "
                       f"lines, more than {LIMITS['function']}")
        for nr in range(start, end):
            if re.match(r"\s*#\s*(if|el|endif)", lines[nr]):
                bad.append(f"{path}:{nr + 1}: #if inside of {tag['name']}")
                break


def check_contracts(path, lines, tags, bad):
    """Each prototype of a header: a comment above it or above its group."""
    if not path.startswith(("xen/include/xen/", "xen/arch/arm/include/",
                            "tools/include/")):
        return
    for tag in tags:
        if tag["kind"] != "prototype" or tag["name"].isupper():
            continue
        nr = tag["line"] - 1
        first = nr
        while first > 0 and lines[first - 1].strip():
            first -= 1
        group = lines[first:nr + 1]
        # Behind a blank line, a comment that stands alone heads a section.
        above = lines[first - 2].rstrip() if first >= 2 else ""
        if not any("/*" in line for line in group) and \
                not above.endswith("*/"):
            bad.append(f"{path}:{tag['line']}: {tag['name']} has no contract "
                       f"comment")


def main():
    paths = sys.argv[1:] or tracked()
    paths = [p for p in paths if is_text(p)]
    bad = []
    tags = ctags([p for p in paths if p.endswith((".c", ".h"))])
    for path in paths:
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        else:
            bad.append(f"{path}: does not end with a newline")
        check_head(path, lines, bad)
        check_lines(path, lines, bad)
        check_functions(path, lines, tags.get(path, []), bad)
        check_contracts(path, lines, tags.get(path, []), bad)
    for what in bad:
        print(f"style: {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
