#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the HTML documentation, and the pages that come from the source.

gen-docs.py OUT [TOP]
gen-docs.py --check [TOP]

Reads docs/**/*.md, writes OUT/**/*.html, and makes pages of its own:
admin-guide/command-line (from the option table in xen/arch/arm/options.c),
guest-guide/hypercalls and guest-guide/abi (from xen/include/public), and man
(from docs/man). Every link inside the documentation must lead somewhere, also
to a heading; every program that is installed has a manual page, which refers
to none that there is not. --check does only that. TOP is another tree.
"""
import pathlib
import re
import shutil
import sys

import abi_pages
import man_pages

HERE = pathlib.Path(__file__).resolve().parents[2]
STYLE = ("body{max-width:50em;margin:2em auto;font:16px/1.5 sans-serif;"
         "padding:0 1em}code,pre{background:#f4f4f4}pre{padding:.6em;"
         "overflow-x:auto}table{border-collapse:collapse}td,th{border:1px "
         "solid #ccc;padding:.2em .6em;text-align:left;vertical-align:top}")


def command_line_page(top):
    """The option table as a page; one row must give four strings."""
    text = (top / "xen/arch/arm/options.c").read_text()
    table = text[text.index("option_table[] = {"):]
    table = table[:table.index("\n};")]
    table = re.sub(r'"\s*\n\s*"', "", table)  # strings of several lines
    rows = re.findall(r'\{ "([\w-]+)", (.*?), "([^"]*)",\s+"([^"]*)" \}',
                      table, re.S)
    if len(rows) != table.count("{ \""):
        raise SystemExit("gen-docs: options.c has a row that cannot be read")
    out = ["# Boot options", "",
           "On the hypervisor's command line: `xen,xen-bootargs` of /chosen,"
           " else `bootargs`.", "",
           "| option | values | meaning |", "|---|---|---|"]
    for name, _, values, text in rows:
        shown = f"`{name}`" if not values else f"`{name}={values}`".replace(
            "|", "&#124;")
        out.append(f"| {shown} | {values.replace('|', ' or ') or 'flag'} "
                   f"| {text} |")
    return "\n".join(out) + "\n"


def programs(top):
    """Names of the programs that `make install` installs."""
    text = (top / "tools/Makefile").read_text().replace("\\\n", " ")
    found = re.search(r"^PROGRAMS := (.*)$", text, re.M)
    if not found:
        raise SystemExit("gen-docs: tools/Makefile has no PROGRAMS")
    return found[1].split()


def keys(top):
    """What a guest's configuration may have, by the table of xl."""
    text = (top / "tools/xl/config.c").read_text()
    found = re.findall(r"^    (?:WORD|NUMBER|OTHER|REFUSED)\(\"(\w+)\"", text,
                       re.M)
    if len(found) < 20:
        raise SystemExit("gen-docs: no table of keys in tools/xl/config.c")
    return found


def pages(top):
    """All pages by their path relative to docs/, made ones included; and
    lines on what is wrong with the manual pages."""
    docs = top / "docs"
    found = {p.relative_to(docs): p.read_text() for p in docs.rglob("*.md")}
    manual, bad = man_pages.pages(docs / "man", programs(top))
    text = manual.get("man/xl.cfg.5.md", "")
    bad += [f"docs/man/xl.cfg.5: no key {key}" for key in keys(top)
            if not re.search(rf"<b>{key}\b", text)]
    try:
        made = abi_pages.pages(top / "xen/include/public")
    except abi_pages.Unreadable as e:
        raise SystemExit(f"gen-docs: {e}") from None
    made["admin-guide/command-line.md"] = command_line_page(top)
    for path, text in (made | manual).items():
        found[pathlib.Path(path)] = text
    return found, bad


def slug(text, _separator="-"):
    """What a heading is called in a link."""
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def anchors(text):
    """Those of a page's headings."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)|[\\`]", r"\1", line)
             for line in re.findall(r"^#+ (.*)$", text, re.M)]
    return {slug(line) for line in plain}


def leads(path, target):
    """A link's goal as a path relative to docs/; what is above docs/ keeps
    its dots."""
    parts = []
    for part in (path.parent / target).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return pathlib.Path(*parts)


def file_of(docs, goal):
    """True for a file below docs/, which goes with the pages as it is."""
    return goal.parts[:1] != ("..",) and (docs / goal).is_file()


def dead_links(found, docs):
    """Links to pages, files or headings that do not exist."""
    dead = []
    for path, text in found.items():
        text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        for target, heading in re.findall(
                r"(?:\]\(|href=\")([^)#\"\s]*)(?:#([^)\"\s]*))?[)\"]", text):
            if re.match(r"[a-z]+:", target):
                continue
            goal = leads(path, target) if target else path
            if goal not in found and not file_of(docs, goal):
                dead.append(f"docs/{path}: link to {target} leads nowhere")
            elif heading and heading not in anchors(found.get(goal, "")):
                dead.append(f"docs/{path}: link to {target}#{heading}: no "
                            "such heading")
    return dead


def write(found, docs, out):
    """The pages as HTML below @out, and the files that they link to."""
    try:
        import markdown
    except ImportError:
        raise SystemExit("gen-docs: install the Debian package "
                         "python3-markdown") from None
    for path, text in found.items():
        body = markdown.markdown(
            text, extensions=["tables", "fenced_code", "toc"],
            extension_configs={"toc": {"slugify": slug}})
        body = re.sub(r'(href="[^":]+)\.md(["#])', r"\1.html\2", body)
        title = text.splitlines()[0].lstrip("# ")
        for link in re.findall(r"\]\(([^)#\s:]+)\)", text):
            goal = leads(path, link)
            if goal not in found and file_of(docs, goal):
                (out / goal).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(docs / goal, out / goal)
        target = out / path.with_suffix(".html")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            f"<!doctype html><meta charset=utf-8><title>{title}</title>"
            f"<style>{STYLE}</style>{body}\n")


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__.strip())
    top = pathlib.Path(sys.argv[2]) if sys.argv[2:] else HERE
    found, bad = pages(top)
    bad += dead_links(found, top / "docs")
    for line in bad:
        print(line)
    if bad:
        return 1
    if sys.argv[1] == "--check":
        print(f"gen-docs: {len(found)} pages, all links lead somewhere")
        return 0
    write(found, top / "docs", pathlib.Path(sys.argv[1]))
    print(f"gen-docs: {len(found)} pages in {sys.argv[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
