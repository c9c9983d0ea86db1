"""Taking an archive and putting it back.

    taken = take(place, Path("backup.tar.gz"))
    put_back(place, Path("backup.tar.gz"), force=False)

An archive is whole or it is not there; what is put back is compared with what was taken before anything is replaced.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from actions.backup import archive, keys, ledger, published, revisions
from actions.backup.copying import count_rows
from actions.backup.errors import NotTheSame, PassphraseWrong
from actions.backup.manifest import FORMAT, Keys, Manifest
from actions.tickets.audit import Audit, Verdict
from actions.tickets.chain import Chain
from actions.tickets.sealing import key_id
from actions.tickets.store import Store, connect, open_store


@dataclass(frozen=True)
class Place:
    """One installation, as far as an archive is concerned."""

    ledger_url: str
    keys: Keys
    sources_dir: Path
    index_dir: Path
    scratch_dir: Path  # on a disk with room for the ledger


@dataclass(frozen=True)
class Restored:
    """What was put back; ``kept`` is where the ledger that stood there before is now."""

    manifest: Manifest
    verdict: Verdict
    documents: int
    kept: Path | None


def take(place: Place, out: Path, secrets: Mapping[str, str] | None = None, passphrase: str = "") -> Manifest:
    """Write an archive of this installation.

    :param secrets: put in as well, under ``passphrase``; None: no key is in the archive
    :raises LedgerUnusable: when there is no ledger
    """
    with _scratch(place) as folder:
        files = {
            archive.LEDGER: folder / archive.LEDGER,
            **published.files_of(place.sources_dir, place.index_dir),
        }
        ledger.snapshot(place.ledger_url, files[archive.LEDGER])
        if secrets is not None:
            files[archive.KEYS] = folder / archive.KEYS
            files[archive.KEYS].write_bytes(keys.lock(secrets, passphrase))
        manifest = _described(place, files).signed(place.keys)
        archive.pack(out, manifest, files)
        return manifest


def secrets_in(path: Path, passphrase: str, scratch_dir: Path) -> dict[str, str]:
    """The keys that the archive holds; empty when it holds none.

    :raises PassphraseWrong: when they are there and don't open
    """
    with tempfile.TemporaryDirectory(dir=scratch_dir) as folder:
        archive.unpack(path, Path(folder))
        sealed = Path(folder) / archive.KEYS
        if not sealed.is_file():
            return {}
        if not passphrase:
            raise PassphraseWrong("备份里有密钥，要口令才能打开：设置 BACKUP_PASSPHRASE")
        return keys.unlock(sealed.read_bytes(), passphrase)


def put_back(place: Place, path: Path, force: bool) -> Restored:
    """Make the archive's ledger and documents those of this installation.

    :raises BackupError: the archive is damaged, foreign or newer, or something is here already; nothing was changed
    """
    with _scratch(place) as folder:
        manifest = archive.unpack(path, folder)
        manifest.check(place.keys)
        revisions.require_known(manifest.revision)
        _require_sound(place, folder / archive.LEDGER, manifest)
        wanted = published.differing(folder, place.sources_dir, place.index_dir)
        if any(here.exists() for here in wanted.values()) and not force:
            published.put_back(wanted, force)
        kept = ledger.install(
            folder / archive.LEDGER, place.ledger_url, revisions.known()[-1], manifest.counts, force
        )
        documents = published.put_back(wanted, force)
        return Restored(manifest, verify(place.ledger_url, place.keys, manifest), documents, kept)


def go_back(place: Place, revision: str) -> Path | None:
    """Make the ledger one that the release with ``revision`` opens; what that has no table for is left out.

    :returns: where the present ledger is kept, if it is a file
    :raises BackupError: when there is no way back to that
    """
    with _scratch(place) as folder:
        present = folder / archive.LEDGER
        ledger.snapshot(place.ledger_url, present)
        now, counts = _look(present)
        revisions.require_older(revision, now)
        return ledger.install(present, place.ledger_url, revision, counts, force=True)


def verify(url: str, held: Keys, manifest: Manifest | None = None) -> Verdict:
    """The audit of a ledger, and whether its head is the manifest's.

    :raises NotTheSame: when it is another
    """
    engine = connect(url)
    try:
        verdict = Audit(Store(engine), Chain(held.ledger, held.old_ledger)).verify()
    finally:
        engine.dispose()
    if manifest and (verdict.length, verdict.head) != (manifest.length, manifest.head):
        raise NotTheSame(
            f"历史是 {verdict.length}:{verdict.head[:12]}…，备份记的是 {manifest.length}:{manifest.head[:12]}…"
        )
    return verdict


def _scratch(place: Place) -> _Folder:
    place.scratch_dir.mkdir(parents=True, exist_ok=True)
    return _Folder(dir=place.scratch_dir, prefix=".backup-")


class _Folder(tempfile.TemporaryDirectory[str]):
    def __enter__(self) -> Path:  # type: ignore[override]
        return Path(super().__enter__())


def _look(path: Path) -> tuple[str, dict[str, int]]:
    engine = connect(ledger.url_of(path))
    try:
        with Store(engine).reading() as connection:
            return revisions.current(connection), count_rows(connection)
    finally:
        engine.dispose()


def _described(place: Place, files: Mapping[str, Path]) -> Manifest:
    revision, counts = _look(files[archive.LEDGER])
    verdict = _verified(files[archive.LEDGER], revision, place.keys)
    return Manifest(
        format=FORMAT,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        backend="sqlite" if ledger.file_of(place.ledger_url) else "postgresql",
        revision=revision,
        length=verdict.length,
        head=verdict.head,
        findings=len(verdict.findings),
        index=published.generation_of(place.index_dir),
        ledger_key=key_id(place.keys.ledger),
        contact_key=key_id(place.keys.contact),
        counts=counts,
        files={name: archive.checksum(path) for name, path in files.items()},
    )


def _require_sound(place: Place, path: Path, manifest: Manifest) -> None:
    """Before anything is replaced: the history in the archive is the one its manifest names."""
    if _look(path) != (manifest.revision, dict(manifest.counts)):
        raise NotTheSame("备份里的工单库与它的清单不符：换一份备份")
    _verified(path, manifest.revision, place.keys, manifest)


def _verified(path: Path, revision: str, held: Keys, manifest: Manifest | None = None) -> Verdict:
    """The audit of a ledger file; that of an earlier release is looked at through a copy with today's tables."""
    if revision == revisions.known()[-1]:
        return verify(ledger.url_of(path), held, manifest)
    today = path.with_name(f"{path.name}.today")
    shutil.copyfile(path, today)
    open_store(ledger.url_of(today), "OFF").close()
    return verify(ledger.url_of(today), held, manifest)
