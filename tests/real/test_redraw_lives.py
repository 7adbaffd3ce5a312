"""Thousands of edits on real ground: a commune of Liechtenstein and the zones of Baltimore stay whole after each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import shapely
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from geodata.rules import redraw, redraw_paint, redraw_vertex
from geodata.rules.plan import Plan, difference
from geodata.rules.problems import Problem
from geodata.rules.redraw import Ids
from geodata.rules.units import Level
from tests.real_data import real_file
from tests.rules.drawn_plan import baltimore, commune
from tests.rules.whole_plan import assert_whole

LIVES, STEPS = 22, 50
ZONES = 40
"""Of Baltimore: as ragged as all of them, and a step among them costs a third."""
TAKEN: Counter[str] = Counter()
SHARES = st.floats(0.0, 1.0)
ANGLES = st.floats(0.0, 6.28)
AT = st.integers(0, 10_000)


class Life(RuleBasedStateMachine):
    """A cadre who does whatever a hand can do; what is refused changes nothing, what is taken leaves the plan whole."""

    start: Plan

    def __init__(self) -> None:
        super().__init__()
        self.plan = type(self).start
        self.ground_m2 = sum(leaf.shape_xy.area for leaf in self.plan.leaves())
        self.before: list[Plan] = []
        self.whole: Plan | None = None
        self.made = 0

    def ids(self) -> Ids:
        """Return ids that no unit has."""
        self.made += 1
        return Ids(lambda n: f"new-{self.made}-{n}")

    def leaf(self, at: int):
        """Return one of the leaves."""
        leaves = self.plan.leaves()
        return leaves[at % len(leaves)]

    def try_act(self, name: str, act) -> None:
        """Take an act, or see it refused and the plan unchanged."""
        try:
            new = act()
        except Problem as problem:
            TAKEN[problem.code] += 1
            return
        change = difference(self.plan, new)
        assert all(home in self.plan.homes for home in change.moved)
        TAKEN[name] += 1
        self.before.append(self.plan)
        self.plan = new

    @rule(at=AT, vertex=AT, east=st.floats(-15, 15), north=st.floats(-15, 15))
    def move(self, at: int, vertex: int, east: float, north: float) -> None:
        """Drag a vertex."""
        xy = shapely.get_coordinates(self.leaf(at).shape_xy)
        place = xy[vertex % len(xy)]
        self.try_act("move", lambda: redraw_vertex.move_vertex(self.plan, place, place + np.array([east, north])))

    @rule(at=AT, vertex=AT, share=SHARES, east=st.floats(-5, 5))
    def insert(self, at: int, vertex: int, share: float, east: float) -> None:
        """Put a vertex into an edge."""
        xy = shapely.get_coordinates(shapely.get_parts(self.leaf(at).shape_xy)[0].exterior)
        one, other = xy[vertex % (len(xy) - 1)], xy[vertex % (len(xy) - 1) + 1]
        place = one + share * (other - one) + np.array([east, 0.0])
        self.try_act("insert", lambda: redraw_vertex.insert_vertex(self.plan, (one, other), place))

    @rule(at=AT, vertex=AT)
    def delete(self, at: int, vertex: int) -> None:
        """Take a vertex away."""
        xy = shapely.get_coordinates(self.leaf(at).shape_xy)
        self.try_act("delete", lambda: redraw_vertex.delete_vertex(self.plan, xy[vertex % len(xy)]))

    @rule(at=AT, angle=ANGLES, level=st.sampled_from(["lin", "zu", "pian"]), bend=st.floats(-30, 30))
    def split(self, at: int, angle: float, level: str, bend: float) -> None:
        """Cut a unit of any level by a line."""
        unit = self.plan.at_level(self.leaf(at), Level(level))
        middle = np.array(unit.shape_xy.representative_point().coords[0])
        far = 6_000 * np.array([np.cos(angle), np.sin(angle)])
        side = bend * np.array([-np.sin(angle), np.cos(angle)])
        line = shapely.LineString([middle - far, middle + side, middle + far])
        self.try_act("split", lambda: redraw.split(self.plan, unit.id, line, self.ids()))

    @rule(at=AT, other=AT, level=st.sampled_from(["lin", "zu"]))
    def merge(self, at: int, other: int, level: str) -> None:
        """Unite two units that lie beside each other."""
        unit = self.plan.at_level(self.leaf(at), Level(level))
        near = [u for u in self.plan.units.values() if u.level is unit.level and u.shape_xy.intersects(unit.shape_xy)]
        chosen = near[other % len(near)]
        if len(self.plan.units) > 20:
            self.try_act("merge", lambda: redraw.merge(self.plan, [unit.id, chosen.id], self.ids()))

    @rule(at=AT, size=st.floats(15, 300), level=st.sampled_from(["lin", "zu"]), turn=ANGLES, taken=st.booleans())
    def draw(self, at: int, size: float, level: str, turn: float, taken: bool) -> None:
        """Draw a ring: a new unit, or more ground for one that is there."""
        leaf = self.leaf(at)
        middle = np.array(leaf.shape_xy.representative_point().coords[0])
        corners = [middle + size * np.array([np.cos(turn + a), np.sin(turn + a)]) for a in (0, 1.2, 2.1, 3.3, 4.4, 5.3)]
        ring = shapely.Polygon(corners)
        unit = self.plan.at_level(leaf, Level(level)).id if taken else ""
        self.try_act("draw", lambda: redraw.draw(self.plan, ring, self.ids(), level=Level(level), unit_id=unit))

    @rule(at=AT, other=AT, count=st.integers(1, 6), new=st.booleans(), pieces=st.booleans())
    def paint(self, at: int, other: int, count: int, new: bool, pieces: bool) -> None:
        """Move the homes of a neighbour that are nearest to a unit, to it or to a unit of their own."""
        leaf = self.leaf(at)
        near = [u for u in self.plan.leaves() if u.id != leaf.id and u.shape_xy.intersects(leaf.shape_xy)]
        if not near:
            return
        homes = list(self.plan.homes_of.get(near[other % len(near)].id, ()))
        homes.sort(key=lambda h: shapely.distance(shapely.Point(h.xy), leaf.shape_xy))
        moves = [("" if new else leaf.id, [h.id for h in homes[:count]])]
        self.try_act("paint", lambda: redraw_paint.paint(self.plan, moves, self.ids(), pieces=pieces))

    @rule(at=AT, other=AT, lean=st.lists(st.floats(-12, 12), min_size=3, max_size=3))
    def move_border(self, at: int, other: int, lean: list[float]) -> None:
        """Draw the border between two neighbours anew."""
        leaf = self.leaf(at)
        near = [u for u in self.plan.leaves() if u.id != leaf.id and u.shape_xy.intersects(leaf.shape_xy)]
        if not near:
            return
        beside = near[other % len(near)]
        border = shapely.intersection(shapely.boundary(leaf.shape_xy), beside.shape_xy)
        if border.length == 0:
            return
        longest = max(shapely.get_parts(shapely.line_merge(border)), key=shapely.length)
        places = [longest.interpolate(share, normalized=True).coords[0] for share in (0.3, 0.5, 0.7)]
        line = shapely.LineString([(x + by, y - by) for (x, y), by in zip(places, lean, strict=True)])
        self.try_act("border", lambda: redraw.move_border(self.plan, [leaf.id, beside.id], line, self.ids()))

    @rule(at=AT, other=AT)
    def hang(self, at: int, other: int) -> None:
        """Hang a 组 under a neighbouring 片."""
        unit, beside = (self.plan.at_level(self.leaf(i), Level.ZU) for i in (at, other))
        self.try_act("hang", lambda: redraw.hang(self.plan, unit.id, beside.parent_id))

    @rule(at=AT, deep=st.booleans())
    def renumber(self, at: int, deep: bool) -> None:
        """Number what lies under a unit anew."""
        unit = self.plan.at_level(self.leaf(at), Level.PIAN)
        self.try_act("renumber", lambda: redraw.number_anew(self.plan, unit.id, deep))

    @rule()
    def undo(self) -> None:
        """Go back: the plan before is still what it was."""
        if self.before:
            self.plan = self.whole = self.before.pop()

    @invariant()
    def is_whole(self) -> None:
        """Everything that must hold of a plan holds; one that was looked at and has not changed need not be again."""
        if self.plan is not self.whole:
            assert_whole(self.plan, self.ground_m2)
        self.whole = self.plan


def _live(start: Plan, name: str) -> None:
    TAKEN.clear()
    machine = type(name, (Life,), {"start": start})
    limits = settings(
        max_examples=LIVES, stateful_step_count=STEPS, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate,),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=limits)
    acts = {"move", "insert", "delete", "split", "merge", "draw", "paint", "border", "hang", "renumber"}
    assert acts <= TAKEN.keys(), TAKEN
    assert sum(TAKEN[act] for act in acts) > LIVES * STEPS / 4, TAKEN


def test_a_commune_stays_whole_through_a_thousand_edits() -> None:
    """Gamprin, drafted from its real addresses: after each of a thousand random acts its units tile it exactly."""
    _live(commune(Path(real_file("liechtenstein/liechtenstein_osm.gpkg.zip")), "Gamprin"), "CommuneLife")


def test_the_zones_of_baltimore_stay_whole_through_a_thousand_edits() -> None:
    """Real zones with ragged borders stay one coverage through a thousand random acts."""
    _live(baltimore(Path(real_file("baltimore_zones.gpkg.zip")), ZONES), "ZoneLife")
