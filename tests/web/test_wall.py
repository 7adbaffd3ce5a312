"""The wall map over HTTP: a job, its file under a Chinese name, and what is refused."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.actions import jobs
from geodata.store.database import Store
from survey.actions import hashing
from tests import village
from tests.village import COUNTY, VILLAGES, Here
from tests.web.tile_source import signed_in
from webmap import session, work


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def work_off(store: Store) -> None:
    """Do the waiting job, as the worker beside the server does."""
    with store.write() as db:
        job = jobs.claim(db, session.now())
    assert work.do_one(store, job, Here())


def ask(client: FlaskClient, store: Store, **body: Any) -> TestResponse:
    return client.post("/api/wall", json={"unit_id": village.unit_id(store, VILLAGES[0]), **body})


def code_of(answer: TestResponse) -> str:
    return str(answer.get_json()["error"]["code"])


def test_a_wall_map_is_made_and_fetched(published: Store) -> None:
    """202 with a job, then the PDF as an attachment under its Chinese name, kept by no cache."""
    client = signed_in(published, "county_cadre", "")
    begun = ask(client, published, parts=["tree", "map"])
    assert begun.status_code == 202
    job = begun.get_json()["job"]
    assert code_of(client.get(f"/api/wall/{job}")) == "wall.not_ready"
    work_off(published)
    assert client.get(f"/api/jobs/{job}").get_json()["state"] == "done"
    file = client.get(f"/api/wall/{job}")
    assert (file.status_code, file.mimetype, file.data[:5]) == (200, "application/pdf", b"%PDF-")
    said = file.headers["Content-Disposition"]
    assert said.startswith("attachment")
    assert f"filename*=UTF-8''{quote('东溪村片组邻网格图.pdf')}" in said
    assert "no-cache" in file.headers["Cache-Control"] or "no-store" in file.headers["Cache-Control"]
    other = signed_in(published, "town_cadre", village.unit_id(published, COUNTY))
    assert other.get(f"/api/wall/{job}").status_code == 404


def test_pictures_of_several_pages_come_packed(published: Store) -> None:
    """A zip of numbered PNG files where there is more than one page."""
    client = signed_in(published, "county_cadre", "")
    job = ask(client, published, format="png").get_json()["job"]
    work_off(published)
    file = client.get(f"/api/wall/{job}")
    assert file.mimetype == "application/zip"
    assert zipfile.ZipFile(BytesIO(file.data)).namelist() == ["01.png", "02.png"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"parts": ["poster"]}, 422, "wall.unknown_part"),
        ({"parts": "map"}, 400, "wire.not_list"),
        ({"format": "exe"}, 422, "wall.unknown_format"),
        ({"as_of": "soon"}, 422, "as_of.unreadable"),
        ({"plan_id": "x"}, 404, "plan.not_found"),
        ({"unit_id": "x"}, 404, "unit.not_found"),
    ],
)
def test_what_is_refused(published: Store, body: dict[str, Any], status: int, code: str) -> None:
    """Each with its status and its name."""
    answer = ask(signed_in(published, "county_cadre", ""), published, **body)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_leader_gets_the_map_and_not_the_list(published: Store) -> None:
    """The list of homes needs the right to see homes; map and tree do not."""
    client = signed_in(published, "leader", "")
    refused = ask(client, published, parts=["homes"])
    assert (refused.status_code, refused.get_json()["error"]["values"]) == (403, {"right": "see_homes"})
    assert ask(client, published).status_code == 202
