"""A cadre who edits a plan at random, but sensibly: every kind of act, where the plan has room for it."""

from __future__ import annotations

import math
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from geodata.actions import ledger, plan_content, redraw
from geodata.actions.redraw import Edit
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from webmap import session

Args = dict[str, Any]
MIX = {
    "move_vertex": 34, "insert_vertex": 8, "delete_vertex": 5, "paint": 18, "move_border": 8, "split": 6, "merge": 11,
    "draw": 5, "rename": 5,
}  # fmt: skip
"""Acts by how often they are done, in hundredths: as many units are united as are cut."""
_METRE = 1e-5  # of a degree, near enough to draw by


@dataclass
class Done:
    """What came of a run of edits: milliseconds of each, by the clock and of the processor."""

    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def of(self, share: float, cpu: bool = False) -> float:
        """Return a quantile of the edits that were done."""
        return float(np.quantile(self.cpu_ms if cpu else self.wall_ms, share))

    def by_act(self) -> str:
        """Return the median milliseconds of each act."""
        took = {act: [ms for ms, a in zip(self.wall_ms, self.acts, strict=True) if a == act] for act in MIX}
        return ", ".join(f"{act} {np.median(each):.0f}" for act, each in took.items() if each)


class Cadre:
    """Somebody who draws on one plan and sees what it holds, as the page does."""

    def __init__(self, store: Store, plan_id: str, seed: int) -> None:
        self.store, self.plan_id = store, plan_id
        self.rng = np.random.default_rng(seed)
        self.units: dict[str, Any] = {}
        self.shapes: dict[str, Any] = {}
        self.homes: dict[str, Any] = {}
        self.held: dict[str, set[str]] = {}
        with store.read() as db:
            self._take(plan_content.content(db, OPERATOR, session.now(), plan_id))

    def _take(self, content: Mapping[str, Any]) -> None:
        self.revision = content["revision"]
        for unit_id in content["gone"]:
            self.units.pop(unit_id, None)
            self.shapes.pop(unit_id, None)
        for unit in content["units"]:
            self.units[unit["id"]] = unit
            if unit["level"] in ("lin", "village"):
                self.shapes[unit["id"]] = _plain(shape(unit["geometry"]))
        for home in content["homes"]:
            known = self.homes.setdefault(home["id"], home)
            self.held.setdefault(known["unit_id"], set()).discard(home["id"])
            known["unit_id"] = home["unit_id"]
            self.held.setdefault(home["unit_id"], set()).add(home["id"])
        self.edges = [s.boundary for i, s in self.shapes.items() if self.units[i]["level"] == "village"]
        lins = [i for i in self.shapes if self.units[i]["level"] == "lin"]
        self.lins = sorted(lins, key=lambda i: str(self.units[i]["path"]))  # ids differ each time a county is made
        self.tree = shapely.STRtree([self.shapes[i] for i in self.lins])

    def work(self, count: int) -> Done:
        """Carry out a number of edits, each in a transaction of its own, and take the time of each."""
        done = Done()
        makers: dict[str, Callable[[], Args | None]] = {act: getattr(self, f"_{act}") for act in MIX}
        acts = list(MIX)
        share = np.array([MIX[act] for act in acts]) / sum(MIX.values())
        while len(done.wall_ms) < count:
            act = str(self.rng.choice(acts, p=share))
            args = makers[act]()
            if args is not None:
                self._edit(act, args, done)
        return done

    def _edit(self, act: str, args: Args, done: Done) -> None:
        wanted = Edit(str(uuid.UUID(int=int(self.rng.integers(1 << 62)))), self.revision, act, {"act": act, **args})
        spent, began = time.process_time(), time.perf_counter()
        try:
            with self.store.write() as db:
                reply = redraw.edit(db, OPERATOR, session.now(), self.plan_id, wanted)
                ledger.may(db, OPERATOR, session.now(), self.plan_id)
        except Problem as problem:
            done.refused_ms.append((time.perf_counter() - began) * 1000)
            done.refused[problem.code] += 1
            return
        done.wall_ms.append((time.perf_counter() - began) * 1000)
        done.cpu_ms.append((time.process_time() - spent) * 1000)
        done.acts.append(act)
        self._take(reply["content"])

    def _any(self) -> str:
        return self.lins[int(self.rng.integers(len(self.lins)))]

    def _beside(self, unit_id: str) -> list[str]:
        """Return the 邻 of the same 组 that share more than a metre of border with one, the longest border first."""
        ground = self.shapes[unit_id]
        near = [self.lins[i] for i in sorted(self.tree.query(ground, predicate="intersects").tolist())]
        parent = self.units[unit_id]["parent_id"]
        brothers = [i for i in near if i != unit_id and self.units[i]["parent_id"] == parent]
        length = {i: shapely.length(shapely.intersection(ground, self.shapes[i])) for i in brothers}
        return sorted((i for i in brothers if length[i] > _METRE), key=lambda i: -length[i])

    def corner(self, most: int) -> tuple[Any, Any, Any] | None:
        """Return a vertex inside the village that two to ``most`` 邻 share, and the vertices before and after it."""
        unit_id = self._any()
        ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_geometry(self.shapes[unit_id], 0)))[:-1]
        at = int(self.rng.integers(len(ring)))
        point = shapely.Point(ring[at])
        sharing = [
            i for i in self.tree.query(point, predicate="intersects").tolist()
            if (shapely.get_coordinates(self.shapes[self.lins[i]]) == ring[at]).all(axis=1).any()
        ]  # fmt: skip
        if not 2 <= len(sharing) <= most or any(shapely.dwithin(edge, point, _METRE) for edge in self.edges):
            return None
        return ring[at], ring[at - 1], ring[(at + 1) % len(ring)]

    def _turned(self, length: float) -> Any:
        angle = float(self.rng.uniform(0, 2 * math.pi))
        return np.array([math.cos(angle), math.sin(angle)]) * length

    def _move_vertex(self) -> Args | None:
        found = self.corner(9)
        if found is None:
            return None
        at, before, after = found
        reach = min(math.dist(at, before), math.dist(at, after)) * 0.3
        return {"at": at.tolist(), "to": (at + self._turned(reach)).tolist()}

    def _insert_vertex(self) -> Args | None:
        found = self.corner(2)
        if found is None or math.dist(found[0], found[1]) < 5 * _METRE:
            return None
        at, before, _ = found
        to = (at + before) / 2 + self._turned(math.dist(at, before) * 0.1)
        return {"between": [at.tolist(), before.tolist()], "to": to.tolist()}

    def _delete_vertex(self) -> Args | None:
        found = self.corner(2)
        return None if found is None else {"at": found[0].tolist()}

    def _paint(self) -> Args | None:
        giver = self._any()
        takers = self._beside(giver)
        homes = sorted(self.held.get(giver, ()))
        if not takers or len(homes) < 3:
            return None
        away = [self.shapes[takers[0]].distance(shapely.Point(self._at(home))) for home in homes]
        chosen = np.argsort(away, kind="stable")[: int(self.rng.integers(1, 3))].tolist()
        return {"moves": [{"unit_id": takers[0], "home_ids": [homes[i] for i in chosen]}]}

    def _at(self, home: str) -> tuple[float, float]:
        return self.homes[home]["lon"], self.homes[home]["lat"]

    def _move_border(self) -> Args | None:
        one = self._any()
        others = self._beside(one)
        if not others:
            return None
        border = shapely.line_merge(shapely.intersection(self.shapes[one], self.shapes[others[0]]))
        longest = max(shapely.get_parts(border), key=shapely.length)
        inner = shapely.get_coordinates(shapely.line_interpolate_point(longest, [0.3, 0.7], normalized=True))
        line = inner + self._turned(min(longest.length * 0.15, 8 * _METRE))
        return {"unit_ids": [one, others[0]], "line": line.tolist()}

    def _split(self) -> Args | None:
        lins = [self._any() for _ in range(6)]
        largest = max(lins, key=lambda i: len(self.held.get(i, ())))
        ground = self.shapes[largest]
        if len(self.held.get(largest, ())) < 10:
            return None
        middle = np.array(ground.centroid.coords[0])
        across = self._turned(2 * shapely.minimum_bounding_radius(ground))
        cut = shapely.intersection(shapely.LineString([middle - across, middle + across]), ground)
        part = max(shapely.get_parts(cut), key=shapely.length)
        ends = shapely.get_coordinates(part)[[0, -1]]
        longer = (ends[1] - ends[0]) * 1e-3
        return {"unit_id": largest, "line": [(ends[0] - longer).tolist(), (ends[1] + longer).tolist()]}

    def _merge(self) -> Args | None:
        lins = [self._any() for _ in range(6)]
        smallest = min(lins, key=lambda i: len(self.held.get(i, ())))
        others = self._beside(smallest)
        return {"unit_ids": [others[0], smallest]} if others else None

    def _draw(self) -> Args | None:
        giver = self._any()
        homes = sorted(self.held.get(giver, ()))
        if len(homes) < 6:
            return None
        places = np.array([self._at(home) for home in homes])
        order = np.argsort(np.hypot(*(places - places[int(self.rng.integers(len(places)))]).T), kind="stable")
        hull = shapely.convex_hull(shapely.multipoints(places[order[:4]]))
        ring = shapely.get_coordinates(shapely.buffer(hull, 6 * _METRE, quad_segs=3))
        return {"ring": ring.tolist(), "level": "lin"}

    def _rename(self) -> Args | None:
        return {"unit_id": self._any(), "name": f"第{int(self.rng.integers(1, 1000))}号院"}


def _plain(ground: Any) -> Any:
    return ground.geoms[0] if ground.geom_type == "MultiPolygon" and len(ground.geoms) == 1 else ground
