"""Base layers over HTTP: set by the administrator, shown to readers, fetched by the server or read from its folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from geodata.actions import base_layers as actions
from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Store
from geodata.store.tables import unit
from survey.actions import hashing
from tests.conftest import NOW, missing
from tests.web.tile_source import PNG, Source, running, signed_in
from webmap import proxy

LOW = {"id": "low", "name": "底图", "kind": "pmtiles", "file": "basemap.pmtiles"}


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing remembered, and hashing at next to no cost."""
    proxy.CACHE.clear()
    proxy.RESTS.clear()
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", cheap)
    monkeypatch.setattr(hashing, "_NOBODY", cheap.hash("nobody"))


@pytest.fixture
def source() -> Iterator[Source]:
    """A running tile server."""
    with running() as server:
        yield server


@pytest.fixture
def basemap(store: Store, shared: Path) -> Path:
    """The county's folder with a real PMTiles file in it, named as configured."""
    real = shared / "data" / "basemap_lowzoom.pmtiles"
    if not real.is_file():
        missing("the real base map basemap_lowzoom.pmtiles")
    kept = store.folder / LOW["file"]
    shutil.copyfile(real, kept)
    with store.write() as db:
        actions.configure(db, OPERATOR, NOW, [LOW])
    return kept


def code_of(answer: TestResponse) -> str:
    return str(answer.json["error"]["code"]) if answer.json else ""


def put(client: FlaskClient, *items: Any) -> TestResponse:
    return client.put("/api/base-layers", json={"items": list(items)})


def test_none_by_default_then_what_is_set(store: Store, source: Source) -> None:
    """A new county has no base layer; what the administrator sets is shown, fetched, kept and audited."""
    client = signed_in(store, "administrator")
    assert client.get("/api/map").json["base_layers"] == []
    assert client.get("/api/base-layers").json == {"items": [], "next": None, "total": 0}
    answer = put(client, source.layer(attribution="县测绘队"))
    assert (answer.status_code, answer.json["items"][0]["token_found"]) == (200, True)
    assert client.get("/api/base-layers").json == answer.json
    (shown,) = client.get("/api/map").json["base_layers"]
    assert (shown["url"], shown["kind"], shown["approval_no"]) == ("/base/ortho/{z}/{x}/{y}", "raster", "")
    assert (shown["form"], shown["vector_layers"], shown["urls"]) == ("raster", [], [shown["url"]])
    tile = client.get("/base/ortho/3/6/2")
    assert (tile.status_code, tile.data, tile.mimetype) == (200, PNG, "image/png")
    assert (tile.headers["Cache-Control"], tile.headers["Vary"]) == ("private, max-age=86400", "Cookie")
    assert tile.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/base/ortho/3/6/2").data == PNG
    assert [path for path, _ in source.asked] == ["/t/3/6/2.png"], "the second came from memory"
    assert "Cookie" not in source.asked[0][1]
    with store.read() as db:
        (row,) = [one for one in audit.page(db, EVERYWHERE)[0] if one.act == "base_layers.set"]
    assert row.detail["layers"] == [
        {"id": "ortho", "kind": "xyz", "hosts": ["127.0.0.1"], "internal": True, "approval_no": ""}
    ]
    assert put(client).json["total"] == 0
    assert code_of(client.get("/base/ortho/3/6/2")) == "base_layer.not_found"


def test_a_refused_configuration_changes_nothing(store: Store, source: Source) -> None:
    """One fault refuses the whole list; the sentence names it and what was set before still holds."""
    client = signed_in(store, "administrator")
    put(client, source.layer())
    for wrong, code in (
        (LOW, "base_layer.no_file"),
        ({**LOW, "file": "../x.pmtiles"}, "base_layer.bad_value"),
        (source.layer(internal=False, id="b"), "base_layer.address_refused"),
        (source.layer(), "base_layer.duplicate_id"),
        ("text", "wire.not_list"),
    ):
        answer = put(client, source.layer(), wrong)
        assert (400 <= answer.status_code < 500, code_of(answer)) == (True, code)
    assert client.get("/api/base-layers").json["total"] == 1


def test_who_may_set_and_who_may_look(store: Store, source: Source) -> None:
    """Setting is for the whole county's administrator alone; tiles are for whoever sees the map; others get nothing."""
    for unit_id, level, path in (("county", "county", "431382/"), ("town", "town", "431382/101/")):
        values = {"id": unit_id, "level": level, "kind": "", "code": path, "name": unit_id, "path": path}
        with store.write() as db:
            db.run.execute(insert(unit).values(**values, homes=0, area_m2=0.0, fill=0, valid_from=NOW))
    assert put(signed_in(store, "administrator", "county"), source.layer()).status_code == 200
    part = signed_in(store, "administrator", "town")
    assert code_of(put(part)) == code_of(part.get("/api/base-layers")) == "right.missing"
    leader, auditor = signed_in(store, "leader"), signed_in(store, "audit_admin")
    stranger = leader.application.test_client()
    assert code_of(leader.get("/api/base-layers")) == code_of(put(leader)) == "right.missing"
    assert leader.get("/base/ortho/3/6/2").status_code == 200
    for path in ("/base/ortho/3/6/3", "/base/low.pmtiles", "/api/base-layers"):
        assert code_of(auditor.get(path)) == "right.missing"
        assert code_of(stranger.get(path)) == "session.none"
    assert len(source.asked) == 1
    nobody = Actor("x", "x")
    with store.read() as db, pytest.raises(Problem, match=r"right\.missing"):
        actions.list_shown(db, nobody, NOW)


def test_a_tile_that_cannot_be(store: Store, source: Source) -> None:
    """Unknown layers, parts and places are refused before anything is asked; HEAD asks nothing either."""
    client = signed_in(store, "administrator")
    put(client, source.layer(min_zoom=3, max_zoom=4))
    for path, code in (
        ("/base/other/3/6/2", "base_layer.not_found"),
        ("/base/ortho.cva/3/6/2", "base_layer.not_found"),
        ("/base/ortho/2/0/0", "tile.out_of_range"),
        ("/base/ortho/3/8/0", "tile.out_of_range"),
        ("/base/ortho/3/-1/0", "tile.out_of_range"),
        ("/base/ortho/3/a/0", "tile.out_of_range"),
        ("/base/ortho/3/٣/0", "tile.out_of_range"),
        ("/base/ortho/3/0/" + "9" * 5000, "tile.out_of_range"),
    ):
        assert code_of(client.get(path)) == code
    assert client.head("/base/ortho/3/6/2").status_code == 200
    assert source.asked == []


def test_a_source_that_fails(store: Store, source: Source) -> None:
    """A failing source is told by name, without its address, and is not kept as a picture."""
    client = signed_in(store, "administrator")
    put(client, source.layer())
    source.answer = {"status": 500}
    answer = client.get("/base/ortho/3/6/2")
    assert (code_of(answer), answer.headers["Cache-Control"]) == ("base_tile.refused", "no-store")
    assert answer.json["error"]["values"] == {"layer": "ortho", "status": 500}
    source.answer = {}
    assert client.get("/base/ortho/3/6/2").data == PNG


def test_no_connection_waits_for_a_source(store: Store, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database has its connection back before the source is asked, so that a slow one holds up nobody else."""
    client = signed_in(store, "administrator")
    put(client, source.layer())
    held: list[int] = []

    def fetch(*_: object) -> proxy.Tile:
        held.append(store.engine.pool.checkedout())
        return proxy.Tile(PNG, "image/png")

    monkeypatch.setattr(proxy, "fetch_tile", fetch)
    assert (client.get("/base/ortho/3/6/2").status_code, held) == (200, [0])


def test_a_stored_layer_that_no_longer_holds(store: Store) -> None:
    """The map opens without a layer whose file is gone or whose configuration is refused by now."""
    client = signed_in(store, "administrator")
    with store.write() as db:
        settings.put(db, actions.SETTING, [LOW, {"id": "old", "name": "x", "kind": "gone"}])
    assert client.get("/api/map").json["base_layers"] == []
    assert code_of(client.get("/base/low.pmtiles")) == "base_layer.not_found"
    found = client.get("/api/base-layers").json["items"]
    assert [(one["id"], one["token_found"]) for one in found] == [("low", True), ("old", False)]


def test_a_pmtiles_file_by_ranges(store: Store, basemap: Path) -> None:
    """A reader's map takes ranges of the file: 206 with its place, 304 by ETag, 416 beyond the end."""
    client = signed_in(store, "leader")
    whole = basemap.read_bytes()
    (shown,) = client.get("/api/map").json["base_layers"]
    assert (shown["kind"], shown["url"], shown["form"]) == ("pmtiles", "/base/low.pmtiles", "vector")
    assert (shown["min_zoom"], shown["max_zoom"]) == (0, 8)
    assert shown["vector_layers"] == ["land", "lakes", "rivers", "province", "county", "county_label"]
    first = client.get(shown["url"], headers={"Range": "bytes=0-126"})
    assert (first.status_code, first.data) == (206, whole[:127])
    assert first.headers["Content-Range"] == f"bytes 0-126/{len(whole)}"
    assert (first.headers["Accept-Ranges"], first.headers["Cache-Control"]) == ("bytes", "private, no-cache")
    assert "Content-Encoding" not in first.headers
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    last = client.get(shown["url"], headers={"Range": f"bytes={len(whole) - 5}-{len(whole) + 99}", "If-Range": tag})
    assert (last.status_code, last.data) == (206, whole[-5:])
    beyond = client.get(shown["url"], headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.data) == (416, b"")
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert client.get(shown["url"], headers={"If-None-Match": tag}).status_code == 304
    assert client.get(shown["url"]).data == whole
    basemap.write_bytes(whole + b"x")
    changed = client.get(shown["url"], headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)


def test_nothing_but_the_configured_file(store: Store, basemap: Path) -> None:
    """No name reaches another file: not the key, not the database, not a parent folder, not through a link."""
    client = signed_in(store, "leader")
    (store.folder / "other.pmtiles").write_bytes(basemap.read_bytes())
    for name in ("other", "basemap", "..%2flow", "%2e%2e/low", "..\\low", "low%00", "county.key", "/etc/passwd"):
        assert client.get(f"/base/{name}.pmtiles").status_code in (308, 404), name
    outside = store.folder.parent / f"{store.folder.name}-outside.pmtiles"
    outside.write_bytes(basemap.read_bytes())
    basemap.unlink()
    os.symlink(outside, basemap)
    assert code_of(client.get("/base/low.pmtiles")) == "base_layer.not_found"
    assert client.get("/api/map").json["base_layers"] == []


def test_a_file_that_is_no_pmtiles(store: Store) -> None:
    """A file of another kind is refused when it is configured."""
    (store.folder / LOW["file"]).write_bytes(b"SQLite format 3\x00" + bytes(200))
    with store.write() as db, pytest.raises(Problem) as caught:
        actions.configure(db, OPERATOR, NOW, [LOW])
    assert (caught.value.code, caught.value.values) == (
        "base_layer.not_pmtiles", {"layer": "low", "file": "basemap.pmtiles"},
    )  # fmt: skip
