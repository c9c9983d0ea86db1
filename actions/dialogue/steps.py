"""What one message does to a report that is being taken down: pure, so that every case can be tested.

turn = listen(Draft(problem="路灯不亮"), Heard("古林菜场门口"), asked="place")
turn.draft.place   # "古林菜场门口"
turn.ask           # "contact"
"""

from __future__ import annotations

from dataclasses import replace

from actions.dialogue.answers import ANSWERS, placed
from actions.dialogue.correction import correct, is_correction
from actions.dialogue.draft import EMPTY, NO_CONTACT, Draft
from actions.dialogue.heard import Aside, Heard, Turn
from actions.dialogue.phrases import folded, has, is_whole, within
from actions.dialogue.places import find_place, since_beside_place
from actions.dialogue.told import MAX_MATTERS, Told, find_since, tell

TALK = ("greet", "thanks", "chitchat_bot")
PLAIN = ("affirm", "deny", "skip", "unknown")
TICKETS = ("check_ticket", "urge_ticket", "withdraw_ticket")
QUESTIONS = ("ask_info", "ask_glossary", "ask_followup", "out_of_scope", "nlu_fallback")


def begin(heard: Heard, name: str) -> Turn:
    """The first message of a report: whatever it already says need not be asked for.

    :param name: of the new draft.
    """
    told = tell(heard.text)
    problem, *others = told.matters or ("",)
    draft = replace(
        EMPTY, draft=name, problem=problem, others=tuple(others), since=since_beside_place(heard.text)
    )
    draft = replace(draft, place=find_place(heard.text), contact=heard.phones[-1] if heard.phones else "")
    draft, said = _feeling(draft, told)
    return _next(draft, said)


def begin_callback(heard: Heard, name: str, wish: str) -> Turn:
    """Somebody wants to be called.

    :param wish: the resident's own words about it.
    """
    number = heard.phones[-1] if heard.phones else ""
    return _next(replace(EMPTY, draft=name, callback="yes", problem=wish, contact=number))


def listen(draft: Draft, heard: Heard, asked: str) -> Turn:
    """What a later message means.

    :param asked: the slot that was asked for last.
    """
    if asked in ("contact", "callback") and is_whole("bare_cancel", heard.text):
        return (
            Turn(draft, asked, ("utter_which_stop",)) if asked == "contact" else Turn(EMPTY, end="cancelled")
        )
    if is_whole("cancel", heard.text) and not (asked == "contact" and is_whole("skip", heard.text)):
        return Turn(EMPTY, end="cancelled")
    if heard.intent == "goodbye" and not (heard.phones or _is_plain(heard.text) or find_place(heard.text)):
        return Turn(EMPTY, end="cancelled", says=("utter_goodbye",))
    if draft.callback:
        return _callback(draft, heard, asked)
    draft, said = _feeling(draft, tell(heard.text))
    turn = _understood(draft, heard, asked)
    return replace(turn, says=(*said, *turn.says))


def _understood(draft: Draft, heard: Heard, asked: str) -> Turn:
    if heard.phones:
        return _phone(draft, heard, asked)
    if has("privacy", heard.text):
        return Turn(draft, asked, ("utter_contact_privacy",))
    if asked == "confirmed" and is_whole("affirm", heard.text):
        return Turn(replace(draft, consent="yes" if draft.has_contact else ""), end="confirmed")
    if is_correction(heard.text) and not is_whole("deny", heard.text):
        corrected = correct(draft, heard.text)
        if corrected is not None and corrected != draft:
            return _next(corrected, ("utter_corrected",) if corrected.missing else ())
    more = _another_matter(draft, heard)
    if more is not None:
        return _next(more, ("utter_another_matter",))
    if since := _only_since(draft, heard.text, asked):
        return _next(replace(draft, since=since))
    answered = ANSWERS[asked](draft, heard.text) if not _aside(heard, asked) else None
    if answered is None:
        return Turn(draft, asked, aside=_aside(heard, asked)) if _aside(heard, asked) else _lost(draft, asked)
    return answered if isinstance(answered, Turn) else _next(answered)


def _phone(draft: Draft, heard: Heard, asked: str) -> Turn:
    # The question for the number says what it is kept for: answering it is consent. Unasked, the read-back asks.
    agreed = "yes" if asked == "contact" else ""
    draft = replace(draft, contact=heard.phones[-1], consent=agreed)
    if asked == "spot":  # who goes on to the number has no more to say about the place
        draft = replace(draft, spot=NO_CONTACT)
    return _next(placed(draft, heard.text))


def _callback(draft: Draft, heard: Heard, asked: str) -> Turn:
    if heard.phones:
        words = f"{draft.problem}；{heard.text}" if draft.problem else heard.text
        return Turn(replace(draft, contact=heard.phones[-1], consent="yes", problem=words), end="confirmed")
    if has("privacy", heard.text):
        return Turn(draft, asked, ("utter_contact_privacy",))
    if asked == "consent" and is_whole("affirm", heard.text):
        return Turn(replace(draft, consent="yes"), end="confirmed")
    if is_whole("skip", heard.text) or is_whole("deny", heard.text):
        return Turn(EMPTY, end="cancelled")
    if is_whole("affirm", heard.text) or has("callback", heard.text):
        return Turn(draft, asked)
    if heard.intent == "request_human" or has("human", heard.text):
        if draft.pressed:
            return Turn(EMPTY, end="left", says=("utter_handoff_last",))
        return Turn(replace(draft, pressed="yes"), asked, ("utter_handoff_again",))
    return Turn(EMPTY, end="left", aside=_aside(heard, asked) or "answer")


def _only_since(draft: Draft, text: str, asked: str) -> str:
    """«一个多月了» said a turn late: since when, though something else was asked for."""
    since = find_since(text)
    return (
        since
        if since and not draft.since and asked in ("contact", "confirmed") and len(text) <= len(since) + 3
        else ""
    )


def _another_matter(draft: Draft, heard: Heard) -> Draft | None:
    """«还有一件事，…» while the first one is being taken down."""
    starts = within("more").match(heard.text)
    if not (starts and draft.problem and has("trouble", heard.text)):
        return None
    found = tell(heard.text[starts.end() :]).matters
    return replace(draft, others=(*draft.others, *found)[: MAX_MATTERS - 1]) if found else None


def _aside(heard: Heard, asked: str) -> Aside:
    """Something else that the message wants first; empty when it may be an answer to what was asked."""
    text = folded(heard.text)
    if _is_plain(heard.text):
        return ""
    if heard.intent in TICKETS and has("ticket", text):
        return "tickets"
    if heard.intent == "request_human" and has("human", text):
        return "desk"
    if asked == "problem" and (has("trouble", text) or heard.intent == "report_issue"):
        return ""
    if asked in ("place", "spot") and find_place(heard.text) and heard.intent not in QUESTIONS[:2]:
        return ""
    if heard.intent == "chitchat_bot":
        return "talk"
    if has("question", text):
        return "answer"
    return "talk" if heard.intent in TALK else ""


def _is_plain(text: str) -> bool:
    """Whether the message is a mere yes, no, skip or don't know: these mean what they say."""
    return any(is_whole(name, text) for name in PLAIN)


def _lost(draft: Draft, asked: str) -> Turn:
    return Turn(draft, asked, (f"utter_unclear_{asked}",))


def _feeling(draft: Draft, told: Told) -> tuple[Draft, tuple[str, ...]]:
    """Anger and repetition, noted once for the ticket and answered once with a word."""
    moods = [m for m, there in (("angry", told.angry), ("repeated", told.repeated)) if there]
    new = [m for m in moods if m not in draft.mood.split()]
    if not new:
        return draft, ()
    mood = " ".join([*draft.mood.split(), *new])
    return replace(draft, mood=mood), (f"utter_noted_{new[0]}",)


def _next(draft: Draft, says: tuple[str, ...] = ()) -> Turn:
    return Turn(draft, draft.missing or "confirmed", says)
