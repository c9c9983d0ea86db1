"""Who is talking: a signed cookie, never anything the client may choose.

The cookie holds 128 random bits, the time it began and the number of its current conversation. Rasa gets
a name derived from them, so that knowing the name (logs, trackers) doesn't give the cookie.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac

from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "haishu-session-v1"
_ID_BYTES = 16


@dataclass(frozen=True)
class Session:
    """One browser's session, or one chat of another channel.

    ``conversation`` is the sender name that Rasa sees; ``name`` outlives it: tickets filed in one conversation can
    be asked about in the next.
    """

    id: str
    began: int  # Unix seconds
    number: int  # which conversation of this session
    conversation: str
    name: str
    fresh: bool  # true when the client doesn't hold this cookie yet
    channel: str = "web"
    public: bool = False  # others read along: questions are answered, and nothing is taken down


class Sessions:
    """Opens and signs sessions.

    :param secret: at least 32 characters.
    :param hours: how long a session, and so its dialogue, lasts. A long tracker makes Rasa slow and an
        old one carries yesterday's topic, so the end is fixed and using it doesn't prolong it.
    :param secure: HTTPS only, with the ``__Host-`` prefix that keeps sibling domains out.
    """

    def __init__(
        self, secret: str, hours: float, secure: bool, clock: Callable[[], float] = time.time
    ) -> None:
        self._secret = secret.encode()
        self._serializer = URLSafeSerializer(secret, salt=_SALT, signer_kwargs={"digest_method": sha256})
        self._seconds = int(hours * 3600)
        self._clock = clock
        self.secure = secure
        self.cookie = "__Host-haishu" if secure else "haishu"

    def open(self, cookie: str | None) -> Session:
        """The session of this cookie, or a new one when it is missing, forged or expired."""
        try:
            kind, id_, began, number = self._serializer.loads(cookie or "")
            valid = kind == 1 and 0 <= self._clock() - began < self._seconds
        except (BadSignature, ValueError, TypeError):
            valid = False
        if not valid:
            return self._make(secrets.token_urlsafe(_ID_BYTES), int(self._clock()), 0, fresh=True)
        return self._make(id_, began, number, fresh=False)

    def restart(self, session: Session) -> Session:
        """The same browser with a new, empty conversation."""
        return self._make(session.id, session.began, session.number + 1, fresh=True)

    def of(self, channel: str, user: str, number: int, public: bool = False) -> Session:
        """The session of a chat that a channel's own process vouches for.

        :param user: the reader's name as the channel can find them again; the news of tickets goes there.
        :param number: which conversation of this chat.
        """
        conversation = self._derived(f"conversation:{channel}:{user}:{number}")
        name = f"{channel}-{user}"
        return Session(name, 0, number, f"{channel}-{conversation}", name, False, channel, public)

    def earlier(self, session: Session) -> tuple[str, ...]:
        """The names of the session's conversations up to the present one, as far as they can be derived."""
        if session.channel != "web":
            return (session.conversation,)
        numbers = range(session.number + 1)
        return tuple(self._make(session.id, session.began, n, fresh=False).conversation for n in numbers)

    def value(self, session: Session) -> str:
        """What to put into the cookie."""
        signed = self._serializer.dumps([1, session.id, session.began, session.number])
        return signed if isinstance(signed, str) else signed.decode()

    def max_age(self, session: Session) -> int:
        """Seconds the cookie still has."""
        return max(1, session.began + self._seconds - int(self._clock()))

    def _make(self, id_: str, began: int, number: int, fresh: bool) -> Session:
        conversation = self._derived(f"conversation:{id_}:{number}")
        return Session(
            id_, began, number, f"web-{conversation}", f"session-{self._derived(f'session:{id_}')}", fresh
        )

    def _derived(self, text: str) -> str:
        return hmac(self._secret, text.encode(), sha256).hexdigest()[:32]
