"""What many people ask is answered once: the same question to the same documents has the same answer.

Holds the answers of one generation, so a new one begins with none. Questions are not kept, only their digests; nor are
refusals, which may repeat what somebody said. What is kept was verified when it was made and does not change.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from threading import Lock

from actions.answering.answer import Answer, Question
from actions.answering.pipeline import Answerer
from actions.answering.state import State

KEPT = 1024  # answers: some 5 kB each with their citations


class Repeated:
    """An answerer that remembers; may be shared by threads."""

    def __init__(self, answerer: Answerer, kept: int = KEPT) -> None:
        """:param kept: answers at most; those not asked for the longest go first"""
        self._answerer, self._kept = answerer, kept
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._lock = Lock()

    def answer(self, question: Question) -> Answer:
        """See ``pipeline.Answerer``. A repeated one has no trace."""
        started, key = time.perf_counter(), _digest(question)
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                self._answers.move_to_end(key)
        if known is not None:
            return replace(known, ms=(time.perf_counter() - started) * 1000)
        answer = self._answerer.answer(question)
        if answer.citations and not answer.refused:
            with self._lock:
                self._answers[key] = replace(answer, trace={})
                while len(self._answers) > self._kept:
                    self._answers.popitem(last=False)
        return answer

    def looks_like_question(self, text: str) -> bool:
        """See ``pipeline.Answerer``."""
        return self._answerer.looks_like_question(text)

    def look(self, question: Question, understood: Callable[[State], None], quick: bool = False) -> State:
        """See ``pipeline.Answerer``; an operator who is typing sees the evidence, which is searched each time."""
        return self._answerer.look(question, understood, quick)


def _digest(question: Question) -> bytes:
    return blake2b(json.dumps([question.text, *question.history]).encode(), digest_size=16).digest()
