"""The only place where objects are wired together: settings in, a working answerer or index out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import knowledge
from actions.answering.boxes import BoxList
from actions.answering.compose import Compose
from actions.answering.figures_en import english_figures
from actions.answering.gate import Gate
from actions.answering.guard import guard
from actions.answering.pipeline import Answerer, Step
from actions.answering.resolve import Resolve
from actions.answering.retrieve import Retrieve
from actions.answering.spelling import Corrector, frequent_runs
from actions.answering.tables import TableRowAnswer
from actions.answering.terms import TermCard, TermHints
from actions.dialogue.desk import DeskHours
from actions.dialogue.front import FrontDesk
from actions.settings import LEDGER_SECRETS, Settings, SettingsError
from actions.tickets.aftercare import Aftercare
from actions.tickets.announce import Announcer
from actions.tickets.book import Listener
from actions.tickets.chain import Chain
from actions.tickets.deadlines import Deadlines
from actions.tickets.delivery import Delivery
from actions.tickets.departments import read_directory
from actions.tickets.duplicates import Duplicates, Thresholds
from actions.tickets.figures import Figures
from actions.tickets.mailbox import Mailbox
from actions.tickets.moment import now
from actions.tickets.notify import Notices
from actions.tickets.office import Office, open_office
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.records import Reception, Report
from actions.tickets.records import Triage as Sorted
from actions.tickets.sealing import Sealer
from actions.tickets.store import open_store
from actions.tickets.subscriptions import Subscriptions
from actions.tickets.sweep import Rhythm, Sweep
from actions.tickets.triage import Triage
from embeddings.encoder import Encoder, load_encoder
from embeddings.retriever import Retriever
from embeddings.store import Entry, Store
from knowledge.asks import Ask, load_asks
from knowledge.english import load_english
from knowledge.facts import table_facts
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.records import Passage
from knowledge.statements import Statement, statements


@dataclass(frozen=True)
class Corpus:
    """The documents and the statements cut from them; ``hash`` changes when any of it does."""

    library: Library
    statements: tuple[Statement, ...]
    asks: tuple[Ask, ...]
    hash: str


def load_corpus(settings: Settings) -> Corpus:
    """Read the documents. Raises KnowledgeError naming the file and the fix."""
    library = knowledge.load(settings.sources_dir.parent)
    cut = statements(library.passages)
    asks = load_asks(cut)
    digest = sha256(library.corpus_hash.encode())
    for part in (*(s.key for s in cut), *(f"{a.statement} {a.text}" for a in asks)):
        digest.update(part.encode())
    return Corpus(library, cut, asks, digest.hexdigest())


def build_encoder(settings: Settings, progress: bool = False) -> Encoder:
    """The encoder of these settings. Raises ModelError."""
    return load_encoder(
        settings.encoder_model,
        settings.models_path(),
        settings.encoder_backend,
        settings.encoder_threads,
        progress,
    )


def build_index(settings: Settings, progress: bool = False) -> str:
    """Publish a generation for the documents as they are; returns its id. Nothing changed: the current one."""
    corpus, encoder = load_corpus(settings), build_encoder(settings, progress)
    collections = {
        "statements": [Entry(s.key, statement_text(s)) for s in corpus.statements],
        "passages": [Entry(p.id, passage_text(p)) for p in corpus.library.passages],
    }
    if corpus.asks:
        collections["asks"] = [Entry(f"{i} {a.statement}", a.text) for i, a in enumerate(corpus.asks)]
    build_triage(settings, encoder)  # keeps its vectors: a service that may write nothing finds them here
    return Store(settings.index_path()).publish(
        collections, encoder, corpus.hash, progress, late=["statements"]
    )


def build_answerer(
    settings: Settings, rewrites: Counter[str] | None = None, encoder: Encoder | None = None
) -> Answerer:
    """The pipeline over the published index; see ``build_steps``."""
    corpus = load_corpus(settings)
    hints = TermHints(TermCard(corpus.library.terms, corpus.statements))
    return Answerer(build_steps(settings, rewrites, encoder, corpus), finishing=[english_figures, hints])


def build_steps(
    settings: Settings,
    rewrites: Counter[str] | None = None,
    encoder: Encoder | None = None,
    corpus: Corpus | None = None,
) -> list[Step]:
    """The steps of the pipeline, in order.

    :param encoder: one that is loaded already; ``corpus`` likewise.
    :param rewrites: counts what became of the language model's suggestions, if one is set.
    :raises StoreError: when no index fits these documents and this encoder (``make index`` builds one).
    """
    corpus, encoder = corpus or load_corpus(settings), encoder or build_encoder(settings)
    library = corpus.library
    index = Store(settings.index_path()).open_current(encoder.name, corpus.hash)
    asks = (index.collection("asks"), [ask.statement for ask in corpus.asks]) if corpus.asks else None
    retriever = Retriever(
        corpus.statements, index.collection("statements"), index.collection("passages"), encoder, asks
    )
    lexicon = Lexicon.load()
    words = (*vocabulary(lexicon, library), *frequent_runs(retriever.corpus))
    corrector = Corrector(words, retriever.corpus)
    steps: list[Step] = [
        guard,
        Resolve(lexicon, corrector, retriever.corpus, load_english(retriever.corpus)),
        TermCard(library.terms, corpus.statements),
        BoxList(library.boxes, corpus.statements),
        Retrieve(retriever),
        TableRowAnswer(library.rows, table_facts(library.rows), retriever),
        Gate(),
        Compose(),
    ]
    return with_rewriter(steps, settings, encoder, rewrites) if settings.llm_base_url else steps


def with_rewriter(
    steps: list[Step], settings: Settings, encoder: Encoder, rewrites: Counter[str] | None
) -> list[Step]:
    """The steps, with the optional language model after each that answers.

    :raises SettingsError: when the endpoint's settings can't work together.
    """
    # Imported here: without LLM_BASE_URL nothing of it is loaded.
    from actions.answering.llm import Rewriter, followed_by
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

    rewriter = Rewriter(endpoint, likeness, rewrites)
    return [followed_by(step, rewriter) for step in steps]


def vocabulary(lexicon: Lexicon, library: Library) -> tuple[str, ...]:
    """Words that a mistyped one may have been meant as: the documents' terms and the lexicon's."""
    words = {word for entry in lexicon.entries for word in entry.doc}
    words |= {normalise(name) for term in library.terms for name in (term.name, *term.aliases)}
    return tuple(sorted(words))


def statement_text(statement: Statement) -> str:
    """What is embedded for a statement: its innermost heading or label says what it is about."""
    passage = statement.passage
    if passage.kind == "table_row":  # people ask for the indicator, never for its figures
        return passage.label or passage.text.split("：")[0]
    context = passage.label or (passage.heading[-1] if passage.heading else "")
    return f"{context} {statement.text}"


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: the two innermost headings, its label and its text."""
    return " ".join([*passage.heading[-2:], passage.label, passage.text])


def build_office(
    settings: Settings, encoder: Encoder | None = None, listeners: Sequence[Listener] = ()
) -> Office:
    """The tickets: their database, brought up to date, with everything that works on it.

    :param encoder: for telling what a report is about; without it one is loaded when the first report comes.
    :param listeners: called with every change, inside its transaction, after those that write the news.
    :raises SettingsError: when LEDGER_KEY or CONTACT_KEY is missing.
    :raises LedgerUnusable: when the database can't be opened.
    """
    settings.require_secrets(LEDGER_SECRETS)
    triage = cache(lambda: build_triage(settings, encoder or build_encoder(settings)))
    if encoder:
        triage()

    def classify(report: Report) -> Sorted:
        return triage()(report)

    directory = read_directory()
    return open_office(
        open_store(settings.ledger_url()),
        Chain(settings.ledger_key.get_secret_value()),
        build_sealer(settings),
        classify,
        Deadlines.load(),
        [build_notices(settings), build_announcer(settings), *listeners],
        units=tuple(directory.units),
        categories=directory.service_names(),
    )


def build_outbox(settings: Settings) -> Outbox:
    """Writes messages to readers."""
    return Outbox(now, Quiet.parse(settings.quiet_hours), Pace.load())


def build_notices(settings: Settings) -> Notices:
    """Tells reporters and departments what happened to a ticket. Raises RulesUnusable."""
    return Notices(build_outbox(settings), read_directory().desk)


def build_announcer(settings: Settings) -> Announcer:
    """Tells subscribers of what is new."""
    return Announcer(build_outbox(settings), now)


def build_aftercare(settings: Settings, office: Office, encoder: Encoder | None = None) -> Aftercare:
    """What happens to tickets after they were filed.

    :param encoder: for suggesting duplicates; without it none are.
    :raises RulesUnusable: when one of the YAML files makes no sense.
    """
    deadlines, desk, rhythm = Deadlines.load(), read_directory().desk, Rhythm.load()
    store = office.store
    return Aftercare(
        office,
        Sweep(office.book, office.casework, deadlines, build_notices(settings), desk, rhythm),
        rhythm,
        Delivery(store, now, Quiet.parse(settings.quiet_hours), Pace.load()),
        {},  # the page and the console fetch; a channel that pushes puts its sender here
        Mailbox(store, now),
        Subscriptions(store, now),
        build_announcer(settings),
        Duplicates(store, encoder, Thresholds.load(), now) if encoder else None,
        Figures(store, deadlines, now),
    )


def build_reception(settings: Settings, encoder: Encoder | None = None) -> Reception:
    """What the dialogue and the public interfaces may do with tickets; see ``build_office``."""
    return build_office(settings, encoder).reception


def build_triage(settings: Settings, encoder: Encoder) -> Triage:
    """Tells where a report belongs. Raises RulesUnusable."""
    return Triage(read_directory(), encoder, settings.var_dir / "triage")


def build_sealer(settings: Settings) -> Sealer:
    """Seals phone numbers with CONTACT_KEY. Raises KeyMissing."""
    keys = (settings.contact_key, settings.contact_key_old)
    return Sealer([key.get_secret_value() for key in keys])


def build_front(settings: Settings, answerer: Answerer, office: Office) -> FrontDesk:
    """What the dialogue's actions work with. Raises DeskHoursUnusable when DESK_HOURS makes no sense."""
    return FrontDesk(answerer, office.reception, build_sealer(settings), DeskHours.parse(settings.desk_hours))
