"""From which score, likeness and share of the words on evidence counts."""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.query import Evidence

CLOSE = 2.0  # how much less than the best evidence near it may score


@dataclass(frozen=True)
class Thresholds:
    """``make calibrate`` draws what each of them does. Score and likeness were set on all sets, see ADR 25."""

    score: float = 8.2  # fused score from which evidence counts
    similarity: float = 0.84  # semantic corroboration: below it words in common are not evidence
    similarity_lacking: float = (
        0.875  # the same where a thing that is asked about stands nowhere in the passage
    )
    similarity_foreign: float = 0.74  # the same where the question is not Chinese
    known: float = 7.0  # score from which a near miss is worth telling
    clear: float = 0.7  # coverage from which words of another service's business don't count
    unnamed: float = 0.05  # coverage below which a question's words are as good as absent
    proof: float = 0.3  # coverage a proof of something needed must have
    likeness: float = 0.92  # similarity from which a thing may go by another name
    margin: float = 1.0  # by how much another district's evidence must be better to be shown


Outcome = tuple[list[Evidence], str]  # what passes; what is lacking, "" if nothing


def near_best(usable: list[Evidence], less: float) -> list[Evidence]:
    """What names nearly as much of the question as the best does, or scores nearly as high."""
    named = max((e.coverage for e in usable[:6]), default=0.0)
    return [e for e in usable[:6] if e.coverage >= named - less or e.score >= usable[0].score - CLOSE]
