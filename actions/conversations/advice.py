"""Suggests answers to operators, and says which of their own words no source holds.

advice.suggest(said)                 # what the pipeline would answer, already verified; None when it refuses
advice.unproved("有274个机构", said)   # ("274",)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from actions.answering.answer import Answer, Question
from actions.answering.verify import violations
from actions.conversations.inbox import answer_of
from actions.conversations.records import Utterance
from actions.conversations.tuning import Tuning

_HISTORY = 6
_SENTENCE = 6  # characters from which words can be called a quotation
_CLAUSES = re.compile(r"(?<=[。；;！!？?\n])")


Documents = Callable[[], Sequence[str]]


class Answerer(Protocol):
    """The answering pipeline."""

    def answer(self, question: Question) -> Answer: ...


class Advice:
    """:param documents: gives the published texts as received."""

    def __init__(self, answerer: Answerer, documents: Documents, tuning: Tuning) -> None:
        self._answerer = answerer
        self._documents = documents
        self._known = tuning.known_numbers

    def suggest(self, said: Sequence[Utterance], asked: str = "") -> Answer | None:
        """The pipeline's answer to the resident's last words, or to ``asked``; None when it has none."""
        words = [one.text for one in said if one.speaker == "resident" and one.text]
        question = asked or (words[-1] if words else "")
        if not question:
            return None
        history = words if asked else words[:-1]
        answer = self._answerer.answer(Question(question, tuple(history[-_HISTORY:])))
        return answer if answer.status.startswith("answered") and not answer.refused else None

    def unproved(self, words: str, said: Sequence[Utterance]) -> tuple[str, ...]:
        """Numbers, places and names of ``words`` that stand in no cited passage and weren't said by the resident.

        A sentence that stands in a document word for word is proved by that.
        """
        grounds = [one.text for one in said if one.speaker == "resident"]
        grounds += [text for one in said for text in _cited(answer_of(one))]
        if not violations(words, grounds, self._known):
            return ()
        typed = self._unpublished(words)
        answer = self.suggest(said)
        if answer:  # what was suggested may be sent
            grounds += [answer.text, *(citation.passage_text for citation in answer.citations)]
        return tuple(dict.fromkeys(one.value for one in violations(typed, grounds, self._known)))

    def _unpublished(self, words: str) -> str:
        """The words without the sentences that stand in a document."""
        texts = [re.sub(r"\s", "", text) for text in self._documents()]
        return "".join(clause for clause in _CLAUSES.split(words) if not _stands(clause, texts))


def _stands(clause: str, texts: Sequence[str]) -> bool:
    bare = re.sub(r"\s", "", clause).strip("“”「」。；;！!？?")
    return len(bare) >= _SENTENCE and any(bare in text for text in texts)


def _cited(answer: dict[str, object]) -> list[str]:
    citations = answer.get("citations")
    found = citations if isinstance(citations, list) else []
    return [f"{one.get('title', '')} {one.get('quote', '')} {one.get('passage_text', '')}" for one in found]
