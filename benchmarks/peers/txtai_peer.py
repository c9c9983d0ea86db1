"""txtai: Embeddings, dense and with its own hybrid of BM25 and vectors."""

from __future__ import annotations

import numpy as np
from job import DEPTH, Job, Search, run
from txtai import Embeddings


def build(job: Job) -> dict[str, Search]:
    """txtai's two ready-made configurations; questions reach the encoder with their prompt in front."""
    own = Embeddings({"path": job.model})
    by_text = dict(zip(job.passages, job.passage_vectors, strict=True))

    def transform(texts: list[str]) -> np.ndarray:
        return np.array([vector_of(text) for text in texts], dtype=np.float32)

    def vector_of(text: str) -> np.ndarray:
        if text in by_text:
            return by_text[text]
        question = text.removeprefix(job.query_prompt)
        return job.query_vector(question, own.transform)  # which puts the prompt in front by itself

    def search(**config: object) -> Search:
        instructions = {"query": job.query_prompt, "data": ""}
        index = Embeddings(
            {"method": "external", "transform": transform, "instructions": instructions, **config}
        )
        index.index((row, text, None) for row, text in enumerate(job.passages))
        return lambda question: [row for row, _ in index.search(question, DEPTH)]

    return {"dense": search(), "hybrid": search(hybrid=True)}


if __name__ == "__main__":
    run(build)
