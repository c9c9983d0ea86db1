"""The channel's parts wired together, and the order in which they begin to work."""

from __future__ import annotations

import asyncio
import logging

from redis.asyncio import Redis
from telegram import Bot
from telegram.error import TelegramError

from actions.settings import Settings
from actions.tickets.sealing import Sealer
from bot.channels.address import Addresses
from bot.channels.chats import Chats
from bot.channels.desk import DeskClient
from bot.channels.lanes import Lanes
from bot.channels.news import News
from bot.channels.running import keep_running, together
from bot.channels.telegram.attendant import Attendant
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.post import Post
from bot.channels.telegram.push import TelegramPush
from bot.channels.telegram.render import TelegramChannel
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.spool import OrderedSpool
from bot.channels.telegram.tuning import Tuning
from bot.channels.telegram.updates import ALLOWED, Updates
from bot.channels.telegram.webhook import PATH
from bot.channels.telegram.wording import wording

log = logging.getLogger(__name__)
_CONNECTIONS = 32
_REDIS_SECONDS = 5.0
_MARGIN_SECONDS = 5.0


class Office:
    """One bot.

    :param secret: what Telegram is told to send along with pushed updates.
    """

    def __init__(self, settings: Settings, tuning: Tuning, secret: str) -> None:
        self._settings = settings
        self._tuning = tuning
        self._secret = secret
        keys = [key.get_secret_value() for key in (settings.contact_key, settings.contact_key_old)]
        self._redis: Redis = Redis.from_url(
            settings.redis_address(), decode_responses=True, socket_timeout=_REDIS_SECONDS
        )
        self.spool = OrderedSpool(self._redis, Sealer(keys), tuning)
        self._addresses = Addresses("telegram", keys)
        server = settings.telegram_api_url.rstrip("/")
        self._bot = Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{server}/bot",
            request=AiohttpRequest(server, _CONNECTIONS),
            get_updates_request=AiohttpRequest(server, 1),
        )

    async def run(self) -> None:
        """Until cancelled: introduce the bot, then take updates, work on them and send news."""
        await self._introduce()
        token = self._settings.service_token.get_secret_value()
        seconds = self._settings.rasa_timeout + self._settings.answer_timeout + _MARGIN_SECONDS
        desk = DeskClient(self._settings.gateway_addresses(), token, "telegram", seconds)
        me = self._bot.bot
        channel = TelegramChannel(Updates(me.username or "", me.id), self._settings.public_url)
        talk = int(self._settings.session_hours * 3600)
        chats = Chats(self._redis, "tg", talk, self._tuning.button_seconds)
        post = Post(self._bot, self._tuning)
        attendant = Attendant(channel, desk, self.spool, chats, post, self._addresses, self._tuning)
        service = self._settings.service_addresses()
        news = News(service, token, channel, chats, TelegramPush(chats, post), self._addresses, self._tuning)
        works = [Lanes(self.spool, attendant, self._tuning).run(), news.run()]
        if not self._settings.telegram_webhook_url:
            works.append(Poller(self._bot, self.spool, self._tuning).run())
        try:
            await together(*works)
        finally:
            await desk.close()

    async def keep_running(self) -> None:
        """The same, begun again after a defect."""
        await keep_running(self.run, self._tuning.last_wait)

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.shutdown()
        await self._redis.aclose()

    async def _introduce(self) -> None:
        tries = 0
        while True:
            tries += 1
            try:
                await self._bot.initialize()
                return await self._set_up()
            except TelegramError as error:
                log.warning("telegram does not know the bot yet: %s, attempt %d", type(error).__name__, tries)
                await asyncio.sleep(self._tuning.wait(tries))

    async def _set_up(self) -> None:
        """Menu and description in both languages; where updates go."""
        for language, code in (("zh", None), ("zh", "zh"), ("en", "en")):
            await self._bot.set_my_commands(wording().commands(language), language_code=code)
            await self._bot.set_my_short_description(wording().entries["about"][language], language_code=code)
        url = self._settings.telegram_webhook_url
        if not url:
            await self._bot.delete_webhook()
            return
        await self._bot.set_webhook(
            url.rstrip("/") + ("" if url.rstrip("/").endswith(PATH) else PATH),
            secret_token=self._secret,
            allowed_updates=ALLOWED,
        )
