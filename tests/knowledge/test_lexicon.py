"""The lexicon: everyday words find the documents' words, longest first, and every entry leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.lexicon import PATH, Entry, Lexicon
from knowledge.library import Library
from knowledge.normalise import normalise


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="module")
def corpus(library: Library) -> str:
    return "\n".join(normalise(" ".join([*p.heading, p.label, p.text])) for p in library.passages)


def found(lexicon: Lexicon, text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[h.start : h.end], h.entry.doc) for h in lexicon.find(text)]


MEALS = Entry(doc=("助餐",), say=("送饭", "送饭点"))
BEDS = Entry(doc=("养老床位",), say=("床位",), en=("beds", "nursing beds"))
HOME = Entry(doc=("养老机构",), say=("养老院",))
WELFARE = Entry(doc=("福利院",), say=("养老院",))
MERGED = Entry(doc=("接入",), say=("合并",), only_with=("热线",))


def test_the_longest_word_wins_and_hits_do_not_overlap() -> None:
    lexicon = Lexicon([MEALS, BEDS])
    assert found(lexicon, "有送饭点和床位吗") == [("送饭点", ("助餐",)), ("床位", ("养老床位",))]
    assert found(lexicon, "nursing beds") == [("nursing beds", ("养老床位",))]


def test_one_word_may_name_several_things() -> None:
    assert found(Lexicon([HOME, WELFARE]), "养老院") == [("养老院", ("养老机构",)), ("养老院", ("福利院",))]


def test_an_english_word_is_not_cut_out_of_another() -> None:
    lexicon = Lexicon([BEDS, Entry(doc=("加装电梯",), en=("lift",))])
    assert found(lexicon, "lifting embeds") == []
    assert found(lexicon, "a lift, 5 beds") == [("lift", ("加装电梯",)), ("beds", ("养老床位",))]


def test_an_entry_may_need_company() -> None:
    lexicon = Lexicon([MERGED])
    assert found(lexicon, "公司合并") == []
    assert found(lexicon, "热线合并") == [("合并", ("接入",))]


def test_nothing_is_found_in_nothing() -> None:
    assert Lexicon([]).find("养老") == []
    assert Lexicon([MEALS]).find("") == []


@pytest.mark.parametrize(
    ("text", "told"), [("- {say: [送饭]}", "needs `doc`"), ("- {doc: [助餐], sya: [x]}", "sya")]
)
def test_a_misspelt_entry_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "lexicon.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=told):
        Lexicon.load(path)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("送饭的点有几个", "助餐"),
        ("老房子装电梯", "加装电梯"),
        ("how many home-care institutions", "居家养老服务机构"),
        ("城里人一年到手多少", "人均可支配收入"),
        ("写字楼有几栋交税过亿", "楼宇"),
        ("高企有多少", "高新技术企业"),
    ],
)
def test_everyday_words_lead_to_the_documents_words(lexicon: Lexicon, asked: str, meant: str) -> None:
    assert any(meant in word for _, docs in found(lexicon, normalise(asked)) for word in docs)


def test_words_are_kept_as_questions_are_compared(lexicon: Lexicon) -> None:
    words = {w for e in lexicon.entries for w in (*e.doc, *e.say, *e.en, *e.only_with)}
    assert [w for w in words if w != normalise(w) or not w] == []


def test_every_entry_names_something_the_documents_hold(lexicon: Lexicon, corpus: str) -> None:
    """A dead entry takes a word away from the question and gives nothing back."""
    dead = [entry.doc for entry in lexicon.entries if not any(word in corpus for word in entry.doc)]
    assert dead == []


def test_no_everyday_word_is_a_whole_question(lexicon: Lexicon) -> None:
    say = {word for entry in lexicon.entries for word in entry.say}
    assert [word for word in say if len(word) > 10 or "?" in word] == []


def test_entries_are_complete_and_not_repeated(lexicon: Lexicon) -> None:
    rows = yaml.safe_load(PATH.read_text("utf-8"))
    assert len(rows) == len(lexicon.entries) > 100
    assert all(entry.doc for entry in lexicon.entries)
    seen = [(entry.doc, entry.say, entry.only_with) for entry in lexicon.entries]
    assert len(set(seen)) == len(seen)
