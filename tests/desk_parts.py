"""The desk to try things on: service and gateway as real HTTP servers over one real ledger, without Rasa or an encoder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from actions.accounts.acts import SYSTEM
from actions.accounts.office import AccountOffice, open_accounts
from actions.accounts.records import ROLES
from actions.accounts.rules import Rules
from actions.answering.answer import Answer, Citation, Question
from actions.answering.lookup import Lookup
from actions.app import create_app as create_service
from actions.serving.parts import Parts, Published, published
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.chain import Chain
from actions.tickets.moment import now
from actions.tickets.sealing import Sealer
from bot.gateway.app import create_app as create_gateway
from knowledge.records import Source
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY
from tests.serving import serving

if TYPE_CHECKING:
    from tests.real import Real

TOKEN = "token-for-tests-0123456789-abcdefgh"
SECRET = "secret-for-tests-0123456789-abcdefg"
REDIS_PASSWORD = "redis-for-tests-0123456789-abcdefgh"
PASSWORD = "korrekt-Pferd-9-Batterie"
# argon2 as cheap as it can be: what is tested here is who gets in, not how long a guess takes.
RULES = replace(Rules.load(), argon2_passes=1, argon2_kib=8, argon2_lanes=1)
NAMES = {"operator": "王桥", "supervisor": "周江", "editor": "林书", "admin": "何管", "department": "陈民"}
DEPARTMENT = "区民政局"  # of the account "department"
TEXT = "累计建成居家养老服务机构273个。"


class OneSentence:
    """Answers from one sentence when it is asked about it, and refuses otherwise."""

    def answer(self, question: Question) -> Answer:
        if "机构" not in question.text:
            return Answer("资料里没有。", "refused_not_in_sources", refused=True)
        place = Citation(
            "press-1",
            "000.txt",
            "海曙养老",
            "海曙",
            "2021-03-01",
            ("养老",),
            TEXT,
            0,
            len(TEXT),
            "0" * 16,
            TEXT,
        )
        return Answer("273个。", "answered", (place,))


def documents() -> dict[str, Published]:
    """The one document the sentence stands in."""
    import datetime as dt

    digest = sha256(TEXT.encode()).hexdigest()
    source = Source(
        "press-1", "000.txt", "海曙养老", "报纸", "海曙", dt.date(2021, 3, 1), (2020, 2021), "press", digest
    )
    return {"press-1": Published(source, TEXT)}


@dataclass
class Desk:
    """A running desk with one account a role: login = role, all with ``PASSWORD``."""

    url: str  # of the gateway
    service: str
    care: Aftercare
    accounts: AccountOffice
    settings: Settings
    clients: list[httpx2.Client] = field(default_factory=list)  # closed with the desk

    def browser(self, **options: Any) -> httpx2.Client:
        """A client with its own cookies that behaves as a browser does: it says where its POSTs come from."""
        headers = {"Origin": self.url, **options.pop("headers", {})}
        client = httpx2.Client(base_url=self.url, headers=headers, timeout=20, **options)
        self.clients.append(client)
        return client

    def signed_in(self, role: str) -> httpx2.Client:
        """The same, signed in as the account of ``role``, with its CSRF token as a header."""
        client = self.browser()
        came = client.post("/desk/sign-in", data={"login": role, "password": PASSWORD})
        assert came.status_code == 303, came.text
        client.headers["X-CSRF-Token"] = csrf(client)
        return client

    def of_service(self, role: str = "") -> httpx2.Client:
        """A client that talks to the service as the gateway does, in the name of the account of ``role``."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        found = self.accounts.accounts.find(role) if role else None
        if found:
            headers["X-Operator"] = str(found.operator.id)
        client = httpx2.Client(base_url=self.service, headers=headers, timeout=20)
        self.clients.append(client)
        return client


def csrf(client: httpx2.Client) -> str:
    """The token that the pages of this client's session carry."""
    found = re.search(r'<meta name="csrf" content="([0-9a-f]{64})">', client.get("/desk/me").text)
    assert found
    return found[1]


@contextmanager
def desk(
    folder: Path,
    clock: Callable[[], datetime] = now,
    answerer: Any = None,
    change: Callable[[Parts], Parts] = lambda parts: parts,
    **settings: Any,
) -> Iterator[Desk]:
    """Start both servers.

    :param clock: of the ledger, the accounts and the sessions; the present by default
    :param change: adds what a test needs to the service's parts
    """
    url = f"sqlite:///{folder / 'ledger.sqlite3'}"
    care = make_care(url, clock)  # type: ignore[arg-type]
    accounts = open_accounts(care.office.store, Chain(LEDGER_KEY), Sealer([CONTACT_KEY]), clock, RULES)
    for role in ROLES:
        accounts.accounts.add(SYSTEM, role, NAMES[role], [role], PASSWORD, own=True, department=DEPARTMENT)
    parts = Parts(
        answerer or OneSentence(), (), documents(), office=care.office, care=care, accounts=accounts
    )
    values = Settings(
        _env_file=None,
        service_token=TOKEN,
        session_secret=SECRET,
        redis_password=REDIS_PASSWORD,
        contact_key=CONTACT_KEY,
        ledger_key=LEDGER_KEY,
        redis_url="redis://127.0.0.1:9/0",
        rasa_url="http://127.0.0.1:9",
        **settings,
    )
    with serving(create_service(values, lambda _: change(parts))) as service:
        own = values.model_copy(update={"service_url": service})
        with serving(create_gateway(own)) as gateway:
            started = Desk(gateway, service, care, accounts, own)
            yield started
            for client in started.clients:
                client.close()


def looking_up(real: Real) -> Callable[[Parts], Parts]:
    """For ``desk(change=…)``: the published documents, the real pipeline and its look-up."""
    lookup = Lookup(real.answerer.look, real.corpus.library.rows)
    files = published((doc.source, doc.text) for doc in real.corpus.library.documents.values())

    def change(parts: Parts) -> Parts:
        return replace(parts, answerer=real.answerer, documents=files, lookups=lambda: ("test", lookup))

    return change
