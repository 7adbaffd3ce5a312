from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geodata.rules.units import Level, child_path
from geodata.store import households, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of

_AT_ONCE = 20_000  # homes placed together: a county's, all at once, are 70 MB


def adopt(db: Db, moment: dt.datetime, ids: Sequence[str] | None = None) -> int:
    """Put homes that belong to no unit into the village and 组 they name, or the ones they stand in.

    A home that names a 组 its village does not have brings that 组 into being, as a list of homes without a shape
    (requirement A02: the list comes first, the polygon follows). A home that stands inside a published 邻 of its
    own 组 joins it. Homes that fit nowhere are kept and listed.

    Parameters
    ----------
    ids
        Only these homes; None means every home without a unit.

    Returns
    -------
    int
        How many homes found a unit.
    """
    ground = None
    wanted = None if ids is None else set(ids)
    found, after = 0, ""
    while rows := households.without_unit(db, after, _AT_ONCE):
        ground = ground or _Ground(db)
        after = rows[-1].id
        chosen = rows if wanted is None else [row for row in rows if row.id in wanted]
        found += _place(db, ground, chosen, moment)
    return found


def _place(db: Db, ground: _Ground, rows: Sequence[Any], moment: dt.datetime) -> int:
    """Put some homes into their units and return how many found one."""
    village_of = ground.villages_of(rows)
    ground.make_groups(db, rows, village_of, moment)
    holders = [ground.holder(row, at) for row, at in zip(rows, village_of, strict=True)]
    holders = ground.down_to_lin(rows, holders)
    placed = [row.id for row, unit_id in zip(rows, holders, strict=True) if unit_id]
    households.place(db, placed, [unit_id for unit_id in holders if unit_id], moment)
    return len(placed)


class _Ground:
    """The villages, 组 and 邻 in force, as homes that look for a unit ask for them."""

    def __init__(self, db: Db) -> None:
        self.villages = list(units.with_shapes(db, "", (Level.VILLAGE,)))
        self.by_code = {village.code: at for at, village in enumerate(self.villages)}
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for at, village in enumerate(self.villages):
            self.by_name[village.name].append(at)
        self.ground = _Shapes(self.villages)
        self.groups: dict[tuple[str, str], str] = {}  # by village id, and name or code
        self.codes: dict[str, set[str]] = defaultdict(set)  # the 组 codes taken, by village id
        self._read_groups(db)
        self.lins = list(units.with_shapes(db, "", (Level.LIN,)))
        self.lin_ground = _Shapes(self.lins)
        self.paths = {row.id: row.path for row in units.paths(db, "")} if self.lins else {}

    def _read_groups(self, db: Db) -> None:
        roots = {village.path: village for village in self.villages}
        for zu in units.with_level(db, "", Level.ZU):
            village = _village_above(zu.path, roots)
            if village is not None:
                self.groups[(village.id, zu.name)] = zu.id
                self.groups.setdefault((village.id, zu.code), zu.id)
                self.codes[village.id].add(zu.code)

    def villages_of(self, rows: Sequence[Any]) -> list[int]:
        """Return the village (its index, -1 for none) of each home: the one it names, else the one it stands in."""
        found = [self._named(row.village) for row in rows]
        lost = [i for i, at in enumerate(found) if at < 0 and not rows[i].village]
        for i, at in self.ground.around(rows, lost).items():
            found[i] = at
        return found

    def _named(self, text: str) -> int:
        at = self.by_code.get(text, -1)
        if at < 0 and len(self.by_name.get(text, ())) == 1:
            at = self.by_name[text][0]
        return at

    def make_groups(self, db: Db, rows: Sequence[Any], village_of: Sequence[int], moment: dt.datetime) -> None:
        """Bring the 组 into being that homes name and their villages lack."""
        wanted = sorted({(at, row.zu) for row, at in zip(rows, village_of, strict=True) if at >= 0 and row.zu})
        made: dict[str, list[Any]] = defaultdict(list)
        for at, name in wanted:
            village = self.villages[at]
            if (village.id, name) in self.groups:
                continue
            code = _free_code(village.code, self.codes[village.id])
            row = {
                "id": str(uuid.uuid4()), "level": "zu", "kind": "group", "code": code, "name": name,
                "parent_id": village.id, "path": child_path(village.path, code[len(village.code) :]), "geom": None,
            }  # fmt: skip
            self.groups[(village.id, name)] = row["id"]
            self.paths[row["id"]] = row["path"]
            for key, value in row.items():
                made[key].append(value)
        if made:
            units.add(db, made, moment)

    def holder(self, row: Any, at: int) -> str | None:
        """Return the unit that a home of a village (its index) joins: its 组, else the village; None for no village."""
        if at < 0:
            return None
        village_id = str(self.villages[at].id)
        return self.groups.get((village_id, row.zu), village_id) if row.zu else village_id

    def down_to_lin(self, rows: Sequence[Any], holders: list[str | None]) -> list[str | None]:
        """Let homes that stand in a published 邻 of the unit they would join go to that 邻."""
        inside = self.lin_ground.around(rows, range(len(rows)))
        for i, at in inside.items():
            holder, lin = holders[i], self.lins[at]
            if holder and lin.path.startswith(self.paths[holder]):
                holders[i] = lin.id
        return holders


class _Shapes:
    """The shapes of some units, in an index that is made when a home first asks which of them it stands in."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows
        self.tree: shapely.STRtree | None = None

    def around(self, rows: Sequence[Any], which: Sequence[int]) -> dict[int, int]:
        """Return the first unit (its index) that holds each of some homes, by the home's place in ``rows``."""
        if not self.rows or not len(which):
            return {}
        self.tree = self.tree or shapely.STRtree(shapes_of([row.geom for row in self.rows]))
        points = shapely.points(lonlat_of([rows[i].geom for i in which]))
        point, shape = self.tree.query(points, predicate="covered_by")
        last_is_first = np.lexsort((-shape, point))
        return {which[p]: s for p, s in zip(point[last_is_first].tolist(), shape[last_is_first].tolist(), strict=True)}


def _free_code(village_code: str, taken: set[str]) -> str:
    """Return the first code for a 组 of a village that no 组 there has, and note it as taken."""
    code = next(code for n in range(1, 10_000) if (code := f"{village_code}{n:04d}") not in taken)
    taken.add(code)
    return code


def _village_above(path: str, roots: dict[str, Any]) -> Any:
    steps = path.rstrip("/").split("/")
    for length in range(len(steps) - 1, 0, -1):
        village = roots.get("/".join(steps[:length]) + "/")
        if village is not None:
            return village
    return None
