# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's cloud kernels: found in a suite of the archive, downloaded, unpacked, kept.

apt does it, so signatures are checked against the keyring of the package
debian-archive-keyring; a suite signed with a key that is not in it is refused,
and that is then the reason why there is no such kernel. apt keeps lists and
packages in a folder of ours: nothing under /etc/apt or /var is written. Of
the host's settings apt reads /etc/apt/apt.conf.d, where a proxy may be named;
of those only the hooks are left out that would act on the host.
"""

import glob
import os
import re
import shutil
import subprocess
import tempfile

MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# An index has 10 MB, a kernel with its modules up to 60 MB.
LIMIT_S = 240
# Without a network apt asks again and again; it shall rather say so.
CONFIGURATION = """
Dir::State "{folder}/state";
Dir::State::Lists "lists";
Dir::State::status "{folder}/state/status";
Dir::Cache "{folder}/cache";
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


class Unavailable(Exception):
    """A kernel that cannot be had, and why."""


class Kernel:
    """An unpacked kernel."""

    def __init__(self, folder):
        self.image, = glob.glob(os.path.join(folder, "linux-image-*"))
        self.name = os.path.basename(self.image)[len("linux-image-"):].removesuffix("-cloud-amd64")
        self.modules = glob.glob(os.path.join(folder, "*.ko*"))


class Archive:
    """A suite of the archive, with apt's state for it."""

    def __init__(self, suite, folder):
        self.suite = suite
        self.folder = folder
        self.conf = os.path.join(folder, "apt.conf")
        for name in ("state/lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        files = {"state/status": "", "apt.conf": CONFIGURATION.format(folder=folder),
                 "sources.list": f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n"}
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
                stream.write(text)

    def apt(self, tool, *arguments, cwd=None):
        """Run one of apt's tools; return what it says."""
        command = [tool, "-q", "-c", self.conf, *arguments]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  check=False, timeout=LIMIT_S, cwd=cwd,
                                  env=dict(os.environ, LC_ALL="C.UTF-8"))
        except FileNotFoundError as error:
            raise Unavailable(f"there is no {tool} here") from error
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"{tool} {arguments[0]} took more than {LIMIT_S} s") from error
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line[:2] in ("E:", "W:")]
            raise Unavailable(f"{tool} {arguments[0]}, {self.suite}: "
                              + (said[0] if said else f"exit code {done.returncode}"))
        return done.stdout

    def newest(self, series):
        """The packages of the newest cloud kernel of a series ("6.12", "7")."""
        pattern = re.compile(rf"linux-image-{re.escape(series)}\.\S*-cloud-amd64")
        names = self.apt("apt-cache", "pkgnames", f"linux-image-{series}.").split()
        names = [name for name in names if pattern.fullmatch(name)]
        if not names:
            raise Unavailable(f"{self.suite} has no cloud kernel of Linux {series}")
        name = max(names, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])
        # From Linux 6.19 image and modules may be in packages of their own.
        depends = self.apt("apt-cache", "show", name)
        parts = re.findall(r"\blinux-(?:binary|modules)-[^\s,]+", depends)
        return [name] + sorted({part for part in parts if part.endswith("-cloud-amd64")})

    def download(self, packages, folder):
        """Put the packages of these names into a folder."""
        self.apt("apt-get", "download", *packages, cwd=folder)


def unpack(folder, name, modules):
    """Take the image, under its package's name, and modules out of the packages in a folder."""
    tree = os.path.join(folder, "tree")
    for package in glob.glob(os.path.join(folder, "*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, tree], check=True, timeout=LIMIT_S)
        os.remove(package)
    wanted = re.compile(r"(%s)\.ko(\.\w+)?" % "|".join(modules))
    for path, _, names in os.walk(tree):
        for file in names:
            if re.fullmatch(r"vmlinuz(-.*)?", file):
                shutil.move(os.path.join(path, file), os.path.join(folder, name))
            elif wanted.fullmatch(file):
                shutil.move(os.path.join(path, file), os.path.join(folder, file))
    shutil.rmtree(tree)
    if not os.path.exists(os.path.join(folder, name)):
        raise Unavailable(f"there is no vmlinuz in {name} and its parts")


def kernel(series, suite, modules, store):
    """The kernel of a series with these modules: the kept one, else a new download."""
    kept = os.path.join(store, series)
    if not os.path.isdir(kept):
        if not os.path.exists(KEYRING):
            raise Unavailable(f"no {KEYRING} to check signatures with")
        archive = Archive(suite, os.path.join(store, "apt", suite))
        archive.apt("apt-get", "update")
        folder = tempfile.mkdtemp(prefix="new.", dir=store)
        try:
            os.chmod(folder, 0o755)  # apt downloads as a user of its own
            packages = archive.newest(series)
            archive.download(packages, folder)
            unpack(folder, packages[0], modules)
            os.rename(folder, kept)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return Kernel(kept)
