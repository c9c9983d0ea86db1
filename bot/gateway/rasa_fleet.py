"""Several Rasa processes: a conversation stays with one, and goes to the next when that one is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from bot.gateway.errors import RasaGone, RasaUnavailable
from bot.gateway.rasa_client import RasaClient


class RasaFleet:
    """Chooses by rendezvous hashing: without one of the processes only its own conversations move.

    :param seconds: whole time a reply may take.
    """

    def __init__(self, addresses: Sequence[str], seconds: float) -> None:
        self._clients = {address: RasaClient(address, seconds) for address in addresses}

    def __len__(self) -> int:
        """How many processes there are."""
        return len(self._clients)

    async def send(
        self, sender: str, message: str, metadata: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """What Rasa says to this message; at least one message.

        :raises RasaUnavailable: when no process took it, or the one that took it gave no usable reply.
        """
        problem: RasaUnavailable = RasaGone("there is no rasa")
        for client in self._ranked(sender):
            try:
                return await client.send(sender, message, metadata)
            except RasaGone as error:  # it was not handed over: the next one may have it
                problem = error
        raise problem

    async def ready(self) -> bool:
        """Whether any process answers."""
        return any(await asyncio.gather(*(client.ready() for client in self._clients.values())))

    async def answers_for(self, sender: str) -> bool:
        """Whether the process answers that this conversation is with; one that does not is left alone for a while.

        Of a single one this is what :meth:`ready` tells.
        """
        if len(self._clients) == 1:
            return True
        client = next((one for one in self._ranked(sender) if not one.avoided), None)
        if client is None:
            return False
        alive = await client.ready()
        if not alive:
            client.avoid()
        return alive

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.close()

    def _ranked(self, sender: str) -> list[RasaClient]:
        def weight(address: str) -> bytes:
            return blake2b(f"{address}\0{sender}".encode(), digest_size=8).digest()

        return [self._clients[address] for address in sorted(self._clients, key=weight)]
