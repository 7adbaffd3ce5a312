"""What is kept for the whole county is changed only by who holds a right over all of it."""

from __future__ import annotations

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db


def require_whole(db: Db, actor: Actor, *rights: str) -> None:
    """Refuse who holds none of some rights over the whole county (``right.missing``, right: the first of them).

    The whole county is all ground, or the ground of the county's own unit.
    """
    for right in rights:
        for path in actor.scope(right).paths:
            if path == "" or [row.level for row in units.chain(db, path)] == [Level.COUNTY.value]:
                return
    raise Problem("right.missing", right=rights[0])
