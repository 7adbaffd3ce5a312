"""The field over HTTP: the scope and its ETag, batches in our envelope, lost answers, sentences, residents, sound."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import func, select

from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.store import audit
from geodata.store.database import Store
from survey.actions import hashing, modules, photo_work
from survey.store.issue_tables import issue
from survey.store.visit_tables import visit
from tests import issuing, people, village
from tests.issuing import NOW, body, category, new_id, place
from tests.village import TOWNS, VILLAGES
from tests.visiting import homes, said
from tests.web.test_api import code_of
from tests.web.tile_source import signed_in
from webmap import session

SCOPE_MOST_KB = 300
WEBM = b"\x1a\x45\xdf\xa3" + bytes(2000)


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with categories and offices."""
    issuing.furnish(published)
    return published


def phone(store: Store, role: str = "village_cadre", code: str = VILLAGES[0]) -> FlaskClient:
    """Return the browser of somebody in the field."""
    return signed_in(store, role, village.unit_id(store, code))


def send(client: FlaskClient, items: list[Any]) -> Any:
    """Send a batch."""
    return client.post("/api/field/batch", json={"client": 1, "items": items})


def test_the_scope_is_sent_again_only_when_something_changed(county: Store) -> None:
    """304 while nothing did; a visit changes it; packed where the phone takes it; telephones handed out are audited."""
    people.settle(county)
    first_lin = people.level_ids(county, "lin")[0]
    home = people.home_codes(county, first_lin)[0]
    holder = people.put(county, name="邻某", household=home, phone="19911110000")
    people.name(county, first_lin, holder, reason="试")
    client = phone(county)
    first = client.get("/api/field/scope")
    tag = first.headers["ETag"]
    assert first.status_code == 200 and first.json["at"] and "19911110000" in first.text
    assert client.get("/api/field/scope", headers={"If-None-Match": tag}).status_code == 304
    packed = client.get("/api/field/scope", headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(packed.data))["homes"] == first.json["homes"]
    assert len(packed.data) < SCOPE_MOST_KB * 1024
    with county.read() as db:
        rows = [row for row in audit.page(db, EVERYWHERE, None, 50)[0] if row.act == "field.scope"]
    assert len(rows) == 2
    client.put(f"/api/visits/{new_id()}", json=said(homes(county)[0]))
    again = client.get("/api/field/scope", headers={"If-None-Match": tag})
    assert again.status_code == 200 and again.headers["ETag"] != tag


def test_a_batch_answers_for_each_item_in_our_envelope(county: Store) -> None:
    """New 201, known 200, refused with its status and a sentence; an older client is served as well."""
    client = phone(county)
    good = {"id": new_id(), "kind": "visit", "body": said(homes(county)[0])}
    bad = {"id": new_id(), "kind": "visit", "body": said(homes(county)[1], outcome="magic")}
    answer = client.post("/api/field/batch", json={"client": 0, "items": [good, bad, good]})
    assert (answer.status_code, answer.json["sanzhang"], answer.json["least_client"]) == (200, True, 1)
    assert [one["status"] for one in answer.json["items"]] == [201, 422, 200]
    assert "走访" in answer.json["items"][1]["error"]["message"]
    (kept,) = client.get("/api/field/shelf").json["items"]
    assert (kept["id"], kept["mine"]) == (bad["id"], True) and "走访" in kept["message"]
    closed = client.post(f"/api/field/shelf/{bad['id']}/settle", json={"answer": "知道了"})
    assert closed.json["answer"] == "知道了" and client.get("/api/field/shelf").json["items"] == []
    assert len(client.get("/api/field/shelf?all=1").json["items"]) == 1
    for wrong in ({"items": "x"}, {}, {"items": [good] * 201}):
        assert client.post("/api/field/batch", json=wrong).status_code in (400, 422)


def test_a_lost_answer_is_asked_for_again(county: Store) -> None:
    """A hundred times the phone hears nothing after the server stored it and sends the same: a hundred rows (F-08)."""
    client = phone(county)
    items = [{"id": new_id(), "kind": "report", "body": body(text=f"第{n}件")} for n in range(100)]
    for start in range(0, 100, 25):
        send(client, items[start : start + 25])  # stored; the answer never arrives
    for start in range(0, 100, 25):
        assert {one["status"] for one in send(client, items[start : start + 25]).json["items"]} == {200}
    with county.read() as db:
        assert db.run.execute(select(func.count()).select_from(issue)).scalar_one() == 100


def test_one_visit_over_its_own_route(county: Store) -> None:
    """201, the same again 200, another body 409 with the field, withdrawn 204, sent again 410; no UUID 400."""
    client, made, home = phone(county), new_id(), homes(county)[0]
    assert client.put(f"/api/visits/{made}", json=said(home)).status_code == 201
    assert client.put(f"/api/visits/{made}", json=said(home)).status_code == 200
    other = client.put(f"/api/visits/{made}", json=said(home, outcome="away"))
    assert (other.status_code, other.json["error"]["values"]["field"]) == (409, "outcome")
    assert client.put("/api/visits/7", json=said(home)).status_code == 400
    assert client.get(f"/api/visits?household={home.id}").json["items"][0]["id"] == made
    assert client.get("/api/visits/due?state=done").json["total"] == 1
    assert client.get("/api/visits/figures?from=2026-01-01").json["visits"] == 1
    assert client.delete(f"/api/visits/{made}").status_code == 204
    assert client.put(f"/api/visits/{made}", json=said(home)).status_code == 410
    walked = client.post(
        "/api/visits/round", json={"homes": [one.id for one in homes(county)[:9]], "from": list(place())}
    )
    assert len(walked.json["order"]) == 9 and walked.json["walk_m"] > 0
    with county.read() as db:
        assert db.run.execute(select(func.count()).select_from(visit)).scalar_one() == 1


def test_findings_burdens_and_modules(county: Store) -> None:
    """Told, listed, settled; counted without a name; switched by who sets the county up and by nobody else."""
    client, made = phone(county), new_id()
    told = {"kind": "gone", "household": homes(county)[0].id}
    assert client.put(f"/api/findings/{made}", json=told).status_code == 201
    assert client.put(f"/api/findings/{made}", json=told).status_code == 200
    assert client.get("/api/findings?state=waiting").json["items"][0]["may_settle"] is True
    assert client.post(f"/api/findings/{made}/settle", json={"take": True, "answer": ""}).json["state"] == "taken"
    assert client.put(f"/api/visits/{new_id()}", json=said(homes(county)[1])).status_code == 201
    gone = client.put(
        f"/api/visits/{new_id()}", json={"kind": "visit", "outcome": "home", "household": told["household"]}
    )
    assert (gone.status_code, code_of(gone)) in ((410, "visit.home_gone"), (404, "household.not_found"))
    assert client.put(f"/api/burdens/{new_id()}", json={"form": "visit"}).status_code == 201
    assert client.get("/api/burdens").json["forms"] == {}, "a village would know who said so"
    assert signed_in(county, "county_cadre", "").get("/api/burdens").json["forms"] == {"visit": 1}
    assert client.put("/api/modules", json={"visits": False}).status_code == 403
    setter = signed_in(county, "administrator", "")
    assert setter.put("/api/modules", json={"visits": False}).json == {"visits": False, "residents": False}
    assert client.put(f"/api/visits/{new_id()}", json=said(homes(county)[1])).status_code == 404


def test_residents_over_http(county: Store) -> None:
    """404 until switched on; then a code, followed without an account, let through by the desk, limited with a wait."""
    stranger = phone(county)
    stranger.delete("/api/session")
    told = {
        "category_id": category("lamp"),
        "text": "灯坏了",
        "lon": place()[0],
        "lat": place()[1],
        "phone": "13811112222",
    }
    assert stranger.get("/api/public/report").status_code == 404
    with county.write() as db:
        modules.switch(db, OPERATOR, NOW, {"residents": True})
    assert stranger.get("/api/public/report").json["open"] is True
    made = new_id()
    code = stranger.put(f"/api/public/reports/{made}", json=told).json["code"]
    assert stranger.put(f"/api/public/reports/{made}", json=told).status_code == 200
    assert stranger.get(f"/api/public/follow?code={code}").json["state"] == "waiting"
    assert stranger.get("/api/resident-reports").status_code == 401
    desk = phone(county, "town_cadre", TOWNS[0])
    (item,) = desk.get("/api/resident-reports?state=waiting").json["items"]
    assert item["raiser"]["phone"] == "138****2222"
    done = desk.post(f"/api/resident-reports/{made}/settle", json={"take": True, "answer": ""}).json
    assert desk.get(f"/api/issues/{done['issue']}").json["source"] == "resident"
    assert (
        code_of(stranger.post("/api/public/rate", json={"code": code, "rating": "solved"})) == "resident.not_rateable"
    )
    answers = [stranger.put(f"/api/public/reports/{new_id()}", json=told) for _ in range(5)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 3000


def test_a_recording_is_kept_as_it_came_and_handed_out_as_a_download(county: Store) -> None:
    """Ready at once, never shown in a page; what is no sound, or too much of it, is refused (stage ``voice``)."""
    client, raised, made = phone(county), new_id(), new_id()
    client.put(f"/api/issues/{raised}", json=body())

    def put(sound: bytes, photo_id: str = "") -> Any:
        path = f"/api/issues/{raised}/photos/{photo_id or new_id()}?stage=voice&name=a.webm"
        return client.put(path, data=sound, content_type="audio/webm")

    assert put(WEBM, made).status_code == 201 and put(WEBM, made).status_code == 200
    photo_work.sweep(county, session.now() + dt.timedelta(days=3))
    listed = client.get(f"/api/issues/{raised}/photos").json
    (item,) = listed["items"]
    assert (listed["stored"], client.get(f"/api/issues/{raised}").json["photos"]) == (0, 0)
    assert (item["state"], item["stage"]) == ("ready", "voice")
    heard = client.get(item["url"])
    assert (heard.data, heard.mimetype) == (WEBM, "audio/webm")
    assert heard.headers["Content-Disposition"].startswith("attachment")
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    assert code_of(put(b"\xff\xd8\xff\xe0" + bytes(200))) == "photo.not_sound"
    assert code_of(put(b"\x1a\x45\xdf\xa3" + bytes(1024 * 1024))) == "photo.sound_too_big"
    for head in (b"OggS", b"\x00\x00\x00\x20ftypM4A "):
        assert put(head + bytes(64)).status_code == 201
    stranger = phone(county, "field_worker", VILLAGES[1])
    assert stranger.get(f"/api/photos/{made}").status_code == 404
