"""The report: figures that add up, and every failure under exactly one step."""

from __future__ import annotations

import pytest

from actions.evaluation.report import ALL, STEPS, Judged, failures, figures, listing, step, table
from actions.evaluation.scorer import Verdict


def verdict(
    kind: str = "health",
    answerable: bool = True,
    refused: bool = False,
    correct: bool = True,
    evidence: float | None = 1.0,
    missing: tuple[tuple[str, ...], ...] = (),
    forbidden: tuple[str, ...] = (),
    too_long: bool = False,
) -> Verdict:
    return Verdict(kind, answerable, refused, correct, evidence, missing, forbidden, too_long)


RIGHT = verdict()
MISSED = verdict(correct=False, evidence=0.0, missing=(("273",),))
CLAUSE = verdict(correct=False, missing=(("273", "二百七十三"),))
YEAR = verdict("economy", correct=False, missing=(("43万",),), forbidden=("27.88",))
SHY = verdict("economy", refused=True, correct=False, missing=(("43万",),), evidence=1.0)
BOLD = verdict("unanswerable", answerable=False, correct=False, evidence=None)
SILENT = verdict("unanswerable", answerable=False, refused=True, evidence=None)
LEAK = verdict("unanswerable", answerable=False, refused=True, correct=False, evidence=None, forbidden=("9",))
LONG = verdict(correct=False, too_long=True)
THIN = verdict(evidence=0.5)
EVERY = (RIGHT, MISSED, CLAUSE, YEAR, SHY, BOLD, SILENT, LEAK, LONG, THIN)
JUDGED = [Judged(f"q{i}", f"问题{i}", f"回答{i}\n来源", v) for i, v in enumerate(EVERY)]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (RIGHT, ""),
        (SILENT, ""),
        (MISSED, "not_retrieved"),
        (CLAUSE, "wrong_clause"),
        (YEAR, "wrong_label"),
        (LEAK, "wrong_label"),
        (SHY, "wrongly_refused"),
        (BOLD, "wrongly_answered"),
        (LONG, "too_long"),
        (THIN, "thin_citation"),
    ],
)
def test_a_verdict_points_to_one_step(given: Verdict, name: str) -> None:
    assert step(given) == name


def test_every_step_has_its_wording_and_every_wrong_answer_a_step() -> None:
    assert {step(v) for v in EVERY} - {""} == set(STEPS)
    assert [v for v in EVERY if not v.correct and step(v) in ("", "thin_citation")] == []


def test_figures_per_kind_add_up_to_all() -> None:
    found = {f.kind: f for f in figures(JUDGED)}
    assert list(found) == ["health", "economy", "unanswerable", ALL]
    assert sum(f.count for kind, f in found.items() if kind != ALL) == found[ALL].count == len(EVERY)
    assert found[ALL].correct == pytest.approx(sum(v.correct for v in EVERY) / len(EVERY))
    health = found["health"]
    assert (health.count, health.correct) == (5, 0.4)
    assert health.evidence == pytest.approx(0.7)
    assert (health.unanswerable_refused, health.answerable_refused, health.forbidden) == (None, 0.0, 0)
    refusals = found["unanswerable"]
    assert refusals.evidence is None
    assert refusals.answerable_refused is None
    assert refusals.unanswerable_refused == pytest.approx(2 / 3)
    assert found["economy"].answerable_refused == 0.5
    assert found[ALL].forbidden == 2


def test_failures_are_grouped_in_the_order_of_the_steps() -> None:
    groups = failures(JUDGED)
    assert list(groups) == list(STEPS)
    assert [j.id for j in groups["wrong_label"]] == ["q3", "q7"]
    assert failures(JUDGED[:1]) == {}


def test_the_table_has_a_line_a_kind_and_tells_how_refusals_fared() -> None:
    lines = table(JUDGED)
    assert [line.split()[0] for line in lines[1:-1]] == ["health", "economy", "unanswerable", ALL]
    assert len({len(line) for line in lines[:-1]}) == 1
    assert lines[-1] == "该拒答的拒了 2/3；答得上的误拒 1/7"


def test_the_listing_says_what_is_missing_and_what_should_not_have_been_said() -> None:
    text = "\n".join(listing(JUDGED))
    assert "q2 问题2  （缺 273/二百七十三）" in text
    assert "q3 问题3  （缺 43万；不该说 27.88）" in text
    assert "q9 问题9  （引文 0.50）" in text
    assert "→ 回答2 / 来源" in text
    assert "q0" not in text


def test_a_long_answer_is_cut_in_the_listing() -> None:
    line = listing([Judged("q", "问", "字" * 500, LONG)])[-1]
    assert line.endswith("字…")
    assert len(line) < 150
