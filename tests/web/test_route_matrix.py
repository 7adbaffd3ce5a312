"""Every address of the server and every role: what ``route_matrix.csv`` says is what happens (S-03).

The file has a row for each method and path. ``right`` is what the route declares (``public``, ``signed in`` or a
right); then follows what a stranger and each role, held over all ground, is answered: ``yes``, ``401``, ``403``, or
``signin`` for a page that leads to the sign-in. A new route fails here until somebody has thought about its row and
written it.
"""

from __future__ import annotations

import csv
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from geodata.store.tables import unit
from survey.actions import accounts as actions
from survey.actions import hashing
from survey.actions.sign_in import digest_of
from survey.rules.roles import ROLES, HeldRole
from survey.store import accounts, sign_ins
from webmap import pages, routes, session
from webmap.app import create_app

MATRIX = Path(__file__).with_name("route_matrix.csv")
ASKERS = ("anonymous", *ROLES)
NO_ROUTE_OF_OURS = {("GET", "/"): "public", ("GET", "/static/<path:name>"): "public"}


class County(NamedTuple):
    """A served county with an account of each role, and the ids that stand in for places in a path."""

    store: Store
    client: FlaskClient
    account_ids: dict[str, str]
    places: dict[str, str]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """One county on GeoPackage: rights are decided before the database is."""
    folder = tmp_path_factory.mktemp("county")
    store = session.open_store(str(folder / "county.gpkg"), folder)
    with pytest.MonkeyPatch.context() as patch, store.write() as db:
        patch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        values = {"id": "county", "level": "county", "kind": "", "code": "431382", "name": "x", "path": "431382/"}
        now = session.now()
        db.run.execute(insert(unit).values(**values, homes=0, area_m2=0.0, fill=0, valid_from=now))
        ids = {}
        for role in ROLES:
            account, _ = actions.create_account(db, OPERATOR, now, role, role, [])
            accounts.set_roles(
                db, account.id, [HeldRole(role, "")]
            )  # a chief is one by post, an office's staff has one
            accounts.set_secret(db, account.id, accounts.secret_of(db, account.id), must_change=False)
            ids[role] = account.id
        other, _ = actions.create_account(db, OPERATOR, now, "somebody", "x", [("read_only", "")])
    app = create_app(store)
    app.config["WTF_CSRF_ENABLED"] = False
    yield County(store, app.test_client(), ids, {"account_id": other.id, "unit_id": "county"})
    store.close()


def declared() -> dict[tuple[str, str], str]:
    """Return method and path of everything that declares a right, with that right."""
    names = {None: "public", "": "signed in"}
    shown = {("GET", f"/{page}"): names.get(right, right or "") for page, right in pages.PAGES.items()}
    return {(method, path): right for method, path, right in routes.matrix()} | shown | NO_ROUTE_OF_OURS


def served(county: County) -> set[tuple[str, str]]:
    rules = county.client.application.url_map.iter_rules()
    return {(method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def rows() -> list[dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ask(county: County, asker: str, method: str, path: str) -> TestResponse:
    """Send one request with nothing in it, as a role in a session of its own, or as a stranger."""
    county.client.delete_cookie("sanzhang_session")
    if asker != "anonymous":
        token = secrets.token_urlsafe(32)
        with county.store.write() as db:
            sign_ins.open_session(db, session.now(), county.account_ids[asker], digest_of(token))
        county.client.set_cookie("sanzhang_session", token)
    place = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: county.places.get(found[1], "0"), path)
    return county.client.open(place, method=method, json=None if method == "GET" else {})


def verdict(answer: TestResponse) -> str:
    """Return what an answer says about the right to ask: a thing missing or a field at fault is a yes."""
    assert answer.status_code < 500, answer.text[:500]
    if answer.status_code in (301, 302) and answer.headers["Location"].startswith("/signin"):
        return "signin"
    refusal = answer.get_json(silent=True) if answer.status_code >= 400 else None
    code = refusal["error"]["code"] if refusal else ""
    if code == "session.none":
        return "401"
    return "403" if answer.status_code == 403 else "yes"


def test_every_route_has_a_row(county: County) -> None:
    """The rows and the routes are the same, and every route declares a right."""
    written = [(row["method"], row["path"]) for row in rows()]
    assert written == sorted(set(written), key=lambda one: (one[1], one[0])), "rows are sorted by path and method"
    assert set(written) - served(county) == set(), "rows without a route"
    assert served(county) - set(written) == set(), "routes without a row"
    assert served(county) - set(declared()) == set(), "routes without a right"


def test_every_row_names_the_declared_right() -> None:
    """What a route declares is what its row says."""
    rights = declared()
    assert {(r["method"], r["path"]): r["right"] for r in rows()} == {
        (r["method"], r["path"]): rights.get((r["method"], r["path"])) for r in rows()
    }


@pytest.mark.parametrize("asker", ASKERS)
def test_every_role_is_answered_as_its_column_says(county: County, asker: str) -> None:
    """Real requests to every address by every role get the verdict of the file."""
    said = {(row["method"], row["path"]): row[asker] for row in rows()}
    found = {(method, path): verdict(ask(county, asker, method, path)) for method, path in said}
    assert found == said


def test_the_columns_follow_from_the_roles() -> None:
    """Where a row names a right, those and only those pass whose role holds it; a stranger passes public rows only."""
    for row in rows():
        if row["right"] in {"public", "signed in"}:
            continue
        held = {role for role, rights in ROLES.items() if set(row["right"].split("|")) & set(rights)}
        assert {role for role in ROLES if row[role] == "yes"} == held, row
        assert row["anonymous"] in {"401", "signin"}, row
