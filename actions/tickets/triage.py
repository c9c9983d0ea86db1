"""分类处置: kind, category and department of a report, and how sure that is.

    classify = Triage(read_directory(), encoder)
    classify(Report("我们弄堂的路灯不亮"))   # Triage(kind="求助", category="路灯", department="区综合行政执法局", …)

Labelled examples vote, plain words count beside them. Where the winner isn't clear the department stays empty and the
ticket waits for a person in the triage queue; the category is then a suggestion.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actions.tickets.departments import Directory
from actions.tickets.errors import ReportInvalid
from actions.tickets.likeness import Floats, Votes, shares
from actions.tickets.records import Kind, Report
from actions.tickets.records import Triage as Found
from embeddings.encoder import Encoder
from knowledge.normalise import normalise


class Triage:
    """The classifier; see ``records.Classify`` for the call. Safe to call from several threads.

    :param cache: folder for the examples' vectors, which take seconds to compute; None computes them.
    """

    def __init__(self, directory: Directory, encoder: Encoder, cache: Path | None = None) -> None:
        self.directory = directory
        self._encoder = encoder
        texts = [example.text for example in directory.examples]
        vectors = example_vectors(texts, encoder, cache)
        tuning = directory.tuning
        self._categories = Votes(texts, vectors, [e.category for e in directory.examples], tuning)
        self._kinds = Votes(texts, vectors, [e.kind for e in directory.examples], tuning)

    def __call__(self, report: Report) -> Found:
        """Where the report belongs; ``report.kind`` and ``report.category``, when given, are kept.

        :raises ReportInvalid: for a category that does not exist
        """
        if report.callback:
            category, kind, unit = self.directory.callback
            return Found(report.kind or kind, category, unit, 1.0)
        text = normalise(report.problem)
        vector = self._encoder.encode_queries([text])
        if report.category:
            unit = self._unit(report.category)
            return Found(report.kind or self._kind(text, vector), report.category, unit, 1.0)
        tuning = self.directory.tuning
        scores = self._categories.scores([text], vector) + tuning.word_weight * self._words(text)
        share = shares(scores, tuning.sharpness)[0]
        best = int(share.argmax())
        category, confidence = self._categories.labels[best], float(share[best])
        unit = self.directory.category(category).unit if confidence >= tuning.threshold else ""
        return Found(report.kind or self._kind(text, vector), category, unit, confidence)

    def _unit(self, category: str) -> str:
        try:
            return self.directory.category(category).unit
        except KeyError:
            names = "、".join(known.name for known in self.directory.categories)
            raise ReportInvalid(f"category「{category}」不存在，可选：{names}") from None

    def _words(self, text: str) -> NDArray[np.float64]:
        """1 for each category whose words stand in the text, in the order of the votes' labels."""
        patterns = [self.directory.category(name).words for name in self._categories.labels]
        return np.array([bool(pattern and pattern.search(text)) for pattern in patterns], dtype=float)

    def _kind(self, text: str, vector: Floats) -> Kind:
        for kind, pattern in self.directory.kinds:
            if pattern.search(text):
                return kind
        best = self._kinds.labels[int(self._kinds.scores([text], vector)[0].argmax())]
        return next(example.kind for example in self.directory.examples if example.kind == best)


def example_vectors(texts: list[str], encoder: Encoder, cache: Path | None) -> Floats:
    """The vectors of the examples, kept in ``cache`` under the hash of what they were made of."""
    if cache is None:
        return encoder.encode_queries(texts)
    made_of = sha256("\n".join([encoder.name, *texts]).encode()).hexdigest()[:16]
    path = cache / f"triage-{made_of}.npy"
    if path.is_file():
        return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)
    vectors = encoder.encode_queries(texts)
    cache.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:  # np.save would add .npy to a name
        np.save(file, vectors)
    part.replace(path)
    return vectors
