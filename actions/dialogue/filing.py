"""The only actions that may speak of a filed ticket: after ``Reception.file`` has returned, never before."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.dialogue.contact import bound_to
from actions.dialogue.conversation import channel_of, is_english, question_of, session_of, turns_of
from actions.dialogue.draft import EMPTY, Draft
from actions.dialogue.front import FrontDesk, answer_with, shown_time
from actions.dialogue.tickets import Tickets
from actions.tickets.errors import MoveRefused, ReportInvalid, TicketError
from actions.tickets.records import Receipt, Report

log = logging.getLogger(__name__)

_FILED = ("utter_filed", "utter_filed_unassigned")
_AMENDED = ("utter_amended", "utter_amended_unassigned")
REPEATED_FOR = (
    2  # messages after a receipt in which a yes may still ask for it; later it means something else
)


class Filer:
    """Files drafts and says so."""

    def __init__(self, front: FrontDesk) -> None:
        self._front = front

    async def file(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """File every matter of the confirmed draft, each under its own key.

        A failure leaves the draft as it is: the same words again go on where this stopped, and what had been
        filed already is not filed twice. What was put right since then is put right on the ticket, and said so.
        """
        draft = Draft.from_slots(tracker.current_slot_values())
        try:
            receipts = self._commit(draft, tracker)
        except ReportInvalid as error:
            log.warning("report refused: %s", error)
            dispatcher.utter_message(response="utter_report_refused")
            return _emptied()
        except MoveRefused as error:
            log.warning("a report confirmed anew was not changed: %s", error)
            dispatcher.utter_message(response="utter_amend_refused")
            return _emptied()
        except TicketError as error:
            log.error("filing failed: %s", error)
            dispatcher.utter_message(response="utter_filing_failed")
            return []
        told = [_told(receipt, is_english(tracker)) for receipt in receipts]
        say_receipts(dispatcher, told)
        return [*_emptied(), SlotSet("receipts", {"told": told, "turn": turns_of(tracker)})]

    def _commit(self, draft: Draft, tracker: Tracker) -> list[Receipt]:
        sender = str(tracker.sender_id)
        number = self._front.sealer.open(draft.contact, bound_to(sender)) if draft.has_contact else ""
        return [
            self._front.reception.file_or_amend(
                _report(draft, matter, number, tracker), f"{sender}/{draft.draft}/{i}"
            )
            for i, matter in enumerate(draft.matters)
        ]


def _report(draft: Draft, matter: str, number: str, tracker: Tracker) -> Report:
    agreed = draft.consent == "yes"
    return Report(
        problem=f"请求回电：{matter}" if draft.callback else matter,
        place=draft.place,
        since=draft.since,
        contact=number if agreed else "",
        consent=agreed and bool(number),
        kind="求助" if draft.callback else None,
        session=session_of(tracker),
        channel=channel_of(tracker),
        language="en" if is_english(tracker) else "zh",
        mood=draft.mood,
        callback=bool(draft.callback),
    )


def _told(receipt: Receipt, english: bool) -> dict[str, Any]:
    """What the resident hears of a receipt; kept in a slot so that it can be repeated."""
    return {
        "number": receipt.number,
        "code": receipt.code,
        "department": receipt.department,
        "due": shown_time(receipt.due, english),
        "provisional": receipt.provisional,
        "amended": bool(receipt.amended),
    }


def say_receipts(dispatcher: CollectingDispatcher, told: list[dict[str, Any]]) -> None:
    """Number, code, department and due date of each ticket, then once how to check it later."""
    for receipt in told:
        with_unit, without = _AMENDED if receipt.get("amended") else _FILED
        response = with_unit if receipt["department"] else without
        facts = {name: value for name, value in receipt.items() if name != "amended"}
        dispatcher.utter_message(response=response, **facts)
    if any(receipt["provisional"] for receipt in told):
        dispatcher.utter_message(response="utter_due_provisional")
    dispatcher.utter_message(response="utter_how_to_check")


def _emptied() -> list[EventType]:
    return [SlotSet(name, value) for name, value in {**EMPTY.slots(), "confirmed": None}.items()]


class FileTicketAction(Action):  # type: ignore[misc]  # rasa_sdk carries no types
    """Follows the form. A form that ended without a yes files nothing and has said so itself."""

    def __init__(self, front: FrontDesk) -> None:
        self._filer = Filer(front)

    def name(self) -> str:
        return "action_file_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if tracker.get_slot("confirmed") is not True:
            return []
        return await self._filer.file(dispatcher, tracker)


class YesAction(Action):  # type: ignore[misc]
    """A yes when no form is open.

    It answers whether a ticket is to be withdrawn; or it is the yes whose receipt never arrived, which is then
    repeated or, when filing had failed, made; else it is a piece of a conversation for the pipeline.
    """

    def __init__(self, front: FrontDesk) -> None:
        self._front = front
        self._filer = Filer(front)
        self._tickets = Tickets(front)

    def name(self) -> str:
        return "action_yes"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if self._tickets.to_withdraw(tracker):
            return await self._tickets.withdraw(dispatcher, tracker)
        if tracker.get_slot("confirmed") is True:
            return await self._filer.file(dispatcher, tracker)
        receipts = tracker.get_slot("receipts") or {}
        if receipts and turns_of(tracker) - receipts["turn"] <= REPEATED_FOR:
            say_receipts(dispatcher, receipts["told"])
            return []
        await answer_with(self._front.answerer, dispatcher, question_of(tracker))
        return []
