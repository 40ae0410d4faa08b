#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The store domain dies at instructions that a debugger chooses, while dom0
and guests use it: each request gets one answer, the tree is what the clients
have written, and no guest notices but by the time.

A death is the program counter at an address that cannot be executed, in the
place of the instruction that was chosen; a hang is an endless loop there.
"""

import collections
import contextlib
import os
import random
import time

import pexpect

import lab
import rsp
from lab import Failed, test
from rsp import CPSR, PC, THUMB
from store_lab import Program, Store, guest_is_right, machine, same_tree

lab.TESTS.clear()       # those of store.py run there

NOWHERE = 0             # a device's page: never executed
SLOTS = 3               # dom0 and two guests
# Functions of a life's beginning, for deaths of the one that takes over. No
# request needs them: one that two lives die of is answered EIO.
BEGINNING = ("stub_start", "stub_protect", "events_init", "store_attach",
             "arena_undo", "arena_mark", "mark", "mark_roots", "watch_init",
             "conn_resume", "domain_resume", "connect", "bind_ring",
             "map_ring", "find_port", "store_add_priv", "stub_main")
PIECE = 500             # instructions that are gone through one by one
PATIENCE = 30           # seconds for what takes milliseconds


class Killer:
    """A debugger with one aim."""

    def __init__(self, con, path, program):
        self.con, self.program = con, program
        self.gdb = rsp.Gdb(path)
        self.store = Store(self.gdb)
        self.deaths = 0
        self.gaps = []
        self.hit = collections.Counter()
        self.to_answer = program.functions["ring_write"]
        self.loop = program.where("fault", "b")
        if not self.reach(program.functions["store_event"]):
            raise Failed("the store is not used")
        self.store.find()

    # --- going to places ---

    def wait(self, *places, timeout=PATIENCE):
        """Run to the first of these addresses; which it was, or None. The
        breakpoints are gone then."""
        places = tuple(dict.fromkeys(places))
        for at in places:
            self.gdb.break_at(at)
        self.gdb.run()
        return self.arrive(places, timeout)

    def arrive(self, places, timeout=PATIENCE):
        stopped = self.gdb.stopped(timeout * lab.SLOW)
        if not stopped:
            self.gdb.interrupt()
        for at in places:
            self.gdb.forget(at)
        if not stopped:
            return None
        pc = self.gdb.pc()
        if pc not in places:
            raise Failed(f"stopped at {pc:#x}, not at {places}")
        return pc

    def reach(self, at, count=1, timeout=PATIENCE):
        """Run to an instruction for the @count-th time."""
        for nr in range(count):
            if nr:
                self.gdb.step()
            if self.wait(at, timeout=timeout) is None:
                return False
        return True

    def trace(self, steps, ends=()):
        """Addresses of the store's next instructions, to one of @ends."""
        found = [self.gdb.pc()]
        while len(found) < steps and found[-1] not in ends:
            self.gdb.step()
            at = self.gdb.pc()
            if at not in self.program.insns:
                # Into Xen; what else has waited runs meanwhile, too.
                at = self.program.after(found[-1])
                if self.wait(at) is None:
                    raise Failed(f"{found[-1]:#x} does not return")
            found.append(at)
        return found

    def drain(self):
        """What the machine has said meanwhile, to its log."""
        with contextlib.suppress(pexpect.TIMEOUT):
            while True:
                self.con.child.read_nonblocking(65536, 0)

    # --- killing ---

    def die(self, hang=False):
        """Here. The machine has still to be let go."""
        self.deaths += 1
        if hang:
            self.gdb.set_register(CPSR, self.gdb.register(CPSR) & ~THUMB)
        self.gdb.set_register(PC, self.loop if hang else NOWHERE)

    def answered(self):
        """Run until a client gets an answer; the seconds that it took."""
        self.drain()
        start = time.monotonic()
        if self.wait(self.to_answer) is None:
            self.con.fail(f"no answer after death {self.deaths}")
        while not self.store.answers(self.gdb.register(0)):
            self.gdb.step()
            if self.wait(self.to_answer) is None:
                self.con.fail(f"no answer after death {self.deaths}")
        return time.monotonic() - start

    def close(self):
        self.gdb.close()


def histogram(killer):
    """By function and by whether a request was open."""
    with_open = sum(n for (_, o), n in killer.hit.items() if o)
    total = sum(killer.hit.values())
    print(f"{total} instructions, {with_open} with a request open; "
          "by function (open, not):")
    names = {name for name, _ in killer.hit}
    for name in sorted(names, key=lambda n: -killer.hit[n, True] -
                       killer.hit[n, False]):
        print(f"  {name:<24} {killer.hit[name, True]:5} "
              f"{killer.hit[name, False]:5}")
    return with_open, total


def gaps(killer):
    """Milliseconds of the host; the guests' clock stands still when the
    debugger has them."""
    ms = sorted(1000 * g for g in killer.gaps)
    if ms:
        print(f"from the death to the next answer, by the host's clock, "
              f"emulated (TCG): {len(ms)} times, median "
              f"{ms[len(ms) // 2]:.0f} ms, 99 % within "
              f"{ms[min(len(ms) - 1, len(ms) * 99 // 100)]:.0f} ms, at most "
              f"{ms[-1]:.0f} ms")


def supervised(d, deaths):
    """Each death was one restart, and there were no others."""
    text = d.ok("tail -n 1 /tmp/super.log")
    if f"number {deaths}," not in text:
        d.con.fail(f"{deaths} deaths, and the supervisor says: {text}")
    d.ok("! grep -q 'does not stay up' /tmp/super.log")


def one_death(killer, rng, trace, kind):
    """At an instruction of the trace; some of the lives that follow end as
    they begin. False: it was not reached."""
    at = rng.choice(trace)
    if not killer.reach(at, rng.choice((1, 1, 2, 3, 3, 8)), timeout=2):
        return False
    killer.hit[killer.program.of[at], killer.store.open(SLOTS)] += 1
    killer.die(hang=kind == "hang")
    if kind == "twice":
        again = rng.choice([a for a, f in killer.program.of.items()
                            if f in BEGINNING])
        if killer.wait(again, killer.to_answer) == again:
            killer.hit["(beginning) " + killer.program.of[again], True] += 1
            killer.die()
        killer.answered()
    elif kind == "hang":
        killer.answered()
    else:
        killer.gaps.append(killer.answered())
    return True


def kill(d, path, number, steps, hangs):
    program, rng = Program(), random.Random(20)
    killer = Killer(d.con, path, program)
    trace = killer.trace(PIECE)
    while len(trace) < steps:
        killer.gdb.rest(rng.uniform(0, 0.02))
        killer.reach(trace[-1])
        trace += killer.trace(PIECE)
    core = [a for a in trace if program.of[a] in
            ("conn_serve", "request_handle", "tree_find", "commit", "set")]
    done = 0
    start = time.monotonic()
    for attempt in range(2 * number):
        if done == number:
            break
        killer.gdb.rest(rng.uniform(0.05, 0.09))
        kind = "hang" if attempt % (number // hangs) == 1 else \
            "twice" if attempt % 10 == 2 else "once"
        done += one_death(killer, rng, core if kind == "hang" else trace,
                          kind)
    killer.close()
    print(f"{killer.deaths} deaths in {time.monotonic() - start:.0f} s")
    if done < number:
        raise Failed(f"{done} of {number} instructions were reached")
    return killer


@test(timeout=3600 if lab.FULL else 200)
def kills():
    """1000 deaths (10 by default, KILLS in the environment) under load; a
    hang is one, too, and a new life that ends before it has served anything.
    """
    number = int(os.environ.get("KILLS") or (1000 if lab.FULL else 10))
    with machine(2) as (d, path):
        d.ok("load /test/s >/tmp/load.log 2>&1 & echo $! >/run/load.pid")
        d.until("xenstore-exists /test/s/d3/n15")
        killer = kill(d, path, number, *((10000, 10) if lab.FULL else
                                         (2000, 2)))
        with_open, total = histogram(killer)
        gaps(killer)
        d.ok("kill $(cat /run/load.pid) || ! cat /tmp/load.log")
        d.until("! kill -0 $(cat /run/load.pid) 2>/dev/null")
        told = [same_tree(d, "/test/s", d.ok("cat /tmp/load.log"))]
        told += [guest_is_right(d, nr) for nr in (2, 3)]
        print("requests of dom0 and the guests, each with its one answer: "
              f"{[n for n, _ in told]}; transactions that had to be done "
              f"again: {[n for _, n in told]}")
        supervised(d, killer.deaths)
        if 2 * with_open < total:
            raise Failed(f"only {with_open} of {total} with an open request")
        if min(n for n, _ in told) < number // 4:
            raise Failed("too few requests to tell anything")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
