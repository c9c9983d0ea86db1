"""The retrieval benchmark on a small set: reading, figures, and our own systems for real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.metrics import measure
from benchmarks.retrieval import main
from benchmarks.squad import DatasetError, read_squad

MODELS = Path(__file__).parents[2] / "var" / "models"
PARAGRAPHS = {
    "全區推進養老服務。建成居家養老服務中心7家。": ["居家養老服務中心有幾家？", "建成了多少家養老服務中心？"],
    "人才總量達到43萬人。引進高層次人才120名。": ["人才總量是多少？"],
    "新增國家高新技術企業30家。": ["新增高新技術企業多少家？"],
    "老年大學開辦三所。": ["老年大學有幾所？"],
}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    paragraphs = [
        {"context": text, "qas": [{"question": question} for question in questions]}
        for text, questions in PARAGRAPHS.items()
    ]
    repeated = {"paragraphs": [{"context": next(iter(PARAGRAPHS)), "qas": [{"question": "再問一次中心？"}]}]}
    path = tmp_path / "small.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}, repeated]}), encoding="utf-8")
    return path


def test_equal_paragraphs_are_one(squad: Path) -> None:
    dataset = read_squad(squad)
    assert dataset.name == "small"
    assert dataset.passages == tuple(PARAGRAPHS)
    assert dataset.gold == (0, 0, 1, 2, 3, 0)
    assert dataset.questions[-1] == "再問一次中心？"


def test_a_limit_thins_the_questions_and_keeps_the_paragraphs(squad: Path) -> None:
    dataset = read_squad(squad, limit=3)
    assert dataset.gold == (0, 1, 3)
    assert len(dataset.passages) == 4


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[", "not in SQuAD's format"),
        ('{"version": 1}', "KeyError 'data'"),
        ('{"data": [{"paragraphs": [{"qas": [{"question": "?"}]}]}]}', "KeyError 'context'"),
        ('{"data": []}', "holds no question"),
    ],
)
def test_another_format_is_refused(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=named):
        read_squad(path)


def test_figures_are_those_of_their_definitions() -> None:
    ranked = [[3, 1], [0, 1, 2, 4, 5, 6], [9], list(range(20, 40))]
    figures = measure(ranked, gold=[3, 6, 0, 30], ms=[1.0, 9.0, 2.0, 3.0], cpu_ms=[1.0])
    assert figures.recall_1 == 1 / 4
    assert figures.recall_5 == 1 / 4  # 6 stands sixth
    assert figures.mrr_10 == pytest.approx((1 + 1 / 6) / 4)  # 30 stands eleventh
    assert figures.ms == 2.5
    with pytest.raises(ValueError, match="2 rankings for 1 questions"):
        measure([[1], [2]], [1], [1.0], [1.0])


def test_the_command_measures_our_systems(
    squad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "table.md"
    common = ["--models", str(MODELS), "--scratch", str(tmp_path), "--no-peers", "--out", str(out)]
    assert main([str(squad), *common]) == 0
    table = capsys.readouterr().out.strip()
    written = out.read_text(encoding="utf-8")
    assert table in written
    assert "`python -m benchmarks.retrieval small.json --out benchmarks/RESULTS.md --no-peers`" in written
    assert "small: 6 questions → 4 paragraphs" in table
    (full,) = [line for line in table.splitlines() if "late interaction" in line]
    assert full.split("|")[2:5] == [" 100.0 ", " 100.0 ", " 100.0 "]


def test_a_missing_set_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "gone.json"), "--no-peers"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert (
        "gone.json cannot be read: No such file or directory. Give a SQuAD-format JSON file." in captured.err
    )
