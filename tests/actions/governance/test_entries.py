"""Curated answers: from a source or a person, approved by a second one, in force between two days, switched off at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlalchemy import insert, update

from actions.accounts.records import Operator
from actions.answering.answer import Question
from actions.answering.curated import Curated
from actions.conversations.tables import conversations, utterances
from actions.feedback.tables import answer_feedback
from actions.governance.entries import Entries
from actions.governance.errors import NotAllowed, NotFound, Unusable
from actions.governance.gaps import Gaps
from actions.tickets.moment import LOCAL, now
from tests.actions.governance.conftest import HE, LIN, Editing
from tests.embeddings.hashing import HashingEncoder

QUOTE = "累计建成居家养老服务机构273个"
TODAY = dt.date(2026, 11, 22)
GIVEN = {
    "questions": ["附近有没有养老的地方", "养老机构一共多少"],
    "text": "全区有居家养老服务机构273个。",
    "source": "page",
    "quote": QUOTE,
    "effective": "2026-11-20",
    "expires": "2026-12-31",
}
BOT_SAID = '{"status": "refused_not_in_sources", "citations": []}'


@dataclass
class Curating:
    editing: Editing
    entries: Entries
    days: list[dt.date] = field(default_factory=lambda: [TODAY])

    def says(self, text: str) -> str:
        self.entries._read_at = -10.0  # as if a second had passed
        return self.editing.current.answer(Question(text)).text

    def approved(self, **change: object) -> int:
        number = self.entries.draft(LIN, {**GIVEN, **change})
        self.entries.review(HE, number, True)
        return number


@pytest.fixture
def curating(editing: Editing) -> Curating:
    entries = Entries(editing.store, editing.acts, now, lambda: editing.current.served.library)
    made = Curating(editing, entries)
    editing.current.prefer(Curated(HashingEncoder(), entries.live, lambda: made.days[-1]).answer)
    return made


def talk(editing: Editing, *said: tuple[str, str, str, int], at: dt.datetime | None = None) -> None:
    """A conversation of (speaker, text, answer, turn)."""
    at = at or now()
    with editing.store.writing() as connection:
        row = {
            "id": "web-1", "session": "s", "channel": "web", "state": "human", "owner": "7", "owner_name": "王桥", "epoch": 1,
            "length": len(said), "mood": "", "language": "zh", "began": at, "active": at,
        }  # fmt: skip
        connection.execute(insert(conversations), row)
        for number, (speaker, text, answer, turn) in enumerate(said, 1):
            told = {
                "conversation": "web-1",
                "number": number,
                "speaker": speaker,
                "text": text,
                "answer": answer,
            }
            rest = {
                "operator": "7",
                "name": "王桥",
                "at": at,
                "turn": turn,
                "withheld": False,
                "erased": False,
            }
            connection.execute(insert(utterances), {**told, **rest})


def test_an_entry_is_told_once_a_second_person_has_approved_it(curating: Curating) -> None:
    number = curating.entries.draft(LIN, GIVEN)
    assert "273个。\n来源" not in curating.says("养老机构一共多少")
    with pytest.raises(NotAllowed, match="另一位知识编辑"):
        curating.entries.review(LIN, number, True)
    curating.entries.review(HE, number, True)
    assert curating.says("养老机构一共多少").startswith("全区有居家养老服务机构273个。\n来源：《试页》")
    with pytest.raises(NotAllowed, match="已经审过"):
        curating.entries.review(HE, number, True)
    answer = curating.editing.current.answer(Question("养老机构一共多少？"))
    assert (answer.status, answer.citations[0].quote) == ("answered", QUOTE)
    assert curating.editing.kinds() == ["entry_drafted", "entry_approved"]


def test_it_is_told_from_its_first_to_its_last_day(curating: Curating) -> None:
    curating.approved()
    for day, told in (
        ("2026-11-19", False),
        ("2026-11-20", True),
        ("2026-12-31", True),
        ("2027-01-01", False),
    ):
        curating.days.append(dt.date.fromisoformat(day))
        assert ("来源" in curating.says("养老机构一共多少")) == told, day


def test_a_switched_off_entry_is_silent_at_the_next_look(curating: Curating) -> None:
    number = curating.approved()
    assert "来源" in curating.says("养老机构一共多少")
    curating.entries.switch(HE, number, True)
    assert "来源" not in curating.says("养老机构一共多少")
    curating.entries.switch(HE, number, False)
    assert "来源" in curating.says("养老机构一共多少")
    with pytest.raises(NotFound):
        curating.entries.switch(HE, 99, True)


def test_other_questions_years_and_danger_go_past_it(curating: Curating) -> None:
    curating.approved()
    for text in ("2024年养老机构一共多少", "养老机构着火了，一共多少人", "公租房有多少"):
        assert "来源" not in curating.says(text), text


def test_numbers_must_stand_in_the_source(curating: Curating) -> None:
    with pytest.raises(Unusable, match="280"):
        curating.entries.draft(LIN, {**GIVEN, "text": "全区有居家养老服务机构280个。"})
    with pytest.raises(Unusable, match="原文里没有"):
        curating.entries.draft(LIN, {**GIVEN, "quote": "累计建成居家养老服务机构280个"})


def test_a_document_that_is_gone_takes_its_entries_along(curating: Curating) -> None:
    curating.approved()
    served = curating.editing.current.served
    documents = {key: value for key, value in served.library.documents.items() if key != "page"}
    from dataclasses import replace

    curating.editing.current._served = replace(served, library=replace(served.library, documents=documents))
    assert "来源" not in curating.says("养老机构一共多少")


def test_a_persons_reply_becomes_an_entry_and_says_so_and_the_bots_never(curating: Curating) -> None:
    talk(
        curating.editing,
        ("resident", "居住证在哪里办", "", 0),
        ("bot", "资料里没有，费用 20 元。", BOT_SAID, 1),
        ("operator", "到街道便民服务中心3号窗口办，不收费。", "", 0),
        at=dt.datetime(2026, 11, 21, 10, tzinfo=LOCAL),
    )
    said = {
        **GIVEN,
        "questions": ["居住证在哪里办"],
        "text": "街道便民服务中心3号窗口，不收费。",
        "source": "",
        "conversation": "web-1",
    }
    for number in (1, 2):
        with pytest.raises(NotAllowed, match="只有坐席写的回复"):
            curating.entries.draft(LIN, {**said, "number": number})
    with pytest.raises(Unusable, match="5"):
        curating.entries.draft(LIN, {**said, "number": 3, "text": "便民服务中心5号窗口。"})
    curating.entries.review(HE, curating.entries.draft(LIN, {**said, "number": 3}), True)
    answer = curating.editing.current.answer(Question("居住证在哪里办"))
    assert answer.status == "answered_human"
    assert answer.text.endswith("人工答复（王桥，2026年11月21日）")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"questions": []}, "问法"),
        ({"questions": ["问"]}, "问法"),
        ({"text": ""}, "答案"),
        ({"text": "打 13800138000 问。"}, "手机号"),
        ({"expires": "2026-11-01"}, "失效日期"),
        ({"expires": "2030-01-01"}, "两年"),
        ({"effective": "明天"}, "日期写成"),
        ({"source": "", "quote": ""}, "要有出处"),
    ],
)
def test_what_cannot_be_taken_is_named(curating: Curating, change: dict, match: str) -> None:
    with pytest.raises(Unusable, match=match):
        curating.entries.draft(LIN, {**GIVEN, **change})


def test_gaps_are_put_together_and_counted_with_their_trend(curating: Curating) -> None:
    here = dt.datetime(2026, 11, 22, 12, tzinfo=LOCAL)
    talk(
        curating.editing,
        ("resident", "居住证在哪里办", "", 0),
        ("bot", "没有。", BOT_SAID, 1),
        ("resident", "居住证在哪里办呢", "", 0),
        ("bot", "没有。", BOT_SAID, 3),
        ("resident", "海曙有多少助餐点", "", 0),
        ("bot", "70余个。", '{"status": "answered"}', 5),
        at=here - dt.timedelta(days=2),
    )
    row = {
        "at": here - dt.timedelta(days=10), "channel": "web", "conversation": "web-2", "turn": "a", "useful": False,
        "status": "answered", "question": "居住证在哪里办", "answer": "x", "sources": "[]",
    }  # fmt: skip
    with curating.editing.store.writing() as connection:
        connection.execute(insert(answer_feedback), row)
    (gap,) = Gaps(curating.editing.store, HashingEncoder(), lambda: here, 0.8).found()
    assert (gap.count, gap.useless, gap.recent, gap.before) == (3, 1, 2, 1)
    assert gap.example == "居住证在哪里办"
    assert Gaps(curating.editing.store, HashingEncoder(), lambda: here + dt.timedelta(days=40)).found() == ()


def test_an_edit_is_a_new_version_that_a_second_person_reviews(curating: Curating) -> None:
    first = curating.approved()
    second = curating.entries.draft(HE, {**GIVEN, "text": "居家养老服务机构有273个。", "replaces": first})
    assert curating.says("养老机构一共多少").startswith("全区有")  # until it is approved
    with pytest.raises(NotAllowed, match="还在等审核"):
        curating.entries.draft(LIN, {**GIVEN, "replaces": first})
    with pytest.raises(NotAllowed, match="另一位"):
        curating.entries.review(HE, second, True)
    curating.entries.review(LIN, second, True)
    assert curating.says("养老机构一共多少").startswith("居家养老服务机构有273个。")
    kept = curating.entries.newest()
    assert [(one["root"], one["version"], one["state"]) for one in kept] == [
        (first, 2, "approved"),
        (first, 1, "approved"),
    ]
    curating.entries.switch(HE, second, True)  # what it replaced does not come back
    assert "来源" not in curating.says("养老机构一共多少")
    with pytest.raises(NotFound):
        curating.entries.draft(LIN, {**GIVEN, "replaces": 99})


def test_a_new_version_waits_for_its_first_day_and_drops_the_old_ones_questions(curating: Curating) -> None:
    first = curating.approved()
    change = {"questions": ["养老机构一共多少"], "text": "机构273个。", "effective": "2026-12-01"}
    curating.entries.review(HE, curating.entries.draft(LIN, {**GIVEN, **change, "replaces": first}), True)
    assert curating.says("养老机构一共多少").startswith("全区有")
    assert "来源" in curating.says("附近有没有养老的地方")
    curating.days.append(dt.date(2026, 12, 1))
    assert curating.says("养老机构一共多少").startswith("机构273个。")
    assert "全区有居家养老" not in curating.says("附近有没有养老的地方")


def test_a_refused_version_changes_nothing(curating: Curating) -> None:
    first = curating.approved()
    curating.entries.review(
        HE, curating.entries.draft(LIN, {**GIVEN, "text": "273个。", "replaces": first}), False
    )
    assert curating.says("养老机构一共多少").startswith("全区有")
    assert curating.entries.newest()[0]["state"] == "refused"


def test_what_holds_for_one_town_is_told_for_that_town(curating: Curating) -> None:
    curating.approved()
    curating.approved(text="这里算进273个里。", scope="古林")
    assert curating.says("古林镇养老机构一共多少").startswith("这里算进273个里。（适用于古林）")
    assert curating.says("养老机构一共多少").startswith("全区有")
    assert "古林" not in curating.says("横街镇养老机构一共多少")
    with pytest.raises(Unusable, match="不是本区"):
        curating.entries.draft(LIN, {**GIVEN, "scope": "慈城"})


def test_an_operator_drafts_from_a_reply_and_from_nothing_else(curating: Curating) -> None:
    talk(curating.editing, ("resident", "居住证在哪里办", "", 0), ("operator", "到3号窗口办。", "", 0))
    wang = Operator(7, "wang", "王桥", frozenset({"operator"}))
    with pytest.raises(NotAllowed, match="坐席可以用"):
        curating.entries.draft(wang, GIVEN)
    said = {**GIVEN, "source": "", "conversation": "web-1", "number": 2, "text": "到3号窗口办。"}
    number = curating.entries.draft(wang, said)
    assert curating.entries.newest()[0]["ground"] == "到3号窗口办。"
    curating.entries.review(HE, number, True)
    with curating.editing.store.writing() as connection:
        connection.execute(update(utterances).values(erased=True, text=""))
    again = curating.entries.draft(LIN, {**said, "text": "去3号窗口。", "replaces": number})
    assert curating.entries.newest()[0]["evidence"]["replier"] == "王桥"
    curating.entries.review(HE, again, False)
    with pytest.raises(Unusable, match="4"):
        curating.entries.draft(LIN, {**said, "text": "去4号窗口。", "replaces": number})
