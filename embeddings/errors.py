"""What can go wrong between a passage and its vector.

EmbeddingError
├── ModelError
│   ├── ModelUnavailable    the weights are not here and cannot be fetched
│   ├── ModelCorrupted      a model file is not the one its manifest describes
│   └── EncoderMismatch     two backends of one model disagree
└── StoreError
    ├── IndexMissing        nothing has been published yet
    ├── IndexMismatch       built by another encoder or from another corpus
    ├── IndexCorrupted      a file of the index is not the one its manifest describes
    └── EngineUnavailable   the vector database cannot be reached or lacks what is needed

Every message names the thing, its value and the fix; it may be shown to whoever runs the service.
"""

from __future__ import annotations


class EmbeddingError(Exception):
    """Base of everything this folder raises on purpose."""


class ModelError(EmbeddingError):
    """The encoder cannot be had as asked."""


class ModelUnavailable(ModelError):
    """The weights are neither on this machine nor reachable."""


class ModelCorrupted(ModelError):
    """A file of the model is damaged or not what its manifest says."""


class EncoderMismatch(ModelError):
    """An exported encoder gives other vectors than the model it came from."""


class StoreError(EmbeddingError):
    """The index cannot be served or written."""


class IndexMissing(StoreError):
    """No generation has been published."""


class IndexMismatch(StoreError):
    """The index belongs to another encoder or another corpus."""


class IndexCorrupted(StoreError):
    """A file of the index is missing or changed."""


class EngineUnavailable(StoreError):
    """The vector database does not answer, or has no pgvector."""
