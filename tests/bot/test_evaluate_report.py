"""``evaluate``: a file with answer keys is judged, one without is only answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands import evaluate, tell
from bot.commands.errors import InputInvalid
from bot.commands.evaluate import read_items, result, verdicts
from bot.commands.tell import PipelineTeller

KEYS = {"kind": "elderly_care", "answerable": True, "doc": ["000.txt"], "must_not": ["274"]}
ASKED = {"id": "q1", "question": "多少机构", **KEYS, "evidence": ["机构273个"], "answer_keys": [["273"]]}
WRONG = {**ASKED, "id": "q2", "answer_keys": [["300"]]}
PLAIN = {"id": "q3", "question": "多少机构"}


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_items_with_keys_are_judged_by_what_was_told(answerer, tmp_path: Path) -> None:
    items = read_items(written(tmp_path / "in", ASKED, WRONG, PLAIN))
    results = [result(item, PipelineTeller(answerer, 300).tell(item.question, ())) for item in items]
    judged = verdicts(items, results)
    assert [(j.id, j.verdict.correct, j.verdict.evidence) for j in judged] == [
        ("q1", True, 1.0),
        ("q2", False, 1.0),
    ]
    assert judged[0].answer == results[0]["answer"]


def test_unusable_answer_keys_are_named_with_their_line(tmp_path: Path) -> None:
    path = written(tmp_path / "in", ASKED, {**WRONG, "answer_keys": ["300"]})
    with pytest.raises(InputInvalid, match="第 2 行的答案要点用不了：field 'answer_keys'"):
        read_items(path)


@pytest.mark.parametrize(("row", "report"), [(WRONG, True), (PLAIN, False)])
def test_the_command_prints_the_report_only_for_questions_with_keys(
    answerer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: dict[str, object], report: bool
) -> None:
    monkeypatch.setattr(evaluate, "teller", lambda *_: tell.PipelineTeller(answerer, 300))
    path, out = written(tmp_path / "in", row), tmp_path / "out"
    answer = CliRunner().invoke(app, ["evaluate", str(path), str(out)])
    assert answer.exit_code == 0, answer.output
    assert json.loads(out.read_text("utf-8"))["id"] == row["id"]
    assert ("q2 多少机构  （缺 300）" in answer.output) is report
    assert ("evidence" in answer.output) is report
