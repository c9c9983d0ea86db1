"""The desk, wired: one line for each part that has pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from actions.settings import Settings, SettingsError
from actions.strength import is_loopback
from bot.console.account_pages import AccountPages
from bot.console.chats import ChatPages
from bot.console.entries import EntryPages
from bot.console.figures import FigurePages
from bot.console.guard import Guard
from bot.console.knowledge import KnowledgePages
from bot.console.lookup import LookupPages
from bot.console.me import OwnPages
from bot.console.oidc import Provider
from bot.console.oidc_pages import OidcPages
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import HERE, Screens
from bot.console.service import DeskService
from bot.console.sign_in import SignIn
from bot.console.switches import SwitchPages
from bot.console.ticket import TicketPages
from bot.console.tickets import QueuePages
from bot.gateway.scratch import Scratch


@dataclass(frozen=True)
class Console:
    """What the gateway mounts and closes."""

    router: DeskRouter
    service: DeskService
    provider: Provider | None = None

    def mount(self, app: FastAPI) -> None:
        """Put the desk under ``/desk``."""
        app.include_router(self.routes())
        app.mount(f"{PREFIX}/static", StaticFiles(directory=HERE / "static"), name="desk-static")

    def routes(self) -> APIRouter:
        """All of them."""
        return self.router.routes()

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()
        if self.provider:
            await self.provider.close()


def build_provider(settings: Settings) -> Provider | None:
    """The organisation's own sign-in, where one is set.

    :raises SettingsError: when only a part of it is set, or it is not HTTPS outside of this machine
    """
    secret = settings.oidc_client_secret.get_secret_value()
    given = (settings.oidc_issuer, settings.oidc_client_id, secret)
    if not any(given):
        return None
    if not all(given) or not settings.public_url:
        raise SettingsError(
            "统一登录要 OIDC_ISSUER、OIDC_CLIENT_ID、OIDC_CLIENT_SECRET 和 PUBLIC_URL 都写明；不用就前三项留空"
        )
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme != "https" and not is_loopback(issuer.hostname or ""):
        raise SettingsError(f"OIDC_ISSUER「{settings.oidc_issuer}」要是 https 地址")
    back = f"{settings.public_url.rstrip('/')}{PREFIX}/sign-in/oidc/back"
    return Provider(settings.oidc_issuer, settings.oidc_client_id, secret, back)


def build_console(settings: Settings, scratch: Scratch) -> Console:
    """The desk's pages; nothing is connected before the first of them is opened."""
    token, secret = settings.service_token.get_secret_value(), settings.session_secret.get_secret_value()
    service = DeskService.connect(settings.service_addresses(), token, settings.answer_timeout)
    guard, screens = Guard(service, secret, settings.cookie_secure), Screens()
    router = DeskRouter(guard, screens)
    provider = build_provider(settings)
    SignIn(guard, screens, service, scratch, settings.oidc_name if provider else "").register(router)
    if provider:
        OidcPages(guard, screens, service, provider, secret, settings.cookie_secure).register(router)
    OwnPages(guard, screens, service).register(router)
    # In the order of the navigation.
    LookupPages(screens, service).register(router)
    ChatPages(screens, service).register(router)
    QueuePages(screens, service).register(router)
    TicketPages(screens, service).register(router)
    KnowledgePages(screens, service).register(router)
    FigurePages(screens, service).register(router)
    AccountPages(screens, service).register(router)
    EntryPages(screens, service).register(router)
    SwitchPages(screens, service).register(router)
    return Console(router, service, provider)
