"""Starts the Rasa server: ``OMP_NUM_THREADS=1 python -m bot.rasa.server`` (Python 3.10, from the repository root).

It refuses to start without a sound model, listens on loopback, and answers only ``/`` and the REST channel.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import sys
from pathlib import Path
from typing import Any

from bot.rasa.environment import ROOT, Environment, read
from bot.rasa.errors import DialogueError, ModelUnusable

# Read by libraries when they are imported. OMP_NUM_THREADS can't be among them: it counts before Python starts.
BEFORE_IMPORT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TICKET_LOCK_LIFETIME": "15",
    "SANIC_WORKERS": "1",
}


def checked(model: Path) -> Path:
    """The model file itself, compared with the checksum that training wrote beside it.

    :raises ModelUnusable: when one is missing or they differ.
    """
    checksum = model.with_name(model.name + ".sha256")
    for needed in (model, checksum):
        if not needed.is_file():
            raise ModelUnusable(f"没有 {needed}：运行 make train")
    if hashlib.sha256(model.read_bytes()).hexdigest() != checksum.read_text("ascii").strip():
        raise ModelUnusable(f"对话模型 {model} 与校验和不符，不加载：运行 make train")
    return model.resolve()


def serve(environment: Environment) -> None:
    """Run until stopped.

    :raises DialogueError: when the model can't be used.
    """
    model = checked(environment.model)
    os.environ.update({k: v for k, v in BEFORE_IMPORT.items() if not os.environ.get(k)})
    os.environ["ACTION_ENDPOINT_URL"] = environment.action_urls[0]  # endpoints.yml takes it from here
    # Imported here: these take seconds, and read the variables above while they load.
    from rasa.core import run
    from rasa.core.utils import AvailableEndpoints

    from bot.rasa import calls, logs, patches

    logs.configure(getattr(logging, os.environ.get("LOG_LEVEL") or "INFO"))
    patches.apply(environment.action_timeout)
    calls.apply(environment.action_urls)
    run.load_agent_on_start = _with_model(run.load_agent_on_start)
    run.serve_application(
        str(model),
        interface=environment.host,
        port=environment.port,
        credentials=str(ROOT / "credentials.yml"),
        enable_api=False,
        endpoints=AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml")),
    )


def _with_model(load: Any) -> Any:
    """Rasa logs a model that fails to load and then serves silence; this ends the process instead."""

    async def load_or_fail(*args: Any, **kwargs: Any) -> Any:
        agent = await load(*args, **kwargs)
        if not agent.is_ready():
            raise ModelUnusable("对话模型没有加载成功，看上面的日志；运行 make train 重新训练")
        gc.collect()
        gc.freeze()  # what is loaded stays: looking through all of it again and again held up every message
        return agent

    return load_or_fail


def main() -> int:
    """Exit code 0 after a clean stop, 1 when the start failed."""
    try:
        serve(read())
    except DialogueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
