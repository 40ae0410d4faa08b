#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the HTML documentation, and the pages that come from the source.

gen-docs.py OUT [--check]

Reads docs/**/*.md, writes OUT/**/*.html, and makes two pages of its own:
admin-guide/command-line (from the option table in xen/arch/arm/options.c)
and guest-guide/hypercalls (from the comments of xen/include/public). Every
link inside the documentation must lead somewhere; --check does only that.
"""
import html
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
DOCS = TOP / "docs"
STYLE = ("body{max-width:50em;margin:2em auto;font:16px/1.5 sans-serif;"
         "padding:0 1em}code,pre{background:#f4f4f4}pre{padding:.6em;"
         "overflow-x:auto}table{border-collapse:collapse}td,th{border:1px "
         "solid #ccc;padding:.2em .6em;text-align:left;vertical-align:top}")


def command_line_page():
    """The option table as a page; one row must give four strings."""
    text = (TOP / "xen/arch/arm/options.c").read_text()
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


def hypercalls_page():
    """Each public header: its head comment and its commented definitions."""
    out = ["# The public ABI", "",
           "Made from the comments of `xen/include/public`.", ""]
    for path in sorted((TOP / "xen/include/public").rglob("*.h")):
        text = path.read_text()
        out += [f"## public/{path.relative_to(TOP / 'xen/include/public')}",
                ""]
        heads = re.findall(r"/\*\n(.*?)\*/", text, re.S)
        for block in heads[:1]:
            lines = [re.sub(r"^ ?\* ?", "", l) for l in block.splitlines()]
            out += [html.escape(l, quote=False) for l in lines] + [""]
        for note, name in re.findall(
                r"/\*\n?((?:(?!\*/).)*?)\*/\n#define (\w+)", text, re.S):
            note = " ".join(re.sub(r"^\s*\* ?", "", l).strip()
                            for l in note.splitlines())
            out.append(f"- `{name}`: {html.escape(note.strip(), quote=False)}")
        out.append("")
    return "\n".join(out)


def pages():
    """All pages by their path relative to docs/, made ones included."""
    found = {p.relative_to(DOCS): p.read_text() for p in DOCS.rglob("*.md")}
    found[pathlib.Path("admin-guide/command-line.md")] = command_line_page()
    found[pathlib.Path("guest-guide/hypercalls.md")] = hypercalls_page()
    return found


def dead_links(found):
    """Links to pages or files that do not exist."""
    dead = []
    for path, text in found.items():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            goal = pathlib.Path(target)
            rel = pathlib.Path(*(path.parent / goal).parts)
            parts = []
            for part in rel.parts:
                if part == "..":
                    if parts:
                        parts.pop()
                    continue
                parts.append(part)
            rel = pathlib.Path(*parts)
            if rel not in found and not (DOCS / path.parent / goal).exists():
                dead.append(f"docs/{path}: link to {target} leads nowhere")
    return dead


def main():
    args = [a for a in sys.argv[1:] if a != "--check"]
    found = pages()
    dead = dead_links(found)
    for line in dead:
        print(line)
    if dead:
        return 1
    if "--check" in sys.argv:
        print(f"gen-docs: {len(found)} pages, all links lead somewhere")
        return 0
    try:
        import markdown
    except ImportError:
        raise SystemExit("gen-docs: install the Debian package "
                         "python3-markdown") from None
    out = pathlib.Path(args[0])
    for path, text in found.items():
        body = markdown.markdown(text, extensions=["tables", "fenced_code"])
        body = re.sub(r'(href="[^":]+)\.md(["#])', r"\1.html\2", body)
        title = text.splitlines()[0].lstrip("# ")
        target = out / path.with_suffix(".html")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            f"<!doctype html><meta charset=utf-8><title>{title}</title>"
            f"<style>{STYLE}</style>{body}\n")
    print(f"gen-docs: {len(found)} pages in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
