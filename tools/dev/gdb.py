# SPDX-License-Identifier: GPL-2.0-only
"""Commands for gdb on a running hypervisor (`make gdb` loads them).

    xen-vcpus        every vCPU: where it is, why it does not run
    xen-p2m D GPA    what domain D has at guest-physical GPA

They start from the table of domains (domain/domain.c), and so work whatever
CPU is selected; the hypervisor's own map must be on.
"""

import gdb

FLAGS = ((0x01, "down"), (0x02, "blocked"), (0x08, "shut"), (0x10, "poll"),
         (0x20, "domain"))
RUNSTATES = ("running", "runnable", "blocked", "offline")


def domains():
    """Every struct domain * of the table."""
    table = gdb.parse_and_eval("domains")
    for i in range(int(table["nr"])):
        yield table["by_id"][i]


class Vcpus(gdb.Command):
    """xen-vcpus: every vCPU, where it is and why it does not run."""

    def __init__(self):
        super().__init__("xen-vcpus", gdb.COMMAND_DATA)

    def invoke(self, _argument, _tty):
        for d in domains():
            for i in range(int(d["max_vcpus"])):
                v = d["vcpu"][i]
                if v:
                    self.show(d, v)

    @staticmethod
    def show(d, v):
        flags = int(v["pause_flags"])
        why = [name for bit, name in FLAGS if flags & bit]
        if flags >> 16:
            why.append(f"paused {flags >> 16} times")
        state = RUNSTATES[int(v["runstate"]) & 3]
        on = int(v["loaded_on"])
        print(f"d{int(d['id'])}v{int(v['id'])} {state:<8} "
              f"{'on CPU%d' % on if on >= 0 else 'nowhere':<8} "
              f"pc {int(v['regs']['pc']):08x} "
              f"cpsr {int(v['regs']['cpsr']):08x} {' '.join(why)}")


class P2m(gdb.Command):
    """xen-p2m D GPA: walk stage 2 of domain D at guest-physical GPA."""

    def __init__(self):
        super().__init__("xen-p2m", gdb.COMMAND_DATA)

    def invoke(self, argument, _tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 2:
            raise gdb.GdbError("usage: xen-p2m D GPA")
        domid, gpa = int(words[0], 0), int(words[1], 0)
        for d in domains():
            if int(d["id"]) == domid:
                self.walk(d, gpa)
                return
        raise gdb.GdbError(f"no domain {domid}")

    @staticmethod
    def walk(d, gpa):
        first = int(gdb.parse_and_eval("ram_view.direct_first"))
        bias = int(gdb.parse_and_eval("ram_view.direct_bias"))
        u64 = gdb.lookup_type("unsigned long long").pointer()
        table = d["p2m"]["pt"]["root"]
        for level, shift in ((1, 30), (2, 21), (3, 12)):
            index = (gpa >> shift) & (0x3ff if level == 1 else 0x1ff)
            entry = int(table[index]) & (2 ** 64 - 1)
            print(f"level {level} [{index:#05x}] {entry:016x}")
            if not entry & 1:
                print("not mapped")
                return
            pa = entry & 0xfffffff000
            if level == 3 or not entry & 2:
                inside = gpa & ((1 << shift) - 1)
                kind = (entry >> 55) & 0xf
                names = gdb.types.make_enum_dict(
                    gdb.lookup_type("enum p2m_type"))
                name = [n for n, v in names.items() if v == kind]
                print(f"pa {(pa & ~((1 << shift) - 1)) + inside:#x} "
                      f"{name[0] if name else kind}")
                return
            if not 0 <= (pa >> 12) - first < (3 << 18):
                raise gdb.GdbError("the next table is beyond the direct map")
            table = gdb.Value((pa + bias) & 0xffffffff).cast(u64)


Vcpus()
P2m()
