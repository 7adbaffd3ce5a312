"""A drafted village as a whole: its units nest, tile, are numbered and keep their identity."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import crs, numbering
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.proposal import KnownZu, Proposal, VillageGround, propose
from geodata.rules.proving import cases_of, prove_case
from geodata.rules.stacks import StackColumns

ZONE = crs.county_zone(111.6)
EAST, NORTH = crs.to_xy(np.array([[111.6, 27.7]]), ZONE)[0]


def ground(xy: np.ndarray, zu: np.ndarray, zus: int, river: bool = False, border: bool = True) -> VillageGround:
    """Return a village of 400 by 400 m with homes at ``xy`` (metres from its south-west corner)."""
    place = np.asarray(xy, dtype=float) + np.array([EAST, NORTH])
    box = shapely.box(EAST, NORTH, EAST + 400, NORTH + 400)
    line = shapely.LineString([(EAST + 200, NORTH - 10), (EAST + 200, NORTH + 410)])
    count = len(place)
    empty = np.full(count, "", dtype=object)
    to_ll = lambda shape: crs.shapes_to_ll(np.array([shape], dtype=object), ZONE)[0]  # noqa: E731
    return VillageGround(
        village_id="v",
        village_code="439901100001",
        village_path="439901/100/001/",
        shape_ll=to_ll(box) if border else None,
        home_ids=[f"h{i:04d}" for i in range(count)],
        home_ll=crs.to_ll(place, ZONE),
        stack=StackColumns(empty, empty, empty, empty),
        zu_of_home=np.asarray(zu, dtype=np.intp),
        zus=[KnownZu(f"z{i}", f"43990110000100{i + 1:02d}", f"{i + 1}组", "group") for i in range(zus)],
        barriers=[("river", to_ll(line))] if river else [],
        profile=Profile(),
        zone=ZONE,
    )


def two_banks(seed: int = 3, each: int = 30) -> VillageGround:
    """Return two 组 on the two banks of a river."""
    rng = np.random.default_rng(seed)
    west = rng.uniform((10, 10), (180, 390), (each, 2))
    east = rng.uniform((220, 10), (390, 390), (each, 2))
    return ground(np.vstack([west, east]), np.repeat([0, 1], each), 2, river=True)


def rows(proposal: Proposal, level: str) -> list[int]:
    """Return the places of a level's units in the columns."""
    return [i for i, found in enumerate(proposal.units["level"]) if found == level]


def test_the_units_of_a_draft_nest_and_tile() -> None:
    """Every level covers the village exactly, every child lies in its parent, and nothing is broken."""
    proposal = propose(two_banks())
    shapes = crs.shapes_to_xy(np.array(proposal.units["geom"], dtype=object), ZONE)
    area = {unit: shapely.area(s) for unit, s in zip(proposal.units["unit_id"], shapes, strict=True)}
    whole = area["v"]
    assert whole == pytest.approx(160_000, abs=1)
    for level in ("pian", "zu", "lin"):
        assert sum(area[proposal.units["unit_id"][i]] for i in rows(proposal, level)) == pytest.approx(whole, abs=1)
    paths = dict(zip(proposal.units["unit_id"], proposal.units["path"], strict=True))
    for unit, parent in zip(proposal.units["unit_id"], proposal.units["parent_id"], strict=True):
        assert parent == "" or paths[unit].startswith(paths[parent])
    assert [v for v in proposal.violations if v.severity == "error"] == []


def test_no_lin_crosses_the_river_and_each_holds_five_to_fifteen() -> None:
    """The sizes are kept and the homes of a 邻 stand on one bank."""
    source = two_banks()
    proposal = propose(source)
    lin_of = proposal.members["unit_id"]
    east = crs.to_xy(source.home_ll, ZONE)[:, 0] > EAST + 200
    for lin in set(lin_of):
        homes = [i for i, unit in enumerate(lin_of) if unit == lin]
        assert 5 <= len(homes) <= 15
        assert len({bool(east[i]) for i in homes}) == 1
    assert all(v.rule != "crosses_barrier" for v in proposal.violations)


def test_the_same_ground_makes_the_same_plan_anywhere() -> None:
    """A draft made from a copy that travelled to another process is the same to the last id and vertex."""
    source = two_banks()
    there = propose(pickle.loads(pickle.dumps(source)))
    here = propose(source)
    assert here.units["unit_id"] == there.units["unit_id"]
    assert [g.wkb for g in here.units["geom"]] == [g.wkb for g in there.units["geom"]]


def test_a_new_draft_keeps_the_ids_of_what_stays() -> None:
    """After one home more, nearly every 邻 is the one it was, by id and by homes."""
    source = two_banks()
    before = propose(source)
    lin_of = dict(zip(before.members["household_id"], before.members["unit_id"], strict=True))
    more = replace(
        source,
        home_ids=[*source.home_ids, "h9999"],
        home_ll=np.vstack([source.home_ll, crs.to_ll(np.array([[EAST + 100, NORTH + 200]]), ZONE)]),
        stack=StackColumns(
            *(np.append(getattr(source.stack, n), "") for n in ("building", "entrance", "floor", "room"))
        ),
        zu_of_home=np.append(source.zu_of_home, 0),
        old_lin=[*(lin_of[h] for h in source.home_ids), ""],
    )
    after = propose(more)
    moved = sum(
        lin_of[home] != lin
        for home, lin in zip(after.members["household_id"], after.members["unit_id"], strict=True)
        if home in lin_of
    )
    assert moved <= 6


def test_where_no_zu_is_known_one_is_drafted() -> None:
    """Seventy homes without 组 become 组 within the county's bounds, each with a name and a code of its own."""
    rng = np.random.default_rng(1)
    proposal = propose(ground(rng.uniform(5, 395, (70, 2)), np.full(70, -1), 0))
    zus = rows(proposal, "zu")
    assert [proposal.units["name"][i] for i in zus][:1] == ["第1组"]
    assert all(20 <= proposal.units["homes"][i] <= 60 for i in zus)


def test_a_village_without_a_border_gets_the_ground_around_its_homes() -> None:
    """Homes come first; where no border was given the surroundings of the homes serve."""
    rng = np.random.default_rng(2)
    proposal = propose(ground(rng.uniform(100, 300, (12, 2)), np.zeros(12), 1, border=False))
    assert len(rows(proposal, "lin")) == 1


def test_a_village_without_homes_is_refused() -> None:
    """There is nothing to draft, and the refusal names the village."""
    with pytest.raises(Problem) as refused:
        propose(ground(np.zeros((0, 2)), np.zeros(0), 0))
    assert refused.value.code == "draft.no_homes"


def test_a_zu_of_three_homes_says_so() -> None:
    """A 组 with fewer than five homes becomes one 邻 and a violation, never a silent breach."""
    rng = np.random.default_rng(4)
    xy = np.vstack([rng.uniform(10, 150, (3, 2)), rng.uniform(200, 390, (20, 2))])
    proposal = propose(ground(xy, np.array([0] * 3 + [1] * 20), 2))
    assert {"too_few_homes"} <= {v.rule for v in proposal.violations}
    assert all(v.place_ll for v in proposal.violations if v.rule == "too_few_homes")


def test_a_proof_bounds_the_draft() -> None:
    """The exact solver's bound is not above the draft's own objective, and the draft is near it."""
    source = two_banks(each=18)
    proposal = propose(source)
    zu_of_lin = dict(zip(proposal.units["unit_id"], proposal.units["parent_id"], strict=True))
    lins = proposal.members["unit_id"]
    for case in cases_of(source, [zu_of_lin[lin] for lin in lins], lins):
        proof = prove_case(case, source.profile)
        assert proof.lower_bound_m2 <= proof.objective_m2 + 1e-6
        assert proof.gap_share <= 0.1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 60), st.booleans())
def test_every_home_is_in_one_lin_that_holds_it(seed: int, count: int, river: bool) -> None:
    """Whatever the homes, each is a member of exactly one 邻 and stands on its ground."""
    rng = np.random.default_rng(seed)
    source = ground(rng.uniform(5, 395, (count, 2)), np.zeros(count), 1, river)
    proposal = propose(source)
    assert sorted(proposal.members["household_id"]) == source.home_ids
    shapes = dict(zip(proposal.units["unit_id"], proposal.units["geom"], strict=True))
    points = shapely.points(source.home_ll)
    for point, lin in zip(points, proposal.members["unit_id"], strict=True):
        assert shapes[lin].distance(point) < 2e-6


def test_numbers_run_in_rows_from_north_to_south_and_west_to_east() -> None:
    """Units are numbered as people read: the northern row first, west before east."""
    boxes = [shapely.box(x, y, x + 1, y + 1) for x, y in ((1, 0), (0, 1), (1, 1), (0, 0))]
    assert numbering.reading_order(boxes, [0, 1, 2, 3]) == [1, 2, 3, 0]
    assert numbering.reading_order(boxes, []) == []


def test_an_old_id_goes_to_the_largest_overlap_once() -> None:
    """Each old unit lives on in the new one that took most of its homes; ties go by name."""
    old = ["a", "a", "a", "b", "b", ""]
    assert numbering.inherit(old, np.array([0, 0, 1, 1, 1, 1]), 3) == ["a", "b", ""]
    assert numbering.inherit([], np.array([0]), 1) == [""]


def test_a_zu_keeps_a_code_of_the_countys_own() -> None:
    """A code that the county gave stays; one of our own making follows the 片."""
    assert numbering.zu_code("老屋-3", "4399", "439901", 2) == "老屋-3"
    assert numbering.zu_code("43990001", "4399", "439901", 2) == "43990102"


def test_empty_shapes_become_none() -> None:
    """The store keeps MultiPolygons or nothing."""
    made = numbering.as_multi(np.array([shapely.box(0, 0, 1, 1), shapely.Polygon(), None], dtype=object))
    assert made[0].geom_type == "MultiPolygon"
    assert made[1] is None
    assert made[2] is None
