"""What an operator finds while typing: the pipeline's own answer, and the ranked sentences behind it.

lookup = Lookup(answerer.look, library.rows)
found = lookup.look(Question("公租房 2019 新增"), Narrow(status="实际"))
found.rows[0].sentence, found.rows[0].years      # verbatim from a published document
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from actions.answering.answer import Answer, Question
from actions.answering.ladder import ladder
from actions.answering.place import cite
from actions.answering.state import Reading, State
from embeddings.retriever import Evidence
from knowledge.facts import Fact, table_facts
from knowledge.records import TableRow
from knowledge.statements import Statement

LADDERS = 2  # indicators whose every year is shown beside the answer
_FAR = 4.0  # how far behind the best score a sentence is not worth reading, the first few apart
_FEW = 4


@dataclass(frozen=True)
class Narrow:
    """The filters above the list; empty: any."""

    year: int = 0
    status: str = ""  # 实际 or 目标
    district: str = ""
    source: str = ""  # id of a document

    def __bool__(self) -> bool:
        return self != Narrow()

    def allows(self, statement: Statement) -> bool:
        """Whether a statement is of what was chosen."""
        source = statement.passage.source
        return (
            (not self.year or self.year in statement.years)
            and (not self.status or statement.reached == (self.status == "实际"))
            and self.district in ("", source.district)
            and self.source in ("", source.id)
        )


@dataclass(frozen=True)
class Row:
    """One sentence as it stands in a document. ``marked`` is the part that was found, as offsets in ``sentence``."""

    sentence: str
    marked: tuple[int, int]
    years: tuple[int, ...]
    status: str
    district: str
    title: str
    published: str  # year
    heading: tuple[str, ...]
    source: str
    start: int  # of the passage, in the source's text
    end: int
    passage: str  # its text, for reading around the sentence
    score: float


@dataclass(frozen=True)
class Looked:
    """What was found. ``answer`` is None where the filters exclude what it rests on."""

    answer: Answer | None
    rows: tuple[Row, ...]
    ladders: tuple[str, ...]


class Lookup:
    """Runs the pipeline without the language model and keeps what it saw.

    :param look: ``Answerer.look``
    :param tables: rows of the indicator tables, for every year of an indicator
    """

    def __init__(
        self, look: Callable[[Question, Callable[[State], None], bool], State], tables: Iterable[TableRow]
    ) -> None:
        self._look = look
        self._facts: dict[str, list[Fact]] = {}
        for fact in table_facts(tables):
            self._facts.setdefault(fact.row.passage.id, []).append(fact)

    def look(
        self, question: Question, narrow: Narrow | None = None, most: int = 8, quick: bool = False
    ) -> Looked:
        """The answer and at most ``most`` sentences, best first, none twice.

        :param quick: the sentences only, found with less care, while somebody is still typing
        """
        narrow = narrow or Narrow()
        state = self._look(question, lambda seen: _narrowed(seen, narrow), quick)
        answer = state.answer
        if narrow and state.draft and not all(narrow.allows(e.statement) for e in state.draft.evidence):
            answer = None
        ladders = () if quick else tuple(self._ladders(state))
        return Looked(answer, tuple(_rows(state.evidence, narrow, most)), ladders)

    def _ladders(self, state: State) -> list[str]:
        drafted = state.draft.evidence if state.draft else []
        seen = dict.fromkeys(e.statement.passage.id for e in (*drafted, *state.evidence[:3]))
        lines: list[str] = []
        for passage in seen:
            lines += ladder(self._facts.get(passage, []), Reading("", ""))
        return list(dict.fromkeys(lines))[:LADDERS]


def _narrowed(state: State, narrow: Narrow) -> None:
    """Make the filters part of how the question was understood."""
    if state.reading is None or not narrow:
        return
    state.reading = replace(
        state.reading,
        years=(narrow.year,) if narrow.year else state.reading.years,
        status=narrow.status or state.reading.status,
        districts=(narrow.district,) if narrow.district else state.reading.districts,
    )


def _rows(evidence: Sequence[Evidence], narrow: Narrow, most: int) -> list[Row]:
    usable = [e for e in evidence if not e.rejected and narrow.allows(e.statement)]
    best = max((e.score for e in usable), default=0.0)
    rows: dict[tuple[str, str], Row] = {}
    for e in usable:
        if e.score >= best - _FAR or len(rows) < _FEW:
            row = _row(e)
            rows.setdefault((row.source, row.sentence), row)
    return list(rows.values())[:most]


def _row(evidence: Evidence) -> Row:
    statement = evidence.statement
    text, passage = statement.sentence_text, statement.passage
    left = len(text) - len(text.lstrip())
    sentence = text.strip()
    start = max(0, statement.start - statement.sentence[0] - left)
    place = cite(evidence, sentence)
    return Row(
        sentence=sentence,
        marked=(start, min(len(sentence), start + statement.end - statement.start)),
        years=statement.years,
        status=statement.status if passage.kind not in ("table_row", "term") else "",
        district=place.district,
        title=place.title,
        published=place.published[:4],
        heading=place.heading,
        source=place.source_id,
        start=place.start,
        end=place.end,
        passage=place.passage_text,
        score=round(evidence.score, 2),
    )
