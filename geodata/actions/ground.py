from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from geodata.actions.setup import zone_of_county
from geodata.rules.actors import Actor
from geodata.rules.crs import Zone
from geodata.rules.profile import Profile
from geodata.rules.proposal import KnownZu, VillageGround
from geodata.rules.stacks import StackColumns
from geodata.rules.units import Level
from geodata.store import barriers, households, settings, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of


def villages_of(db: Db, actor: Actor, now: dt.datetime, unit_id: str | None) -> list[Any]:
    """Return the villages with homes under a unit (the whole county for None) that the actor may draft."""
    scope = actor.scope("draft")
    path = ""
    if unit_id is not None:
        top = units.one(db, scope, unit_id)
        if top is None:
            scope.require("\0")
        path = top.path
        if Level(top.level).depth > Level.VILLAGE.depth:
            path = next(row.path for row in units.chain(db, path) if row.level == "village")
    rows = units.with_level(db, path, Level.VILLAGE)
    return [row for row in rows if row.homes and scope.covers(row.path)]


class GroundReader:
    """Reads the ground of villages in one transaction; the profile and the zone are read once."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.profile: Profile = settings.profile(db)
        self.zone: Zone = zone_of_county(db)

    def read(self, village: Any, seed: int) -> VillageGround:
        """Return everything a draft of one village starts from."""
        rows = units.with_shapes(self.db, village.path, (Level.VILLAGE, Level.PIAN, Level.ZU))
        shapes = shapes_of([row.geom for row in rows])
        by_level = {
            level: [(r, s) for r, s in zip(rows, shapes, strict=True) if r.level == level]
            for level in ("village", "zu")
        }
        village_shape = by_level["village"][0][1]
        homes = households.under(self.db, village.path)
        zus = self._known_zus(by_level["zu"])
        place = {row.path: i for i, (row, _) in enumerate(by_level["zu"])}
        return VillageGround(
            village_id=village.id,
            village_code=village.code,
            village_path=village.path,
            shape_ll=village_shape,
            home_ids=[home.id for home in homes],
            home_ll=lonlat_of([home.geom for home in homes]),
            stack=StackColumns(*(_column(homes, name) for name in ("building", "entrance", "floor", "room"))),
            zu_of_home=np.array([_zu_at(home.path, place) for home in homes], dtype=np.intp),
            zus=zus,
            barriers=self._barriers(village_shape, homes),
            profile=self.profile,
            zone=self.zone,
            seed=seed,
            old_lin=[home.unit_id if home.level == "lin" else "" for home in homes],
            old_pian=self._old_pians(rows, homes),
        )

    def _known_zus(self, zus: list[tuple[Any, Any]]) -> list[KnownZu]:
        """Return the 组; a polygon counts as given only where a person or a file gave it, not where a draft made it."""
        drafted = (
            any(row.level == "lin" for row in units.with_level(self.db, zus[0][0].path, Level.LIN)) if zus else False
        )
        return [KnownZu(r.id, r.code, r.name, r.kind, None if drafted else s) for r, s in zus]

    def _barriers(self, village_shape: Any, homes: Any) -> list[tuple[str, Any]]:
        if village_shape is not None:
            box = village_shape.bounds
        else:
            lonlat = lonlat_of([home.geom for home in homes])
            box = (*lonlat.min(axis=0), *lonlat.max(axis=0))
        rows = barriers.in_box(self.db, box, ("river", "railway", "road", "stream"))
        return list(zip([row.kind for row in rows], shapes_of([row.geom for row in rows]), strict=True)) if rows else []

    def _old_pians(self, rows: Any, homes: Any) -> list[str]:
        pians = {row.path: row.id for row in rows if row.level == "pian"}
        if not pians:
            return []
        steps = len(next(iter(pians)).split("/")) - 1
        return [pians.get("/".join(home.path.split("/")[:steps]) + "/", "") for home in homes]


def _column(homes: Any, name: str) -> Any:
    return np.array([getattr(home, name) for home in homes], dtype=object)


def _zu_at(path: str, place: dict[str, int]) -> int:
    """Return the index of the 组 that a home's unit is or lies in, -1 for none."""
    while path:
        if path in place:
            return place[path]
        path = path[: path.rstrip("/").rfind("/") + 1]
    return -1
