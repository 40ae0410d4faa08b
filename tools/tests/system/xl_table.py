# SPDX-License-Identifier: GPL-2.0-only
"""The same commands on Debian's hypervisor and on ours, side by side.

xl.txt is what they said on Debian's; xl-differences.txt what may differ and
why. pools.py has a table of its own. Words that differ from run to run
(times, ids of processes) are left out on both sides.
"""

import difflib
import fnmatch
import os
import re
import textwrap

import lab

HERE = os.path.dirname(os.path.abspath(__file__))

# In one domain 0, one after the other; !up waits until the guest "one" is
# in user space.
COMMANDS = """
xl info -n
xl list -l
xl list -v
xl domid Domain-0
xl domid 77
xl domname 0
xl create -p -q /tmp/one
xl create -q /tmp/one
xl create -q /tmp/none
xl list
xl vcpu-list one
xl unpause one
!up
xl list -l one
xl pause one
xl list one
xl unpause one
xl vcpu-pin one 0 1
xl vcpu-pin one all - 0
xl vcpu-pin one 0 7
xl vcpu-pin one 9 0
xl vcpu-list one
xl vcpu-pin one all all all
xl vcpu-list
xl vcpu-set one 1
xl vcpu-set one 9
xl sched-credit
xl sched-credit -d one -w 512 -c 50
xl sched-credit -d one -c 900
xl sched-credit -d one
xl sched-credit -d one -w 256 -c 0
xl sched-credit -s -t 20 -r 2000
xl sched-credit -s -t 5000
xl sched-credit -s
xl sched-credit2 -d one
xl sched-rtds
xl cpupool-list
xl cpupool-list -c
xl cpupool-destroy Pool-0
xl rename one two
xl list two
xl rename two one
xl uptime one
xl dmesg -c >/dev/null; xl dmesg | wc -c
xl debug-keys h; xl dmesg | grep -c pressed
xl debug-keys qredgmt0; xl dmesg | wc -l | grep -c ...
xl sysrq one h
xl dump-core one /tmp/core; ls -s /tmp/core; rm /tmp/core
xl dump-core 77 /tmp/core
xentop -b -i 1 | awk '{ print $1, $5, $7, $9, NF }'
xl mem-set one 80
xl mem-max one 100
xl trigger one nmi
xl trigger one power
xl getenforce
xl setenforce 0
xl loadpolicy /etc/hosts
xl block-list one
xl network-list one
xl channel-list one
xl claims
xl vm-list
xl cd-eject one xvda
xl save one /tmp/save
xl migrate one localhost
xl psr-hwinfo
xl shutdown 77
xl pause 77
xenpm get-cpu-topology
xenpm get-cpuidle-states
xenpm get-cpufreq-para
xenpm get-vcpu-migration-delay
xen-diag gnttab_query_size 1
xen-diag gnttab_query_size 0
xen-diag gnttab_query_size 77
xenctx 1 0 | sed 's/:.*//'
xenctx 1 7
xenctx 77
test-resource
test-paging-mempool
xenhypfs ls /
xenperf
xenlockprof
xencov read
xentrace -D -S 16 -T 1 /tmp/trace; echo; test -s /tmp/trace
xentrace -D -S 32 -T 1 /tmp/trace
xentrace -x -D -S 16 -c 1 -e 0x2f000 -T 1 /tmp/trace; echo; test -s /tmp/trace
xen-livepatch list
flask-getenforce
flask-get-bool a
init-dom0less
xenstore-control check
xenstore-ls /local/domain/1 | sed 's/=.*//'
xl destroy one
xl destroy one
xl list
xenstore-ls
""".strip().splitlines()

VARIES = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"(?<![\d.])\d+\.\d(?![\d.])", "T"),
    (r"\b\d+:\d\d:\d\d\b", "T"),
    (r"\bpid \d+|\[\d+\]", "PID"),
    # What runs at this moment, and where.
    (r"(?<=\s)[r-][b-](?=[p-][s-][c-][d-](\s|$))", ".."),
    (r"(?<=\s)[r-][b-](?=[p-](\s|$))", ".."),
    (r"\d(?=\s+\.\.)", "C"),
    (r"\b(free_memory|memfree)( +: )\d+", r"\1\2N"),
    (r"^(release|version)( +: ).*", r"\1\2V"),
    (r"^( +0:\s+\d+)\s+\d+", r"\1 N"),
    (r"[ \t]+", " "),
)


def plain(text):
    """The lines of an output without what varies."""
    lines = []
    for line in text.strip().splitlines():
        for pattern, word in VARIES:
            line = re.sub(pattern, word, line)
        if line.strip():
            lines.append(line.strip())
    return lines


def files(name):
    """The record and the differences of the table @name."""
    return (os.path.join(HERE, f"{name}.txt"),
            os.path.join(HERE, f"{name}-differences.txt"))


def run(d, commands=tuple(COMMANDS)):
    """All commands; [(command, [lines])], the first line the exit code."""
    done = []
    for command in commands:
        if command == "!up":
            d.up("one")
            continue
        code, text = d.run(command, timeout=120)
        done.append((command, [f"exit {code}"] + plain(text)))
    return done


def write(done, name="xl", script="xl"):
    with open(files(name)[0], "w", encoding="ascii") as f:
        f.write("# Made by `XL_IMAGE=debian tools/tests/system/"
                f"{script}.py record`:"
                "\n# what Debian's tools say on Debian's hypervisor.\n")
        for command, lines in done:
            f.write(f"\n$ {command}\n")
            for line in lines:
                f.write("\n".join(textwrap.wrap(
                    line, 80, initial_indent="  ", subsequent_indent="      ",
                    break_on_hyphens=False)) + "\n")


def read(path):
    done = []
    with open(path, encoding="ascii") as f:
        for line in f:
            if line.startswith("$ "):
                done.append((line[2:].rstrip("\n"), []))
            elif line.startswith("      "):
                done[-1][1][-1] += " " + line.strip()
            elif line.startswith("  "):
                done[-1][1].append(line.strip())
    return done


def rows(path):
    """The argued differences: dicts with command, debian, ours and why."""
    found, row, key = [], {}, None
    with open(path, encoding="ascii") as f:
        lines = [line.rstrip("\n") for line in f if not line.startswith("#")]
    for line in lines + [""]:
        match = re.match(r"(\w+): *(.*)", line)
        if match:
            key, row[match[1]] = match[1], match[2]
        elif line.strip():
            row[key] += " " + line.strip()
        elif row:
            if set(row) != {"command", "debian", "ours", "why"}:
                raise lab.Failed(f"{path}: incomplete row {row}")
            found.append(row)
            row = {}
    return found


def changes(before, after):
    """Pieces in which two lists of lines differ, each as two texts."""
    pieces = difflib.SequenceMatcher(None, before, after, False).get_opcodes()
    for kind, a1, a2, b1, b2 in pieces:
        if kind == "equal":
            continue
        # Line by line where there are as many: a row is about one thing.
        if a2 - a1 == b2 - b1:
            yield from zip(before[a1:a2], after[b1:b2])
        else:
            yield " / ".join(before[a1:a2]), " / ".join(after[b1:b2])


def compare(done, name="xl"):
    """Every difference to the record argued, every row used."""
    path, differences = files(name)
    record, table, used, bad = read(path), rows(differences), set(), []
    if [command for command, _ in record] != [row[0] for row in done]:
        raise lab.Failed(f"{path} has other commands: record it anew")
    for (command, lines), (_, other) in zip(done, record):
        for theirs, ours in changes(other, lines):
            row = next((r for r in table
                        if fnmatch.fnmatchcase(command, r["command"]) and
                        re.fullmatch(r["debian"], theirs) and
                        re.fullmatch(r["ours"], ours)), None)
            if row:
                used.add(id(row))
            else:
                bad.append(f"$ {command}\n  - {theirs}\n  + {ours}")
    bad += [f"not needed any more: {r['command']}: {r['debian']}"
            for r in table if id(r) not in used]
    if bad:
        raise lab.Failed("\n".join(bad))
