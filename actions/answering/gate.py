"""Evidence or abstention: whether what was found answers what was asked, and if not, why not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.answering.guard import refusal
from actions.answering.resolve import names_haishu
from actions.answering.rules import asks, guards, wording
from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Concept, Evidence
from knowledge.places import PLACE, TOWNS

_LISTING = re.compile(
    r"(?<!什么)(?<!啥)(?<!哪个)(?<!哪些)名单|都叫什么|都有谁|哪几[个家所条座项]|哪[三四五六七八九十0-9]+[个家所条座项件]|list of names"
)
_NUMERAL = re.compile(
    r"\d(?!\d*[年月日号届])|[一二两三四五六七八九十百]+[个家所条座大项张部幢栋届环横纵种类]|全覆盖|首[个家]|唯一"
)
_PAIR = re.compile(r"(?:^|[，。；：])[一-鿿·]{2,6}、[一-鿿·]{2,6}")  # a list of two short names
_UNIT_ASKED = re.compile(r"(?:多少|几)[万亿]?(吨|个班|层|分钟|立方|公斤|站地|公顷)")
_DATE = re.compile(r"\d年|\d月|年底|年初")
_MEASURES = re.compile(r"面积|比例|时间|投资|金额|数量|人次|家庭|地方|百分点|项目|名额|资金|规模")
# what is counted → what a sentence that counts it must hold → how a refusal names it
_COUNTED = (
    (re.compile(r"百分之|几成|比例|占比|覆盖率|占.{0,6}多少"), re.compile(r"%|全覆盖|全部|成"), "比例"),
    (
        re.compile(r"多少钱|花了?多少|投了?多少|几个亿|几百万|how much (money|did)"),
        re.compile(r"\d\s*[万亿]?元|美元"),
        "金额",
    ),
    (re.compile(r"涨|增长|增幅|增速"), re.compile(r"增长|增幅|提高|上升|增加|下降|倍增|翻番"), "增长情况"),
    (re.compile(r"多少人(?!次)|几个人|多少名|多少户"), re.compile(r"\d\s*[万余多]*[人名户]"), "人数"),
    (
        re.compile(r"多大面积|多少面积|面积.{0,6}多少|多少亩|多少平"),
        re.compile(r"(平方|亩)|\d%"),
        "面积",
    ),
    (re.compile(r"多少|几[个家所条座户张台部岁]|how many|how much"), _NUMERAL, "具体数字"),
)


@dataclass(frozen=True)
class Thresholds:
    """Calibrated on the development halves; see ``make calibrate``."""

    score: float = 6.6  # fused score from which evidence counts
    similarity: float = 0.84  # semantic corroboration: below it words in common are not evidence
    similarity_foreign: float = 0.74  # the same where the question is not Chinese
    known: float = 7.0  # score from which a near miss is worth telling
    clear: float = 0.7  # coverage from which words of another service's business don't count
    unnamed: float = 0.05  # coverage below which a question's words are as good as absent
    proof: float = 0.3  # coverage a proof of something needed must have
    likeness: float = 0.905  # similarity from which a thing may go by another name
    margin: float = 1.0  # by how much another district's evidence must be better to be shown


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
        if state.draft is None:
            self._other_district(state, reading, usable)
        if state.draft is None and reading.years and "office" not in reading.asks:
            usable = self._of_the_year(state, reading, usable)
        if state.draft is None:
            usable = self._needed_proof(state, reading, usable)
        usable = prefer_wanted(usable, reading)
        if state.draft is None and not (usable and self.strong_enough(usable[0], reading)):
            self._not_in_sources(state, reading, usable)
        state.evidence = usable

    def strong_enough(self, evidence: Evidence, reading: Reading) -> bool:
        """Likeness and words together; lexical hits without semantic corroboration are not evidence."""
        floor = self.t.similarity_foreign if reading.english else self.t.similarity
        if evidence.coverage < self.t.unnamed and not reading.english:
            floor = self.t.likeness  # nothing that is asked for is named: only near identity will do
        return evidence.score >= self.t.score and evidence.similarity >= floor

    def _refuse_by_kind(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        english = reading.english
        if not reading.concepts and not reading.years:
            state.draft = Draft("clarify", [], lead=wording("clarify", english=english))
        elif "personal" in reading.asks:
            state.draft = refusal("refused_personal_data", english=english)
        elif reading.other_place and not _names(usable[:3], reading.other_place):
            state.draft = refusal("refused_other_district", asked=reading.other_place, english=english)
        elif "office" in reading.asks and not _dated(usable[:1], reading.years):
            self._refuse_with_known(state, "refused_other_year", "现任人选", usable[:1])

    def _other_service(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        """Weather, lottery, recipes…: refused unless the sources speak of all that was asked."""
        if not usable or usable[0].coverage < self.t.clear:
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
        better = foreign[0].score > best.score + self.t.margin and foreign[0].coverage > max(
            best.coverage, 0.35
        )
        asks_whose = "yesno" in reading.asks and names_haishu(reading.asked) and best.coverage < 0.95
        as_good = foreign[0].coverage >= best.coverage and foreign[0].score > best.score - self.t.margin
        if better or (asks_whose and as_good):
            state.notes["foreign"] = self._proved(foreign, reading)

    def _proved(self, foreign: list[Evidence], reading: Reading) -> list[Evidence]:
        """Of another district's evidence, what also holds a figure if one is asked for."""
        near = [e for e in foreign if e.score >= foreign[0].score - 4.0]
        if "numeric" in reading.asks:
            near = [e for e in near if _NUMERAL.search(e.statement.text)] or near
        return near[:2]

    def _of_the_year(self, state: State, reading: Reading, usable: list[Evidence]) -> list[Evidence]:
        matching = [e for e in usable if set(reading.years) & set(e.statement.years)]
        if matching and self.strong_enough(matching[0], reading):
            return matching
        if usable and self.strong_enough(usable[0], reading):
            asked = "、".join(f"{y}年" for y in reading.years)
            self._refuse_with_known(state, "refused_other_year", asked, usable[:2])
        return matching

    def _needed_proof(self, state: State, reading: Reading, usable: list[Evidence]) -> list[Evidence]:
        for kind in sorted(reading.asks & set(asks()["needs_evidence"])):
            rule = asks()["needs_evidence"][kind]
            named = [e for e in usable[:6] if e.coverage >= self.t.proof]
            proved = [e for e in named if rule["proof"].search(e.statement.sentence_text)]
            if not proved:
                self._refuse_with_known(state, "refused_not_in_sources", rule["name"], usable[:1])
                return usable
            usable = proved
        if _LISTING.search(reading.asked):
            listed = [e for e in usable[:4] if enumerates(e) and e.score >= usable[0].score - 2.0]
            if not listed:
                self._refuse_with_known(state, "refused_not_in_sources", "具体名单", usable[:1])
            return listed or usable
        town = (
            next((c for c in reading.strong if c.surface in TOWNS), None)
            if "numeric" in reading.asks
            else None
        )
        if town and all(town in e.missing for e in usable[:3]):
            self._refuse_with_known(state, "refused_not_in_sources", f"{town.surface}单独的数字", usable[:1])
            return usable
        unit = _UNIT_ASKED.search(reading.asked)
        if unit and not any(unit.group(1) in shown_sentence(e) for e in usable[:4]):
            self._refuse_with_known(state, "refused_not_in_sources", f"以{unit.group(1)}计的数字", usable[:1])
            return usable
        thing = counted_thing(reading)
        if thing and all(self._lacks(thing, e) for e in usable[:3]):
            self._refuse_with_known(state, "refused_not_in_sources", f"{thing.surface}的数字", usable[:1])
            return usable
        for pattern, unit, name in _COUNTED:
            if pattern.search(reading.asked):
                proved = [e for e in usable[:6] if unit.search(shown_sentence(e))]
                if not proved:
                    self._refuse_with_known(state, "refused_not_in_sources", name, usable[:1])
                return proved or usable
        return usable

    def _lacks(self, thing: Concept, evidence: Evidence) -> bool:
        """The counted thing stands nowhere in the evidence, not even by its characters (税费: 减税降费)."""
        if thing not in evidence.missing or evidence.similarity >= self.t.likeness:
            return False
        return not all(char in evidence.statement.sentence_text for char in thing.surface)

    def _not_in_sources(self, state: State, reading: Reading, usable: list[Evidence]) -> None:
        if state.notes.get("foreign"):
            return
        self._refuse_with_known(state, "refused_not_in_sources", "", usable[:1])

    def _refuse_with_known(self, state: State, status: str, asked: str, near: list[Evidence]) -> None:
        reading = state.reading
        assert reading is not None
        draft = refusal(status, asked=asked, english=reading.english)
        near = [e for e in near if e.score >= self.t.known and _same_sense(e, reading)]
        if near:
            state.notes["known"] = wording(status, "known", english=reading.english)
            draft.evidence = near
        state.draft = draft


def prefer_wanted(usable: list[Evidence], reading: Reading) -> list[Evidence]:
    """A place first where one is asked for, a date where a time is, if the evidence is nearly as good."""
    for ask, wanted in (("where", PLACE), ("when", _DATE)):
        if ask not in reading.asks or not usable or wanted.search(usable[0].statement.text):
            continue
        near = [e for e in usable[:5] if wanted.search(e.statement.text) and e.score >= 0.6 * usable[0].score]
        usable = near[:1] + [e for e in usable if e not in near[:1]]
    return usable


def counted_thing(reading: Reading) -> Concept | None:
    """The thing a question counts: what stands right behind 多少 or 几 and its measure word."""
    for match in re.finditer(r"(多少|几)[个家所条座户张台部间名位种项]?", reading.asked):
        for concept in reading.concepts:
            here = reading.asked.startswith(concept.surface, match.end())
            if here and not concept.weak and not _MEASURES.fullmatch(concept.surface):
                return concept
    return None


def _speaks(evidence: Evidence) -> bool:
    """Table rows answer through their cells only, and footnotes not at all."""
    passage = evidence.statement.passage
    return passage.kind != "table_row" and not passage.text.startswith("注：")


def _dated(evidence: list[Evidence], years: tuple[int, ...]) -> bool:
    """Whether the evidence's document is of one of the asked years."""
    return any(e.statement.passage.source.published.year in years for e in evidence)


def enumerates(evidence: Evidence) -> bool:
    """Whether the sentence lists things rather than only counting them."""
    text = evidence.statement.text
    named = text.count("、") >= 2 or re.search("”[^“、]{0,3}、“", text) or _PAIR.search(text)
    return bool(named) or evidence.statement.passage.kind == "term"


def shown_sentence(evidence: Evidence) -> str:
    """The sentence of the evidence; for table rows and terms the whole."""
    return evidence.statement.sentence_text


def _same_sense(evidence: Evidence, reading: Reading) -> bool:
    """A target is no near miss for a question that asks what was really done."""
    return reading.status != "实际" or evidence.statement.status == "实际"


def _names(evidence: list[Evidence], place: str) -> bool:
    return any(place in e.statement.passage.text for e in evidence)
