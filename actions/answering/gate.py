"""Evidence or abstention: whether what was found answers what was asked, and if not, why not."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.answering.guard import refusal
from actions.answering.measures import COUNT, counted_beside
from actions.answering.mentions import names_haishu
from actions.answering.near_miss import refuse
from actions.answering.proof import CHECKS, prefer_wanted
from actions.answering.rules import guards, wording
from actions.answering.state import Draft, Reading, State
from actions.answering.thresholds import Thresholds
from actions.answering.verify import quantities
from embeddings.retriever import Evidence
from knowledge.normalise import normalise
from knowledge.places import PLACE

_STATED = re.compile(r"(\d+(?:\.\d+)?)([万亿]*)(?:(%)|(?=[个家所条座户张项人名公元平亩]))")
_FIGURE = re.compile(r"[为达到]\d[\d.]*(?:[万亿]?[人元吨个家]|%)")


class Gate:
    """Passes usable evidence on; otherwise sets a refusal with its reason."""

    def __init__(self, thresholds: Thresholds | None = None):
        self.t = thresholds or Thresholds()

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        usable = [e for e in state.evidence if not e.rejected and _speaks(e)]
        self._refuse_by_kind(state, reading, usable)
        if state.draft is None and guards()["other_service"].search(state.text):
            self._other_service(state, reading, usable)
        if state.draft is None and not state.notes.get("unpublished"):
            self._other_district(state, reading, usable)
        if state.draft is None and reading.years and "office" not in reading.asks:
            usable = self._of_the_year(state, reading, usable)
        if state.draft is None:
            foreign = state.notes.get("foreign")
            proved = self._needed_proof(state, reading, foreign or usable)
            usable = usable if foreign else proved
        usable = prefer_wanted(usable, reading)
        enough = usable and self.strong_enough(usable[0], reading) and not state.notes.get("unpublished")
        if state.draft is None and not enough:
            self._not_in_sources(state, reading, usable)
        state.evidence = usable

    def strong_enough(self, evidence: Evidence, reading: Reading) -> bool:
        """Likeness and words together; lexical hits without semantic corroboration are not evidence."""
        floor = self.t.similarity_foreign if reading.english else self.t.similarity
        if set(reading.strong) & set(evidence.missing) and not reading.english:
            floor = self.t.similarity_lacking
        if evidence.coverage < self.t.unnamed and not reading.english:
            floor = self.t.likeness  # nothing that is asked for is named: only near identity will do
        return evidence.score >= self.t.score and evidence.similarity >= floor

    def _refuse_by_kind(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        english = reading.english
        known_business = english and state.notes.get("unpublished")
        if not reading.concepts and not reading.years and not known_business:
            state.draft = Draft("clarify", [], lead=wording("clarify", english=english))
        elif "personal" in reading.asks:
            state.draft = refusal("refused_personal_data", english=english)
        elif reading.other_place and (
            _about(reading.asked, reading.other_place) or not _names(usable[:3], reading.other_place)
        ):
            state.draft = refusal("refused_other_district", asked=reading.other_place, english=english)
        elif "office" in reading.asks and not _dated(usable[:1], reading.years):
            refuse(state, "refused_other_year", "现任人选", usable[:1], self.t.known)

    def _other_service(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        """Weather, lottery, recipes…: refused unless the sources speak of all that was asked."""
        best = usable[0] if usable else None
        if best is None or best.coverage < self.t.clear or best.similarity < self.t.likeness:
            state.draft = refusal("refused_other_service", english=reading.english)

    def _other_district(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        """A fact that only the other district's page has is corrected, never passed off as ours."""
        if reading.districts != ("海曙",):
            return
        foreign = [e for e in state.evidence if e.rejected.startswith("district:")]
        if not foreign or not self.strong_enough(foreign[0], reading):
            return
        best = usable[0] if usable else None
        if best is None:
            state.notes["foreign"] = self._proved(foreign, reading)
            return
        if said := stated_figures(reading.asked):
            theirs = [e for e in foreign if said & quantities_of(e)]
            if theirs and not any(said & quantities_of(e) for e in usable[:4]):
                state.notes["theirs"] = theirs[0]
        better = foreign[0].score > best.score + self.t.margin and foreign[0].coverage > max(
            best.coverage, 0.35
        )
        asks_whose = "yesno" in reading.asks and names_haishu(reading.asked) and best.coverage < 0.95
        as_good = foreign[0].coverage >= best.coverage and foreign[0].score > best.score - self.t.margin
        if better or (asks_whose and as_good):
            state.notes["foreign"] = self._proved(foreign, reading)

    def _proved(self, foreign: list[Evidence], reading: Reading) -> list[Evidence]:
        """Of another district's evidence, what also holds a figure if one is asked for."""
        whose = names_haishu(reading.asked)
        near = [e for e in foreign if e.score >= foreign[0].score - (6.0 if whose else 4.0)]
        if "numeric" in reading.asks:
            places = [e for e in near[:1] if "where" in reading.asks and PLACE.search(e.statement.text)]
            beside = counted_beside(foreign, reading.asked)
            counted = [e for e in near if COUNT.search(e.statement.text) and e not in (*places, *beside)]
            near = places + beside + counted or near
        if whose:  # a sentence that says so comes first
            near = sorted(
                near, key=lambda e: e.statement.passage.source.district not in e.statement.sentence_text
            )
        return near[:2]

    def _of_the_year(self, state: State, reading: Reading, usable: list[Evidence]) -> list[Evidence]:
        matching = [e for e in usable if set(reading.years) & set(e.statement.years)]
        if matching and self.strong_enough(matching[0], reading):
            return self._of_the_status(matching, reading)
        if usable and self.strong_enough(usable[0], reading):
            asked = "、".join(f"{y}年" for y in reading.years)
            refuse(state, "refused_other_year", asked, usable[:2], self.t.known)
        return matching

    def _of_the_status(self, matching: list[Evidence], reading: Reading) -> list[Evidence]:
        """Of one year, what was done before what was planned, or the other way round, where it names as much."""
        fitting = [e for e in matching if e.statement.reached == (reading.status == "实际")]
        if not reading.status or not fitting or fitting[0].coverage < matching[0].coverage:
            return matching
        return [fitting[0], *(e for e in matching if e is not fitting[0])]

    def _needed_proof(self, state: State, reading: Reading, usable: list[Evidence]) -> list[Evidence]:
        """Runs the checks of ``proof.py``; the first that fails names what the sources lack."""
        if len(reading.parts) > 1:  # the other questions' evidence is looked for apart, see ``retrieve.py``
            reading = replace(reading, asked=reading.parts[0])
        for check in CHECKS:
            usable, lacking = check(reading, usable, self.t)
            if lacking:
                refuse(state, "refused_not_in_sources", lacking, usable[:1], self.t.known)
                break
        return usable

    def _not_in_sources(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        if state.notes.get("foreign"):
            return
        refuse(state, "refused_not_in_sources", "", usable[:1], self.t.known)


def _speaks(evidence: Evidence) -> bool:
    """Table rows answer through their cells only, and footnotes only where they give a figure of their own."""
    passage = evidence.statement.passage
    note = passage.note and not _FIGURE.search(evidence.statement.text)
    return passage.kind != "table_row" and not note


def _dated(evidence: list[Evidence], years: tuple[int, ...]) -> bool:
    """Whether the evidence's document is of one of the asked years."""
    return any(e.statement.passage.source.published.year in years for e in evidence)


def _about(asked: str, place: str) -> bool:
    """Whether the question is about a place as such (余姚有什么好玩的), not about the way there."""
    return (
        re.match(rf"(请问|那|在)?{re.escape(place)}(市|区|县)?(那边|这边)?(有|的|哪|怎)", asked) is not None
    )


def _names(evidence: list[Evidence], place: str) -> bool:
    return any(place in e.statement.passage.text for e in evidence)


def stated_figures(asked: str) -> set[str]:
    """Figures that a question itself claims (是不是增长了16.8%), years aside."""
    plain = [f"{number}{scale}{percent}" for number, scale, percent in _STATED.findall(asked)]
    return {value for text in plain for value in quantities(text)}


def quantities_of(evidence: Evidence) -> set[str]:
    return set(quantities(normalise(evidence.statement.text)))
