"""The page that phones keep: the same for everybody, with its service worker, its icons and a fresh form token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from geodata.store.database import Store
from tests.web.test_auth import cheap_hashing, code_of, signed_in
from webmap import files
from webmap.app import create_app

__all__ = ["cheap_hashing"]


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """Somebody who is signed in."""
    return signed_in(store, "wanderer", ("county_cadre", ""))[0]


def test_the_kept_page_holds_nothing_of_anybody(store: Store, client: FlaskClient) -> None:
    """Whoever asks, signed in or not, gets the same bytes, without name, right or token; and may record a note."""
    theirs, anybodys = client.get("/field"), create_app(store).test_client().get("/field")
    assert theirs.status_code == anybodys.status_code == 200
    assert theirs.data == anybodys.data
    assert b"wanderer" not in theirs.data and b"csrf" not in theirs.data
    assert "microphone=(self)" in theirs.headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/map").headers["Permissions-Policy"]


def test_the_service_worker_may_hold_the_page_and_is_asked_for_anew(client: FlaskClient) -> None:
    """Its scope is the page and what lies below; what it keeps is named in it; the map's worker is the built one."""
    answer = client.get("/field/sw.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert answer.headers["Service-Worker-Allowed"] == "/field"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert files.asset("field.js") in answer.text
    assert files.asset("maplibre-worker.js") in client.get("/field/worker.js").text


def test_what_makes_the_page_installable_is_there(client: FlaskClient) -> None:
    """The manifest names the page and icons of the sizes that it says, one of them for a mask."""
    answer = client.get("/static/field.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = json.loads(answer.text)
    assert (told["start_url"], told["scope"], told["display"]) == ("/field", "/field", "standalone")
    assert {icon.get("purpose", "any") for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        path = Path(files.STATIC) / icon["src"].removeprefix("/static/")
        with Image.open(path) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]


def test_a_page_without_a_token_is_given_one_that_holds(store: Store) -> None:
    """A write without a token is refused; with the one that was asked for it is not."""
    client = create_app(store).test_client()
    refused = client.post("/api/language", json={"lang": "zh"})
    assert code_of(refused) == "csrf.refused"
    token = client.get("/api/form-token").get_json()["token"]
    assert client.post("/api/language", json={"lang": "zh"}, headers={"X-CSRFToken": token}).status_code == 204


def test_the_residents_page_is_there_where_the_county_says_so(store: Store) -> None:
    """Off by default: no such page; switched on, it is everybody's, and holds nothing of anybody."""
    administrator = signed_in(store, "switcher", ("administrator", ""))[0]
    stranger = create_app(store).test_client()
    assert stranger.get("/report").status_code == 404
    assert administrator.put("/api/modules", json={"residents": True}).status_code == 200
    assert stranger.get("/report").status_code == 200
    assert stranger.get("/report").data == administrator.get("/report").data
