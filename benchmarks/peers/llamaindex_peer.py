"""LlamaIndex: VectorStoreIndex, and QueryFusionRetriever with its BM25 over single characters and words."""

from __future__ import annotations

from job import DEPTH, Job, Search, run
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from pydantic import PrivateAttr

CHARACTERS_AND_WORDS = r"(?u)[\u3400-\u9fff]|[a-zA-Z0-9]+"


class Prepared(HuggingFaceEmbedding):
    """LlamaIndex's own integration for live questions, the prepared vectors otherwise."""

    _job: Job = PrivateAttr()

    def __init__(self, job: Job) -> None:
        super().__init__(
            model_name=job.model, query_instruction=job.query_prompt, text_instruction=job.passage_prompt
        )
        self._job = job

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._job.query_vector(query, super()._get_query_embedding).tolist()


def build(job: Job) -> dict[str, Search]:
    """Dense, and both by reciprocal rank."""
    nodes = [
        TextNode(text=text, id_=str(row), embedding=vector.tolist())
        for row, (text, vector) in enumerate(zip(job.passages, job.passage_vectors, strict=True))
    ]
    dense = VectorStoreIndex(nodes, embed_model=Prepared(job)).as_retriever(similarity_top_k=DEPTH)
    words = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=DEPTH, skip_stemming=True, token_pattern=CHARACTERS_AND_WORDS
    )
    both = QueryFusionRetriever(
        [dense, words],
        llm=MockLLM(),  # asked for nothing: one query stays one query
        mode="reciprocal_rerank",
        similarity_top_k=DEPTH,
        num_queries=1,
        use_async=False,
    )

    def search(retriever) -> Search:
        return lambda question: [int(found.node.node_id) for found in retriever.retrieve(question)]

    return {"dense": search(dense), "hybrid": search(both)}


if __name__ == "__main__":
    run(build)
