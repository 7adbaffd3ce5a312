"""The life of an issue as a fold of events: whole lives by example, and any events in any order by property."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from geodata.rules.problems import Problem
from survey.rules.deadlines import Calendar
from survey.rules.issue_fields import fields_of, read_detail
from survey.rules.issue_steps import CAPACITIES
from survey.rules.issues import OPEN, STATES, STEPS, Case, Event, Party, fold, in_order, on_time, opened, steps_for

START = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
LIN, ZU, OFFICE, OTHER = (str(uuid.UUID(int=n)) for n in range(1, 5))
REPORT = {"category_id": "lamp", "grade": "ordinary", "holder": {"kind": "unit", "id": LIN}, "level": "lin"}


class Life:
    """Events one after the other, an hour apart."""

    def __init__(self, **report: Any) -> None:
        self.events = [Event("r", "reported", START, "li", "raiser", "", {**REPORT, **report}, place=(111.6, 27.7))]

    def then(self, kind: str, *, hours: float = 1, capacity: str = "holder", **detail: Any) -> Life:
        """Add one event."""
        at = self.events[-1].at + dt.timedelta(hours=hours)
        place = detail.pop("place", None)
        self.events.append(Event(f"e{len(self.events)}", kind, at, "x", capacity, "lin", detail, place=place))
        return self

    @property
    def case(self) -> Case:
        found = fold(self.events)
        assert found is not None
        return found


def test_a_street_light_is_solved_answered_and_rated() -> None:
    """点单、接单、评单: reported, accepted, solved on the spot, answered, rated solved: closed, and on time."""
    life = (
        Life().then("accepted").then("solved", remedy=["on_spot"], text="换灯").then("answered", how="phone", text="好")
    )
    assert life.case.state == "answered"
    case = life.then("rated", capacity="raiser", score="solved").case
    assert (case.state, case.rating, case.outcome, case.level) == ("closed", "solved", "solved", "lin")
    assert case.skipped == () and case.counted == 5
    assert on_time(case, Calendar(), START + dt.timedelta(days=30)) is True


def test_it_cannot_close_without_an_answer() -> None:
    """Closing, and rating, before the one who raised it was answered does not count, and says why."""
    case = Life().then("accepted").then("closed").then("solved", remedy=["money"], text="x").then("closed").case
    assert case.state == "solved"
    assert [why for _, why in case.skipped] == ["state", "state"]
    assert "closed" not in steps_for(case, CAPACITIES)
    assert "answered" in steps_for(case, ["holder"])


def test_what_is_not_valid_is_answered_too() -> None:
    """A report that is not valid (D17) owes an answer before it is closed, and is no solved issue."""
    case = Life().then("not_valid", reason="重复").then("answered", how="app", text="x").then("closed").case
    assert (case.state, case.outcome, case.valid) == ("closed", "not_valid", False)


@pytest.mark.parametrize("score", ["half", "not"])
def test_a_bad_rating_reopens_by_one_tap(score: str) -> None:
    """Rated half or not, an issue is in hand again, with a clock of its own from then on."""
    life = Life().then("accepted").then("solved", remedy=["on_spot"], text="x").then("answered", how="app", text="x")
    case = life.then("rated", capacity="raiser", hours=100, score=score).case
    assert (case.state, case.reopened, case.rating, case.solved_at) == ("in_hand", 1, score, None)
    assert case.since == life.events[-1].at
    assert case.clock(Calendar()).result_due is not None


def test_a_refusal_names_the_right_office_and_the_clock_runs_on() -> None:
    """A refused issue waits for whom the refusal named, counts a bounce, and owes its result by the same day."""
    before = Life()
    office = {"kind": "office", "id": OFFICE}
    case = before.then("refused", reason="归交通局", to=office, to_level="county").case
    assert (case.state, case.holder, case.bounces) == ("waiting", Party("office", OFFICE), 1)
    assert Party("unit", LIN) in case.told
    assert case.clock(Calendar()) == opened(before.events[0]).clock(Calendar())
    bound = before.then("dispatched", capacity="desk", to={"kind": "unit", "id": ZU}, binding=True).case
    assert "refused" not in steps_for(bound, ["holder"])
    refused = before.then("refused", reason="x", to=office).case
    assert refused.holder == Party("unit", ZU) and refused.skipped[-1][1] == "binding"


def test_a_whistle_calls_offices_and_knows_who_did_not_come() -> None:
    """吹哨: each office signs in by itself, once; the caller rates those that came; who is missing stays known."""
    life = (
        Life()
        .then("accepted")
        .then("whistled", capacity="desk", offices=[OFFICE, OTHER], sign_by="2026-03-07T00:00:00+00:00", topic="会商")
    )
    assert life.case.called() == {OFFICE, OTHER}
    case = (
        life.then("signed_in", capacity="called", office=OFFICE)
        .then("signed_in", capacity="called", office=OFFICE)
        .case
    )
    assert case.called() == {OTHER} and case.helpers == (OFFICE,)
    assert case.skipped[-1][1] == "signed"
    late = life.then("whistle_rated", capacity="desk", office=OTHER, stars=1)
    assert late.case.skipped[-1][1] == "not_signed"
    rated = late.then("whistle_rated", capacity="desk", office=OFFICE, stars=4).case
    assert rated.whistles[0].stars == {OFFICE: 4} and rated.whistles[0].missing() == (OTHER,)


def test_a_failed_check_brings_a_solved_issue_back() -> None:
    """On-site checks at three levels; one that fails after the solution puts the issue in hand again (E11)."""
    life = Life().then("accepted").then("solved", remedy=["project"], text="x")
    life.then("checked", capacity="desk", level="village", passed=True, place=(111.6, 27.7))
    assert life.case.state == "solved"
    case = life.then("checked", capacity="desk", level="county", passed=False).case
    assert (case.state, case.reopened, len(case.checks)) == ("in_hand", 1, 2)


def test_four_sessions_of_mediation_are_one_issue() -> None:
    """一周内连续上门调解4次 (E12): sessions are counted, and each tells progress."""
    life = Life(grade="complex").then("accepted")
    for result in ("not_yet", "not_yet", "not_yet", "agreed"):
        life.then("mediated", hours=40, parties="甲、乙", result=result)
    assert life.case.sessions == 4
    assert life.case.told_at == life.events[-1].at


def test_a_pause_needs_no_second_one_and_ends_with_the_solution() -> None:
    """The clock stands still once; solving ends the pause."""
    life = Life().then("accepted").then("paused", capacity="desk", reason="等件")
    assert life.case.is_paused and life.case.clock(Calendar()).result_due is None
    assert "paused" not in steps_for(life.case, ["desk"]) and "resumed" in steps_for(life.case, ["desk"])
    case = life.then("paused", capacity="desk", reason="x").then("solved", hours=5, remedy=["money"], text="x").case
    assert case.skipped[-1][1] == "paused"
    assert not case.is_paused and case.rests[0].to_at == life.events[-1].at


def test_beyond_a_near_border_either_chief_may_accept() -> None:
    """Both chiefs are told; the one who accepts holds it, the other keeps sight of it."""
    case = Life(told=[ZU]).then("accepted", capacity="told", unit=ZU).case
    assert (case.holder, case.told) == (Party("unit", ZU), (Party("unit", LIN),))


def test_a_redraw_hands_an_open_issue_over_and_nothing_else_changes() -> None:
    """In hand stays in hand; a closed issue stays with whom it was closed (B11)."""
    life = Life().then("accepted").then("handed_over", capacity="net", to={"kind": "unit", "id": ZU}, to_level="lin")
    assert (life.case.state, life.case.holder) == ("in_hand", Party("unit", ZU))
    life.then("solved", remedy=["on_spot"], text="x").then("answered", how="app", text="x").then("closed")
    case = life.then("handed_over", capacity="net", to={"kind": "unit", "id": LIN}).case
    assert case.holder == Party("unit", ZU) and case.skipped[-1][1] == "state"


def test_on_time_counts_what_is_open_and_overdue() -> None:
    """An open issue past its day was not on time; one still early is not counted; a complex one owes no result."""
    case = Life().case
    assert on_time(case, Calendar(), START + dt.timedelta(days=1)) is None
    assert on_time(case, Calendar(), START + dt.timedelta(days=9)) is False
    assert on_time(Life(grade="complex").case, Calendar(), START + dt.timedelta(days=99)) is None


def test_every_step_asks_for_known_fields_and_is_somebodys() -> None:
    """The table is whole: known capacities and states, fields that a page can ask for."""
    for kind, step in STEPS.items():
        assert step.by <= frozenset(CAPACITIES) and step.states <= frozenset(STATES), kind
        assert all(field.kind for field in fields_of(step.fields))


@pytest.mark.parametrize(
    ("name", "bad"),
    [("text", "  "), ("to", {"kind": "house", "id": OFFICE}), ("to", {"kind": "office", "id": "1"}), ("stars", 6),
     ("stars", True), ("passed", "yes"), ("offices", []), ("offices", ["x"]), ("sign_by", "tomorrow"),
     ("sign_by", "2026-03-06T10:00:00"), ("remedy", ["prayer"]), ("score", "good"), ("score", []),
     ("line", {"type": "LineString", "coordinates": [[1, 2]]}),
     ("line", {"type": "LineString", "coordinates": [[1, 2], [float("nan"), 2]]})],
)  # fmt: skip
def test_a_field_that_is_not_of_its_kind_is_named(name: str, bad: Any) -> None:
    """A step with a field at fault is refused with that field's name, and nothing else is looked at."""
    with pytest.raises(Problem) as refused:
        read_detail([name], {name: bad, "more": 1})
    assert (refused.value.code, refused.value.values["field"]) == ("issue.field", name)


def test_fields_are_read_and_what_nobody_asked_for_is_left_out() -> None:
    """Texts are trimmed, lists lose their doubles, moments become UTC, optional fields may be missing."""
    given_ = {"reason": " 归交通局 ", "to": {"kind": "office", "id": OFFICE, "name": "x"}, "more": 1}
    assert read_detail(["reason", "to", "note?"], given_) == {
        "reason": "归交通局",
        "to": {"kind": "office", "id": OFFICE},
    }
    assert read_detail(["offices"], {"offices": [OFFICE, OFFICE]}) == {"offices": [OFFICE]}
    assert read_detail(["sign_by"], {"sign_by": "2026-03-07T08:00:00+08:00"})["sign_by"] == "2026-03-07T00:00:00+00:00"


def test_a_chain_made_offline_comes_to_the_same_in_all_orders_of_arrival() -> None:
    """Report, then two steps that name what their author had seen: six orders of arrival, one outcome (F-15)."""
    for order in itertools.permutations(range(3)):
        at = {n: START + dt.timedelta(minutes=rank) for rank, n in enumerate(order)}
        events = [
            Event("a", "reported", at[0], detail=REPORT),
            Event("b", "accepted", at[1], capacity="holder", after="a"),
            Event("c", "progress", at[2], capacity="holder", detail={"text": "x"}, after="b"),
        ]
        case = fold(events)
        assert case is not None and case.state == "in_hand" and case.counted == 3, order


def test_what_waits_for_an_event_that_is_missing_is_known() -> None:
    """A step whose author had seen something that is not here yet waits for it, and counts when it comes."""
    report = Event("a", "reported", START, detail=REPORT)
    step = Event("c", "accepted", START, capacity="holder", after="b")
    case = fold([report, step])
    assert case is not None and (case.state, case.skipped) == ("waiting", (("c", "waits"),))
    assert fold([step]) is None
    note = Event("b", "noted", START, detail={"text": "x"}, after="a")
    whole = fold([step, note, report])
    assert whole is not None and whole.state == "in_hand" and whole.skipped == ()


_DETAIL = {
    "to": {"kind": "office", "id": OFFICE}, "offices": [OFFICE, OTHER], "office": OFFICE, "stars": 3, "passed": False,
    "level": "town", "score": "half", "remedy": ["money"], "grade": "harder", "category_id": "x", "into": OTHER,
}  # fmt: skip
EVENTS = st.builds(
    lambda n, kind, minute, after, capacity: Event(
        f"e{n}", kind, START + dt.timedelta(minutes=minute), "x", capacity, "lin", _DETAIL, f"e{after}" if after else ""
    ),
    st.integers(1, 40), st.sampled_from([*STEPS, "nonsense"]), st.integers(0, 30), st.integers(0, 12),
    st.sampled_from(CAPACITIES),
)  # fmt: skip
LIVES = st.lists(EVENTS, max_size=25, unique_by=lambda event: event.id)


@settings(max_examples=200)
@given(LIVES, st.randoms(use_true_random=False))
def test_any_events_in_any_order_come_to_the_same(events: list[Event], chance: random.Random) -> None:
    """Merging is a union: the outcome depends on the set of events alone, and a second copy of one changes nothing."""
    whole = [Event("r", "reported", START, detail=REPORT), *events]
    shuffled = [*whole, *chance.sample(whole, len(whole) // 2)]
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(whole)


@settings(max_examples=200)
@given(LIVES)
def test_whatever_happens_the_loop_holds(events: list[Event]) -> None:
    """Every event counts or has a reason; nothing closes without an answer; open issues owe what their state says."""
    case = fold([Event("r", "reported", START, detail=REPORT), *events])
    assert case is not None and case.state in STATES
    assert case.counted + len(case.skipped) == 1 + len(events)
    if case.state == "closed":
        assert case.answered_at is not None and case.outcome in ("solved", "not_valid")
    assert (case.closed_at is not None) == (case.state not in OPEN)
    assert not case.is_paused or case.state in ("waiting", "in_hand")
    ordered, left = in_order(events)
    place = {event.id: n for n, event in enumerate(ordered)}
    assert len(ordered) + len(left) == len(events)
    assert all(place[event.after] < place[event.id] for event in ordered if event.after and event.after != event.id)
