#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A guest that tries everything, and guests that behave badly.

everything.txt holds every result of the guest `everything` in a domain: a
change is a failure until the table is written anew (UPDATE=1) and the change
argued in the commit. Results that the bare board gives as well must be the
board's, unless everything-differences.txt says why not.
"""

import os
import re

import argued
import lab
from lab import HALTED, O, Failed, boot, test

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "everything.txt")
DIFFERENCES = os.path.join(HERE, "everything-differences.txt")
END = "everything: done\n"
HEAD = ("# SPDX-License-Identifier: GPL-2.0-only\n"
        "# What the guest `everything` is answered in a domain;\n"
        "# UPDATE=1 tools/tests/system/robust.py NAME writes a section.\n"
        "# hvc, smc, ipa, gicd: range, fault (kind, LR less address, status)\n"
        "# or 0, value. call: hypercall, each result and how often it came.\n")


class Machine(lab.Setup):
    """qemu-system-arm 7.2 keeps 32 bits of the address of a stage-2 fault;
    qemu-system-aarch64, from the same package, keeps all 40."""

    def common(self):
        return ["qemu-system-aarch64"] + super().common()[1:]


def run(section, domain):
    """The lines of one section."""
    guest = lab.guest("everything")
    options = {"smp": 2, "mem": 1024}
    if domain:
        options.update(guest, xen_args="console=dtuart dom0_mem=256M",
                       dom0_args=f"dom0 {section}")
    else:
        options.update(kernel="", initrd="", image=guest["kernel"], mem=256,
                       xen_args=f"bare {section}",
                       extra=("-machine", "virtualization=off"))
    setup = lab.Setup
    try:
        if section == "ipa":
            lab.Setup = Machine
        with boot(**options) as con:
            con.expect(rf"section {section}\n")
            con.expect(rf"hash {section} \w+\n", timeout=240)
            lines = con.child.before.splitlines()
            con.expect(END)
            if domain:
                con.expect_end(HALTED)
    finally:
        lab.Setup = setup
    return [line for line in lines if not line.startswith("(XEN)")]


# --- the table --------------------------------------------------------------

def read_table():
    """{section: [line]}"""
    table, section = {}, None
    if os.path.exists(TABLE):
        with open(TABLE, encoding="ascii") as f:
            for line in f.read().splitlines():
                if line.startswith("section "):
                    section = table.setdefault(line.split()[1], [])
                elif line and not line.startswith("#"):
                    section.append(line)
    return table


def against_table(section, lines):
    table = read_table()
    if os.environ.get("UPDATE"):
        table[section] = lines
        with open(TABLE, "w", encoding="ascii") as f:
            f.write(HEAD)
            for name in sorted(table):
                f.write(f"\nsection {name}\n" + "\n".join(table[name]) + "\n")
        print(f"section {section} written: {len(lines)} lines")
        return
    known = table.get(section, [])
    bad = [f"new:  {x}" for x in lines if x not in known]
    bad += [f"gone: {x}" for x in known if x not in lines]
    if bad:
        raise Failed(f"section {section} is not as {TABLE} has it:\n" +
                     "\n".join(bad[:40]))
    print(f"section {section}: {len(lines)} lines as in the table")


# --- facts: ranges of the output taken apart ---------------------------------

CP = re.compile(r"p(\d+) c(\d+) (\d) c(\d+) (\d)(?: - c(\d+) (\d) c(\d+) "
                r"(\d))? (read .*)")
RANGE = re.compile(r"(hvc|smc|gicd \w+ \w+) (\w+)-(\w+) (\w+ \w+)")
STEP = {"byte": 1, "half": 2, "word": 4}


def cp_index(crn, op1, crm, op2):
    return int(crn) << 10 | int(op1) << 7 | int(crm) << 3 | int(op2)


def cp_facts(line, match):
    words = match.groups()
    first = cp_index(*words[1:5])
    last = cp_index(*words[5:9]) if words[5] else first
    for i in range(first, last + 1):
        yield (f"p{words[0]} c{i >> 10} {i >> 7 & 7} c{i >> 3 & 15} {i & 7}",
               words[9])


def range_facts(line, match):
    what, first, last, value = match.groups()
    step = STEP.get(what.split()[-1], 1)
    for at in range(int(first, 16), int(last, 16) + 1, step):
        yield f"{what} {at:0{3 if 'gicd' in what else 4}x}", value


def facts(lines):
    """One entry for each encoding or address."""
    found = {}
    for line in lines:
        for pattern, expand in ((CP, cp_facts), (RANGE, range_facts)):
            match = pattern.fullmatch(line)
            if match:
                found.update(expand(line, match))
                break
        else:
            match = re.fullmatch(r"(p\d+ \d+ c\d+ pair) (.*)", line)
            if not match:
                raise Failed(f"a line of no known form: {line}")
            found[match[1]] = match[2]
    return found


def against_board(section, domain_lines):
    board = facts(run(section, False))
    domain = facts(domain_lines)
    argued.check(DIFFERENCES, [
        (name, board.get(name, "undef"), domain.get(name, "undef"))
        for name in sorted(set(board) | set(domain))])


# --- tests -------------------------------------------------------------------

@test(timeout=120)
def coprocessors():
    """Every CP14 and CP15 encoding, read and written."""
    lines = run("cp", True)
    against_table("cp", lines)
    against_board("cp", lines)


@test(timeout=120)
def distributor():
    """Every GICD offset in every width, read and written."""
    lines = run("gicd", True)
    against_table("gicd", lines)
    against_board("gicd", lines)


@test(timeout=120)
def calls():
    """Every HVC and SMC immediate."""
    against_table("calls", run("calls", True))


@test(timeout=300)
def addresses():
    """An address in each 2 MiB of the 40-bit physical address space. On the
    board the same are backed, but for the RAM that is not the domain's."""
    lines = run("ipa", True)
    against_table("ipa", lines)
    board = run("ipa", False)
    below = [x for x in board if int(x.split()[1].split("-")[0], 16) < lab.RAM]
    cut = [re.sub(r"-\w+", "", x) for x in lines]
    for line in below:
        if re.sub(r"-\w+", "", line) not in cut:
            raise Failed(f"the board says '{line}', the domain does not")


@test(timeout=180)
def hypercalls():
    """Every hypercall number, arguments from a seeded generator."""
    against_table("hypercalls", run("hypercalls", True))


@test(timeout=60)
def watchdog():
    """Two timers, wrong ids, release, feeding, and what hunger does."""
    with boot(smp=1, xen_args="console=dtuart dom0_mem=128M",
              **lab.guest("watchdog")) as con:
        con.expect("watchdog: two 1 2, a third -28",
                   "watchdog: unknown -22, id 3 -22",
                   "watchdog: released 0, again -22",
                   "watchdog: fed for 2.1 s, alive", "watchdog: hungry")
        con.expect_end(r"\(XEN\) Hardware Dom0 shutdown: watchdog rebooting "
                       "machine")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
