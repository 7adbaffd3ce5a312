"""Lists, drafts and similar ones over HTTP: the shapes that the pages rely on, who may change what, the sentences."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import geopandas as gpd
import pytest
import shapely
from argon2 import PasswordHasher

from geodata.actions.take_barriers import take_barriers
from geodata.store.database import Store
from survey.actions import hashing, issues
from survey.rules.categories import list_shipped
from tests import issuing, village
from tests.issuing import NOW, new_id, place
from tests.village import OPERATOR, VILLAGES
from tests.web.test_api import PREVIEW, cadre, code_of, work_off
from tests.web.tile_source import signed_in

LAMP = list_shipped()[17]
CATEGORY = {
    "id", "scheme", "version", "code", "kind", "major", "name", "name_en", "grade", "level", "office_code",
    "restricted", "symbol", "keywords", "retired",
}  # fmt: skip
OFFICE = str(uuid.UUID(int=5 + (4 << 76) + (2 << 62)))
AROUND = json.loads(shapely.to_geojson(village.border(0)))


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_the_lists_are_read_by_all_and_changed_by_administrators(published: Store) -> None:
    """Categories, offices, exceptions and holidays: shown, put, changed, taken out of use."""
    reader, keeper = signed_in(published, "reporter", ""), signed_in(published, "administrator", "")
    shown = reader.get("/api/categories").json["items"]
    assert (shown[17].keys(), shown[17]["name"]) == (CATEGORY, "路灯")
    made = keeper.put(f"/api/offices/{OFFICE}", json={"code": "zj", "name": "住建局"})
    assert made.json == {"id": OFFICE, "code": "zj", "name": "住建局", "unit": None, "retired": False}
    changed = keeper.put(f"/api/categories/{LAMP.id}", json={"office_code": "zj", "keywords": ["灯"], "retired": False})
    assert (changed.json["office_code"], changed.json["keywords"]) == ("zj", ["灯"])
    added = keeper.post("/api/categories", json={"code": "L1", "name": "龙舟赛"})
    assert (added.status_code, added.json.keys(), added.json["kind"]) == (201, CATEGORY, "local")
    assert keeper.put(f"/api/categories/{added.json['id']}", json={"retired": True}).json["retired"]
    assert (
        len(reader.get("/api/categories?all=1").json["items"]) == len(reader.get("/api/categories").json["items"]) + 1
    )
    put = keeper.put(f"/api/route-exceptions/{OFFICE}", json={"name": "国道", "office_id": OFFICE, "area": AROUND})
    assert put.json.keys() == {"id", "name", "codes", "office", "area"}
    assert keeper.get("/api/route-exceptions").json["items"] == [put.json]
    assert keeper.delete(f"/api/route-exceptions/{OFFICE}").status_code == 204
    days = {"off": ["2026-02-17"], "on": ["2026-02-14"]}
    assert keeper.put("/api/holidays", json={"off": ["2026年2月17日"], "on": ["2026/2/14"]}).json == days
    assert reader.get("/api/holidays").json == days
    assert reader.get("/api/offices").json["items"][0]["code"] == "zj"
    for asked in (reader.put(f"/api/offices/{OFFICE}", json={}), reader.get("/api/route-exceptions")):
        assert (asked.status_code, code_of(asked)) == (403, "right.missing")


def test_refusals_come_in_sentences_and_with_their_status(published: Store) -> None:
    """What a client may not send, what is not there, what is taken: each its number and its sentence."""
    keeper = signed_in(published, "administrator", "")
    keeper.put(f"/api/offices/{OFFICE}", json={"code": "zj", "name": "住建局"})
    crossed = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    for answer, status, code in (
        (keeper.put("/api/offices/x", json={}), 400, "wire.not_uuid"),
        (keeper.put(f"/api/offices/{new_id()}", json={"code": "zj", "name": "x"}), 409, "office.taken"),
        (keeper.put("/api/categories/none", json={}), 404, "category.not_found"),
        (keeper.put(f"/api/categories/{LAMP.id}", json={"keywords": "灯"}), 400, "wire.not_list"),
        (keeper.put(f"/api/categories/{LAMP.id}", json={"grade": "急"}), 422, "category.bad_grade"),
        (keeper.post("/api/categories", json={"code": "0118", "name": "x", "kind": "object"}), 409, "category.taken"),
        (keeper.delete(f"/api/route-exceptions/{OFFICE}"), 404, "route.not_found"),
        (keeper.put(f"/api/route-exceptions/{OFFICE}", json={"name": "a", "office_id": OFFICE, "area": crossed}), 422,
         "geometry.crosses_itself"),
        (keeper.put("/api/holidays", json={"off": ["x"]}), 422, "holiday.bad_day"),
        (keeper.post(f"/api/faq/{OFFICE}/helped", json={}), 404, "faq.not_found"),
        (keeper.put(f"/api/faq/{OFFICE}", json={"question": "x"}), 422, "faq.bad_answer"),
    ):  # fmt: skip
        assert (answer.status_code, code_of(answer)) == (status, code)
        assert "{" not in answer.json["error"]["message"]


def test_a_question_is_answered_or_not(published: Store) -> None:
    """The answer with its category, whether any fits, and the two counts; the whole list without a question."""
    keeper, reader = signed_in(published, "administrator", ""), signed_in(published, "reporter", "")
    entry = {"question": "路灯坏了找谁", "answer": "上报路灯。", "category": "路灯"}
    put = keeper.put(f"/api/faq/{OFFICE}", json=entry).json
    assert put.keys() == {"id", "question", "answer", "category", "helped", "passed_on", "retired"}
    found = reader.get("/api/faq?q=路灯不亮了").json
    assert (found["fits"], found["items"][0]["category"]["name"]) == (True, "路灯")
    assert reader.get("/api/faq?q=医保").json == {"items": [], "fits": False}
    assert reader.post(f"/api/faq/{OFFICE}/helped", json={}).json == {"helped": 1, "passed_on": 0}
    assert reader.post(f"/api/faq/{OFFICE}/passed-on", json={}).json["passed_on"] == 1
    assert keeper.put(f"/api/faq/{OFFICE}", json={"retired": True}).json["retired"]
    assert (reader.get("/api/faq").json["items"], len(reader.get("/api/faq?all=1").json["items"])) == ([], 1)


def test_a_pasted_message_comes_back_as_a_draft(published: Store) -> None:
    """Every field with the sentence that says why; the reader's language decides which."""
    client = cadre(published, VILLAGES[0], "village_cadre")
    found = client.post("/api/issues/draft", json={"text": "甲组路灯频闪 — 李四 13800001234"}).json
    assert found.keys() == {
        "text", "source", "category", "categories", "place", "places", "raiser", "hints",
    }  # fmt: skip
    assert found["place"].keys() == {"unit", "lon", "lat", "place_source", "place_text"}
    assert (found["category"].keys(), found["categories"][0].keys()) == (CATEGORY, CATEGORY | {"score"})
    assert found["hints"][0].keys() == {"field", "why", "said", "sentence"}
    assert found["hints"][0]["sentence"] == "类别按“路灯、频闪”填的。"
    client.set_cookie("lang", "en")
    english = client.post("/api/issues/draft", json={"text": "甲组路灯频闪"}).json
    assert english["hints"][0]["sentence"] == "The category follows from “路灯、频闪”."
    assert code_of(client.post("/api/issues/draft", json={"text": "—"})) == "chat.empty"
    assert client.get("/api/issues").json["items"] == [], "nothing was written"


def test_similar_ones_are_told_to_who_is_about_to_report(published: Store) -> None:
    """Near by place and category; of another's ground neither text nor number."""
    lon, lat = place()
    placed = {"lon": lon, "lat": lat, "place_source": "pin", "source": "app"}
    with published.write() as db:
        issues.report(db, OPERATOR, NOW, new_id(), {**placed, "category_id": LAMP.id, "text": "路灯频闪"})
    asked = f"/api/issues/similar?lon={lon}&lat={lat}&category={LAMP.id}"
    client = cadre(published)
    (seen,) = client.get(asked).json["items"]
    (told,) = signed_in(published, "reporter", "").get(asked).json["items"]
    assert told.keys() == {"id", "category", "distance_m", "day", "state", "why"}
    assert seen.keys() == told.keys() | {"number", "text", "voices", "lon", "lat"}
    assert code_of(client.get("/api/issues/similar?lon=200&lat=0")) == "coordinate.off_earth"


def send(client: Any, kind: str, text: str, **more: str) -> Any:
    data = {"kind": kind, "file": (io.BytesIO(text.encode()), f"{kind}.csv"), **more}
    return client.post("/api/imports", data=data, content_type="multipart/form-data")


def test_lists_come_in_over_the_import_page(published: Store) -> None:
    """Preview with labels of the kind's own, confirmed as a job, told in the list of imports."""
    client = cadre(published)
    for kind, text, label in (
        ("offices", "部门编码,部门名称\nzj,住建局\n", "部门名称"),
        ("categories", "代码,名称,种类,部门\n0118,路灯,部件,zj\n,x,部件,\n", "类别名称"),
        ("holidays", "日期,安排\n2026-02-17,休\n", None),
        ("faq", "问题,答案\n医保怎么交,线上\n", None),
    ):
        shown = send(client, kind, text).json
        assert shown.keys() >= PREVIEW
        assert (shown["problem"], shown["new"] + shown["changed"]) == (None, 1)
        assert label in [None, *(field["label"] for field in shown["fields"] if field["field"] == "name")]
        client.post(f"/api/imports/{shown['id']}/confirm", json={})
        work_off(published)
        assert client.get(f"/api/imports/{shown['id']}").json["state"] == "done"
    lamp = next(row for row in client.get("/api/categories").json["items"] if row["id"] == LAMP.id)
    assert (lamp["office_code"], lamp["keywords"]) == ("zj", list(LAMP.keywords))


def test_another_platforms_file_asks_whose_it_is_and_what_its_words_mean(published: Store) -> None:
    """Without a platform nothing is accepted; a word that is not known is told, and a person says what it means."""
    client = cadre(published)
    lon, lat = place()
    text = f"编号,类型,内容,经度,纬度\nA1,Beleuchtung,灯坏,{lon},{lat}\nA2,路灯,灯坏,{lon},{lat}\n"
    shown = send(client, "issues", text).json
    assert (shown["problem"]["code"], shown["platform"], shown["accepted"]) == ("outside.no_platform", "", 0)
    address = f"/api/imports/{shown['id']}"
    shown = client.post(address, json={"platform": "热线"}).json
    assert (shown["unknown"], shown["accepted"], shown["refused"]) == (["Beleuchtung"], 1, 1)
    shown = client.post(address, json={"categories": {"Beleuchtung": LAMP.id}}).json
    assert (shown["unknown"], shown["new"], shown["refused"]) == ([], 2, 0)
    assert send(client, "issues", text, platform="热线").json["platform"] == "热线"


def test_whose_ground_it_is_is_told_before_anything_is_raised(published: Store) -> None:
    """The chain and the 邻 whose chiefs would be told too, as raising it does; nothing outside the county."""
    lon, lat = place(2.9, 3.4)
    issuing.furnish(published)
    client = signed_in(published, "reporter", "")
    ground = client.get(f"/api/issues/ground?lon={lon}&lat={lat}&accuracy_m=80").json
    assert [step["level"] for step in ground["chain"]] == ["county", "town", "village", "pian", "zu", "lin"]
    row = issuing.raise_one(published, OPERATOR, at=(lon, lat), accuracy_m=80.0)
    assert [one["id"] for one in ground["near"]] == row.told != []
    assert client.get(f"/api/issues/ground?lon={lon}&lat={lat}").json["near"] == []
    stranger = cadre(published, VILLAGES[1], "village_cadre").get(f"/api/issues/ground?lon={lon}&lat={lat}").json
    assert [step["level"] for step in stranger["chain"]][:1] == ["county"] and len(stranger["chain"]) < 3
    assert client.get("/api/issues/ground?lon=10&lat=10").json == {"chain": [], "near": []}
    assert code_of(client.get("/api/issues/ground?lon=200&lat=0")) == "coordinate.off_earth"


def test_an_exception_lies_on_a_unit_or_along_a_river(published: Store) -> None:
    """The ground of a village, or so many metres beside every line of a name; what cannot be meant is refused."""
    keeper = signed_in(published, "administrator", "")
    keeper.put(f"/api/offices/{OFFICE}", json={"code": "sl", "name": "水利局"})

    def put(**ground: Any) -> Any:
        return keeper.put(f"/api/route-exceptions/{OFFICE}", json={"name": "河长", "office_id": OFFICE, **ground})

    def area(**ground: Any) -> Any:
        return shapely.from_geojson(json.dumps(put(**ground).json["area"]))

    whole = area(unit=village.unit_id(published, VILLAGES[0]))
    assert shapely.symmetric_difference(whole, village.border(0)).area < 1e-9
    west, south, east, north = village.border(0).bounds
    line = shapely.LineString([(west, (south + north) / 2), (east, (south + north) / 2)])
    with published.write() as db:
        rows = gpd.GeoDataFrame({"kind": ["river"], "name": ["甲河"]}, geometry=[line], crs=4490)
        take_barriers(db, OPERATOR, NOW, rows)
    assert "甲河" in keeper.get("/api/route-exceptions").json["lines"]
    strip = area(along="甲河", wide_m=30)
    assert strip.is_valid and strip.contains(line) and 59 < (strip.bounds[3] - strip.bounds[1]) * 110_850 < 62
    for code, ground in (
        ("route.no_line", {"along": "乙河", "wide_m": 30}),
        ("route.bad_width", {"along": "甲河"}),
        ("route.bad_width", {"along": "甲河", "wide_m": 501}),
        ("unit.not_found", {"unit": "x"}),
    ):
        assert code_of(put(**ground)) == code
