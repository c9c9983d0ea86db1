"""Thresholds are judged on what reaches the gate, at every value, and nothing is changed by it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.answering.answer import Question
from actions.answering.guard import refusal
from actions.answering.state import Reading, State
from actions.answering.thresholds import Thresholds
from actions.evaluation.calibration import (
    Case,
    Curve,
    Point,
    lines,
    reached,
    reason,
    settings,
    sweep,
    values,
)
from actions.evaluation.curve import SERIES, svg
from actions.evaluation.scorer import Expected
from bot.cli import app
from embeddings.retriever import Concept
from tests.actions.answering.making import CARE, evidence
from tests.real import Real

THING = Concept("养老", ("养老",))


def case(score: float, answerable: bool = True, key: str = "273", draft: bool = False) -> Case:
    """A question whose best evidence has this score."""
    question = Question("养老机构")
    reading = Reading("养老机构", "养老机构", concepts=(THING,))
    state = State(question, text="养老机构", reading=reading, evidence=[evidence(CARE, score=score)])
    if draft:
        state.draft = refusal("refused_unsafe")
    return Case(question, Expected("k", answerable, ("press-1.txt",), (), (), ((key,),), ()), state)


def test_a_value_decides_what_is_answered_and_how_much_of_it_is_wrong() -> None:
    cases = [case(9.0), case(7.0), case(7.0, answerable=False), case(9.0, key="没有这句")]
    low, high = sweep("score", (8.0, 6.0), cases).points
    assert (low.value, high.value) == (6.0, 8.0)
    assert (low.coverage, high.coverage) == (1.0, pytest.approx(2 / 3))
    assert (low.risk, high.risk) == (0.5, 0.5)
    assert (low.unanswerable_refused, high.unanswerable_refused) == (0.0, 1.0)
    assert (low.correct, high.correct) == (0.5, 0.5)
    assert high.right == (True, False, True, False)


def test_what_is_decided_before_the_gate_stays_decided() -> None:
    curve = sweep("score", (0.0, 100.0), [case(9.0, answerable=False, draft=True)])
    assert [p.unanswerable_refused for p in curve.points] == [1.0, 1.0]


def test_a_state_can_be_judged_again_and_again() -> None:
    cases = [case(7.0)]
    before = repr(cases)
    first = sweep("score", (6.0, 8.0), cases)
    assert sweep("score", (6.0, 8.0), cases) == first
    assert repr(cases) == before


def test_the_steps_run_until_one_has_an_answer() -> None:
    def refuse(state: State) -> None:
        state.draft = refusal("refused_unsafe")

    def never(_: State) -> None:
        raise AssertionError

    assert reached([refuse, never], Question("？")).draft is not None
    assert reached([], Question("４３")).text == "43"


def point(value: float, right: str, refused: float = 1.0, wrongly: float = 0.0) -> Point:
    found = tuple(sign == "+" for sign in right)
    return Point(value, sum(found) / len(found), 1.0, 0.0, refused, wrongly, found)


def test_the_proposal_keeps_the_promises_and_is_the_most_correct() -> None:
    curve = Curve("score", 1.0, (point(1, "+---"), point(2, "++--"), point(3, "+++-", refused=0.9)))
    assert curve.best().value == 2
    none = Curve("score", 1.0, (point(1, "+---", wrongly=0.5), point(2, "++--", wrongly=0.5)))
    assert none.best().value == 2
    assert "没有一个值能守住" in reason(none)


def test_of_equal_values_the_one_in_force_stays_and_else_the_middle_is_taken() -> None:
    level = tuple(point(value, "++--") for value in (1.0, 2.0, 3.0))
    assert Curve("score", 3.0, level).best().value == 3
    assert Curve("score", 0.0, (point(0, "+---"), *level)).best().value == 2
    assert Curve("score", 3.0, level).plateau() == (1, 3)
    assert "不必改" in reason(Curve("score", 3.0, level))


def test_a_value_chosen_on_one_half_is_measured_on_the_other() -> None:
    curve = Curve("score", 1.0, (point(1, "+-+-"), point(2, "-+-+")))
    assert curve.halves() == (1.0, 0.0)


def test_the_file_names_thresholds_that_exist_and_tries_the_ones_in_force() -> None:
    names = {field.name for field in fields(Thresholds)}
    assert settings()["sweeps"].keys() <= names
    for name in settings()["sweeps"]:
        tried = values(name)
        assert len(tried) > 8
        assert getattr(Thresholds(), name) in tried
        assert tried[0] < getattr(Thresholds(), name) < tried[-1]
    with pytest.raises(TypeError):
        sweep("nothing", (1.0,), [])


def test_the_picture_has_a_line_a_measure_for_every_threshold() -> None:
    curves = [Curve(name, 1.0, (point(1, "++"), point(2, "+-"))) for name in ("score", "a<b")]
    root = ET.fromstring(svg(curves))
    drawn = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert len(drawn) == len(curves) * len(SERIES)
    assert "a<b" in "".join(root.itertext())
    with pytest.raises(ValueError, match="two points"):
        svg([Curve("score", 1.0, (point(1, "+"),))])


def test_the_table_marks_what_is_in_force_and_what_is_proposed() -> None:
    table = lines(Curve("score", 1.0, (point(1, "+-"), point(2, "++"))))
    assert table[1].endswith("← 现在")
    assert table[2].endswith("← 建议")


def test_the_command_measures_a_file(real: Real, tmp_path: Path) -> None:
    base = {"answerable": True, "kind": "k"}
    asked = [
        {"id": "a", "question": "海曙有多少家居家养老机构", **base, "answer_keys": [["273"]]},
        {"id": "b", "question": "海曙的火星基地有几个", **base, "answerable": False, "answer_keys": []},
        {"id": "c", "question": "没有要点的题"},
    ]
    file = tmp_path / "in.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in asked), "utf-8")
    runner = CliRunner(env={"INDEX_DIR": str(real.settings.index_dir)})
    done = runner.invoke(app, ["calibrate", str(file), str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "score：建议" in done.output
    assert "2 题" in done.output
    figures = json.loads((tmp_path / "out" / "curves.json").read_text("utf-8"))
    assert figures.keys() == settings()["sweeps"].keys()
    now = [p for p in figures["score"]["points"] if p["value"] == figures["score"]["in_force"]]
    assert [p["right"] for p in now] == [[True, True]]
    ET.parse(tmp_path / "out" / "curves.svg")


def test_a_file_without_keys_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": "a", "question": "海曙"}\n', "utf-8")
    done = CliRunner().invoke(app, ["calibrate", str(file), str(tmp_path)])
    assert done.exit_code == 1
    assert "answer_keys" in str(done.exception)
