"""Evidence → wording: the sentence that answers, its year and status, where it stands. Never a free text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.answering.answer import Citation
from actions.answering.disagreement import disagreeing
from actions.answering.measures import counts
from actions.answering.place import cite
from actions.answering.rules import wording
from actions.answering.shown import MAX_CLAIM, MAX_FURTHER, MAX_TEXT, item, shown, told
from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence

MAX_CLAIMS = 3
MAX_SEVERAL = 420  # for several questions at once, or one fact through the years
MAX_MESSAGE = 380  # with what is only near and with the sources: what a phone shows without scrolling
MAX_FRAMES = 600  # for what each of several times or documents says
PART = 7.0  # score from which one of several questions counts as answered
NAMED = 0.6  # coverage of one sentence from which those that name far less only distract
NEAR = 3.0  # how close to the best score a further sentence must be to be shown too
_EACH = re.compile(
    r"([一-鿿]{2,5}(?:[和跟与、同][一-鿿]{2,5})+?)(?:(?:这?两[块样项方])?[,，]?(?:分别|各自?)|两[个地边镇])"
)


class Compose:
    """Chooses what to show from the evidence, if no earlier step has an answer."""

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        foreign = state.notes.get("foreign")
        if state.draft is not None:
            return
        parts = [found[0] for found in state.notes.get("parts", []) if found and _fits(found[0], reading)]
        if foreign:
            ours = [e for e in parts if e.score >= PART][:1]  # what else was asked, of our own district
            both = [*foreign, *ours]
            state.draft = Draft(
                "answered" if ours else "answered_other_district",
                [shown(e, reading) for e in both],
                both,
                lead=wording("answered_other_district", "corrected", english=reading.english),
            )
            return
        chosen = choose(state.evidence, reading, parts, state.notes.get("frames", []))
        status = "answered"
        if all(e.statement.passage.source.district != "海曙" for e in chosen):
            status = "answered_other_district"
        framed = state.notes.get("frames", [])
        claims = [
            told(e, state.evidence, reading, MAX_CLAIM if i == 0 or e in framed else MAX_FURTHER)
            for i, e in enumerate(chosen)
        ]
        if theirs := state.notes.get("theirs"):  # the question's own figure belongs to the other district
            chosen, claims = (
                [*chosen[:2], theirs],
                [*claims[:2], shown(theirs)],
            )
        state.draft = Draft(status, claims, chosen)


def answers_part(evidence: Evidence, reading: Reading) -> bool:
    """Whether evidence for one of several questions is good enough to be shown beside the first one's."""
    return evidence.score >= PART and _fits(evidence, reading)


def _fits(evidence: Evidence, reading: Reading) -> bool:
    """Whether evidence for one of several questions may be shown: not of a year before the one asked for."""
    dated = len(reading.years) != 1 or max(evidence.statement.years, default=0) >= reading.years[0]
    return dated and not evidence.rejected


def choose(
    evidence: list[Evidence],
    reading: Reading,
    parts: Sequence[Evidence] = (),
    frames: Sequence[Evidence] = (),
) -> list[Evidence]:
    """The best evidence; for a comparison the best of each side; then what is nearly as good.

    :param frames: the best of each time or document that the question names
    """
    chosen: list[Evidence] = []
    _take(reading, chosen, list(frames), MAX_FRAMES)
    if len(chosen) >= max(2, len(reading.parts)):  # each time or document has said what was asked of it
        if reading.parts and all(map(counts, reading.parts)):
            return chosen
        parts = ()
    best, named = evidence[0].score, max(e.coverage for e in evidence[:3])
    if named >= NAMED and len(reading.years) < 2 and len(reading.parts) < 2:
        evidence = [evidence[0], *(e for e in evidence[1:] if e.coverage >= named / 2)]
    for year in reading.years if len(reading.years) > 1 else ():
        _take(reading, chosen, [e for e in evidence if year in e.statement.years][:1], MAX_SEVERAL)
    for district in reading.districts if len(reading.districts) > 1 else ():
        _take(reading, chosen, [e for e in evidence if e.statement.passage.source.district == district][:1])
    for name in _side_by_side(reading):
        _take(reading, chosen, _of_one(evidence, name, _side_by_side(reading))[:1], MAX_SEVERAL)
    if "chronicle" in reading.asks:
        _take(reading, chosen, _by_date([e for e in evidence if e.score >= 0.6 * best]), MAX_SEVERAL)
    several = len(reading.years) > 1 or len(reading.parts) > 1 or "list" in reading.asks
    room = MAX_SEVERAL if several else MAX_TEXT
    _take(reading, chosen, evidence[:1], room)
    if other := disagreeing(chosen[0], evidence, reading):
        _take(reading, chosen, [other], MAX_SEVERAL)
    _take(reading, chosen, [e for e in parts if e.score >= PART], room, apart=True)
    near = [e for e in evidence if e.score >= best - NEAR]
    if reading.status and chosen[0].statement.reached == (
        reading.status == "实际"
    ):  # of what was asked there is one
        near = [e for e in near if e.statement.reached == chosen[0].statement.reached]
    for e in near:
        if not _beside(chosen[0], e, reading) and _printed(reading, [*chosen, e]) <= MAX_MESSAGE:
            _take(reading, chosen, [e])
    return chosen


def _beside(best: Evidence, e: Evidence, reading: Reading) -> bool:
    """Whether evidence is of another item of the list in which the best is the item that is named."""
    here, there = item(best.statement.passage), item(e.statement.passage)
    named = bool(here) and any(c.surface in here for c in reading.concepts)
    return named and there not in ("", here) and best.statement.passage.heading == e.statement.passage.heading


def _printed(reading: Reading, chosen: Sequence[Evidence]) -> int:
    """About how many characters the message has, its sources among them."""
    claims = (
        shown(e, reading, MAX_FURTHER if i else MAX_CLAIM) + stance_label(e) for i, e in enumerate(chosen)
    )
    sources = {source_line(cite(e, "")) for e in chosen}
    return sum(map(len, claims)) + sum(map(len, sources))


def _side_by_side(reading: Reading) -> tuple[str, ...]:
    """«鄞江跟横街分别…»: the names, () unless each is asked about."""
    named = _EACH.search(reading.asked)
    return tuple(re.split("[和跟与、同]", named[1])) if named else ()


def _of_one(evidence: list[Evidence], name: str, names: tuple[str, ...]) -> list[Evidence]:
    """What speaks of one of several names, and not of the others."""
    return [e for e in evidence if [n for n in names if n in e.statement.sentence_text] == [name]]


def _by_date(evidence: list[Evidence]) -> list[Evidence]:
    """The best of each document, of what was done and of what was planned in it, oldest first."""
    first = {(e.statement.passage.source.id, e.statement.reached): e for e in reversed(evidence)}
    return sorted(
        first.values(),
        key=lambda e: (e.statement.passage.source.published, max(e.statement.years, default=0)),
    )


def _told_by(c: Evidence, e: Evidence, chosen: list[Evidence], reading: Reading, apart: bool) -> bool:
    """Whether what is chosen tells ``e`` already: both stand in one sentence, of which enough is shown."""
    if (c.statement.passage.id, c.statement.sentence) != (e.statement.passage.id, e.statement.sentence):
        return False
    limit = MAX_CLAIM if c is chosen[0] else MAX_FURTHER
    return not apart or e.statement.text.strip("，。；、") in shown(c, reading, limit)


def _take(
    reading: Reading,
    chosen: list[Evidence],
    more: list[Evidence],
    limit: int = MAX_TEXT,
    apart: bool = False,
) -> None:
    """Add of ``more`` what is not told yet and has room.

    :param apart: each answers a question of its own, so that one sentence may be cited twice
    """
    length = sum(len(shown(e, reading, MAX_FURTHER if i else MAX_CLAIM)) for i, e in enumerate(chosen))
    for e in more:
        if len(chosen) >= MAX_CLAIMS or any(_told_by(c, e, chosen, reading, apart) for c in chosen):
            continue
        length += len(shown(e, reading, MAX_FURTHER if chosen else MAX_CLAIM))
        if length > limit and chosen:
            return
        chosen.append(e)


def stance_label(evidence: Evidence) -> str:
    """（2020年，实际） — empty for definitions and table rows, which carry their own."""
    statement = evidence.statement
    if statement.passage.kind in ("table_row", "term") or statement.passage.note:
        return ""
    years = "、".join(f"{y}年" for y in statement.years[:2])
    return f"（{years}·{statement.status}）"


def source_line(citation: Citation, english: bool = False) -> str:
    """来源：《title》（year）heading."""
    heading = (
        re.sub(r"^[（(][一二三四五六七八九十]+[)）]|[。．]$", "", citation.heading[-1])
        if citation.heading
        else ""
    )
    place = f" · {heading[:24]}" if heading else ""
    return f"{'Source' if english else '来源'}：《{citation.title}》（{citation.published[:4]}年）{place}"


def _labels(draft: Draft, english: bool) -> list[str]:
    """For each claim of an answer, or each thing a refusal says is known: whose it is, where it isn't Haishu's."""
    if draft.status != "answered" and draft.claims:
        return []
    label = wording("answered_other_district", english=english)
    return ["" if e.statement.passage.source.district == "海曙" else label for e in draft.evidence]


def render(draft: Draft, reading: Reading | None, known: str = "") -> tuple[str, tuple[Citation, ...]]:
    """A verified draft as the text a resident sees, and its citations."""
    english = bool(reading and reading.english)
    citations = tuple(cite(e, shown(e, reading)) for e in draft.evidence)
    lines = [draft.lead] if draft.lead else []
    if draft.status == "answered_other_district":
        lines.append(wording(draft.status, english=english))
    if draft.gloss:
        lines += draft.gloss
    if draft.claims:
        marks = [stance_label(e) for e in draft.evidence] if draft.status.startswith("answered") else []
        labels = _labels(draft, english)
        for i, claim in enumerate(draft.claims):
            bullet = "· " if len(draft.claims) > 1 else ""
            lines.append(
                f"{bullet}{labels[i] if i < len(labels) else ''}{claim}{marks[i] if i < len(marks) and draft.status != 'answered_list' else ''}"
            )
    elif known and draft.evidence:
        told = zip(_labels(draft, english), draft.evidence, strict=True)
        lines.append(
            known
            + "；".join(f"{label}{shown(e, reading).rstrip('。')}{stance_label(e)}" for label, e in told)
        )
    lines += list(dict.fromkeys(source_line(c, english) for c in citations))[:3]
    if draft.tail:
        lines.append(draft.tail)
    return "\n".join(lines), citations
