"""What the dialogue process reads from its environment; the supervisor fills it in.

======================  ==================================  =================================================
``SERVICE_TOKEN``       required                            sent to the answering service
``ACTION_ENDPOINT_URL`` http://127.0.0.1:8191/webhook       where custom actions run; several: with commas
``RASA_MODEL``          var/rasa/models/current.tar.gz      with its ``.sha256`` beside it
``MODEL_DIR``           var/models                          the answering service's; see bot/rasa/graph.py
``RASA_HOST``           127.0.0.1                           the REST channel has no authentication
``RASA_PORT``           5005
``REDIS_URL``           empty: conversations in memory      trackers and locks
``CONVERSATION_SECONDS`` 43200                              until a silent conversation is forgotten
``ACTION_TIMEOUT``      8                                   seconds one action may take
``OMP_NUM_THREADS``     must be 1 before Python starts      see bot/rasa/encoder.py
======================  ==================================  =================================================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.rasa.errors import EnvironmentUnusable

ROOT = Path(__file__).resolve().parents[2]
ACTION_URL = "http://127.0.0.1:8191/webhook"


@dataclass(frozen=True)
class Environment:
    """The values, checked."""

    model: Path
    host: str
    port: int
    action_urls: tuple[str, ...]  # the first is preferred
    action_timeout: float  # seconds


def read(source: Mapping[str, str] = os.environ) -> Environment:
    """Read and check.

    :raises EnvironmentUnusable: naming the variable and the fix.
    """
    if not source.get("SERVICE_TOKEN"):
        raise EnvironmentUnusable(
            "缺少 SERVICE_TOKEN：用 make up 启动，或把 var/secrets.env 里的值放进环境变量"
        )
    return Environment(
        model=ROOT / (source.get("RASA_MODEL") or "var/rasa/models/current.tar.gz"),
        host=source.get("RASA_HOST") or "127.0.0.1",
        port=int(number(source, "RASA_PORT", 5005)),
        action_urls=tuple((source.get("ACTION_ENDPOINT_URL") or ACTION_URL).split(",")),
        action_timeout=number(source, "ACTION_TIMEOUT", 8.0),
    )


def number(source: Mapping[str, str], name: str, default: float) -> float:
    """A positive number.

    :raises EnvironmentUnusable: when it is something else.
    """
    given = source.get(name) or str(default)
    try:
        value = float(given)
    except ValueError:
        value = 0.0
    if value <= 0:
        raise EnvironmentUnusable(f"{name}={given} 不能用：应是大于 0 的数，例如 {default:g}")
    return value
