# SPDX-License-Identifier: GPL-2.0-only
"""The guest guide of gen-docs.py, from the public headers: a page for each
header, with its head comment, and each declaration with the comment above it;
and one that lists hypercalls, headers and names.
"""

import pathlib
import re

INDEX = "guest-guide/hypercalls.md"


class Unreadable(Exception):
    """A header is not written as the others are."""


def comment(block):
    """Its text as Markdown; what is indented stays as it is."""
    lines = [re.sub(r"^ ?\* ?", "", line.rstrip())
             for line in block[2:-2].strip("\n").splitlines()]
    text = "\n".join(lines).strip()
    # Outside of code * and _ and < would be taken for marks.
    return re.sub(r"([*_<>\[\]`|])", r"\\\1", text)


def body(text, name):
    """What is between the guards of a header, without notes to formatters,
    includes and the other half for assembly."""
    text = re.sub(r"^/\* clang-format o\w+ \*/\n", "", text, flags=re.M)
    got = re.search(r"\n#ifndef (\w+_H)\n#define \1\n(.*)\n#endif /\* \1 \*/",
                    text, re.S)
    if not got:
        raise Unreadable(f"{name}: no guard around it")
    return re.sub(r"^#include .*\n|^#ifndef __ASSEMBLY__\n"
                  r"|^#endif /\* !?__ASSEMBLY__ \*/\n?", "", got[2],
                  flags=re.M)


def blocks(text):
    """(comment or "", code) in the order of the header."""
    piece = ""
    for part in re.split(r"\n\s*\n", text):
        piece = f"{piece}\n\n{part}".strip("\n")
        if piece.count("{") != piece.count("}"):
            continue  # a blank line within a structure
        above = re.match(r"(/\*(?:(?!\*/).)*\*/)[ ]*(?:\n|$)", piece, re.S)
        code = piece[above.end():] if above else piece
        if above or code.strip():
            yield comment(above[1]) if above else "", code.strip("\n")
        piece = ""


def names(code):
    """Macros and types that a piece of code defines."""
    found = re.findall(r"^#define (\w+)", code, re.M)
    found += re.findall(r"^(?:struct|union|enum) (\w+) \{", code, re.M)
    return found + re.findall(r"^typedef [^{};]*?(\w+);", code, re.M)


def title(code):
    """The type that a block is about; nothing for other blocks."""
    types = re.findall(r"^((?:struct|union|enum) \w+) \{", code, re.M)
    return types[0] if types else ""


def header_page(name, text):
    head = re.search(r"/\*\n.*?\*/", text, re.S)
    if not head:
        raise Unreadable(f"{name}: no head comment")
    up = "../" * (name.count("/") + 1)
    out = [f"# public/{name}", "", f"From `xen/include/public/{name}`; "
           f"[all headers]({up}hypercalls.md).", "", comment(head[0]), ""]
    for above, code in blocks(body(text, name)):
        if title(code):
            out += [f"## {title(code)}", ""]
        if above:
            out += [above, ""]
        if code:
            out += ["```c", code, "```", ""]
    return "\n".join(out)


def first_sentence(text):
    head = comment(re.search(r"/\*\n.*?\*/", text, re.S)[0])
    return re.split(r"[.:;](?:\s|$)", " ".join(head.split()))[0]


def index_page(headers):
    """Hypercalls by number, then headers, then all names."""
    out = ["# The public ABI", "",
           "Made from `xen/include/public`. A hypercall is HVC #0xEA1 with",
           "its number in r12, arguments from r0 on and the result in r0.",
           "", "| r12 | hypercall | arguments | structures |", "|---|---|---|"
           "---|"]
    numbers = re.findall(r"^#define (__HYPERVISOR_\w+) +(\d+)",
                         headers["xen.h"], re.M)
    if len(numbers) < 10:
        raise Unreadable("xen.h: no list of hypercalls")
    for call, number in numbers:
        told, where = "", ""
        for name, text in headers.items():
            got = re.search(rf"^ \* {call}: ([^.]*)\.", text, re.M)
            if got:
                told = " ".join(got[1].replace("\n *", " ").split())
                told = re.sub(r"([*_|])", r"\\\1", told)
                where = f"[{name}](abi/{name[:-2]}.md)"
        out.append(f"| {number} | `{call}` | {told} | {where} |")
    out += ["", "| header | what |", "|---|---|"]
    out += [f"| [{name}](abi/{name[:-2]}.md) | {first_sentence(text)} |"
            for name, text in headers.items()]
    out += ["", "## Names", ""]
    where = {}
    for name, text in headers.items():
        for word in names(body(text, name)):
            where.setdefault(word, name)
    out += [f"- [`{word}`](abi/{where[word][:-2]}.md)"
            for word in sorted(where)]
    return "\n".join(out) + "\n"


def pages(folder):
    """{path below docs: Markdown} of the headers below @folder."""
    headers = {str(p.relative_to(folder)): p.read_text()
               for p in sorted(pathlib.Path(folder).rglob("*.h"))}
    found = {INDEX: index_page(headers)}
    for name, text in headers.items():
        found[f"guest-guide/abi/{name[:-2]}.md"] = header_page(name, text)
    return found
