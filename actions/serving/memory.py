"""Python's search for memory that can be given back, kept away from what stays anyway."""

from __future__ import annotations

import gc


def settle() -> None:
    """Call once when everything is loaded. What is there now is not looked through again: lexicon, passages and modules
    are a million objects, and each time they all were looked through nothing else ran for a fifth of a second.
    """
    gc.collect()
    gc.freeze()
