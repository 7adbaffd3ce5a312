from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.actions import net
from geodata.actions.adopt import adopt
from geodata.actions.take_units import Taken
from geodata.rules.actors import Actor
from geodata.store import audit, households, publications
from geodata.store.database import Db

PLAIN = ("code", "village", "zu", "address", "building", "entrance", "floor", "room", "priority", "source_crs")
_ADDED_AT_ONCE = 20_000  # a county's homes as columns of the store, all at once, are 400 MB
_COMPARED = ("village", "zu", "address", "building", "entrance", "floor", "room", "priority", "head_name", "phone")


def take_households(db: Db, actor: Actor, now: dt.datetime, frame: gpd.GeoDataFrame) -> Taken:
    """Bring homes in by their code: new ones are added, changed ones overwritten, the same file twice does nothing.

    Parameters
    ----------
    frame
        ``code, village, zu, address, building, entrance, floor, room, priority, head_name, phone, geometry,
        source_crs, raw_x, raw_y`` in EPSG:4490, as ``rules.intake.households_from`` gives it. Names and telephones
        are sealed before they reach the database.
    """
    taken = Taken()
    if not len(frame):
        return taken
    moment = publications.moment_after_last(db, now)
    is_new, is_changed, digests, known = tell_apart(db, frame)
    taken.new, taken.changed = int(is_new.sum()), int(is_changed.sum())
    taken.unchanged = len(frame) - taken.new - taken.changed
    _add(db, frame, np.flatnonzero(is_new), digests, moment)
    if taken.changed:
        _overwrite(db, frame[is_changed], digests[is_changed], known, moment)
    del digests, known  # some tens of megabytes for a county, and adopting needs as many
    if taken.new or taken.changed:
        adopt(db, moment)
        publications.record(db, moment, "import", actor.name, "household", counts={"homes": taken.new + taken.changed})
        net.changed(db)
    audit.record(db, actor, now, "import.households", counts=taken.counts())
    return taken


def _add(db: Db, frame: gpd.GeoDataFrame, which: Any, digests: Any, moment: dt.datetime) -> None:
    """Add the homes in some rows, part by part."""
    for start in range(0, len(which), _ADDED_AT_ONCE):
        part = which[start : start + _ADDED_AT_ONCE]
        ids = [str(uuid.uuid4()) for _ in part]
        households.add(db, _columns(db, frame.iloc[part], digests[part], ids), moment)


def tell_apart(db: Db, frame: gpd.GeoDataFrame) -> tuple[Any, Any, Any, dict[str, tuple[str, str]]]:
    """Return which rows are new (n,), which change a home that is held (n,), the rows' digests, and what is held."""
    known = households.digests(db)
    codes = frame["code"].tolist()
    digests = _digests(db, frame)
    is_new = np.array([code not in known for code in codes], dtype=bool)
    is_changed = np.array(
        [not new and known[code][1] != digest for new, code, digest in zip(is_new, codes, digests, strict=True)],
        dtype=bool,
    )
    return is_new, is_changed, digests, known


def _digests(db: Db, frame: gpd.GeoDataFrame) -> Any:
    """Return a keyed digest of each row's content, so that "the same again" is known without opening sealed fields."""
    columns = [frame[name].astype(str).tolist() for name in _COMPARED]
    places = frame.geometry
    xs, ys = places.x.to_numpy(), places.y.to_numpy()
    digest = db.vault.digest
    return np.array(
        [
            digest("\x1f".join((*row, f"{x:.8f}", f"{y:.8f}")).encode())
            for row, x, y in zip(zip(*columns, strict=True), xs, ys, strict=True)
        ],
        dtype=object,
    )


def _columns(db: Db, frame: gpd.GeoDataFrame, digests: Any, ids: list[str]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: frame[name].tolist() for name in PLAIN}
    columns["id"] = ids
    columns["raw_x"], columns["raw_y"] = frame["raw_x"].tolist(), frame["raw_y"].tolist()
    columns["digest"] = digests.tolist()
    columns["geom"] = frame.geometry.to_numpy()
    for field in ("head_name", "phone"):
        seal = db.vault.seal
        columns[f"{field}_sealed"] = [
            seal(text, f"household:{field}:{row_id}") for text, row_id in zip(frame[field], ids, strict=True)
        ]
    return columns


def _overwrite(
    db: Db, frame: gpd.GeoDataFrame, digests: Any, known: dict[str, tuple[str, str]], moment: dt.datetime
) -> None:
    """Overwrite homes that changed; one that moved, or names another village or 组, finds its unit anew."""
    ids = [known[code][0] for code in frame["code"]]
    columns = _columns(db, frame, digests, ids)
    before = households.places(db, ids)
    households.change(db, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], moment)
    now_at = zip(columns["village"], columns["zu"], shapely.to_wkb(np.asarray(columns["geom"])), strict=True)
    moved = [home for home, place in zip(ids, now_at, strict=True) if before[home] != place]
    households.leave(db, moved, moment)
