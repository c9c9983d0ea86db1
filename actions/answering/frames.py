"""One thing at several times or in several documents: «20年做到哪一步了，将来派啥用场», «报告和规划里怎么说».

Each time and each document that a question names is a frame; the evidence for each is looked for apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Protocol

from actions.answering.measures import needed
from actions.answering.mentions import find_years
from actions.answering.state import Reading
from embeddings.query import Concept, Evidence, Query

_CLAUSES = re.compile(r"[^,，。?？;；:：!！]+")
_TOKENS = re.compile(
    r"(?P<plan>(?:十四五)?规划(?:[里上中]|(?=[和跟与]|写|说|要|提|又|怎么|想|分别|各))|十四五(?!末))"
    r"|(?P<work_report>(?:政府)?(?:工作)?报告)"
    r"|(?P<press>报纸|报道|新闻(?!出版|发布)|媒体)"
    r"|(?P<year>(?:20)?(?:1[89]|2[0-5])年(?:底|末|初)?|20(?:1[89]|2[0-5])(?![\d.年]))"
    r"|(?P<goal>将来|以后|今后|日后|往后|后头|接下来|下一步|最后想|后来.{0,4}还?要(?=[搞建弄造做])|(?:后来)?又?想(?=[要争弄做建搞])|打算|改好|建好|弄好了|(?<!不要)(?<!不是)计划|定了|要求)"
    r"|(?P<done>当初|到哪一?步|实际|真的|真(?=[动做建凑])|做完|已经|后来(?!.{0,4}(?:规划|报|十四五|说要|打算|想)))"
)
_JOINED = re.compile(r"[和跟与同、到至]")
GOOD = 7.0  # score from which a frame counts as found
ABOUT = 0.5  # share of what the question is about that must be named
MOST = 3
LOOKED_AT = 12
NEAR = 2.0  # how close to the best a statement must be that names the year itself


class Search(Protocol):
    """The part of the retriever that frames need."""

    def search(self, query: Query, top: int = ..., quick: bool = ...) -> list[Evidence]: ...
    def idf(self, concept: Concept) -> float: ...
    def knows(self, concept: Concept) -> bool: ...


@dataclass(frozen=True)
class Frame:
    """A time or a document that a question names, and where its clause stands in the question."""

    start: int
    end: int
    named: int  # where the time or document itself begins
    years: tuple[int, ...] = ()
    document: str = ""  # kind of the source, "" = any
    status: str = ""  # 实际, 目标 or ""

    def holds(self, evidence: Evidence) -> bool:
        """Whether a statement is of this time and document. A year beside a document is the document's own."""
        statement = evidence.statement
        if self.document and statement.passage.source.kind != self.document:
            return False
        if not self.document and self.years and not set(self.years) & set(statement.years):
            return False
        return not self.status or statement.reached == (self.status == "实际")

    @property
    def open(self) -> bool:
        """«将来»: no year is named, only that it comes after the others."""
        return self.status == "目标" and not self.years and not self.document

    def said(self, evidence: Evidence) -> bool:
        """Whether the sentence itself names the year, instead of its document or heading."""
        return any(f"{year}年" in evidence.statement.sentence_text for year in self.years)


def frames_of(text: str) -> list[Frame]:
    """The frames of a question in order.

    >>> [f.years or f.status for f in frames_of("秀水街20年做到哪一步了,以后派啥用场")]
    [(2020,), '目标']
    """
    found: list[Frame] = []
    for clause in _CLAUSES.finditer(text):
        group: list[re.Match[str]] = []
        for token in _TOKENS.finditer(text, clause.start(), clause.end()):
            apart = group and _JOINED.search(text, group[-1].end(), token.start())
            others = [t for t in group if t.lastgroup != token.lastgroup or t.lastgroup == "year"]
            if apart or _kind(token) in map(_kind, others):
                found.append(_frame(clause, group))
                group = []
            group.append(token)
        if group:
            found.append(_frame(clause, group))
    first = {(f.years, f.document, f.status): f for f in reversed(found)}
    different = sorted(first.values(), key=lambda f: f.named)
    return different[:MOST]


def found_in(reading: Reading, query: Query, search: Search) -> list[Evidence]:
    """The best evidence of each frame; [] unless two frames have their own, or one beside another question."""
    frames = frames_of(reading.text) if not reading.followup and not reading.english else []
    least = 1 if len(reading.parts) > 1 else 2
    concepts = [c for c in reading.concepts if not _TOKENS.search(c.surface) and search.knows(c)]
    topic = [c for c in concepts if frames and c.position < frames[0].named] or [
        c for c in concepts if frames and c.position < frames[0].end
    ]
    if not topic or len(frames) < least:
        return []
    found: dict[tuple[str, tuple[int, int]], Evidence] = {}
    for frame in frames:
        own = [c for c in concepts if frame.start <= c.position < frame.end and c not in topic]
        after = max((y for f in frames for y in f.years), default=0) if frame.open else 0
        good = [
            e
            for e in search.search(_asked_in(frame, reading, query, topic, own), LOOKED_AT)
            if _usable(e) and frame.holds(e) and _about(e, topic, search)
            if max(e.statement.years, default=0) > after
        ]
        if good:
            best = next((e for e in good if e.score >= good[0].score - NEAR and frame.said(e)), good[0])
            if measure := needed(reading.text[frame.start : frame.end]):  # «…创成哪一级», «…花多少钱»
                best = next((e for e in [best, *good] if measure.search(e.statement.text)), best)
            found.setdefault((best.statement.passage.id, best.statement.sentence), best)
    return list(found.values()) if len(found) >= least else []


def _asked_in(
    frame: Frame, reading: Reading, query: Query, topic: list[Concept], own: list[Concept]
) -> Query:
    """The question as it would be put for this frame alone: the topic, and the frame's own clause."""
    clause = _TOKENS.sub(" ", reading.text[frame.start : frame.end])
    return replace(
        query,
        text=" ".join([*(c.surface for c in topic), clause]),
        written="",
        concepts=tuple(replace(c, weak=False) for c in (*topic, *own)),
        years=() if frame.document else frame.years,
        status=frame.status,
        lean="",
        horizon=0,
        document=frame.document,
    )


def _usable(evidence: Evidence) -> bool:
    return not evidence.rejected and evidence.score >= GOOD and evidence.statement.passage.kind != "table_row"


def _about(evidence: Evidence, topic: list[Concept], search: Search) -> bool:
    missing = {c.surface for c in evidence.missing}
    weights = {c.surface: search.idf(c) for c in topic}
    named = sum(weight for surface, weight in weights.items() if surface not in missing)
    return named >= ABOUT * sum(weights.values())


def _kind(token: re.Match[str]) -> str:
    """What sort of thing a token names: of one sort a frame has one."""
    name = token.lastgroup or ""
    return {"goal": "status", "done": "status", "year": "year"}.get(name, "document")


def _frame(clause: re.Match[str], group: list[re.Match[str]]) -> Frame:
    named = {_kind(token): token for token in group}
    status = named["status"].lastgroup if "status" in named else ""
    return Frame(
        clause.start(),
        clause.end(),
        group[0].start(),
        years=find_years(named["year"].group()) if "year" in named else (),
        document=(named["document"].lastgroup or "") if "document" in named else "",
        status={"goal": "目标", "done": "实际"}.get(status or "", ""),
    )
