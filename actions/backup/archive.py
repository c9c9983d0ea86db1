"""One archive: a compressed tar with a manifest that names the checksum of every other file in it."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

from actions.backup.errors import ArchiveDamaged
from actions.backup.manifest import Manifest, parse

MANIFEST = "manifest.json"
LEDGER = "ledger.sqlite3"
KEYS = "keys.sealed"
MOST_BYTES = 20_000_000_000  # unpacked; far above a district's ledger, below what fills a disk unseen
_BROKEN = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, OSError)


def checksum(path: Path) -> str:
    """sha256 of a file, read in pieces."""
    digest = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def pack(out: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write the archive in one step, readable by its owner only.

    :param files: name in the archive → where it is now
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with (
            os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar,
        ):
            member = tarfile.TarInfo(MANIFEST)
            member.size = len(manifest.text())
            tar.addfile(member, io.BytesIO(manifest.text()))
            for name, path in files.items():
                tar.add(path, name, recursive=False, filter=_plain)
        with fresh.open("rb") as done:
            os.fsync(done.fileno())
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def unpack(archive: Path, folder: Path) -> Manifest:
    """Every file into ``folder``, compared with its checksum.

    :raises ArchiveDamaged: naming what is missing or changed
    :raises ArchiveNewer: when a later release wrote it
    """
    if not archive.is_file():
        raise ArchiveDamaged(f"没有备份文件 {archive}：核对路径")
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            _extract(tar, folder)
    except _BROKEN as error:
        raise ArchiveDamaged(
            f"备份 {archive} 读不完整（{type(error).__name__}）：文件损坏或没有传完，换一份"
        ) from None
    if not (folder / MANIFEST).is_file():
        raise ArchiveDamaged(f"备份 {archive} 里没有 {MANIFEST}：它不是 make backup 写的")
    manifest = parse((folder / MANIFEST).read_bytes())
    for name, expected in manifest.files.items():
        if not (folder / name).is_file():
            raise ArchiveDamaged(f"备份 {archive} 不完整：少了 {name}。换一份备份")
        if checksum(folder / name) != expected:
            raise ArchiveDamaged(f"备份 {archive} 里的 {name} 与清单的 sha256 不符：它被改动过。换一份备份")
    return manifest


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    room = MOST_BYTES
    for member in tar:
        room -= member.size
        inside = not PurePosixPath(member.name).is_absolute() and ".." not in PurePosixPath(member.name).parts
        if not (member.isfile() and inside and room >= 0):
            raise ArchiveDamaged(f"备份里的「{member.name[:80]}」不是 make backup 会写的东西：不解开")
        tar.extract(member, folder, filter="data")
