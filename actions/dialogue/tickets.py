"""Status, urging, withdrawing and rating of tickets, by number and code or by the same browser."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.dialogue.conversation import (
    intent_of,
    is_english,
    message_key,
    question_of,
    session_of,
    text_of,
)
from actions.dialogue.front import FrontDesk, answer_with, shown_name, shown_time
from actions.dialogue.phrases import folded
from actions.tickets.errors import MoveRefused, NotFound, TooManyGuesses
from actions.tickets.numbers import tidy_code, tidy_number
from actions.tickets.records import PublicTicket

_NUMBER = re.compile(r"hs[\s\-_.]*\d{6}[\s\-_.]*\d{5}(?!\d)|(?<!\d)\d{6}-\d{5}(?!\d)")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
SCORES = ("不满意", "基本满意", "满意")
_SCORES_EN = (
    (re.compile(r"\b(?:not|dis)[ -]?satisfied|unhappy"), "不满意"),
    (re.compile(r"satisfied"), "满意"),
)
SHOWN = 3
DONE = "已办结"


def number_and_code(text: str) -> tuple[str, str]:
    """The ticket's number and code in a message; empty where there is none.

    >>> number_and_code("查 HS-261122-48371，查询码 002718")
    ('HS-261122-48371', '002718')
    """
    words = folded(text)
    number = _NUMBER.search(words)
    rest = _NUMBER.sub(" ", words)
    code = _CODE.search(rest)
    return (tidy_number(number.group()) if number else ""), (tidy_code(code.group()) if code else "")


def score_of(text: str) -> str:
    """满意, 基本满意 or 不满意 as said; empty when it is no such word.

    >>> score_of("还行，基本满意吧"), score_of("很不满意"), score_of("not satisfied")
    ('基本满意', '不满意', '不满意')
    """
    words = folded(text).replace("不太满意", "不满意").replace("不是很满意", "不满意")
    found = next((score for score in SCORES if score in words), "")
    return found or next((score for pattern, score in _SCORES_EN if pattern.search(words)), "")


class Tickets:
    """What the resident may do with tickets that are filed."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    async def serve(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """What the intent asks for; a message that only brings a number is a question about it."""
        operation = {"urge_ticket": "urge", "withdraw_ticket": "withdraw"}.get(intent_of(tracker), "show")
        operation = str(tracker.get_slot("ticket_wish") or operation) if operation == "show" else operation
        number, code = number_and_code(text_of(tracker))
        try:
            return await asyncio.to_thread(self._do, dispatcher, tracker, operation, number, code)
        except NotFound:
            dispatcher.utter_message(
                response="utter_ticket_not_found" if code else "utter_ticket_code_needed"
            )
            return [SlotSet("ticket_wish", operation)]
        except TooManyGuesses as error:
            dispatcher.utter_message(response="utter_ticket_closed_for_now", minutes=error.minutes)
        except MoveRefused:
            dispatcher.utter_message(response="utter_urge_refused")
        return []

    def _do(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, operation: str, number: str, code: str
    ) -> list[EventType]:
        session = session_of(tracker)
        if not number:
            own = self._front.reception.of_session(session)
            if operation == "show" or len(own) != 1:
                return self._list(dispatcher, tracker, own, operation)
            number = own[0].number
        done = SlotSet("ticket_wish", None)
        if operation == "urge":
            urged = self._front.reception.urge(number, message_key(tracker), code=code, session=session)
            _show(dispatcher, "utter_urged", urged, is_english(tracker))
            return [done]
        ticket = self._front.reception.look_up(number, code=code, session=session)
        if operation == "withdraw":
            _show(dispatcher, "utter_withdraw_sure", ticket, is_english(tracker))
            return [done, SlotSet("withdrawing", {"number": ticket.number, "code": code})]
        _show_state(dispatcher, ticket, is_english(tracker))
        return [done]

    def _list(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        own: tuple[PublicTicket, ...],
        operation: str,
    ) -> list[EventType]:
        if not own:
            dispatcher.utter_message(response="utter_ticket_number_needed")
            return [SlotSet("ticket_wish", operation)]
        for ticket in own[:SHOWN]:
            _show_state(dispatcher, ticket, is_english(tracker))
        if operation == "show":
            return []
        dispatcher.utter_message(response="utter_ticket_which")
        return [SlotSet("ticket_wish", operation)]

    async def withdraw_or_keep(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, yes: bool
    ) -> list[EventType]:
        """After the question whether a ticket is really to be withdrawn."""
        wanted: dict[str, Any] = tracker.get_slot("withdrawing")
        done = [SlotSet("withdrawing", None)]
        if not yes:
            dispatcher.utter_message(response="utter_withdraw_kept")
            return done
        try:
            ticket = await asyncio.to_thread(
                self._front.reception.withdraw,
                wanted["number"],
                f"withdraw/{wanted['number']}",
                code=wanted["code"],
                session=session_of(tracker),
            )
        except MoveRefused:
            dispatcher.utter_message(response="utter_withdraw_refused")
            return done
        _show(dispatcher, "utter_withdrawn", ticket, is_english(tracker))
        return done

    async def rate(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Whether the message rated a finished ticket of this session."""
        score, session = score_of(text_of(tracker)), session_of(tracker)
        number, code = number_and_code(text_of(tracker))
        if not score:
            return False
        if not number:
            own = await asyncio.to_thread(self._front.reception.of_session, session)
            number = next((ticket.number for ticket in own if ticket.state == DONE), "")
        if not number:
            return False
        try:
            ticket = await asyncio.to_thread(
                self._front.reception.rate,
                number,
                score,
                text_of(tracker),
                message_key(tracker),
                code=code,
                session=session,
            )
        except NotFound:
            dispatcher.utter_message(response="utter_ticket_not_found")
            return True
        except MoveRefused:
            dispatcher.utter_message(response="utter_rate_refused")
            return True
        response = "utter_rated_reopened" if score == "不满意" else "utter_rated"
        _show(dispatcher, response, ticket, is_english(tracker))
        return True


def _show(dispatcher: CollectingDispatcher, response: str, ticket: PublicTicket, english: bool) -> None:
    dispatcher.utter_message(
        response=response,
        number=ticket.number,
        state=shown_name("states", ticket.state, english),
        unit=ticket.department,
        matter=ticket.problem,
        due=shown_time(ticket.due, english),
        reply=ticket.reply,
    )


def _show_state(dispatcher: CollectingDispatcher, ticket: PublicTicket, english: bool) -> None:
    response = "utter_ticket_state" if ticket.department else "utter_ticket_state_unassigned"
    if ticket.state in ("已办结", "已回访", "已撤回", "不予受理"):
        response = "utter_ticket_state_ended"
    _show(dispatcher, response, ticket, english)
    if ticket.reply:
        _show(dispatcher, "utter_ticket_reply", ticket, english)
    if ticket.state == DONE:
        _show(dispatcher, "utter_ticket_rate", ticket, english)


class TicketAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """Where a ticket stands, pressing for it, taking it back; a question that the sources answer is answered."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front
        self._tickets = Tickets(front)

    def name(self) -> str:
        return "action_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        question, answerer = question_of(tracker), self._front.answerer
        named = any(number_and_code(question.text))
        if not named and await asyncio.to_thread(answerer.looks_like_question, question.text):
            await answer_with(answerer, dispatcher, question)
            return []
        return await self._tickets.serve(dispatcher, tracker)
