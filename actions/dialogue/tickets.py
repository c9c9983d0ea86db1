"""Status, urging, withdrawing and rating of tickets, by number and code or by the same browser."""

from __future__ import annotations

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
    turns_of,
)
from actions.dialogue.front import FrontDesk, answer_with, shown_name, shown_time
from actions.dialogue.phrases import is_whole
from actions.dialogue.ticket_words import added, number_and_code, only_rates, score_of
from actions.tickets.errors import MoveRefused, NotFound, TooManyGuesses
from actions.tickets.moment import shown_wait
from actions.tickets.records import PublicTicket

SHOWN = 3
DONE, WAITING = "已办结", "待补充"


class Tickets:
    """What the resident may do with tickets that are filed."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    async def serve(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """What the intent asks for; a message that only brings a number is a question about it."""
        asked = {"urge_ticket": "urge", "withdraw_ticket": "withdraw"}.get(intent_of(tracker), "")
        operation = asked or str(tracker.get_slot("ticket_wish") or "show")
        number, code = number_and_code(text_of(tracker))
        try:
            return self._do(dispatcher, tracker, operation, number, code)
        except NotFound:
            dispatcher.utter_message(
                response="utter_ticket_not_found" if code else "utter_ticket_code_needed"
            )
            return [SlotSet("ticket_wish", operation)]
        except TooManyGuesses as error:
            _closed_for_now(dispatcher, tracker, error)
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
            asked = {"number": ticket.number, "code": code, "turn": turns_of(tracker)}
            return [done, SlotSet("withdrawing", asked)]
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

    def to_withdraw(self, tracker: Tracker) -> dict[str, Any] | None:
        """The ticket that the resident was asked about just now."""
        wanted: dict[str, Any] | None = tracker.get_slot("withdrawing")
        return wanted if wanted and turns_of(tracker) == wanted["turn"] + 1 else None

    async def withdraw(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """After the yes."""
        wanted = self.to_withdraw(tracker)
        assert wanted, "asked by the caller"
        done = [SlotSet("withdrawing", None)]
        try:
            ticket = self._front.reception.withdraw(
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

    def keep(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Whether the message was the no to that question."""
        text = text_of(tracker)
        no = any(is_whole(name, text) for name in ("deny", "skip", "cancel"))
        if not (no and self.to_withdraw(tracker)):
            return False
        dispatcher.utter_message(response="utter_withdraw_kept")
        return True

    async def supply(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Whether the message added («补充：…») what a department had asked for."""
        words, session = added(text_of(tracker)), session_of(tracker)
        if not words:
            return False
        number, code = number_and_code(words)
        if not number:
            own = self._front.reception.of_session(session)
            number = next((ticket.number for ticket in own if ticket.state == WAITING), "")
        if not number:
            return False
        supply, key = self._front.reception.supply, message_key(tracker)
        try:
            ticket = supply(number, words, key, code=code, session=session)
        except NotFound:
            dispatcher.utter_message(response="utter_ticket_not_found")
        except TooManyGuesses as error:
            _closed_for_now(dispatcher, tracker, error)
        except MoveRefused:
            dispatcher.utter_message(response="utter_supply_refused")
        else:
            _show(dispatcher, "utter_supplied", ticket, is_english(tracker))
        return True

    async def rate(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Whether the message rated a finished ticket of this session."""
        score, session = score_of(text_of(tracker)), session_of(tracker)
        number, code = number_and_code(text_of(tracker))
        if not score:
            return False
        if not number:
            own = self._front.reception.of_session(session)
            number = next((ticket.number for ticket in own if ticket.state == DONE), "")
        if not number:
            return False
        try:
            ticket = self._front.reception.rate(
                number,
                score,
                text_of(tracker),
                message_key(tracker),
                code=code,
                session=session,
            )
        except NotFound:
            dispatcher.utter_message(response="utter_ticket_not_found")
        except TooManyGuesses as error:
            _closed_for_now(dispatcher, tracker, error)
        except MoveRefused:
            dispatcher.utter_message(response="utter_rate_refused")
        else:
            response = "utter_rated_reopened" if score == "不满意" else "utter_rated"
            _show(dispatcher, response, ticket, is_english(tracker))
        return True


def _closed_for_now(dispatcher: CollectingDispatcher, tracker: Tracker, error: TooManyGuesses) -> None:
    wait = shown_wait(error.minutes, is_english(tracker))
    dispatcher.utter_message(response="utter_ticket_closed_for_now", wait=wait)


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
        if await self._tickets.supply(dispatcher, tracker):
            return []
        if only_rates(text_of(tracker)) and await self._tickets.rate(dispatcher, tracker):
            return []
        question, answerer = question_of(tracker), self._front.answerer
        named = any(number_and_code(question.text))
        if not named and answerer.looks_like_question(question.text):
            await answer_with(answerer, dispatcher, question)
            return []
        return await self._tickets.serve(dispatcher, tracker)
