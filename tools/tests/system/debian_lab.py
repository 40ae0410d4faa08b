# SPDX-License-Identifier: GPL-2.0-only
"""Domain 0 with a Debian 12 on a disk of its own, started by systemd.

    with disk() as root:
        with dom0(root, media=folder) as d:
            d.ok("systemctl is-system-running")
            power_off(d)

The disk is a virtio-mmio one of QEMU's board, which is domain 0's like all
devices. Debian's second stage runs once, in domain 0 on the hypervisor, and
its result is kept in the cache; each test has a copy. Nothing of the tests is
in the file system: the initrd puts the agent that answers them into /run.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile

import lab
import xl_lab

TOP = os.path.abspath(os.path.join(os.path.dirname(
    os.path.abspath(__file__)), "..", "..", ".."))
# In the order of loading: the disk, and the root's file system.
MODULES = ("virtio_mmio", "virtio_blk", "crc16", "crc32c_generic", "mbcache",
           "jbd2", "ext4")
SECONDS = 3000          # of the second stage, which takes ten minutes here

# /boot.sh of the initrd. The kernel's words: stage=second, or nothing.
BOOT = """#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root LANG=C.UTF-8
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev 2>/dev/null
/bin/busybox --install -s
mkdir -p /mnt /run
for m in %(modules)s; do
    insmod /$m.ko || echo "disk: cannot load $m"
done
for i in 1 2 3 4 5 6 7 8 9 10; do
    [ -b /dev/vda ] && break
    sleep 1
done
mount -t ext4 -o noatime /dev/vda /mnt || poweroff -f

if grep -q stage=second /proc/cmdline; then
    mount --bind /dev /mnt/dev
    mount --bind /proc /mnt/proc
    mount --bind /sys /mnt/sys
    mount -t tmpfs run /mnt/run
    echo force-unsafe-io >/mnt/etc/dpkg/dpkg.cfg.d/fast
    export DEBIAN_FRONTEND=noninteractive
    chroot /mnt /debootstrap/debootstrap --second-stage && good=yes
    [ "$good" ] || tail -n 20 /mnt/debootstrap/debootstrap.log
    chroot /mnt apt-get clean
    rm -f /mnt/etc/dpkg/dpkg.cfg.d/fast
    umount /mnt/run /mnt/sys /mnt/proc /mnt/dev
    umount /mnt && echo "second stage: ${good:-failed}"
    poweroff -f
fi

mount -t tmpfs -o mode=755 run /run
units=/run/systemd/system
mkdir -p $units/multi-user.target.wants
cp /agent /run/agent
cat >$units/agent.service <<END
[Unit]
Description=What answers the tests
[Service]
Environment=SYSTEMD_PAGER=cat SYSTEMD_COLORS=0 LANG=C.UTF-8
Environment=DEBIAN_FRONTEND=noninteractive HOME=/root
ExecStart=/bin/sh /run/agent
StandardInput=tty-force
StandardOutput=tty
StandardError=tty
TTYPath=/dev/hvc0
END
ln -s ../agent.service $units/multi-user.target.wants/agent.service
umount /sys /proc
mount --move /dev /mnt/dev
mount --move /run /mnt/run
exec switch_root /mnt /sbin/init
""" % {"modules": " ".join(MODULES)}


def initrd(folder):
    script, out = os.path.join(folder, "boot.sh"), f"{folder}/debian.gz"
    with open(script, "w", encoding="ascii") as f:
        f.write(BOOT)
    os.chmod(script, 0o755)
    words = [f"{script}=boot.sh", f"{TOP}/tools/dev/xl/agent=agent"]
    words += [f"{lab.kernel_module(m)}={m}.ko" for m in MODULES]
    subprocess.run([f"{TOP}/tools/dev/mkinitrd", out] + words, check=True)
    return out


def drives(*images):
    """QEMU's words for disks; the first one is vda."""
    words = []
    # QEMU fills its board's slots from the last one, Linux finds them from
    # the first one on.
    for i, path in reversed(list(enumerate(images))):
        words += ["-drive", f"if=none,id=disk{i},format=raw,cache=unsafe,"
                            f"file={path}",
                  "-device", f"virtio-blk-device,drive=disk{i}"]
    return tuple(words)


def boot(folder, words, *images, **options):
    options.setdefault("mem", 1024)
    options.setdefault("xen_args", "console=dtuart dom0_mem=512M")
    extra = drives(*images) + options.pop("extra", ())
    return lab.boot(initrd=initrd(folder), extra=extra,
                    dom0_args=f"console=hvc0 quiet rdinit=/boot.sh {words}",
                    **options)


def check(image):
    """A file system that was left in order, with nothing to be repaired."""
    done = subprocess.run(["/sbin/e2fsck", "-fn", image], check=False,
                          text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise lab.Failed(f"e2fsck of domain 0's disk:\n{done.stdout}")


def read(image, path, out):
    """A file of the file system in an image."""
    subprocess.run(["/sbin/debugfs", "-R", f"dump {path} {out}", image],
                   check=True, capture_output=True)
    lab.need(f"domain 0's disk has no {path}", out)
    return out


def second_stage(cached):
    """Make the image @cached: a Debian that is ready to be started."""
    print("Debian's second stage")
    with tempfile.TemporaryDirectory(dir=os.path.dirname(cached)) as folder:
        image = f"{folder}/root.ext4"
        subprocess.run([f"{TOP}/tools/dev/mkdebian", image], check=True)
        with boot(folder, "stage=second", image) as con:
            con.expect("second stage: yes", timeout=SECONDS)
            con.expect_end(lab.HALTED)
        check(image)
        os.replace(image, cached)


def key():
    """Names what the kept image depends on."""
    told = subprocess.run([f"{TOP}/tools/dev/mkdebian", "--key"], check=True,
                          text=True, capture_output=True).stdout.strip()
    script = BOOT[BOOT.index("if grep"):BOOT.index("\nfi\n")]
    return f"{told}-{hashlib.sha256(script.encode()).hexdigest()[:8]}"


@contextlib.contextmanager
def disk():
    """The path of a disk with Debian, as installed, for one test."""
    folder = os.path.join(lab.CACHE, "debian")
    os.makedirs(folder, exist_ok=True)
    cached = f"{folder}/{key()}.ext4"
    with open(f"{folder}/.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(cached):
            second_stage(cached)
            for name in os.listdir(folder):
                if name.endswith(".ext4") and name != os.path.basename(cached):
                    os.unlink(os.path.join(folder, name))
    with tempfile.TemporaryDirectory(prefix="lab-", dir=lab.O) as tmp:
        root = f"{tmp}/root.ext4"
        subprocess.run(["cp", "--sparse=always", cached, root], check=True)
        yield root


@contextlib.contextmanager
def dom0(root, media=None, **options):
    """Start what is on the disk; @media is a folder whose files are on a
    second disk, mounted as /media."""
    with tempfile.TemporaryDirectory(prefix="lab-", dir=lab.O) as tmp:
        images = [root]
        if media:
            images.append(f"{tmp}/media.ext4")
            subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", "-d", media,
                            images[1], "64M"], check=True,
                           stdout=subprocess.DEVNULL)
        with boot(tmp, "systemd.getty_auto=no", *images, **options) as con:
            con.expect("<agent>\n", timeout=300)
            d = xl_lab.Dom0(con)
            # It ends when nothing is left to be started.
            _, state = d.run("systemctl is-system-running --wait", 300)
            if state.strip() != "running":
                con.fail(f"systemd: {state}: " +
                         d.run("systemctl --failed --no-legend")[1])
            if media:
                d.ok("mount -o ro /dev/vdb /media")
            yield d


def power_off(d):
    d.con.send(f"{d.number + 1} systemctl poweroff\n")
    d.con.expect_end(lab.HALTED, timeout=180)
