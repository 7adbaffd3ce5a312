"""How fast the county's vector tiles come over HTTP: made fresh at every zoom, and from the cache.

The peer is PostGIS, asked for the same levels at the same places by ST_AsMVT from shapes that already lie in Web
Mercator, without HTTP, rights or compression. Its ratio is given for the tiles made fresh; there is none for the cache.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import prepared, served
from benchmarks.peer_postgis import Peer, open_peer
from benchmarks.prepared import row
from geodata.store import tilecache
from webmap import session

ZOOMS = range(8, 19)
Place = tuple[int, int, int]


def places_of(county: Path, count: int) -> dict[int, list[Place]]:
    """Return tiles in which homes stand, at most ``count`` different ones a zoom."""
    lonlat = served.home_places(county, count * 20)
    found = {}
    for z in ZOOMS:
        side = 1 << z
        columns = np.floor((lonlat[:, 0] + 180) / 360 * side).astype(int).tolist()
        north = np.arcsinh(np.tan(np.radians(lonlat[:, 1])))
        rows = np.floor((1 - north / math.pi) / 2 * side).astype(int).tolist()
        found[z] = list(dict.fromkeys((z, x, y) for x, y in zip(columns, rows, strict=True)))[:count]
    return found


def forget(county: Path) -> None:
    """Empty the tile cache."""
    store = session.open_store(str(county))
    with store.write() as db:
        tilecache.drop(db)
    store.close()


def fresh(to: served.Served, county: Path, places: dict[int, list[Place]], version: str) -> dict[int, Any]:
    """Return the milliseconds of every tile made fresh, by zoom; few different tiles are made several times."""
    took: dict[int, list[float]] = {z: [] for z in ZOOMS}
    most = max(map(len, places.values()))
    for z, chosen in places.items():
        paths = [path_of(version, place) for place in chosen]
        for turn in range(1 + max(1, min(8, most // len(chosen)))):
            forget(county)
            answers = served.ask_all(to, paths, 1)
            if turn:  # the first turn warms both workers up
                took[z] += (answers.took_s * 1000).tolist()
    return {z: np.array(each) for z, each in took.items()}


def path_of(version: str, place: Place) -> str:
    """Return a tile's address."""
    z, x, y = place
    return f"/tiles/{version}/{z}/{x}/{y}.mvt"


def by_postgis(peer: Peer, places: dict[int, list[Place]]) -> dict[int, Any]:
    """Return the milliseconds that PostGIS takes for the same tiles."""
    for z in ZOOMS:
        peer.tile(places[z][0])
    return {z: np.array([peer.tile(place) for place in chosen]) for z, chosen in places.items()}


def worst(took: dict[int, Any], share: float) -> float:
    """Return the percentile of the zoom where it is largest."""
    return max(float(np.percentile(each, share)) for each in took.values())


def measure(wanted: prepared.Asked) -> list[dict[str, Any]]:
    """Serve the county and ask for its tiles."""
    county = prepared.published(wanted)
    places = places_of(county, 12 if wanted.quick else 60)
    with served.served(county) as to:
        version = to.get("/api/map")["version"]
        ours = fresh(to, county, places, version)
        cached = [path_of(version, place) for z in range(12, 17) for place in places[z]]
        served.ask_all(to, cached, 4)
        kept = served.ask_all(to, cached * math.ceil((3_000 if wanted.quick else 20_000) / len(cached)), 8)
    theirs = _postgis(county, places)
    told = ", ".join(f"z{z} {np.percentile(each, 50):.0f}" for z, each in ours.items())
    peer_told = "peer: PostGIS ST_AsMVT" if theirs else "no PostGIS here to compare with"
    tail = f"{sum(map(len, ours.values()))} tiles; {peer_told}"
    return [
        row("fresh_p50_ms", worst(ours, 50), theirs and worst(theirs, 50), "ms", f"slowest zoom of {told}; {tail}"),
        row("fresh_p99_ms", worst(ours, 99), theirs and worst(theirs, 99), "ms", f"slowest zoom; {tail}"),
        row("cached_per_s", kept.per_s, None, "1/s", f"{len(kept.took_s)} requests on 8 connections, granian 2 x 4"),
    ]


def _postgis(county: Path, places: dict[int, list[Place]]) -> dict[int, Any] | None:
    with open_peer(county) as peer:
        return by_postgis(peer, places) if peer else None


def main() -> None:
    """Measure and print."""
    with prepared.asked(__doc__) as wanted:
        prepared.show(measure(wanted), as_json=wanted.as_json)


if __name__ == "__main__":
    main()
