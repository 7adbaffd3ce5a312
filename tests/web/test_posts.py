"""People and posts over HTTP: shapes that the pages rely on, scope, masks, and the refusals' sentences."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from argon2 import PasswordHasher

from geodata.actions import denied
from geodata.rules.actors import EVERYWHERE
from geodata.store import audit
from geodata.store.database import Store
from survey.actions import hashing
from tests import people, village
from tests.people import ID_NO, level_ids
from tests.village import COUNTY, VILLAGES
from tests.web.test_api import cadre, code_of, work_off

PERSON = {
    "id", "code", "name", "phone", "village", "village_text", "household", "place", "party", "tags", "vetting",
    "vetted_on", "vetted_by", "away", "training_due", "training_done", "retired", "retired_at", "merged_into",
    "has_id_no", "masked", "may_unmask", "may_change", "posts",
}  # fmt: skip


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_person_is_added_shown_changed_and_retired(published: Store) -> None:
    """The register's whole way, telephone and ID number masked all along but for one asked with a reason."""
    client = cadre(published)
    body = {"name": "李某甲", "phone": "13812341234", "id_no": ID_NO, "village": VILLAGES[0], "tags": ["两委", "党员"],
            "place": [village.WEST + 0.0004, village.NORTH - 0.0004], "away": False}  # fmt: skip
    made = client.post("/api/officers", json=body)
    assert made.status_code == 201
    person = made.json
    assert person.keys() == PERSON | {"id_no", "history", "handovers", "account", "may_account"}
    address = f"/api/officers/{person['id']}"
    assert client.get("/api/officers?tag=两委&party=1&idle=1&q=李").json["items"][0].keys() == PERSON
    assert client.patch(address, json={"away": True, "vetting": "通过"}).json["vetting"] == "passed"
    for shown in (client.get(address), client.get("/api/officers"), client.get("/api/officers/doubles")):
        assert "13812341234" not in shown.text and ID_NO not in shown.text
    assert code_of(client.post(f"{address}/unmask", json={"reason": ""})) == "unmask.no_reason"
    assert client.post(f"{address}/unmask", json={"reason": "核对"}).json["id_no"] == ID_NO
    assert client.post(f"{address}/retire", json={"because": "外出"}).json["retired"]
    assert client.patch(address, json={"retired": False}).json["retired"] is False
    for body, code in (({}, "wire.missing"), ({"away": "x"}, "wire.not_flag"), ({"tags": "x"}, "wire.not_list"),
                       ({"name": ""}, "officer.bad_name")):  # fmt: skip
        assert code_of(client.patch(address, json=body)) == code
    other = client.post("/api/officers", json={"name": "李某甲", "village": VILLAGES[0], "code": "X9"}).json["id"]
    assert client.get("/api/officers/doubles").json["items"][0]["why"] == "name_village"
    assert client.post(f"{address}/merge", json={"other": other}).json["id"] == person["id"]


def test_a_village_is_proposed_taken_and_handed_over(published: Store) -> None:
    """Proposal, appointment by what a person chose, the unit's card, the tree, vacancies, the end and its page."""
    made = people.settle(published)
    client = cadre(published)
    unit = village.unit_id(published, VILLAGES[0])
    found = client.get(f"/api/appointments/proposal?unit={unit}&level=lin&mode=longest").json
    assert (found["title"], found["proved"], len(found["rows"])) == ("邻长", True, 4)
    row = found["rows"][0]
    assert row.keys() == {"unit", "person", "distance_m", "measure", "inside", "runner_up", "runner_up_cost_m",
                          "runner_up_outside", "runner_up_empty"}  # fmt: skip
    rows = [{"unit_id": r["unit"]["id"], "officer_id": r["person"]["id"], "how": "residence",
             "proposed": r["person"]["id"]} for r in found["rows"][:2]]  # fmt: skip
    done = client.post("/api/appointments", json={"rows": rows})
    assert (done.status_code, len(done.json["appointed"])) == (201, 2)
    again = client.post("/api/appointments", json={"rows": rows})
    assert (again.status_code, code_of(again)) == (409, "officer.busy")
    override = {**rows[0], "officer_id": made["zu0"]}
    assert code_of(client.post("/api/appointments", json={"rows": [override]})) == "appoint.no_reason"
    card = client.get(f"/api/units/{rows[0]['unit_id']}/posts").json
    assert card.keys() == {"unit", "posts", "answering", "elected", "pool", "may_appoint", "history", "handovers"}
    assert (card["posts"][0]["title"], card["history"][0]["title"]) == ("邻长", "邻长")
    assert client.get(f"/api/units/{unit}/tree").json["vacant"] == 6
    assert client.get(f"/api/posts?unit={unit}&level=lin&state=vacant").json["counts"]["lin"]["vacant"] == 2
    assert len(client.get(f"/api/posts/vacancies?unit={unit}").json["features"]) == 2
    page = client.post(f"/api/appointments/{done.json['appointed'][0]}/end", json={"because": "届满"}).json["handover"]
    assert client.get(f"/api/handovers/{page['id']}").json["handover"] == page
    assert page.keys() == {"id", "at", "unit", "to_unit", "from", "to", "went_up", "why", "counts", "by"}
    short = client.get(f"/api/appointments/proposal?unit={village.unit_id(published, VILLAGES[1])}&level=pian").json
    assert short["infeasible"][0]["sentence"].startswith("没有人可任")


def test_the_contact_chain_over_the_wire(published: Store) -> None:
    """By home, unit or point, masked; in full by POST with a reason; a chief's homes below."""
    made = people.settle(published)
    lin = level_ids(published, "lin")[0]
    people.name(published, lin, made["lin0"], reason="x")
    client = cadre(published)
    chain = client.get(f"/api/contacts?unit={lin}").json
    assert chain.keys() == {"steps", "answering", "masked"}
    assert [step["title"] for step in chain["steps"][:3]] == ["邻长", "组长", "片长"]
    place = (
        chain["steps"][0]["unit"],
        client.get(f"/api/contacts?lon={village.WEST + 0.0004}&lat={village.NORTH - 0.0004}"),
    )
    assert place[1].status_code == 200
    assert code_of(client.get("/api/contacts")) == "contact.no_spot"
    called = client.post("/api/contacts/call", json={"unit": lin, "reason": "通知开会"}).json
    assert called["steps"][0]["chief"][0]["officer"]["phone"] == "19900000000"
    homes = client.get(f"/api/officers/{made['lin0']}/households").json
    assert homes["total"] == len(homes["items"]) > 0


def test_another_village_and_a_leader_reach_nothing_of_people(published: Store) -> None:
    """Every address of people and posts, asked with another village's ids, answers 404 and tells no name."""
    made = people.settle(published)
    lin = level_ids(published, "lin")[0]
    term = people.name(published, lin, made["lin0"], reason="x")
    there = cadre(published, VILLAGES[1], "village_cadre")
    person = f"/api/officers/{made['lin0']}"
    asked = [
        there.get(person), there.patch(person, json={"away": True}),
        there.post(f"{person}/unmask", json={"reason": "查看"}), there.post(f"{person}/retire", json={"because": "x"}),
        there.post(f"{person}/merge", json={"other": made["lin1"]}),
        there.get(f"{person}/households"), there.get(f"/api/units/{lin}/posts"), there.get(f"/api/units/{lin}/tree"),
        there.get(f"/api/contacts?unit={lin}"), there.post("/api/contacts/call", json={"unit": lin, "reason": "查看"}),
        there.post(f"/api/appointments/{term}/end", json={"because": "x"}),
        there.get(f"/api/appointments/proposal?unit={lin}&level=lin"), there.get(f"/api/posts?unit={lin}"),
        there.post("/api/appointments", json={"rows": [{"unit_id": lin, "officer_id": made["lin0"], "replaces": "x"}]}),
        there.post("/api/officers", json={"name": "陈某", "household": people.home_codes(published, lin)[0]}),
    ]  # fmt: skip
    assert [answer.status_code for answer in asked] == [404] * len(asked), [code_of(answer) for answer in asked]
    assert all("邻某" not in answer.text for answer in asked)
    with published.read() as db:
        rows = [row for row in audit.page(db, EVERYWHERE, None, 100)[0] if row.act == denied.ACT]
    assert {made["lin0"], term, lin} <= {row.object for row in rows}
    assert {row.path.startswith(people.VILLAGE_PATHS[0]) for row in rows} == {True}
    listed = [there.get("/api/officers"), there.get("/api/posts"), there.get("/api/posts/vacancies")]
    assert all("邻某" not in answer.text and lin not in answer.text for answer in listed)
    leader = cadre(published, COUNTY, "leader")
    assert leader.get("/api/officers").status_code == 403
    told = json.dumps(leader.get(f"/api/units/{lin}/posts").json, ensure_ascii=False)
    assert "邻**" in told and "邻某0" not in told


def test_people_come_by_file_over_the_web(published: Store) -> None:
    """Upload, preview with the fields of people, confirm, and they are in the register."""
    client = cadre(published)
    file = (io.BytesIO("姓名,电话,行政村,身份\n李某甲,19900000001,东溪村,两委\n,1,,\n".encode()), "people.csv")
    shown = client.post("/api/imports", data={"kind": "officers", "file": file}).json
    assert (shown["accepted"], shown["refused"], shown["new"]) == (1, 1, 1)
    labels = {one["field"]: (one["label"], one["required"]) for one in shown["fields"]}
    assert (labels["name"], labels["id_no"]) == (("姓名", True), ("身份证号", False))
    assert shown["refusals"][0]["sentence"].startswith("请填姓名")
    client.post(f"/api/imports/{shown['id']}/confirm", json={})
    work_off(published)
    assert [row["name"] for row in client.get("/api/officers").json["items"]] == ["李某甲"]
    assert client.get(f"/api/imports/{shown['id']}/refused.xlsx").status_code == 200


def test_publishing_over_the_web_settles_the_posts(published: Store) -> None:
    """The changes of a plan tell what falls vacant; publishing it over HTTP ends those posts."""
    made: dict[str, Any] = people.settle(published, lin_homes_min=9, lin_homes_max=16)
    for n, unit_id in enumerate(level_ids(published, "lin")):
        people.name(published, unit_id, made[f"lin{n}"], reason="x")
    plan_id = village.draft_one(published, VILLAGES[0], village.Clock(people.DAY[2]), seed=5)
    client = cadre(published)
    told = client.get(f"/api/plans/{plan_id}/changes").json["posts_vacant"]
    assert told["ended"] == len(told["items"]) > 0
    done = client.post(f"/api/plans/{plan_id}/publish", json={"reason": "重划"})
    assert done.status_code == 200
    gone = told["items"][0]["officer"]["id"]
    assert client.get(f"/api/officers/{gone}").json["history"][0]["ended_because"] == "unit_gone"
    assert client.post(f"/api/publications/{done.json['id']}/undo", json={"reason": "改回"}).status_code == 200
    assert client.get(f"/api/officers/{gone}").json["posts"][0]["title"] == "邻长"
