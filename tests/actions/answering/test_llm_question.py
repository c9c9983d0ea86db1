"""What leaves for a language model tells nobody who asked."""

from __future__ import annotations

import pytest

from actions.answering.llm_question import anonymous, without_contacts
from knowledge.library import Library


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("我电话13800001234，助餐点有几个", ["13800001234"]),
        ("电话138 0000 1234", ["0000"]),
        ("打一三八零零零零一二三四给我", ["一三八"]),
        ("我叫王小明，住古林镇", ["王小明"]),
        ("姓名：欧阳建国，想问养老", ["欧阳建国"]),
        ("张桂芳阿姨想去助餐点", ["张桂芳"]),
        ("住月湖街道3号楼502室", ["3号楼", "502室"]),
        ("身份证330203196001010015行不行", ["330203196001010015"]),
        ("看 https://evil.example.com/a?b=1 这个", ["evil", "http"]),
        ("发到 wang@example.com", ["wang@"]),
    ],
)
def test_nothing_that_tells_who_asks_goes_out(text: str, gone: list[str]) -> None:
    left = anonymous(text)
    assert [part for part in gone if part in left] == []


@pytest.mark.parametrize(
    "text", ["古林镇有多少助餐点", "81890是干什么的", "2025年人才要达到43万吗", "集士港的普济医院投资18亿元"]
)
def test_what_is_asked_stays(text: str) -> None:
    assert anonymous(text) == text


def test_bylines_of_the_documents_lose_their_names_and_sentences_nothing(documents: Library) -> None:
    bylines = {"海曙区委书记 褚孟形", "代区长 徐强", "市政协副主席、镇海区委书记 林雅莲"}
    seen = {p.text.strip() for p in documents.passages} & bylines
    assert seen
    for line in seen:
        assert line.split()[-1] not in without_contacts(line)
    changed = [p.text for p in documents.passages if without_contacts(p.text) != p.text]
    assert [text for text in changed if len(text) > 30] == []
