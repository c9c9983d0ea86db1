"""The only place where objects are wired together: settings in; a working answerer, index or ledger out."""

from actions.bootstrap.accounts import build_accounts, build_rotation
from actions.bootstrap.answers import (
    build_answerer,
    build_retriever,
    build_rewriter,
    build_steps,
    vocabulary,
)
from actions.bootstrap.corpus import Corpus, build_encoder, load_corpus, passage_text, statement_text
from actions.bootstrap.generations import build_current, build_publisher
from actions.bootstrap.index import build_index
from actions.bootstrap.metric import learn_metric
from actions.bootstrap.shelves import Shelf, current_library, open_shelf
from actions.bootstrap.tickets import (
    build_aftercare,
    build_announcer,
    build_front,
    build_notices,
    build_office,
    build_opinions,
    build_outbox,
    build_reception,
    build_sealer,
    build_triage,
)

__all__ = [
    "Corpus",
    "Shelf",
    "build_accounts",
    "build_aftercare",
    "build_announcer",
    "build_answerer",
    "build_current",
    "build_encoder",
    "build_front",
    "build_index",
    "build_notices",
    "build_office",
    "build_opinions",
    "build_outbox",
    "build_publisher",
    "build_reception",
    "build_retriever",
    "build_rewriter",
    "build_rotation",
    "build_sealer",
    "build_steps",
    "build_triage",
    "current_library",
    "learn_metric",
    "load_corpus",
    "open_shelf",
    "passage_text",
    "statement_text",
    "vocabulary",
]
