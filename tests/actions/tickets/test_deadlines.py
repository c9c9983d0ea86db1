"""When a ticket is due: by hand, against a counter of minutes, and what the rules refuse."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from actions.tickets.deadline_rules import FILE, KINDS, Allowance, read_rules
from actions.tickets.deadlines import Deadlines, shortened
from actions.tickets.errors import ExtensionRefused, RulesUnusable
from actions.tickets.moment import LOCAL
from actions.tickets.records import Pause
from tests.actions.tickets import naive

CASES = 10_000


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.fixture(scope="module")
def deadlines() -> Deadlines:
    return Deadlines.load(clock=lambda: at("2026-11-22 09:00"))


# The years' calendars as the State Council announced them, the working days counted on paper.
BY_HAND = [
    # An ordinary week: Monday + 2 working days; + 5 over a weekend
    ("其他", "咨询", "2026-11-23 10:00", "2026-11-25 17:30"),
    ("其他", "求助", "2026-11-23 23:59", "2026-11-30 17:30"),
    # A report of Saturday counts from Monday
    ("其他", "咨询", "2026-11-21 03:00", "2026-11-24 17:30"),
    # National Day 2026: 1–7 October off, Sunday 20 September and Saturday 10 October worked
    ("其他", "求助", "2026-09-30 09:00", "2026-10-13 17:30"),  # 8, 9, Sat 10, 12, 13
    ("其他", "咨询", "2026-10-03 12:00", "2026-10-09 17:30"),  # 8, 9
    ("其他", "咨询", "2026-10-08 12:00", "2026-10-10 17:30"),  # 9, Sat 10
    ("其他", "咨询", "2026-09-18 12:00", "2026-09-21 17:30"),  # Sun 20, 21
    # Spring Festival 2026: 15–23 February off, Saturdays 14 and 28 February worked
    ("其他", "咨询", "2026-02-12 15:00", "2026-02-14 17:30"),  # 13, Sat 14
    ("其他", "求助", "2026-02-14 09:00", "2026-02-28 17:30"),  # 24, 25, 26, 27, Sat 28
    ("其他", "投诉", "2026-02-13 18:00", "2026-03-02 17:30"),  # Sat 14, 24, 25, 26, 27, Sat 28, 2
    # Spring Festival 2025: 28 January–4 February off, Sunday 26 January and Saturday 8 February worked
    ("其他", "求助", "2025-01-24 10:00", "2025-02-07 17:30"),  # Sun 26, 27, 5, 6, 7
    ("其他", "咨询", "2025-02-06 10:00", "2025-02-08 17:30"),  # 7, Sat 8
    # National Day 2025: 1–8 October off, Sunday 28 September and Saturday 11 October worked
    ("其他", "求助", "2025-09-27 10:00", "2025-10-10 17:30"),  # Sun 28, 29, 30, 9, 10
    ("其他", "咨询", "2025-10-09 10:00", "2025-10-11 17:30"),  # 10, Sat 11
    # Around the clock, holidays or not
    ("供水供电供气", "求助", "2026-10-01 02:30", "2026-10-02 02:30"),
]


@pytest.mark.parametrize(("category", "kind", "start", "due"), BY_HAND)
def test_cases_counted_by_hand(deadlines: Deadlines, category: str, kind: str, start: str, due: str) -> None:
    found = deadlines(category, kind, at(start))
    assert (found.at, found.provisional) == (at(due), False)


def test_a_pause_over_two_days_moves_it_by_what_was_paused(deadlines: Deadlines) -> None:
    pause = Pause(at("2026-11-24 10:00"), at("2026-11-25 14:30"), "等地址")  # 6 hours and 4.5: a day and 3
    found = deadlines("其他", "咨询", at("2026-11-23 10:00"), pauses=[pause])
    assert found.at == at("2026-11-27 11:30")


def test_a_pause_that_goes_on_moves_it_with_the_clock() -> None:
    opened = [Pause(at("2026-11-24 08:30"), None, "等地址")]
    days = [
        Deadlines.load(clock=lambda now=now: at(now))(
            "其他", "咨询", at("2026-11-23 10:00"), pauses=opened
        ).at
        for now in ("2026-11-24 08:30", "2026-11-25 08:30", "2026-11-26 08:30")
    ]
    assert days == [at(f"2026-11-{day} 17:30") for day in (25, 26, 27)]


def test_a_pause_after_the_date_changes_nothing(deadlines: Deadlines) -> None:
    late = Pause(at("2026-11-26 10:00"), at("2026-12-26 10:00"), "等地址")
    plain = deadlines("其他", "咨询", at("2026-11-23 10:00"))
    assert deadlines("其他", "咨询", at("2026-11-23 10:00"), pauses=[late]) == plain


@pytest.mark.slow
def test_ten_thousand_random_tickets_are_due_when_the_minutes_are_used_up() -> None:
    rules, chance = read_rules(), random.Random(81890)
    deadlines = Deadlines(rules)
    categories = sorted({"其他", *(category for category, _ in rules.categories)})
    for _ in range(CASES):
        category, kind = chance.choice(categories), chance.choice(KINDS)
        start = at("2024-01-01 00:00") + timedelta(minutes=chance.randrange(880 * 1440))
        pauses = [_pause(chance, start) for _ in range(chance.choice((0, 0, 1, 2, 4)))]
        extension, again = chance.choice((0, 0, 1, 5, 10)), chance.random() < 0.2
        allowance = rules.allowance(category, kind)
        if again:
            allowance = shortened(allowance, rules.reopened_share)
        spans = [(pause.start, pause.end) for pause in pauses if pause.end]
        wanted = naive.due(start, allowance.days, allowance.hours, spans, extension)
        found = deadlines(category, kind, start, pauses=pauses, extension=extension, again=again)
        assert (found.at, found.provisional) == (wanted, False), (category, kind, start, pauses, extension)


def _pause(chance: random.Random, start: datetime) -> Pause:
    begin = start + timedelta(minutes=chance.randrange(-1440, 20 * 1440))
    return Pause(begin, begin + timedelta(minutes=chance.choice((0, 1, 90, 1440, 9 * 1440))), "等材料")


def test_beyond_the_published_calendar_it_is_provisional() -> None:
    deadlines = Deadlines.load()
    assert not deadlines("其他", "咨询", at("2026-12-29 10:00")).provisional
    found = deadlines("其他", "咨询", at("2026-12-30 10:00"))
    assert found.provisional
    assert found.at == at("2027-01-04 17:30")  # Thursday 31, not Friday 1 January, Monday 4


def test_the_ladder_stands_around_the_date(deadlines: Deadlines) -> None:
    due = deadlines("其他", "求助", at("2026-09-24 09:00")).at  # Sun 20 has passed: 28, 29, 30, 8, 9
    assert due == at("2026-10-09 17:30")
    assert [(rung.step, rung.at) for rung in deadlines.ladder("其他", "求助", due)] == [
        ("即将超期", at("2026-10-09 08:30")),  # a fifth of five days
        ("催办通知", due),
        ("督办", at("2026-10-10 17:30")),
        ("问责", at("2026-10-13 17:30")),
    ]


def test_around_the_clock_is_warned_of_around_the_clock_and_answered_for_in_office_hours(
    deadlines: Deadlines,
) -> None:
    due = at("2026-10-02 02:30")
    rungs = {rung.step: rung.at for rung in deadlines.ladder("供水供电供气", "求助", due)}
    assert rungs["即将超期"] == at("2026-10-01 21:42")  # 24 hours: 4.8 before
    assert rungs["督办"] == at("2026-10-08 17:30")


def test_an_extension_is_asked_for_before_the_date() -> None:
    due = at("2026-11-25 17:30")
    assert Deadlines.load(clock=lambda: at("2026-11-25 17:29")).extension(5, due, 0) == 5
    with pytest.raises(ExtensionRefused, match="11月25日 17:30 已经到期"):
        Deadlines.load(clock=lambda: due).extension(5, due, 0)


@pytest.mark.parametrize(
    ("days", "granted", "why"), [(11, 0, "1 到 10"), (0, 0, "1 到 10"), (1, 1, "最多 1 次")]
)
def test_an_extension_has_its_limits(deadlines: Deadlines, days: int, granted: int, why: str) -> None:
    with pytest.raises(ExtensionRefused, match=why):
        deadlines.extension(days, at("2026-11-25 17:30"), granted)


def test_reopened_means_less_time_but_some(deadlines: Deadlines) -> None:
    start = at("2026-11-23 10:00")
    assert deadlines("其他", "求助", start, again=True).at == at("2026-11-26 17:30")
    assert shortened(Allowance(days=1), 0.5) == Allowance(days=1)


def test_someone_takes_it_up_within_a_working_day(deadlines: Deadlines) -> None:
    assert deadlines.first_response(at("2026-09-30 09:00")) == at("2026-10-08 17:30")


def test_a_time_without_zone_and_a_pause_backwards_are_refused(deadlines: Deadlines) -> None:
    with pytest.raises(ValueError, match="没有时区"):
        deadlines("其他", "咨询", datetime(2026, 11, 23))
    backwards = Pause(at("2026-11-24 10:00"), at("2026-11-24 09:00"), "等材料")
    with pytest.raises(ValueError, match="早于开始"):
        deadlines("其他", "咨询", at("2026-11-23 10:00"), pauses=[backwards])


WRONG = [
    ({"kinds": {"咨询": {"days": 2}}}, "kinds 的类型"),
    ({"categories": {"路灯": {"求助": {"days": 0}}}}, "categories.路灯.求助"),
    ({"categories": {"路灯": {"求助": {"days": 1, "hours": 1}}}}, "其一"),
    ({"categories": {"路灯": {"唠叨": {"days": 1}}}}, "唠叨"),
    ({"opening": [["12:00", "08:30"]]}, "opening"),
    ({"reopened": {"share": 0}}, "reopened.share"),
    ({"ladder": [{"step": "督办", "days": 3}, {"step": "催办通知", "days": 0}]}, "先后"),
    ({"ladder": [{"step": "督办", "days": 3, "share": 0.2}]}, "其一"),
    ({"ladder": []}, "ladder"),
]


@pytest.mark.parametrize(("change", "why"), WRONG)
def test_rules_that_make_no_sense_are_refused(tmp_path: Path, change: dict[str, object], why: str) -> None:
    path = tmp_path / "deadlines.yml"
    data = {**yaml.safe_load(FILE.read_text("utf-8")), **change}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(RulesUnusable, match=why):
        read_rules(path)
