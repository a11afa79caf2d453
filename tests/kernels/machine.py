# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine to try a kernel in: qemu's emulation, and a first file system with what it runs.

The guest has this host's programs and libraries, no disk and no network. It
says what it found on its second serial line, where no message of the kernel
gets in between; the first one is its console.
"""

import os
import re
import shutil
import subprocess

MEMORY = "512M"
# qemu 7.2 puts wrong flags into the register when a cmpxchg16b is interrupted, which the allocator
# of Linux 6.12 does all the time: it panics.
CPU = "max,-cx16"
# The tests of one boot take a minute.
LIMIT_S = 420
FOLDERS = ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "proc", "sys", "dev", "tmp", "run", "etc",
           "modules", "guest")


def add(root, path, to=None):
    """Copy a program, and the libraries that it is linked with, into the guest."""
    target = root + (to or path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copy(path, target)
    listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    for library in re.findall(r"(/\S+) \(0x", listed.stdout):
        if not os.path.exists(root + library):
            os.makedirs(os.path.dirname(root + library), exist_ok=True)
            shutil.copy(library, root + library)


def pack(root, ret_path):
    """Write the tree as the kernel wants it, all of it root's."""
    with open(ret_path, "wb") as out, \
         subprocess.Popen(["find", ".", "-print0"], cwd=root, stdout=subprocess.PIPE) as names, \
         subprocess.Popen(["cpio", "-o0", "-H", "newc", "-R", "0:0", "--quiet"], cwd=root,
                          stdin=names.stdout, stdout=subprocess.PIPE) as archive, \
         subprocess.Popen(["gzip", "-1"], stdin=archive.stdout, stdout=out) as packed:
        if packed.wait() or archive.wait() or names.wait():
            raise OSError("cannot pack the guest's files")


def build(scratch, programs, files):
    """The guest's tree: programs of the host at their places, files as {place: path on the host}"""
    root = os.path.join(scratch, "root")
    for folder in FOLDERS:
        os.makedirs(os.path.join(root, folder))
    for name in ("bin", "sbin", "lib", "lib64"):
        os.symlink("usr/" + name, os.path.join(root, name))
    os.symlink("dash", os.path.join(root, "bin/sh"))
    for name in programs:
        path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not path:
            raise OSError(f"the guest needs {name}, which is not installed")
        add(root, path)
    for place, path in files.items():
        add(root, path, place)
    return root


def boot(kernel, root, scratch):
    """Run the tree's /init in a kernel; return what it said on (console, second line)."""
    for module in kernel.modules:
        shutil.copy(module, os.path.join(root, "modules"))
    initrd, console, said = (os.path.join(scratch, name) for name in ("initrd", "console", "said"))
    pack(root, initrd)
    for module in kernel.modules:
        os.remove(os.path.join(root, "modules", os.path.basename(module)))
    # In the process group of this program, so both end together, however they are ended.
    command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64",
               "-accel", "tcg,thread=multi", "-cpu", CPU, "-M", "q35", "-m", MEMORY,
               "-smp", str(min(2, os.cpu_count() or 1)), "-nodefaults", "-no-user-config",
               "-no-reboot", "-display", "none", "-serial", f"file:{console}",
               "-serial", f"file:{said}", "-kernel", kernel.image, "-initrd", initrd, "-append",
               "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as machine:
        try:
            _, errors = machine.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            errors = f"the guest was still running after {LIMIT_S} s"
        finally:
            machine.kill()
    return read(console) + errors, read(said)


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as stream:
            return stream.read().replace("\r", "")
    except OSError:
        return ""
