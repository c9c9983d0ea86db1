"""Installations for these tests: a ledger with keys, documents and an index pointer, each in a folder of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, MetaData, insert, select, update

from actions.backup.manifest import Keys
from actions.backup.office import Place
from actions.tickets.chain import LATEST, Chain, Entry
from actions.tickets.moment import LOCAL
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store, connect, open_store
from actions.tickets.tables import anchors, contacts, history, tickets
from actions.tickets.ticket import Ticket
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, LI, WANG, Hands, make_office

KEYS = Keys(LEDGER_KEY, CONTACT_KEY)
GENERATION = "20261122T060000.000000Z-1f0c2a9b"
CANARY = "13819574268"  # a contact that must be in no archive in clear


def make_place(folder: Path, url: str = "", keys: Keys = KEYS) -> Place:
    """An installation; its ledger is made by whoever opens it."""
    sources = folder / "knowledge" / "sources"
    sources.mkdir(parents=True)
    (sources / "000.txt").write_text("累计建成居家养老服务机构273个。", "utf-8")
    (sources.parent / "sources.yml").write_text("- id: press-1\n", "utf-8")
    generation = folder / "index" / "generations" / GENERATION
    generation.mkdir(parents=True)
    (generation / "manifest.json").write_text("{}", "utf-8")
    (folder / "index" / "CURRENT").write_text(f"{GENERATION}\n", "utf-8")
    url = url or f"sqlite:///{folder / 'ledger.sqlite3'}"
    return Place(url, keys, sources, folder / "index", folder / "scratch")


def beside(place: Place, folder: Path, url: str = "") -> Place:
    """Another machine with the same keys and nothing else."""
    target = url or f"sqlite:///{folder / 'ledger.sqlite3'}"
    return replace(
        place,
        ledger_url=target,
        sources_dir=folder / "knowledge" / "sources",
        index_dir=folder / "index",
        scratch_dir=folder / "scratch",
    )


def live(url: str, tickets: int = 6) -> None:
    """Some tickets with what can happen to them: contacts, a merge into a later one, news, a rating."""
    hands = Hands()
    office = make_office(url, hands)
    numbers = [file(office, n) for n in range(tickets)]
    work = office.casework
    if tickets > 2:
        work.merge(numbers[0], office.register.get(numbers[0]).version, LI, numbers[2])
        hands.move(hours=2)
        work.start(numbers[1], office.register.get(numbers[1]).version, WANG)
        work.close(numbers[1], office.register.get(numbers[1]).version, WANG, "灯已更换")
        office.reception.rate(numbers[1], "不满意", "还是不亮", "rate-1", session="s1")
    office.close()


def file(office: Office, n: int) -> str:
    """One report."""
    report = Report(
        problem=f"路灯坏了第{n}盏",
        place="甲路",
        contact=CANARY,
        consent=True,
        session=f"s{n}",
        lat=29.8,
        long=121.5,
    )
    return office.reception.file(report, f"key-{n}").number


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, comparable between databases."""
    engine = connect(url)
    try:
        with Store(engine).reading() as connection:
            return {table: rows for table, rows in _rows(connection).items() if table != "alembic_version"}
    finally:
        engine.dispose()


def _rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    found = MetaData()
    found.reflect(connection)
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in found.tables.values()
    }


def many(url: str, count: int) -> None:
    """Copies of one filed ticket with its contact, each with a signed line of history: quick to make by the thousand."""
    store = open_store(url, "OFF")
    office = make_office(store)
    number = file(office, 0)
    chain, sealer = Chain(LEDGER_KEY), Sealer([CONTACT_KEY])
    with store.writing() as connection:
        first = Ticket.from_row(connection.execute(select(tickets).where(tickets.c.number == number)).one())
        last = connection.execute(select(history).order_by(history.c.position.desc())).first()
        position, previous = last.position, last.hash
        rows: dict[str, list[dict[str, object]]] = {"tickets": [], "contacts": [], "history": []}
        for n in range(1, count):
            # Of a day long past: the first ticket's number is drawn, and must never be one of these.
            own = replace(first, id=first.id + n, number=f"HS-200101-{n:05d}", version=1)
            entry = Entry(
                own.id, 1, own.created, "居民", "resident", "file", "", own.state, True, "{}", own.digest()
            )
            position, signed = position + 1, chain.sign(position + 1, entry, previous)
            rows["tickets"].append({"id": own.id, **own.values()})
            rows["history"].append(
                {**entry.__dict__, "position": position, "previous": previous, "hash": signed}
            )
            sealed = sealer.seal(CANARY, own.number)
            rows["contacts"].append(
                {"ticket_id": own.id, "key_id": sealer.current, "sealed": sealed, "consent_at": own.created}
            )
            previous = signed
        for table in (tickets, contacts, history):
            connection.execute(insert(table), rows[table.name])
        day = first.created.astimezone(LOCAL).date().isoformat()
        for name in (LATEST, day):
            values = {
                "length": position,
                "head": previous,
                "signature": chain.sign_anchor(name, position, previous),
            }
            connection.execute(update(anchors).where(anchors.c.day == name).values(values))
    office.close()
