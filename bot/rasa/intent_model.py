"""Which intent a message has: a linear model over the sentence vector and the character n-grams.

The vector knows paraphrases, the n-grams know exact words; together they are better than either.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.rasa.errors import ModelUnusable
from bot.rasa.ngrams import NgramSpace

# Vectors of one model lie close together: without their mean taken off the learner needs many times the steps.
_STEPS = 60
_NUMBERS = "intents.npz"
_WORDS = "intents.json"


class IntentModel:
    """A trained model: plain numbers and strings, stored without pickle.

    :param labels: the intents, in the order of ``weights``.
    :param weights: ``(intents, vector + n-grams)``.
    :param bias: ``(intents,)``.
    :param mean: ``(dims,)``, taken off every vector.
    :param scale: what the vector and the n-grams are multiplied with.
    """

    def __init__(
        self,
        labels: Sequence[str],
        space: NgramSpace,
        weights: np.ndarray,
        bias: np.ndarray,
        mean: np.ndarray,
        scale: tuple[float, float],
    ) -> None:
        self.labels = tuple(labels)
        self._space = space
        self._weights = weights
        self._bias = bias
        self._mean = mean
        self._scale = scale

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: np.ndarray,
        labels: Sequence[str],
        scale: tuple[float, float],
        inverse_regularisation: float,
    ) -> IntentModel:
        """Train on canonical texts and their vectors ``(n, dims)``.

        :raises ModelUnusable: with fewer than three intents, for which the learner has another form.
        """
        if len(set(labels)) < 3:
            raise ModelUnusable(f"只有 {len(set(labels))} 个意图：bot/data/nlu 里至少要有 3 个")
        # Imported here: only training needs it.
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        space, mean = NgramSpace.of(texts), vectors.mean(axis=0)
        learner = LogisticRegression(C=inverse_regularisation, max_iter=_STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", ConvergenceWarning
            )  # more steps change no figure that is measured
            learner.fit(_joined(space, texts, vectors - mean, scale), list(labels))
        return cls(learner.classes_.tolist(), space, learner.coef_, learner.intercept_, mean, scale)

    def probabilities(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Float64 of shape ``(n, intents)``; rows add up to 1."""
        scores = _joined(self._space, texts, vectors - self._mean, self._scale) @ self._weights.T + self._bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    def save(self, folder: Path) -> None:
        """Write two files into ``folder``."""
        np.savez(
            folder / _NUMBERS,
            weights=self._weights.astype(np.float32),
            bias=self._bias,
            mean=self._mean,
            rarity=self._space.rarity,
            scale=np.array(self._scale),
        )
        words = {"labels": self.labels, "vocabulary": self._space.vocabulary}
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what :meth:`save` wrote.

        :raises ModelUnusable: when a file is missing or doesn't fit the other.
        """
        try:
            words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
            with (folder / _NUMBERS).open("rb") as file, np.load(file, allow_pickle=False) as numbers:
                space = NgramSpace(words["vocabulary"], numbers["rarity"])
                dense, sparse = numbers["scale"].tolist()
                weights, bias, mean = numbers["weights"], numbers["bias"], numbers["mean"]
                return cls(words["labels"], space, weights, bias, mean, (dense, sparse))
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise ModelUnusable(f"意图模型 {folder} 读不出来（{error}）：重新运行 make train") from error


def _joined(
    space: NgramSpace, texts: Sequence[str], vectors: np.ndarray, scale: tuple[float, float]
) -> csr_matrix:
    return hstack([csr_matrix(vectors * scale[0]), space.rows(texts) * scale[1]]).tocsr()
