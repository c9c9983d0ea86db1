"""The generator, the finder and the masking itself, without any process: counted recall, and what must stay."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from actions.privacy import mask, take
from bot.gateway.clean import clean
from tests.faults.canaries.numbers import FORMS, Canary, canaries
from tests.faults.canaries.traces import Finder

SEED, COUNT = 81890, 2000
NUMBERS = [canary for canary in canaries(COUNT, SEED) if canary.kind != "address"]
SOURCES = sorted(Path("knowledge/sources").glob("*.txt"))
AMOUNT = re.compile(r"\d[\d.,]*")


def masked(canary: Canary) -> str:
    """As it reaches everything behind the gateway."""
    return mask(clean(f"我的是{canary.written}，请回我", 300).text)


def missed(found: list[Canary]) -> list[Canary]:
    finder = Finder(found)
    return [c for c in found if finder.found(masked(c)) or "〔" not in masked(c)]


def test_the_same_canaries_for_a_seed_in_all_forms() -> None:
    assert canaries(COUNT, SEED) == canaries(COUNT, SEED) != canaries(COUNT, SEED + 1)
    assert len({canary.digits for canary in canaries(COUNT, SEED)}) == COUNT
    assert {canary.form for canary in NUMBERS} == {"plain", *FORMS}
    assert {canary.kind for canary in canaries(COUNT, SEED)} == {"phone", "identity", "bank", "address"}


def test_the_finder_finds_every_one_that_is_not_masked() -> None:
    """The control: without it, nothing found would mean nothing."""
    finder = Finder(canaries(COUNT, SEED))
    for canary in canaries(COUNT, SEED):
        text = f"11-22 {canary.written} ok"
        assert finder.found(text) == {canary}
        assert finder.found(json.dumps({"message": text})) == {canary}
        assert finder.found(text.encode()) == {canary}
    assert finder.found("2026-11-22 16:39:57 INFO 81890 119 HS-261122-48371") == frozenset()


def test_recall_of_what_is_written_plainly_and_of_what_is_disguised() -> None:
    plain = [canary for canary in NUMBERS if canary.plain]
    disguised = [canary for canary in NUMBERS if not canary.plain]
    assert len(missed(plain)) <= 0.005 * len(plain), missed(plain)
    assert len(missed(disguised)) <= 0.05 * len(disguised), missed(disguised)[:20]
    print(
        f"plain {len(plain)} missed {len(missed(plain))}; disguised {len(disguised)} missed {len(missed(disguised))}"
    )


def test_the_numbers_of_the_documents_are_no_false_hits() -> None:
    texts = [line for path in SOURCES for line in path.read_text("utf-8").splitlines()]
    numbers = sum(len(AMOUNT.findall(line)) for line in texts)
    hit = sum(mask(line).count("〔") - line.count("〔") for line in texts)
    assert numbers > 900
    assert hit <= 0.01 * numbers


@pytest.mark.parametrize("name", ["questions", "second", "third"])
def test_questions_to_the_documents_hold_nothing_to_mask(name: str) -> None:
    lines = Path(f"tests/evaluation/{name}.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    changed = [text for text in asked if mask(text) != text]
    assert len(changed) <= 0.01 * len(asked), changed


@pytest.mark.parametrize("number", ["138 0013 8000", "138-0013-8000", "1380013 8000", "1380 013 8000"])
@pytest.mark.parametrize("after", ["家里漏水", "个人的", "人不在", "年底前打", "万一没人接", "张阿姨"])
def test_a_number_in_groups_is_one_whatever_follows(number: str, after: str) -> None:
    assert mask(f"电话{number}{after}") == f"电话〔手机号〕{after}"


@pytest.mark.parametrize(
    "text",
    [
        "三年分别是137、1235、1460家",
        "135（2020）1234万元",
        "坐135、1234路公交，再2018年",
        "1、3、5、7、9、2、4、6、8、0",
        "第一、第三、第五",
        "2019、2020、2021年各是多少",
        "从138到1500再到2000",
    ],
)
def test_lists_of_amounts_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "138、0013、8000",
        "138（0013）8000",
        "１３８－００１３－８０００",
        "138然后0013再8000",
        "一三八，零零一三，8000",
    ],
)
def test_a_number_in_pieces_reaches_the_ledger_whole(text: str) -> None:
    assert take(f"打{text}找我").phones == ["13800138000"]
