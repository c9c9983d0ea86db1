"""Random lives of tickets: whatever anybody tries, in any order, the ledger stays in order."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from actions.tickets.errors import Conflict, MoveRefused
from actions.tickets.records import Actor, Report
from actions.tickets.register import Wanted
from actions.tickets.states import load_states
from actions.tickets.store import open_store
from tests.actions.tickets.ledger_parts import CHIEF, LI, WANG, Hands, make_office

LIFE = load_states()
EMPTY: dict[str, Path] = {}
WHICH = st.integers(0, 2)
HOUSE = (
    *("accept", "assign", "sort", "hand_back", "start", "ask_back", "supply", "request_extension"),
    *("grant", "deny", "close", "refuse", "reopen", "note", "merge", "prioritise"),
)


@pytest.fixture(autouse=True, scope="module")
def _empty_ledger(migrated: Path) -> None:
    EMPTY["path"] = migrated


class Lives(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="haishu-lives-"))
        shutil.copy(EMPTY["path"], self.folder / "ledger.sqlite3")
        self.hands = Hands()
        # Nothing is looked at after a power cut here, so the disk need not be waited for.
        store = open_store(f"sqlite:///{self.folder / 'ledger.sqlite3'}", "OFF")
        self.office = make_office(store, self.hands)
        self.keys = 0
        reports = [
            Report(problem=p, session=s)
            for p, s in (("路灯坏了", "a"), ("路灯坏了", "b"), ("说不清的事", "c"))
        ]
        self.numbers = [self.office.reception.file(r, f"k{i}").number for i, r in enumerate(reports)]

    def teardown(self) -> None:
        self.office.close()
        shutil.rmtree(self.folder)

    @rule(hours=st.integers(1, 80))
    def wait(self, hours: int) -> None:
        self.hands.move(hours=hours)

    @rule(which=WHICH, other=WHICH, pick=st.integers(0, 999), actor=st.sampled_from([LI, WANG, CHIEF]))
    def work(self, which: int, other: int, pick: int, actor: Actor) -> None:
        """Mostly something that the state allows: else lives would end before they get anywhere."""
        number = self.numbers[which]
        state = self.office.register.get(number).state
        legal = sorted(name for name in HOUSE if state in LIFE.moves[name].sources)
        names = HOUSE if pick % 4 == 0 or not legal else legal
        self.attempt(
            number,
            lambda version: self.make(
                names[pick // 4 % len(names)], number, version, actor, self.numbers[other]
            ),
        )

    def make(self, name: str, number: str, version: int, actor: Actor, other: str) -> None:
        desk = self.office.casework
        own: dict[str, tuple[Any, ...]] = {
            "assign": ("区民政局", "教育"),
            "sort": ("教育",),
            "request_extension": (2, "因为"),
            "merge": (other,),
            "prioritise": ("加急",),
            **dict.fromkeys(("accept", "start", "grant"), ()),
        }
        getattr(desk, name)(number, version, actor, *own.get(name, ("因为",)))

    @rule(which=WHICH, act=st.sampled_from(["urge", "withdraw", "满意", "不满意"]))
    def resident(self, which: int, act: str) -> None:
        number = self.numbers[which]
        self.keys += 1
        session = self.office.register.get(number).session
        desk, key = self.office.reception, f"r{self.keys}"
        if act in ("urge", "withdraw"):
            self.attempt(number, lambda _: getattr(desk, act)(number, key, session=session))
        else:
            self.attempt(number, lambda _: desk.rate(number, act, "", key, session=session))

    @rule(which=WHICH)
    def stale(self, which: int) -> None:
        number = self.numbers[which]
        before = self.office.register.get(number)
        with pytest.raises(Conflict):
            self.office.casework.note(number, before.version - 1, LI, "过时")
        assert self.office.register.get(number) == before

    def attempt(self, number: str, act: Any) -> None:
        before = self.office.register.get(number)
        try:
            act(before.version)
        except MoveRefused:
            assert self.office.register.get(number) == before
        else:
            assert self.office.register.get(number).version > before.version

    @invariant()
    def in_order(self) -> None:
        if not hasattr(self, "office"):
            return
        assert self.office.audit.verify().findings == ()
        for ticket in self.office.register.list(Wanted()):
            state = LIFE.states[ticket.state]
            assert bool(ticket.state_before) == (ticket.state == "待补充")
            assert ticket.due.tzinfo is not None
            assert not (state.open and ticket.closed)
            leader = ticket.merged_into and next(
                t for t in self.office.register.list(Wanted()) if t.id == ticket.merged_into
            )
            assert not leader or leader.merged_into is None


TestLives = pytest.mark.slow(Lives.TestCase)
TestLives.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a failing life can be read as it is; shortening one takes minutes
)
