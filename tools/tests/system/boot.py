#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Debian's unmodified kernel as domain 0, to user space and off again."""

import os
import random

import lab
from lab import HALTED, MIB, RAM, USER_SPACE, boot, test, uboot_type

UBOOT = "/usr/lib/u-boot/qemu_arm/u-boot.bin"
SEEN = r"user space: hypervisor xen 4\.17-dra7\n"


def whole_boot(vcpus=None, timeout=90, **options):
    """From the first line to the power-off; the console log says the rest."""
    with boot(**options) as con:
        con.expect(r"\(XEN\) Xen version 4\.17-dra7", SEEN, timeout=timeout)
        count = con.expect(r"user space: (\d+) vCPUs, (\d+) KiB").group(1)
        if vcpus and int(count) != vcpus:
            con.fail(f"dom0 has {count} vCPUs, not {vcpus}")
        con.expect_end(USER_SPACE, HALTED)


@test(counted=(1, 10))
def smp_1():
    whole_boot(smp=1, vcpus=1)


@test(counted=(2, 10))
def smp_2():
    whole_boot(smp=2, vcpus=2)


@test(counted=(1, 10))
def smp_4():
    whole_boot(smp=4, vcpus=4)


@test()
def vcpus_4_on_2_cpus():
    whole_boot(smp=2, vcpus=4,
               xen_args="console=dtuart dom0_mem=512M dom0_max_vcpus=4")


@test()
def sched_null():
    with boot(xen_args="console=dtuart dom0_mem=512M sched=null") as con:
        con.expect(r"\(XEN\) Using scheduler: [^\n]*null")
        con.expect_end(SEEN, "2 vCPUs", HALTED, timeout=90)


@test()
def mem_256():
    whole_boot(mem=256, xen_args="console=dtuart dom0_mem=128M")


@test()
def mem_3072():
    whole_boot(mem=3072)


@test()
def default_dom0_mem():
    """Without dom0_mem= a size is chosen, and told."""
    with boot(xen_args="console=dtuart") as con:
        con.expect(r"\(XEN\) [^\n]*dom0_mem")
        con.expect_end(SEEN, USER_SPACE, HALTED, timeout=90)


@test()
def ram_above_4_gib():
    """highmem=on; dom0 could not map the PCIe window of that machine, which
    lies above 4 GiB, in its non-LPAE drivers: the node goes."""
    def no_pcie(fdt):
        for node in lab.fdt_nodes(fdt):
            if node.startswith("pcie@"):
                lab.fdt_drop(fdt, "/" + node)

    with boot(mem=4096, highmem=True, edit=no_pcie) as con:
        con.expect(r"\(XEN\) RAM: 0000000040000000 - 000000013fffffff")
        con.expect_end(SEEN, USER_SPACE, HALTED, timeout=90)


@test(timeout=900)
def load_addresses():
    """At random 4 KiB-aligned addresses, noise all around."""
    generator = random.Random(20261121)
    for _ in range(10 if lab.FULL else 2):
        # QEMU's own device tree is in the first MiB, the noise before us.
        page = generator.randrange(6 * MIB, 100 * MIB, 4096)
        print(f"load address {RAM + page:#x}", flush=True)
        whole_boot(noise=True, load_addr=RAM + page)


def uboot_modules(style):
    """fdt commands that name kernel and initrd in /chosen."""
    kernel, initrd = 0x60000000, 0x61000000
    if style == "xen":
        kinds = ('"xen,linux-zimage" "xen,multiboot-module"',
                 '"xen,linux-initrd" "xen,multiboot-module"')
    else:
        kinds = ('"multiboot,kernel" "multiboot,module"',
                 '"multiboot,ramdisk" "multiboot,module"')
    lines = ["fdt addr ${fdtcontroladdr}",
             # QEMU's tree takes a MiB; the copy gets room for ours.
             "fdt move ${fdtcontroladdr} 0x4a000000 0x110000",
             'fdt set /chosen xen,xen-bootargs '
             '"console=dtuart dom0_mem=512M"',
             'fdt set /chosen xen,dom0-bootargs '
             '"console=hvc0 rdinit=/init test=poweroff"']
    for addr, path, kind in ((kernel, lab.KERNEL, kinds[0]),
                             (initrd, lab.INITRD, kinds[1])):
        size = os.path.getsize(path)
        node = f"module@{addr:x}"
        lines += [f"fdt mknode /chosen {node}",
                  f"fdt set /chosen/{node} compatible {kind}",
                  f"fdt set /chosen/{node} reg <0 {addr:#x} 0 {size:#x}>"]
    return lines, ((lab.KERNEL, kernel), (lab.INITRD, initrd))


def uboot(image, command, style):
    lab.need("apt-get install u-boot-qemu, or tools/dev/deps check", UBOOT)
    lines, files = uboot_modules(style)
    files += ((os.path.join(lab.O, image), 0x50000000),)
    # 2 GiB, so that the uImage's load address 0x80200000 is RAM.
    with boot(mem=2048, bios=UBOOT, files=files) as con:
        uboot_type(con, lines + [f"{command} 0x50000000 - 0x4a000000"])
        con.expect("Starting kernel", r"\(XEN\) Xen version 4\.17-dra7")
        con.expect_end(SEEN, USER_SPACE, HALTED, timeout=90)


@test()
def uboot_bootm():
    uboot("xen-uImage", "bootm", "xen")


@test()
def uboot_bootz():
    uboot("xen", "bootz", "multiboot")


if __name__ == "__main__":
    lab.sys.exit(lab.main())
