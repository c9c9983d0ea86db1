"""Haystack: in-memory store with its embedding and BM25 retrievers, joined by reciprocal rank."""

from __future__ import annotations

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder
from job import DEPTH, Job, Search, run


def build(job: Job) -> dict[str, Search]:
    """Dense, and both by reciprocal rank."""
    store = InMemoryDocumentStore()
    store.write_documents(
        [
            Document(id=str(row), content=text, embedding=vector.tolist())
            for row, (text, vector) in enumerate(zip(job.passages, job.passage_vectors, strict=True))
        ]
    )
    embedder = SentenceTransformersTextEmbedder(
        model=job.model, prefix=job.query_prompt, normalize_embeddings=True, progress_bar=False
    )
    embedder.warm_up()
    nearest = InMemoryEmbeddingRetriever(store, top_k=DEPTH, return_embedding=False)
    words = InMemoryBM25Retriever(store, top_k=DEPTH)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)

    def dense_documents(question: str) -> list[Document]:
        vector = job.query_vector(question, lambda text: embedder.run(text=text)["embedding"])
        return nearest.run(query_embedding=vector.tolist())["documents"]

    def dense(question: str) -> list[int]:
        return [int(found.id) for found in dense_documents(question)]

    def hybrid(question: str) -> list[int]:
        lists = [dense_documents(question), words.run(query=question)["documents"]]
        return [int(found.id) for found in joiner.run(documents=lists)["documents"]]

    return {"dense": dense, "hybrid": hybrid}


if __name__ == "__main__":
    run(build)
