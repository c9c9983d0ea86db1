"""What the product knows was not copied from what it is measured by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.normalise import normalise

ROOT = Path(__file__).parents[2]
FOLDERS = ("knowledge", "embeddings", "actions", "bot")
KINDS = {".py", ".yml", ".jsonl", ".json", ".txt", ".js", ".html", ".md"}
SETS = [ROOT / "tests" / "evaluation" / name for name in ("questions.jsonl", "second.jsonl")]
SHORT = 8  # «那2025年呢» is anybody's; from here on the same wording twice is no accident


def files() -> list[Path]:
    found = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in KINDS and p.is_file()]
    published = ROOT / "knowledge" / "sources"
    return [p for p in found if published not in p.parents]


def questions() -> list[str]:
    lines = [json.loads(line) for path in SETS for line in path.read_text("utf-8").splitlines()]
    texts = {normalise(text) for line in lines for text in (line["question"], *line.get("history", []))}
    return sorted(text.rstrip("?。!") for text in texts if len(text) >= SHORT)


def test_there_is_something_to_compare() -> None:
    assert len(questions()) > 200
    assert len(files()) > 60


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_of_the_product_holds_a_question_it_is_measured_by(path: Path) -> None:
    text = normalise(path.read_text("utf-8"))
    assert [question for question in questions() if question in text] == []
