"""Every outcome a resident can meet stands in statuses.yml, with its wording in both languages, and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.answering.guard import refusal
from actions.answering.rules import statuses, wording

ROOT = Path(__file__).parents[2]
ANSWERING = ROOT / "actions" / "answering"
WEB = ROOT / "bot" / "gateway" / "web" / "static"
OUTCOME = re.compile(r"answered(_[a-z_]+)?|refused_[a-z_]+|emergency|clarify")
REFUSED = sorted(name for name, entry in statuses().items() if entry["refused"])
CHINESE = re.compile(r"[一-鿿]")
TEXTS = ("text", "text_short", "known", "way_out", "medical", "corrected")


def texts_in(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    said = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # a string that stands alone is a docstring
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def used() -> dict[str, set[str]]:
    """Status → files of the answering code that name it."""
    found: dict[str, set[str]] = {}
    for path in ANSWERING.glob("*.py"):
        for text in texts_in(path):
            if OUTCOME.fullmatch(text):
                found.setdefault(text, set()).add(path.name)
    return found


def test_every_status_in_the_code_is_on_the_list_and_every_listed_one_can_happen() -> None:
    assert used().keys() - statuses().keys() == set()
    assert statuses().keys() - used().keys() == set()


def test_the_page_knows_no_status_that_is_not_on_the_list() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in WEB.glob("*.js"))
    named = set(re.findall(r"status\s*===?\s*[\"'](\w+)[\"']", scripts))
    assert named
    assert named <= statuses().keys()


@pytest.mark.parametrize("status", statuses())
def test_a_status_says_whether_it_refuses_and_its_name_says_so_too(status: str) -> None:
    entry = statuses()[status]
    assert isinstance(entry["refused"], bool)
    assert entry["refused"] == (status.startswith("refused_") or status == "clarify")


@pytest.mark.parametrize("status", statuses())
def test_chinese_wording_is_chinese_and_english_wording_english(status: str) -> None:
    entry = {key: text for key, text in statuses()[status].items() if key != "refused"}
    assert all(isinstance(text, str) and text.strip() for text in entry.values())
    for key, text in entry.items():
        english = key == "en" or key.endswith("_en")
        assert bool(CHINESE.search(text)) is not english, key


@pytest.mark.parametrize("status", [*REFUSED, "emergency", "answered_other_district"])
def test_wording_is_there_in_chinese_and_english(status: str) -> None:
    entry = statuses()[status]
    assert wording(status)
    assert wording(status, english=True)
    for key in ("known", "way_out", "corrected"):
        if key in entry:
            assert wording(status, key, english=True), f"{status} has {key} but no {key}_en"


@pytest.mark.parametrize("status", [s for s in REFUSED if s not in ("clarify",)])
@pytest.mark.parametrize("english", [False, True])
def test_a_refusal_gives_its_reason_and_a_way_out(status: str, english: bool) -> None:
    draft = refusal(status, asked="2030年", english=english)
    assert (draft.status, draft.claims) == (status, [])
    assert draft.lead.strip()
    assert draft.tail.strip()
    assert "{" not in draft.lead + draft.tail
    assert re.search("81890|12345", draft.tail)


def test_asking_back_shows_what_can_be_asked_and_the_hotline() -> None:
    for english in (False, True):
        assert "81890" in wording("clarify", english=english)
        assert len(wording("clarify", english=english)) > 40


def test_danger_comes_first_with_all_three_numbers() -> None:
    assert wording("emergency").startswith("先拨119")
    for english in (False, True):
        first = wording("emergency", english=english).split("\n")[0]
        assert all(number in first for number in ("119", "120", "110"))


def test_wording_that_names_what_was_asked_can_do_without_where_nothing_is_named() -> None:
    assert "{" not in refusal("refused_not_in_sources").lead
    assert "电话号码" in refusal("refused_not_in_sources", asked="电话号码").lead


def test_no_placeholder_but_the_known_one_and_no_unknown_key() -> None:
    for status, entry in statuses().items():
        assert set(entry) <= {"refused", "en", *TEXTS, *(f"{key}_en" for key in TEXTS)}, status
        for text in entry.values():
            assert set(re.findall(r"\{(\w*)\}", str(text))) <= {"asked"}, status


def test_a_status_that_is_not_on_the_list_has_no_wording() -> None:
    with pytest.raises(KeyError):
        wording("refused_because")
