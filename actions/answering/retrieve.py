"""Reading → evidence, best first; what was rejected stays, with its reason."""

from __future__ import annotations

from actions.answering.state import Reading, State
from embeddings.retriever import Query, Retriever


class Retrieve:
    """Looks the reading up in the index."""

    def __init__(self, retriever: Retriever):
        self._retriever = retriever

    def __call__(self, state: State) -> None:
        assert state.reading is not None
        state.evidence = self._retriever.search(query_of(state.reading))


def query_of(reading: Reading) -> Query:
    """The retriever's view of a reading."""
    return Query(
        text=reading.text,
        concepts=reading.concepts,
        districts=reading.districts,
        years=reading.years,
        status=reading.status,
        wants_number="numeric" in reading.asks,
        wants_time="when" in reading.asks,
    )
