"""Which passage answers a question, without any knowledge of the domain.

Three things have a say: the passage's best sentence (dense and lexical together, so that both speak of the same
sentence), the words of the whole passage, and, among the best, how well each word of the question finds its like.
One vector for a whole passage is left out: among passages of one document it tells least and misleads most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.index import Collection
from embeddings.scores import Scores, z_scores

# What a question asks with. Rare in the texts, so BM25 would take it for telling.
ASKING = re.compile(
    "请问|为什么|为何|什么时候|什么样|什么|哪一|哪[个些里位年种座次]|哪|谁|多少|几|何时|何地|何|如何|怎么样|怎么|怎样|吗|呢|是"
)


@dataclass(frozen=True)
class RankingWeights:
    """How much each z-score counts. Chosen on CMRC2018 dev cut into pieces of about 160 characters."""

    sentence_lexical: float = 0.3  # beside the sentence's cosine, which counts 1
    sentence: float = 2.0
    passage_lexical: float = 1.0
    late: float = 2.0
    pool: int = 20  # passages looked at word by word


class PassageRanker:
    """Ranks ``passages``; ``owner[i]`` is the row of the passage that sentence i belongs to, ascending."""

    def __init__(
        self,
        passages: Collection,
        sentences: Collection,
        owner: Sequence[int],
        encoder: Encoder,
        weights: RankingWeights | None = None,
    ) -> None:
        """:raises ValueError: unless every passage owns at least one sentence, in the passages' order."""
        if (
            len(owner) != len(sentences)
            or not np.array_equal(np.unique(owner), np.arange(len(passages)))
            or np.any(np.diff(owner) < 0)
        ):
            raise ValueError("every passage needs its sentences, in the order of the passages")
        self._passages, self._sentences, self._encoder = passages, sentences, encoder
        self._first = np.searchsorted(np.asarray(owner), np.arange(len(passages)))
        self.weights = weights or RankingWeights()

    def rank(self, question: str, top: int = 10) -> list[int]:
        """Rows of the ``top`` best passages, best first. ``question`` is normalised by the caller."""
        w = self.weights
        vector, tokens = self._encoder.encode_question(question)
        words = without_asking(question)
        by_sentence = self._best_sentences(vector, words)
        by_words = self._passages.lexical(words)
        pool = _best(z_scores(by_sentence) + z_scores(by_words), max(top, w.pool))
        judged = (
            w.sentence * z_scores(by_sentence[pool])
            + w.passage_lexical * z_scores(by_words[pool])
            + w.late * z_scores(self._passages.late(tokens, pool.tolist(), whole=True))
        )
        return [int(row) for row in pool[_best(judged, top)]]

    def _best_sentences(self, vector: Scores, words: str) -> Scores:
        """(passages,) score of each passage's best sentence."""
        lexical = self.weights.sentence_lexical * z_scores(self._sentences.lexical(words))
        scores = z_scores(self._sentences.dense(vector)) + lexical
        return np.asarray(np.maximum.reduceat(scores, self._first), dtype=np.float32)


def without_asking(question: str) -> str:
    """The question without the words it asks with; itself when nothing would remain.

    >>> without_asking("海曙有多少家养老机构")
    '海曙有 家养老机构'
    """
    rest = ASKING.sub(" ", question)
    return rest if rest.strip() else question


def _best(scores: Scores, top: int) -> NDArray[np.int64]:
    return np.argsort(-scores, kind="stable")[:top]
