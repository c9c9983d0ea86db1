"""Bodies of messages in the outbox: those that hold somebody's number lie there sealed until they are handed over.

An operator may tell a resident a number, and the resident must get it as it was typed; the ledger and its backups are no
place for it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from actions.privacy import mask
from actions.tickets.errors import KeyMissing
from actions.tickets.sealing import Sealer
from actions.tickets.tables import outbox

log = logging.getLogger(__name__)
_SEALED = "sealed"
_UNREADABLE = "这条消息已经打不开了，请拨打81890询问。"


class Envelope:
    """Closes and opens.

    :param sealer: None: nothing is sealed, and nothing that was can be opened
    """

    def __init__(self, sealer: Sealer | None = None) -> None:
        self._sealer = sealer

    def close(self, body: Mapping[str, Any], dedup: str) -> str:
        """The body as it is written down."""
        text = json.dumps(dict(body), ensure_ascii=False, sort_keys=True)
        if self._sealer is None or mask(text) == text:
            return text
        return json.dumps({_SEALED: self._sealer.seal(text, _bound(dedup))})

    def open(self, text: str, dedup: str) -> dict[str, Any]:
        """The body as it was given; of one whose key is gone, a sentence that says so."""
        body: dict[str, Any] = json.loads(text)
        if _SEALED not in body:
            return body
        try:
            if self._sealer is None:
                raise KeyMissing("没有 CONTACT_KEY：消息打不开")
            return dict(json.loads(self._sealer.open(body[_SEALED], _bound(dedup))))
        except KeyMissing as error:
            log.error("message %s cannot be opened: %s", dedup, error)
            return {"text": _UNREADABLE}


def reseal(connection: Connection, sealer: Sealer, most: int) -> int:
    """Seal with the present key what older ones sealed; returns how many, at most ``most``.

    :raises KeyMissing: when an older key is not here
    """
    older = outbox.c.body.startswith(f'{{"{_SEALED}"'), ~outbox.c.body.contains(f'"{sealer.current}.')
    rows = connection.execute(select(outbox.c.id, outbox.c.dedup, outbox.c.body).where(*older).limit(most))
    found = rows.all()
    for row in found:
        text = sealer.open(json.loads(row.body)[_SEALED], _bound(row.dedup))
        body = json.dumps({_SEALED: sealer.seal(text, _bound(row.dedup))})
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(body=body))
    return len(found)


def _bound(dedup: str) -> str:
    return f"letter:{dedup}"
