"""The encoder benchmark: which questions, how they are timed, what recall means."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, cast

from actions.bootstrap import Corpus, statement_text
from benchmarks.encoder import WARM, recall, spread, taking_turns
from knowledge.asks import Ask
from tests.actions.answering.making import CARE, statement
from tests.embeddings.hashing import HashingEncoder

OTHER = "人才资源总量达到四十三万人，引进高层次人才一百名。"


@dataclass(frozen=True)
class Small:
    """The part of a corpus that recall looks at."""

    statements: tuple[Any, ...]


def test_questions_come_from_everywhere_and_none_twice() -> None:
    asks = [Ask(f"第{i % 50}问", "s") for i in range(100)]
    chosen = spread(asks, 10)
    assert [ask.text for ask in chosen] == [f"第{i}问" for i in range(0, 50, 5)]
    assert len(spread(asks, 1000)) == 50


def test_works_take_turns_and_each_gets_its_own_median() -> None:
    order: list[str] = []

    def quick(text: str) -> None:
        order.append(f"quick {text}")

    def slow(text: str) -> None:
        order.append(f"slow {text}")
        time.sleep(0.005)

    first, second = taking_turns([quick, slow], ["a", "b", "c", "d"])
    assert order[2 * WARM :] == [f"{name} {text}" for text in "abcd" for name in ("quick", "slow")]
    assert all(text.endswith("。") for text in order[: 2 * WARM]), "warming up must not fill a cache"
    assert second.clock > 5 > first.clock
    assert second.processor < second.clock


def test_recall_counts_statements_found_among_the_nearest() -> None:
    statements = [statement(CARE), *(statement(f"{OTHER}第{i}条。") for i in range(8))]
    corpus = cast(Corpus, Small(tuple(statements)))
    right = Ask(statement_text(statements[0]), statements[0].key)
    wrong = Ask(statement_text(statements[1]), statements[0].key)
    assert recall(HashingEncoder(), corpus, [right]) == 1.0
    assert recall(HashingEncoder(), corpus, [right, wrong]) == 0.5
