"""Checking what is published and what is planned, and keeping what was found where its readers look."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from sqlalchemy import text

from geodata.actions import browse, check, ledger
from geodata.actions.take_barriers import take_barriers
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store import households, units
from geodata.store.database import Store
from geodata.store.types import shapes_of
from tests import village
from tests.village import COUNTY, EARLY, VILLAGES

DAY = EARLY + dt.timedelta(days=1)
EAST = f"{COUNTY}/100/001/"


def found(store: Store) -> list[str]:
    with store.write() as db:
        village_id = units.by_code(db, [VILLAGES[0]])[VILLAGES[0]].id
        return [v.rule for v in check.check_village(db, OPERATOR, DAY, village_id)]


def test_a_published_draft_is_sound(published: Store) -> None:
    """Nothing is found in the net that was drafted and published, nor in a village never drafted."""
    assert found(published) == []


def test_an_undrafted_village_has_nothing_to_check(drawn: Store) -> None:
    """Before there is a 邻 no rule speaks."""
    assert found(drawn) == []


def test_homes_that_left_are_found_and_kept(published: Store) -> None:
    """A 邻 of too few homes is found, kept under its path, seen in its village, and gone once put right."""
    with published.write() as db:
        homes = households.under(db, EAST)
        few = next(h.unit_id for h in homes if sum(o.unit_id == h.unit_id for o in homes) == 6)
        gone = [h.id for h in homes if h.unit_id == few][:2]
        households.leave(db, gone, DAY)
    assert found(published) == ["too_few_homes"]
    with published.write() as db:
        village_id = units.by_code(db, [VILLAGES[0]])[VILLAGES[0]].id
        (kept,) = browse.problems(db, OPERATOR, DAY, village_id, "", "", 10)["items"]
        assert (kept.rule, kept.unit_id, kept.level) == ("too_few_homes", few, "lin")
        households.place(db, gone, [few, few], DAY + dt.timedelta(seconds=1))
    assert found(published) == []
    with published.read() as db:
        assert browse.problems(db, OPERATOR, DAY, village_id, "", "", 10)["total"] == 0


def test_ground_given_to_two_is_found(published: Store) -> None:
    """A 邻 that spreads over its neighbour is an overlap, and its neighbour's homes are still its neighbour's."""
    with published.write() as db:
        lins = units.with_shapes(db, EAST, (units.Level.LIN,))
        row = next(r for r in lins if sum(o.parent_id == r.parent_id for o in lins) == 2)
        shape = shapes_of([row.geom])[0]
        wider = shapely.multipolygons([shapely.intersection(shape.buffer(0.0006), village.border(0))])
        units.end(db, [row.id], DAY)
        units.add(
            db,
            {"id": [row.id], "level": [row.level], "kind": [row.kind], "code": [row.code], "name": [row.name],
             "path": [row.path], "parent_id": [row.parent_id], "homes": [row.homes], "geom": [wider]},
            DAY,
        )  # fmt: skip
    rules = found(published)
    assert "overlap" in rules
    assert "gap" not in rules


def test_a_plan_is_checked_like_the_net(drafted: Store) -> None:
    """The plan's own units are measured; a river that comes later is crossed by none, one across it is."""
    with drafted.read() as db:
        plan_id = ledger.newest_drafts(db, OPERATOR, DAY)[0]
    with drafted.write() as db:
        assert check.check_plan(db, OPERATOR, DAY, plan_id) == []
        line = shapely.LineString([(111.59, 27.69965), (111.61, 27.69965)])
        frame = village.river_frame().iloc[[0]].assign(name="横渠")
        take_barriers(db, OPERATOR, DAY, frame.set_geometry([line]))
        rules = {v.rule: v.severity for v in check.check_plan(db, OPERATOR, DAY, plan_id)}
        assert rules == {"crosses_barrier": "warning"}
        kept = db.run.execute(text("SELECT count(*) FROM violation")).scalar()
        assert kept
        check.check_plan(db, OPERATOR, DAY, plan_id)
        assert db.run.execute(text("SELECT count(*) FROM violation")).scalar() == kept


def test_checking_is_of_ones_own_ground(drafted: Store) -> None:
    """Another town's village and plan are not there."""
    li = village.cadre("town_cadre", f"{COUNTY}/101/")
    with drafted.write() as db:
        plan_id = ledger.newest_drafts(db, OPERATOR, DAY)[0]
        village_id = units.by_code(db, [VILLAGES[0]])[VILLAGES[0]].id
        with pytest.raises(Problem) as refused:
            check.check_village(db, li, DAY, village_id)
        assert refused.value.code == "unit.not_found"
        with pytest.raises(Problem) as refused:
            check.check_plan(db, li, DAY, plan_id)
        assert refused.value.code == "plan.not_found"
