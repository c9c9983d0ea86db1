"""Question → answer. The list of steps *is* the architecture; a step that sets a draft ends the run.

guard → resolve → term card → box → retrieve → elsewhere → unheard → table row → gate → compose; then English figures, term hints, verify
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence

from actions.answering.answer import Answer, Question
from actions.answering.clauses import QUESTION_WORD, parted
from actions.answering.compose import render
from actions.answering.guard import is_english, refusal
from actions.answering.retrieve import Retrieve
from actions.answering.rules import statuses
from actions.answering.state import Draft, State
from actions.answering.verify import Violation, violations
from actions.telemetry.tracing import span
from knowledge.normalise import normalise
from knowledge.records import Passage

log = logging.getLogger(__name__)
_ROW_UNIT = re.compile(r"（([^（）]*)）\*?：")
Step = Callable[[State], None]


class Answerer:
    """Runs the steps for one message at a time; holds no state of its own and may be shared by threads.

    :param steps: tried in order until one sets a draft.
    :param finishing: steps that every draft passes before it is verified.
    """

    def __init__(self, steps: Sequence[Step], finishing: Sequence[Step] = ()):
        self._steps, self._finishing = tuple(steps), tuple(finishing)

    def answer(self, question: Question) -> Answer:
        """The answer to ``question``; always one, with a status from the closed list."""
        started = time.perf_counter()
        state = State(question, text=normalise(parted(question.text)))
        for step in self._steps:
            _run(step, state)
            if state.draft is not None:
                break
        assert state.draft is not None, "the last step must set a draft"
        for step in self._finishing:
            _run(step, state)
        with span("verify"):
            draft = verified(state.draft, is_english(state.text))
        text, citations = render(draft, state.reading, str(state.notes.get("known", "")))
        return Answer(
            text=text,
            status=draft.status,
            citations=citations,
            suggestions=draft.suggestions,
            ms=(time.perf_counter() - started) * 1000,
            trace=trace(state),
            refused=bool(statuses()[draft.status]["refused"]),
        )

    def look(self, question: Question, understood: Step, quick: bool = False) -> State:
        """The same for an operator who is typing: the whole state, its evidence always searched; nothing is reworded.

        :param understood: called when the question has been read and before anything is looked up
        :param quick: only the evidence, found with less care; no answer is made
        """
        state, told = State(question, text=normalise(parted(question.text)), quick=quick), False
        for step in self._steps:
            if state.reading is not None and not told:
                understood(state)
                told = True
            finds = isinstance(step, Retrieve) and state.reading is not None
            if finds or (state.draft is None and not (quick and told)):
                step(state)
        if quick:
            return state
        assert state.draft is not None, "the last step must set a draft"
        state.draft = verified(state.draft, is_english(state.text))
        text, citations = render(state.draft, state.reading, str(state.notes.get("known", "")))
        status = state.draft.status
        refused = bool(statuses()[status]["refused"])
        state.answer = Answer(text, status, citations, state.draft.suggestions, refused=refused)
        return state

    def looks_like_question(self, text: str) -> bool:
        """Whether a message that sounds like a request is a question the sources answer."""
        asks = QUESTION_WORD.search(normalise(text)) is not None
        return asks and self.answer(Question(text)).status.startswith("answered")


def _run(step: Step, state: State) -> None:
    with span(getattr(step, "__name__", type(step).__name__).lower()):
        step(state)


def verified(draft: Draft, english: bool = False) -> Draft:
    """The draft itself if every claim holds, else a refusal; what failed is logged."""
    failed = check(draft)
    if not failed:
        return draft
    log.warning("answer withheld: %s not in the cited passages", [f.value for f in failed])
    return refusal("refused_unverified", english=english)


def check(draft: Draft) -> list[Violation]:
    """Everything in the draft's claims that its evidence doesn't hold."""
    sources = [ground(e.statement.passage) for e in draft.evidence]
    numbering = tuple(str(i) for i in range(1, 40)) if draft.status == "answered_list" else ()
    years = tuple(f"{y}年" for e in draft.evidence for y in e.statement.years)
    return [
        v for claim in (*draft.claims, *draft.gloss) for v in violations(claim, sources, (*numbering, *years))
    ]


def ground(passage: Passage) -> str:
    """What a claim may rest on: the passage with its headings; a table row's numbers also with the row's unit."""
    parts = [*passage.heading, passage.label, passage.text]
    unit = _ROW_UNIT.search(passage.text) if passage.kind == "table_row" else None
    if unit:
        numbers = re.findall(r"\d+(?:\.\d+)?", passage.text.split("：", 1)[1])
        parts += [f"{n}{u}" for n in numbers for u in (unit.group(1).split("/")[0], "%")]
    return " ".join(parts)


def trace(state: State) -> dict[str, object]:
    """How the answer came about, for logs and evaluation."""
    return {
        "reading": state.reading,
        "evidence": [
            {
                "key": e.statement.key,
                "score": round(e.score, 3),
                "similarity": round(e.similarity, 3),
                "coverage": round(e.coverage, 3),
                "rejected": e.rejected,
                "text": e.statement.text,
            }
            for e in state.evidence[:8]
        ],
        "notes": {k: v for k, v in state.notes.items() if k != "foreign"},
    }
