"""Three hundred ways in which a published index can be damaged on disk, each drawn from a seed."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.inputs.tally import SEED

MANIFEST = "manifest.json"
EACH = {"a bit": 110, "a length": 70, "two files": 40, "a file": 30, "the manifest": 50}


@dataclass(frozen=True)
class Harm:
    """``do`` damages the folder of a generation; ``other`` is the folder of a sound one."""

    name: str
    do: Callable[[Path, Path], None]


def harms() -> list[Harm]:
    """All of them."""
    chance = random.Random(SEED)
    makers = {"a bit": _bit, "a length": _length, "two files": _swap, "a file": _file, "the manifest": _edit}
    return [Harm(f"{kind} {i}", makers[kind](chance.random())) for kind, n in EACH.items() for i in range(n)]


def files(folder: Path) -> list[Path]:
    """Every file, the manifest too."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _bit(seed: float) -> Callable[[Path, Path], None]:
    def do(folder: Path, _: Path) -> None:
        chance = random.Random(seed)
        path = chance.choice(files(folder))
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)

    return do


def _length(seed: float) -> Callable[[Path, Path], None]:
    def do(folder: Path, _: Path) -> None:
        chance = random.Random(seed)
        path = chance.choice(files(folder))
        data = path.read_bytes()
        if chance.random() < 0.25:
            path.write_bytes(data + chance.randbytes(chance.randint(1, 4096)))
        else:
            path.write_bytes(data[: chance.randrange(len(data))])

    return do


def _swap(seed: float) -> Callable[[Path, Path], None]:
    """With another file of the generation, or with the same file of another generation."""

    def do(folder: Path, other: Path) -> None:
        chance = random.Random(seed)
        here = files(folder)
        pairs = [(a, b) for a in here for b in here if a < b and a.read_bytes() != b.read_bytes()]
        own = [(a, other / a.relative_to(folder)) for a in here]
        own = [(a, b) for a, b in own if b.is_file() and a.read_bytes() != b.read_bytes()]
        one, two = chance.choice(pairs if chance.random() < 0.5 else own)
        data = one.read_bytes()
        one.write_bytes(two.read_bytes())
        if two.is_relative_to(folder):
            two.write_bytes(data)

    return do


def _file(seed: float) -> Callable[[Path, Path], None]:
    """One is missing, empty, a folder, or too many."""

    def do(folder: Path, _: Path) -> None:
        chance = random.Random(seed)
        path = chance.choice(files(folder))
        how = chance.choice(("missing", "empty", "folder", "more", "all"))
        if how == "more":
            (path.parent / f"more-{chance.randrange(10**6)}").write_bytes(chance.randbytes(64))
        elif how == "all":
            for one in files(folder):
                one.unlink()
        elif how == "empty":
            path.write_bytes(b"")
        else:
            path.unlink()
            if how == "folder":
                path.mkdir()

    return do


def _edit(seed: float) -> Callable[[Path, Path], None]:
    """Somebody edits the manifest by hand: a fact, its type, a file's line; or a file together with its line."""

    def do(folder: Path, other: Path) -> None:
        chance = random.Random(seed)
        path = folder / MANIFEST
        facts = json.loads(path.read_text("utf-8"))
        chance.choice((_lose, _retype, _rename, _unlist, _invent, _borrow, _recount))(
            facts, folder, other, chance
        )
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", "utf-8")

    return do


Facts = dict[str, Any]


def _lose(facts: Facts, _folder: Path, _other: Path, chance: random.Random) -> None:
    del facts[chance.choice([name for name in facts if name != "sum"])]


def _retype(facts: Facts, _folder: Path, _other: Path, chance: random.Random) -> None:
    facts[chance.choice(list(facts))] = chance.choice((None, [], {}, "", "x", -1, 1e308, True, {"x": "y"}))


def _rename(facts: Facts, _folder: Path, _other: Path, chance: random.Random) -> None:
    name = chance.choice(("encoder", "corpus", "created"))
    facts[name] = f"{facts[name]}-2"


def _unlist(facts: Facts, folder: Path, _other: Path, chance: random.Random) -> None:
    """A file is changed and taken off the list."""
    name = chance.choice(list(facts["files"]))
    del facts["files"][name]
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 0x10
    (folder / name).write_bytes(data)


def _invent(facts: Facts, _folder: Path, _other: Path, chance: random.Random) -> None:
    facts["files"][chance.choice(("../CURRENT", "/etc/hostname", "passages/none", ""))] = "0" * 64


def _borrow(facts: Facts, _folder: Path, other: Path, _chance: random.Random) -> None:
    """The list of another generation."""
    facts["files"] = json.loads((other / MANIFEST).read_text("utf-8"))["files"]


def _recount(facts: Facts, _folder: Path, _other: Path, chance: random.Random) -> None:
    name = chance.choice(list(facts["counts"]))
    facts["counts"] = {name: facts["counts"][name] + 1}


def restore(folder: Path, sound: Path) -> None:
    """Undo it."""
    shutil.rmtree(folder)
    shutil.copytree(sound, folder)
