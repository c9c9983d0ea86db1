"""Run as a program: publish a document again and again, killed by SIGKILL at seeded moments; see test_kill.py.

The moments are file operations of the whole way: staging, building, sealing, announcing, switching. After each
kill another process starts as a service would, and says what it answers from.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from actions.answering.answer import Answer, Citation, Question
from actions.governance.canary import sealed_canaries
from actions.governance.contents import with_document
from actions.governance.current import Current, Served
from actions.governance.publish import Publisher
from embeddings.store import Entry, Store
from knowledge import load
from knowledge.records import Passage
from tests.actions.governance.making import BASE, report, write_base
from tests.embeddings.hashing import HashingEncoder

WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copytree"}
SEED, KILLS = 20261122, 50


class Echo:
    """Answers with what it was built from: enough to see whether a generation is whole."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._passages = passages

    def answer(self, question: Question) -> Answer:
        found = [p for p in self._passages if question.text in p.text]
        return Answer("\n".join(p.text for p in found), "answered", tuple(_cited(p) for p in found))

    def looks_like_question(self, text: str) -> bool:
        return bool(text)


def _cited(p: Passage) -> Citation:
    source = p.source
    return Citation(
        source.id, source.origin, source.title, source.district, source.published.isoformat(), p.heading, p.text,
        p.span.start, p.span.end, p.id, p.text,
    )  # fmt: skip


def desk(root: Path) -> tuple[Current, Publisher]:
    """What a service has at its start, with a building step that needs no model."""
    store, base = Store(root / "index"), root / "base"

    def added(folder: Path) -> Path | None:
        return folder if (folder / "sources.yml").is_file() else None

    def build(folder: Path, serve: bool = False) -> str:
        library = load(base, added(folder))
        entries = [Entry(p.id, p.text) for p in library.passages]
        files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        return store.publish(
            {"passages": entries}, HashingEncoder(), library.corpus_hash, attached=files, serve=serve
        )

    def opened(generation: str) -> Served:
        library = load(base, added(store.attached(generation)))
        index = store.open(generation, "hashing:1", library.corpus_hash)
        assert index.collection("passages").keys == tuple(p.id for p in library.passages)
        canaries = sealed_canaries(store.attached(generation))
        return Served(generation, Echo(library.passages), library, canaries)

    if store.current_id() is None:
        build(root / "nothing", serve=True)
    current = Current(store, opened, opened(store.current_id() or ""))
    return current, Publisher(root / "work", store, current, build, ())


def publish(root: Path, die_at: int | None = None, counted: list[int] | None = None) -> int:
    """Publish the report; die at the ``die_at``-th file operation below ``root``."""
    _, publisher = desk(root)
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in WATCHED and arguments and str(arguments[0]).startswith(str(root)):
            seen += 1
            if seen == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    publisher.publish(lambda files: with_document(files, report()), lambda step: None)
    (root / "operations").write_text(str(seen), "ascii")
    return 0


def look(root: Path, out: Path) -> int:
    """Start as a service after the kill, publish once more, go back."""
    current, publisher = desk(root)
    found: dict[str, Any] = {
        "sources": [source.id for source in current.served.library.sources],
        "answer": current.answer(Question("助餐点")).text,
    }
    again = publisher.publish(lambda files: with_document(files, report()), lambda step: None)
    found["after"] = [source.id for source in current.served.library.sources]
    found["same"] = again.generation == again.previous
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return 0


def in_child(work: Callable[[], int]) -> int:
    """Exit code of ``work`` in a forked process; negative for a signal."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(scratch: Path) -> None:
    before = scratch / "before"
    write_base(before / "base", BASE)
    assert in_child(lambda: 0 if desk(before) else 1) == 0
    whole = scratch / "whole"
    shutil.copytree(before, whole)
    assert in_child(lambda: publish(whole)) == 0
    operations = int((whole / "operations").read_text("ascii"))
    rounds = []
    # The pointer moves near the very end: these moments are always among them.
    last = range(operations - 4, operations + 1)
    drawn = random.Random(SEED).sample(range(1, operations - 4), KILLS - len(last))
    root, out = scratch / "round", scratch / "found.json"
    for die_at in sorted([*drawn, *last]):
        shutil.copytree(before, root)
        code = in_child(lambda at=die_at: publish(root, at))
        assert in_child(lambda: look(root, out)) == 0, f"nothing was served after a kill at {die_at}"
        rounds.append({"at": die_at, "code": code, **json.loads(out.read_text(encoding="utf-8"))})
        shutil.rmtree(root)
    print(json.dumps({"operations": operations, "rounds": rounds}, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
