"""The whole question set through the real pipeline: figures that must not fall, and nothing sent that isn't cited."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.answering.answer import Answer
from actions.answering.rules import statuses
from actions.evaluation.report import Figures, Judged, figures, listing
from actions.evaluation.scorer import Given, expected, judge
from bot.commands.tell import PipelineTeller
from tests.claims import loose_numbers, numbers, stance_years
from tests.real import Real

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
FLOORS: dict[str, dict[str, float]] = yaml.safe_load((HERE / "floors.yml").read_text("utf-8"))


def lines_of(name: str) -> list[dict[str, Any]]:
    """One question set."""
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


@dataclass(frozen=True)
class Run:
    """Every line of the question set with its answer and the verdict on it."""

    lines: Sequence[dict[str, Any]]
    answers: Sequence[Answer]
    judged: Sequence[Judged]

    def all(self) -> Figures:
        return figures(self.judged)[-1]


@pytest.fixture(scope="module")
def run(real: Real) -> Run:
    return asked(real, lines_of("questions.jsonl"))


@pytest.fixture(
    scope="module",
    params=["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
)
def other(real: Real, request: pytest.FixtureRequest) -> tuple[str, Run]:
    """The sets by other hands."""
    return request.param, asked(real, lines_of(f"{request.param}.jsonl"))


def asked(real: Real, lines: list[dict[str, Any]]) -> Run:
    teller = PipelineTeller(real.answerer, real.settings.question_max_chars)
    answers = [teller.answer(line["question"], line.get("history", ())) for line in lines]
    judged = []
    for line, answer in zip(lines, answers, strict=True):
        passages = tuple((c.origin, c.passage_text) for c in answer.citations)
        wanted = expected(line)
        assert wanted is not None
        verdict = judge(wanted, Given(answer.text, answer.refused, passages))
        judged.append(Judged(line["id"], line["question"], answer.text, verdict))
    return Run(lines, answers, judged)


@pytest.mark.parametrize("figure", FLOORS["at_least"])
def test_figures_stay_above_their_floor(run: Run, figure: str) -> None:
    value = getattr(run.all(), figure)
    assert value >= FLOORS["at_least"][figure], "\n".join(listing(run.judged))


@pytest.mark.parametrize("figure", sorted(set(FLOORS["at_most"]) - {"split_gap"}))
def test_figures_stay_below_their_ceiling(run: Run, figure: str) -> None:
    value = getattr(run.all(), figure)
    assert value <= FLOORS["at_most"][figure], "\n".join(listing(run.judged))


@pytest.mark.parametrize("figure", ["correct", "evidence"])
def test_a_set_by_another_hand_stays_above_its_floor(other: tuple[str, Run], figure: str) -> None:
    name, run = other
    value = getattr(run.all(), figure)
    assert value >= FLOORS[f"{name}_at_least"][figure], "\n".join(listing(run.judged))


def test_both_halves_do_about_as_well(run: Run) -> None:
    halves = {
        split: figures([j for j, line in zip(run.judged, run.lines, strict=True) if line["split"] == split])
        for split in ("dev", "test")
    }
    gap = halves["dev"][-1].correct - halves["test"][-1].correct
    assert gap <= FLOORS["at_most"]["split_gap"]


def test_floors_are_near_what_was_measured() -> None:
    """A floor far below the figures guards nothing."""
    measured = FLOORS["measured"]
    far = {name: floor for name, floor in FLOORS["at_least"].items() if measured[name] - floor > 0.05}
    assert far == {}
    assert all(measured[name] >= floor for name, floor in FLOORS["at_least"].items())
    assert all(measured[name] <= FLOORS["at_most"][name] for name in ("answerable_refused", "forbidden"))


def test_no_answer_holds_a_number_that_nothing_it_cites_holds(run: Run) -> None:
    loose = {}
    for line, answer in zip(run.lines, run.answers, strict=True):
        # a refusal may say which year it was asked about; an answer has no numbers but the sources'
        echoed = numbers(" ".join([line["question"], *line.get("history", [])])) if answer.refused else set()
        if found := loose_numbers(answer) - echoed:
            loose[line["id"]] = (found, answer.text)
    assert loose == {}


def test_no_year_is_shown_that_the_cited_documents_do_not_speak_of(run: Run, real: Real) -> None:
    periods = {source.id: source.period for source in real.corpus.library.sources}
    outside = {}
    for line, answer in zip(run.lines, run.answers, strict=True):
        printed = {n for c in answer.citations for n in numbers(c.passage_text)}
        spans = [periods[c.source_id] for c in answer.citations]
        years = [
            y for y in stance_years(answer.text) - printed if not any(a <= int(y) <= b for a, b in spans)
        ]
        if years:
            outside[line["id"]] = (years, answer.text)
    assert outside == {}


def test_every_answer_is_cited_verbatim_and_every_refusal_shows_a_way_out(run: Run, real: Real) -> None:
    passages = {p.id: p for p in real.corpus.library.passages}
    for answer in run.answers:
        assert answer.status in statuses()
        if answer.status.startswith("answered"):
            assert answer.citations, answer.text
        for citation in answer.citations:
            assert passages[citation.passage_id].text == citation.passage_text
        if answer.refused:
            assert any(way in answer.text for way in ("81890", "12345", "12320")) or answer.status in (
                "clarify",
                "refused_other_district",
            )


def test_zhenhai_is_never_shown_without_saying_so(run: Run) -> None:
    unsaid = [
        j.id
        for j, answer in zip(run.judged, run.answers, strict=True)
        if any(c.district == "镇海" for c in answer.citations)
        and "镇海" not in answer.text
        and "Zhenhai" not in answer.text
    ]
    assert unsaid == []
