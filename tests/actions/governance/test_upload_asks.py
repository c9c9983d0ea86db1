"""A report that an editor hands in is found by how people ask, not only by its own words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from actions.answering.answer import Question
from actions.bootstrap import build_answerer, build_encoder, build_index
from actions.bootstrap.shelves import open_shelf
from actions.governance.contents import NewDocument, with_document
from actions.settings import load_settings
from knowledge import load
from knowledge.asks import load_asks
from knowledge.derived_asks import derived_asks, everyday
from knowledge.statements import statements
from tests.real import take_over

FOLDER = Path(__file__).parent / "upload_asks"
REPORT = (FOLDER / "report.txt").read_text("utf-8")
RIGHT = 17  # of 20; 18 when this was written, 2 before there were asks and the report's own year
DOCUMENT = NewDocument(
    "upload-1", "2024年海曙区民生实事工作报告", "海曙区人民政府", "海曙",
    dt.date(2025, 2, 20), (2024, 2024), "notice", REPORT,
)  # fmt: skip


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("added")
    for name, data in with_document({}, DOCUMENT).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def test_asks_are_made_for_what_was_handed_in_and_for_nothing_else(added: Path) -> None:
    cut = statements(load(None, added).passages)
    asks = derived_asks(cut)
    mine = {s.key: s for s in cut if s.passage.source.id == "upload-1"}
    assert {ask.statement for ask in asks} <= set(mine)
    texts = {ask.text for ask in asks}
    assert {"2024年老年助餐点有多少个", "2024年加装电梯有多少台", "2024年新增公办学位有多少个"} & texts
    counts: dict[str, int] = {}
    for ask in asks:
        counts[ask.statement] = counts.get(ask.statement, 0) + 1
    assert max(counts.values()) <= 14
    assert len(counts) >= 15
    assert set(load_asks(cut)).isdisjoint(asks)


def test_a_sentence_without_a_year_speaks_of_the_year_that_the_document_reports_on(added: Path) -> None:
    mine = [s for s in statements(load(None, added).passages) if s.passage.source.id == "upload-1"]
    assert {s.years for s in mine} == {(2024,)}  # published in 2025
    assert {s.status for s in mine} == {"实际"}


def test_everyday_words_take_the_place_of_official_ones() -> None:
    assert "老年食堂" not in list(everyday("发电量"))
    assert any("装扶手" in text for text in everyday("困难老年人家庭适老化改造"))


@pytest.mark.slow
def test_everyday_questions_about_an_uploaded_report(added: Path, tmp_path: Path) -> None:
    places = {
        "var_dir": tmp_path,
        "index_dir": tmp_path / "index",
        "model_dir": load_settings().models_path(),
    }
    settings = load_settings().model_copy(update=places)
    take_over(load_settings().index_path(), tmp_path / "index")
    generation, encoder = build_index(settings, added=added), build_encoder(settings)
    answerer = build_answerer(settings, None, encoder, open_shelf(settings, encoder, generation))
    failed = []
    for one in yaml.safe_load((FOLDER / "questions.yml").read_text("utf-8")):
        answer = answerer.answer(Question(one["ask"]))
        cited = {citation.source_id for citation in answer.citations}
        if answer.status != "answered" or one["holds"] not in answer.text or cited != {"upload-1"}:
            failed.append((one["ask"], answer.status, answer.text[:60]))
    print(f"{20 - len(failed)} of 20 right; not: {failed}")
    assert len(failed) <= 20 - RIGHT, failed
