"""知识缺口: what residents asked and the documents did not answer, or answered to no use, put together and counted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from actions.answering.curated import QuestionEncoder
from actions.conversations.tables import utterances
from actions.feedback.tables import answer_feedback
from actions.tickets.store import Store
from knowledge.normalise import normalise

UNANSWERED = ("refused_not_in_sources", "refused_other_year", "refused_unverified")
ALIKE = 0.955  # cosine of two questions that ask the same; those of one form about two things have 0.95
MOST = 600
DAYS = 28
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Asked:
    """One question that got no use."""

    text: str
    at: dt.datetime
    why: str  # unanswered, useless


@dataclass(frozen=True)
class Gap:
    """Questions that ask the same. ``recent`` and ``before``: of the last seven days, of the seven before."""

    example: str
    others: tuple[str, ...]
    count: int
    useless: int
    recent: int
    before: int
    latest: dt.datetime


class Gaps:
    """Reads conversations and opinions of four weeks."""

    def __init__(
        self, store: Store, encoder: QuestionEncoder, clock: Callable[[], dt.datetime], alike: float = ALIKE
    ) -> None:
        self._store, self._encoder, self._clock = store, encoder, clock
        self._alike = alike
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def found(self) -> tuple[Gap, ...]:
        """The most frequent first."""
        asked = self._asked()
        groups = self._grouped(asked)
        gaps = [_gap(group, self._clock()) for group in groups]
        return tuple(sorted(gaps, key=lambda gap: (-gap.count, gap.example)))

    def _asked(self) -> list[Asked]:
        since = self._clock() - dt.timedelta(days=DAYS)
        question = utterances.alias("question")
        refused = (
            select(question.c.text, question.c.at, utterances.c.answer)
            .join(
                question,
                (question.c.conversation == utterances.c.conversation)
                & (question.c.number == utterances.c.turn),
            )
            .where(utterances.c.speaker == "bot", utterances.c.at >= since, question.c.erased.is_(False))
            .where(utterances.c.answer != "")
            .order_by(utterances.c.at.desc())
            .limit(MOST)
        )
        useless = (
            select(answer_feedback.c.question, answer_feedback.c.at)
            .where(
                answer_feedback.c.useful.is_(False),
                answer_feedback.c.at >= since,
                answer_feedback.c.question != "",
            )
            .order_by(answer_feedback.c.at.desc())
            .limit(MOST)
        )
        with self._store.reading() as connection:
            told = connection.execute(refused).all()
            disliked = connection.execute(useless).all()
        unanswered = [
            Asked(r.text, r.at, "unanswered")
            for r in told
            if json.loads(r.answer).get("status") in UNANSWERED
        ]
        return [*unanswered, *(Asked(r.question, r.at, "useless") for r in disliked)]

    def _grouped(self, asked: Sequence[Asked]) -> list[list[Asked]]:
        groups: list[list[Asked]] = []
        centres: list[NDArray[np.float32]] = []
        for one in asked:
            vector = self._vector(normalise(one.text))
            scores = np.array(centres) @ vector if centres else np.zeros(0)
            if len(scores) and scores.max() >= self._alike:
                groups[int(scores.argmax())].append(one)
            else:
                groups.append([one])
                centres.append(vector)
        return groups

    def _vector(self, text: str) -> NDArray[np.float32]:
        if len(self._vectors) > 4 * MOST:
            self._vectors.clear()
        if text not in self._vectors:
            self._vectors[text] = self._encoder.encode_queries([text])[0]
        return self._vectors[text]


def _gap(group: Sequence[Asked], now: dt.datetime) -> Gap:
    wordings = list(dict.fromkeys(one.text for one in group))
    recent = sum(now - one.at <= WEEK for one in group)
    before = sum(WEEK < now - one.at <= 2 * WEEK for one in group)
    useless = sum(one.why == "useless" for one in group)
    latest = max(one.at for one in group)
    return Gap(wordings[0], tuple(wordings[1:5]), len(group), useless, recent, before, latest)
