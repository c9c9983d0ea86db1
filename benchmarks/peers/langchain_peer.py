"""LangChain: FAISS store, and EnsembleRetriever with its BM25 over jieba's words."""

from __future__ import annotations

import jieba
from job import DEPTH, Job, Search, run
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_community.vectorstores.utils import DistanceStrategy
from langchain_core.embeddings import Embeddings
from langchain_huggingface import HuggingFaceEmbeddings


class Prepared(Embeddings):
    """LangChain's own integration for live questions, the prepared vectors otherwise."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._own = HuggingFaceEmbeddings(
            model_name=job.model,
            query_encode_kwargs={"prompt": job.query_prompt, "normalize_embeddings": True},
        )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError("paragraphs come with their vectors")

    def embed_query(self, text: str) -> list[float]:
        return self._job.query_vector(text, self._own.embed_query).tolist()


def build(job: Job) -> dict[str, Search]:
    """Dense, and both with equal weights by reciprocal rank."""
    rows = [{"row": row} for row in range(len(job.passages))]
    store = FAISS.from_embeddings(
        zip(job.passages, job.passage_vectors.tolist(), strict=True),
        Prepared(job),
        metadatas=rows,
        distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT,
    )
    dense = store.as_retriever(search_kwargs={"k": DEPTH})
    words = BM25Retriever.from_texts(job.passages, metadatas=rows, preprocess_func=jieba.lcut, k=DEPTH)
    both = EnsembleRetriever(retrievers=[words, dense], weights=[0.5, 0.5])

    def search(retriever) -> Search:
        return lambda question: [found.metadata["row"] for found in retriever.invoke(question)]

    return {"dense": search(dense), "hybrid": search(both)}


if __name__ == "__main__":
    run(build)
