"""Evidence → citation: where a claim stands, in words and in offsets."""

from __future__ import annotations

from actions.answering.answer import Citation
from embeddings.retriever import Evidence


def cite(evidence: Evidence, quote: str) -> Citation:
    """The citation of a shown ``quote`` (verbatim, or a table row's wording)."""
    passage = evidence.statement.passage
    source = passage.source
    return Citation(
        source_id=source.id,
        origin=source.origin,
        title=source.title,
        district=source.district,
        published=source.published.isoformat(),
        heading=(*passage.heading, *([passage.label] if passage.label else ())),
        quote=quote,
        start=passage.span.start,
        end=passage.span.end,
        passage_id=passage.id,
        passage_text=passage.text,
    )
