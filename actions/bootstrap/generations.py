"""What is served, and how it is changed: wired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from actions.answering.repeated import Repeated
from actions.bootstrap.answers import build_answerer
from actions.bootstrap.shelves import Shelf, open_shelf
from actions.governance.builder import Builder, Limits
from actions.governance.canary import load_canaries, sealed_canaries
from actions.governance.current import Current, Listener, Served
from actions.governance.publish import Publisher
from actions.settings import ROOT, Settings, inherited_environment
from embeddings.encoder import Encoder
from embeddings.store import Store

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def build_current(
    settings: Settings,
    encoder: Encoder,
    rewrites: Counter[str] | None = None,
    listeners: Sequence[Listener] = (),
) -> Current:
    """The generation to serve, with what is needed to change to another; they share ``encoder``.

    :raises StoreError: when there is none that fits (``make index`` builds one).
    """

    def served(shelf: Shelf) -> Served:
        answerer = build_answerer(settings, rewrites, encoder, shelf)
        # A language model words each of its answers anew.
        answering = answerer if settings.llm_base_url else Repeated(answerer)
        return Served(shelf.generation, answering, shelf.corpus.library, sealed_canaries(shelf.folder))

    def load(generation: str) -> Served:
        return served(open_shelf(settings, encoder, generation))

    return Current(Store(settings.index_path()), load, served(open_shelf(settings, encoder)), listeners)


def build_publisher(settings: Settings, current: Current) -> Publisher:
    """Publishes and rolls back what ``current`` serves."""
    builder = Builder(build_environment(settings), ROOT, Limits.load())
    folder = settings.var_dir / "governance"
    return Publisher(folder, Store(settings.index_path()), current, builder, load_canaries())


def build_environment(settings: Settings) -> dict[str, str]:
    """The environment of the building process: the folders and the encoder of these settings, and no secret."""
    inherited = inherited_environment()
    given = {name: inherited[name] for name in _PASSED_ON if name in inherited}
    return {
        **given,
        "VAR_DIR": str(settings.var_dir),
        "SOURCES_DIR": str(settings.sources_dir),
        "MODEL_DIR": str(settings.models_path()),
        "INDEX_DIR": str(settings.index_path()),
        "ENCODER_MODEL": settings.encoder_model,
        "ENCODER_BACKEND": settings.encoder_backend,
        "ENCODER_THREADS": str(settings.encoder_threads),
    }
