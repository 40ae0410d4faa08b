# SPDX-License-Identifier: GPL-2.0-only
"""The manual pages of docs/man as pages of gen-docs.py, and what is wrong
with them.

Only what our pages use of the macros of man(7) is known; a page with another
one is refused.
"""

import html
import re

ESCAPES = {r"\-": "-", r"\(aq": "'", r"\(bu": "-", r"\e": "\\", r"\&": "",
           r"\(dq": '"', r"\(lq": '"', r"\(rq": '"'}
FONTS = {"B": ("b",), "I": ("i",), "BR": ("b", ""), "RB": ("", "b"),
         "BI": ("b", "i"), "IB": ("i", "b"), "RI": ("", "i"), "IR": ("i", "")}
SECTIONS = ("NAME", "SYNOPSIS", "DESCRIPTION")


class Bad(Exception):
    """A manual page that cannot be read."""


def inline(text):
    """Escapes, and changes of the font within a line."""
    for escape, char in ESCAPES.items():
        text = text.replace(escape, char)
    parts = re.split(r"\\f([BIRP])", text)
    out, tag = html.escape(parts[0], quote=False), ""
    for font, piece in zip(parts[1::2], parts[2::2]):
        out += f"</{tag}>" if tag else ""
        tag = {"B": "b", "I": "i"}.get(font, "")
        out += (f"<{tag}>" if tag else "") + html.escape(piece, quote=False)
    return out + (f"</{tag}>" if tag else "")


def words(text):
    """Arguments of a macro, of which some are in quotes."""
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', text)]


def fonts(macro, text):
    """A line of words in one font, or in two that alternate."""
    tags = FONTS[macro]
    args = [" ".join(words(text))] if len(tags) == 1 else words(text)
    out = ""
    for i, arg in enumerate(args):
        tag, piece = tags[i % len(tags)], inline(arg)
        out += f"<{tag}>{piece}</{tag}>" if tag else piece
    return out


class Page:
    """One page, turned into HTML line by line."""

    def __init__(self, name):
        self.name, self.out, self.term = name, [], False

    def text(self, line):
        if self.term:
            self.out.append(f"<p class=term>{line}</p><p class=what>")
            self.term = False
        else:
            self.out.append(line)

    def macro(self, macro, rest):
        if macro in FONTS:
            self.text(fonts(macro, rest))
        elif macro == "SH":
            self.out.append(f"<h2>{inline(' '.join(words(rest)))}</h2><p>")
        elif macro in ("TP", "IP"):
            self.term = True
            if macro == "IP":
                self.text(inline(" ".join(words(rest)[:1])))
        elif macro in ("PP", "P"):
            self.out.append("</p><p>")
        elif macro == "br":
            self.out.append("<br>")
        elif macro in ("RS", "RE", "nf", "fi"):
            self.out.append({"RS": "<blockquote>", "RE": "</blockquote>",
                             "nf": "<pre>", "fi": "</pre><p>"}[macro])
        elif macro != "TH":
            raise Bad(f"{self.name}: .{macro} is not known to "
                      "tools/dev/man_pages.py")


def page(name, text, known):
    """One manual page; @known are the names of all."""
    made = Page(name)
    for line in text.splitlines():
        got = re.match(r"\.(\w+)\s*(.*)", line)
        if got:
            made.macro(got[1], got[2])
        elif not line.startswith('.\\"'):
            made.text(inline(line))
    body = "\n".join(made.out)
    # References become links.
    return f"# {called(name)}\n\n" + re.sub(
        r"(?:<b>)?([\w.-]+)(?:</b>)?\((\d)\)",
        lambda m: (f'<a href="{m[1]}.{m[2]}.md">{m[1]}({m[2]})</a>'
                   if f"{m[1]}.{m[2]}" in known else m[0]), body) + "\n"


def called(name):
    return f"{name[:-2]}({name[-1]})"


def short(text):
    """What stands behind the name in the section NAME."""
    got = re.search(r"^\.SH NAME\n.* \\- (.*)$", text, re.M)
    return got[1] if got else ""


def wrong(name, text, known, programs):
    """Lines on what is missing in a page."""
    for section in SECTIONS:
        if f"\n.SH {section}\n" not in text:
            yield f"docs/man/{name}: no section {section}"
    if not short(text):
        yield f"docs/man/{name}: NAME has no line 'name \\- what it is'"
    also = text.partition("\n.SH SEE ALSO\n")[2].partition("\n.SH ")[0]
    for other, section in re.findall(r"([\w.\\-]+) ?\((\d)\)", also):
        other = f"{other.replace(chr(92), '')}.{section}"
        if other not in known:
            yield f"docs/man/{name}: refers to {other}, which there is not"
    if name[-1] in "18" and name[:-2] not in programs:
        yield f"docs/man/{name}: there is no such program"


def pages(folder, programs):
    """({path below docs: text}, lines on what is wrong). @programs are those
    that are installed: each has a page."""
    texts = {p.name: p.read_text() for p in sorted(folder.glob("*.[1-8]"))}
    bad = [line for name, text in texts.items()
           for line in wrong(name, text, texts, programs)]
    bad += [f"docs/man: no page for the program {program}"
            for program in programs
            if not {f"{program}.1", f"{program}.8"} & set(texts)]
    found = {}
    for name, text in texts.items():
        try:
            found[f"man/{name}.md"] = page(name, text, texts)
        except Bad as e:
            bad.append(str(e))
    found["man/index.md"] = "# Manual pages\n\n" + "".join(
        f"- [{called(name)}]({name}.md): {short(text)}\n"
        for name, text in texts.items())
    return found, bad
