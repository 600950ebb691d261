"""Fetches what linux.yaml boots: Debian's riscv64 kernel, and busybox in an initial file system.

python3 scenarios/linux/obtain.py DIR     writes DIR/linux/Image and DIR/linux/initrd.cpio

Needs apt and dpkg-deb (any Debian or Ubuntu) and about 250 MB for the time it runs. Packages are downloaded with an apt
state of its own, checked against Debian's archive key, and not installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
KERNEL = "linux-image-riscv64"  # names the current one
INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
echo "init: up after $(cut -d' ' -f1 /proc/uptime) s"
exec sh
"""


class Apt:
    """apt for riscv64 with all of its state in one folder."""

    def __init__(self, folder: Path, mirror: str, suite: str) -> None:
        self.folder = folder
        for name in ("state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
            (folder / name).mkdir(parents=True)
        (folder / "state/status").touch()
        (folder / "etc/sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror} {suite} main\n")
        configuration = folder / "apt.conf"
        configuration.write_text(
            f'Dir::State "{folder}/state";\nDir::State::status "{folder}/state/status";\n'
            f'Dir::Cache "{folder}/cache";\nDir::Etc "{folder}/etc";\n'
            'APT::Architecture "riscv64";\nAPT::Architectures "riscv64";\n'
            'Acquire::Languages "none";\nAPT::Sandbox::User "";\n'
        )
        self.environment = os.environ | {"APT_CONFIG": str(configuration)}

    def run(self, *words: str) -> str:
        done = subprocess.run(words, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"obtain.py: {' '.join(words)} failed:\n{done.stderr.strip()}")
        return done.stdout

    def download(self, package: str) -> Path:
        """The package's .deb."""
        self.run("apt-get", "-q", "download", package)
        return next(self.folder.glob(f"{package}_*.deb"))

    def dependency(self, package: str) -> str:
        """The first package that `package` depends on."""
        for line in self.run("apt-cache", "depends", package).splitlines():
            if line.strip().startswith("Depends:"):
                return line.split(":", 1)[1].strip()
        raise SystemExit(f"obtain.py: {package} depends on nothing")


def unpack(package: Path, folder: Path) -> Path:
    subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    return folder


class Archive:
    """cpio, format newc (Linux: Documentation/driver-api/early-userspace/buffer-format.rst)."""

    def __init__(self) -> None:
        self.bytes = b""
        self.count = 0

    def add(self, name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        self.count += 1
        path = name.encode() + b"\0"
        fields = [self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0]
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self.bytes += self.padded(header + path) + self.padded(data)

    @staticmethod
    def padded(data: bytes) -> bytes:
        return data + b"\0" * (-len(data) % 4)

    def finished(self) -> bytes:
        self.add("TRAILER!!!", 0)
        return self.bytes


def initial_file_system(busybox: bytes) -> bytes:
    archive = Archive()
    for folder in ("dev", "bin", "proc", "sys", "root"):
        archive.add(folder, stat.S_IFDIR | 0o755)
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("dev/null", stat.S_IFCHR | 0o666, device=(1, 3))
    archive.add("bin/busybox", stat.S_IFREG | 0o755, busybox)
    archive.add("init", stat.S_IFREG | 0o755, INIT.encode())
    return archive.finished()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR", help="what `ganglion run --data` is given later")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    parser.add_argument("--suite", default="trixie", help="Debian release; the first with riscv64 is trixie")
    options = parser.parse_args()
    if not KEYRING.exists():
        sys.exit(f"obtain.py: {KEYRING} is missing: apt-get install debian-archive-keyring")
    target = options.folder / "linux"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        apt = Apt(folder, options.mirror, options.suite)
        apt.run("apt-get", "-q", "update")
        kernel = unpack(apt.download(apt.dependency(KERNEL)), folder / "kernel")
        busybox = unpack(apt.download("busybox-static"), folder / "busybox")
        (image,) = (kernel / "boot").glob("vmlinux-*")
        (target / "Image").write_bytes(image.read_bytes())
        (target / "initrd.cpio").write_bytes(initial_file_system((busybox / "usr/bin/busybox").read_bytes()))
        print(image.name.removeprefix("vmlinux-"))
    for file in ("Image", "initrd.cpio"):
        content = (target / file).read_bytes()
        print(f"{hashlib.sha256(content).hexdigest()}  {target / file}  {len(content)} bytes")


if __name__ == "__main__":
    main()
