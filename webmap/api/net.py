from __future__ import annotations

from typing import Any

from geodata.actions import browse, tiles
from geodata.rules.problems import Problem
from webmap import fields, sentences, session
from webmap.api.base import layers_shown
from webmap.routes import Asked, route
from webmap.wire import Reply

TILE = "application/vnd.mapbox-vector-tile"


@route("GET", "/api/map", "see")
def show_map(asked: Asked) -> dict[str, Any]:
    """Return what the map needs to open."""
    return {
        **browse.county(asked.db, asked.actor, asked.now, asked.moment()),
        "base_layers": layers_shown(asked.db, asked.actor, asked.now),
    }


@route("GET", "/api/units", "see")
def list_units(asked: Asked) -> dict[str, Any]:
    """Return a page of a unit's children, or of the top of the reader's scope."""
    after, limit = asked.page()
    return browse.children(asked.db, asked.actor, asked.now, asked.text("parent", ""), after, limit, asked.moment())


@route("GET", "/api/units/<unit_id>", "see")
def show_unit(asked: Asked, unit_id: str) -> dict[str, Any]:
    """Return a unit's card; as of a moment without violations, which are of today."""
    card = browse.show_unit(asked.db, asked.actor, asked.now, unit_id, asked.moment())
    if "violations" in card:
        card["violations"] = [sentences.shown_violation(row, asked.lang) for row in card["violations"]]
    card["history"] = [
        {"publication": row.id, "seq": row.seq, "kind": row.kind, "at": row.at, "by": row.by, "reason": row.reason,
         "homes": row.homes, "code": row.code, "name": row.name}
        for row in card["history"]
    ]  # fmt: skip
    return card


@route("GET", "/api/units/<unit_id>/households", "see_homes")
def list_households(asked: Asked, unit_id: str) -> dict[str, Any]:
    """Return a page of a unit's homes, masked."""
    after, limit = asked.page()
    return browse.homes_in(asked.db, asked.actor, asked.now, unit_id, after, limit, asked.moment())


@route("GET", "/api/households/<household_id>", "see_homes")
def show_household(asked: Asked, household_id: str) -> dict[str, Any]:
    """Return a home's card, masked."""
    return browse.show_household(asked.db, asked.actor, asked.now, household_id, at=asked.moment())


@route("POST", "/api/households/<household_id>/unmask", "unmask")
def unmask_household(asked: Asked, household_id: str) -> dict[str, Any]:
    """Return a home's card in full, after writing down who asked and why."""
    reason = fields.text(asked.body, "reason")
    return browse.unmask_household(asked.db, asked.actor, asked.now, household_id, reason)


@route("GET", "/api/search", "see")
def search(asked: Asked) -> dict[str, Any]:
    """Find units and homes by name, code or address."""
    limit = max(1, min(int(asked.number("limit", 10)), 50))
    only_units = asked.text("kind", "") == "unit"
    wanted, at = asked.text("q", "", 100), asked.moment()
    return {"items": browse.find(asked.db, asked.actor, asked.now, wanted, limit, only_units=only_units, at=at)}


@route("GET", "/api/locate", "see")
def locate(asked: Asked) -> dict[str, Any]:
    """Return the deepest unit at a point and its chain."""
    lon, lat = asked.number("lon"), asked.number("lat")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Problem("coordinate.off_earth", lon=lon, lat=lat)
    return browse.locate(asked.db, asked.actor, asked.now, lon, lat, asked.moment())


@route("GET", "/api/violations", "see")
def list_violations(asked: Asked) -> dict[str, Any]:
    """Return a page of the violations under a unit, of a plan or of the published net."""
    after, limit = asked.page()
    found = browse.problems(
        asked.db, asked.actor, asked.now, asked.text("unit", ""), asked.text("plan", ""), after, limit
    )
    return {**found, "items": [sentences.shown_violation(row, asked.lang) for row in found["items"]]}


@route("GET", "/tiles/<version>/<z>/<x>/<y>.mvt", "see")
def tile(asked: Asked, version: str, z: str, x: str, y: str) -> Reply:
    """Return a vector tile of the published net; under its version's address it may be kept for a day.

    So may one as of a moment: the day that is not yet over changes with the version, and no earlier one changes at all.
    """
    body = tiles.tile(session.get_store(), asked.db, asked.actor, *tile_place(z, x, y), asked.moment())
    return tile_reply(body, keep=True)


def tile_place(z: str, x: str, y: str) -> tuple[int, int, int]:
    """Return a tile's place, or ``tile.out_of_range``."""
    if not all(part.isascii() and part.isdigit() and len(part) < 8 for part in (z, x, y)):
        raise Problem("tile.out_of_range", z=z[:8], x=x[:8], y=y[:8])
    return int(z), int(x), int(y)


def tile_reply(body: bytes, *, keep: bool) -> Reply:
    """Return a tile's bytes (gzip) as an answer; ``private``, for it holds what this reader may see."""
    kept = "private, max-age=86400" if keep else "private, no-store"
    return Reply(body, 200, {"Content-Encoding": "gzip", "Cache-Control": kept, "Vary": "Cookie"}, TILE)
