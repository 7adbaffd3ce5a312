"""What every change of the net does in the same transaction, and how every list finds its ground."""

from __future__ import annotations

from collections.abc import Iterable

from geodata.rules.actors import Scope
from geodata.rules.problems import Problem
from geodata.store import households, settings, tilecache, units
from geodata.store.database import Db


def recount(db: Db, path: str = "") -> None:
    """Count the homes of every unit under a path, and of those above it, from the memberships in force."""
    top = path.split("/")[0] + "/" if path else ""
    totals = dict.fromkeys((row.path for row in units.paths(db, top)), 0)
    for unit_path, homes in households.count_by_path(db, top):
        for step in _prefixes(unit_path):
            if step in totals:
                totals[step] += homes
    changed = {row.id: totals[row.path] for row in units.paths(db, top) if row.homes != totals[row.path]}
    units.set_homes(db, changed)


def _prefixes(path: str) -> Iterable[str]:
    at = path.find("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def changed(db: Db, path: str = "") -> None:
    """Recount, give the net a new version and forget every kept tile.

    The version first: whoever keeps a tile holds it meanwhile, and what was kept until then is seen and dropped.
    """
    recount(db, path)
    settings.raise_net_version(db)
    tilecache.drop(db)


def path_of(db: Db, scope: Scope, unit_id: str) -> str:
    """Return the path that a list is asked for: a unit's, or "" for the whole scope (``unit.not_found``)."""
    if not unit_id:
        return ""
    row = units.one(db, scope, unit_id)
    if row is None:
        raise Problem("unit.not_found")
    return str(row.path)
