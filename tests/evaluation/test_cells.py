"""Random cells of both indicator tables, asked for by every name, year and status in several phrasings.

Either the answer holds that very cell under its own name, year and status, or it refuses. Whatever a table answer
shows besides must be true as labelled: never another cell's value in the asked one's place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.answering.answer import Answer
from knowledge.facts import Fact, table_facts
from knowledge.lexicon import Lexicon
from knowledge.normalise import normalise
from tests.claims import loose_numbers, numbers
from tests.real import Real

pytestmark = pytest.mark.slow
PHRASINGS = (
    "{year}年{name}{status}是多少",
    "{name}{year}年{status}多少",
    "海曙{year}年的{name}，{status}多少？",
    "{name} {year} {status}",
    "请问咱们区{name}到{year}年{status}是什么水平",
    "帮我查一下{year}年{name}{status}",
    "{year}年{name}{status}有多少啊，谢谢",
)
STATUSES = ("实际", "目标", "")
COLUMNS = ((2020, "实际"), (2020, "目标"), (2020, ""), (2025, "目标"), (2025, ""))
YEARS = (2020, 2025)
HONEST = {"refused_not_in_sources", "refused_other_year", "refused_unverified"}
OTHER_YEARS = (2016, 2017, 2018, 2021, 2022, 2023, 2024, 2026, 2030)
PICK = st.integers(0, 10**6)  # which of the names; how many there are is known once the documents are read
# Whose cells are not found by every name; the tests for them stand below.
LOST = ("细颗粒物（PM2.5）平均浓度", "居民人均可支配收入增长率")

_LEVEL = re.compile(r"(?P<year>\d{4})年(?P<status>实际|目标)(?P<total>（五年累计）)? (?P<amount>\S+)")
_GROWTH = re.compile(r"“(?P<plan>十[三四]五)”年均增长（(?P<status>实际|目标)） (?P<amount>\S+)")
_SUM = re.compile(r"“十四五”期间累计 (?P<amount>\S+)")


@dataclass(frozen=True)
class Step:
    """One value as an answer shows it."""

    year: int
    actual: bool
    growth: bool
    amount: str


def steps_of(fact: Fact) -> Step:
    return Step(fact.year, fact.status == "实际", fact.growth, fact.amount)


def steps_in(line: str) -> list[Step]:
    """What a table claim says; AssertionError for a step of unknown form."""
    found = []
    for text in line.split("；"):
        if level := _LEVEL.fullmatch(text):
            found.append(Step(int(level["year"]), level["status"] == "实际", False, level["amount"]))
        elif growth := _GROWTH.fullmatch(text):
            year = 2020 if growth["plan"] == "十三五" else 2025
            found.append(Step(year, growth["status"] == "实际", True, growth["amount"]))
        elif total := _SUM.fullmatch(text):
            found.append(Step(2025, False, True, total["amount"]))
        else:
            assert text.startswith("属性 "), text
    return found


class Tables:
    """The facts by indicator, and the ways to name one."""

    def __init__(self, real: Real) -> None:
        self.facts: dict[str, list[Fact]] = {}
        for fact in table_facts(real.corpus.library.rows):
            self.facts.setdefault(fact.indicator, []).append(fact)
        self._lexicon = Lexicon.load()

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """(indicator, a way to say it): its own name, and with everyday words of the lexicon in it."""
        return [(name, way) for name in self.facts for way in self._ways(name)]

    def _ways(self, name: str) -> list[str]:
        plain = normalise(name)
        hits = [hit for hit in self._lexicon.find(plain) if not hit.entry.weak]
        said = [plain[: h.start] + word + plain[h.end :] for h in hits for word in h.entry.say]
        return list(dict.fromkeys([name, plain, *said]))

    def fitting(self, name: str, year: int, status: str) -> list[Fact]:
        """What the tables say of an indicator for a year and status ("": either)."""
        facts = [fact for fact in self.facts[name] if fact.year == year]
        return [fact for fact in facts if not status or (fact.status == "实际") == (status == "实际")]

    def level(self, name: str, year: int, status: str) -> list[Fact]:
        """Of these the values themselves, not their growth."""
        return [fact for fact in self.fitting(name, year, status) if not fact.growth]

    def alike(self, name: str) -> set[str]:
        """The indicator, and those that print it with a word more or less."""
        return {o for o in self.facts if len(set(name) ^ set(o)) <= 3 or name in o or o in name}

    def shown(self, answer: Answer) -> dict[str, list[Step]]:
        """Indicator → the steps a table answer shows for it."""
        lines = [line.removeprefix("· ") for line in answer.text.splitlines()]
        claims = [line.split("：", 1) for line in lines if line.split("：")[0] in self.facts]
        return {name: steps_in(rest) for name, rest in claims}


@pytest.fixture(scope="module")
def tables(real: Real) -> Tables:
    return Tables(real)


PROPERTY = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_every_indicator_can_be_said_in_several_ways(tables: Tables) -> None:
    assert len(tables.facts) > 50
    assert len(tables.names) > 200


def test_asking_for_a_cell_gives_that_cell_or_an_honest_refusal(real: Real, tables: Tables) -> None:
    @PROPERTY
    @given(PICK, st.sampled_from(COLUMNS), st.sampled_from(PHRASINGS))
    def holds(pick: int, column: tuple[int, str], phrasing: str) -> None:
        there = [
            (name, way) for name, way in tables.names if name not in LOST and tables.level(name, *column)
        ]
        name, way = there[pick % len(there)]
        answer = real.ask(phrasing.format(year=column[0], name=way, status=column[1]))
        if answer.refused:
            assert answer.status in HONEST, answer.text
            return
        wanted = tables.fitting(name, *column)
        if answer.status != "answered_table":  # running text may say the same
            values = {fact.value.strip("<>") for fact in wanted}
            assert any(value in numbers(answer.text) or value in answer.text for value in values), answer.text
            return
        found = tables.shown(answer)
        assert set(found) & tables.alike(name), answer.text
        assert {steps_of(fact) for fact in wanted} & {step for steps in found.values() for step in steps}
        assert_true(answer, tables)

    holds()


def test_where_there_is_no_cell_no_other_takes_its_place(real: Real, tables: Tables) -> None:
    @PROPERTY
    @given(
        PICK, st.sampled_from((*OTHER_YEARS, *YEARS)), st.sampled_from(STATUSES), st.sampled_from(PHRASINGS)
    )
    def holds(pick: int, year: int, status: str, phrasing: str) -> None:
        name, way = tables.names[pick % len(tables.names)]
        if tables.fitting(name, year, status):
            return
        answer = real.ask(phrasing.format(year=year, name=way, status=status))
        if year in OTHER_YEARS:
            assert answer.status != "answered_table", answer.text
        if answer.status == "answered_table":
            assert {step.year for steps in tables.shown(answer).values() for step in steps} == {year}
            assert_true(answer, tables)

    holds()


def assert_true(answer: Answer, tables: Tables) -> None:
    """Every step is a fact of the indicator it stands under, and every number is cited."""
    for name, steps in tables.shown(answer).items():
        facts = {steps_of(fact) for fact in tables.facts[name]}
        assert set(steps) <= facts, (name, set(steps) - facts)
    assert loose_numbers(answer) == set()


def test_a_level_is_not_answered_with_its_decrease(real: Real, tables: Tables) -> None:
    answer = real.ask("2020年细颗粒物（PM2.5）平均浓度是多少")
    assert Step(2020, True, False, "26微克/立方米") in tables.shown(answer)[LOST[0]]


def test_the_growth_for_all_is_not_answered_with_that_of_some(real: Real, tables: Tables) -> None:
    answer = real.ask("海曙2020年的居民一年到手增长率，实际多少？")
    assert answer.refused or LOST[1] in tables.shown(answer)


@pytest.mark.parametrize(("name", "amount"), [("地区生产总值", "1201亿元"), ("规上工业增加值", "227亿元")])
def test_a_polite_opening_changes_nothing(real: Real, name: str, amount: str) -> None:
    assert amount in real.ask(f"我想了解一下2020年{name}是多少").text


@pytest.mark.parametrize(
    "asked",
    [
        "2019年万人社会组织数是多少",
        "2019年全员劳动生产率是多少",
        "2019年人均体育场地面积实际是多少",
        "2025年登记失业率是多少",
        "2025年万人社会组织数目标是多少",
        "2025年农村居民人均可支配收入实际是多少",
    ],
)
def test_a_year_without_a_figure_is_not_answered_with_another_matter(real: Real, asked: str) -> None:
    assert real.ask(asked).refused


@pytest.mark.parametrize("asked", ["2025年地区生产总值实际是多少", "2025年常住人口城镇化率实际完成多少"])
def test_a_target_is_no_result(real: Real, asked: str) -> None:
    assert real.ask(asked).refused
