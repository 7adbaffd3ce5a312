from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.tables import barrier
from geodata.store.types import InBox

_KINDS: Any = bindparam("kinds", expanding=True)
_IN_BOX = select(barrier.c.fid, barrier.c.kind, barrier.c.name, barrier.c.geom).where(
    InBox(barrier, None), barrier.c.kind.in_(_KINDS)
)


def in_box(db: Db, box: Sequence[float], kinds: Sequence[str]) -> Sequence[Any]:
    """Return the lines of some kinds (``river, railway, road, stream, lane``) whose box meets west, south, east, north.

    The box is in degrees.
    """
    sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
    return db.run.execute(_IN_BOX, {**sides, "kinds": list(kinds)}).all()


def names(db: Db) -> Sequence[str]:
    """Return what the lines that have a name are called, in order."""
    query = select(barrier.c.name).where(barrier.c.name != "").distinct().order_by(barrier.c.name)
    return db.run.execute(query).scalars().all()


def named(db: Db, name: str) -> Sequence[Any]:
    """Return the lines of a name."""
    return db.run.execute(select(barrier.c.kind, barrier.c.geom).where(barrier.c.name == name)).all()


def digests(db: Db) -> set[str]:
    """Return the digests of the lines already held, so that loading a file again changes nothing."""
    return set(db.run.execute(select(barrier.c.digest)).scalars())


def add(db: Db, columns: Mapping[str, Any]) -> None:
    """Add lines, column by column."""
    insert_columns(db, barrier, columns)
