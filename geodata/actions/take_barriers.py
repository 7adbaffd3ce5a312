from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import geopandas as gpd
import numpy as np
import shapely

from geodata.actions import net
from geodata.actions.take_units import Taken
from geodata.rules.actors import Actor
from geodata.store import audit, barriers
from geodata.store.database import Db


def take_barriers(db: Db, actor: Actor, now: dt.datetime, frame: gpd.GeoDataFrame) -> Taken:
    """Bring in rivers, railways, roads and streams (``kind, name, geometry`` in EPSG:4490); a line held is skipped."""
    taken = Taken()
    if not len(frame):
        return taken
    lines = np.array([shapely.multilinestrings(shapely.get_parts(g)) for g in frame.geometry], dtype=object)
    digests = [
        hashlib.sha256(kind.encode() + wkb).hexdigest()[:32]
        for kind, wkb in zip(frame["kind"], shapely.to_wkb(lines), strict=True)
    ]
    held = barriers.digests(db)
    fresh: dict[str, int] = {}
    for i, digest in enumerate(digests):
        if digest not in held:
            fresh.setdefault(digest, i)
    rows = list(fresh.values())
    taken.new, taken.unchanged = len(rows), len(frame) - len(rows)
    if rows:
        barriers.add(
            db,
            {
                "id": [str(uuid.uuid4()) for _ in rows],
                "kind": [frame["kind"].iloc[i] for i in rows],
                "name": [frame["name"].iloc[i] for i in rows],
                "digest": list(fresh),
                "geom": lines[rows],
            },
        )
        net.changed(db)
    audit.record(db, actor, now, "import.barriers", counts=taken.counts())
    return taken
