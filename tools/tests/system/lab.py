# SPDX-License-Identifier: GPL-2.0-only
"""What the system tests share: a QEMU of their own, watched by its console.

A test is a function with the decorator @test; it returns when all is well
and raises Failed with a line that tells what was expected and what came:

    @test(timeout=60)
    def smp_2():
        with boot(smp=2) as con:
            con.expect("user space: ready")
            con.expect_end("Hardware Dom0 halted: halting machine")

Every file ends with main(): `boot.py --list` names its tests and `boot.py
smp_2` runs one. The whole console of each boot is in O/logs.

Environment: O (build directory, default build), COUNTS=full (the counts of
`make accept`), SLOW=N (all timeouts times N).
"""

import contextlib
import dataclasses
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import pexpect

O = os.environ.get("O", "build")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or
                     os.path.expanduser("~/.cache"), "xen-dra7")
KERNEL = os.environ.get("KERNEL", os.path.join(CACHE, "kernel", "vmlinuz"))
INITRD = os.environ.get("INITRD", os.path.join(O, "initrd.gz"))
FULL = os.environ.get("COUNTS") == "full"
SLOW = float(os.environ.get("SLOW", "1"))

RAM = 0x40000000
MIB = 1 << 20
USER_SPACE = "user space: ready"
HALTED = r"\(XEN\)[^\n]* Hardware Dom0 halted: halting machine"
# Any of these, not asked for, ends a test at once.
FATAL = r"\(XEN\) (Panic on CPU \d|Xen fault)[^\n]*"


class Failed(Exception):
    """The machine did not do what the test expects of it."""


TESTS = {}


def test(timeout=180, counted=None, one_core=False):
    """Registers a test. @counted=(few, full): how often it is to be run by
    `make check` and by `make accept`. @one_core: it keeps one CPU of this
    machine busy, for long, and measures no time: others may run beside it."""
    def register(function):
        function.limit = timeout
        function.one_core = one_core
        function.count = 1 if not counted else counted[1 if FULL else 0]
        TESTS[function.__name__] = function
        return function
    return register


def full_test(**options):
    """One that only `make accept` runs, with COUNTS=full."""
    return test(**options) if FULL else lambda function: function


@dataclasses.dataclass
class Setup:
    """One machine and what it boots. RAM starts at 0x40000000."""

    smp: int = 2
    mem: int = 1024                 # MiB
    image: str = "xen"              # below O, or a path
    xen_args: str = "console=dtuart dom0_mem=512M"
    dom0_args: str = "console=hvc0 rdinit=/init test=poweroff"
    kernel: str = KERNEL            # "": none
    initrd: str = INITRD            # "": none
    kernel_addr: int = 0            # 0: 512 MiB up, or less with less memory
    initrd_addr: int = 0
    highmem: bool = False
    cpu: str = "cortex-a15"
    reboot: bool = False            # True: let the machine start again
    # Below: entered by a stub of ours instead of QEMU's loader, which allows
    # any load address, device tree and register contents.
    raw: bool = False
    load_addr: int = RAM + 2 * MIB
    fdt_addr: int = 0               # 0: 128 MiB up
    edit: object = None             # called with the path of the device tree
    noise: bool = False             # random bytes around the image
    before: tuple = ()              # instructions of the stub, as words
    # A firmware instead of a kernel: bios, and files as (path, address).
    bios: str = ""
    files: tuple = ()
    extra: tuple = ()               # more words for QEMU

    def __post_init__(self):
        up = 512 if self.mem >= 1024 else self.mem * 3 // 4
        self.kernel_addr = self.kernel_addr or RAM + up * MIB
        self.initrd_addr = self.initrd_addr or self.kernel_addr + 16 * MIB
        self.fdt_addr = self.fdt_addr or RAM + 128 * MIB
        if "/" not in self.image:
            self.image = os.path.join(O, self.image)
        if self.edit or self.noise or self.before:
            self.raw = True

    def machine(self):
        high = "on" if self.highmem else "off"
        return (f"virt,virtualization=true,gic-version=2,highmem={high}")

    def common(self):
        words = ["qemu-system-arm", "-machine", self.machine(), "-cpu",
                 self.cpu, "-smp", str(self.smp), "-m", str(self.mem),
                 "-nic", "none", "-display", "none", "-monitor", "none"]
        return words + ([] if self.reboot else ["-no-reboot"])

    def modules(self):
        words = []
        if self.kernel:
            words += ["-device", f"guest-loader,addr={self.kernel_addr:#x},"
                                 f"kernel={self.kernel},"
                                 f"bootargs={self.dom0_args}"]
        if self.initrd:
            words += ["-device", f"guest-loader,addr={self.initrd_addr:#x},"
                                 f"initrd={self.initrd}"]
        return words


def dump_fdt(setup, path):
    """The device tree that QEMU makes for this machine and its modules."""
    words = setup.common() + setup.modules() + list(setup.extra)
    words[words.index("-machine") + 1] += f",dumpdtb={path}.full"
    run = subprocess.run(words + ["-serial", "none"], check=False,
                         capture_output=True, text=True, timeout=60 * SLOW,
                         stdin=subprocess.DEVNULL)
    if not os.path.exists(path + ".full"):
        raise Failed(f"QEMU wrote no device tree: {run.stderr.strip()}")
    # QEMU's blob has a MiB of room; ours has what a real one has.
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dtb", "-p", "4096", "-o",
                    path, path + ".full"], check=True)


def fdt_put(path, node, prop, *values, kind=None):
    """Set a property; ints as cells (kind None) or strings (kind 's')."""
    words = ["fdtput", "-p"] + (["-t", kind] if kind else [])
    subprocess.run(words + [path, node, prop] + [str(v) for v in values],
                   check=True)


def fdt_drop(path, node, prop=None):
    """Delete a node, or one property of it."""
    subprocess.run(["fdtput", "-d", path, node, prop] if prop else
                   ["fdtput", "-r", path, node], check=True)


def fdt_nodes(path, node="/"):
    """Names of the children of a node."""
    return subprocess.run(["fdtget", "-l", path, node], check=True,
                          capture_output=True, text=True).stdout.split()


def stub(setup):
    """Entry code by the Linux boot protocol: r0 = 0, r1 = ~0, r2 = tree."""
    code = list(setup.before) + [
        0xe3a00000,              # mov r0, #0
        0xe3e01000,              # mvn r1, #0
        0xe59f2000,              # ldr r2, [pc]      -> fdt_addr
        0xe59ff000,              # ldr pc, [pc]      -> load_addr
        setup.fdt_addr,
        setup.load_addr,
    ]
    return struct.pack(f"<{len(code)}I", *code)


def raw_words(setup, tmp):
    """Words for QEMU that put everything where the stub expects it."""
    fdt, code = os.path.join(tmp, "board.dtb"), os.path.join(tmp, "stub")
    dump_fdt(setup, fdt)
    fdt_put(fdt, "/chosen", "bootargs", setup.xen_args, kind="s")
    if setup.edit:
        setup.edit(fdt)
    with open(code, "wb") as f:
        f.write(stub(setup))
    image, addr = setup.image, setup.load_addr
    if setup.noise:
        # The image in 8 MiB of noise; QEMU takes it as one piece.
        with open(setup.image, "rb") as f:
            data = f.read()
        before = min(4 * MIB, addr - RAM - 0x10000)
        image, addr = os.path.join(tmp, "noisy"), addr - before
        with open(image, "wb") as f:
            f.write(os.urandom(before) + data + os.urandom(4 * MIB))
    words = []
    pieces = [(image, addr), (fdt, setup.fdt_addr)]
    pieces += [(p, a) for p, a in ((setup.kernel, setup.kernel_addr),
                                   (setup.initrd, setup.initrd_addr)) if p]
    for path, where in pieces + list(setup.files):
        words += ["-device", f"loader,file={path},addr={where:#x},"
                             "force-raw=on"]
    # The stub is in flash, at the reset vector's place: no RAM is used up.
    return words + ["-bios", code]


class Spawn(pexpect.spawn):
    """A program whose carriage returns are left out, in log and patterns."""

    def read_nonblocking(self, size=1, timeout=None):
        return super().read_nonblocking(size, timeout).replace("\r", "")

    def _log(self, s, direction):
        super()._log(s.replace("\r", ""), direction)


class Console:
    """The console of a running machine."""

    def __init__(self, words, log):
        self.log = open(log, "w", encoding="latin-1")
        self.log.write("# " + " ".join(f"'{w}'" for w in words) + "\n")
        self.child = Spawn(words[0], words[1:], encoding="latin-1",
                                   echo=False, timeout=None,
                                   dimensions=(50, 200))
        self.child.logfile_read = self.log
        self.child.delaybeforesend = None
        self.fatal = FATAL

    def text(self):
        """All lines so far; the first is the command of QEMU."""
        self.log.flush()
        with open(self.log.name, encoding="latin-1") as f:
            return f.readlines()

    def tail(self, lines=20):
        return "".join(self.text()[-lines:])

    def fail(self, what):
        raise Failed(f"{what}; the console ends with:\n{self.tail()}"
                     f"(all of it: {self.log.name})")

    def expect(self, *patterns, timeout=60):
        """Wait for each pattern in turn; the match of the last one."""
        for pattern in patterns:
            choice = [pattern, pexpect.TIMEOUT, pexpect.EOF]
            if self.fatal and not re.search(r"Panic|Xen fault", pattern):
                choice.append(self.fatal)
            got = self.child.expect(choice, timeout=timeout * SLOW)
            if got == 1:
                self.fail(f"waited {timeout} s for '{pattern}'")
            if got == 2:
                self.fail(f"QEMU ended before '{pattern}'")
            if got == 3:
                # What is said about it comes now.
                self.child.expect(["Reboot in|reset required", pexpect.EOF,
                                   pexpect.TIMEOUT], timeout=3 * SLOW)
                self.fail(f"a crash instead of '{pattern}'")
        return self.child.match

    def expect_not(self, pattern, seconds):
        """@pattern must not come for so long."""
        got = self.child.expect([pattern, pexpect.TIMEOUT], timeout=seconds)
        if got == 0:
            self.fail(f"'{pattern}' came")

    def expect_end(self, *patterns, timeout=60):
        """Wait for the patterns, then for QEMU to end by itself."""
        self.expect(*patterns, timeout=timeout)
        self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=20 * SLOW)
        self.child.close(force=True)
        if self.child.signalstatus is not None:
            self.fail("the machine did not power off")

    def send(self, text):
        self.child.send(text)

    def command(self, line, *patterns, timeout=20):
        """Type a line into a shell and wait for its output."""
        self.child.send(line + "\n")
        return self.expect(*patterns, timeout=timeout) if patterns else None

    def to_xen(self):
        """Ctrl-A three times: input goes to the hypervisor."""
        self.send("\x01\x01\x01")
        self.expect(r"\*\*\* Serial input to Xen")

    def to_dom0(self):
        self.send("\x01\x01\x01")
        self.expect(r"\*\*\* Serial input to DOM0")

    def close(self):
        self.child.close(force=True)    # by its pid, whatever state it is in
        self.log.close()


LOG_COUNT = {}


@contextlib.contextmanager
def boot(**options):
    """Boot a machine as Setup describes it; its Console."""
    setup = Setup(**options)
    logs = os.path.join(O, "logs")
    os.makedirs(logs, exist_ok=True)
    name = os.environ.get("LAB_TEST", "boot")
    LOG_COUNT[name] = LOG_COUNT.get(name, 0) + 1
    log = os.path.join(logs, f"{name}.{LOG_COUNT[name]}.log")
    tmp = tempfile.mkdtemp(prefix="lab-")
    con = None
    try:
        if setup.raw:
            words = setup.common() + raw_words(setup, tmp)
        elif setup.bios:
            words = setup.common() + ["-bios", setup.bios]
            for path, where in setup.files:
                words += ["-device", f"loader,file={path},addr={where:#x},"
                                     "force-raw=on"]
        else:
            words = setup.common() + ["-kernel", setup.image, "-append",
                                      setup.xen_args] + setup.modules()
        con = Console(words + list(setup.extra) + ["-serial", "stdio"], log)
        yield con
    finally:
        if con:
            con.close()
        shutil.rmtree(tmp, ignore_errors=True)


def uboot_type(con, lines):
    """Stop U-Boot's countdown and type commands at its prompt."""
    con.expect("Hit any key to stop autoboot")
    con.send("\r")
    con.expect("=> ")
    for line in lines:
        con.send(line + "\r")
        # The prompt that follows the echo of the command.
        con.expect(r"\n", timeout=30)
        if not line.startswith("boot"):
            con.expect("=> ", timeout=30)


def kernel_module(name):
    """Path of a module of Debian's kernel, such as xen_wdt."""
    top = os.path.join(CACHE, "kernel", "lib", "modules")
    for folder, _, names in os.walk(top):
        if f"{name}.ko" in names:
            return os.path.join(folder, f"{name}.ko")
    raise Failed(f"no module {name} in {top}")


def initrd_with(script, *modules):
    """An initrd whose /test.sh is @script, for test=script; its path. The
    kernel @modules are in its root, NAME.ko."""
    tools = os.path.join(os.path.dirname(__file__), "..", "..", "dev")
    folder = tempfile.mkdtemp(prefix="lab-", dir=O)
    path = os.path.join(folder, "test.sh")
    with open(path, "w", encoding="ascii") as f:
        f.write(script)
    out = os.path.join(folder, "initrd.gz")
    words = [os.path.join(tools, "mkinitrd"), out, f"{path}=test.sh"]
    words += [f"{kernel_module(name)}={name}.ko" for name in modules]
    subprocess.run(words, check=True)
    return out


def guest(name):
    """Options of boot() for a test guest instead of Linux."""
    path = os.path.join(O, "guests", f"{name}.bin")
    need(f"run make -C tools/tests/guests O={os.path.abspath(O)}", path)
    return {"kernel": path, "initrd": ""}


def need(what, *paths):
    """Fail with the remedy when a file that a test needs is not there."""
    for path in paths:
        if not os.path.exists(path):
            raise Failed(f"no {path}: {what}")


def run_one(name):
    function = TESTS[name]
    os.environ["LAB_TEST"] = (os.path.basename(sys.argv[0])[:-3] + "-" + name)

    def too_long(_signal, _frame):
        raise Failed(f"took more than {function.limit} s")

    signal.signal(signal.SIGALRM, too_long)
    for i in range(function.count):
        signal.alarm(int(function.limit * SLOW))
        start = time.monotonic()
        try:
            need("run tools/dev/deps run", KERNEL)
            need("run make xen build/initrd.gz", os.path.join(O, "xen"), INITRD)
            function()
        except Failed as e:
            print(f"run {i + 1} of {function.count}: {e}")
            return 1
        finally:
            signal.alarm(0)
        print(f"run {i + 1} of {function.count}: "
              f"{time.monotonic() - start:.1f} s")
    return 0


def main():
    if sys.argv[1:] == ["--list"]:
        for name, function in TESTS.items():
            print(name, "beside" if function.one_core else "")
        return 0
    if len(sys.argv) != 2 or sys.argv[1] not in TESTS:
        print(f"usage: {sys.argv[0]} --list|{'|'.join(TESTS)}")
        return 2
    return run_one(sys.argv[1])
