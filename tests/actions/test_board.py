"""The board over the tiny county, on both databases: whose ground, as of when, what is hot."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import households, units
from geodata.store.database import Store
from survey.actions import board, board_layers, board_read, board_unit, issue_lists
from survey.actions.board_ground import look, places
from survey.rules.board_query import BoardQuery, board_query
from survey.store.visit_tables import visit
from tests.issuing import EAST_TOWN, furnish, place, raise_one, take
from tests.village import cadre

NOW = dt.datetime(2026, 3, 20, 4, tzinfo=dt.UTC)
COUNTY = "439901000000/"
DAY = dt.timedelta(days=1)


def solve(store: Store, issue_id: str, at: dt.datetime) -> None:
    """Accept and solve an issue an hour later."""
    take(store, OPERATOR, issue_id, "accepted", at)
    take(store, OPERATOR, issue_id, "solved", at + dt.timedelta(hours=1), remedy=["on_spot"], text="修好了")


@pytest.fixture
def told(published: Store) -> tuple[Store, list[Any]]:
    """The county with eight issues in one 邻 of the first village, two elsewhere; three of them solved."""
    furnish(published)
    spots = [place(0.5 + (n % 3), 0.5 + n // 3) for n in range(8)] + [place(6.5, 1.5), place(1.5, 1.5, which=1)]
    rows = [raise_one(published, OPERATOR, NOW - (12 - n) * DAY, at=spot) for n, spot in enumerate(spots)]
    for row, days in ((rows[0], 11.0), (rows[1], 4.0), (rows[9], 2.5)):
        solve(published, row.id, NOW - dt.timedelta(days=days))
    return published, rows


def asked(**values: str) -> BoardQuery:
    return board_query(values)


def test_the_board_counts_what_the_list_counts(told: tuple[Store, list[Any]]) -> None:
    """Open issues and the on-time rate are those of the list and of the console, to the one (D-09)."""
    store, _ = told
    with store.read() as db:
        figures = board.figures(db, OPERATOR, NOW, asked(period="365d"))
        listed = issue_lists.page(db, OPERATOR, NOW, issue_lists.IssueQuery(states=("waiting", "in_hand")), "", 50)
        console = issue_lists.console(db, OPERATOR, NOW, "")
    assert figures["open"] == listed["total"] == 7
    assert figures["late"] == listed["late"]
    on_time = figures["figures"]["on_time_share"]
    assert {"met": on_time["top"], "of": on_time["bottom"]} == console["on_time"]
    assert figures["figures"]["solved_share"]["value"] == pytest.approx(0.3)
    assert (figures["figures"]["coverage"]["top"], figures["figures"]["coverage"]["bottom"]) == (62, 62)


def test_as_of_a_day_is_the_same_whenever_it_is_asked(told: tuple[Store, list[Any]]) -> None:
    """A map of last week is the same after today's events, and knows nothing of them."""
    store, rows = told
    week = asked(at="2026-03-15", level="lin", period="30d")
    with store.read() as db:
        before = board_layers.hotspots(db, look(db, OPERATOR, NOW, week)), board.figures(db, OPERATOR, NOW, week)
    for row in rows[2:6]:
        solve(store, row.id, NOW)
    take(store, OPERATOR, rows[0].id, "answered", NOW, how="phone", text="已告知")
    take(store, OPERATOR, rows[0].id, "rated", NOW, score="half")
    with store.read() as db:
        after = board_layers.hotspots(db, look(db, OPERATOR, NOW + DAY, week)), board.figures(db, OPERATOR, NOW, week)
        now = board.figures(db, OPERATOR, NOW + DAY, asked())
    assert after == before
    assert now["open"] == 4, "three that were never solved, and the one that was taken up again"


def test_a_hot_place_is_found_and_says_its_figures(told: tuple[Store, list[Any]]) -> None:
    """The 邻 where nearly all issues lie counts them, with its homes; filters and cells count the same issues."""
    store, _ = told
    with store.read() as db:
        seen = look(db, OPERATOR, NOW, asked(level="lin"))
        found = board_layers.hotspots(db, seen)
        counts = {one["properties"]["id"]: one["properties"]["n"] for one in found["dots"]["features"]}
        cells = board_layers.hotspots(db, look(db, OPERATOR, NOW, asked(level="hex", cell="100")))
        late = board_layers.hotspots(db, look(db, OPERATOR, NOW, asked(level="lin", late="1")))
        aged = board_layers.hotspots(db, look(db, OPERATOR, NOW, asked(level="lin", age="5.5")))
        none = board_layers.hotspots(db, look(db, OPERATOR, NOW, asked(level="lin", grade="complex")))
    assert found["issues"] == 7
    assert max(counts.values()) == 6
    assert found["homes"] == 62
    assert found["null"] == "uneven_homes"
    assert cells["issues"] == 7
    assert cells["homes"] == 62
    assert (late["issues"], aged["issues"]) == (7, 5)
    assert none["issues"] == 0
    assert none["places"] == []
    assert none["bearing"]["bears"] is False


def test_nobody_sees_beyond_their_ground(told: tuple[Store, list[Any]]) -> None:
    """A leader of one town counts its issues alone; another town's unit is not there for them."""
    store, _ = told
    leader = cadre("leader", EAST_TOWN, "town")
    with store.read() as db:
        mine = board.figures(db, leader, NOW, asked())
        level = board_layers.hotspots(db, look(db, leader, NOW, asked(level="lin")))
        others = units.with_level(db, "439901000000/101/", Level.LIN)
        with pytest.raises(Problem) as refused:
            board_unit.show(db, leader, NOW, asked(), others[0].id)
        county = units.tops(db, leader.scope("issues"), "", 2)
    assert mine["open"] == 7
    assert level["homes"] == 31
    assert all(one["properties"]["id"] not in {row.id for row in others} for one in level["dots"]["features"])
    assert refused.value.code == "unit.not_found"
    assert [row.level for row in county] == ["town"]
    assert mine["unit"]["level"] == "town"


def test_what_is_restricted_is_counted_for_those_who_may_see_it(told: tuple[Store, list[Any]]) -> None:
    """A restricted issue counts for the county's desk and for no leader."""
    store, _ = told
    raise_one(store, OPERATOR, NOW - DAY, category="warning")
    with store.read() as db:
        assert board.figures(db, OPERATOR, NOW, asked())["open"] == 8
        assert board.figures(db, cadre("leader", COUNTY, "all"), NOW, asked())["open"] == 7


def test_the_drawer_leads_from_the_county_to_the_issue(told: tuple[Store, list[Any]]) -> None:
    """A 邻 tells its chain, its open issues, its months and how it stood in the test; its level below is none."""
    store, rows = told
    with store.read() as db:
        lin = units.chain(db, rows[2].path)[-1]
        shown = board_unit.show(db, OPERATOR, NOW, asked(level="lin"), lin.id)
        county = board_unit.show(db, OPERATOR, NOW, asked(), units.chain(db, rows[2].path)[0].id)
    assert [step["level"] for step in shown["chain"]] == ["county", "town", "village", "pian", "zu", "lin"]
    assert shown["issues"]["total"] == 6
    assert shown["hot"]["own"] == 6
    assert shown["next_level"] == ""
    assert len(shown["trend"]) == 12
    assert shown["trend"][-1] == {"month": "2026-03", "raised": 8, "solved": 2, "open": 6}
    assert (county["hot"], county["next_level"]) == (None, "town")


def test_silence_months_and_heat_of_little_data_say_so(told: tuple[Store, list[Any]]) -> None:
    """Where little is expected no unit is called silent; months give no pattern; heat is densest where issues lie."""
    store, _ = told
    with store.read() as db:
        seen = look(db, OPERATOR, NOW, asked(level="lin"))
        quiet = board_layers.silent(db, seen)
        months = board_layers.patterns(db, seen)
        heat = board_layers.heat_of(seen)
        empty = board_layers.heat_of(look(db, OPERATOR, NOW, asked(grade="complex")))
        stops = board.times(seen)
        of = places(db, seen, "lin")
    assert quiet["shapes"]["features"] == []
    assert quiet["visits"] == 0
    assert months["kinds"] == {}
    assert heat is not None
    assert heat.issues == 7
    assert empty is None
    top = np.unravel_index(int(heat.density.argmax()), heat.density.shape)
    x, y = heat.raster.centres()
    busiest = of.xy[int(of.count(seen.open).argmax())]
    assert np.hypot(x[top[1]] - busiest[0], y[top[0]] - busiest[1]) < 150
    assert [one["open"] for one in stops][-1] == 7
    assert len(stops) == 13


def test_a_county_without_units_is_told_so(store: Store) -> None:
    """On the first day nothing can be looked at, and a sentence says why."""
    with store.read() as db, pytest.raises(Problem) as refused:
        board.figures(db, OPERATOR, NOW, asked())
    assert refused.value.code == "county.no_ground"


def test_visits_count_once_and_where_the_home_belongs(told: tuple[Store, list[Any]]) -> None:
    """Two visits of one home are two visits and one home; what was taken back is none; an errand is a visit."""
    store, _ = told
    with store.read() as db:
        before = board.figures(db, OPERATOR, NOW, asked())["figures"]
        homes = households.under(db, EAST_TOWN)
    assert before["visits"]["value"] is None, "a county that keeps no visits is told nothing of them"
    made = [(homes[0].id, None), (homes[0].id, None), (homes[1].id, None), (homes[2].id, NOW), ("", None)]
    with store.write() as db:
        for n, (home, withdrawn) in enumerate(made):
            db.run.execute(visit.insert().values(
                id=f"v{n}", digest="", kind="visit" if home else "errand", outcome="home", household_id=home,
                path_then=EAST_TOWN, unit_then="", by="x", by_id="x", at=NOW - n * DAY, received_at=NOW,
                withdrawn_at=withdrawn,
            ))  # fmt: skip
    with store.read() as db:
        figures = board.figures(db, OPERATOR, NOW + DAY, asked())["figures"]
        quiet = board_layers.silent(db, look(db, OPERATOR, NOW + DAY, asked(level="lin")))
        past = board.figures(db, OPERATOR, NOW + DAY, asked(at="2026-03-10"))["figures"]
    assert (figures["visits"]["top"], figures["visits"]["bottom"]) == (4, 62)
    assert figures["visit_overdue"]["top"] == 60
    assert quiet["visits"] == 3, "an errand that is no home's is of no 邻"
    assert past["visits"]["value"] is None
    assert (past["coverage"]["top"], past["coverage"]["bottom"]) == (62, 62)


def test_what_is_kept_in_memory_is_what_a_fresh_reading_gives(told: tuple[Store, list[Any]]) -> None:
    """After new issues, steps and a reopening the columns kept and brought up to date equal those read from nothing."""
    store, rows = told
    with store.read() as db:
        board_read.known(db)
    raise_one(store, OPERATOR, NOW)
    take(store, OPERATOR, rows[0].id, "answered", NOW, how="phone", text="已告知")
    take(store, OPERATOR, rows[0].id, "rated", NOW, score="half")
    solve(store, rows[4].id, NOW)
    with store.read() as db:
        kept = board_read.known(db)
        board_read._KEPT.pop(db.store)
        fresh = board_read.known(db)
    assert kept is not fresh
    for one, other in ((kept.issues, fresh.issues), (kept.stays, fresh.stays)):
        for name in vars(one):
            assert (getattr(one, name) == getattr(other, name)).all(), name
