"""A report while it is being taken down. It lives in Rasa's slots; the contact in it is sealed (see contact.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from actions.dialogue.places import is_town_only

NO_CONTACT = "none"


@dataclass(frozen=True)
class Draft:
    """What is known so far; every field is a slot of the same name in ``domain.yml``.

    ``draft`` names this draft and makes the key under which it can be filed only once.
    ``contact`` is a sealed number, ``NO_CONTACT`` when it was declined, or empty while nobody asked.
    ``consent`` is "yes" once the resident agreed to the number's being kept: by answering the question for it, which
    says what it is for, or by a yes to the read-back that says so.
    ``spot`` is what the resident answered when a whole town was too wide a place; "?" when "where" was not known.
    """

    draft: str = ""
    problem: str = ""
    others: tuple[str, ...] = ()
    place: str = ""
    spot: str = ""
    since: str = ""
    contact: str = ""
    consent: str = ""
    mood: str = ""
    callback: str = ""  # "yes": the desk is to call back, and nothing else is reported
    pressed: str = ""  # "yes": a person was asked for once more after hearing that there is none

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Draft:
        """The draft in these slots."""
        values: dict[str, Any] = {f.name: slots.get(f.name) or "" for f in fields(cls)}
        return cls(**{**values, "others": tuple(slots.get("others") or ())})

    def slots(self) -> dict[str, Any]:
        """The slots that hold it; empty fields as None, which Rasa takes for "not known yet"."""
        values = {f.name: getattr(self, f.name) or None for f in fields(self)}
        return {**values, "others": list(self.others) or None}

    @property
    def matters(self) -> tuple[str, ...]:
        """Every matter; each becomes a ticket."""
        return (self.problem, *self.others)

    @property
    def has_contact(self) -> bool:
        """Whether there is a number, agreed to or not."""
        return self.contact not in ("", NO_CONTACT)

    @property
    def missing(self) -> str:
        """The slot to ask for next; empty when everything needed is there."""
        if self.callback:
            return "callback" if not self.contact else ("" if self.consent else "consent")
        if not self.problem:
            return "problem"
        if not self.place:
            return "place"
        if is_town_only(self.place) and not self.spot:
            return "spot"
        return "" if self.contact else "contact"


EMPTY = Draft()
