"""A resident who answers what is asked and sends a message again, under the same id, until there is a reply."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor

from tests.faults.checker import READ_BACK, RECEIPT, reads_back
from tests.faults.history import Call, History, Matter, Outcome, now
from tests.talking import Talk, Web

SECONDS = (
    10.0  # shorter than the gateway's own patience: some messages are sent again while the first still runs
)
GIVE_UP_SECONDS = 420.0  # longer than any one outage
MAX_TURNS = 120
PATIENCE_SECONDS = 1.0  # of one who is asked to try again in a while


class GivenUp(AssertionError):
    """No reply within ``GIVE_UP_SECONDS``, or a dialogue that leads nowhere."""


class Resident:
    """One of the clients, with matter after matter.

    :param talk: how they speak
    :param reader: the page on which they look their tickets up
    :param twice: every request is sent twice, now after and now beside each other
    """

    def __init__(
        self,
        name: str,
        talk: Talk,
        reader: Web,
        history: History,
        seed: str,
        twice: bool,
    ) -> None:
        self.name = name
        self._talk, self._reader, self._history = talk, reader, history
        self._chance = random.Random(seed)
        self._twice = twice
        self._sent = 0

    def file(self, matter: Matter) -> None:
        """Talk until a ticket is confirmed."""
        self._begin()
        text = self._says(matter, matter.opening)
        for _ in range(MAX_TURNS):
            if RECEIPT.search(text):
                return
            text = self._says(matter, self._reaction(matter, text))
        raise GivenUp(f"{self.name}, matter {matter.number}: no ticket after {MAX_TURNS} turns: «{text}»")

    def read(self, matter: Matter, number: str, code: str) -> None:
        """Ask for a ticket as a stranger who has the slip of paper."""
        self._talk, own = self._reader, self._talk
        self._reader.anew()
        self._says(matter, f"查一下工单 {number} 查询码 {code}", aim="read")
        self._talk = own

    def close(self) -> None:
        """Close the browsers."""
        self._talk.close()
        self._reader.close()

    def _begin(self) -> None:
        """The next matter comes from somebody new, in a new conversation or in the same one."""
        how = self._chance.choice(("person", "restart", "same"))
        if how == "person":
            self._talk.anew()
        elif how == "restart":
            self._talk.restart()

    def _reaction(self, matter: Matter, text: str) -> str:
        if "再回一次「对」" in text:
            time.sleep(PATIENCE_SECONDS)
            return "对"
        if READ_BACK in text:
            return "对" if reads_back(text, matter) else "不报了"
        if "手机号" in text:
            return matter.phone or "不留"
        if "哪里" in text or "附近的路口" in text:
            return matter.place
        return matter.opening  # the dialogue has forgotten everything

    def _says(self, matter: Matter, message: str, aim: str = "file") -> str:
        """The reply, after as many tries as it takes; each try is in the history."""
        self._sent += 1
        id_ = f"{self.name}-{self._sent}"
        end = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < end:
            calls = self._tries(matter, message, id_, aim)
            answered = next((call for call in reversed(calls) if call.outcome == "ok"), None)
            if answered:
                return answered.text
            time.sleep(self._chance.uniform(*self._talk.pause))
        raise GivenUp(f"{self.name}, {id_} «{message}»: no reply in {GIVE_UP_SECONDS:g} s")

    def _tries(self, matter: Matter, message: str, id_: str, aim: str) -> list[Call]:
        def one(_: int = 0) -> Call:
            return self._once(matter, message, id_, aim)

        # What the platform delivers twice it decides itself.
        if not (self._twice and isinstance(self._talk, Web)):
            return [one()]
        # Without a cookie two at once would be two browsers.
        if self._talk.http.cookies and self._chance.random() < 0.5:
            with ThreadPoolExecutor(2) as pool:
                return list(pool.map(one, range(2)))
        return [one(), one()]

    def _once(self, matter: Matter, message: str, id_: str, aim: str) -> Call:
        began = now()
        try:
            heard = self._talk.says(message, id_, SECONDS)
            outcome: Outcome = "ok" if heard.whole else "failed"
            status, text = heard.status, heard.text
        except TimeoutError as error:
            outcome, status, text = "unknown", 0, str(error)
        call = Call(self.name, matter.number, aim, id_, message, outcome, status, text, began, now())
        self._history.add(call)
        return call
