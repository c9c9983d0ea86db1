"""The channel's parts wired together."""

from __future__ import annotations

import httpx2
from redis.asyncio import Redis

from actions.settings import Settings
from actions.tickets.sealing import Sealer
from bot.channels.address import Addresses
from bot.channels.chats import Chats
from bot.channels.desk import DeskClient
from bot.channels.discretion import Discretion
from bot.channels.lanes import Lanes
from bot.channels.news import News
from bot.channels.running import keep_running, together
from bot.channels.spool import Spool
from bot.channels.wechat.attendant import Attendant
from bot.channels.wechat.choices import Choices
from bot.channels.wechat.counter import Counter
from bot.channels.wechat.envelope import Envelope
from bot.channels.wechat.gate import Gate
from bot.channels.wechat.later import Later
from bot.channels.wechat.post import Post
from bot.channels.wechat.push import WeChatPush
from bot.channels.wechat.render import WeChatChannel
from bot.channels.wechat.token import AccessToken
from bot.channels.wechat.tuning import Tuning

_REDIS_SECONDS = 5.0
_PLATFORM_SECONDS = 10.0
_MARGIN_SECONDS = 5.0


class Office:
    """One account."""

    def __init__(self, settings: Settings, tuning: Tuning, discretion: Discretion) -> None:
        self._settings = settings
        self._tuning = tuning
        keys = [key.get_secret_value() for key in (settings.contact_key, settings.contact_key_old)]
        self._sealer = Sealer(keys)
        self._addresses = Addresses("wechat", keys)
        self._redis: Redis = Redis.from_url(
            settings.redis_address(), decode_responses=True, socket_timeout=_REDIS_SECONDS
        )
        self._http = httpx2.AsyncClient(
            base_url=settings.wechat_api_url.rstrip("/"), timeout=_PLATFORM_SECONDS
        )
        secret = settings.wechat_secret.get_secret_value()
        self._post = Post(
            self._http, AccessToken(self._http, settings.wechat_appid, secret, discretion), tuning
        )
        self._channel = WeChatChannel(settings.public_url)
        self._spool = Spool(self._redis, self._sealer, tuning, "wechat", "wx")
        self._counter = Counter()

    def gate(self) -> Gate:
        """The address that the platform calls."""
        settings = self._settings
        envelope = Envelope(
            self._redis,
            settings.wechat_token.get_secret_value(),
            settings.wechat_appid,
            settings.wechat_aes_key.get_secret_value(),
            self._tuning.window_seconds,
        )
        return Gate(self._redis, envelope, self._spool, self._counter, self._channel, self._tuning)

    async def keep_running(self) -> None:
        """Until cancelled: work on messages and send news."""
        await keep_running(self._run, self._tuning.last_wait)

    async def _run(self) -> None:
        settings, tuning = self._settings, self._tuning
        token = settings.service_token.get_secret_value()
        seconds = settings.rasa_timeout + settings.answer_timeout + _MARGIN_SECONDS
        desk = DeskClient(settings.gateway_addresses(), token, "wechat", seconds)
        chats = Chats(self._redis, "wx", int(settings.session_hours * 3600), tuning.button_seconds)
        choices = Choices(self._redis, chats, tuning.button_seconds)
        later = Later(self._redis, self._sealer, tuning.later_seconds)
        push = WeChatPush(self._channel, chats, choices, self._post, later)
        news = News(settings.service_addresses(), token, self._channel, chats, push, self._addresses, tuning)
        push.arrived = news.arrived
        attendant = Attendant(
            self._channel,
            desk,
            self._spool,
            chats,
            choices,
            self._counter,
            self._post,
            later,
            push,
            self._addresses,
            tuning,
        )
        try:
            await together(Lanes(self._spool, attendant, tuning).run(), news.run())
        finally:
            await desk.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._redis.aclose()
