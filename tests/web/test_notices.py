"""Notices, channels and duties over the web: one's own tray, and what only an operator sets up and looks at."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from geodata.store.database import Store
from survey.actions import notices, sending
from survey.store.issue_tables import issue
from tests import village
from tests.picturing import put_issue
from tests.village import COUNTY, VILLAGES
from tests.web.tile_source import signed_in
from webmap import session
from webmap.chores import Worker

EAST = f"{COUNTY}/100/001/"
HOOK = {"id": "county", "name": "县群", "url": "https://oapi.dingtalk.com/robot/send?access_token=TOKEN7f3a"}


@pytest.fixture
def told(published: Store) -> str:
    """A notice in the tray of the eastern village, and the id of its issue."""
    issue_id = put_issue(published, EAST, holder_id=village.unit_id(published, VILLAGES[0]))
    with published.write() as db:
        row = db.run.execute(issue.select()).one()
        notices.tell_about(db, session.now(), "overdue", row, "a")
    return issue_id


@pytest.fixture
def admin(published: Store) -> FlaskClient:
    """A browser of the county's administrator."""
    return signed_in(published, "administrator")


def test_a_tray_is_read_counted_and_marked(published: Store, told: str) -> None:
    """The village reads it in its language and marks it; another village has none; nobody else is let in."""
    east = signed_in(published, "village_cadre", village.unit_id(published, VILLAGES[0]))
    found = east.get("/api/notices").get_json()
    assert (found["unread"], found["items"][0]["issue"], found["items"][0]["kind"]) == (1, told, "overdue")
    east.post("/api/language", json={"lang": "en"})
    assert "overdue" in east.get("/api/notices?unread=1").get_json()["items"][0]["text"]
    assert east.get("/api/notices/unread").get_json()["unread"] == 1
    assert east.post("/api/notices/read", json={"ids": [found["items"][0]["id"]]}).get_json() == {
        "marked": 1,
        "unread": 0,
    }
    assert east.post("/api/notices/read", json={"all": True}).get_json()["marked"] == 0
    assert east.get("/api/notices?unread=1").get_json()["items"] == []
    assert east.post("/api/notices/read", json={}).status_code == 400
    west = signed_in(published, "field_worker", village.unit_id(published, VILLAGES[1]))
    assert west.get("/api/notices").get_json()["items"] == []
    assert east.application.test_client().get("/api/notices").status_code == 401


def test_an_operator_sets_channels_up_and_never_reads_a_key_again(admin: FlaskClient) -> None:
    """What is shown holds no token; other addresses are refused with a sentence; a cadre is not let in."""
    answer = admin.put("/api/notice-channels", json={"items": [HOOK]})
    assert (answer.status_code, answer.get_json()["items"][0]["shown"]) == (200, "dingtalk")
    assert "TOKEN7f3a" not in answer.text + admin.get("/api/notice-channels").text
    refused = admin.put("/api/notice-channels", json={"items": [{**HOOK, "url": "http://127.0.0.1/"}]})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (422, "channel.address_refused")
    assert admin.put("/api/notice-channels", json={"items": "x"}).status_code == 400
    assert len(admin.get("/api/notice-channels").get_json()["items"]) == 1, "a refusal changes nothing"


def test_a_try_is_sent_by_the_worker_and_stuck_notices_are_sent_again_by_a_person(
    published: Store, admin: FlaskClient, told: str
) -> None:
    """202 names the notice; how it went is asked; what is unsure is listed, counted, and sent again once."""
    admin.put("/api/notice-channels", json={"items": [HOOK]})
    made = admin.post("/api/notice-channels/test", json={"id": "county"})
    assert made.status_code == 202
    path = f"/api/notices/outbox/{made.get_json()['notice']}"
    assert admin.get(path).get_json()["state"] == "waiting"

    def silent(_address: str, _text: str, _internal: bool) -> tuple[str, str]:
        return "unsure", "no answer"

    sending.send_some(published, session.now, silent, lambda: True)
    shown = admin.get(path).get_json()
    assert (shown["state"], shown["error"]) == ("unsure", "no answer")
    box = admin.get("/api/notices/outbox").get_json()
    assert (len(box["items"]), box["counts"]) == (1, {"unsure": 1})
    assert admin.post(f"{path}/again").get_json()["state"] == "waiting"
    assert admin.post(f"{path}/again").status_code == 409
    assert admin.get("/api/notices/outbox?state=sent").get_json()["items"] == []
    assert admin.get("/api/notices/outbox?state=x").status_code == 422
    assert admin.post("/api/notice-channels/test", json={"id": "none"}).status_code == 404


def test_duties_are_seen_by_who_holds_the_settings(published: Store, admin: FlaskClient) -> None:
    """Once a worker has run, each duty is listed with what came of it and when it is next due."""
    assert admin.get("/api/duties").get_json()["items"] == []
    worker = Worker(published)
    worker.turn()
    rows: dict[str, Any] = {row["name"]: row for row in admin.get("/api/duties").get_json()["items"]}
    assert set(rows) == {"clock", "notices", "photo_sweep", "photos"}
    assert rows["clock"]["result"] == {"reminded": 0, "resumed": 0, "escalated": 0}
    assert rows["clock"]["done_at"]
    assert rows["photos"]["done_at"] is None, "there was nothing to do"
