"""Two ways to get an answer: the pipeline in this process, or the running gateway as a resident would."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2

from actions.answering.answer import Answer, Question
from actions.privacy import mask
from actions.settings import Settings
from bot.commands.errors import GatewayMissing
from bot.gateway.clean import clean
from bot.gateway.replies import from_answer
from bot.gateway.wording import say

_SECONDS = 40.0
_TRIES = 3
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True)
class Told:
    """What came back. ``replies`` are as ``POST /api/chat`` gives them, ``ms`` the wait for the last turn."""

    replies: tuple[dict[str, Any], ...]
    ms: float

    @property
    def text(self) -> str:
        """Exactly what a resident would read."""
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def answer(self) -> dict[str, Any]:
        """The pipeline's part: status, refused, citations; a bare status where only the dialogue spoke."""
        for reply in self.replies:
            if "answer" in reply:
                return dict(reply["answer"])
        status = next((reply["notice"] for reply in self.replies if "notice" in reply), "dialogue")
        return {"status": status, "refused": status != "dialogue", "citations": []}


class Teller(Protocol):
    """Answers a message in the light of the earlier ones of the same conversation."""

    def tell(self, text: str, history: Sequence[str]) -> Told: ...


class PipelineTeller:
    """The answering pipeline in this process, behind the same cleaning and masking as in the gateway."""

    def __init__(self, answerer: Any, max_chars: int) -> None:
        self._answerer = answerer
        self._max_chars = max_chars

    def tell(self, text: str, history: Sequence[str]) -> Told:
        """See :class:`Teller`."""
        start = time.perf_counter()
        cleaned = clean(text, self._max_chars)
        if cleaned.problem:
            notice = {"text": say(cleaned.problem, limit=self._max_chars), "notice": cleaned.problem}
            return Told((notice,), _since(start))
        answer = self.answer(cleaned.text, history)
        return Told((from_answer(answer).json(),), _since(start))

    def answer(self, text: str, history: Sequence[str] = ()) -> Answer:
        """The pipeline's own answer, trace included."""
        turns = [clean(turn, self._max_chars).text for turn in history]
        question = Question(mask(text), tuple(mask(turn) for turn in turns if turn))
        answer: Answer = self._answerer.answer(question)
        return answer


class ChatTeller:
    """The running gateway: every turn is sent, each conversation in a session of its own.

    The service token goes along, so that an evaluation isn't stopped by the limits meant for residents.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {token}"}
        # One for all sessions: making it takes longer than many an answer.
        self._tls = ssl.create_default_context()

    def tell(self, text: str, history: Sequence[str]) -> Told:
        """See :class:`Teller`.

        :raises GatewayMissing: when nothing answers at the gateway's address.
        """
        with self.session() as session:
            for turn in history:
                post(session, turn)
            start = time.perf_counter()
            return Told(tuple(post(session, text)), _since(start))

    def session(self) -> httpx2.Client:
        """A client with its own cookies: one conversation."""
        return httpx2.Client(
            base_url=self._base_url,
            headers=self._headers,
            timeout=_SECONDS,
            trust_env=False,
            verify=self._tls,
        )


def post(session: httpx2.Client, message: str) -> list[dict[str, Any]]:
    """Send one message; a busy moment (503) is waited out, a lasting one is what the resident sees.

    :raises GatewayMissing: when nothing answers at the gateway's address.
    """
    for attempt in range(_TRIES):
        try:
            response = session.post("/api/chat", json={"message": message})
            replies: list[dict[str, Any]] = response.json()["replies"]
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            raise GatewayMissing(
                f"网关 {session.base_url} 没有正常应答（{type(error).__name__}）。先启动：make up DETACH=1"
            ) from None
        if response.status_code != 503 or attempt == _TRIES - 1:
            break
        time.sleep(_PAUSE_SECONDS)
    return replies


def pipeline_teller(settings: Settings) -> PipelineTeller:
    """Load the index and the encoder; takes seconds.

    :raises Exception: the error of the folder concerned, naming the file and the fix.
    """
    from actions.bootstrap import build_answerer

    return PipelineTeller(build_answerer(settings), settings.question_max_chars)


def chat_teller(settings: Settings) -> ChatTeller:
    """The gateway of these settings."""
    from bot.supervision.plan import gateway_address

    return ChatTeller(gateway_address(settings), settings.service_token.get_secret_value())


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
