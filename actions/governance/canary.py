"""Check questions: a new generation must answer each of them before it is served."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from actions.answering.answer import Answer, Question
from knowledge.normalise import normalise

FILE = Path(__file__).with_name("canaries.yml")
SEALED = "canaries.json"  # among a generation's own files
_SHOWN = 60


class Answers(Protocol):
    """The part of the pipeline that is checked."""

    def answer(self, question: Question) -> Answer: ...


@dataclass(frozen=True)
class Canary:
    """``holds``: what must stand in the answer; ``source``: the id of a document it must cite, or empty.

    ``status``: the status the answer must have, or empty.
    """

    question: str
    holds: tuple[str, ...] = ()
    source: str = ""
    status: str = ""

    def failure(self, answers: Answers) -> str:
        """What is wrong with the answer; empty when it is right."""
        answer = answers.answer(Question(self.question))
        text = normalise(answer.text)
        if missing := [part for part in self.holds if normalise(part) not in text]:
            return f"「{self.question}」的回答里没有 {'、'.join(missing)}，答的是「{answer.text[:_SHOWN]}」"
        cited = {citation.source_id for citation in answer.citations}
        if self.source and self.source not in cited:
            return f"「{self.question}」没有引用 {self.source}，引用的是 {'、'.join(sorted(cited)) or '无'}"
        if self.status and answer.status != self.status:
            return f"「{self.question}」应是 {self.status}，得到 {answer.status}"
        return ""


def failures(answers: Answers, canaries: Iterable[Canary]) -> tuple[str, ...]:
    """What is wrong with each of them that fails."""
    return tuple(found for canary in dict.fromkeys(canaries) if (found := canary.failure(answers)))


def load_canaries(path: Path = FILE) -> tuple[Canary, ...]:
    """The questions of a YAML file. Raises ValueError for one without a question or a condition."""
    return tuple(_canary(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["canaries"])


def sealed_canaries(folder: Path) -> tuple[Canary, ...]:
    """Those that came with a generation's documents; none when it has no such file."""
    path = folder / SEALED
    if not path.is_file():
        return ()
    return tuple(_canary(entry) for entry in json.loads(path.read_text(encoding="utf-8")))


def as_sealed(canaries: Sequence[Canary]) -> bytes:
    """For ``sealed_canaries``."""
    return json.dumps([asdict(canary) for canary in canaries], ensure_ascii=False, indent=1).encode()


def _canary(entry: dict[str, Any]) -> Canary:
    made = Canary(
        str(entry.get("question", "")).strip(),
        tuple(str(part) for part in entry.get("holds", ())),
        str(entry.get("source", "")),
        str(entry.get("status", "")),
    )
    if not made.question or not (made.holds or made.source or made.status):
        raise ValueError(f"核对问题 {entry!r} 要有 question，和 holds、source、status 中至少一项")
    return made
