# SPDX-License-Identifier: GPL-2.0-only
"""The emulated DRA7 EVM for tests: tools/board/build makes it.

    with board(sd=sd_card(boot_cmd)) as con:
        con.expect("U-Boot SPL")
    with board(sd=xen_card("loglvl=all", edit="fdt rm /psci\\n")) as con:
        con.expect_end(lab.USER_SPACE, lab.HALTED, timeout=120)

What the board itself has to say (resets, CPU1's start, the realtime
counter's rate) goes to a log of its own: con.board_log().
"""

import atexit
import contextlib
import os
import shutil
import subprocess
import tempfile

import lab

TOP = os.path.dirname(os.path.abspath(__file__)) + "/../../.."
UBOOT = os.path.join(lab.CACHE, "u-boot-omap")
MLO = os.path.join(UBOOT, "MLO")
DTB = os.path.join(lab.CACHE, "dra7-dtb", "dra7-evm.dtb")
UART1 = "/ocp/interconnect@48000000/segment@0/target-module@6a000/serial@0"
# Debian's kernel has no driver for "ti,dra742-uart", only for older ones.
UART_WITH_DRIVER = f"fdt set {UART1} compatible ti,omap4-uart\n"


def qemu():
    path = subprocess.run([f"{TOP}/tools/board/build", "-n"], check=True,
                          capture_output=True, text=True).stdout.strip()
    lab.need("run make board", path)
    lab.need("run tools/dev/deps board", MLO, DTB)
    return path


def new_folder():
    """For the files of one test, as long as it runs."""
    folder = tempfile.mkdtemp(prefix="lab-", dir=lab.O)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def sd_card(commands, *files):
    """The path of a card whose boot.scr is @commands. It has the boot loader,
    kernel, initrd and device tree."""
    folder = new_folder()
    script, card = os.path.join(folder, "boot.cmd"), folder + "/sd.img"
    with open(script, "w", encoding="ascii") as f:
        f.write(commands)
    subprocess.run([f"{TOP}/tools/board/mksd", card, script, MLO,
                    f"{UBOOT}/u-boot.img", f"{lab.KERNEL}=vmlinuz", DTB,
                    f"{lab.INITRD}=initrd.gz", *files], check=True)
    return card


def linux_cmd(bootargs, edit=""):
    """U-Boot's commands for Debian's kernel; @edit changes the tree."""
    return ("echo === boot.scr\n"
            "load mmc 0:1 ${kernel_addr_r} vmlinuz\n"
            "load mmc 0:1 ${fdt_addr_r} dra7-evm.dtb\n"
            "fdt addr ${fdt_addr_r}\nfdt resize 8192\n" + edit +
            "load mmc 0:1 ${ramdisk_addr_r} initrd.gz\n"
            f"setenv bootargs {bootargs}\n"
            "bootz ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} "
            "${fdt_addr_r}\n")


def early_xen():
    """A debug build with the DRA7's early console; its folder."""
    folder = os.path.join(lab.O, "dra7-early")
    lab.need("run make check-dra7 (it is built before the tests)",
             f"{folder}/xen-uImage")
    return folder


def xen_card(xen_args="", edit="", folder="", **environment):
    """The card of `make sdcard`, dom0 to power off at once. @xen_args are
    added to Xen's line; @edit: commands of U-Boot that change the tree,
    right before bootm; @folder: where the image is, lab.O by default;
    @environment: more for tools/dev/mksdcard, such as DOM0_ARGS."""
    out = new_folder()
    for name in ("xen", "xen-uImage"):
        path = os.path.abspath(f"{folder or lab.O}/{name}")
        lab.need("run make xen", path)
        os.symlink(path, f"{out}/{name}")
    env = {"DOM0_ARGS": "test=poweroff", "INITRD": lab.INITRD,
           "KERNEL": lab.KERNEL, "XEN_ARGS": xen_args, "O": out,
           "EDIT": edit} | environment
    subprocess.run([f"{TOP}/tools/dev/mksdcard"], check=True,
                   env=os.environ | env)
    return f"{out}/sdcard-dra7-evm.img"


class Board(lab.Console):
    """The console, on one of its UARTs."""

    def board_log(self):
        with open(self.board_path, encoding="ascii") as f:
            return f.read()

    def expect_log(self, *lines):
        """What the board must have said by now."""
        for line in lines:
            if line not in self.board_log():
                self.fail(f"the board did not log '{line}' but:\n"
                          f"{self.board_log()}")


def tree_put(tree, *rows):
    """Properties of @tree, each as (node, name, value, ...)."""
    for node, name, *values in rows:
        lab.fdt_put(tree, node, name, *values,
                    kind="s" if isinstance(values[0], str) else None)


def at_once(xen_args, kernel, initrd="", dom0_args="", edit=None):
    """Words for board(): the hypervisor in RAM and entered as by U-Boot, in
    HYP, without SPL and U-Boot, which take ten seconds. @edit is called with
    the path of the device tree."""
    image, tree = os.path.join(lab.O, "xen"), new_folder() + "/board.dtb"
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dtb", "-p", "8192", "-o",
                    tree, DTB], check=True)
    files = [(image, 0x80200000), (tree, 0x88000000)]
    tree_put(tree, ("/chosen", "xen,xen-bootargs", xen_args),
             ("/chosen", "xen,dom0-bootargs", dom0_args),
             ("/chosen", "#address-cells", 1), ("/chosen", "#size-cells", 1))
    for path, kind, where in ((kernel, "kernel", 0xa0000000),
                              (initrd, "ramdisk", 0xa2000000)):
        if path:
            lab.need("run make check-dra7 (it is built before the tests)",
                     path)
            tree_put(tree, (f"/chosen/module@{where:x}", "compatible",
                            "multiboot," + kind, "multiboot,module"),
                     (f"/chosen/module@{where:x}", "reg", where,
                      os.path.getsize(path)))
            files.append((path, where))
    if edit:
        edit(tree)
    words = []
    for path, pa in files:
        words += ["-device", f"loader,file={path},addr={pa:#x},force-raw=on"]
    return {"options": "hyp=on,entry=0x80200000,r0=0,r1=0xffffffff,"
                       "r2=0x88000000", "extra": words}


@contextlib.contextmanager
def board(options="", sd=None, mem=1536, reboot=False, extra=(), uart=1):
    """Start the machine; with @sd by the stock boot loader on that card. The
    console is UART @uart."""
    logs = os.path.join(lab.O, "logs")
    os.makedirs(logs, exist_ok=True)
    name = os.environ.get("LAB_TEST", "board")
    lab.LOG_COUNT[name] = lab.LOG_COUNT.get(name, 0) + 1
    log = os.path.join(logs, f"{name}.{lab.LOG_COUNT[name]}")
    words = [qemu(), "-M", "dra7-evm" + (options and "," + options), "-m",
             str(mem), "-display", "none", "-monitor", "none", "-nic", "none",
             *["-serial", "null"] * (uart - 1), "-serial", "stdio",
             "-d", "unimp", "-D", log + ".board"]
    words += [] if reboot else ["-no-reboot"]
    if sd:
        words += ["-bios", MLO, "-drive",
                  f"if=sd,index=0,format=raw,snapshot=on,file={sd}"]
    with open(log + ".board", "w", encoding="ascii"):
        pass
    con = Board(words + list(extra), log + ".log")
    con.board_path = log + ".board"
    try:
        yield con
    finally:
        con.close()
