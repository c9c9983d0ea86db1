"""Python's search for memory that can be given back, kept away from what stays anyway."""

from __future__ import annotations

import gc


def settle() -> None:
    """Call once when everything is loaded. What is there now is not looked through again: while lexicon,
    passages and modules were, nothing else ran.
    """
    gc.collect()
    gc.freeze()
