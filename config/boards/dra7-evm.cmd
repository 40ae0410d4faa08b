# SPDX-License-Identifier: GPL-2.0-only
#
# What the DRA7 EVM's U-Boot runs from the SD card: its own bootcmd finds
# this as boot.scr. tools/dev/mksdcard puts in what stands between @.
#
# The tree is loaded below 0x90000000, for U-Boot keeps it there (bootm_size),
# the modules are beyond the carve-outs of dra7-evm.dtb (0x95800000 to
# 0x9f7fffff). This U-Boot has no setexpr: ${filesize} of the last load is
# kept instead of computed with.

setenv xen_addr_r 0x90000000
setenv dtb_addr_r 0x825f0000
setenv dom0_addr_r 0xa0000000
setenv initrd_addr_r 0xa2000000
setenv store_addr_r 0xa1e00000
# U-Boot's own line, which is for Android, would go to /chosen.
setenv bootargs

# By hand, without bootcmd: `load mmc 0:1 ${scriptaddr} boot.scr`, `source`.
test -n "${devtype}" || setenv devtype mmc
test -n "${devnum}" || setenv devnum 0
test -n "${distro_bootpart}" || setenv distro_bootpart 1
test -n "${prefix}" || setenv prefix /
setenv load_from "load ${devtype} ${devnum}:${distro_bootpart}"

setenv missing vmlinuz
if ${load_from} ${dom0_addr_r} ${prefix}vmlinuz; then
    setenv dom0_size 0x${filesize}
    setenv missing dra7-evm.dtb
    if ${load_from} ${dtb_addr_r} ${prefix}dra7-evm.dtb; then
        setenv missing xen-uImage
        if ${load_from} ${xen_addr_r} ${prefix}xen-uImage; then
            setenv missing
        fi
    fi
fi

if test -n "${missing}"; then
    echo "boot.scr: cannot load ${missing} from ${devtype} ${devnum}:${distro_bootpart}: make the card again (make sdcard BOARD=dra7-evm)"
    exit
fi

fdt addr ${dtb_addr_r}
fdt resize 4096
fdt set /chosen xen,xen-bootargs "@XEN_ARGS@"
fdt set /chosen xen,dom0-bootargs "@DOM0_ARGS@"
fdt set /chosen \#address-cells <1>
fdt set /chosen \#size-cells <1>
# The store's domain and an initrd are optional: a root file system on the card
# needs none. Made first, since a new node goes before the others.
if test -e ${devtype} ${devnum}:${distro_bootpart} ${prefix}xenstore-stubdom; then
    ${load_from} ${store_addr_r} ${prefix}xenstore-stubdom
    fdt mknode /chosen module@a1e00000
    fdt set /chosen/module@a1e00000 compatible "xen,xenstore-stubdom" "multiboot,module"
    fdt set /chosen/module@a1e00000 reg <${store_addr_r} 0x${filesize}>
fi
if test -e ${devtype} ${devnum}:${distro_bootpart} ${prefix}initrd.gz; then
    ${load_from} ${initrd_addr_r} ${prefix}initrd.gz
    fdt mknode /chosen module@a2000000
    fdt set /chosen/module@a2000000 compatible "multiboot,ramdisk" "multiboot,module"
    fdt set /chosen/module@a2000000 reg <${initrd_addr_r} 0x${filesize}>
fi
fdt mknode /chosen module@a0000000
fdt set /chosen/module@a0000000 compatible "multiboot,kernel" "multiboot,module"
fdt set /chosen/module@a0000000 reg <${dom0_addr_r} ${dom0_size}>
@EDIT@
bootm ${xen_addr_r} - ${dtb_addr_r}
echo "boot.scr: bootm came back: see its line above. After a bad CRC or magic number make the card again (make sdcard BOARD=dra7-evm); an xen-uImage of your own needs mkimage with -a 0x80200000 -e 0x80200000"
