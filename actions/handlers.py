"""Every custom action of ``domain.yml``, made from the parts behind the dialogue.

actions = build_actions(front)   # rasa_sdk.Action instances for an ActionExecutor
"""

from __future__ import annotations

from typing import Any

from actions.dialogue.asking import AnswerAction, FallbackAction, FeedbackAction, SessionStartAction
from actions.dialogue.filing import FileTicketAction, YesAction
from actions.dialogue.front import FrontDesk
from actions.dialogue.intake import AskConsentAction, OpenIntakeAction, ReadBackAction, ValidateIntakeAction
from actions.dialogue.people import HandoffAction
from actions.dialogue.tickets import TicketAction


def build_actions(front: FrontDesk) -> list[Any]:
    """One of each."""
    return [
        AnswerAction(front),
        FallbackAction(front),
        FeedbackAction(front),
        OpenIntakeAction(front),
        ValidateIntakeAction(front),
        AskConsentAction(front),
        ReadBackAction(front),
        FileTicketAction(front),
        YesAction(front),
        TicketAction(front),
        HandoffAction(front),
        SessionStartAction(),
    ]
