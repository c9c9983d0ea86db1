"""The file of tickets that an operator takes along."""

from __future__ import annotations

from typing import Any

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.serving.casework_bodies import actor_of
from actions.serving.departments import within_reach
from actions.serving.errors import BodyInvalid, Forbidden
from actions.tickets.exporting import as_csv
from actions.tickets.office import Office
from actions.tickets.register import Wanted
from actions.tickets.reports import required_words

MAX_EXPORTED = 2000
MAX_REVEALED = 100


class Exporter:
    """Writes the file and the act; with numbers to call, a line in the history of each ticket, too."""

    def __init__(self, office: Office, acts: Acts) -> None:
        self._office, self._acts = office, acts

    def made(self, who: Operator, wanted: Wanted, shows: bool, reason: str) -> dict[str, Any]:
        """``csv``, and how many rows and numbers are in it.

        :param shows: with numbers to call and whole addresses
        :raises Forbidden: for those who may not take numbers along
        :raises BodyInvalid: when there are too many
        """
        if shows and not who.has("supervisor"):
            raise Forbidden("带联系电话的导出只能由值班长来做")
        if shows:
            required_words("reason", reason, 200)
        most = MAX_REVEALED if shows else MAX_EXPORTED
        found = self._office.register.list(within_reach(wanted, who), most + 1, 0, urgent_first=True)
        if len(found) > most:
            raise BodyInvalid(f"超过 {most} 张：请用部门、状态或时间缩小范围再导出")
        by, reveal = actor_of(who), self._office.contacts.reveal
        held = self._office.contacts.held(found) if shows else frozenset()
        told = {number: reveal(number, by, f"导出：{reason}") for number in sorted(held)}
        details = {"rows": len(found), "contacts": len(told), "reason": reason}
        self._acts.write(who, "tickets_exported", "tickets", details)
        return {"csv": as_csv(found, told if shows else None), "rows": len(found), "revealed": len(told)}
