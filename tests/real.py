"""The real pipeline in this process: the published documents, the real encoder, and an index of its own.

Vectors that ``make index`` has already computed are taken over, so that only what a test adds is encoded.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from actions.answering.answer import Answer, Question
from actions.answering.pipeline import Answerer
from actions.bootstrap import Corpus, build_answerer, build_encoder, build_index, build_retriever, load_corpus
from actions.settings import Settings, load_settings
from embeddings.retriever import Retriever
from embeddings.store import Store


@dataclass(frozen=True)
class Real:
    """A working pipeline and the parts it was made of."""

    settings: Settings
    corpus: Corpus
    answerer: Answerer
    retriever: Retriever

    def __repr__(self) -> str:
        """Short: the corpus written out would bury every failure."""
        return f"Real({self.corpus.hash[:8]})"

    def ask(self, text: str, *history: str) -> Answer:
        """The answer to ``text`` after the turns ``history``."""
        return self.answerer.answer(Question(text, history))

    def lacking(self, text: str) -> str:
        """What a refusal of ``text`` says the sources do not hold."""
        answer = self.ask(text)
        assert answer.status == "refused_not_in_sources", answer.text
        return answer.text.splitlines()[0]


def build(index_dir: Path, sources_dir: Path | None = None) -> Real:
    """Publish an index for the documents in ``sources_dir`` (default: ours) and wire the pipeline over it."""
    settings = load_settings().model_copy(update={"index_dir": index_dir})
    take_over(load_settings().index_path(), index_dir)
    if sources_dir is not None:
        settings = settings.model_copy(update={"sources_dir": sources_dir})
    build_index(settings)
    corpus, encoder = load_corpus(settings), build_encoder(settings)
    index = Store(index_dir).open_current(encoder.name, corpus.hash)
    retriever = build_retriever(corpus, index, encoder)
    return Real(settings, corpus, build_answerer(settings), retriever)


def take_over(published: Path, index_dir: Path) -> None:
    """Copy the current generation of ``published``, if there is one."""
    for generation in Store(published).list():
        if generation.current:
            place = Path("generations") / generation.id
            shutil.copytree(published / place, index_dir / place)
