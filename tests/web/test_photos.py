"""Photos over the web: raw bytes in, a picture of one fixed kind out, to who may read its issue and nobody else."""

from __future__ import annotations

import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from geodata.actions import denied
from geodata.files.pictures import develop
from geodata.rules.actors import EVERYWHERE
from geodata.store import audit, settings
from geodata.store.database import Store
from survey.actions import photo_files, photo_work
from tests import village
from tests.picturing import encoded, jpeg, put_issue, scene
from tests.village import COUNTY, TOWNS, VILLAGES
from tests.web.tile_source import signed_in
from webmap import session
from webmap.api import photos as api

EAST = f"{COUNTY}/100/001/"


def put(
    client: FlaskClient, issue_id: str, photo_id: str = "", body: bytes = b"", *,
    query: str = "stage=before&name=a.jpg", kind: str = "image/jpeg",
) -> TestResponse:  # fmt: skip
    path = f"/api/issues/{issue_id}/photos/{photo_id or uuid.uuid4()}?{query}"
    return client.put(path, data=body or jpeg(), content_type=kind)


def work(store: Store) -> None:
    photo_work.develop_some(store, session.now, develop, lambda: True)


@pytest.fixture
def there(published: Store) -> str:
    """An issue in the eastern village whose sender spoke of three photos."""
    return put_issue(published, EAST, photos_told=3)


@pytest.fixture
def east(published: Store) -> FlaskClient:
    """A browser of the eastern town."""
    return signed_in(published, "town_cadre", village.unit_id(published, TOWNS[0]))


def test_three_photos_come_one_by_one_and_the_third_completes_them(
    published: Store, there: str, east: FlaskClient
) -> None:
    """Two of three are told as such, with no broken address; a retry is known; the last one completes it (F-14)."""
    ids = [str(uuid.uuid4()) for _ in range(3)]
    assert [put(east, there, one).status_code for one in ids[:2]] == [201, 201]
    assert put(east, there, ids[0]).status_code == 200
    found = east.get(f"/api/issues/{there}/photos").get_json()
    assert (found["stored"], found["expected"]) == (2, 3)
    assert [one["url"] for one in found["items"]] == [None, None]
    waiting = east.get(f"/api/photos/{ids[0]}")
    assert (waiting.status_code, waiting.get_json()["error"]["code"]) == (409, "photo.not_ready")
    work(published)
    put(east, there, ids[2], query="stage=after&name=b.jpg")
    work(published)
    found = east.get(f"/api/issues/{there}/photos").get_json()
    assert (found["stored"], found["expected"], found["pairs"]) == (3, 3, [[ids[0], ids[2]]])
    for one in found["items"]:
        assert east.get(one["url"]).status_code == 200
        assert east.get(one["url"] + "?size=thumb").mimetype == "image/jpeg"


def test_the_same_id_with_other_bytes_is_told_by_the_field(there: str, east: FlaskClient) -> None:
    """409 names what differs, and the first photo stays."""
    photo_id = str(uuid.uuid4())
    put(east, there, photo_id)
    answer = put(east, there, photo_id, jpeg(scene(65, 40)))
    assert answer.status_code == 409
    assert answer.get_json()["error"]["values"] == {"field": "bytes"}
    assert put(east, there, photo_id).status_code == 200


@pytest.mark.parametrize(
    "called", ["路灯.jpg", "桥.jpg", "../../x", "a\x00\r\nSet-Cookie: x=1", "字" * 300, "😀.png", "\u202egpj.exe", ""]
)
def test_a_picture_is_served_safely_under_the_name_people_gave_it(
    published: Store, there: str, east: FlaskClient, called: str
) -> None:
    """One fixed kind, nosniff, a sandbox, the name as RFC 6266 has it; on the disk stands a UUID (B-09, B-10)."""
    photo_id = str(uuid.uuid4())
    assert put(east, there, photo_id, query=f"stage=check&name={quote(called)}", kind="text/html").status_code == 201
    work(published)
    answer = east.get(f"/api/photos/{photo_id}")
    headers = answer.headers
    assert answer.mimetype == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in headers
    disposition = headers["Content-Disposition"]
    assert disposition.startswith("inline; filename")
    told = re.search(r"filename\*=UTF-8''(\S+)", disposition)
    name = unquote(told[1]) if told else disposition.partition("=")[2].strip('"')
    assert name.endswith(".jpg")
    if called in ("路灯.jpg", "桥.jpg"):
        assert name == called
    assert not set(name) & set("/\\\x00\r\n\u202e")
    for path in photo_files.folder(published).rglob("*.jpg"):
        assert uuid.UUID(path.stem)


def test_a_reader_asks_again_each_time_and_is_told_that_nothing_changed(
    published: Store, there: str, east: FlaskClient
) -> None:
    """A private copy is good only while the right lasts: 304 with it, 404 once the photo is hidden."""
    photo_id = str(uuid.uuid4())
    put(east, there, photo_id)
    work(published)
    first = east.get(f"/api/photos/{photo_id}")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = {"If-None-Match": first.headers["ETag"]}
    assert east.get(f"/api/photos/{photo_id}", headers=again).status_code == 304
    assert east.get(f"/api/photos/{photo_id}?size=thumb", headers=again).status_code == 200
    chief = signed_in(published, "field_worker", village.unit_id(published, TOWNS[0]))
    assert chief.get(f"/api/photos/{photo_id}", headers=again).status_code == 304
    assert chief.post(f"/api/photos/{photo_id}/hide", json={"reason": "x"}).status_code == 403
    assert east.post(f"/api/photos/{photo_id}/hide", json={"reason": "有人脸"}).get_json()["hidden"]
    assert chief.get(f"/api/photos/{photo_id}", headers=again).status_code == 404
    assert east.post(f"/api/photos/{photo_id}/hide", json={"reason": "看错了", "hidden": False}).status_code == 200
    assert chief.get(f"/api/photos/{photo_id}").status_code == 200


def test_another_town_and_strangers_are_told_that_there_is_nothing(
    published: Store, there: str, east: FlaskClient
) -> None:
    """Neither the photo, nor the list, nor its place to send to exists for them; no folder can be listed (S-08)."""
    photo_id = str(uuid.uuid4())
    put(east, there, photo_id)
    work(published)
    west = signed_in(published, "village_cadre", village.unit_id(published, VILLAGES[1]))
    assert west.get(f"/api/photos/{photo_id}").status_code == 404
    assert west.get(f"/api/issues/{there}/photos").status_code == 404
    assert put(west, there).status_code == 404
    with published.read() as db:
        denials = [row for row in audit.page(db, EVERYWHERE, None, 50)[0] if row.act == denied.ACT]
    assert {(row.object, row.path) for row in denials} >= {(photo_id, EAST)}, "the audit tells who asked for it"
    stranger = east.application.test_client()
    assert stranger.get(f"/api/photos/{photo_id}").status_code == 401
    assert put(stranger, there).status_code == 401
    for path in ("/api/photos/", "/api/photos", "/county.photos/", f"/static/../county.photos/full/{photo_id}.jpg"):
        assert east.get(path).status_code == 404
    leader = signed_in(published, "leader")
    assert leader.get(f"/api/photos/{photo_id}").status_code == 200
    assert put(leader, there).status_code == 403, "who only reads adds nothing"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/jpeg", 415, "photo.not_image"),
        (b"<!doctype html><script>alert(1)</script>", "image/png", 415, "photo.not_image"),
        (b"%PDF-1.7\n" + bytes(99), "image/jpeg", 415, "photo.not_image"),
        (b"GIF89a/*" + bytes(60) + b"*/=1;alert(1)", "image/gif", 415, "photo.not_image"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(99), "image/heic", 415, "photo.heic"),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_by_its_content(
    there: str, east: FlaskClient, body: bytes, kind: str, status: int, code: str
) -> None:
    """Whatever it is called and declared as; the sentence says what to do."""
    answer = put(east, there, body=body, query="name=x.jpg", kind=kind)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, code)
    assert len(answer.get_json()["error"]["message"]) > 10


def test_limits_are_told_with_a_status_of_their_own(published: Store, there: str, east: FlaskClient) -> None:
    """Too big is 413, too many a day 429 with the seconds to wait."""
    with published.write() as db:
        settings.put(db, "profile", {"photo_mb_most": 1, "photos_per_day": 1})
    assert put(east, there, body=jpeg() + bytes(1024 * 1024)).status_code == 413
    assert put(east, there).status_code == 201
    answer = put(east, there)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600


def test_a_photo_that_only_drips_in_is_ended(
    published: Store, there: str, east: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sends for longer than two minutes is told that the signal is too weak, and nothing is kept."""
    monkeypatch.setattr(api, "ARRIVES_WITHIN_S", -1.0)
    answer = put(east, there)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (408, "photo.too_slow")
    assert not any(path.is_file() for path in photo_files.folder(published).rglob("*"))


def test_a_refused_photo_says_why_in_the_list(published: Store, there: str, east: FlaskClient) -> None:
    """What could only be found out later is told where the photo stands, and where it is asked for."""
    photo_id = str(uuid.uuid4())
    whole = encoded(scene(300, 300), "PNG")
    put(east, there, photo_id, whole[: len(whole) // 2])
    work(published)
    (one,) = east.get(f"/api/issues/{there}/photos").get_json()["items"]
    assert (one["state"], one["url"]) == ("refused", None)
    assert "损坏" in one["sentence"]
    assert east.get(f"/api/photos/{photo_id}").get_json()["error"]["code"] == "photo.damaged"


@pytest.fixture
def listening(east: FlaskClient) -> Iterator[int]:
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, east.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()


def test_a_line_cut_anywhere_leaves_no_photo_and_no_file(
    published: Store, there: str, east: FlaskClient, listening: int
) -> None:
    """Cut at every 64 kB of a real connection: nothing is kept, and the same photo comes in afterwards (F-25)."""
    photo_id, body = str(uuid.uuid4()), jpeg() + bytes(256 * 1024)
    head = head_of(east, there, photo_id) + f"Content-Length: {len(body)}\r\n\r\n".encode()
    for at in range(0, len(body), 64 * 1024):
        with socket.create_connection(("127.0.0.1", listening)) as line:
            line.sendall(head + body[:at])
    until = time.monotonic() + 20
    while (left := list(photo_files.folder(published).rglob("*.part"))) and time.monotonic() < until:
        time.sleep(0.02)
    assert left == []
    assert east.get(f"/api/issues/{there}/photos").get_json()["stored"] == 0
    assert put(east, there, photo_id, body).status_code == 201


def head_of(client: FlaskClient, issue_id: str, photo_id: str) -> bytes:
    """Return the first lines of a photo's request by hand."""
    cookie = next(c for c in client._cookies.values() if c.key == "sanzhang_session")
    return (f"PUT /api/issues/{issue_id}/photos/{photo_id}?stage=before HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: sanzhang_session={cookie.value}\r\nConnection: close\r\n").encode()  # fmt: skip


def test_a_body_that_does_not_say_how_long_it_is_is_refused(there: str, east: FlaskClient, listening: int) -> None:
    """Without a length a line that was cut would look like a whole photo."""
    head = head_of(east, there, str(uuid.uuid4())) + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", listening)) as line:
        line.sendall(head)
        said = b"".join(iter(lambda: line.recv(4096), b""))
    assert b" 400 " in said.splitlines()[0]
    assert b"Content-Length" in said.partition(b"\r\n\r\n")[2]
