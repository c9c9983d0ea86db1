"""A whole run: eight residents file through the public door while processes die, then everything is read and judged."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.faults.checker import RECEIPT, Finding, check, counted
from tests.faults.conditions import Weather
from tests.faults.history import History, Matter
from tests.faults.killer import Killer, moments
from tests.faults.ledger import Books
from tests.faults.resident import Resident
from tests.product import Product
from tests.stack import Stack
from tests.talking import Telegram, Web

CLIENTS = 8
TROUBLES = ("第{}盏路灯不亮", "第{}个垃圾桶满了没人收", "第{}块窨井盖坏了", "第{}根水管漏水")
PLACES = ("望春街道春城花园{}幢", "洞桥镇沙港村{}号", "白云街道安丰小区{}幢", "集士港镇丰成村{}号")


@dataclass(frozen=True)
class Size:
    """How much of it. ``kills`` is for each process; ``weather`` names conditions that come instead of kills."""

    tickets: int
    kills: int
    seed: int
    twice: bool = False
    weather: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of it."""

    size: Size
    findings: tuple[Finding, ...]
    kills: Counter[str]
    audit: tuple[str, ...]
    entries: int
    calls: Counter[str]
    anew: int  # dialogues that a resident had to begin again: tiresome, but nothing false
    seconds: float

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        calls = ", ".join(f"{name} {count}" for name, count in sorted(self.calls.items()))
        return (
            f"seed {self.size.seed}, {'every request twice' if self.size.twice else 'requests once'}: "
            f"{self.size.tickets} wanted, {self.entries} in the ledger; {counted(self.findings)}; "
            f"audit findings {len(self.audit)}; {'suffered' if self.size.weather else 'killed'}: {kills}; requests: {calls}; "
            f"dialogues begun anew {self.anew}; {self.seconds:.0f} s"
        )


def wanted(count: int, seed: int) -> list[Matter]:
    """Matters that differ in place, matter and phone."""
    chance = random.Random(seed)
    return [_matter(number, chance) for number in range(1, count + 1)]


def _matter(number: int, chance: random.Random) -> Matter:
    trouble = chance.choice(TROUBLES).format(number)
    place = chance.choice(PLACES).format(number)
    phone = f"138{chance.randrange(10**4):04d}{number:04d}" if chance.random() < 0.75 else ""
    place_first = chance.random() < 0.3
    return Matter(number, place + trouble if place_first else trouble, place, phone, place_first)


def run(product: Product, size: Size, headers: Mapping[str, str], record: Path) -> Result:
    """File, kill, read and judge; the history is left at ``record``."""
    stack = product.stack
    started, books, matters = time.monotonic(), Books(stack.var_dir), wanted(size.tickets, size.seed)
    before, history = books.numbers(), History(record)
    residents = [_resident(i, product, size, headers, history) for i in range(CLIENTS)]
    product.telegram.copies = 2 if size.twice else 1
    try:
        kills = _file(stack, size, residents, matters, history)
        wait_ready(stack.address)
        _each(residents, lambda resident, i: _read(resident, matters[i::CLIENTS], history))
    finally:
        product.telegram.copies = 1
        for resident in residents:
            resident.close()
        history.close()
    entries = books.entries(but=before)
    calls = Counter(call.outcome for call in history.calls)
    findings = tuple(check(matters, history.calls, entries))
    seconds = time.monotonic() - started
    return Result(size, findings, kills, books.audit(), len(entries), calls, _anew(history, matters), seconds)


def _resident(
    number: int, product: Product, size: Size, headers: Mapping[str, str], history: History
) -> Resident:
    """Every second one writes in Telegram."""
    addresses, name = product.stack.addresses, f"s{size.seed}c{number}"
    address = addresses[number % len(addresses)]
    chat = 10_000_000 * (number + 1) + size.seed
    talk = Telegram(product.telegram, chat) if number % 2 else Web(address, headers)
    return Resident(name, talk, Web(address, headers), history, f"{size.seed}/{number}", size.twice)


def _file(
    stack: Stack, size: Size, residents: Sequence[Resident], matters: Sequence[Matter], history: History
) -> Counter[str]:
    messages = sum(matter.turns for matter in matters)
    trouble: Killer | Weather = Killer(stack, moments(size.seed, size.kills, messages), history)
    if size.weather:
        trouble = Weather(stack, size.weather, messages // (len(size.weather) + 1), history)
    trouble.start()
    try:
        _each(residents, lambda resident, i: [resident.file(matter) for matter in matters[i::CLIENTS]])
    finally:
        trouble.finish(300)
    return Counter(kill.process for kill in history.kills)


def _anew(history: History, matters: Sequence[Matter]) -> int:
    openings = {matter.opening for matter in matters}
    return len({(call.client, call.id) for call in history.calls if call.message in openings}) - len(matters)


def _each(residents: Sequence[Resident], work: Callable[[Resident, int], object]) -> None:
    with ThreadPoolExecutor(len(residents)) as pool:
        for done in [pool.submit(work, resident, i) for i, resident in enumerate(residents)]:
            done.result()


def _read(resident: Resident, matters: Sequence[Matter], history: History) -> None:
    told = {c.matter: m.groups() for c in history.calls if (m := RECEIPT.search(c.text))}
    for matter in matters:
        resident.read(matter, *told[matter.number])


def wait_ready(address: str, seconds: float = 240) -> None:
    """Until every process answers again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if httpx2.get(f"{address}/readyz", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"{address}/readyz is not ready after {seconds:g} s")
