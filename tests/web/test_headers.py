"""What every answer carries, and what no other site's page can make a browser do here (S-09, S-14, S-15)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from geodata.store.database import Store
from geodata.store.tables import audit, metadata
from tests import people, village
from tests.village import VILLAGES
from tests.web.test_auth import PASSWORD, browser, cheap_hashing, code_of, enter, make, signed_in
from webmap import pages, routes
from webmap.app import CSP, create_app

__all__ = ["cheap_hashing"]
APART = ("tile", "sign_in", "sign_in_attempt", "audit")
ON_RECORD = {"issues.exported", "board.taken", "field.scope"}
EVERYTHING = (("county_cadre", ""), ("administrator", ""), ("leader", ""))


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """Somebody who may open every page but the auditor's."""
    return signed_in(store, "all", *EVERYTHING)[0]


def test_every_page_and_answer_carries_the_headers(client: FlaskClient) -> None:
    """Pages, lists, refusals and what is not there: the policy, no guessing of kinds, no frames, nothing kept."""
    for path in (*(f"/{page}" for page in pages.PAGES), "/api/me", "/api/units/none", "/nowhere", "/api/audit"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == CSP, path
        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY"), path
        assert (headers["Referrer-Policy"], headers["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
        assert headers["Cache-Control"] == "no-store", path
        assert "Strict-Transport-Security" not in headers
    assert "unsafe-inline" not in CSP and "unsafe-eval" not in CSP
    assert "frame-ancestors 'none'" in CSP and "default-src 'self'" in CSP
    assert not re.search(r"https?:", CSP)


def test_no_page_asks_for_what_the_policy_forbids(client: FlaskClient) -> None:
    """No script, style or handler within a page, and nothing from another host."""
    for page in pages.PAGES:
        text = client.get(f"/{page}").text
        scripts = re.findall(r"<script\b([^>]*)>", text)
        assert all("src=" in one or 'type="application/json"' in one for one in scripts), page
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", text), page
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text), page


def test_behind_tls_browsers_are_told_to_stay_there(store: Store) -> None:
    """A proxy ends the encryption: the server is told so, and says it to the browser all the same."""
    answer = create_app(store, tls=True).test_client().get("/signin")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies and all("Secure" in one and "HttpOnly" in one and "SameSite=Lax" in one for one in cookies)
    assert all(one.startswith("__Host-") for one in cookies)


def test_other_sites_pages_are_refused(store: Store) -> None:
    """What a browser says comes from elsewhere is refused with the right token too; one's own pages are not."""
    client = create_app(store, hosts=["map.example"]).test_client()
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/signin", base_url="http://map.example").text)
    assert token
    sent = {"X-CSRFToken": token[1]}

    def try_from(**headers: str) -> str:
        told = {**sent, **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = client.post("/api/language", json={"lang": "zh"}, base_url="http://map.example", headers=told)
        return "" if answer.status_code == 204 else code_of(answer)

    assert try_from() == try_from(Origin="http://map.example") == try_from(Sec_Fetch_Site="same-origin") == ""
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://map.example.evil"},
                    {"Sec_Fetch_Site": "cross-site"}):  # fmt: skip
        assert try_from(**headers) == "csrf.refused"
    assert client.get("/signin", base_url="http://evil.example").status_code == 400


@pytest.fixture
def county(published: Store) -> Iterator[tuple[Store, FlaskClient]]:
    """A county with people and posts, and somebody with every right."""
    made = people.settle(published)
    people.name(published, people.level_ids(published, "lin")[0], made["lin0"])
    _, handed = make(published, "all", *EVERYTHING)
    client = browser(published)
    enter(client, "all", handed)
    client.post("/api/password", json={"old": handed, "new": PASSWORD})
    yield published, client


def test_a_get_changes_nothing(county: tuple[Store, FlaskClient]) -> None:
    """Every address that is read leaves every table as it was, but for kept tiles and the session's own clock.

    What takes personal data or a whole list out of the house is read too, and put on record: nothing else is.
    """
    store, client = county
    unit_id = village.unit_id(store, VILLAGES[0])
    before, last = snapshot(store), last_record(store)
    for declared in routes.ROUTES:
        if declared.method != "GET":
            continue
        path = re.sub(r"<(?:\w+:)?(?:z|x|y|version)>", "1", declared.path)
        path = re.sub(r"<[^>]+>", unit_id, path)
        client.get(path, query_string={"unit": unit_id, "level": "zu", "q": "溪", "lon": "111.6002", "lat": "27.6995"})
    for page in pages.PAGES:
        client.get(f"/{page}")
    assert snapshot(store) == before
    with store.read() as db:
        acts = set(db.run.execute(select(audit.c.act).where(audit.c.seq > last)).scalars())
    assert acts <= ON_RECORD


def last_record(store: Store) -> int:
    """Return the number of the audit's last row."""
    with store.read() as db:
        return int(db.run.execute(select(func.max(audit.c.seq))).scalar_one())


def snapshot(store: Store) -> dict[str, list[str]]:
    """Return every row of every table that reading must leave alone."""
    with store.read() as db:
        tables = [one for one in metadata.sorted_tables if one.name not in APART]
        found = {one.name: sorted(map(str, db.run.execute(select(one)))) for one in tables}
    return {**found, "setting": [row for row in found["setting"] if "audit.head" not in row]}
