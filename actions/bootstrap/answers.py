"""The answering pipeline: its list of steps, wired."""

from __future__ import annotations

from collections import Counter

from actions.answering.boxes import BoxList
from actions.answering.compose import Compose
from actions.answering.elsewhere import Elsewhere
from actions.answering.figures_en import english_figures
from actions.answering.gate import Gate
from actions.answering.guard import guard
from actions.answering.pipeline import Answerer, Step
from actions.answering.resolve import Resolve
from actions.answering.retrieve import Retrieve
from actions.answering.rules import elsewhere
from actions.answering.spelling import Corrector, frequent_runs
from actions.answering.tables import TableRowAnswer
from actions.answering.terms import TermCard, TermHints
from actions.answering.unheard import Unheard
from actions.bootstrap.corpus import Corpus, build_encoder
from actions.bootstrap.shelves import Shelf, open_shelf
from actions.settings import Settings, SettingsError
from embeddings.encoder import Encoder
from embeddings.index import Index
from embeddings.metric import Metric
from embeddings.retriever import Retriever
from knowledge.english import load_english
from knowledge.facts import table_facts
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.normalise import normalise


def build_answerer(
    settings: Settings,
    rewrites: Counter[str] | None = None,
    encoder: Encoder | None = None,
    shelf: Shelf | None = None,
) -> Answerer:
    """The pipeline over the published index; see ``build_steps``.

    :param rewrites: counts what became of the language model's suggestions, if one is set.
    :param shelf: the generation to answer from; without it the one that is current.
    """
    encoder = encoder or build_encoder(settings)
    shelf = shelf or open_shelf(settings, encoder)
    hints = TermHints(TermCard(shelf.corpus.library.terms, shelf.corpus.statements))
    rewriter = [build_rewriter(settings, encoder, rewrites)] if settings.llm_base_url else []
    steps = build_steps(settings, encoder, shelf)
    return Answerer(steps, finishing=[*rewriter, english_figures, hints])


def build_steps(settings: Settings, encoder: Encoder | None = None, shelf: Shelf | None = None) -> list[Step]:
    """The steps of the pipeline, in order.

    :param encoder: one that is loaded already; ``shelf`` likewise.
    :raises StoreError: when no index fits these documents and this encoder (``make index`` builds one).
    """
    encoder = encoder or build_encoder(settings)
    shelf = shelf or open_shelf(settings, encoder)
    corpus, index = shelf.corpus, shelf.index
    library = corpus.library
    retriever = build_retriever(corpus, index, encoder)
    lexicon = Lexicon.load()
    words = (*vocabulary(lexicon, library), *frequent_runs(retriever.corpus))
    corrector = Corrector(words, retriever.corpus)
    return [
        guard,
        Resolve(lexicon, corrector, retriever.corpus, load_english(retriever.corpus)),
        TermCard(library.terms, corpus.statements),
        BoxList(library.boxes, corpus.statements),
        Retrieve(retriever),
        Elsewhere(elsewhere(), encoder),
        Unheard(retriever.corpus, [ask.text for ask in corpus.asks]),
        TableRowAnswer(library.rows, table_facts(library.rows), retriever),
        Gate(),
        Compose(),
    ]


def build_retriever(corpus: Corpus, index: Index, encoder: Encoder) -> Retriever:
    """What ranks the statements of an open index, with the metric that was learned for this encoder."""
    asks = (index.collection("asks"), [ask.statement for ask in corpus.asks]) if corpus.asks else None
    return Retriever(
        corpus.statements,
        index.collection("statements"),
        index.collection("passages"),
        encoder,
        asks,
        metric=Metric.load(encoder.name),
    )


def build_rewriter(settings: Settings, encoder: Encoder, rewrites: Counter[str] | None = None) -> Step:
    """The optional language model, which may reword what was found.

    :raises SettingsError: when the endpoint's settings can't work together.
    """
    # Imported here: without LLM_BASE_URL nothing of it is loaded.
    from actions.answering.llm import Rewriter
    from actions.answering.llm_client import LlmEndpoint

    if not settings.llm_base_url.startswith(("http://", "https://")) or not settings.llm_model:
        raise SettingsError("设置了 LLM_BASE_URL 就要是 http(s) 地址，并写明 LLM_MODEL；不用语言模型就都留空")
    if settings.llm_timeout >= settings.answer_timeout:
        raise SettingsError(
            f"LLM_TIMEOUT（{settings.llm_timeout:g} 秒）要小于 ANSWER_TIMEOUT（{settings.answer_timeout:g} 秒）"
        )
    endpoint = LlmEndpoint(
        settings.llm_base_url,
        settings.llm_api_key.get_secret_value(),
        settings.llm_model,
        settings.llm_timeout,
    )

    def likeness(one: str, other: str) -> float:
        first, second = encoder.encode_passages([one, other])
        return float(first @ second)

    return Rewriter(endpoint, likeness, rewrites)


def vocabulary(lexicon: Lexicon, library: Library) -> tuple[str, ...]:
    """Words that a mistyped one may have been meant as: the documents' terms and the lexicon's."""
    words = {word for entry in lexicon.entries for word in entry.doc}
    words |= {normalise(name) for term in library.terms for name in (term.name, *term.aliases)}
    return tuple(sorted(words))
