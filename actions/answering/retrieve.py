"""Reading → evidence, best first; what was rejected stays, with its reason."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answering.frames import found_in
from actions.answering.measures import counts, needed
from actions.answering.mentions import LAST_REPORTED
from actions.answering.rules import asks
from actions.answering.state import Reading, State
from embeddings.coverage import holds
from embeddings.retriever import Evidence, Query, Retriever
from knowledge.places import PLACE

_DOCUMENTS = {
    "plan": re.compile(r"规划(里|上|中|写|说|要|提)|十四五规划|五年规划"),
    "work_report": re.compile(r"(工作)?报告(里|上|中|写|说|提)"),
}
_WANTS = {
    "numeric": "number",
    "when": "time",
    "where": "place",
    "first": "first",
    "list": "list",
    "growth": "growth",
}
_UNITS = {
    "area": re.compile(r"面积|多少平|多少亩"),
    "money": re.compile(r"多少钱|几个?亿|花了?多少|投了?多少|多少资金|how much money"),
    "share": re.compile(r"几成|百分之|比例|占比|覆盖率|percent"),
    "people": re.compile(r"多少人|几个人|多少名|多少户|几户|how many people"),
}


APART = 4  # questions of one message that are looked up by themselves
SAME_MATTERS = 0.25  # coverage from which a sentence is about the same matters
_AMOUNT = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:[万亿]|%)+")


class Retrieve:
    """Looks the reading up in the index."""

    def __init__(self, retriever: Retriever):
        self._retriever = retriever

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        state.evidence = self._retriever.search(query_of(reading), quick=state.quick)
        if not state.quick:
            state.notes["frames"] = found_in(reading, query_of(reading), self._retriever)
        if not state.quick and len(reading.parts) > 1 and reading.strong:
            parts = [self._part(reading, part) for part in self._apart(state, reading)]
            state.notes["parts"] = [
                [e for e in part if e.statement.passage.kind != "table_row"] for part in parts
            ]

    def _apart(self, state: State, reading: Reading) -> tuple[str, ...]:
        """The questions to look up by themselves: all but the first, and it too if the best sentence lacks its words."""
        first, best = reading.parts[0], next((e for e in state.evidence if not e.rejected), None)
        missing = {c.surface for c in best.missing} if best else set()
        lacking = any(c.surface in first and c.surface in missing for c in reading.concepts)
        return reading.parts[0 if lacking else 1 : APART]

    def _part(self, reading: Reading, part: str) -> list[Evidence]:
        """Evidence for one of several questions in a message; its topic is the message's first."""
        topic = reading.strong[0]
        inside = tuple(c for c in reading.concepts if c.surface in part)
        concepts = inside if topic in inside else (topic, *inside)
        query = replace(query_of(reading), text=f"{topic.surface} {part}", concepts=concepts)
        proof = needed(part) or (PLACE if asks()["where"]["ask"].search(part) else None)
        if [c for c in inside if c != topic]:
            found, proof = self._retriever.search(query, 8), proof or counts(part)
            proved = [
                e for e in found if proof and proof.search(e.statement.text) and e.coverage >= SAME_MATTERS
            ]
            # the topic's own sentence may count something, too: what this part names comes first
            own = [c for c in inside if c != topic]
            proved.sort(key=lambda e: -sum(holds(e.statement.text, c.words) for c in own))
            return (proved or found)[:3]
        if inside == (topic,):  # the same thing, asked anew: «…126个是海曙的伐？今年抓几个重大项目»
            return self._retriever.search(replace(query, text=part, concepts=inside), 3)
        # «…，一年花了多少钱» names nothing of its own: a sentence of the same matters that tells such a measure
        if proof is None:
            return []
        found = self._retriever.search(
            replace(query, text=f"{reading.text} {part}", concepts=reading.concepts), 8
        )
        return [e for e in found if proof.search(e.statement.text) and e.coverage >= SAME_MATTERS]


def query_of(reading: Reading) -> Query:
    """The retriever's view of a reading."""
    return Query(
        text=reading.text,
        written=written(reading),
        concepts=reading.concepts,
        districts=reading.districts,
        years=reading.years,
        status=reading.status,
        lean="实际" if reading.years and not reading.status and max(reading.years) <= LAST_REPORTED else "",
        horizon=reading.horizon,
        document=next((kind for kind, word in _DOCUMENTS.items() if word.search(reading.text)), ""),
        figures=tuple(_AMOUNT.findall(reading.asked)),
        wants=frozenset(
            [want for ask, want in _WANTS.items() if ask in reading.asks]
            + [want for want, pattern in _UNITS.items() if pattern.search(reading.asked)]
        ),
    )


def written(reading: Reading) -> str:
    """The question with its everyday words put as the documents write them."""
    text = reading.text
    for concept in reading.concepts:
        if concept.known and concept.surface not in concept.words:
            text = text.replace(concept.surface, concept.words[0], 1)
    return text
