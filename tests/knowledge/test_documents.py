"""What is refused, and with which words; what the clean text keeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import knowledge
from knowledge.errors import (
    CatalogueError,
    ChecksumMismatch,
    EmptyDocument,
    MissingFile,
    StructureError,
    UnknownFileType,
    WrongEncoding,
)
from knowledge.library import Library

Shelf = Callable[..., Path]

PAGE = "海曙区公开信息\n\n去年，全区建成居家养老服务机构273个。这是市民最关心的为民实事。\n"


def test_the_five_documents_are_loaded_with_their_metadata(library: Library) -> None:
    assert [(source.origin[:3], source.district, source.published.year) for source in library.sources] == [
        ("000", "海曙", 2021),
        ("001", "海曙", 2023),
        ("002", "海曙", 2020),
        ("003", "海曙", 2021),
        ("004", "镇海", 2021),
    ]
    report = library.sources[2]
    assert (report.published.isoformat(), report.published_precision) == ("2020-06-13", "day")
    assert all(source.published_precision == "year" for source in library.sources if source is not report)


def test_clean_text_maps_back_to_the_source(library: Library) -> None:
    for document in library.documents.values():
        assert len(document.clean) == len(document.offsets)
        assert all(
            document.text[at] == char for at, char in zip(document.offsets, document.clean, strict=True)
        )
        middle = len(document.clean) // 2
        pieces = document.spans(middle, middle + 500)
        cut = "".join(document.text[piece.start : piece.end] for piece in pieces)
        assert cut == document.clean[middle : middle + 500]
        assert "[bookmark" not in document.clean


def test_a_good_file_loads(shelf: Shelf) -> None:
    found = knowledge.load(shelf(PAGE))
    assert [passage.text for passage in found.passages] == [PAGE.splitlines()[2]]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(shelf: Shelf) -> None:
    found = knowledge.load(shelf(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode()))
    assert [passage.text for passage in found.passages] == [PAGE.splitlines()[2]]


def test_form_feeds_end_a_line(shelf: Shelf) -> None:
    found = knowledge.load(shelf("第一句话，写到页\f末为止。\u2028第二句话，另起一行。"))
    assert [passage.text for passage in found.passages] == [
        "第一句话，写到页末为止。",
        "第二句话，另起一行。",
    ]


@pytest.mark.parametrize("origin", ["scan.pdf", "report.docx", "README"])
def test_unknown_file_type(shelf: Shelf, origin: str) -> None:
    with pytest.raises(UnknownFileType, match=rf"'{origin}'.*\.txt, \.md.*export the document"):
        knowledge.load(shelf(PAGE, origin))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "big5"])
def test_wrong_encoding_is_named_with_the_command_that_converts(shelf: Shelf, encoding: str) -> None:
    page = PAGE if encoding != "big5" else "去年，全區建成居家養老服務機構273個。這是市民最關心的事。"
    with pytest.raises(WrongEncoding) as caught:
        knowledge.load(shelf(page.encode(encoding)))
    message = str(caught.value)
    assert "page.txt" in message
    assert f"iconv -f {encoding.upper()} -t UTF-8 page.txt" in message


def test_bytes_in_no_known_encoding(shelf: Shelf) -> None:
    with pytest.raises(WrongEncoding, match="could not be recognised"):
        knowledge.load(shelf(b"\xff\x80\xff\xfe\x80"))


def test_checksum_mismatch_names_both_sums(shelf: Shelf) -> None:
    root = shelf(PAGE)
    changed = root / "sources" / "page.txt"
    changed.write_text(PAGE.replace("273", "274"), encoding="utf-8")
    with pytest.raises(ChecksumMismatch, match=r"'page\.txt' has sha256 [0-9a-f]{64}.*restore the file"):
        knowledge.load(root)


@pytest.mark.parametrize("content", ["", " \n\t\n", "[bookmark: _Toc1]\n[bookmark: _Toc2]\n", "---\n"])
def test_empty_document(shelf: Shelf, content: str) -> None:
    with pytest.raises(EmptyDocument, match=r"'page\.txt' has no text"):
        knowledge.load(shelf(content))


def test_missing_file(shelf: Shelf) -> None:
    root = shelf(PAGE)
    (root / "sources" / "page.txt").unlink()
    with pytest.raises(MissingFile, match=r"'page\.txt' is not in .*put the file there"):
        knowledge.load(root)


def test_a_file_nobody_listed_is_not_passed_over_in_silence(shelf: Shelf) -> None:
    root = shelf(PAGE)
    (root / "sources" / "new.txt").write_text("新文件", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"'new\.txt' is not listed: add an entry"):
        knowledge.load(root)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"district": "江北"}, "district is '江北', use one of 海曙, 镇海"),
        ({"kind": "leaflet"}, "kind is 'leaflet', use one of press"),
        ({"published": "spring"}, "published is 'spring', write it as YYYY-MM-DD"),
        ({"period": [2021, 2020]}, r"period is \[2021, 2020\], write it as"),
        ({"title": ""}, "entry 'page': add title"),
        ({"published_precision": "week"}, "published_precision is 'week'"),
    ],
)
def test_catalogue_mistakes_are_named(shelf: Shelf, entry: dict[str, object], message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        knowledge.load(shelf(PAGE, **entry))


@pytest.mark.parametrize("text", ["", "sources: 5", "sources: [1]", "other: []", "a: [", "[]"])
def test_an_unreadable_catalogue(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(str(tmp_path / "sources.yml"))):
        knowledge.load(tmp_path)


def test_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"does not exist: restore sources\.yml"):
        knowledge.load(tmp_path)


def test_the_same_id_twice(shelf: Shelf) -> None:
    root = shelf(PAGE)
    catalogue = root / "sources.yml"
    entry = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(entry + entry.removeprefix("sources:\n"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="lists id 'page' twice"):
        knowledge.load(root)


def test_a_table_without_title_asks_for_one(shelf: Shelf) -> None:
    with pytest.raises(StructureError, match=r"has no title line: give it one in sources\.yml"):
        knowledge.load(shelf("去年，数据如下。\n\t序号\n\t指标名称\n\t数值\n\n\t1\n\t人口\n\t5\n"))
