"""The shapes that the pages rely on, page by page, refusals in both languages, and the main job over HTTP."""

from __future__ import annotations

import gzip
import io
from typing import Any

import openpyxl
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.actions import jobs
from geodata.store.database import Store
from survey.actions import hashing
from tests import village
from tests.actions.test_intake import homes_table
from tests.actions.test_tiles import place
from tests.rules.tile_reader import read_tile
from tests.village import COUNTY, TOWNS, VILLAGES, Here
from tests.web.tile_source import signed_in
from webmap import session, work

UNIT = {"id", "level", "code", "name", "path", "kind", "parent_id", "homes", "children", "bbox", "problems", "errors"}
PREVIEW = {
    "id", "kind", "level", "filename", "state", "encoding", "layers", "layer", "columns", "fields", "mapping",
    "mapping_remembered", "rows", "sample", "crs", "points", "bbox", "accepted", "refused", "refusals", "unchanged",
    "changed", "new",
}  # fmt: skip


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def cadre(store: Store, unit: str = "", role: str = "county_cadre") -> FlaskClient:
    return signed_in(store, role, village.unit_id(store, unit) if unit else "")


def code_of(answer: TestResponse) -> str:
    return str(answer.json["error"]["code"]) if answer.json else ""


def work_off(store: Store) -> None:
    """Do every waiting job, as the worker beside the server does."""
    while True:
        with store.write() as db:
            job = jobs.claim(db, session.now())
        if job is None:
            return
        work.do_one(store, job, Here())


def test_the_map_opens(published: Store) -> None:
    """What the page needs at once, as the contract names it."""
    shown = cadre(published).get("/api/map").json
    assert shown["county"]["name"] == "虚县"
    assert shown["counts"] == {
        "county": 1, "town": 2, "village": 2, "pian": 2, "zu": 6, "lin": 8, "homes": 62, "homes_unassigned": 0,
    }  # fmt: skip
    assert shown["rule"] == {"lin_homes_min": 5, "lin_homes_max": 15, "pian_zu_min": 2, "pian_zu_max": 5}
    assert shown.keys() >= {"synthetic", "version", "levels", "approval_no", "base_layers", "empty", "scope_bbox"}
    assert (shown["synthetic"], shown["empty"], shown["base_layers"]) == (False, False, [])


def test_the_tree_and_its_cards(published: Store) -> None:
    """From the top down to a home, every answer in the shape that was promised."""
    client = cadre(published)
    top = client.get("/api/units").json
    assert top.keys() == {"items", "next", "total"}
    assert top["items"][0].keys() == UNIT
    unit = top["items"][0]
    for level in ("town", "village", "pian", "zu", "lin"):
        unit = client.get(f"/api/units?parent={unit['id']}").json["items"][0]
        assert unit["level"] == level
    card = client.get(f"/api/units/{unit['id']}").json
    assert card.keys() >= UNIT | {"area_m2", "chain", "rule", "violations", "history", "centre", "state"}
    assert card["history"][0].keys() >= {"publication", "at", "kind", "reason", "by", "homes"}
    homes = client.get(f"/api/units/{unit['id']}/households").json
    assert homes["items"][0].keys() == {
        "id", "code", "address", "building", "entrance", "floor", "room", "priority", "lin_code", "lon", "lat",
    }  # fmt: skip
    home = client.get(f"/api/households/{homes['items'][0]['id']}").json
    assert (home["masked"], home["may_unmask"], home["chain"][-1]["id"]) == (True, True, unit["id"])
    bare = client.post(f"/api/households/{home['id']}/unmask", json={"reason": "走访"}).json
    assert (bare["masked"], "*" in bare["phone"]) == (False, False)
    assert code_of(client.post(f"/api/households/{home['id']}/unmask", json={"reason": ""})) == "unmask.no_reason"
    found = client.get("/api/search?q=东溪村&limit=1").json["items"]
    assert found[0].keys() == {"kind", "id", "level", "label", "detail", "lon", "lat", "bbox"}
    here = client.get(f"/api/locate?lon={home['lon']}&lat={home['lat']}").json
    assert (here["unit"]["id"], len(here["chain"])) == (unit["id"], 6)


def test_pages_of_units(published: Store) -> None:
    """Limit and after page through; a limit beyond 200 is 200; one that is no number is refused."""
    client = cadre(published)
    pian = client.get("/api/search?q=4399011000010").json["items"][0]
    seen, after = [], ""
    while after is not None:
        page = client.get(f"/api/units?parent={pian['id']}&limit=1&after={after}").json
        seen += [row["code"] for row in page["items"]]
        after = page["next"]
    assert (len(seen), sorted(seen)) == (page["total"], seen)
    assert client.get("/api/units?limit=5000").status_code == 200
    assert code_of(client.get("/api/units?limit=x")) == "wire.not_number"


@pytest.mark.parametrize(("path", "status", "code"), [
    ("/api/units/none", 404, "unit.not_found"),
    ("/api/units?parent=none", 404, "unit.not_found"),
    ("/api/households/none", 404, "household.not_found"),
    ("/api/plans/none", 404, "plan.not_found"),
    ("/api/plans/none/changes", 404, "plan.not_found"),
    ("/api/jobs/none", 404, "job.not_found"),
    ("/api/imports/none", 404, "import.not_found"),
    ("/api/imports/none/refused.xlsx", 404, "import.not_found"),
    ("/api/locate?lon=0&lat=0", 404, "locate.outside"),
    ("/api/locate?lon=500&lat=0", 422, "coordinate.off_earth"),
    ("/api/locate?lon=nan&lat=0", 400, "wire.not_number"),
    ("/api/locate?lat=0", 400, "wire.missing"),
    ("/api/violations?unit=none", 404, "unit.not_found"),
    ("/tiles/1/30/0/0.mvt", 422, "tile.out_of_range"),
    ("/tiles/1/a/0/0.mvt", 422, "tile.out_of_range"),
    ("/api/nothing", 404, "http.not_found"),
])  # fmt: skip
def test_refusals_have_a_name_and_two_languages(drawn: Store, path: str, status: int, code: str) -> None:
    """Status, name and a sentence: Chinese at first, English after the switch, neither the bare name."""
    client = cadre(drawn)
    chinese = client.get(path)
    assert (chinese.status_code, code_of(chinese)) == (status, code)
    assert client.post("/api/language", json={"lang": "en"}).status_code == 204
    english = client.get(path)
    assert (english.status_code, code_of(english)) == (status, code)
    told = chinese.json["error"]["message"], english.json["error"]["message"]
    assert told[0] != told[1]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told[0])
    assert told[1].isascii() or not any("\u4e00" <= letter <= "\u9fff" for letter in told[1])
    assert code not in told


def test_a_busy_store_is_503(drawn: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes while another holds the place for too long is told when to come again."""
    if not drawn.embedded:
        pytest.skip("PostgreSQL has no one writer's place")
    client = cadre(drawn)
    monkeypatch.setattr("geodata.store.database.PATIENCE_S", 0)
    with drawn.write():
        answer = client.post("/api/drafts", json={"unit_id": "x"})
        assert client.get("/api/units").status_code == 200
    assert (answer.status_code, code_of(answer), answer.headers["Retry-After"]) == (503, "store.busy", "5")


def test_tiles_over_http(published: Store) -> None:
    """Packed, private, kept for a day by the browser under the net's version; one's own ground alone."""
    z, x, y = place(15)
    for client, homes in ((cadre(published), 31), (cadre(published, TOWNS[0], "leader"), 0)):
        version = client.get("/api/map").json["version"]
        answer = client.get(f"/tiles/{version}/{z}/{x}/{y}.mvt")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Cache-Control"] == "private, max-age=86400"
        assert answer.headers["Vary"] == "Cookie"
        layers = read_tile(gzip.decompress(answer.data))
        assert len(layers["home"].features if "home" in layers else []) == homes


def test_a_file_from_upload_to_net(drawn: Store) -> None:
    """Upload, preview, another mapping, confirm, job, refused rows: nothing is in before the confirmation."""
    client = cadre(drawn)
    table = homes_table().astype(object)
    table["户编码"] = [f"N{n}" for n in range(31)]
    table.loc[3, "经度"] = ""
    sent = {"file": (io.BytesIO(table.to_csv(index=False).encode()), "住户.csv"), "kind": "households"}
    brought = client.post("/api/imports", data=sent)
    assert brought.status_code == 201
    preview = brought.json
    assert preview.keys() >= PREVIEW
    assert preview["crs"].keys() >= {"crs", "reason", "sentence", "swapped", "confidence", "alternatives"}
    assert (preview["rows"], preview["accepted"], preview["refused"], len(preview["sample"])) == (31, 30, 1, 20)
    assert preview["refusals"] == [{"row": 5, "field": "lon", "value": "", "sentence": "缺少坐标。"}]
    batch = f"/api/imports/{preview['id']}"
    mapping = {**preview["mapping"], "head_name": ""}
    again = client.post(batch, json={"mapping": mapping, "crs": "EPSG:4490"}).json
    assert (again["crs"]["reason"], "head_name" in again["mapping"]) == ("chosen", False)
    assert code_of(client.get(f"{batch}/refused.xlsx")) == "import.nothing_refused"
    assert client.get("/api/map").json["counts"]["homes"] == 62
    started = client.post(f"{batch}/confirm")
    assert started.status_code == 202
    assert client.post(f"{batch}/confirm").json == started.json
    work_off(drawn)
    job = client.get(f"/api/jobs/{started.json['job']}").json
    assert job.keys() == {"id", "kind", "state", "share", "message", "result", "error", "at", "by"}
    assert (job["state"], job["share"], job["result"]["new"], job["error"]) == ("done", 1.0, 30, None)
    assert client.get("/api/map").json["counts"]["homes"] == 92
    listed = client.get("/api/imports").json["items"]
    assert (listed[0]["id"], listed[0]["state"], listed[0]["filename"]) == (preview["id"], "done", "住户.csv")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{batch}/refused.xlsx").data)).active
    assert sheet.max_row == 2
    assert client.get(batch).json["state"] == "done"


@pytest.mark.parametrize(("sent", "code"), [
    ({"kind": "households"}, "wire.missing"),
    ({"kind": "cats", "file": b"a,b\n1,2\n"}, "import.unknown_kind"),
    ({"kind": "units", "file": b"a,b\n1,2\n"}, "import.no_level"),
    ({"kind": "households", "file": b""}, "file.empty"),
    ({"kind": "households", "file": b"\x89PNG\r\n\x1a\n"}, "file.kind_unknown"),
])  # fmt: skip
def test_files_that_cannot_be_taken(drawn: Store, sent: dict[str, Any], code: str) -> None:
    """Refused by name, and nothing of them stays on the disk."""
    client = cadre(drawn)
    data = {key: (io.BytesIO(value), "x.csv") if key == "file" else value for key, value in sent.items()}
    assert code_of(client.post("/api/imports", data=data)) == code
    folder = drawn.folder / "uploads"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_file_that_is_not_understood_can_be_explained(drawn: Store) -> None:
    """Columns of no known name and numbers of no known system are shown with why; a mapping and a system mend it."""
    client = cadre(drawn)
    table = homes_table().rename(columns={"户编码": "甲", "经度": "乙", "纬度": "丙"})
    table["甲"] = [f"N{n}" for n in range(31)]
    sent = {"file": (io.BytesIO(table.to_csv(index=False).encode()), "x.csv"), "kind": "households"}
    shown = client.post("/api/imports", data=sent).json
    assert (shown["accepted"], shown["rows"], len(shown["sample"])) == (0, 31, 20)
    assert shown["problem"]["code"] in ("import.no_column", "import.no_coordinates")
    batch = f"/api/imports/{shown['id']}"
    mended = client.post(batch, json={"mapping": {**shown["mapping"], "code": "甲", "lon": "乙", "lat": "丙"}}).json
    assert (mended["accepted"], mended["problem"]) == (31, None)
    far = client.post(batch, json={"mapping": {"code": "甲", "lon": "甲", "lat": "甲"}}).json
    assert far["problem"]["code"] == "crs.undetected"


def test_from_draft_to_undo(drawn: Store) -> None:
    """Draft by a job, look at the plan, prove it, publish with a reason, find it in the ledger, undo it."""
    client = cadre(drawn)
    started = client.post("/api/drafts", json={"unit_id": village.unit_id(drawn, VILLAGES[0]), "seed": 1})
    assert started.status_code == 202
    work_off(drawn)
    (plan_id,) = client.get(f"/api/jobs/{started.json['job']}").json["result"]["plans"]
    listed = client.get("/api/plans?state=draft").json
    assert listed["items"][0].keys() >= {
        "id", "name", "unit", "state", "at", "by", "counts", "violations", "objective_m2", "proof",
    }  # fmt: skip
    plan = f"/api/plans/{plan_id}"
    box = pytest.approx(village.border(0).bounds, abs=1e-6)
    assert (listed["items"][0]["unit"]["bbox"], client.get(plan).json["bbox"]) == (box, box)
    assert client.get(plan).json["problems"] == []
    assert client.get(f"{plan}/changes").json["homes"] == 31
    z, x, y = place(15)
    tile = client.get(f"{plan}/tiles/{z}/{x}/{y}.mvt")
    assert tile.headers["Cache-Control"] == "private, no-store"
    assert len(read_tile(gzip.decompress(tile.data))["lin"].features) == 4
    assert client.post(f"{plan}/prove").status_code == 202
    work_off(drawn)
    assert client.get(plan).json["proof"].keys() == {"worst_share", "mean_share", "optimal_share"}
    assert code_of(client.post(f"{plan}/publish", json={})) == "wire.missing"
    done = client.post(f"{plan}/publish", json={"reason": "首次划邻"})
    assert done.status_code == 200
    entry = done.json
    assert entry.keys() >= {"id", "seq", "kind", "at", "by", "reason", "unit", "counts", "undone", "may_undo"}
    assert (entry["kind"], entry["reason"], entry["may_undo"]) == ("publish", "首次划邻", True)
    assert (client.post(f"{plan}/publish", json={"reason": "再来"}).status_code) == 422
    undone = client.post(f"/api/publications/{entry['id']}/undo", json={"reason": "试过了"})
    assert (undone.status_code, undone.json["kind"], undone.json["undoes"]) == (200, "undo", entry["seq"])
    again = client.post(f"/api/publications/{entry['id']}/undo", json={"reason": "再来"})
    assert code_of(again) == "publication.undone"
    ledger = client.get("/api/publications?limit=2").json
    assert [row["kind"] for row in ledger["items"]] == ["undo", "publish"]
    assert client.get(f"/api/publications?after={ledger['next']}").json["items"][0]["kind"] == "import"


def test_a_draft_put_away(drafted: Store) -> None:
    """A dropped plan is in the list as dropped and cannot be published; one that another overtook is a conflict."""
    client = cadre(drafted)
    first, second = client.get("/api/plans").json["items"]
    assert client.delete(f"/api/plans/{first['id']}").status_code == 204
    assert [row["id"] for row in client.get("/api/plans?state=dropped").json["items"]] == [first["id"]]
    assert code_of(client.post(f"/api/plans/{first['id']}/publish", json={"reason": "x"})) == "plan.dropped"
    rival = village.draft_one(drafted, second["unit"]["code"])
    assert client.post(f"/api/plans/{rival}/publish", json={"reason": "x"}).status_code == 200
    stale = client.post(f"/api/plans/{second['id']}/publish", json={"reason": "x"})
    assert (stale.status_code, code_of(stale)) == (409, "plan.superseded")


def test_jobs_are_listed_and_cancelled(drawn: Store) -> None:
    """One's own jobs, newest first; a waiting one is cancelled at once."""
    client = cadre(drawn)
    job = client.post("/api/drafts", json={"unit_id": village.unit_id(drawn, COUNTY)}).json["job"]
    assert client.get("/api/jobs").json["items"][0]["id"] == job
    assert client.post(f"/api/jobs/{job}/cancel").status_code == 204
    assert client.get(f"/api/jobs/{job}").json["state"] == "cancelled"
    assert code_of(client.post("/api/drafts", json={"unit_id": "x", "seed": "y"})).startswith("wire.")


def test_a_town_never_hears_of_another(published: Store) -> None:
    """No answer to a town's reader holds a code, name or id of the other town (S-06)."""
    client = cadre(published, TOWNS[0], "town_cadre")
    other = {village.unit_id(published, code) for code in (TOWNS[1], VILLAGES[1])}
    paths = [
        "/api/map", "/api/me", "/api/units", "/api/plans", "/api/publications", "/api/violations", "/api/jobs",
        "/api/search?q=溪", "/api/search?q=4399", "/api/search?q=W0",
        f"/api/units?parent={village.unit_id(published, COUNTY)}",
    ]  # fmt: skip
    for path in paths:
        said = client.get(path).text
        assert not [word for word in ("西溪", TOWNS[1], VILLAGES[1], *other) if word in said], path
    for unit in other:
        assert client.get(f"/api/units/{unit}").status_code == 404
        assert client.get(f"/api/units/{unit}/households").status_code == 404
        assert client.post("/api/drafts", json={"unit_id": unit}).status_code == 404
