"""Evidence or abstention: whether what was found answers what was asked, and if not, why not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.answering.guard import refusal
from actions.answering.rules import asks, wording
from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence

_NUMERAL = re.compile(r"\d|[一二两三四五六七八九十百]+[个家所条座大项张部幢栋届]|全覆盖|首[个家]|%")


@dataclass(frozen=True)
class Thresholds:
    """Calibrated on the development halves; see ``make calibrate``."""

    coverage: float = 0.52  # share of the question's concepts the evidence holds
    similarity: float = 0.86  # cosine below which coverage has to carry alone
    coverage_alone: float = 0.75
    known: float = 0.5  # coverage from which a near miss is worth telling
    margin: float = 1.0  # by how much another district's evidence must be better to be shown


class Gate:
    """Passes usable evidence on; otherwise sets a refusal with its reason."""

    def __init__(self, thresholds: Thresholds | None = None):
        self.t = thresholds or Thresholds()

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        usable = [e for e in state.evidence if not e.rejected]
        self._refuse_by_kind(state, reading, usable)
        if state.draft is None:
            self._other_district(state, reading, usable)
        if state.draft is None and reading.years:
            usable = self._of_the_year(state, reading, usable)
        if state.draft is None:
            usable = self._needed_proof(state, reading, usable)
        if state.draft is None and not (usable and self.strong_enough(usable[0])):
            self._not_in_sources(state, reading, usable)
        state.evidence = usable

    def strong_enough(self, evidence: Evidence) -> bool:
        """Semantic corroboration: words in common alone are not evidence, nor is likeness alone."""
        if evidence.coverage >= self.t.coverage_alone:
            return True
        return evidence.coverage >= self.t.coverage and evidence.similarity >= self.t.similarity

    def _refuse_by_kind(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        english = reading.english
        if not reading.concepts and not reading.years:
            state.draft = Draft("clarify", [], lead=wording("clarify", english=english))
        elif "personal" in reading.asks:
            state.draft = refusal("refused_personal_data", english=english)
        elif reading.other_place and not _names(usable[:3], reading.other_place):
            state.draft = refusal("refused_other_district", asked=reading.other_place, english=english)
        elif "office" in reading.asks:
            self._refuse_with_known(state, "refused_other_year", "现任人选", usable[:1])

    def _other_district(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        """A fact that only the other district's page has is corrected, never passed off as ours."""
        if reading.districts != ("海曙",):
            return
        foreign = [e for e in state.evidence if e.rejected.startswith("district:")]
        if not foreign or not self.strong_enough(foreign[0]):
            return
        best = usable[0] if usable else None
        if best is None or foreign[0].score > best.score + self.t.margin and foreign[0].coverage > best.coverage + 0.1:
            state.notes["foreign"] = foreign[:1]

    def _of_the_year(self, state: State, reading: Reading, usable: list[Evidence]) -> list[Evidence]:
        matching = [e for e in usable if set(reading.years) & set(e.statement.years)]
        if matching and self.strong_enough(matching[0]):
            return matching
        if usable and self.strong_enough(usable[0]):
            asked = "、".join(f"{y}年" for y in reading.years)
            self._refuse_with_known(state, "refused_other_year", asked, usable[:2])
        return matching

    def _needed_proof(self, state: State, reading: Reading, usable: list[Evidence]) -> list[Evidence]:
        for kind in sorted(reading.asks & set(asks()["needs_evidence"])):
            rule = asks()["needs_evidence"][kind]
            proved = [e for e in usable[:6] if rule["proof"].search(e.statement.sentence_text)]
            if not proved:
                self._refuse_with_known(state, "refused_not_in_sources", rule["name"], usable[:1])
                return usable
            usable = proved
        if "name_list" in reading.asks and re.search("名单|都叫|哪几家|都有谁|list of names", reading.asked):
            listed = [e for e in usable[:4] if e.statement.sentence_text.count("、") >= 2]
            if not listed:
                self._refuse_with_known(state, "refused_not_in_sources", "具体名单", usable[:1])
            return listed
        if "numeric" in reading.asks and "when" not in reading.asks and re.search("多少|几[个家所条座户人张台部]|how m", reading.asked):
            counted = [e for e in usable[:6] if _NUMERAL.search(e.statement.sentence_text)]
            if not counted:
                self._refuse_with_known(state, "refused_not_in_sources", "具体数字", usable[:1])
            return counted
        return usable

    def _not_in_sources(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        if state.notes.get("foreign"):
            return
        self._refuse_with_known(state, "refused_not_in_sources", "", usable[:1])

    def _refuse_with_known(self, state: State, status: str, asked: str, near: list[Evidence]) -> None:
        reading = state.reading
        assert reading is not None
        draft = refusal(status, asked=asked, english=reading.english)
        near = [e for e in near if e.coverage >= self.t.known and e.similarity >= self.t.similarity - 0.03]
        if near:
            state.notes["known"] = wording(status, "known", english=reading.english)
            draft.evidence = near
        state.draft = draft


def _names(evidence: list[Evidence], place: str) -> bool:
    return any(place in e.statement.passage.text for e in evidence)
