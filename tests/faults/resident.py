"""A resident who answers what is asked and sends a message again, under the same id, until there is a reply."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.faults.checker import READ_BACK, RECEIPT, reads_back
from tests.faults.history import Call, History, Matter, Outcome, now

SECONDS = (
    10.0  # shorter than the gateway's own patience: some messages are sent again while the first still runs
)
GIVE_UP_SECONDS = 420.0  # longer than any one outage
MAX_TURNS = 40


class GivenUp(AssertionError):
    """No reply within ``GIVE_UP_SECONDS``, or a dialogue that leads nowhere."""


class Resident:
    """One of the clients, with matter after matter.

    :param twice: every request is sent twice, now after and now beside each other
    """

    def __init__(
        self, name: str, address: str, headers: Mapping[str, str], history: History, seed: str, twice: bool
    ) -> None:
        self.name = name
        self._address, self._headers, self._history = address, dict(headers), history
        self._chance = random.Random(seed)
        self._twice = twice
        self._sent = 0
        self._http = self._browser()

    def _browser(self) -> httpx2.Client:
        return httpx2.Client(base_url=self._address, headers=self._headers, timeout=SECONDS, trust_env=False)

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
        self._http.close()
        self._http = self._browser()
        self._says(matter, f"查一下工单 {number} 查询码 {code}", aim="read")

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def _begin(self) -> None:
        """The next matter comes from a new browser, in a new conversation or in the same one."""
        how = self._chance.choice(("browser", "restart", "same"))
        if how == "browser":
            self._http.close()
            self._http = self._browser()
        elif how == "restart":
            try:
                self._http.post("/api/restart", json={})
            except httpx2.HTTPError:
                return  # then it goes on in the old conversation

    def _reaction(self, matter: Matter, text: str) -> str:
        if "再回一次「对」" in text:
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
            time.sleep(self._chance.uniform(0.5, 2.0))
        raise GivenUp(f"{self.name}, {id_} «{message}»: no reply in {GIVE_UP_SECONDS:g} s")

    def _tries(self, matter: Matter, message: str, id_: str, aim: str) -> list[Call]:
        def one(_: int = 0) -> Call:
            return self._once(matter, message, id_, aim)

        if not self._twice:
            return [one()]
        # Without a cookie two at once would be two browsers.
        if self._http.cookies and self._chance.random() < 0.5:
            with ThreadPoolExecutor(2) as pool:
                return list(pool.map(one, range(2)))
        return [one(), one()]

    def _once(self, matter: Matter, message: str, id_: str, aim: str) -> Call:
        began, status, text = now(), 0, ""
        outcome: Outcome = "unknown"
        try:
            response = self._http.post("/api/chat", json={"message": message, "id": id_})
            status, replies = response.status_code, response.json()["replies"]
            text = "\n".join(reply["text"] for reply in replies)
            whole = status == 200 and all(r.get("notice") != "forms_unavailable" for r in replies)
            outcome = "ok" if whole else "failed"
        except httpx2.HTTPError as error:
            text = type(error).__name__
        call = Call(self.name, matter.number, aim, id_, message, outcome, status, text, began, now())
        self._history.add(call)
        return call
