"""Visits: once each, by who answers for a home, owed by the calendar, and counted without naming anybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings, units
from geodata.store.database import Store
from survey.actions import modules, visit_figures, visits
from survey.actions.officer_accounts import make
from survey.rules.roles import actor_of
from survey.store import accounts
from tests import people
from tests.issuing import chief, new_id
from tests.people import VILLAGE_PATHS
from tests.village import EARLY, cadre
from tests.visiting import NOW, end_unit, homes, lin_paths, log, move_home, retire, said

HOUR = dt.timedelta(hours=1)
JULY = dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC)


def refused(store: Store, actor: Actor, body: dict[str, Any], now: dt.datetime = NOW, visit_id: str = "") -> Problem:
    """Return the refusal that logging a visit meets."""
    with pytest.raises(Problem) as problem:
        log(store, actor, body, now, visit_id)
    return problem.value


def states(store: Store, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Return how many homes stand how, as the list of due homes counts them."""
    with store.read() as db:
        found: dict[str, int] = visits.due(db, actor, now, "", "", "", 50)["counts"]
        return found


def test_a_visit_is_written_once_however_often_it_is_sent(published: Store) -> None:
    """The same id with the same body is one row; another body names the field and keeps the first (F-01, F-02)."""
    home, actor, made = homes(published)[0], chief(VILLAGE_PATHS[0]), new_id()
    row, is_new = log(published, actor, said(home, note="很好"), visit_id=made)
    assert is_new and (row.unit_then, row.skewed) == (home.unit_id, False)
    assert "很好".encode() not in row.note_sealed
    assert log(published, actor, said(home, note="很好"), NOW + HOUR, made)[1] is False
    problem = refused(published, actor, said(home, note="不同"), visit_id=made)
    assert (problem.code, problem.values["field"]) == ("visit.other_body", "note")
    assert refused(published, chief(VILLAGE_PATHS[0], "other"), said(home), visit_id=made).values["field"] == "id"
    with published.read() as db:
        (kept,) = visits.history(db, actor, NOW, home.id)["items"]
    assert (kept["note"], kept["mine"]) == ("很好", True)


def test_a_withdrawn_visit_does_not_come_back(published: Store) -> None:
    """Taken back within a week by who made it, in the audit, owed again; sent again it is gone (F-04)."""
    home, actor, made = homes(published)[0], chief(VILLAGE_PATHS[0]), new_id()
    log(published, actor, said(home), visit_id=made)
    assert states(published, actor, NOW)["done"] == 1
    with published.write() as db, pytest.raises(Problem, match=r"visit\.not_found"):
        visits.withdraw(db, chief(VILLAGE_PATHS[0], "other"), NOW, made)
    with published.write() as db, pytest.raises(Problem, match=r"visit\.too_late"):
        visits.withdraw(db, actor, NOW + dt.timedelta(days=8), made)
    for _ in range(2):
        with published.write() as db:
            visits.withdraw(db, actor, NOW + HOUR, made)
    assert states(published, actor, NOW)["done"] == 0
    assert refused(published, actor, said(home), visit_id=made).code == "visit.gone"
    with published.read() as db:
        rows, _ = audit.page(db, EVERYWHERE, None, 10, made)
        assert [row.act for row in rows] == ["visit.withdrawn"]
        assert visits.history(db, chief(VILLAGE_PATHS[0], "other"), NOW, home.id)["items"] == []


def test_only_who_answers_for_a_home_visits_it(published: Store) -> None:
    """A chief of one 邻 logs nothing in the next, a leader nothing at all, neither learns that it is there."""
    first, second = lin_paths(published)[:2]
    mine, other = homes(published, first)[0], homes(published, second)[0]
    assert log(published, chief(first), said(mine))[1]
    assert refused(published, chief(first), said(other)).code == "household.not_found"
    assert refused(published, cadre("leader", ""), said(mine)).code == "household.not_found"
    assert refused(published, chief(first), said(mine, household=new_id())).code == "household.not_found"
    errand = {"kind": "errand", "outcome": "repair", "unit": mine.unit_id}
    assert log(published, chief(first), errand)[0].path_then == first
    assert refused(published, chief(second), errand).code == "unit.not_found"


def test_a_visit_made_before_a_border_moved_is_kept(published: Store) -> None:
    """The home is another's today; what was done while it was one's own is written where it was, later work is not."""
    first, second = lin_paths(published)[:2]
    home, moved_at = homes(published, first)[0], NOW - 2 * HOUR
    move_home(published, home.id, second, moved_at)
    row, _ = log(published, chief(first), said(home, device_at=(moved_at - HOUR).isoformat()))
    assert (row.path_then, row.at) == (first, moved_at - HOUR)
    assert refused(published, chief(first), said(home, device_at=(moved_at + HOUR).isoformat())).code == (
        "household.not_found"
    )
    assert log(published, chief(second), said(home))[0].path_then == second


def test_a_visit_of_a_chief_whose_unit_is_gone_is_kept(published: Store) -> None:
    """The post ended with its unit; what its holder did before is theirs to send, by who held it then."""
    people.settle(published)
    first, second = lin_paths(published)[:2]
    unit_id = homes(published, first)[0].unit_id
    holder = people.put(published, name="邻某", household=people.home_codes(published, unit_id)[0], phone="19900007777")
    people.name(published, unit_id, holder, EARLY + dt.timedelta(days=2), reason="试")
    with published.read() as db:
        account, _ = make(db, OPERATOR, NOW, holder, "lin1")
    home, moved_at = homes(published, first)[0], NOW - 2 * HOUR
    move_home(published, home.id, second, moved_at)
    end_unit(published, first, moved_at)
    with published.read() as db:
        actor = actor_of(accounts.get(db, account.id))
    assert actor.scope("handle").paths == ()
    row, _ = log(published, actor, said(home, device_at=(moved_at - HOUR).isoformat()))
    assert (row.path_then, row.officer_id) == (first, holder)
    assert refused(published, actor, said(home)).code == "household.not_found"


def test_a_home_taken_from_the_register_is_told_with_its_day(published: Store) -> None:
    """What was done before it went is kept; after that the answer is that it is gone, and since when (F-13)."""
    home, gone_at, actor = homes(published)[0], NOW - 2 * HOUR, chief(VILLAGE_PATHS[0])
    retire(published, home.id, gone_at)
    assert log(published, actor, said(home, device_at=(gone_at - HOUR).isoformat()))[1]
    problem = refused(published, cadre("county_cadre", ""), said(home))
    assert (problem.code, problem.values["day"]) == ("visit.home_gone", "2026-03-06")


@pytest.mark.parametrize(
    ("device_at", "skewed"),
    [("2023-03-06T06:20:00Z", True), ("2026-03-05T22:20:00Z", False), ("2036-03-06T06:20:00Z", True),
     ("2026-03-06T14:20:00", True), ("", False)],
    ids=["-3y", "-8h", "+10y", "no-zone", "none"],
)  # fmt: skip
def test_the_servers_clock_rules_and_the_phones_is_kept(published: Store, device_at: str, skewed: bool) -> None:
    """A phone's clock counts where it can be right; where it cannot, that is told (F-26)."""
    row, _ = log(published, chief(VILLAGE_PATHS[0]), said(homes(published)[0], device_at=device_at))
    assert (row.skewed, row.received_at) == (skewed, NOW)
    assert row.at == (NOW if skewed or not device_at else dt.datetime.fromisoformat(device_at))


def test_who_is_due_is_listed_page_by_page(published: Store) -> None:
    """Overdue, due and done add up to the homes; a page is by code, masked, each with the day by which it is owed."""
    actor = chief(VILLAGE_PATHS[0])
    all_homes = [home for home in homes(published) if not home.priority]
    log(published, actor, said(all_homes[0]))
    log(published, actor, said(all_homes[1], outcome="away"))
    assert states(published, actor, NOW) == {"overdue": 0, "due": 30, "done": 1}
    listed: list[dict[str, Any]] = []
    with published.read() as db:
        after: str | None = ""
        while after is not None:
            page = visits.due(db, actor, NOW, "", "", after, 7)
            listed, after = listed + page["items"], page["next"]
        (done,) = visits.due(db, actor, NOW, "", "done", "", 7)["items"]
        with pytest.raises(Problem, match=r"visit\.unknown_state"):
            visits.due(db, actor, NOW, "", "late", "", 7)
        with pytest.raises(Problem, match=r"unit\.not_found"):
            visits.due(db, actor, NOW, people.level_ids(published, "lin", 1)[0], "", "", 7)
    assert [one["code"] for one in listed] == sorted(one["code"] for one in listed) and len(listed) == page["total"]
    assert {(one["priority"], one["due"]) for one in listed} <= {(False, "2026-06-30"), (True, "2026-04-30")}
    assert (done["id"], done["last_visit"], done["state"]) == (all_homes[0].id, "2026-03-06", "done")
    assert "*" in done["address"] and done["lin"] == all_homes[0].unit_id
    assert states(published, actor, JULY) == {"overdue": 31, "due": 0, "done": 0}


def test_counts_agree_with_the_list_whenever_a_home_was_visited(published: Store) -> None:
    """Lately, long ago, before it came into the register, or never: each state has as many homes as its list."""
    found = [home for home in homes(published) if not home.priority]
    for n, days in enumerate((1, 40, 120, 300, 500)):
        log(published, OPERATOR, said(found[n]), NOW - dt.timedelta(days=days))
    with published.read() as db:
        for now in (NOW, JULY):
            counts = visits.due(db, OPERATOR, now, "", "", "", 5)["counts"]
            for state, homes_there in counts.items():
                assert len(visits.due(db, OPERATOR, now, "", state, "", 200)["items"]) == homes_there
    assert states(published, OPERATOR, NOW)["overdue"] == 2


def test_a_county_may_keep_no_visits(published: Store) -> None:
    """Switched off by who sets the county up, a visit is refused in words; unknown switches are refused."""
    with published.write() as db:
        modules.switch(db, OPERATOR, NOW, {"visits": False})
        with pytest.raises(Problem, match=r"module\.unknown"):
            modules.switch(db, OPERATOR, NOW, {"magic": True})
        with pytest.raises(Problem, match=r"right\.missing"):
            modules.switch(db, chief(VILLAGE_PATHS[0]), NOW, {"visits": True})
    assert refused(published, chief(VILLAGE_PATHS[0]), said(homes(published)[0])).code == "visit.off"


def test_figures_count_homes_and_never_people(published: Store) -> None:
    """Visits, errands, outcomes, coverage and states, of the ground and each unit below; parts sum up."""
    actor, found = chief(VILLAGE_PATHS[0]), homes(published)
    for home in (found[0], found[0], found[5]):
        log(published, actor, said(home))
    log(published, actor, said(found[6], outcome="away"))
    log(published, actor, {"kind": "errand", "outcome": "medicine", "household": found[0].id})
    with published.read() as db:
        county = visit_figures.figures(db, cadre("leader", ""), NOW, "", "2026-03-01", "")
        village_id = next(row.id for row in units.paths(db, "") if row.path == VILLAGE_PATHS[0])
        village = visit_figures.figures(db, cadre("leader", ""), NOW, village_id, "2026-03-01", "")
        before = visit_figures.figures(db, actor, NOW, "", "2026-03-01", "2026-03-02")
    assert (county["visits"], county["errands"], county["homes"], county["seen"]) == (4, 1, 62, 2)
    assert (county["outcomes"], county["errand_kinds"]) == ({"home": 3, "away": 1}, {"medicine": 1})
    assert (village["homes"], village["coverage_share"]) == (31, round(2 / 31, 4))
    assert sum(one["visits"] for one in village["items"]) == village["visits"] == 4
    assert village["states"] == {"overdue": 0, "due": 29, "done": 2}
    assert (before["visits"], before["seen"]) == (0, 0)
    assert "by" not in str(county.keys())


def test_a_round_walks_to_homes_of_ones_own_ground(published: Store) -> None:
    """All homes once, shorter or as long as listed, in metres; another's home is not there; too many are refused."""
    actor, found = chief(VILLAGE_PATHS[0]), homes(published)
    ids = [home.id for home in found]
    with published.read() as db:
        made = visits.plan_round(db, actor, NOW, ids, (111.60, 27.70))
        assert sorted(made["order"]) == sorted(ids)
        assert 1000 < made["walk_m"] < 2500
        with pytest.raises(Problem, match=r"household\.not_found"):
            visits.plan_round(db, actor, NOW, [homes(published, VILLAGE_PATHS[1])[0].id], None)
        for wrong in ([], [new_id() for _ in range(61)]):
            with pytest.raises(Problem, match=r"visit\.no_homes"):
                visits.plan_round(db, actor, NOW, wrong, None)


def test_homes_are_owed_by_the_countys_own_rule(published: Store) -> None:
    """A county that owes visits each year has nobody overdue in July."""
    with published.write() as db:
        settings.put(db, "profile", {"visit_every": "year", "visit_priority_every": ""})
    found = states(published, chief(VILLAGE_PATHS[0]), JULY)
    assert found == {"overdue": 0, "due": 27, "done": 4}
