"""The optional language model: puts a composed answer in plainer words or in the resident's language, or picks
another piece of the evidence. It never makes an answer, and whatever goes wrong, the extractive answer is sent.

    Answerer([guard, …, Compose()], finishing=[Rewriter(endpoint, likeness), …])

It gets the masked question and numbered sentences, no names of documents, no links and no earlier messages.
Imported only when ``LLM_BASE_URL`` is set.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from actions.answering.compose import stance_label
from actions.answering.errors import EndpointResting, ReplyRejected, RewriteError
from actions.answering.llm_question import anonymous
from actions.answering.llm_reply import Line, Reply, check_line, read_reply
from actions.answering.llm_rules import Rules, rules
from actions.answering.llm_spans import Span, candidates
from actions.answering.pipeline import check
from actions.answering.state import Draft, State

log = logging.getLogger(__name__)
REWRITTEN, PICKED, UNCHANGED = "rewritten", "picked", "unchanged"
Likeness = Callable[[str, str], float]


class Endpoint(Protocol):
    """``LlmEndpoint``, or anything else that answers or raises a RewriteError."""

    def ask(self, system: str, user: str) -> str: ...


class Rewriter:
    """A finishing step: replaces the draft of a state if the model has something better that holds; may be shared by threads.

    :param likeness: cosine of two texts; tells a paraphrase from an invention without any number in it.
    :param outcomes: how often each thing happened; the service shows it among its figures.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        likeness: Likeness,
        outcomes: Counter[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint, self._likeness, self._clock = endpoint, likeness, clock
        self._rules: Rules = rules()
        self.outcomes = Counter[str]() if outcomes is None else outcomes
        self._lock = threading.Lock()
        self._replies: OrderedDict[str, str] = OrderedDict()
        self._failures, self._rest_until = 0, 0.0

    def __call__(self, state: State) -> None:
        draft, reading = state.draft, state.reading
        if draft is None or reading is None or draft.status not in self._rules.statuses or check(draft):
            return
        spans = candidates(draft, state, self._rules)
        if not spans:
            return
        try:
            outcome, state.draft = self._better(draft, spans, state.question.text, reading.english)
        except RewriteError as error:
            outcome = error.reason
            # Neither the question nor what the model said: both may hold what no log should.
            log.warning("rewrite not used: %s", outcome)
        state.notes["rewrite"] = outcome
        with self._lock:
            self.outcomes[outcome] += 1

    def _better(self, draft: Draft, spans: list[Span], question: str, english: bool) -> tuple[str, Draft]:
        reply = read_reply(self._asked(draft, spans, question, english), frozenset(s.number for s in spans))
        by_number = {span.number: span for span in spans}
        must = {span.number for span in spans if span.needed}
        if not must <= {*reply.pick, *(line.source for line in reply.lines)}:
            raise ReplyRejected("left_out")
        outcome, better = (
            self._picked(draft, [by_number[n] for n in reply.pick])
            if reply.pick
            else self._rewritten(draft, reply, by_number, english)
        )
        if failed := check(better):
            raise ReplyRejected(failed[0].kind)
        return outcome, better

    def _picked(self, draft: Draft, spans: list[Span]) -> tuple[str, Draft]:
        claims = [span.shown for span in spans]
        if claims == draft.claims:
            return UNCHANGED, draft
        return PICKED, replace(draft, claims=claims, evidence=[span.evidence for span in spans])

    def _rewritten(
        self, draft: Draft, reply: Reply, spans: dict[int, Span], english: bool
    ) -> tuple[str, Draft]:
        claims = [self._claim(line, spans[line.source], english) for line in reply.lines]
        if claims == draft.claims:
            return UNCHANGED, draft
        notice = self._rules.notice_en if english else self._rules.notice
        evidence = [spans[line.source].evidence for line in reply.lines]
        tail = "\n".join(filter(None, [draft.tail, notice]))
        return REWRITTEN, replace(draft, claims=claims, evidence=evidence, tail=tail)

    def _claim(self, line: Line, span: Span, english: bool) -> str:
        """The line as it is shown; behind a translation stands the Chinese.

        :raises ReplyRejected: when it says what the evidence doesn't.
        """
        ground = f"{span.shown}{stance_label(span.evidence)}"
        check_line(line.text, ground, english, self._rules)
        if self._likeness(line.text, span.shown) < self._rules.likeness["en" if english else "zh"]:
            raise ReplyRejected("unlike")
        return f"{line.text}\n（{self._rules.original}{span.shown}）" if english else line.text

    def _asked(self, draft: Draft, spans: list[Span], question: str, english: bool) -> str:
        """The model's words for this question and evidence; the same are not asked twice."""
        user = json.dumps(
            {
                "question": anonymous(question),
                "language": "English" if english else "中文",
                "evidence": {f"[{s.number}]": f"{s.sent}{stance_label(s.evidence)}" for s in spans},
                "shown": [f"[{n}]" for n in range(1, len(draft.claims) + 1)],
            },
            ensure_ascii=False,
        )
        key = sha256(f"{self._rules.system}\n{user}".encode()).hexdigest()
        with self._lock:
            if key in self._replies:
                self._replies.move_to_end(key)
                return self._replies[key]
        said = self._call(user)
        with self._lock:
            self._replies[key] = said
            while len(self._replies) > self._rules.cache:
                self._replies.popitem(last=False)
        return said

    def _call(self, user: str) -> str:
        """:raises RewriteError: also without a call, while the endpoint is left alone."""
        with self._lock:
            if self._clock() < self._rest_until:
                raise EndpointResting
        try:
            said = self._endpoint.ask(self._rules.system, user)
        except RewriteError:
            with self._lock:
                self._failures += 1
                if self._failures >= self._rules.failures:
                    self._failures, self._rest_until = 0, self._clock() + self._rules.rest_seconds
            raise
        with self._lock:
            self._failures = 0
        return said
