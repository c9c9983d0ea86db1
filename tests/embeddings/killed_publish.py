"""Run as a program: publish again and again, killed at every file operation in turn; see test_kill.py.

The child of each round dies in an audit hook, without cleaning up, as on a power cut; a second
child then looks at what is left. Both are forked before this process has started any thread.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from embeddings.store import Entry, Store
from tests.embeddings.hashing import HashingEncoder

OLD = {"passages": [Entry("a", "旧的一段"), Entry("b", "另一段")]}
NEW = {"passages": [Entry("a", "旧的一段"), Entry("c", "新的一段")]}
WATCHED = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}
KILLED = 9


def in_child(work: Callable[[], int]) -> int:
    """Exit code of ``work`` run in a forked process."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def publish(root: Path, parts: dict[str, list[Entry]], die_at: int | None = None) -> int:
    """Publish; die at the ``die_at``-th file operation below ``root``."""
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in WATCHED and arguments and str(arguments[0]).startswith(str(root)):
            seen += 1
            if seen == die_at:
                os._exit(KILLED)

    if die_at is not None:
        sys.addaudithook(hook)
    Store(root, kept=1).publish(parts, HashingEncoder(), "corpus-1")
    return 0


def look(root: Path, report: Path) -> int:
    """Write down what is served after the kill, and whether publishing works again."""
    store = Store(root, kept=1)
    index = store.open_current("hashing:1", "corpus-1")
    keys = index.collection("passages").keys
    generation = store.publish(NEW, HashingEncoder(), "corpus-1")
    found = {
        "served": list(keys),
        "fallback": index.fallback,
        "after": list(store.open_current("hashing:1", "corpus-1").collection("passages").keys),
        "broken": list(store.verify(generation)),
        "left": sorted(path.name for path in (root / "generations").iterdir()),
        "generation": generation,
    }
    report.write_text(json.dumps(found), encoding="utf-8")
    return 0


def main(scratch: Path) -> None:
    rounds, before = [], scratch / "before"
    if in_child(lambda: publish(before, OLD)) != 0:
        raise SystemExit("the first publish failed")
    for die_at in range(1, 500):
        root, report = scratch / f"round-{die_at}", scratch / "report.json"
        shutil.copytree(before, root)
        code = in_child(lambda root=root, at=die_at: publish(root, NEW, at))
        if in_child(lambda root=root, report=report: look(root, report)) != 0:
            raise SystemExit(f"nothing could be served after a kill at operation {die_at}")
        rounds.append({"code": code, **json.loads(report.read_text(encoding="utf-8"))})
        if code == 0:
            break
    print(json.dumps(rounds))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
