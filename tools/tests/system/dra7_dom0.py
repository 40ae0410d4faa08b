#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Domain 0 on the DRA7 EVM: Debian's unmodified kernel and device tree, and
trees that others have; RAM of 1.5, 2 and 4 GiB; carve-outs; modules in bad
places. Started without SPL and U-Boot, as they leave the machine: the
addresses are those of a bring-up of 2015, where dom0 died of the carve-outs.
"""

import os
import re
import subprocess

import lab
from dra7_lab import (DTB, UART_WITH_DRIVER, board, linux_cmd, new_folder,
                      sd_card)
from lab import HALTED, USER_SPACE, test

XEN, TREE = 0x80200000, 0x825f0000
KERNEL, INITRD = 0xa0000000, 0xa1000000
OFF = "console=hvc0 rdinit=/init test=poweroff"
SCRIPT = "console=hvc0 rdinit=/init test=script"
PANIC = r"Panic on CPU 0:\n"
# The tree's carve-outs: address, MiB.
POOLS = {"ipu2-memory@95800000": (0x95800000, 56),
         "dsp1-memory@99000000": (0x99000000, 64),
         "ipu1-memory@9d000000": (0x9d000000, 32),
         "dsp2-memory@9f000000": (0x9f000000, 8)}
GIC = "/interrupt-controller@48211000"
UART1_CLOCK = 0x4a009840        # CM_L4PER_UART1_CLKCTRL


def cells(tree, node, name, *values):
    lab.fdt_put(tree, node, name, *values)


def strings(tree, node, name, *values):
    lab.fdt_put(tree, node, name, *values, kind="s")


def module(tree, kind, pa, size):
    node = f"/chosen/module@{pa:x}"
    strings(tree, node, "compatible", "multiboot," + kind, "multiboot,module")
    cells(tree, node, "reg", 0, pa, 0, size)


def start(xen_args="", dom0_args=OFF, edit=None, mem=1536, xen=XEN, at=TREE,
          kernel=KERNEL, initrd=INITRD, ramdisk=lab.INITRD):
    """The board with the hypervisor in its RAM; @edit is called with the path
    of the finished tree."""
    image, tree = os.path.join(lab.O, "xen"), new_folder() + "/board.dtb"
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dtb", "-p", "8192", "-o",
                    tree, DTB], check=True)
    strings(tree, "/chosen", "xen,xen-bootargs",
            "console=dtuart noreboot " + xen_args)
    strings(tree, "/chosen", "xen,dom0-bootargs", dom0_args)
    cells(tree, "/chosen", "#address-cells", 2)
    cells(tree, "/chosen", "#size-cells", 2)
    module(tree, "kernel", kernel, os.path.getsize(lab.KERNEL))
    module(tree, "ramdisk", initrd, os.path.getsize(ramdisk))
    if edit:
        edit(tree)
    words = []
    for path, pa in ((image, xen), (tree, at), (lab.KERNEL, kernel),
                     (ramdisk, initrd)):
        words += ["-device", f"loader,file={path},addr={pa:#x},force-raw=on"]
    return board(f"entry={xen:#x},r0=0,r1=0xffffffff,r2={at:#x}", mem=mem,
                 extra=words)


def user_space(con, *lines):
    """To dom0's user space and off; @lines come after that. KiB of RAM."""
    con.expect(r"user space: hypervisor xen 4\.17-dra7\n", timeout=120)
    kib = int(con.expect(r"user space: 2 vCPUs, (\d+) KiB").group(1))
    con.expect_end(USER_SPACE, *lines, HALTED)
    return kib


def said(con, pattern, times=1):
    found = len([line for line in con.text() if re.search(pattern, line)])
    if found != times:
        con.fail(f"'{pattern}' came {found} times, not {times}")


def expect_pools(con, names):
    """Linux has reserved the pools @names, and no other."""
    said(con, "created CMA memory pool at", len(names))
    for name in names:
        pa, mib = POOLS[name]
        said(con, f"CMA memory pool at 0x{pa:016x}, size {mib} MiB")


# --- the trees ---

def glsdk(tree):
    """Like that of TI's SDK of those days: one cell for an address, a node
    for PSCI that no firmware answers, no interrupt of the GIC's own."""
    cells(tree, "/", "#address-cells", 1)
    cells(tree, "/", "#size-cells", 1)
    cells(tree, "/ocp", "ranges", 0, 0, 0xc0000000)
    cells(tree, "/ocp", "dma-ranges", 0x80000000, 0x80000000, 0x80000000)
    cells(tree, "/memory@0", "reg", 0x80000000, 0x60000000)
    cells(tree, GIC, "reg", 0x48211000, 0x1000, 0x48212000, 0x1000,
          0x48214000, 0x2000, 0x48216000, 0x2000)
    lab.fdt_drop(tree, GIC, "interrupts")
    cells(tree, "/interrupt-controller@48281000", "reg", 0x48281000, 0x1000)
    cells(tree, "/reserved-memory", "#address-cells", 1)
    cells(tree, "/reserved-memory", "#size-cells", 1)
    for name, (pa, mib) in POOLS.items():
        cells(tree, f"/reserved-memory/{name}", "reg", pa, mib << 20)
    strings(tree, "/psci", "compatible", "arm,psci")
    strings(tree, "/psci", "method", "hvc")
    cells(tree, "/psci", "cpu_on", 2)


@test()
def default_memory():
    """The bring-up's own case, to which nothing says how much dom0 gets."""
    with start("sync_console", edit=glsdk) as con:
        con.expect(r'/psci method must be smc, but is: "hvc"',
                   "dom0_mem= is not given: dom0 gets 512 of",
                   "reserved-memory: 160MB of carve-outs are in dom0's RAM",
                   r"BANK\[0\] 0x000088000000-0x00009f800000 \(376MB\)",
                   timeout=60)
        kib = user_space(con)
        expect_pools(con, POOLS)
        said(con, "psci: PSCIv1")
        if not 480 << 10 < kib < 512 << 10:
            con.fail(f"dom0 has {kib} KiB, not 512 MiB with carve-outs")


@test()
def debian_tree():
    """What of it dom0 gets, seen from there; and its interrupts arrive."""
    script = lab.initrd_with(f"""
cd /proc/device-tree
for node in $(find . -name 'cpu@*' | sort); do
    echo "tree: $node $(cat $node/enable-method)"
done
echo "tree: timer $(hexdump -v -e '4/1 "%02x"' timer/clock-frequency)"
echo "tree: status $(cat timer/status 2>&1)"
echo "tree: gic $(hexdump -v -e '4/1 "%02x"' {GIC[1:]}/interrupt-parent)"
echo "tree: skip $(hexdump -v -e '4/1 "%02x"' $(find . -name ti,irqs-skip))"
echo "tree: uart $(find . -name 'serial@*' | grep 6a000)"
echo "tree: pools $(find . -path '*-memory@*' -name reusable | wc -l)"
echo "irq: i2c $(grep 48070000.i2c /proc/interrupts)"
echo "clock: uart $(devmem {UART1_CLOCK:#x})"
echo tree: end
poweroff -f
""")
    with start(dom0_args=SCRIPT, ramdisk=script) as con:
        con.expect("tree: ./cpus/cpu@0 psci", "tree: ./cpus/cpu@1 psci",
                   # 6147541 Hz; disabled for erratum i940 without us
                   "tree: timer 005dcdd5", "tree: status [^\n]*No such file",
                   "tree: gic 00000002",
                   # 10, 133, 139, 140 were there; ours is behind
                   "tree: skip 0000000a000000850000008b0000008c00000004\n",
                   r"tree: uart\s*\n", "tree: pools 4",
                   r"irq: i2c +\d+: +[1-9]\d*", "clock: uart 0x00000002",
                   timeout=120)
        con.expect_end("tree: end", HALTED)


# What Linux says as a domain, but not on the bare board: debug registers are
# the hypervisor's, and bounce buffers are allocated late.
AS_A_DOMAIN = ["hw-breakpoint: Failed to enable monitor mode",
               "software IO TLB: only able to allocate",
               "Grant table initialized"]
WARNINGS = ('dmesg -n 1; echo; dmesg -r | grep "^<[0-4]>" | '
            'sed "s/^/said: /"; echo said: end; poweroff -f\n')


def complaints(con):
    """Warnings and worse, without what differs from boot to boot."""
    con.expect("said: end", timeout=180)
    rows = [re.sub(r"0x[0-9a-f]+|\d+", "N", line[12:]) for line in con.text()
            if re.match(r"said: <[0-4]>\[", line)]
    return {re.sub(r"^[^\]]*\] ", "", row) for row in rows}


@test(timeout=360)
def what_linux_complains_of():
    """As a domain, no more than on the bare board."""
    script = lab.initrd_with(WARNINGS)
    card = sd_card(linux_cmd("console=ttyO0,115200 rdinit=/init test=script",
                             UART_WITH_DRIVER + "fdt set /timer status okay\n"
                             ).replace("initrd.gz", "test.gz"),
                   f"{script}=test.gz")
    with board(sd=card) as con:
        bare = complaints(con)
    with start(dom0_args=SCRIPT, ramdisk=script) as con:
        ours = complaints(con)
        if len(bare) < 10:
            con.fail(f"only {len(bare)} complaints on the bare board")
        for row in sorted(ours - bare):
            if not any(known in row for known in AS_A_DOMAIN):
                con.fail(f"Linux complains as a domain only: {row}")


# --- carve-outs ---

@test()
def carveouts_dropped():
    """By word: disabled in the tree, and other domains get the memory."""
    script = lab.initrd_with("""
cat /proc/device-tree/reserved-memory/*/status | tr '\\0' ' '; echo
echo tree: end; poweroff -f
""")
    with start("dom0_mem=256M dom0_carveouts=drop", SCRIPT,
               ramdisk=script) as con:
        con.expect("dom0_carveouts=drop: reserved-memory of 160 MiB is "
                   "disabled for dom0", r"BANK\[0\] 0x000088000000-"
                   r"0x000095800000 \(216MB\)", r"BANK\[1\]", timeout=60)
        con.expect("(disabled ){4}\n", timeout=120)
        con.expect_end("tree: end", HALTED)
        expect_pools(con, [])
        said(con, r"BANK\[", 2)


@test()
def carveouts_do_not_fit():
    with start("dom0_mem=192M") as con:
        con.expect("carve-outs of 160 MiB do not fit into 192 MiB and are "
                   "disabled for dom0: use dom0_mem=256M to keep them",
                   timeout=60)
        user_space(con)
        expect_pools(con, [])


@test()
def carveouts_kept_all_the_same():
    with start("dom0_mem=192M dom0_carveouts=keep") as con:
        con.expect("dom0_carveouts=keep: dom0 gets 256 MiB instead of 192",
                   timeout=60)
        user_space(con)
        expect_pools(con, POOLS)


@test()
def carveouts_word_unknown():
    with start("dom0_carveouts=some") as con:
        con.fatal = None
        con.expect(PANIC, r"Unknown word 'some': use dom0_carveouts=keep or "
                   "dom0_carveouts=drop", timeout=60)


@test()
def modules_in_a_carveout():
    """They are copied before anybody uses it."""
    with start("dom0_mem=256M", kernel=0x96000000, initrd=0x99400000) as con:
        user_space(con)
        expect_pools(con, POOLS)


@test()
def xen_in_a_carveout():
    """That one is disabled, the others are kept."""
    with start("dom0_mem=256M", xen=0x99200000) as con:
        con.expect("reserved-memory: 0x99000000-0x9d000000 is disabled for "
                   "dom0, since Xen lies in it: load Xen elsewhere",
                   timeout=60)
        user_space(con)
        expect_pools(con, [name for name in POOLS if "99000000" not in name])


@test()
def usual_addresses():
    """Where U-Boot's variables have the files: no block of 128 MiB below the
    carve-outs is free at its start but the one that they are in."""
    with start("dom0_mem=384M", kernel=0x82000000, at=0x88000000,
               initrd=0x88080000) as con:
        con.expect(r"BANK\[0\] 0x000090000000-0x0000a8000000 \(384MB\)",
                   timeout=60)
        user_space(con)
        expect_pools(con, POOLS)


@test()
def no_map_and_others():
    """no-map: dom0's devices reach it, its Linux does not use it. A plain
    node: reserved RAM. Sizes without addresses are Linux's to place."""
    def edit(tree):
        secret, plain, pool = (f"/reserved-memory/{name}" for name in
                               ("secret@ac000000", "plain@ad000000", "pool"))
        cells(tree, secret, "reg", 0, 0xac000000, 0, 0x100000)
        cells(tree, secret, "no-map")
        cells(tree, plain, "reg", 0, 0xad000000, 0, 0x100000)
        strings(tree, pool, "compatible", "shared-dma-pool")
        cells(tree, pool, "size", 0, 0x400000)
        cells(tree, pool, "reusable")

    script = lab.initrd_with("""
devmem 0xac0ffff0 32 0x600df00d
echo "no-map: $(devmem 0xac0ffff0)"
grep -i "System RAM" /proc/iomem
echo tree: end; poweroff -f
""")
    with start(dom0_args=SCRIPT, ramdisk=script, edit=edit) as con:
        con.expect("no-map: 0x600DF00D", timeout=120)
        con.expect_end("tree: end", HALTED)
        said(con, "created CMA memory pool at", 5)
        said(con, r"ad000000-ad0fffff : System RAM")
        said(con, r"ac[0f]fffff : System RAM", 0)
        said(con, r"Xen fault|disabled for dom0", 0)


# --- RAM ---

def memory(*cells_):
    return lambda tree: cells(tree, "/memory@0", "reg", *cells_)


@test()
def ram_2_gib():
    """The tree names all of it, with the trap that SPL sets on top; dom0 gets
    nearly all that is left."""
    with start("dom0_mem=1900M", mem=2048,
               edit=memory(0, 0x80000000, 0, 0x80000000)) as con:
        con.expect("RAM: 0000000080000000 - 00000000feffffff",
                   r"memory: the board has no RAM here[^\n]* \(0xff000000\)",
                   timeout=60)
        kib = user_space(con)
        said(con, r"BANK\[\d\] 0x[0-9a-f]+-0x0000f[ef]", 1)
        if kib < 1800 << 10:
            con.fail(f"dom0 has {kib} KiB of 1900 MiB")


@test()
def ram_less_than_the_tree_says():
    """A tree for 2 GiB on the EVM."""
    with start("dom0_mem=1024M",
               edit=memory(0, 0x80000000, 0, 0x7f000000)) as con:
        con.expect("RAM: 0000000080000000 - 00000000dfffffff",
                   r"memory: the board has no RAM here[^\n]* \(0xe0000000\)",
                   timeout=60)
        user_space(con)


@test()
def ram_4_gib():
    """Half of it above 4 GiB: dom0 gets what is below first."""
    with start("dom0_mem=3072M", mem=4096,
               edit=memory(0, 0x80000000, 0, 0x7f000000,
                           2, 0, 0, 0x80000000)) as con:
        con.expect("RAM: 0000000080000000 - 00000000feffffff",
                   "RAM: 0000000200000000 - 000000027fffffff",
                   r"BANK\[\d\] 0x0002", timeout=60)
        kib = user_space(con)
        expect_pools(con, POOLS)
        if kib < 2900 << 10:
            con.fail(f"dom0 has {kib} KiB of 3072 MiB")
    with start(mem=4096, edit=memory(0, 0x80000000, 0, 0x7f000000,
                                     2, 0, 0, 0x80000000)) as con:
        free = con.expect("dom0 gets 512 of the (\\d+) MiB that are free",
                          timeout=60)
        if int(free.group(1)) < 3900:
            con.fail(f"of 4080 MiB only {free.group(1)} are free")
        user_space(con)
        said(con, r"BANK\[\d\] 0x0002", 0)


# --- modules in bad places: one line, and no more ---

def ends(message, **options):
    with start(**options) as con:
        con.fatal = None
        con.expect(PANIC, rf"\(XEN\) {message}", "noreboot", timeout=60)


def kernel_reg(*values):
    return lambda tree: cells(tree, f"/chosen/module@{KERNEL:x}", "reg",
                              *values)


@test()
def module_without_size():
    ends(r"modules: a module's reg cannot be read: give it <address size>",
         edit=kernel_reg(0, KERNEL))
    ends(r"modules: a module's reg cannot be read: give it <address size>",
         edit=kernel_reg(0, KERNEL, 0, 0))


@test()
def module_over_xen():
    """Behind the file, but not behind the memory, of the hypervisor."""
    end = XEN + os.path.getsize(os.path.join(lab.O, "xen"))
    ends(r"modules: a module overlaps Xen, which is larger in memory than its "
         rf"file: [^\n]* \({end:#x}\)", initrd=end)


@test()
def module_outside_ram():
    ends("modules: a module lies outside of RAM: load it elsewhere or correct "
         r"its reg \(0xe8000000\)", edit=lambda tree: module(
             tree, "ramdisk", 0xe8000000, 0x1000))


@test()
def modules_overlap():
    ends("modules: two modules overlap: load them further apart",
         edit=kernel_reg(0, KERNEL, 0, INITRD - KERNEL + 1))
    ends("modules: a module overlaps the device tree",
         edit=kernel_reg(0, TREE - 0x10000, 0, 0x10001))


@test()
def module_in_no_map():
    def edit(tree):
        cells(tree, "/reserved-memory/secret", "reg", 0, INITRD, 0, 0x1000)
        cells(tree, "/reserved-memory/secret", "no-map")

    ends("modules: a module lies in reserved-memory that is no-map: load it "
         r"elsewhere \(0xa1000000\)", edit=edit)


if __name__ == "__main__":
    raise SystemExit(lab.main())
