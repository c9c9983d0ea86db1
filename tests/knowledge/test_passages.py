"""Every passage is verbatim, whole, and in exactly one place; nothing that was published is lost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import knowledge
from knowledge.library import Library, corpus_hash
from knowledge.outline import Mark, Paragraph
from knowledge.passages import STUB_CHARS, WHOLE_CHARS, prose
from knowledge.records import Passage
from knowledge.sentences import sentences
from knowledge.structure import read_structure
from knowledge.traced import Traced

BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]")
MARKDOWN = re.compile(r"^#+|^---$|\*\*", re.MULTILINE)


def cut_out(library: Library, passage: Passage) -> str:
    text = library.documents[passage.source.id].text
    return "".join(text[piece.start : piece.end] for piece in passage.pieces)


def test_pieces_reproduce_every_passage(library: Library) -> None:
    for passage in library.passages:
        if passage.kind != "table_row":
            assert cut_out(library, passage) == passage.text
        assert list(passage.pieces) == sorted(passage.pieces, key=lambda piece: piece.start)
        assert passage.span.start < passage.span.end


def test_pieces_of_a_table_row_are_its_printed_cells(library: Library) -> None:
    for row in library.rows:
        printed = re.sub(r"\s", "", cut_out(library, row.passage))
        assert printed.endswith(re.sub(r"\s", "", "".join(cell.value for cell in row.cells)))
        for cell in row.cells:
            text = library.documents[row.passage.source.id].text[cell.span.start : cell.span.end]
            assert re.sub(r"\s", "", text) == cell.value


def test_no_noise_in_any_passage(library: Library) -> None:
    for passage in library.passages:
        assert not re.search(r"\[bookmark|\*\*|^#|\n|\t|^\s|\s$", passage.text)


def test_every_character_is_in_exactly_one_place(library: Library) -> None:
    """Each printed character belongs to one passage, heading, caption or table element; noise to none."""
    for document in library.documents.values():
        uses = [0] * len(document.text)
        pieces = [
            piece
            for passage in library.passages
            if passage.source == document.source
            for piece in passage.pieces
        ]
        pieces += [
            piece
            for element in read_structure(document)
            if isinstance(element, Mark)
            for piece in element.text.pieces()
        ]
        for piece in pieces:
            for at in range(piece.start, piece.end):
                uses[at] += 1
        for pattern in (BOOKMARK, MARKDOWN):
            for match in pattern.finditer(document.text):
                assert not any(uses[match.start() : match.end()])
                uses[match.start() : match.end()] = [1] * len(match.group())
        wrong = [at for at, char in enumerate(document.text) if not char.isspace() and uses[at] != 1]
        assert "".join(document.text[at] for at in wrong) == ""


def test_marks_are_few(library: Library) -> None:
    """The rule above cannot be met by calling running text a heading."""
    for document in library.documents.values():
        for element in read_structure(document):
            if isinstance(element, Mark):
                assert len(element.text) <= 40
                assert "。" not in element.text.text


def test_ids_are_unique_and_stable(library: Library) -> None:
    assert len({passage.id for passage in library.passages}) == len(library.passages)
    again = knowledge.load()
    assert again.passages == library.passages
    assert again.corpus_hash == library.corpus_hash


def test_a_passage_is_found_by_its_id(library: Library) -> None:
    assert library.passage(library.passages[100].id) is library.passages[100]


def test_corpus_hash_follows_text_place_and_source(library: Library) -> None:
    first = library.passages[0]
    for changed in (
        replace(first, text=first.text + "。"),
        replace(first, heading=(*first.heading, "新")),
        replace(first, source=replace(first.source, district="镇海")),
        replace(first, pieces=first.pieces * 2),
    ):
        assert corpus_hash([changed, *library.passages[1:]]) != library.corpus_hash
    assert corpus_hash(library.passages) == library.corpus_hash


def test_no_prose_passage_cuts_a_sentence(library: Library) -> None:
    for document in library.documents.values():
        whole = Counter[str]()
        for element in read_structure(document):
            if isinstance(element, Paragraph):
                whole.update(sentences(element.text.text.replace("**", "")))
        parts = Counter[str]()
        for passage in library.passages:
            if (
                passage.source == document.source
                and passage.kind == "prose"
                and not passage.text.startswith("注：")
            ):
                parts.update(sentences(passage.text))
        assert parts == whole


def test_lengths(library: Library) -> None:
    """Longer than planned only where one sentence is that long or a stub would be left over."""
    for passage in library.passages:
        if passage.kind != "prose" or len(passage.text) <= WHOLE_CHARS:
            continue
        lengths = [len(sentence) for sentence in sentences(passage.text)]
        assert len(passage.text) < 300 or max(lengths) > WHOLE_CHARS
        assert max(lengths) > WHOLE_CHARS or len(passage.text) < 275


def test_a_long_paragraph_is_cut_at_sentence_ends_without_overlap(library: Library) -> None:
    text = "".join(
        f"第{at}句话说明了一件居民关心的具体事情，并且写得足够长以便需要切开。" for at in range(30)
    )
    parts = list(prose(library.sources[0], Paragraph((), Traced.of(text, 7))))
    assert "".join(part.text for part in parts) == text
    assert all(STUB_CHARS <= len(part.text) <= WHOLE_CHARS and part.text.endswith("。") for part in parts)
    assert [part.span.start for part in parts[1:]] == [part.span.end for part in parts[:-1]]
    assert parts[0].span.start == 7


def test_the_counts_of_the_corpus(library: Library) -> None:
    kinds = Counter(passage.kind for passage in library.passages)
    assert (kinds["term"], kinds["table_row"], kinds["box"]) == (21, 26 + 33, 78 + 1)
    assert kinds["prose"] > 350
