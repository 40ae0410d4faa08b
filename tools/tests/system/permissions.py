#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who may do what: each operation of the ABI from each position.

permissions.txt is the matrix as it is meant. The test guest `ops` makes the
calls; what it is answered must be what the matrix has, and the matrix must
have a row for each operation that the sources know. The same guest then tries
each operation with good and bad arguments (guests/ops/try_*.c), at least one
of each kind.
"""

import glob
import os
import re

import lab
from lab import HALTED, Failed, boot, test

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..", "..")
MATRIX = os.path.join(HERE, "permissions.txt")
SET_VIRQ_HANDLER = 66

# Hypercalls with operations: the word that their rows begin with.
CALLS = {"domctl": "domctl", "sysctl": "sysctl", "platform_op": "platform",
         "memory_op": "memory", "xen_version": "version",
         "console_io": "console", "grant_table_op": "grant",
         "vm_assist": "assist", "vcpu_op": "vcpu", "sched_op": "sched",
         "event_channel_op": "event", "hvm_op": "hvm"}
PREFIXES = {"XEN_DOMCTL": "domctl", "XEN_SYSCTL": "sysctl",
            "XENPF": "platform", "XENMEM": "memory", "XENVER": "version",
            "CONSOLEIO": "console", "GNTTABOP": "grant",
            "VMASST_CMD": "assist", "VCPUOP": "vcpu", "SCHEDOP": "sched",
            "EVTCHNOP": "event", "HVMOP": "hvm"}
NAME = r"\b(" + "|".join(PREFIXES) + r")_([a-z]\w*)"
ROW = re.compile(r"\[" + NAME + r"\] *=")           # [XEN_DOMCTL_max_mem] =
CASE = re.compile(r"(?:case |[!=]= )" + NAME)       # case VCPUOP_...:
HYPERCALL = re.compile(r"\[__HYPERVISOR_(\w+)\] *=")
DEFINED = re.compile(r"^#define " + NAME, re.M)
DEFINED_CALL = re.compile(r"^#define __HYPERVISOR_(\w+)", re.M)
# Of each operation something goes well and something does not, but for these.
FAULTLESS = {"console.read", "memory.get_sharing_freed_pages",
             "memory.get_sharing_shared_pages", "memory.maximum_ram_page",
             "sched.yield", "sysctl.availheap", "sysctl.physinfo",
             "sysctl.sched_id", "version.version"}
# Errors on purpose, and what only ends a domain.
HOPELESS = {"domctl.assign_device", "domctl.deassign_device",
            "domctl.get_device_group", "domctl.irq_permission",
            "domctl.monitor_op", "domctl.test_assign_device",
            "event.bind_pirq", "grant.get_status_frames",
            "grant.swap_grant_ref", "grant.transfer",
            "grant.unmap_and_replace", "memory.get_vnumainfo",
            "sched.shutdown", "sysctl.coverage_op", "version.build_id"}
# With tests of their own; an interrupt of a device; the matrix.
ELSEWHERE = {"sysctl.tbuf_op", "domctl.bind_pt_irq", "sched.block"}
# They count what they did: 0 is a failure.
COUNTING = {"memory.populate_physmap", "memory.increase_reservation",
            "memory.decrease_reservation"}
REFUSED = {"NOSYS", "-38"}


def read_matrix():
    """{operation: {column: answer}}"""
    with open(MATRIX, encoding="ascii") as f:
        text = "".join(line for line in f if not line.startswith("#"))
    # A line that begins with a space goes on with the one before.
    lines = [row.split() for row in re.split(r"\n(?! )", text) if row.strip()]
    columns = lines[0][1:]
    matrix = {}
    for words in lines[1:]:
        if len(words) != len(columns) + 1 or words[0] in matrix:
            raise Failed(f"{MATRIX}: not a row: {' '.join(words)}")
        matrix[words[0]] = dict(zip(columns, words[1:]))
    return matrix


def texts(*patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(TOP, pattern),
                                     recursive=True)):
            with open(path, encoding="ascii") as f:
                yield f.read()


def operations(patterns, calls, *paths):
    """Operations that the sources name, and hypercalls without any."""
    found = set()
    for text in texts(*paths):
        for pattern in patterns:
            found |= {f"{PREFIXES[a]}.{b}" for a, b in pattern.findall(text)}
        found |= {f"hypercall.{n}" for n in calls.findall(text)
                  if n not in CALLS}
    return {n for n in found if not n.startswith("memory.resource_")}


def in_code():
    return operations((ROW, CASE), HYPERCALL, "xen/common/**/*.c",
                      "xen/arch/arm/hypercall.c")


def guest_says(words, xen=""):
    with boot(smp=1, mem=512, dom0_args=words,
              xen_args=f"console=dtuart dom0_mem=64M {xen}",
              **lab.guest("ops")) as con:
        con.expect("ops: done\n", timeout=100)
        text = "".join(con.text())
        con.expect_end(HALTED)
    return text


def run(words, xen=""):
    """{operation: {column: answer}} as the guest saw it."""
    found = re.findall(r"^= (\S+):((?: \w+=\S+)+)$", guest_says(words, xen),
                       re.M)
    return {name: dict(cell.split("=") for cell in cells.split())
            for name, cells in found}


def compare(wanted, got):
    bad = [f"{name}: {how}" for name in sorted(set(wanted) | set(got))
           for how in differences(wanted.get(name), got.get(name))]
    if bad:
        raise Failed(f"not as {MATRIX} has it:\n" + "\n".join(bad))
    print(f"{len(got)} operations, {sum(map(len, got.values()))} answers")


def differences(wanted, got):
    if wanted is None or got is None:
        yield "no row" if wanted is None else "not made by the guest"
        return
    for column in sorted(set(wanted) | set(got)):
        if wanted.get(column) != got.get(column):
            yield (f"{column}: {got.get(column)} instead of "
                   f"{wanted.get(column)}")


@test(timeout=60)
def every_operation_has_a_row():
    """Those of the code's tables, and what the headers name besides."""
    rows = {name.split("/")[0]: cells
            for name, cells in read_matrix().items()}
    code = in_code()
    named = operations((DEFINED,), DEFINED_CALL, "xen/include/public/**/*.h")
    bad = [f"{n}: no row" for n in sorted((code | named) - set(rows))]
    bad += [f"{n}: a row for nothing"
            for n in sorted(set(rows) - code - named)]
    # Who may not use it gets PERM for one that is not there as well.
    bad += [f"{n}: not in the code, but dom0 gets {rows[n]['dom0']}"
            for n in sorted(set(rows) - code)
            if rows[n]["dom0"] not in REFUSED]
    if len(code) < 110:
        bad.append(f"only {len(code)} operations found in the sources")
    if bad:
        raise Failed("\n".join(bad))
    print(f"{len(code)} operations, {len(rows)} rows")


@test(timeout=120)
def positions():
    wanted = {name: {c: a for c, a in cells.items() if c != "denied"}
              for name, cells in read_matrix().items()}
    compare(wanted, run("permissions"))


@test(timeout=120)
def denied():
    """A control domain without one operation."""
    wanted = {name: {"denied": cells["denied"]}
              for name, cells in read_matrix().items()}
    compare(wanted, run("denied", f"xsm=silo,deny:{SET_VIRQ_HANDLER}"))


def gaps(tried):
    """Operations of the code of which a success or an error was not tried."""
    for name in sorted(in_code() - ELSEWHERE):
        answers = tried.get(name, [])
        least = 1 if name in COUNTING else 0
        if name not in HOPELESS and not any(a >= least for a in answers):
            yield f"{name}: no success is tried"
        if name not in FAULTLESS and not any(a < least for a in answers):
            yield f"{name}: no error is tried"


@test(timeout=120)
def arguments():
    """Good and bad ones, of dom0 and of a plain domain."""
    text = guest_says("")
    failed = re.findall(r"^ops: .* FAILED .*$", text, re.M)
    if failed:
        raise Failed("\n".join(failed))
    tried = {}
    found = re.findall(r"^ops: ([^:]+): \w+: .*: (-?\d+) ok$", text, re.M)
    for name, answer in found:
        tried.setdefault(name, []).append(int(answer))
    bad = list(gaps(tried))
    if bad:
        raise Failed("\n".join(bad))
    print(f"{len(found)} calls of {len(tried)} operations")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
