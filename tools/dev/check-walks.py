#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The docs say what is there.

usage: check-walks.py

Three checks over README and docs/**/*.md:

- a walk names its steps as `file : function` in a code span, or in a code
  block as a line "    file   function -> function: text"; the file (any
  unique end of a path) must exist and must define that function, label,
  macro, struct or variable;
- a relative link must lead to a file;
- every page must be reached from docs/index.md.
"""

import json
import os
import re
import subprocess
import sys

SPAN = re.compile(r"`([\w./-]+\.(?:c|h|S|py)) : (\w+)`")
STEP = re.compile(r"^ {4,}([\w./-]+\.(?:c|h|S))\s+(.*)")
NAME = re.compile(r"([a-z]\w*_\w+|[a-z]\w+\(\)|[a-z]\w*\[\])(?:\(\)|\[\])?$")
# Pages that gen-docs.py makes.
MADE = {"docs/admin-guide/command-line.md", "docs/guest-guide/hypercalls.md",
        "docs/man/index.md"}
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"],
                         check=True, capture_output=True, text=True).stdout
    return [f for f in out.splitlines() if os.path.isfile(f)]


def tags_of(path):
    run = subprocess.run(
        ["ctags", "--output-format=json", "--kinds-C=+px", "-f", "-", path],
        check=True, capture_output=True, text=True)
    names = {json.loads(line).get("name") for line in run.stdout.splitlines()}
    if path.endswith(".S"):
        with open(path, encoding="ascii") as f:
            names |= set(re.findall(r"\b(?:ENTRY|FUNC|LABEL)\((\w+)\)",
                                    f.read()))
    return names


def steps(line):
    """(file, function) of each step that a line names."""
    yield from SPAN.findall(line)
    match = STEP.match(line)
    if match:
        for word in re.split(r"->|,", match[2].split(":")[0]):
            if NAME.match(word.strip()):
                yield match[1], word.strip().rstrip("()[]")


def check_steps(page, text, files, bad, cache):
    for nr, line in enumerate(text.splitlines(), 1):
        for name, function in steps(line):
            fits = [f for f in files
                    if f == name or f.endswith("/" + name)]
            if len(fits) != 1:
                bad.append(f"{page}:{nr}: {name} fits {len(fits)} files")
                continue
            if fits[0] not in cache:
                cache[fits[0]] = tags_of(fits[0])
            if function not in cache[fits[0]]:
                bad.append(f"{page}:{nr}: {fits[0]} has no {function}")


def main():
    files = tracked()
    pages = [f for f in files
             if f == "README" or (f.startswith("docs/") and f.endswith(".md"))]
    bad, cache, linked = [], {}, {"docs/index.md", "README"}
    for page in pages:
        with open(page, encoding="utf-8") as f:
            text = f.read()
        check_steps(page, text, files, bad, cache)
        for target in LINK.findall(text):
            if "://" in target or target.startswith("mailto:"):
                continue
            path = os.path.normpath(
                os.path.join(os.path.dirname(page), target))
            if not os.path.exists(path) and path not in MADE:
                bad.append(f"{page}: link to {target} leads nowhere")
            linked.add(path)
    for page in pages:
        if page not in linked:
            bad.append(f"{page}: no page links to it")
    for what in bad:
        print(f"docs: {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
