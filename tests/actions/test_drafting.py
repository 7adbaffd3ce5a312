"""From homes to Plans: what a draft of the tiny county holds, and what it keeps when it is made again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
import shapely

from geodata.actions import jobs, ledger, plans
from geodata.actions.drafting import draft
from geodata.actions.take_households import take_households
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.problems import Problem
from geodata.store import households, units
from geodata.store import plans as plan_rows
from geodata.store.database import Store
from geodata.store.types import shapes_of
from tests import village
from tests.village import EARLY, Clock, Here

LATER = EARLY + dt.timedelta(hours=5)


def content(store: Store, plan_id: str) -> tuple[list[Any], dict[str, str]]:
    with store.read() as db:
        rows = list(plan_rows.units_of(db, plan_id, 1))
        return rows, {row.household_id: row.unit_id for row in plan_rows.members_of(db, plan_id, 1)}


def plan_ids(store: Store) -> list[str]:
    with store.read() as db:
        return ledger.newest_drafts(db, OPERATOR, LATER)


def test_the_tiny_village_is_cut_as_the_drawing_says(drafted: Store) -> None:
    """One 邻 for 甲, two of eight for 乙 beyond the river, one for 丙; the ground is tiled and nothing is wrong."""
    for plan_id in plan_ids(drafted):
        rows, member = content(drafted, plan_id)
        assert Counter(row.level for row in rows) == {"village": 1, "pian": 1, "zu": 3, "lin": 4}
        assert sorted(Counter(member.values()).values()) == [6, 8, 8, 9]
        assert sorted(row.homes for row in rows if row.level == "lin") == [6, 8, 8, 9]
        shapes = {level: shapes_of([r.geom for r in rows if r.level == level]) for level in ("village", "zu", "lin")}
        for level in ("zu", "lin"):
            assert shapely.area(shapes[level]).sum() == pytest.approx(shapes["village"][0].area, rel=1e-9)
        with drafted.read() as db:
            shown = ledger.show_plan(db, OPERATOR, LATER, plan_id)
        assert shown["violations"] == {"error": 0, "warning": 0}
        assert shown["counts"] == {"pian": 1, "zu": 3, "lin": 4, "homes": 31}
        assert shown["state"] == "draft"


def test_a_draft_changes_nothing_that_is_live(drafted: Store) -> None:
    """Before anybody publishes, homes are in the 组 that the list names and there is no 邻."""
    with drafted.read() as db:
        assert units.count_by_level(db, EVERYWHERE) == {"county": 1, "town": 2, "village": 2, "zu": 6}
        assert {home.level for home in households.under(db, "")} == {"zu"}


def test_the_same_seed_gives_the_same_plan(drafted: Store) -> None:
    """Drafting again from the same ground gives the same codes, shapes and members."""
    first, members = content(drafted, plan_ids(drafted)[0])
    again, members_again = content(drafted, village.draft_one(drafted, village.VILLAGES[0]))
    assert [(row.code, row.geom) for row in first] == [(row.code, row.geom) for row in again]
    codes, codes_again = ({row.unit_id: row.code for row in rows} for rows in (first, again))
    assert {h: codes[u] for h, u in members.items()} == {h: codes_again[u] for h, u in members_again.items()}


def test_units_keep_their_ids_when_a_home_comes(published: Store) -> None:
    """After one new home, a redraft keeps every 邻's id and moves no home that its size does not force to move."""
    with published.read() as db:
        before = {home.id: home.unit_id for home in households.under(db, "")}
    frame = village.home_frame().iloc[[0]].assign(code="E900", address="东溪村甲组新居")
    frame = frame.set_geometry(frame.geometry.translate(0.0001, 0.0001))
    with published.write() as db:
        take_households(db, OPERATOR, LATER, frame)
    rows, member = content(published, village.draft_one(published, village.VILLAGES[0], Clock(LATER)))
    kept = {row.unit_id for row in rows if row.level == "lin"}
    assert kept == {unit for home, unit in before.items() if home in member}
    assert [home for home, unit in before.items() if home in member and member[home] != unit] == []
    assert max(Counter(member.values()).values()) == 10


def test_drafting_is_of_ones_own_ground(drawn: Store) -> None:
    """A town's cadre drafts the villages of that town, also when asking for the whole county; none elsewhere."""
    with drawn.read() as db:
        town = units.by_code(db, [village.TOWNS[0]])[village.TOWNS[0]]
    wang = village.cadre("town_cadre", town.path)
    made = draft(drawn, wang, Clock(LATER), None, 0, Here(), village.silent)
    assert (len(made["plans"]), made["homes"], made["lin"], made["refused"]) == (1, 31, 4, [])
    with pytest.raises(Problem) as refused:
        draft(drawn, wang, Clock(LATER), village.unit_id(drawn, village.VILLAGES[1]), 0, Here(), village.silent)
    assert refused.value.code == "scope.outside"


def test_one_group_named_drafts_its_village(drawn: Store) -> None:
    """What is cut anew is always a whole village: asking for one 组 of it drafts it all."""
    with drawn.read() as db:
        zu = next(row for row in units.children(db, EVERYWHERE, village_id(drawn), "", 10))
    made = draft(drawn, OPERATOR, Clock(LATER), zu.id, 0, Here(), village.silent)
    assert (len(made["plans"]), made["zu"]) == (1, 3)


def village_id(store: Store) -> str:
    return village.unit_id(store, village.VILLAGES[0])


def test_nothing_to_draft_is_said(store: Store) -> None:
    """A county without homes refuses by name."""
    with pytest.raises(Problem) as refused:
        draft(store, OPERATOR, Clock(), None, 0, Here(), village.silent)
    assert refused.value.code == "draft.no_villages"


def test_a_village_that_cannot_be_drafted_does_not_stop_the_rest(drawn: Store) -> None:
    """The refusal is listed with its village; the other village's Plan is kept."""
    bad = village_id(drawn)

    class Half(Here):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            if args[0].village_id == bad:
                return super().submit(refuse)
            return super().submit(fn, *args, **kwargs)

    def refuse() -> None:
        raise Problem("cells.bad_village", reason="test")

    made = draft(drawn, OPERATOR, Clock(LATER), None, 0, Half(), village.silent)
    assert len(made["plans"]) == 1
    assert made["refused"] == [
        {"village": village.VILLAGES[0], "code": "cells.bad_village", "values": {"reason": "test"}}
    ]


def test_a_draft_may_be_cancelled(drawn: Store) -> None:
    """Whoever watches may stop it between villages; no half Plan is left."""
    with drawn.write() as db:
        job_id = jobs.start(db, OPERATOR, LATER, "draft", {})

    def stop(share: float, message: str = "") -> None:
        raise Problem("job.cancelled")

    with pytest.raises(Problem):
        draft(drawn, OPERATOR, Clock(LATER), None, 0, Here(), stop)
    assert job_id
    assert plan_ids(drawn) == []


def test_a_draft_of_ground_that_changed_meanwhile_is_stale(drawn: Store) -> None:
    """A Plan stands on the ground as it was read: a publication made while it was computed makes it stale."""
    waiting = village.draft_one(drawn, village.VILLAGES[0])

    class Slow(Here):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            done = super().submit(fn, *args, **kwargs)
            village.publish_one(drawn, waiting)
            return done

    (late,) = draft(drawn, OPERATOR, Clock(LATER), village_id(drawn), 0, Slow(), village.silent)["plans"]
    with pytest.raises(Problem) as refused, drawn.write() as db:
        plans.publish(db, OPERATOR, LATER, late)
    assert refused.value.code == "plan.stale"
