from __future__ import annotations

import numpy as np
import shapely

from geodata.actions.setup import zone_of_county
from geodata.rules.actors import EVERYWHERE
from geodata.rules.crs import to_xy
from geodata.rules.numbering import as_multi
from geodata.rules.stitch import stitch_in as stitch_border
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import shapes_of

LEVELS = (Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN)
TOUCH_DEG = 1e-8
"""Shapes farther apart than this, a millimetre, do not touch."""


def stitch_in(db: Db, path: str) -> int:
    """Make the net around a village that has just changed one exact coverage again, without moving any ground.

    A village that was drafted alone has corners on its border that its neighbours lack, and they have corners that it
    lacks. Each is put into the other side's border, on all levels up to the village. This is another way of writing
    the same ground: the versions in force are written anew, and none begins or ends. Corners of the village that lie
    within a tenth of a millimetre of a neighbour's take its degrees; nothing else of what is stored changes in a bit.

    Parameters
    ----------
    path
        The village's; its new units are in force already, in the transaction of ``db``.

    Returns
    -------
    How many units were written anew.
    """
    own = units.with_shapes(db, path, LEVELS)
    if not own or own[0].path != path or own[0].geom is None:
        return 0
    village_ll = shapes_of([own[0].geom])[0]
    west, south, east, north = village_ll.bounds
    box = (west - TOUCH_DEG, south - TOUCH_DEG, east + TOUCH_DEG, north + TOUCH_DEG)
    around = [row for row in units.in_box(db, EVERYWHERE, box, LEVELS) if not row.path.startswith(path)]
    # The neighbours first: where two corners become one, theirs holds.
    rows = [*sorted(around, key=lambda row: str(row.path)), *own]
    shapes_ll = shapes_of([row.geom for row in rows])
    border = shapely.boundary(village_ll)
    shapely.prepare(border)
    at_border = np.flatnonzero(shapely.dwithin(border, shapes_ll, TOUCH_DEG))
    villages = [_village_path(rows[i].path, path) for i in at_border]
    number = {name: n for n, name in enumerate(dict.fromkeys(villages))}
    zone = zone_of_county(db)
    old = shapes_ll[at_border]
    new = stitch_border(old, np.array([number[name] for name in villages], dtype=np.intp), lambda ll: to_xy(ll, zone))
    written = [i for i in range(len(old)) if new[i] is not old[i]]
    units.write_anew(db, [rows[at_border[i]].fid for i in written], as_multi(new[written]).tolist())
    return len(written)


def _village_path(path: str, like: str) -> str:
    """Return the beginning of a unit's path that is as deep as a village's."""
    return "/".join(path.split("/")[: like.count("/")])
