"""Issues over HTTP: once each, statuses and sentences, files, views, and nothing of another town by any way."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from argon2 import PasswordHasher

from geodata.store.database import Store
from survey.actions import hashing
from tests import issuing
from tests.issuing import body, new_id, office_id, place
from tests.village import TOWNS, VILLAGES
from tests.web.test_api import cadre, code_of

CANARY = "金丝雀一号"


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with its net published, categories and offices."""
    issuing.furnish(published)
    return published


def test_a_report_and_its_steps_over_http(county: Store) -> None:
    """201, the same again 200, another body 409 with the field, a wrong step 409 with who came first, gone 410."""
    client = cadre(county)
    made = new_id()
    first = client.put(f"/api/issues/{made}", json=body(text=CANARY, photos=3))
    assert (first.status_code, first.json["state"], first.json["photos_told"]) == (201, "waiting", 3)
    assert client.put(f"/api/issues/{made}", json=body(text=CANARY, photos=3)).status_code == 200
    other = client.put(f"/api/issues/{made}", json=body(text="别的", photos=3))
    assert (other.status_code, other.json["error"]["values"]["field"]) == (409, "text")
    assert client.put("/api/issues/7", json=body()).status_code == 400
    step = new_id()
    address = f"/api/issues/{made}/events"
    taken = client.put(f"{address}/{step}", json={"kind": "accepted"})
    assert (taken.status_code, taken.json["state"]) == (201, "in_hand")
    assert client.put(f"{address}/{step}", json={"kind": "accepted"}).status_code == 200
    late = client.put(f"{address}/{new_id()}", json={"kind": "accepted"})
    assert (
        late.status_code == 409
        and "接单" in late.json["error"]["message"]
        and "办理中" in late.json["error"]["message"]
    )
    missing = client.put(f"{address}/{new_id()}", json={"kind": "solved", "detail": {"text": "好"}})
    assert (missing.status_code, missing.json["error"]["values"]["field"]) == (422, "remedy")
    assert code_of(client.put(f"{address}/{new_id()}", json={"kind": "magic"})) == "issue.unknown_step"
    kinds = {one["kind"]: one["fields"] for one in client.get(f"/api/issues/{made}").json["steps"]}
    assert [field["name"] for field in kinds["solved"]] == ["remedy", "text"]
    client.put(f"{address}/{new_id()}", json={"kind": "withdrawn", "detail": {"reason": "误报"}})
    assert client.put(f"/api/issues/{made}", json=body(text=CANARY, photos=3)).status_code == 410


def test_lists_files_and_views_say_the_same(county: Store) -> None:
    """List, board, points, console, CSV and XLSX count alike; a formula in a text is inert; views are one's own."""
    client = cadre(county)
    for text in ("=1+1", "路灯", "桥"):
        client.put(f"/api/issues/{new_id()}", json=body(text=text))
    listed = client.get("/api/issues").json
    assert listed["total"] == len(listed["items"]) == 3
    assert sum(column["total"] for column in client.get("/api/issues/board").json["columns"]) == 3
    assert len(client.get("/api/issues/points").json["features"]) == 3
    assert client.get("/api/issues/console").json["trays"]["in_tray"]["total"] in (0, 3)
    assert client.get("/api/issues/ledger").json["total"] == 3
    table = client.get("/api/issues/export?format=csv").data.decode("utf-8-sig").splitlines()
    assert len(table) == 4 and table[0].startswith("编号,类别代码,类别") and any("'=1+1" in row for row in table)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/api/issues/export").data))
    assert book.active.max_row == 4 and {cell.data_type for cell in book.active["M"]} == {"s"}
    assert client.get("/api/issues/export?format=pdf").status_code == 422
    assert client.get("/api/issues?late=1").json["total"] == 0
    assert code_of(client.get("/api/issues?grade=x")) == code_of(client.get("/api/issues?box=1,2")) == "issue.bad_query"
    view = new_id()
    kept = client.put(f"/api/issues/views/{view}", json={"name": "超期的", "query": {"late": "1", "more": "x"}})
    assert kept.json["items"] == [{"id": view, "name": "超期的", "query": {"late": "1"}}]
    assert cadre(county, TOWNS[1], "town_cadre").get("/api/issues/views").json["items"] == []
    assert client.delete(f"/api/issues/views/{view}").json["items"] == []


def test_bulk_tells_what_could_not_be_done(county: Store) -> None:
    """Two of three are dispatched; the third is named with its sentence and nothing else is kept back (F-06)."""
    client = cadre(county)
    ids = [new_id() for _ in range(3)]
    for one in ids[:2]:
        client.put(f"/api/issues/{one}", json=body())
    to = {"kind": "office", "id": office_id("roads")}
    steps = [{"issue_id": one, "event_id": new_id(), "kind": "dispatched", "detail": {"to": to}} for one in ids]
    done = client.post("/api/issues/bulk", json={"steps": steps}).json
    assert done["done"] == ids[:2]
    assert [(row["issue_id"], row["code"], row["status"]) for row in done["refused"]] == [
        (ids[2], "issue.not_found", 404)
    ]
    assert client.get(f"/api/issues?holder=office:{office_id('roads')}").json["total"] == 2


def test_nothing_of_another_town_shows_by_any_way(county: Store) -> None:
    """Two towns: by id, list, board, points, console, words, box, file, step, photo, similar ones, no canary shows."""
    owner = cadre(county, TOWNS[0], "town_cadre")
    made = new_id()
    owner.put(f"/api/issues/{made}", json=body(text=CANARY, place_text=CANARY, raiser={"name": CANARY, "phone": "1"}))
    other = cadre(county, VILLAGES[1], "village_cadre")
    lon, lat = place()
    unit = owner.get(f"/api/issues/{made}").json["unit"]["id"]
    asked: list[tuple[str, str, Any]] = [
        ("get", f"/api/issues/{made}", None), ("get", "/api/issues", None), ("get", "/api/issues?state=any", None),
        ("get", f"/api/issues?unit={unit}", None), ("get", f"/api/issues?holder=unit:{unit}", None),
        ("get", f"/api/issues?q={CANARY}&state=any", None), ("get", "/api/issues?box=110,27,113,28", None),
        ("get", "/api/issues/board", None), ("get", "/api/issues/points", None),
        ("get", f"/api/issues/console?unit={unit}", None), ("get", "/api/issues/ledger", None),
        ("get", "/api/issues/export?format=csv", None), ("get", f"/api/issues/{made}/photos", None),
        ("get", f"/api/issues/similar?lon={lon}&lat={lat}&category={issuing.category('lamp')}", None),
        ("put", f"/api/issues/{made}", body(text="x")), ("post", f"/api/issues/{made}/raiser", {"reason": "看看"}),
        ("put", f"/api/issues/{made}/events/{new_id()}", {"kind": "noted", "detail": {"text": "x"}}),
        ("post", "/api/issues/bulk", {"steps": [{"issue_id": made, "event_id": new_id(), "kind": "urged"}]}),
    ]  # fmt: skip
    for method, address, sent in asked:
        answer = getattr(other, method)(address, **({} if sent is None else {"json": sent}))
        assert CANARY not in answer.get_data(as_text=True), address
        assert answer.status_code < 500, address
    assert other.get(f"/api/issues/{made}").status_code == 404
    assert owner.get(f"/api/issues?q={CANARY}").json["total"] == 1
