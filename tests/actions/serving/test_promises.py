"""The figures of what was promised, read as Prometheus reads them, beside the same counted on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from actions.serving.promises import Promises
from actions.tickets.records import Report
from actions.tickets.store import open_store
from actions.tickets.tables import outbox
from tests.actions.tickets.ledger_parts import LI, START, Hands, make_office


def figures(promises: Promises) -> dict[tuple[str, ...], float]:
    """(name, label values …) → value."""
    families = text_string_to_metric_families(promises.text().decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def office(tmp_path: Path, hands: Hands):
    desk = make_office(open_store(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", "OFF"), hands)
    yield desk
    desk.close()


def test_every_promise_is_counted(office, hands):
    lamps = [office.reception.file(Report(problem="路灯坏了", session="s"), f"k{n}").number for n in range(4)]
    puzzle = office.reception.file(Report(problem="说不清", session="s"), "p").number
    work = office.casework
    for number in lamps[:2]:
        work.start(number, office.register.get(number).version, LI)
    work.close(lamps[0], office.register.get(lamps[0]).version, LI, "灯已更换")
    hands.move(days=30)
    work.close(lamps[1], office.register.get(lamps[1]).version, LI, "灯已更换")
    work.merge(lamps[3], office.register.get(lamps[3]).version, LI, lamps[2])
    late = office.reception.file(Report(problem="路灯又坏了", session="s"), "late").number
    assert office.register.get(puzzle).department == ""
    assert late

    found = figures(Promises(office.store, hands))
    sla = {labels[0]: value for (name, *labels), value in found.items() if name == "haishu_sla_tickets"}
    # Closed: one in time, one a month on. Open: the lamp that leads and the puzzle are over, the new one is not.
    assert sla == {"on_time": 1, "late": 1, "overdue": 2, "open": 1}
    assert found[("haishu_triage_waiting",)] == 1
    assert found[("haishu_tickets", "已办结")] == 2
    assert found[("haishu_ledger_up",)] == 1
    assert found[("haishu_history_rows",)] == office.audit.verify().length


def test_what_is_due_and_not_delivered_is_counted_by_channel(office, hands):
    letter = {"kind": "x", "session": "s", "body": "{}", "attempts": 0, "created": START, "due_at": START}
    with office.store.writing() as connection:
        for n, channel in enumerate(("telegram", "telegram", "web")):
            connection.execute(insert(outbox), {**letter, "channel": channel, "dedup": f"d{n}"})
        arrived = {**letter, "channel": "web", "dedup": "d9", "delivered_at": START}
        connection.execute(insert(outbox), arrived)
    hands.move(minutes=90)
    found = figures(Promises(office.store, hands))
    assert found[("haishu_outbox_waiting", "telegram")] == 2
    assert found[("haishu_outbox_waiting", "web")] == 1
    assert found[("haishu_outbox_oldest_seconds", "telegram")] == 5400


def test_a_ledger_that_cannot_be_read_is_a_figure_not_a_failure(tmp_path, hands):
    path = tmp_path / "ledger.sqlite3"
    store = open_store(f"sqlite:///{path}")
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    found = figures(Promises(store, hands))
    store.close()
    assert found == {("haishu_ledger_up",): 0}
