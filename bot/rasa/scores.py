"""Figures of a classifier: accuracy, recall of each intent, and what is taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scores:
    """``pairs`` are (expected, predicted), one for each message.

    >>> s = Scores((("greet", "greet"), ("greet", "thanks")))
    >>> s.accuracy, s.recalls(), s.confusions()
    (0.5, {'greet': 0.5}, [(('greet', 'thanks'), 1)])
    """

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, expected: Sequence[str], predicted: Sequence[str]) -> Scores:
        """From two lists of the same length."""
        return cls(tuple(zip(expected, predicted, strict=True)))

    @property
    def accuracy(self) -> float:
        """Share of right predictions; 0 when there are none."""
        return sum(a == b for a, b in self.pairs) / len(self.pairs) if self.pairs else 0.0

    def recalls(self) -> dict[str, float]:
        """Share of each intent's messages that were recognised, weakest first."""
        total = Counter(expected for expected, _ in self.pairs)
        right = Counter(a for a, b in self.pairs if a == b)
        return dict(sorted(((i, right[i] / n) for i, n in total.items()), key=lambda item: item[1]))

    def confusions(self) -> list[tuple[tuple[str, str], int]]:
        """(expected, predicted) pairs that differ, most frequent first."""
        return Counter(pair for pair in self.pairs if pair[0] != pair[1]).most_common()

    def text(self, title: str, shown: int = 15) -> str:
        """For the terminal."""
        total = Counter(expected for expected, _ in self.pairs)
        lines = [f"{title}：{len(self.pairs)} 条，准确率 {self.accuracy:.4f}", "  各意图召回率（低的在前）"]
        lines += [
            f"    {intent:20} {recall:.3f}  （{total[intent]} 条）"
            for intent, recall in self.recalls().items()
        ]
        lines += [f"  混淆最多的 {shown} 对（应为 → 判为）"]
        lines += [f"    {a} → {b}：{n}" for (a, b), n in self.confusions()[:shown]]
        return "\n".join(lines)
