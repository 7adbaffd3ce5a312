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
    rows = households.without_unit(db, ids)
    villages = list(units.with_shapes(db, "", (Level.VILLAGE,)))
    if not rows or not villages:
        return 0
    village_of = _villages(rows, villages)
    groups = _zu(db, villages, rows, village_of, moment)
    chosen: list[str | None] = []
    for row, village in zip(rows, village_of, strict=True):
        if village < 0:
            chosen.append(None)
        else:
            holder = villages[village]
            chosen.append(groups.get((holder.id, row.zu), holder.id) if row.zu else holder.id)
    chosen = _down_to_lin(db, rows, chosen)
    placed = [row.id for row, unit_id in zip(rows, chosen, strict=True) if unit_id]
    households.place(db, placed, [unit_id for unit_id in chosen if unit_id], moment)
    return len(placed)


def _villages(rows: Sequence[Any], villages: Sequence[Any]) -> list[int]:
    """Return the village (its index) of each home: the one it names by code or name, else the one it stands in."""
    by_code = {v.code: i for i, v in enumerate(villages)}
    names: dict[str, list[int]] = defaultdict(list)
    for i, v in enumerate(villages):
        names[v.name].append(i)
    found = []
    for row in rows:
        at = by_code.get(row.village, -1)
        if at < 0 and len(names.get(row.village, ())) == 1:
            at = names[row.village][0]
        found.append(at)
    lost = [i for i, at in enumerate(found) if at < 0 and not rows[i].village]
    if lost:
        inside = _inside(rows, lost, shapes_of([v.geom for v in villages]))
        for i, at in inside.items():
            found[i] = at
    return found


def _inside(rows: Sequence[Any], which: Sequence[int], shapes: Any) -> dict[int, int]:
    """Return the first shape (its index) that holds each of some homes."""
    points = np.asarray(shapely.points(lonlat_of([rows[i].geom for i in which])), dtype=object)
    known = [i for i, s in enumerate(shapes) if s is not None]
    pairs = shapely.STRtree(points).query(np.asarray(shapes, dtype=object)[known], predicate="covers")
    found: dict[int, int] = {}
    for shape, point in pairs.T[::-1]:
        found[which[int(point)]] = known[int(shape)]
    return found


def _zu(
    db: Db, villages: Sequence[Any], rows: Sequence[Any], village_of: Sequence[int], moment: dt.datetime
) -> dict[tuple[str, str], str]:
    """Return the 组 by (village id, name), after making those that homes name and villages lack."""
    ids: dict[tuple[str, str], str] = {}
    codes: dict[str, set[str]] = defaultdict(set)
    roots = {v.path: v for v in villages}
    for zu in units.with_level(db, "", Level.ZU):
        village = _village_above(zu.path, roots)
        if village is not None:
            ids[(village.id, zu.name)] = zu.id
            ids.setdefault((village.id, zu.code), zu.id)
            codes[village.id].add(zu.code)
    wanted = sorted({(v, row.zu) for row, v in zip(rows, village_of, strict=True) if v >= 0 and row.zu})
    made: dict[str, list[Any]] = defaultdict(list)
    for v, name in wanted:
        village = villages[v]
        if (village.id, name) in ids:
            continue
        code = _free_code(village.code, codes[village.id])
        ids[(village.id, name)] = unit_id = str(uuid.uuid4())
        row = {
            "id": unit_id, "level": "zu", "kind": "group", "code": code, "name": name, "parent_id": village.id,
            "path": child_path(village.path, code[len(village.code) :]), "geom": None,
        }  # fmt: skip
        for key, value in row.items():
            made[key].append(value)
    if made:
        units.add(db, made, moment)
    return ids


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


def _down_to_lin(db: Db, rows: Sequence[Any], chosen: list[str | None]) -> list[str | None]:
    """Let homes that stand in a published 邻 of the unit they would join go to that 邻."""
    lins = units.with_shapes(db, "", (Level.LIN,))
    if not lins:
        return chosen
    paths = {row.id: row.path for row in units.paths(db, "")}
    inside = _inside(rows, range(len(rows)), shapes_of([lin.geom for lin in lins]))
    return [
        lins[inside[i]].id if unit_id and i in inside and lins[inside[i]].path.startswith(paths[unit_id]) else unit_id
        for i, unit_id in enumerate(chosen)
    ]
