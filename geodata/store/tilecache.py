from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from geodata.store.database import Db
from geodata.store.tables import tile

_DEEPEST = 20
_BUFFER_SHARE = 1 / 32  # a tile draws a little beyond its edge, so a change just outside reaches it


def get(db: Db, z: int, x: int, y: int, scope: str) -> bytes | None:
    """Return a kept tile of a scope, or None."""
    same = (tile.c.z == z, tile.c.x == x, tile.c.y == y, tile.c.scope == scope)
    found = db.run.execute(select(tile.c.body).where(*same)).scalar()
    return None if found is None else bytes(found)


def put(db: Db, z: int, x: int, y: int, scope: str, body: bytes) -> None:
    """Keep a tile of a scope, replacing an older one of the same place; two readers may do so at one instant."""
    insert: Any = sqlite.insert if db.embedded else postgresql.insert
    row = insert(tile).values(z=z, x=x, y=y, scope=scope, body=body)
    db.run.execute(row.on_conflict_do_update(index_elements=["z", "x", "y", "scope"], set_={"body": body}))


def drop(db: Db, box: Sequence[float] | None = None) -> None:
    """Forget the tiles that draw any of (west, south, east, north) degrees, at every zoom; None forgets all."""
    if box is None:
        db.run.execute(tile.delete())
        return
    kept = set(db.run.execute(select(tile.c.z).distinct()).scalars())
    for z in sorted(kept & set(range(_DEEPEST + 1))):
        left, top = _place(box[0], box[3], z)
        right, bottom = _place(box[2], box[1], z)
        inside = (
            tile.c.x.between(math.floor(left - _BUFFER_SHARE), math.floor(right + _BUFFER_SHARE)),
            tile.c.y.between(math.floor(top - _BUFFER_SHARE), math.floor(bottom + _BUFFER_SHARE)),
        )
        db.run.execute(tile.delete().where(tile.c.z == z, *inside))


def _place(lon: float, lat: float, z: int) -> tuple[float, float]:
    """Return where a point lies on the grid of tiles of a zoom, in tiles (the picture grid of Web Mercator)."""
    count = 2**z
    sine = math.asinh(math.tan(math.radians(lat)))
    return ((lon + 180) / 360 * count, (1 - sine / math.pi) / 2 * count)
