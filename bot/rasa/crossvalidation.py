"""Cross-validation of the intent model on the project's own examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bot.rasa.intent_model import IntentModel, Tuning
from bot.rasa.scores import Scores

ALIKE = 0.5  # share of common character pairs from which two texts count as one in different dress
SEED = 0


def pairs(text: str) -> frozenset[str]:
    """The character pairs of a text, its ends included."""
    marked = f"^{text}$"
    return frozenset(marked[i : i + 2] for i in range(len(marked) - 1))


def alike_groups(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """A group number for each text; near-duplicates of one intent share theirs.

    >>> alike_groups(["查一下工单", "查下工单", "再见"], ["a", "a", "b"])
    [0, 0, 2]
    """
    found = list(range(len(texts)))

    def root(i: int) -> int:
        while found[i] != i:
            found[i] = found[found[i]]
            i = found[i]
        return i

    for intent in sorted(set(labels)):
        members = [(i, pairs(texts[i])) for i, label in enumerate(labels) if label == intent]
        for place, (i, mine) in enumerate(members):
            for j, other in members[place + 1 :]:
                if len(mine & other) >= ALIKE * len(mine | other):
                    first, second = sorted((root(i), root(j)))
                    found[second] = first
    return [root(i) for i in range(len(texts))]


def splits(
    labels: Sequence[str], folds: int, groups: Sequence[int] | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Train and test positions; with ``groups``, a group is never on both sides."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    blank = np.zeros(len(labels))
    if groups is None:
        return StratifiedKFold(folds, shuffle=True, random_state=SEED).split(blank, labels)
    return StratifiedGroupKFold(folds, shuffle=True, random_state=SEED).split(blank, labels, groups)


def cross_validate(
    texts: Sequence[str],
    vectors: np.ndarray,
    labels: Sequence[str],
    tuning: Tuning,
    folds: int,
    groups: Sequence[int] | None = None,
) -> Scores:
    """Every text predicted by a model that has not seen it.

    :param texts: canonical texts.
    :param vectors: ``(n, dims)``.
    """
    predicted = [""] * len(texts)
    for train, test in splits(labels, folds, groups):
        model = IntentModel.fit([texts[i] for i in train], vectors[train], [labels[i] for i in train], tuning)
        rows = model.probabilities([texts[i] for i in test], vectors[test])
        for i, best in zip(test, rows.argmax(axis=1), strict=True):
            predicted[i] = model.labels[best]
    return Scores.of(labels, predicted)
