"""A new generation: built apart, checked, and only then served.

files → subprocess builds → loaded beside the old one → check questions → pointer moves → every process follows

Killed at any moment, the pointer on the disk names the old generation or the new one, both whole.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from actions.governance.canary import Canary, failures
from actions.governance.current import Current, Served
from actions.governance.errors import CanariesFailed, PublishBusy
from embeddings.store import Store

Build = Callable[[Path], str]  # a folder of files → the id of the generation that holds them
Told = Callable[[str], None]


@dataclass(frozen=True)
class Publication:
    """What came of it: the generation that is served now, and the one before."""

    generation: str
    previous: str
    checked: int = 0  # check questions that were answered rightly


class Publisher:
    """Changes what is served. One publication at a time, across processes.

    :param folder: where files are put together; nothing in it is needed afterwards.
    :param build: makes a generation that is not served yet.
    :param canaries: must hold for every generation.
    """

    def __init__(
        self, folder: Path, store: Store, current: Current, build: Build, canaries: tuple[Canary, ...]
    ) -> None:
        self._folder, self._store, self._current = folder, store, current
        self._build, self._canaries = build, canaries

    def publish(self, change: Callable[[dict[str, bytes]], Mapping[str, bytes]], told: Told) -> Publication:
        """Serve the current generation's own files after ``change``.

        :param told: hears of each step, for who waits: build, load, check, switch.
        :raises GovernanceError: when it is not served; the old one goes on then.
        """
        with self._alone():
            before = self._store.current_id() or ""
            told("build")
            generation = self._build(self._put(change(self._files(before))))
            if generation == before:
                return Publication(before, before)
            told("load")
            self._store.stage(generation)
            served = self._current.loaded(generation)
            told("check")
            checked = self._check(served)
            told("switch")
            self._store.point_to(generation)
            self._current.follow()
            return Publication(generation, before, checked)

    def rollback(self, generation: str = "") -> Publication:
        """Serve an earlier generation: that one, or the one served before, or the next older on the disk.

        :raises StoreError: when it is gone or damaged.
        :raises PublishBusy: while something is being published.
        """
        with self._alone():
            self._current.follow()  # another process may have published: what is before is before that
            before = self._store.current_id() or ""
            target = self._store.rollback(generation or self._current.previous or None)
            self._current.follow()
            return Publication(target, before)

    def _check(self, served: Served) -> int:
        there = {source.id for source in served.library.sources}
        inherited = [c for c in self._current.served.canaries if not c.source or c.source in there]
        canaries = [*self._canaries, *inherited, *served.canaries]
        if failed := failures(served.answerer, canaries):
            self._current.forget(served.generation)
            self._store.discard(served.generation)
            raise CanariesFailed(failed)
        return len(set(canaries))

    def _files(self, generation: str) -> dict[str, bytes]:
        folder = self._store.attached(generation) if generation else None
        if folder is None or not folder.is_dir():
            return {}
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    def _put(self, files: Mapping[str, bytes]) -> Path:
        staging = self._folder / "staging"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        for name, data in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return staging

    def busy(self) -> bool:
        """Whether something is being published, here or in another process."""
        try:
            with self._alone():
                return False
        except PublishBusy:
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "publish.lock").open("w") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublishBusy("另一次发布还没有完成：请等它结束后再试") from None
            yield
