"""What each threshold of the gate costs: every question is retrieved once, then judged at every value.

cases = [Case(question, expected, *reached(steps, question)) for …]
curve = sweep("score", (6.0, 6.6, 7.2), cases)
curve.best().value
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.answering.answer import Question
from actions.answering.compose import Compose
from actions.answering.gate import Gate
from actions.answering.pipeline import Answerer, Step
from actions.answering.state import State
from actions.answering.thresholds import Thresholds
from actions.evaluation.scorer import Expected, Given, Verdict, judge
from knowledge.normalise import normalise

FILE = Path(__file__).with_name("calibration.yml")


@dataclass(frozen=True)
class Case:
    """A question with what is expected, and the state in which it reaches the gate; a draft there is final."""

    question: Question
    expected: Expected
    state: State


@dataclass(frozen=True)
class Point:
    """How a question set fares at one value. Shares are 0…1."""

    value: float
    correct: float
    coverage: float  # of the answerable questions, how many are answered
    risk: float  # of the answers given, how many are wrong
    unanswerable_refused: float
    answerable_refused: float
    right: tuple[bool, ...]  # one a question, for choosing on one half and measuring on the other

    @property
    def keeps_promises(self) -> bool:
        """Whether refusals are as often and as rarely as promised."""
        limits = settings()
        return bool(
            self.unanswerable_refused >= limits["at_least"]["unanswerable_refused"]
            and self.answerable_refused <= limits["at_most"]["answerable_refused"]
        )


@dataclass(frozen=True)
class Curve:
    """One threshold's points by rising value, and the value in force."""

    name: str
    in_force: float
    points: tuple[Point, ...]

    def best(self) -> Point:
        """Of the points that keep the promises (of all, if none does) the most correct.

        Of equals the one in force, since a change must gain something; else the middle one: other questions
        shift the edges of a plateau, and there that does least harm.
        """
        kept = [p for p in self.points if p.keeps_promises] or list(self.points)
        top = max(p.correct for p in kept)
        level = [p for p in kept if p.correct == top]
        return next((p for p in level if p.value == self.in_force), level[len(level) // 2])

    def plateau(self) -> tuple[float, float]:
        """Lowest and highest value that is as correct as the best, to one question in two hundred."""
        top = self.best().correct
        level = [p.value for p in self.points if p.correct >= top - 0.005]
        return level[0], level[-1]

    def halves(self) -> tuple[float, float]:
        """What a value chosen on every other question reaches on those, and on the questions in between."""
        chosen = max(self.points, key=lambda p: sum(p.right[::2]))
        return _mean(chosen.right[::2]), _mean(chosen.right[1::2])


@cache
def settings() -> dict[str, Any]:
    """The YAML file beside this one."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def values(name: str) -> tuple[float, ...]:
    """The values to try for a threshold, the one in force among them."""
    span = settings()["sweeps"][name]
    count = round((span["stop"] - span["start"]) / span["step"])
    tried = {round(span["start"] + i * span["step"], 4) for i in range(count + 1)}
    return tuple(sorted({*tried, getattr(Thresholds(), name)}))


def reached(steps: Sequence[Step], question: Question) -> State:
    """The state after ``steps``, the pipeline's up to the gate."""
    state = State(question, text=normalise(question.text))
    for step in steps:
        step(state)
        if state.draft is not None:
            break
    return state


def sweep(name: str, tried: Sequence[float], cases: Sequence[Case]) -> Curve:
    """Judge all cases with threshold ``name`` at each of the values, the others as in force.

    :raises TypeError: for a name that Thresholds doesn't have.
    """
    in_force = Thresholds()
    points = tuple(
        _point(value, [*_verdicts(replace(in_force, **{name: value}), cases)]) for value in sorted(tried)
    )
    return Curve(name, getattr(in_force, name), points)


def lines(curve: Curve) -> list[str]:
    """The curve as a table, the proposal and its reason."""
    text = [f"{curve.name:<12}{'correct':>9}{'coverage':>10}{'risk':>8}{'该拒的拒了':>8}{'误拒':>8}"]
    best = curve.best()
    for p in curve.points:
        mark = " ← 现在" if p.value == curve.in_force else ""
        mark += " ← 建议" if p.value == best.value else ""
        text.append(
            f"{p.value:<12g}{p.correct:>9.3f}{p.coverage:>10.3f}{p.risk:>8.3f}"
            f"{p.unanswerable_refused:>11.3f}{p.answerable_refused:>10.3f}{mark}"
        )
    return [*text, reason(curve)]


def reason(curve: Curve) -> str:
    """Which value the set speaks for, and how much that is worth."""
    best, now = curve.best(), next(p for p in curve.points if p.value == curve.in_force)
    low, high = curve.plateau()
    why = "没有更好的，不必改" if best.value == curve.in_force else "取最高一段的中间"
    own, other = curve.halves()
    promise = (
        "拒答的两条承诺都守住" if best.keeps_promises else "没有一个值能守住拒答的两条承诺，只按正确率选"
    )
    return (
        f"{curve.name}：建议 {best.value:g}（现在 {curve.in_force:g}）。{promise}；正确 {best.correct:.3f}，现在 {now.correct:.3f}；"
        f"{low:g} 到 {high:g} 之间相差不到千分之五，{why}。用单数题选出的值，在单数题上 {own:.3f}，在双数题上 {other:.3f}。"
    )


def _verdicts(thresholds: Thresholds, cases: Sequence[Case]) -> Iterator[Verdict]:
    for case in cases:
        answer = Answerer([_replay(case.state), Gate(thresholds), Compose()]).answer(case.question)
        passages = tuple((c.origin, c.passage_text) for c in answer.citations)
        yield judge(case.expected, Given(answer.text, answer.refused, passages))


def _replay(reached: State) -> Callable[[State], None]:
    """A step that puts a fresh state where ``reached`` was."""

    def step(state: State) -> None:
        state.reading, state.draft = reached.reading, reached.draft
        state.evidence, state.notes = list(reached.evidence), dict(reached.notes)

    return step


def _point(value: float, verdicts: Sequence[Verdict]) -> Point:
    answerable = [v for v in verdicts if v.answerable]
    return Point(
        value=value,
        correct=_mean([v.correct for v in verdicts]),
        coverage=_mean([not v.refused for v in answerable]),
        risk=_mean([not v.correct for v in verdicts if not v.refused]),
        unanswerable_refused=_mean([v.refused for v in verdicts if not v.answerable], empty=1.0),
        answerable_refused=_mean([v.refused for v in answerable]),
        right=tuple(v.correct for v in verdicts),
    )


def _mean(found: Sequence[bool], empty: float = 0.0) -> float:
    return sum(found) / len(found) if found else empty
