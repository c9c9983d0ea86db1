"""Verdicts → a table per kind, and the failures by the step of the pipeline that they point to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from actions.evaluation.scorer import Verdict

ALL = "ALL"
# Where to look for the cause, first match first; the last one is no failure of the answer itself.
STEPS = {
    "wrongly_refused": "答得上却拒答（门槛、意图）",
    "wrongly_answered": "该拒答却答了（门槛）",
    "wrong_label": "说了别的年份、区或行的数（年份、区域、表格）",
    "not_retrieved": "没有引到该引的段落（检索）",
    "wrong_clause": "段落对，句子不对或缺要点（选句）",
    "too_long": "太长（组织）",
    "thin_citation": "答对了，引文不全",
}


@dataclass(frozen=True)
class Judged:
    """A verdict with the question and answer it is about."""

    id: str
    question: str
    answer: str
    verdict: Verdict


@dataclass(frozen=True)
class Figures:
    """Counts of one kind of question; shares are 0…1, None where nothing is counted."""

    kind: str
    count: int
    correct: float
    evidence: float | None
    unanswerable_refused: float | None
    answerable_refused: float | None
    forbidden: int  # answers that say what only a wrong one says


def figures(judged: Sequence[Judged]) -> tuple[Figures, ...]:
    """One entry a kind in order of appearance, and one for all."""
    kinds = dict.fromkeys(j.verdict.kind for j in judged)
    groups = [(kind, [j.verdict for j in judged if j.verdict.kind == kind]) for kind in kinds]
    return tuple(_figures(kind, found) for kind, found in [*groups, (ALL, [j.verdict for j in judged])])


def step(verdict: Verdict) -> str:
    """The key of STEPS that a verdict points to, "" when nothing is wrong."""
    if verdict.answerable and verdict.refused:
        return "wrongly_refused"
    if not verdict.answerable and not verdict.refused:
        return "wrongly_answered"
    if verdict.forbidden:
        return "wrong_label"
    if verdict.missing:
        return "wrong_clause" if verdict.evidence == 1 else "not_retrieved"
    if verdict.too_long:
        return "too_long"
    return "thin_citation" if verdict.evidence not in (None, 1) else ""


def failures(judged: Sequence[Judged]) -> dict[str, tuple[Judged, ...]]:
    """Step → what points to it, in the order of STEPS; steps without any are left out."""
    found = {name: tuple(j for j in judged if step(j.verdict) == name) for name in STEPS}
    return {name: group for name, group in found.items() if group}


def table(judged: Sequence[Judged]) -> list[str]:
    """The figures as lines of equal columns, and how refusals fared."""
    lines = [f"{'':<18}{'n':>5}{'correct':>10}{'evidence':>10}{'must_not':>10}"]
    for f in figures(judged):
        evidence = "-" if f.evidence is None else f"{f.evidence:.3f}"
        lines.append(f"{f.kind:<18}{f.count:>5}{f.correct:>10.3f}{evidence:>10}{f.forbidden:>10}")
    due = [j.verdict.refused for j in judged if not j.verdict.answerable]
    undue = [j.verdict.refused for j in judged if j.verdict.answerable]
    return [*lines, f"该拒答的拒了 {sum(due)}/{len(due)}；答得上的误拒 {sum(undue)}/{len(undue)}"]


def listing(judged: Sequence[Judged]) -> list[str]:
    """Every failure under its step, with what is missing or should not have been said."""
    lines = []
    for name, group in failures(judged).items():
        lines.append(f"── {STEPS[name]}：{len(group)}")
        lines += [f"  {j.id} {j.question}{_why(j.verdict)}\n      → {_short(j.answer)}" for j in group]
    return lines


def _figures(kind: str, verdicts: Sequence[Verdict]) -> Figures:
    return Figures(
        kind=kind,
        count=len(verdicts),
        correct=_mean(v.correct for v in verdicts) or 0.0,
        evidence=_mean(v.evidence for v in verdicts if v.evidence is not None),
        unanswerable_refused=_mean(v.refused for v in verdicts if not v.answerable),
        answerable_refused=_mean(v.refused for v in verdicts if v.answerable),
        forbidden=sum(bool(v.forbidden) for v in verdicts),
    )


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None


def _why(verdict: Verdict) -> str:
    missing = ["/".join(group) for group in verdict.missing]
    parts = [
        *([f"缺 {'、'.join(missing)}"] if missing else []),
        *([f"不该说 {'、'.join(verdict.forbidden)}"] if verdict.forbidden else []),
        *([f"引文 {verdict.evidence:.2f}"] if verdict.evidence not in (None, 1) else []),
    ]
    return f"  （{'；'.join(parts)}）" if parts else ""


def _short(text: str, limit: int = 90) -> str:
    line = " / ".join(text.split("\n"))
    return line if len(line) <= limit else line[: limit - 1] + "…"
