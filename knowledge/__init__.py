"""Published documents become passages and facts. Pure text: no vectors, no network."""

from knowledge.library import Library, corpus_hash, load

__all__ = ["Library", "corpus_hash", "load"]
