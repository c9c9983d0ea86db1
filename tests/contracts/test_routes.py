"""Every route of the gateway is classified in ``tests/bot/console/access.yml``, and the desk's say there what they say in the code."""

from __future__ import annotations

from actions.settings import Settings
from bot.console.wiring import build_console
from bot.gateway.app import create_app
from bot.gateway.scratch import MemoryScratch
from tests.bot.console.routes import OPERATORS, access, routes_of

NAMES = ("service_token", "session_secret", "redis_password", "contact_key", "ledger_key")
OIDC = {
    "oidc_issuer": "http://127.0.0.1:9",
    "oidc_client_id": "desk",
    "oidc_client_secret": "oidc-for-tests-0123456789-abcdefgh",
    "public_url": "http://127.0.0.1:9",
}
# With everything that can be switched on, so that no route is left out.
SETTINGS = Settings(_env_file=None, **OIDC, **{name: f"{name}-for-tests-0123456789-abc" for name in NAMES})


def test_every_route_is_classified() -> None:
    found = list(routes_of(create_app(SETTINGS).routes))
    unknown = sorted(set(found) - set(access()))
    assert unknown == [], "add them to tests/bot/console/access.yml: who may use them?"
    assert sorted(set(access()) - set(found)) == [], "access.yml names routes that are gone"
    assert len(found) == len(set(found)), "a route is registered twice"


def test_what_the_desk_says_in_code_is_what_the_list_says() -> None:
    known = build_console(SETTINGS, MemoryScratch(60)).router.known
    stated = access()
    for one in known:
        here = stated[one.method, one.path]
        expected = "open" if not one.roles else [role for role in OPERATORS if role in one.roles]
        assert here == expected, f"{one.method} {one.path}"


def test_below_the_desk_nothing_is_registered_past_its_router() -> None:
    known = {(one.method, one.path) for one in build_console(SETTINGS, MemoryScratch(60)).router.known}
    below = {route for route in routes_of(create_app(SETTINGS).routes) if route[1].startswith("/desk")}
    assert below - known == {("MOUNT", "/desk/static")}
