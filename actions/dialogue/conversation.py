"""What Rasa's tracker tells: the question with its history, the intent, and what the gateway sent along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from actions.answering.answer import Question
from actions.dialogue.heard import Heard

HISTORY_TURNS = 6


def question_of(tracker: Tracker) -> Question:
    """The last message with up to six earlier ones, oldest first; button payloads left out.

    Left out too is what was said to the form: a place given there is no subject of a later question.
    """
    turns: list[_Turn] = []
    in_form = False
    for event in tracker.events:
        kind = event.get("event")
        if kind == "user":
            turns.append(_Turn(event.get("text") or "", in_form))
        elif kind in ("restart", "session_started"):
            turns.clear()
        elif kind == "active_loop":
            in_form = bool(event.get("name"))
            if turns and in_form:
                turns[-1].to_form = True
        elif kind == "bot" and turns and _is_answer(event):
            turns[-1].answered = True
    earlier = [turn.text for turn in turns[:-1] if turn.counts]
    return Question(text_of(tracker), tuple(earlier[-HISTORY_TURNS:]))


@dataclass
class _Turn:
    text: str
    to_form: bool
    answered: bool = False

    @property
    def counts(self) -> bool:
        return bool(self.text) and not self.text.startswith("/") and (self.answered or not self.to_form)


def _is_answer(event: dict[str, Any]) -> bool:
    custom = (event.get("data") or {}).get("custom")
    return isinstance(custom, dict) and "answer" in custom


def text_of(tracker: Tracker) -> str:
    """The last message, its phone numbers masked by the gateway."""
    return str((tracker.latest_message or {}).get("text") or "")


def intent_of(tracker: Tracker) -> str:
    """The intent of the last message."""
    return str(((tracker.latest_message or {}).get("intent") or {}).get("name") or "")


def is_english(tracker: Tracker) -> bool:
    """Whether the last message was in English; Rasa marks every message."""
    return bool(tracker.get_slot("language") == "en")


def session_of(tracker: Tracker) -> str:
    """Who may ask about a ticket later without its code: the browser's session, however many conversations it has."""
    session = _metadata(tracker).get("session")
    return session if isinstance(session, str) and session else str(tracker.sender_id)


def channel_of(tracker: Tracker) -> str:
    """Where the resident writes, and news of their ticket goes."""
    channel = _metadata(tracker).get("channel")
    return channel if isinstance(channel, str) and channel else "web"


def heard(tracker: Tracker) -> Heard:
    """The last message for the steps of a report."""
    phones = _metadata(tracker).get("phones")
    sealed = tuple(p for p in phones if isinstance(p, str)) if isinstance(phones, list) else ()
    return Heard(text_of(tracker), intent_of(tracker), sealed, is_english(tracker))


def turns_of(tracker: Tracker) -> int:
    """How many messages of the resident have taken effect, the present one included; one sent again counts once.

    What failed does not count: who says 对 five times while the service is away still means the same question.
    """
    attempts = _attempts(tracker)
    ids = [one.id for one in attempts if one is attempts[-1] or (one.answered and not one.failed)]
    return sum(not id_ or id_ != before for before, id_ in zip(["", *ids], ids, strict=False))


def heard_before(tracker: Tracker) -> bool:
    """Whether the last message is one that was sent again although it had taken effect: its reply got lost."""
    *earlier, last = _attempts(tracker) or [_Attempt("")]
    for attempt in reversed(earlier):
        if not last.id or attempt.id != last.id:
            return False
        if attempt.answered and not attempt.failed:
            return True
    return False


@dataclass
class _Attempt:
    """One arrival of a message; the page sends it again under the same id when no reply comes."""

    id: str
    answered: bool = False
    failed: bool = False


def _attempts(tracker: Tracker) -> list[_Attempt]:
    found: list[_Attempt] = []
    for event in tracker.events:
        if event.get("event") == "user":
            found.append(_Attempt(str((event.get("metadata") or {}).get("id") or "")))
        elif event.get("event") == "bot" and found:
            custom = (event.get("data") or {}).get("custom")
            found[-1].answered = True
            found[-1].failed |= isinstance(custom, dict) and bool(custom.get("failed"))
    return found


def message_key(tracker: Tracker) -> str:
    """Names the last message: the same when the page sends it again, different for the next one."""
    event = _last_user_event(tracker)
    own = _metadata(tracker).get("id") or event.get("message_id") or event.get("timestamp")
    return f"{tracker.sender_id}/{own}"


def _metadata(tracker: Tracker) -> dict[str, Any]:
    found = _last_user_event(tracker).get("metadata")
    return found if isinstance(found, dict) else {}


def _last_user_event(tracker: Tracker) -> dict[str, Any]:
    return next((dict(e) for e in reversed(tracker.events) if e.get("event") == "user"), {})
