"""One message in, replies out: the path every web message takes, and what happens when part of it is down.

limits → cleaning → masking, sealing → who has the word → Rasa → (silent: the service → an apology) → who has it now
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from actions.telemetry.tracing import Tracing
from bot.gateway.claims import Claims
from bot.gateway.clean import clean
from bot.gateway.errors import RasaUnavailable, ServiceUnavailable
from bot.gateway.floor import Floor
from bot.gateway.health import Doctor
from bot.gateway.history import History
from bot.gateway.letters import Letter, Sealing
from bot.gateway.limits import Caller, Limits
from bot.gateway.metrics import GatewayMetrics
from bot.gateway.outcome import Outcome, notice
from bot.gateway.rasa_fleet import RasaFleet
from bot.gateway.replies import Reply, from_answer, from_rasa, has_failed, wants_a_person
from bot.gateway.scratch import Notes, Scratch
from bot.gateway.service_client import ServiceClient
from bot.gateway.sessions import Session
from bot.gateway.switches import Switches
from bot.gateway.turnstile import Full, Turnstile
from bot.gateway.wording import say

log = logging.getLogger(__name__)

_RETRY_SECONDS = 5
# A healthy dialogue answers in well under a second. After this long it is worth asking what is wrong:
# a resident should hear of a frozen part within five seconds, not when every time limit has run out.
_PATIENCE_SECONDS = 3.0
_ROOM = 64  # at most, for each Rasa process; a slow machine has less, see Turnstile. Who comes later hears so at once
_LINE = 4
_WAIT_SECONDS = 3.0  # that a newcomer may have to wait
_ABREAST = 12  # worked on at once for each Rasa process: enough to keep it and the service busy
_KEPT_SECONDS = 3600  # how long a message that is sent again gets the reply it had
FAILED = "failed"


class Desk:
    """Answers messages.

    :param max_chars: longest message accepted.
    """

    def __init__(
        self,
        rasa: RasaFleet,
        service: ServiceClient,
        scratch: Scratch,
        limits: Limits,
        doctor: Doctor,
        metrics: GatewayMetrics,
        sealing: Sealing,
        history: History,
        floor: Floor,
        max_chars: int,
        tracing: Tracing,
        switches: Switches,
        claims: Claims,
    ) -> None:
        self._rasa = rasa
        self._service = service
        self._scratch = scratch
        self._limits = limits
        self._doctor = doctor
        self._metrics = metrics
        self._sealing = sealing
        self._history = history
        self._floor = floor
        self._max_chars = max_chars
        self._tracing = tracing
        self._switches = switches
        self._claims = claims
        self._turnstile = Turnstile(_ROOM * len(rasa), _LINE, _WAIT_SECONDS, _ABREAST * len(rasa))

    async def handle(self, session: Session, caller: Caller, message: str, id_: str = "") -> Outcome:
        """Replies to one message; never raises for anything a resident can type.

        :param id_: the client's own id of the message; sent again within the hour it gets the same reply.
        """
        start = time.perf_counter()
        with self._tracing.begin("chat", {}):
            outcome = await self._admit(session, caller, message, id_)
        seconds = time.perf_counter() - start
        self._metrics.replied(outcome.kind, seconds, session.channel)
        # The conversation's name is derived and the text stays out: this line may be kept for months.
        log.info("chat %s %s %d ms", session.conversation[:12], outcome.kind, seconds * 1000)
        return outcome

    @asynccontextmanager
    async def quiet(self, session: Session) -> AsyncIterator[None]:
        """While nothing of this conversation is being answered. Raises ServiceUnavailable when too much waits."""
        try:
            async with self._turn(session):
                yield
        except Full:
            raise ServiceUnavailable("too many messages wait in this conversation") from None

    @asynccontextmanager
    async def _turn(self, session: Session) -> AsyncIterator[None]:
        """Raises Full when too much waits, here or at another gateway."""
        async with self._turnstile.turn(session.conversation), self._claims.turn(session.conversation):
            yield

    async def _admit(self, session: Session, caller: Caller, message: str, id_: str) -> Outcome:
        if self._turnstile.full(session.conversation):  # before anything is asked of a machine that is busy
            return notice("busy", 503, _RETRY_SECONDS)
        wait = await self._limits.post(caller)
        if wait:
            return notice("rate_limited", 429, wait, seconds=wait)
        cleaned = clean(message, self._max_chars)
        if cleaned.problem:
            return notice(cleaned.problem, limit=self._max_chars)
        letter = self._sealing.letter(session, cleaned.text, id_)
        try:
            async with self._turn(session):
                return await self._once(session, caller, letter, id_)
        except Full:
            return notice("busy", 503, _RETRY_SECONDS)

    async def _once(self, session: Session, caller: Caller, letter: Letter, id_: str) -> Outcome:
        key = f"{session.conversation}:{id_}"
        earlier = await self._scratch.kept(key) if id_ else None
        if earlier:
            return Outcome((), "again", earlier=earlier)
        notes = Notes()
        outcome = await self._reply(notes, session, caller, letter, id_)
        # What may still succeed is not kept: sending it again is how it gets another try.
        if not outcome.retry_after and session.channel == "web":
            self._history.said(notes, session.conversation, id_, letter.text, outcome.json())
        if id_ and not outcome.retry_after and outcome.kind != "fallback":
            notes.keep(key, json.dumps(outcome.json(), ensure_ascii=False), _KEPT_SECONDS)
        await self._scratch.write(notes)
        return outcome

    async def _reply(
        self, notes: Notes, session: Session, caller: Caller, letter: Letter, id_: str
    ) -> Outcome:
        """:param notes: what the message leaves behind"""
        turn = await self._floor.open(notes, session, letter.text, id_)
        if turn.held:
            return replace(turn.held, masked=letter.masked)
        if turn.slow and not (await self._doctor.health()).service:
            log.error("no answer at all: the service is away or frozen")
            return notice("apology", 503, _RETRY_SECONDS)
        if await self._switches.off(session.channel):
            told = notice(
                "switched_off", 503 if caller.trusted else 200
            )  # a machine has to see it by the status
            return await self._floor.settle(notes, turn, told)
        try:
            outcome = await self._somehow(session, letter)
        except ServiceUnavailable as error:
            log.error("no answer at all: %s", error)
            return notice("apology", 503, _RETRY_SECONDS)
        notes.remember(session.conversation, letter.text)
        return await self._floor.settle(notes, turn, outcome)

    async def _somehow(self, session: Session, letter: Letter) -> Outcome:
        if session.public:
            history = await self._scratch.recall(session.conversation)
            reply = from_answer(await self._service.answer(letter.text, history))
            return Outcome((reply,), _kind((reply,)), masked=letter.masked)
        try:
            messages = await self._with_rasa(session, letter)
            replies = from_rasa(messages)
        except RasaUnavailable as error:
            log.warning("without rasa: %s", error)
            return Outcome(await self._without_rasa(session, letter.text), "fallback", masked=letter.masked)
        if has_failed(messages):
            return Outcome(replies, FAILED, 503, _RETRY_SECONDS, letter.masked)
        wanted = wants_a_person(messages)
        return Outcome(replies, _kind(replies), masked=letter.masked, handoff=wanted)

    async def _with_rasa(self, session: Session, letter: Letter) -> list[dict[str, Any]]:
        sending = asyncio.create_task(self._rasa.send(session.conversation, letter.text, letter.metadata))
        try:
            await asyncio.wait({sending}, timeout=_PATIENCE_SECONDS)
            if not sending.done():
                health = await self._doctor.health()
                if not health.service:
                    raise ServiceUnavailable("the service is down, and rasa waits for it")
                well = health.complete and await self._rasa.answers_for(session.conversation)
                if not well and not sending.done():
                    raise RasaUnavailable(f"still silent, and not everything is up: {health}")
            return await sending
        finally:
            sending.cancel()

    async def _without_rasa(self, session: Session, text: str) -> tuple[Reply, ...]:
        history = await self._scratch.recall(session.conversation)
        answer = from_answer(await self._service.answer(text, history))
        return answer, Reply(say("forms_unavailable"), notice="forms_unavailable")


def _kind(replies: tuple[Reply, ...]) -> str:
    return next((reply.answer.status for reply in replies if reply.answer), "dialogue")
