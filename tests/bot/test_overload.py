"""More messages than can be answered: some are turned away at once, and those let in are answered and kept."""

from __future__ import annotations

from benchmarks.load.figures import p95
from benchmarks.load.overload import flood
from bot.gateway.app import create_app
from tests.killable import Killable

SLOW = 0.25  # seconds a reply takes; with twelve worked on at once that is 48 a second
LONGEST = 4.0  # three seconds of waiting are promised; the rest is for a busy machine
RATE, SECONDS = 80.0, 4.0
WIDE = {"rate_posts_per_minute": 100_000, "rate_conversations": 100_000}


async def test_who_finds_no_room_hears_so_at_once_and_nobody_else_suffers(rasa, settings, service, tmp_path):
    rasa.mode(body='[{"recipient_id": "x", "text": "您好"}]', seconds=SLOW)
    given = settings.model_copy(update={"service_url": service, "rasa_timeout": 30.0, **WIDE})
    gateway = Killable(create_app, (given,), tmp_path / "gateway.log", {})  # a process, as in operation
    process = gateway.start()
    try:
        over = await flood(gateway.url, ["您好"], RATE, SECONDS)
    finally:
        process.terminate()
        process.join(20)
    assert len(over.sendings) >= 150
    # On a starved machine Redis can be late twice in a row; make bench-load prints how often.
    assert over.broken <= 0.05 * len(over.sendings)
    assert over.lost == 0
    assert len(over.admitted) >= 64
    assert len(over.refused) >= 20
    assert {one.status for one in over.sendings if one.kind is None} == {503}
    assert (
        p95(over.refused) < p95(over.admitted) / 2
    )  # make bench-load holds the bound in seconds, on a quiet machine
    assert p95(over.admitted) < LONGEST


async def test_the_flood_notices_a_reply_that_was_lost(rasa, make_gateway, service, monkeypatch):
    from bot.gateway.history import History

    def forgets(*_: object) -> None: ...

    monkeypatch.setattr(History, "said", forgets)
    client = make_gateway(service_url=service, **WIDE)
    over = await flood(str(client.base_url).rstrip("/"), ["您好"], 20, 0.5)
    assert over.lost == len(over.admitted) > 0
