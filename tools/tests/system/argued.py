# SPDX-License-Identifier: GPL-2.0-only
"""Differences between the bare board and a domain that are argued.

A file of them has rows of four words, with an empty line between rows:

    fact: a name, or patterns of names with " | " between them
    board: what the board says, a regular expression
    domain: what a domain says
    why: from which manual it follows

A line that starts with blanks goes on with the word above it, one that
starts with # is a comment.
"""

import fnmatch
import os
import re

from lab import Failed

WORDS = {"fact", "board", "domain", "why"}


def rows_of(path):
    """The rows, as dicts."""
    rows, row, key = [], {}, None
    with open(path, encoding="ascii") as f:
        lines = [line.rstrip("\n") for line in f if not line.startswith("#")]
    for line in lines + [""]:
        match = re.match(r"(\w+): +(.*)", line)
        if match:
            key, row[match[1]] = match[1], match[2]
        elif line.strip():
            row[key] += " " + line.strip()
        elif row:
            if set(row) != WORDS:
                raise Failed(f"{path}: incomplete row {row}")
            rows.append(row)
            row = {}
    return rows


def patterns(row):
    return row["fact"].split(" | ")


def argues(row, name, bare, ours):
    """Is @row about the fact @name, and what both say of it?"""
    return (any(fnmatch.fnmatchcase(name, p) for p in patterns(row)) and
            re.fullmatch(row["board"], bare) and
            re.fullmatch(row["domain"], ours))


def check(path, facts, may_agree=()):
    """Each fact (name, board's, domain's) that differs has a row, and each row
    whose fact is there a difference, but for the facts of @may_agree."""
    rows, used, bad = rows_of(path), set(), []
    if not facts:
        raise Failed("no facts at all")
    for name, bare, ours in facts:
        if bare == ours:
            continue
        row = next((r for r in rows if argues(r, name, bare, ours)), None)
        if row:
            used.add(row["fact"])
        else:
            bad.append(f"{name}: the board says '{bare}', a domain '{ours}'")
    names = {name for name, _, _ in facts}
    for row in rows:
        here = any(fnmatch.filter(names, p) for p in patterns(row))
        if here and row["fact"] not in used and row["fact"] not in may_agree:
            bad.append(f"{os.path.basename(path)}: {row['fact']} is not needed")
    if bad:
        raise Failed("\n".join(bad[:60]))
    print(f"{len(names)} facts, {len(used)} kinds of difference, all argued")
