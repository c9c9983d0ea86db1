"""Many at once: two operators on one ticket, clients that send everything several times, guessers."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from actions.tickets.access import limits
from actions.tickets.errors import Conflict, NotFound, TooManyGuesses
from actions.tickets.office import Office
from actions.tickets.records import Actor, Report
from actions.tickets.tables import history, idempotency, tickets
from tests.actions.tickets.ledger_parts import LI, WANG, make_office

CLIENTS = 8
MAX_WRONG = limits()[0].wrong
LAMP = Report(problem="路灯坏了", session="web-1")


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Call ``work(0)`` … at the same moment, each in a thread; results or exceptions."""
    barrier = Barrier(count)

    def one(i: int) -> Any:
        barrier.wait()
        try:
            return work(i)
        except Exception as error:  # noqa: BLE001 - the tests look at what it was
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_two_operators_exactly_one_wins(open_desk: Callable[..., Office]) -> None:
    desks = [open_desk(), open_desk()]
    people = [LI, WANG]
    for i in range(15):
        number = desks[0].reception.file(LAMP, f"k{i}").number
        results = together(
            2, lambda n, number=number: desks[n].casework.close(number, 2, people[n], f"答复{n}")
        )
        (winner,) = [n for n in range(2) if not isinstance(results[n], Exception)]
        loser = results[1 - winner]
        assert isinstance(loser, Conflict), loser
        assert people[winner].name in str(loser)
        ticket = desks[0].register.get(number)
        assert (ticket.version, ticket.reply) == (3, f"答复{winner}")
    assert desks[0].audit.verify().findings == ()


def _close(url: str, number: str, name: str, start, results) -> None:
    office = make_office(url)
    start.wait()
    try:
        office.casework.close(number, 2, Actor(name, "operator"), f"{name}的答复")
        results.put((name, "won"))
    except Conflict as error:
        results.put((name, str(error)))
    office.close()


def test_the_same_with_two_processes(open_desk: Callable[..., Office], ledger_url: str) -> None:
    office = open_desk()
    number = office.reception.file(LAMP, "k").number
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(2), context.Queue()
    people = [
        context.Process(target=_close, args=(ledger_url, number, name, start, results))
        for name in ("李岚", "王桥")
    ]
    for person in people:
        person.start()
    told = dict(results.get(timeout=60) for _ in people)
    for person in people:
        person.join()
    (winner,) = [name for name, what in told.items() if what == "won"]
    (loser,) = [what for what in told.values() if what != "won"]
    assert f"已由 {winner} 在" in loser
    assert office.register.get(number).reply == f"{winner}的答复"


def test_eight_clients_that_repeat_themselves_make_one_ticket_a_report(
    open_desk: Callable[..., Office],
) -> None:
    desks = [open_desk(), open_desk()]
    keys = [f"key-{i}" for i in range(12)]

    def client(n: int) -> list[tuple[str, str, bool]]:
        sent = []
        for key in (*keys, *keys):
            receipt = desks[n % 2].reception.file(LAMP, key)
            sent.append((key, f"{receipt.number} {receipt.code}", receipt.again))
        return sent

    results = together(CLIENTS, client)
    assert not [r for r in results if isinstance(r, Exception)], results
    answers = [answer for result in results for answer in result]
    assert len(answers) == CLIENTS * 24
    for key in keys:
        assert len({receipt for k, receipt, _ in answers if k == key}) == 1
        assert Counter(again for k, _, again in answers if k == key)[False] == 1
    with desks[0].store.reading() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(t)) for t in (tickets, idempotency, history)
        ]
    assert counts == [12, 12, 24]
    assert desks[0].audit.verify().findings == ()


def test_a_press_that_is_sent_eight_times_counts_once(office: Office) -> None:
    number = office.reception.file(LAMP, "k").number
    results = together(CLIENTS, lambda _: office.reception.urge(number, "u", session="web-1").urged)
    assert results == [1] * CLIENTS


def test_guessing_in_parallel_gives_no_more_tries(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k")
    codes = [f"{(int(receipt.code) + 1 + i) % 1_000_000:06d}" for i in range(16)]
    results = together(16, lambda i: office.reception.look_up(receipt.number, code=codes[i]))
    assert Counter(type(r) for r in results) == {NotFound: MAX_WRONG, TooManyGuesses: 16 - MAX_WRONG}


@pytest.mark.parametrize("workers", [4])
def test_readers_do_not_wait_for_a_writer(office: Office, workers: int) -> None:
    number = office.reception.file(LAMP, "k").number
    with office.store.writing():
        seen = together(workers, lambda _: office.reception.look_up(number, session="web-1").number)
    assert seen == [number] * workers
