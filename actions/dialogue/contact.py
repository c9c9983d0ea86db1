"""Phone numbers on their way from the gateway to the ledger: sealed, so that Rasa, its store and every log hold
nothing that can be read.
"""

from __future__ import annotations

import re


def bound_to(conversation: str) -> str:
    """What a number is sealed for: one conversation, so that it opens in no other."""
    return f"conversation:{conversation}"


def masked_number(number: str) -> str:
    """A phone number as it is read back.

    >>> masked_number("13800001234")
    '138****1234'
    """
    digits = re.sub(r"\D", "", number)
    return f"{digits[:3]}****{digits[-4:]}"
