"""All documents read, structured and cut: what the rest of the house works with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from knowledge import glossary, passages
from knowledge.documents import Document, check_all_listed, check_unique, read_catalogue, read_document
from knowledge.outline import BoxElement, Element, Paragraph, TableElement, TermElement
from knowledge.records import Box, Passage, Source, TableRow, Term
from knowledge.structure import read_structure


@dataclass(frozen=True)
class Library:
    """Everything the documents say, in document order."""

    sources: tuple[Source, ...]
    documents: Mapping[str, Document]  # by source id
    passages: tuple[Passage, ...]
    rows: tuple[TableRow, ...]
    terms: tuple[Term, ...]
    boxes: tuple[Box, ...]
    corpus_hash: str

    def passage(self, identifier: str) -> Passage:
        """The passage with this id; raises KeyError when the corpus has none."""
        for found in self.passages:
            if found.id == identifier:
                return found
        raise KeyError(f"no passage {identifier!r} in corpus {self.corpus_hash}: rebuild the index")


def load(root: Path | None = None, added: Path | None = None) -> Library:
    """Read ``root/sources.yml`` and the files in ``root/sources``; the default is this folder.

    ``added`` is a second folder of the same shape, for documents that came later.
    Raises a KnowledgeError that names the file and the fix; nothing is loaded in part.
    """
    documents = [
        document for folder in (root or Path(__file__).parent, added) if folder for document in _read(folder)
    ]
    check_unique([document.source for document in documents], "the folders together")
    return shelved(documents)


def shelved(documents: Sequence[Document]) -> Library:
    """The library of documents that have been read. Raises StructureError for a broken table or box."""
    shelf = _Shelf()
    for document in documents:
        for element in read_structure(document):
            shelf.take(document.source, element)
    return Library(
        sources=tuple(document.source for document in documents),
        documents=MappingProxyType({document.source.id: document for document in documents}),
        passages=tuple(shelf.passages),
        rows=tuple(shelf.rows),
        terms=tuple(shelf.terms),
        boxes=tuple(shelf.boxes),
        corpus_hash=corpus_hash(shelf.passages),
    )


def _read(folder: Path) -> list[Document]:
    catalogue = read_catalogue(folder / "sources.yml")
    check_all_listed(folder / "sources", (source for source, _ in catalogue))
    return [read_document(source, folder / "sources", titles) for source, titles in catalogue]


def corpus_hash(found: Iterable[Passage]) -> str:
    """A hash that changes whenever a passage's text, heading, label, place or source changes."""
    digest = sha256()
    for passage in found:
        source = passage.source
        key = (passage.id, passage.label, passage.pieces, source.district, source.published, source.period)
        digest.update(repr(key).encode())
    return digest.hexdigest()


class _Shelf:
    """Collects what the elements become."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.rows: list[TableRow] = []
        self.terms: list[Term] = []
        self.boxes: list[Box] = []

    def take(self, source: Source, element: Element) -> None:
        if isinstance(element, Paragraph):
            self.passages += passages.prose(source, element)
        elif isinstance(element, BoxElement):
            self._box(source, element)
        elif isinstance(element, TableElement):
            rows = [passages.table_row(source, element, row) for row in element.rows]
            self.rows += rows
            self.passages += [row.passage for row in rows]
            if element.footnotes:
                self.passages.append(passages.footnotes(source, element, element.footnotes))
        elif isinstance(element, TermElement):
            passage = passages.term(source, element)
            other = glossary.aliases(element.name)
            self.terms.append(Term(element.name, other, element.definition, element.page, passage))
            self.passages.append(passage)

    def _box(self, source: Source, element: BoxElement) -> None:
        label = f"专栏{element.number}：{element.title}"
        found = tuple(passages.box_item(source, item, label) for item in element.items)
        named = tuple(
            (item.name, item.text.text.removeprefix(f"{item.name}：")) for item in element.items if item.name
        )
        intro = "".join(item.text.text for item in element.items if not item.name)
        self.boxes.append(Box(element.number, element.title, named, found, intro))
        self.passages += found
