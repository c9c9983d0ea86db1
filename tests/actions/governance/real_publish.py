"""Run as a program, as a service would be: publish a document with the real building process and encoder, or only look
what is served. Told on standard output, a line of JSON each; see test_kill_real.py.

The folders come from the environment, as for the service.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from actions.answering.answer import Question
from actions.bootstrap import build_encoder, build_index
from actions.bootstrap.generations import build_current, build_environment
from actions.governance.builder import Builder, Limits
from actions.governance.contents import with_document
from actions.governance.current import Current
from actions.governance.publish import Publisher
from actions.settings import ROOT, load_settings
from embeddings.store import Store
from tests.actions.governance.making import report


def tell(**said: Any) -> None:
    print(json.dumps(said, ensure_ascii=False), flush=True)


def served(current: Current, store: Store) -> dict[str, Any]:
    broken = store.verify(current.served.generation)
    answer = current.answer(Question("2024年海曙有多少个老年助餐点")).text
    sources = [source.id for source in current.served.library.sources]
    return {"sources": sources, "told": "187" in answer, "broken": broken}


def main(what: str) -> None:
    settings = load_settings()
    store = Store(settings.index_path())
    if store.current_id() is None:
        build_index(settings)
    if what == "begin":
        return
    current = build_current(settings, build_encoder(settings))
    tell(step="ready", **served(current, store))
    if what == "look":
        return
    builder = Builder(build_environment(settings), ROOT, Limits.load())
    publisher = Publisher(settings.var_dir / "governance", store, current, builder, ())
    publisher.publish(lambda files: with_document(files, report()), lambda step: tell(step=step))
    tell(step="done", **served(current, store))


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main(sys.argv[1])
