"""A real land from its file to a published net: 11 communes as villages, 12,467 addresses as homes."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.actions import browse, check, intake, ledger
from geodata.actions.drafting import draft
from geodata.actions.ground import villages_of
from geodata.actions.intake import Choices
from geodata.actions.setup import zone_of_county
from geodata.rules import crs
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.units import Level
from geodata.store import households, units
from geodata.store.database import Store
from geodata.store.types import lonlat_of, shapes_of
from tests import village
from tests.real_data import real_file
from tests.village import Clock, Here

DAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
FILE = "liechtenstein/liechtenstein_osm.gpkg.zip"
MAIN_ROADS = ("motorway", "trunk", "primary", "secondary")


SMALL = ("Planken", "Schellenberg", "Gamprin")
"""Three communes that make 1,200 homes: as real as the whole land, and drafted in a tenth of its time."""


@functools.cache
def layer(name: str) -> gpd.GeoDataFrame:
    """Return a layer of the land's file, read once."""
    return gpd.read_file(real_file(FILE), layer=name)


def import_all(store: Store, folder: Path, communes: Sequence[str] = ()) -> dict[str, int]:
    """Bring the land, or some communes, in through the same actions as any file; returns what came and was refused."""
    admin = layer("admin").rename(columns={"osm_id": "code"})
    villages = admin[admin["admin_level"] == "8"].sort_values("code")
    villages = villages[villages["name"].isin(communes)] if communes else villages
    chosen = {"county": admin[admin["admin_level"] == "2"], "village": villages}
    addresses, roads = layer("addresses"), layer("roads")
    wanted = addresses["municipality"].isin(villages["name"]) | (not communes)
    lines = pd_concat(roads[roads["highway"].isin(MAIN_ROADS)], layer("waterways"))
    lines = lines[lines.intersects(villages.union_all())] if communes else lines
    files: list[tuple[Choices, gpd.GeoDataFrame]] = [
        *((Choices("units", level), frame[["code", "name", "geometry"]]) for level, frame in chosen.items()),
        (Choices("barriers"), lines),
        (Choices("households"), addresses[wanted]),
    ]
    counts: Counter[str] = Counter()
    for n, (choices, frame) in enumerate(files):
        path = folder / f"{n}.gpkg"
        frame.to_file(path, driver="GPKG")
        with store.write() as db:
            taken, known = intake.take(db, OPERATOR, DAY, path, choices)
        assert known.crs.crs == "EPSG:4326", known.crs
        counts[choices.level or choices.kind] = taken.new
        counts["refused"] += len(taken.refusals)
    return dict(counts)


def pd_concat(roads: gpd.GeoDataFrame, waters: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return roads and waters as lines of one kind column."""
    roads = roads.assign(kind=roads["highway"])[["kind", "name", "geometry"]]
    waters = waters.assign(kind=waters["waterway"])[["kind", "name", "geometry"]]
    both = np.concatenate([roads.to_numpy(), waters[waters["kind"].isin(("river", "stream"))].to_numpy()])
    return gpd.GeoDataFrame({"kind": both[:, 0], "name": both[:, 1]}, geometry=list(both[:, 2]), crs="EPSG:4326")


def publish_all(store: Store, plan_ids: list[str]) -> None:
    clock = Clock(DAY + dt.timedelta(hours=2))
    for plan_id in plan_ids:
        village.publish_one(store, plan_id, clock())


def require_whole(store: Store) -> None:
    """Every village is tiled exactly, and every home lies in its one 邻."""
    with store.read() as db:
        zone = zone_of_county(db)
        for chosen in units.with_shapes(db, "", (Level.VILLAGE,)):
            ground = crs.shapes_to_xy(shapes_of([chosen.geom]), zone)[0]
            rows = units.with_shapes(db, chosen.path, (Level.ZU, Level.LIN))
            homes = households.under(db, chosen.path)
            shapes = dict(zip([r.id for r in rows], crs.shapes_to_xy(shapes_of([r.geom for r in rows]), zone),
                              strict=True))  # fmt: skip
            for level in ("zu", "lin"):
                parts = np.array([shapes[r.id] for r in rows if r.level == level], dtype=object)
                assert shapely.area(parts).sum() == pytest.approx(ground.area, abs=1.0)
                assert shapely.union_all(parts).area == pytest.approx(ground.area, abs=1.0)
            points = shapely.points(crs.to_xy(lonlat_of([h.geom for h in homes]), zone))
            own = np.array([shapes[h.unit_id] for h in homes], dtype=object)
            away_m = shapely.distance(own, points)
            assert away_m.max() < 0.01, (chosen.name, away_m.max())


def test_the_whole_land_is_drafted_published_and_found(
    tmp_path: Path, templates: object, request: pytest.FixtureRequest
) -> None:
    """12,467 addresses become 邻 of 5 to 15, each violation with its reason; every address finds its own chain."""
    store = templates.copy("gpkg", "empty", lambda empty: None, tmp_path)  # type: ignore[attr-defined]
    request.addfinalizer(store.close)
    came = import_all(store, tmp_path)
    assert (came["county"], came["village"], came["households"]) == (1, 11, 12_467)
    assert came["refused"] == 0
    with store.read() as db:
        outside = households.count_unplaced(db)
    assert outside <= 23  # addresses that name no commune and stand in none
    made = draft(store, OPERATOR, Clock(DAY), None, 0, Here(), village.silent)
    assert (len(made["plans"]), made["refused"], made["homes"]) == (11, [], 12_467 - outside)
    assert made["lin"] == pytest.approx(12_467 / 10, rel=0.25)
    publish_all(store, made["plans"])
    require_whole(store)
    with store.read() as db:
        lins = units.with_shapes(db, "", (Level.LIN,))
        member = Counter(home.unit_id for home in households.under(db, ""))
        assert sum(member.values()) == 12_467 - outside
        assert {lin.id: lin.homes for lin in lins} == dict(member)
        said = {row.unit_id for row in browse.problems(db, OPERATOR, DAY, "", "", "", 10_000)["items"]}
        odd = {unit for unit, homes in member.items() if not 5 <= homes <= 15}
        assert odd <= said
        assert len(odd) <= 0.01 * len(lins)
        in_pieces = {lin.id for lin in lins if shapely.get_num_geometries(shapely.from_wkb(lin.geom)) > 1}
        assert in_pieces <= said
        assert len(in_pieces) <= 0.02 * len(lins)
        assert units.tops(db, EVERYWHERE, "", 1)[0].homes == 12_467 - outside
        homes = households.under(db, "")[::200]
        for home, (lon, lat) in zip(homes, lonlat_of([h.geom for h in homes]).tolist(), strict=True):
            here = browse.locate(db, OPERATOR, DAY, lon, lat)
            assert [step["level"] for step in here["chain"]] == ["county", "village", "pian", "zu", "lin"]
            assert here["chain"][1]["id"] == units.chain(db, home.path)[1].id
    with store.write() as db:
        for chosen in villages_of(db, OPERATOR, DAY, None)[:3]:
            rules = {v.rule for v in check.check_village(db, OPERATOR, DAY, chosen.id)}
            assert not rules & {"gap", "overlap", "home_in_no_unit", "home_in_two_units", "home_outside_unit"}


def test_three_communes_on_either_database(store: Store, tmp_path: Path) -> None:
    """The same actions on GeoPackage and PostGIS: imported, drafted, published, whole, and read again unchanged."""
    came = import_all(store, tmp_path, SMALL)
    assert (came["village"], came["refused"]) == (3, 0)
    assert came["households"] > 1_100
    made = draft(store, OPERATOR, Clock(DAY), None, 0, Here(), village.silent)
    publish_all(store, made["plans"])
    require_whole(store)
    again = import_all(store, tmp_path, SMALL)
    assert {key: again[key] for key in ("county", "village", "households", "barriers")} == dict.fromkeys(
        ("county", "village", "households", "barriers"), 0
    )
    with store.read() as db:
        entries = ledger.list_publications(db, OPERATOR, DAY, "", 50)["items"]
    assert Counter(entry["kind"] for entry in entries) == {"publish": 3, "import": 3}
