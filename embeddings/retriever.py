"""Question → evidence: filter by district, fuse dense and lexical scores, rank statements.

Statements (clause groups) and their passages are scored together: the passage says what the talk is about,
the statement what is claimed. The encoder and BM25 see the whole question; on top of them counts how much of
what the question names (its concepts) a statement and its surroundings hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.coverage import HALF, Coverage, Named, holds
from embeddings.far import ELSEWHERE, Far
from embeddings.following import Following, QueryEncoder
from embeddings.metric import Metric
from embeddings.near import Near
from embeddings.query import Concept, Evidence, Query
from embeddings.scores import Scores, z_scores
from embeddings.vectors.protocol import Only
from knowledge.normalise import normalise
from knowledge.places import PLACE
from knowledge.statements import Statement

_WANTED = {
    "number": re.compile(r"\d(?!\d*[年月日号])|[一二两三四五六七八九十][个家所条座大项张部幢]"),
    "time": re.compile(r"\d年|\d月"),
    "place": PLACE,
    "growth": re.compile(r"增长|增幅|上升|提高|下降"),
    "area": re.compile(r"平方|\d[万余]*亩"),
    "money": re.compile(r"\d[万亿余]*(?:美)?元"),
    "share": re.compile(r"%|全覆盖"),
    "people": re.compile(r"\d[万余多]*[人名户]"),
    "list": re.compile(r"、.*、|”“"),
    "first": re.compile(r"率先|首[个家创批次]|第一|唯一|最早"),
}
ITSELF = 0.3  # share of the statement in how near it is, beside its nearest ask
__all__ = ["Collection", "Concept", "Evidence", "Query", "Retriever", "Weights"]


class Collection(Protocol):
    """One embedded collection of an index generation (``embeddings.store``)."""

    @property
    def keys(self) -> Sequence[str]: ...
    @property
    def far(self) -> bool: ...
    def __len__(self) -> int: ...
    def nearest(self, query: Scores, top: int, only: Only) -> tuple[NDArray[np.int64], Scores]: ...
    def cosines(self, query: Scores, rows: NDArray[np.int64]) -> Scores: ...
    def take(self, rows: Sequence[int]) -> Scores: ...
    def dense(self, query: Scores) -> Scores: ...
    def lexical(self, query: str) -> Scores: ...
    def late(self, question: Scores, rows: Sequence[int]) -> Scores: ...


@dataclass(frozen=True)
class Weights:
    """How much each signal counts; dense and lexical are z-scores, the rest adds as it stands."""

    dense_statement: float = 0.5
    dense_passage: float = 0.3
    lexical_statement: float = 0.35
    lexical_passage: float = 0.2
    asked: float = 1.8  # likeness to the way residents ask for the statement
    late: float = 0.9  # late interaction, among the pool only
    coverage: float = 3.0
    wanted: float = 0.6  # the sort of thing asked for (a number, a date, a place) stands in the statement
    document: float = 0.8
    year: float = 1.2
    status: float = 0.4
    figure: float = 2.6  # an amount that the question states stands in the statement
    pool: int = 18  # statements looked at closely
    quick_pool: int = 14


class Retriever:
    """Ranks the statements of one index generation for a query."""

    def __init__(
        self,
        statements: Sequence[Statement],
        statement_index: Collection,
        passage_index: Collection,
        encoder: QueryEncoder,
        asks: tuple[Collection, Sequence[str]] | None = None,
        weights: Weights | None = None,
        metric: Metric | None = None,
    ):
        """
        :param asks: how residents ask (an embedded collection) and, in its order, the statement each points to.
        :param metric: how vectors are seen when ranking; without it as the encoder made them.
        :raises ValueError: when the index was built from other statements than these.
        """
        if [s.key for s in statements] != list(statement_index.keys):
            raise ValueError("the index does not hold these statements; rebuild it with `make index`")
        self.statements = tuple(statements)
        self.weights = weights or Weights()
        self._statement_index, self._passage_index, self._encoder = statement_index, passage_index, encoder
        place = {key: i for i, key in enumerate(passage_index.keys)}
        self._passage_of = np.array([place[s.passage.id] for s in statements])
        self._texts = [normalise(s.text) for s in statements]
        self._around = [normalise(_around(s)) for s in statements]
        self._coverage = Coverage(self._around)
        row = {s.key: i for i, s in enumerate(statements)}
        asked = (asks[0], np.array([row[key] for key in asks[1]], dtype=np.int64)) if asks else None
        self._vectors = (Far if statement_index.far else Near)(
            statement_index, passage_index, self._passage_of, asked, metric or Metric()
        )
        self._following = Following(encoder)
        self._district = [s.passage.source.district for s in statements]
        self._districts_of: dict[int, set[str]] = {}  # of each of the coverage's surroundings
        for around, district in zip(self._coverage.rows, self._district, strict=True):
            self._districts_of.setdefault(around, set()).add(district)
        self._inside: dict[tuple[str, ...], NDArray[np.bool_]] = {}
        self._wanted = [{want for want, form in _WANTED.items() if form.search(text)} for text in self._texts]

    @cached_property
    def corpus(self) -> str:
        """All passages, normalised, one a line: tells whether a word is used at all."""
        return "\n".join(dict.fromkeys(self._around))

    def idf(self, concept: Concept) -> float:
        """How much a concept tells, 0…1; 1 for one the corpus never names."""
        return self._coverage.idf(concept)

    def knows(self, concept: Concept) -> bool:
        """Whether the corpus uses any of a concept's words."""
        return self._coverage.knows(concept)

    def districts_naming(self, concept: Concept) -> set[str]:
        """The districts whose documents use any of a concept's words."""
        return {d for row in self._coverage.holding(concept) for d in self._districts_of[row]}

    def search(self, query: Query, top: int = 12, quick: bool = False) -> list[Evidence]:
        """The best statements, best first; those of another district come last, ``rejected`` by name.

        :param quick: for a question that is being typed: look closely at fewer, leave out the late interaction, and
            take the vector of what was typed a moment ago
        """
        written = query.written or query.text
        vector = self._following.vector(written) if quick else self._encoder.encode_question(written)[0]
        (fused, nearness), allowed = self._fuse(query, vector), self._allowed(query.districts)
        pool = self._pool(fused, allowed, self.weights.quick_pool if quick else self.weights.pool)
        if not quick:
            tokens = self._encoder.encode_question(written)[1]
            fused[pool] += self.weights.late * z_scores(self._statement_index.late(tokens, pool))
        named = self._coverage.named(query.concepts)
        likeness = self._vectors.likeness(vector, np.array(pool, dtype=np.int64)).tolist()
        found = [
            self._judge(query, named, i, (float(fused[i]), like, float(nearness[i])), bool(allowed[i]))
            for i, like in zip(pool, likeness, strict=True)
        ]
        found.sort(key=lambda e: (bool(e.rejected), -e.score))
        usable = [e for e in found if not e.rejected][:top]
        return usable + [e for e in found if e.rejected][:top]

    def _fuse(self, query: Query, vector: Scores) -> tuple[Scores, Scores]:
        """(n,) fused score and (n,) nearness of every statement; of those that are not candidates minus infinity."""
        w = self.weights
        said = [word for c in query.concepts for word in c.words[:3]]
        # of an English question only the words put into Chinese can be found
        text = " ".join(said if query.text.isascii() else [query.text, *said])
        words, around = self._statement_index.lexical(text), self._passage_index.lexical(text)
        rows: NDArray[np.int64] | slice = slice(None)
        if isinstance(self._vectors, Far):
            rows = candidates = self._candidates(self._vectors, vector, (words, around), query.districts)
            statement, passage, asked = self._vectors.z(vector, candidates)
        else:
            statement, passage, asked = self._vectors.z(vector)
        fused, nearness = np.full((2, len(self.statements)), -np.inf, dtype=np.float32)
        nearness[rows] = asked + ITSELF * statement
        fused[rows] = (
            w.dense_statement * statement
            + w.dense_passage * passage
            + w.lexical_statement * z_scores(words)[rows]
            + w.lexical_passage * z_scores(around[self._passage_of])[rows]
            + w.asked * np.maximum(asked, 0.0)
        )
        return fused, nearness

    def _candidates(
        self, far: Far, vector: Scores, words: tuple[Scores, Scores], districts: tuple[str, ...]
    ) -> NDArray[np.int64]:
        """Rows of the statements worth scoring: of the districts, and fewer of the others."""
        inside = self._allowed(districts)
        others = tuple(sorted(set(self._district) - set(districts)))
        found = []
        for places, mask, share in ((districts, inside, 1.0), (others, ~inside, ELSEWHERE)):
            if mask.any():
                here = np.zeros(len(words[1]), dtype=bool)
                here[self._passage_of[mask]] = True
                found.append(
                    far.candidates(vector, Only(districts=places), words[0] * mask, words[1] * here, share)
                )
        return np.unique(np.concatenate(found))

    def _allowed(self, districts: tuple[str, ...]) -> NDArray[np.bool_]:
        """(n,) whether each statement is of one of the districts."""
        if districts not in self._inside:
            self._inside[districts] = np.array([district in districts for district in self._district])
        return self._inside[districts]

    def _pool(self, fused: Scores, allowed: NDArray[np.bool_], size: int) -> list[int]:
        inside = _highest(fused, np.flatnonzero(allowed), size)
        pool = [*inside, *_highest(fused, np.flatnonzero(~allowed), size // 4)]
        return [i for i, score in zip(pool, fused[pool].tolist(), strict=True) if score > -math.inf]

    def _judge(
        self,
        query: Query,
        named: Sequence[Named],
        i: int,
        vectors: tuple[float, float, float],
        allowed: bool,
    ) -> Evidence:
        """:param vectors: fused score, likeness and nearness"""
        w, statement, (fused, similarity, nearness) = self.weights, self.statements[i], vectors
        coverage, missing = self._coverage.of(named, self._texts[i], self._coverage.rows[i])
        figure = bool(query.figures) and coverage >= HALF and holds(self._texts[i], query.figures)
        parts = {
            "fused": fused,
            "coverage": w.coverage * coverage,
            "wanted": w.wanted * len(query.wants & self._wanted[i]),
            "figure": w.figure * figure,
            "document": w.document
            * (bool(query.document) and query.document == statement.passage.source.kind),
            "year": w.year * _year_match(query, statement),
            "status": w.status * _status_match(query, statement),
        }
        rejected = "" if allowed else f"district:{statement.passage.source.district}"
        score = sum(parts.values())
        return Evidence(statement, score, similarity, coverage, missing, rejected, parts, nearness)


def _around(statement: Statement) -> str:
    passage = statement.passage
    return " ".join([*passage.heading, passage.label, passage.text])


def _year_match(query: Query, statement: Statement) -> float:
    if query.years:
        return 1.0 if set(query.years) & set(statement.years) else -1.0
    return 0.8 * (query.horizon in statement.years) if query.horizon else 0.0


def _status_match(query: Query, statement: Statement) -> float:
    match = 0.0
    if (query.status or query.lean) and statement.passage.kind != "table_row":
        for wanted, counts in ((query.status, 1.0), (query.lean, 0.5)):
            if wanted:
                match += counts * (1.0 if statement.reached == (wanted == "实际") else -0.5)
    return match


def _highest(scores: Scores, rows: NDArray[np.int64], count: int) -> list[int]:
    """Those of ``rows`` with the highest scores, best first."""
    if len(rows) > count:
        rows = rows[np.argpartition(-scores[rows], count)[:count]]
    return [int(i) for i in rows[np.argsort(-scores[rows], kind="stable")]]
