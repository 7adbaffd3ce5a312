from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
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
_AT_ONCE = 10_000  # a county's homes as columns of the store, all at once, are 400 MB
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
    is_new, is_changed, known = tell_apart(db, frame)
    taken.new, taken.changed = int(is_new.sum()), int(is_changed.sum())
    taken.unchanged = len(frame) - taken.new - taken.changed
    _add(db, frame, np.flatnonzero(is_new), moment)
    for part in _parts(np.flatnonzero(is_changed)):
        _overwrite(db, frame.iloc[part], known, moment)
    del frame  # what looks for the homes' units needs the memory
    if taken.new or taken.changed:
        adopt(db, moment)
        publications.record(db, moment, "import", actor.name, "household", counts={"homes": taken.new + taken.changed})
        net.changed(db)
    audit.record(db, actor, now, "import.households", counts=taken.counts())
    return taken


def _parts(which: Any) -> Iterator[Any]:
    """Give the positions of rows part by part: what is made ready of each row is let go with its part."""
    for start in range(0, len(which), _AT_ONCE):
        yield which[start : start + _AT_ONCE]


def _add(db: Db, frame: gpd.GeoDataFrame, which: Any, moment: dt.datetime) -> None:
    """Add the homes in some rows, part by part."""
    ids = _random_ids(len(which))
    for start, part in zip(range(0, len(which), _AT_ONCE), _parts(which), strict=True):
        written = _written(ids[start : start + len(part)])
        households.add(db, _columns(db, frame.iloc[part], written), moment)


def _random_ids(count: int) -> Any:
    """Return random UUIDs (version 4 of RFC 9562) as (count, 16) bytes, in order.

    In order, an index of many homes grows at its end; each at its own place, it would be half as quick again.
    """
    raw = np.frombuffer(bytearray(os.urandom(16 * count)), dtype=np.uint8).reshape(-1, 16)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    halves = raw.view(">u8")
    return raw[np.lexsort((halves[:, 1], halves[:, 0]))]


def _written(ids: Any) -> list[str]:
    """Write UUIDs as text: 8-4-4-4-12 hexadecimal digits."""
    digits = ids.tobytes().hex()
    each = (digits[at : at + 32] for at in range(0, len(digits), 32))
    return [f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}" for one in each]


def tell_apart(db: Db, frame: gpd.GeoDataFrame) -> tuple[Any, Any, dict[str, tuple[str, str]]]:
    """Return which rows are new (n,), which change a home that is held (n,), and what is held by code."""
    known = households.digests(db)
    codes = frame["code"].tolist()
    is_new = np.array([code not in known for code in codes], dtype=bool)
    is_changed = np.zeros(len(codes), dtype=bool)
    for part in _parts(np.flatnonzero(~is_new)):
        digests = _digests(db, frame.iloc[part])
        is_changed[part] = [known[codes[at]][1] != digest for at, digest in zip(part, digests, strict=True)]
    return is_new, is_changed, known


def _digests(db: Db, frame: gpd.GeoDataFrame) -> list[str]:
    """Return a keyed digest of each row's content, so that "the same again" is known without opening sealed fields."""
    columns = [map(str, frame[name].tolist()) for name in _COMPARED]
    places = frame.geometry
    xs, ys = places.x.tolist(), places.y.tolist()
    digest = db.vault.digest
    return [
        digest("\x1f".join((*row, f"{x:.8f}", f"{y:.8f}")).encode())
        for row, x, y in zip(zip(*columns, strict=True), xs, ys, strict=True)
    ]


def _columns(db: Db, frame: gpd.GeoDataFrame, ids: list[str]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: frame[name].tolist() for name in PLAIN}
    columns["id"] = ids
    columns["raw_x"], columns["raw_y"] = frame["raw_x"].tolist(), frame["raw_y"].tolist()
    columns["digest"] = _digests(db, frame)
    columns["geom"] = frame.geometry.to_numpy()
    for field in ("head_name", "phone"):
        seal = db.vault.seal
        columns[f"{field}_sealed"] = [
            seal(text, f"household:{field}:{row_id}") for text, row_id in zip(frame[field], ids, strict=True)
        ]
    return columns


def _overwrite(db: Db, frame: gpd.GeoDataFrame, known: dict[str, tuple[str, str]], moment: dt.datetime) -> None:
    """Overwrite homes that changed; one that moved, or names another village or 组, finds its unit anew."""
    ids = [known[code][0] for code in frame["code"]]
    columns = _columns(db, frame, ids)
    before = households.places(db, ids)
    households.change(db, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)], moment)
    now_at = zip(columns["village"], columns["zu"], shapely.to_wkb(np.asarray(columns["geom"])), strict=True)
    moved = [home for home, place in zip(ids, now_at, strict=True) if before[home] != place]
    households.leave(db, moved, moment)
