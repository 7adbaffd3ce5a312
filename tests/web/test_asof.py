"""``as_of`` in the address: one reading of it for every route, and the same rights as today."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from geodata.actions.take_households import take_households
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.store import households
from geodata.store.database import Store
from survey.actions import hashing
from tests import village
from tests.actions.test_tiles import place
from tests.rules.tile_reader import read_tile
from tests.village import EARLY, TOWNS, VILLAGES, Clock
from tests.web.tile_source import signed_in
from webmap import session

NOON = EARLY + dt.timedelta(days=4, hours=4)  # 12:00 on 5 March in the county
NOW = EARLY + dt.timedelta(days=9)
MATRIX = Path(__file__).with_name("route_matrix.csv")


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be 10 March 2026, 8 o'clock in the county."""
    monkeypatch.setattr(session, "now", lambda: NOW)


@pytest.fixture
def changed(published: Store) -> Store:
    """The tiny county, to whose first village a home came and which was published anew at noon of 5 March."""
    with published.write() as db:
        take_households(db, OPERATOR, NOON, village.home_frame().iloc[[0]].assign(code="E900"))
    plan_id = village.draft_one(published, VILLAGES[0], Clock(NOON), seed=3)
    village.publish_one(published, plan_id, NOON)
    return published


def routes_of_the_net(store: Store) -> list[str]:
    """Return an address of every route that shows the net."""
    z, x, y = place(14)
    unit = village.unit_id(store, VILLAGES[0])
    with store.read() as db:
        home = households.digests(db)["E000"][0]
    point = village.home_frame().geometry.iloc[0]
    return [
        "/api/map?", f"/api/units?parent={unit}&", f"/api/units/{unit}?", f"/api/units/{unit}/households?",
        f"/api/households/{home}?", "/api/search?q=E9&", f"/api/locate?lon={point.x}&lat={point.y}&",
        f"/tiles/1/{z}/{x}/{y}.mvt?",
    ]  # fmt: skip


def homes_of(client: FlaskClient, store: Store, as_of: str) -> list[int]:
    """Return how many homes the first village has by its card, the list above, its homes, its tile and in all."""
    unit, plus = village.unit_id(store, VILLAGES[0]), f"as_of={as_of}"
    town = village.unit_id(store, TOWNS[0])
    card = client.get(f"/api/units/{unit}?{plus}").json
    listed = client.get(f"/api/units?parent={town}&{plus}").json["items"][0]
    page = client.get(f"/api/units/{unit}/households?limit=200&{plus}").json
    opened = client.get(f"/api/map?{plus}").json
    z, x, y = place(11)
    tile = read_tile(gzip.decompress(client.get(f"/tiles/{opened['version']}/{z}/{x}/{y}.mvt?{plus}").data))
    (drawn,) = (f.properties["homes"] for f in tile["village"].features if f.properties["code"] == VILLAGES[0])
    return [card["homes"], listed["homes"], len(page["items"]), drawn, opened["counts"]["homes"] - 31]


def test_a_day_back_shows_the_counts_of_then(changed: Store) -> None:
    """The evening before 31 homes everywhere; that evening, today and without a date 32; the instant before noon 31."""
    client = signed_in(changed, "county_cadre")
    instants = ("2026-03-05T11:59:59.999999", "2026-03-05T04:00:01Z")
    told = {at: homes_of(client, changed, at) for at in ("2026-03-04", "2026-03-05", "2026-03-10", "", *instants)}
    assert {at: set(counts) for at, counts in told.items()} == {
        "2026-03-04": {31}, "2026-03-05": {32}, "2026-03-10": {32}, "": {32}, "2026-03-05T11:59:59.999999": {31},
        "2026-03-05T04:00:01Z": {32},
    }  # fmt: skip


def test_every_route_of_the_net_takes_a_moment(changed: Store) -> None:
    """None takes the future or what is no date, and says so in either language; an answer of then tells the moment."""
    client = signed_in(changed, "county_cadre")
    for path in routes_of_the_net(changed):
        assert client.get(f"{path}as_of=2026-03-04").status_code == 200, path
        for text, code, words in (("2026-03-11", "as_of.future", "还没有到"), ("5.3.", "as_of.unreadable", "不是日期")):
            answer = client.get(f"{path}as_of={text}")
            assert (answer.status_code, answer.json["error"]["code"]) == (422, code), path
            assert words in answer.json["error"]["message"]
    assert client.get("/api/map?as_of=2026-03-04").json["as_of"] == "2026-03-04T15:59:59Z"
    assert "as_of" not in client.get("/api/map?as_of=2026-03-10").json
    client.set_cookie("lang", "en")
    assert "still to come" in client.get("/api/map?as_of=2031-01-01").json["error"]["message"]


def test_the_routes_are_all_here(published: Store) -> None:
    """Whatever shows units, homes or tiles of the published net by GET is in the list above.

    Posts are of today, their past stands in the record of each unit; what drawing starts from is of today too.
    """
    with MATRIX.open(encoding="utf-8") as file:
        paths = {row["path"] for row in csv.DictReader(file) if row["method"] == "GET"}
    net = {p for p in paths if p.startswith(("/api/units", "/api/households", "/tiles/", "/api/map"))}
    net = {p for p in net if not p.endswith(("/posts", "/tree", "/content"))}
    assert len(net | {"/api/search", "/api/locate"}) == len(routes_of_the_net(published)), sorted(net)


def test_a_towns_cadre_sees_their_own_past_alone(changed: Store) -> None:
    """The other town's units and homes are as unknown as of then as they are today; a leader sees no home."""
    west = signed_in(changed, "town_cadre", village.unit_id(changed, TOWNS[1]))
    leader = signed_in(changed, "leader")
    with changed.read() as db:
        home = households.one(db, EVERYWHERE, households.digests(db)["E000"][0])
    unit = village.unit_id(changed, VILLAGES[0])
    for path in (f"/api/units/{unit}", f"/api/units/{unit}/households", f"/api/households/{home.id}"):
        for as_of in ("2026-03-04", "2026-03-02", "2026-03-01T09:30"):
            assert west.get(f"{path}?as_of={as_of}").status_code == 404
    assert leader.get(f"/api/households/{home.id}?as_of=2026-03-04").status_code == 403
    assert west.get("/api/search?q=东溪&as_of=2026-03-04").json["items"] == []
    z, x, y = place(16)
    for client in (west, leader):
        tile = read_tile(gzip.decompress(client.get(f"/tiles/1/{z}/{x}/{y}.mvt?as_of=2026-03-04").data))
        assert "home" not in tile
        assert ("lin" in tile) == (client is leader)
    assert west.get("/api/map?as_of=2026-03-04").json["counts"]["homes"] == 31


def test_a_tile_of_then_is_kept_by_its_own_reader_only(changed: Store) -> None:
    """Its address tells the version and the moment, so the reader's browser may keep it; it is private."""
    z, x, y = place(14)
    answer = signed_in(changed, "county_cadre").get(f"/tiles/1/{z}/{x}/{y}.mvt?as_of=2026-03-04")
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
