"""Which generation answers: one at a time, following the pointer, with the one before at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.answering.answer import Question
from actions.governance.canary import Canary, failures, load_canaries
from actions.governance.contents import document_ids, with_document, without_document
from actions.governance.current import Current
from actions.governance.errors import CanariesFailed, PublishBusy
from actions.governance.publish import Publisher
from embeddings.store import Store
from tests.actions.governance.killed_publish import desk
from tests.actions.governance.making import BASE, report, write_base


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_base(tmp_path / "base", BASE)
    return tmp_path


@pytest.fixture
def served(root: Path) -> tuple[Current, Publisher]:
    return desk(root)


def add(publisher: Publisher, **more: str) -> str:
    return publisher.publish(lambda files: with_document(files, report(**more)), lambda step: None).generation


def says(current: Current, word: str) -> str:
    return current.answer(Question(word)).text


def test_a_published_document_is_answered_from_and_after_rollback_no_longer(served) -> None:
    current, publisher = served
    steps: list[str] = []
    made = publisher.publish(lambda files: with_document(files, report()), steps.append)
    assert steps == ["build", "load", "check", "switch"]
    assert "187" in says(current, "助餐点")
    assert current.previous == made.previous
    back = publisher.rollback()
    assert (back.generation, back.previous) == (made.previous, made.generation)
    assert "187" not in says(current, "助餐点")
    publisher.rollback()  # and forward again
    assert "187" in says(current, "助餐点")


def test_another_process_follows_the_pointer_and_loads_what_is_announced_early(root: Path, served) -> None:
    _, publisher = served
    other, _ = desk(root)
    assert not other.follow()
    generation = add(publisher)
    assert other.follow()
    assert other.served.generation == generation
    assert not other.follow()
    publisher.rollback()
    assert other.follow()
    assert "187" not in says(other, "助餐点")


def test_what_is_announced_is_in_memory_before_it_is_wanted(root: Path) -> None:
    loads: list[str] = []
    _, publisher = desk(root)
    generation = add(publisher)
    store = Store(root / "index")
    publisher.rollback()
    other, _ = desk(root)
    inner = other._load
    other._load = lambda name: (loads.append(name), inner(name))[1]
    other._preloaded = None  # as if it had started before the announcement
    store.stage(generation)
    assert not other.follow()
    assert loads == [generation]
    store.point_to(generation)
    assert other.follow()
    assert loads == [generation]


def test_what_cannot_be_read_is_not_served(root: Path, served, caplog) -> None:
    current, publisher = served
    before = current.served.generation
    generation = add(publisher)
    publisher.rollback()
    other, _ = desk(root)
    (root / "index" / "generations" / generation / "passages" / "entries.json").write_text("{}", "utf-8")
    (root / "index" / "CURRENT").write_text(generation + "\n", "utf-8")
    assert not other.follow()
    assert other.served.generation == before
    assert "is not served" in caplog.text
    assert not other.follow()


def test_a_wrong_check_question_keeps_the_old_one_and_leaves_nothing_behind(root: Path, served) -> None:
    current, publisher = served
    before = current.served.generation
    wrong = Canary("助餐点", ("188",), "")
    with pytest.raises(CanariesFailed, match="没有 188"):
        publisher.publish(lambda files: with_document(files, report(), [wrong]), lambda step: None)
    assert current.served.generation == before == Store(root / "index").current_id()
    assert [found.id for found in Store(root / "index").list()] == [before]


def test_the_check_questions_of_the_one_before_must_hold_for_the_next(root: Path, served) -> None:
    _, publisher = served
    right = Canary("助餐点", ("187",))
    publisher.publish(lambda files: with_document(files, report(), [right]), lambda step: None)
    restarted, publisher = desk(root)
    assert restarted.served.canaries == (right,)
    other = report("2024年全区无助餐点。", identifier="upload-1")
    with pytest.raises(CanariesFailed, match="187"):
        publisher.publish(lambda files: with_document(files, other, [right]), lambda step: None)


def test_one_publication_at_a_time(root: Path, served) -> None:
    _, publisher = served
    _, other = desk(root)

    def meanwhile(step: str) -> None:
        if step == "build":
            with pytest.raises(PublishBusy):
                add(other)
            with pytest.raises(PublishBusy):
                other.rollback()

    publisher.publish(lambda files: with_document(files, report()), meanwhile)


def test_documents_are_put_in_and_taken_out() -> None:
    one = with_document({}, report(identifier="a"), [Canary("甲", ("1",), "a")])
    two = with_document(one, report(identifier="b"))
    assert document_ids(two) == ("a", "b")
    assert document_ids(with_document(two, report(identifier="a"))) == ("b", "a")
    left = without_document(two, "a")
    assert document_ids(left) == ("b",)
    assert b"\xe7\x94\xb2" not in left["canaries.json"]
    assert without_document(left, "b") == {}
    assert without_document(two, "c") == two


def test_the_files_of_check_questions_are_sound() -> None:
    found = load_canaries()
    assert len(found) >= 5
    assert len({canary.question for canary in found}) == len(found)


@pytest.mark.parametrize("entry", ["question: ''\n    holds: ['1']", "question: 问\n    holds: []"])
def test_a_check_question_needs_a_question_and_a_condition(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "canaries.yml"
    path.write_text(f"canaries:\n  - {entry}\n", "utf-8")
    with pytest.raises(ValueError, match="要有 question"):
        load_canaries(path)


def test_a_failure_says_what_came_instead(served) -> None:
    current, _ = served
    answers = current.served.answerer
    found = failures(
        answers,
        [Canary("助餐点", ("120",)), Canary("助餐点", (), "other"), Canary("助餐点", (), "", "clarify")],
    )
    assert len(found) == 2
    assert "没有引用 other" in found[0]
    assert "应是 clarify" in found[1]
