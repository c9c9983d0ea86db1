"""The life of a ticket: the file makes sense as a whole."""

from __future__ import annotations

import pytest

from actions.tickets.errors import MoveRefused
from actions.tickets.states import BACK, load_states

LIFE = load_states()
ROLES = {"resident", "system", "operator", "supervisor", "department"}
PROMISED = (
    *("待受理", "已受理", "已派单", "办理中", "待补充", "延期申请"),
    *("已办结", "已回访", "重新办理", "不予受理", "已撤回"),
)


def next_states(state: str) -> set[str]:
    found = set()
    for move in LIFE.moves.values():
        if state in move.sources and move.to:
            before = set(LIFE.moves["ask_back"].sources)
            found |= before if move.to == BACK else {move.to}
    return found


def reach(start: str) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        fresh = next_states(todo.pop()) - seen
        seen |= fresh
        todo += fresh
    return seen


def test_all_states_are_there() -> None:
    assert tuple(sorted(LIFE.states)) == tuple(sorted(PROMISED))


def test_every_state_can_be_reached_from_the_first() -> None:
    assert reach(LIFE.moves["file"].to) == set(PROMISED)


@pytest.mark.parametrize("state", PROMISED)
def test_only_final_states_end(state: str) -> None:
    final = LIFE.states[state].final
    assert final or next_states(state)
    assert any(LIFE.states[end].final for end in reach(state))


@pytest.mark.parametrize("state", PROMISED)
def test_an_open_ticket_has_somebody_of_the_house_who_can_move_it(state: str) -> None:
    if LIFE.states[state].open:
        helpers = [m for m in LIFE.moves.values() if state in m.sources and m.to]
        assert any({"operator", "supervisor"} & m.roles for m in helpers)


@pytest.mark.parametrize("name", LIFE.moves)
def test_a_move_names_states_and_roles_that_exist(name: str) -> None:
    move = LIFE.moves[name]
    assert move.sources <= set(PROMISED)
    assert move.to in {*PROMISED, BACK, ""}
    assert move.roles
    assert move.roles <= ROLES


@pytest.mark.parametrize("state", PROMISED)
@pytest.mark.parametrize("name", LIFE.moves)
def test_moves_from_other_states_and_by_other_roles_are_refused(name: str, state: str) -> None:
    move = LIFE.moves[name]
    for role in ROLES:
        allowed = role in move.roles and state in move.sources
        if allowed:
            expected = {BACK: "办理中", "": state}.get(move.to, move.to)
            assert LIFE.after(name, state, "办理中", role) == expected
        else:
            with pytest.raises(MoveRefused, match=r"只能由|不能做"):
                LIFE.after(name, state, "办理中", role)


def test_closed_is_not_solved() -> None:
    assert not any("解决" in state for state in LIFE.states)
    assert {LIFE.score(word) for word in ("满意", "基本满意")} == {"settle"}
    assert LIFE.moves[LIFE.score("不满意")].to == "重新办理"
    with pytest.raises(MoveRefused, match="可选：满意"):
        LIFE.score("五星")


def test_the_clock_stands_still_only_while_the_reporter_is_asked() -> None:
    assert [name for name, state in LIFE.states.items() if state.clock == "paused"] == ["待补充"]
    assert all(state.open == (state.clock != "stopped") for state in LIFE.states.values())
