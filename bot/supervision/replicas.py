"""Several of one process beside each other, each on a port of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from actions.settings import Settings, replica_port
from bot.supervision.process import Spec

Kind = Literal["service", "rasa", "gateway"]


def replicas(kind: Kind, settings: Settings, make: Callable[[Settings], Spec]) -> list[Spec]:
    """The process and its further ones: ``service``, ``service-2``, …

    Those start when the first is ready: it has brought the ledger's tables up to date by then.

    :param make: the process, from settings with its own port.
    """
    first = make(settings)
    return [
        first,
        *(_further(first, n, _at(settings, kind, n), make) for n in range(1, count(settings, kind))),
    ]


def count(settings: Settings, kind: Kind) -> int:
    """How many there are."""
    return int(getattr(settings, f"{kind}_replicas"))


def _at(settings: Settings, kind: Kind, number: int) -> Settings:
    name = f"{kind}_port"
    return settings.model_copy(update={name: replica_port(getattr(settings, name), number)})


def _further(first: Spec, number: int, settings: Settings, make: Callable[[Settings], Spec]) -> Spec:
    name, title = f"{first.name}-{number + 1}", f"{first.title} {number + 1}"
    return replace(make(settings), name=name, title=title, after=(*first.after, first.name))
