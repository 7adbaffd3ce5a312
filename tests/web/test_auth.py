"""Signing in over HTTP: cookies, refusals, forced changes and rights at the next request."""

from __future__ import annotations

import datetime as dt
import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from survey.actions import accounts, hashing
from webmap import session
from webmap.app import create_app

PASSWORD = "Kan jian 1 zhi niao"


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost: what is proven here is not the price of a guess."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", cheap)
    monkeypatch.setattr(hashing, "_NOBODY", cheap.hash("nobody"))


def browser(store: Store, tls: bool = False, csrf: bool = False) -> FlaskClient:
    """Open a browser of its own, by default without the guard against forged requests, which has its own test."""
    app = create_app(store, tls=tls)
    app.config["WTF_CSRF_ENABLED"] = csrf
    return app.test_client()


def make(store: Store, name: str, *wanted: tuple[str, str]) -> tuple[str, str]:
    with store.write() as db:
        account, handed = accounts.create_account(db, OPERATOR, session.now(), name, name, wanted)
    return account.id, handed


def enter(client: FlaskClient, name: str, password: str) -> TestResponse:
    return client.post("/api/session", json={"name": name, "password": password})


def signed_in(store: Store, name: str, *wanted: tuple[str, str]) -> tuple[FlaskClient, str]:
    """Return a browser signed in with a password of its own, and the account's id."""
    account_id, handed = make(store, name, *wanted)
    client = browser(store)
    assert enter(client, name, handed).status_code == 200
    assert client.post("/api/password", json={"old": handed, "new": PASSWORD}).status_code == 204
    return client, account_id


def code_of(response: TestResponse) -> str:
    return str(response.json["error"]["code"]) if response.json else ""


def cookie_of(response: TestResponse) -> Any:
    return next(iter(SimpleCookie(next(c for c in response.headers.getlist("Set-Cookie") if "session" in c)).values()))


def test_the_way_in_and_out(store: Store) -> None:
    """A stranger is nobody, signs in, is told who they are, signs out on the server and is nobody again."""
    client, account_id = signed_in(store, "wang", ("leader", ""))
    me = client.get("/api/me").json
    assert me == {
        "account": {"id": account_id, "name": "wang", "display_name": "wang"},
        "roles": [{"role": "leader", "scope_path": "", "scope_name": ""}],
        "rights": ["see", "issues"],
        "lang": "zh",
    }
    again = enter(client, "WANG", PASSWORD)
    assert (again.status_code, again.json["next"], again.json["account"]["must_change"]) == (200, "/map", False)
    token = cookie_of(again).value
    gone = client.delete("/api/session")
    assert (gone.status_code, cookie_of(gone).value, cookie_of(gone)["max-age"]) == (204, "", "0")
    client.set_cookie("sanzhang_session", token)
    assert (client.get("/api/me").status_code, code_of(client.get("/api/me"))) == (401, "session.none")


def test_the_cookie_is_out_of_reach(store: Store) -> None:
    """HttpOnly and SameSite=Lax always; behind TLS Secure and bound to the host by its name."""
    _, handed = make(store, "wang")
    plain = cookie_of(enter(browser(store), "wang", handed))
    assert (plain.key, plain["httponly"], plain["samesite"], plain["secure"]) == ("sanzhang_session", True, "Lax", "")
    _, handed = make(store, "li")
    client = browser(store, tls=True)
    bound = cookie_of(enter(client, "li", handed))
    assert (bound.key, bound["httponly"], bound["samesite"], bound["secure"]) == ("__Host-session", True, "Lax", True)
    assert (bound["path"], bound["domain"]) == ("/", "")
    assert client.get("/api/me", base_url="https://localhost").status_code == 200
    assert len(plain.value) * 6 >= 128


def test_every_refusal_is_the_same_answer(store: Store) -> None:
    """Unknown name, wrong password and disabled account: same status, same bytes, same headers (S-11)."""
    client, _ = signed_in(store, "admin1", ("administrator", ""), ("county_cadre", ""))
    _, li = signed_in(store, "li", ("leader", ""))
    assert client.patch(f"/api/accounts/{li}", json={"disabled": True}).status_code == 200
    stranger = browser(store)
    answers = [enter(stranger, "nobody", "x"), enter(stranger, "admin1", "x"), enter(stranger, "li", PASSWORD)]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert len({str(sorted(answer.headers)) for answer in answers}) == 1


def test_failures_outlive_the_refused_request(store: Store) -> None:
    """After five refusals the sixth try is told how long to wait, in the header too."""
    make(store, "wang")
    client = browser(store)
    assert [enter(client, "wang", "x").status_code for _ in range(5)] == [401] * 5
    told = enter(client, "wang", "x")
    assert (told.status_code, code_of(told), told.headers["Retry-After"]) == (429, "session.wait", "30")


def test_a_one_time_password_opens_only_the_way_to_a_new_one(store: Store) -> None:
    """Until it is changed every other address refuses, pages lead to the change, and a second use is refused."""
    _, handed = make(store, "wang", ("county_cadre", ""))
    client = browser(store)
    entered = enter(client, "wang", handed)
    assert (entered.json["next"], entered.json["account"]["must_change"]) == ("/password", True)
    for path in ("/api/map", "/api/units", "/api/accounts", "/tiles/1/1/1/1.mvt"):
        assert code_of(client.get(path)) == "password.must_change", path
    assert client.get("/api/me").status_code == 200
    assert client.get("/map").headers["Location"] == "/password"
    assert client.get("/password").status_code == 200
    assert code_of(enter(browser(store), "wang", handed)) == "password.spent"
    assert client.post("/api/password", json={"old": handed, "new": PASSWORD}).status_code == 204
    assert client.get("/api/accounts").status_code == 403


def test_rights_end_at_the_next_request(store: Store) -> None:
    """Ending sessions, changing roles, resetting and disabling work on an open session at once."""
    admin, _ = signed_in(store, "admin1", ("administrator", ""), ("county_cadre", ""))
    client, account_id = signed_in(store, "wang", ("leader", ""))
    for act in (
        lambda: admin.delete(f"/api/accounts/{account_id}/sessions"),
        lambda: admin.patch(f"/api/accounts/{account_id}", json={"roles": [{"role": "read_only", "scope_id": ""}]}),
        lambda: admin.patch(f"/api/accounts/{account_id}", json={"disabled": True}),
    ):
        assert enter(client, "wang", PASSWORD).status_code == 200
        assert client.get("/api/me").status_code == 200
        assert act().status_code in (200, 204)
        assert client.get("/api/me").status_code == 401
    assert admin.patch(f"/api/accounts/{account_id}", json={"disabled": False}).status_code == 200
    assert enter(client, "wang", PASSWORD).status_code == 200
    handed = admin.post(f"/api/accounts/{account_id}/reset").json["one_time_password"]
    assert client.get("/api/me").status_code == 401
    assert enter(client, "wang", handed).json["next"] == "/password"


def test_idle_and_absolute_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session used every 29 minutes lives for twelve hours, an unused one for half an hour."""
    client, _ = signed_in(store, "wang", ("leader", ""))
    began = session.now()
    enter(client, "wang", PASSWORD)

    def status_at(minutes: float) -> int:
        monkeypatch.setattr(session, "now", lambda: began + dt.timedelta(minutes=minutes))
        return client.get("/api/me").status_code

    assert [status_at(minutes) for minutes in (29, 58, 87, 118)] == [200, 200, 200, 401]
    monkeypatch.setattr(session, "now", lambda: began)
    enter(client, "wang", PASSWORD)
    assert {status_at(minutes) for minutes in range(0, 720, 29)} == {200}
    assert status_at(721) == 401


def test_reading_goes_on_while_somebody_writes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session due to be noted is read all the same while the writer's place is taken."""
    client, _ = signed_in(store, "wang", ("leader", ""))
    later = session.now() + dt.timedelta(minutes=5)
    monkeypatch.setattr(session, "now", lambda: later)
    with store.write() as db:
        db.run.execute(text("UPDATE sign_in SET at = at"))
        assert client.get("/api/me").status_code == 200


def test_forged_requests_are_refused(store: Store) -> None:
    """Every address that changes something refuses without the page's token, and takes a request with it (S-09)."""
    client = browser(store, csrf=True)
    writing = [r for r in client.application.url_map.iter_rules() if r.methods & {"POST", "PATCH", "PUT", "DELETE"}]
    for rule in writing:
        path = re.sub(r"<[^>]+>", "0", rule.rule)
        answer = client.open(path, method=next(iter(rule.methods - {"OPTIONS", "HEAD"})), json={})
        assert (answer.status_code, code_of(answer)) == (400, "csrf.refused"), rule
    _, handed = make(store, "wang")
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/signin").text)
    assert token
    sent = {"name": "wang", "password": handed}
    assert client.post("/api/session", json=sent, headers={"X-CSRFToken": token[1]}).status_code == 200


def test_accounts_over_http(store: Store) -> None:
    """Made, listed, renamed, and refused with the field at fault."""
    admin, _ = signed_in(store, "admin1", ("administrator", ""), ("county_cadre", ""))
    wanted = {"name": "wang", "display_name": "王五", "roles": [{"role": "leader", "scope_id": ""}]}
    made = admin.post("/api/accounts", json=wanted)
    assert made.status_code == 201
    account = made.json["account"]
    assert enter(browser(store), "wang", made.json["one_time_password"]).status_code == 200
    renamed = admin.patch(f"/api/accounts/{account['id']}", json={"display_name": "王六"})
    assert (renamed.json["display_name"], renamed.json["roles"]) == ("王六", account["roles"])
    listed = admin.get("/api/accounts?limit=1").json
    assert ([one["name"] for one in listed["items"]], listed["next"], listed["total"]) == (["admin1"], "admin1", 2)
    rest = admin.get("/api/accounts?after=admin1").json
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["wang"], None)
    for body, code in (
        ({}, "wire.missing"),
        ({**wanted, "name": 5}, "wire.not_text"),
        ({**wanted, "name": "x" * 300}, "wire.too_long"),
        ({**wanted, "roles": "leader"}, "wire.not_list"),
        ({**wanted, "roles": [{"role": "leader", "scope_id": ""}] * 300}, "wire.too_long"),
        (wanted, "account.taken"),
    ):
        assert code_of(admin.post("/api/accounts", json=body)) == code
    assert code_of(admin.patch(f"/api/accounts/{account['id']}", json={"disabled": "yes"})) == "wire.not_flag"
    assert code_of(admin.patch("/api/accounts/none", json={})) == "account.not_found"


def test_the_audit_over_http(store: Store) -> None:
    """The auditor begins at the audit, reads it page by page, and finds no password in it."""
    client, account_id = signed_in(store, "auditor", ("audit_admin", ""))
    assert enter(client, "auditor", PASSWORD).json["next"] == "/audit"
    newest = client.get("/api/audit?limit=2").json
    assert [row["act"] for row in newest["items"]] == ["session.open", "password.change"]
    rest = client.get(f"/api/audit?after={newest['next']}").json
    assert [row["by"] for row in rest["items"]] == ["auditor", "operator"]
    assert client.get(f"/api/audit?object={account_id}").json["total"] == newest["total"] == 4
    assert PASSWORD not in client.get("/api/audit").text
    assert code_of(client.get("/api/audit?after=x")) == "wire.not_number"


def test_the_language_is_a_cookie(store: Store) -> None:
    """Anybody may choose between the two; another is refused."""
    client = browser(store)
    assert client.post("/api/language", json={"lang": "en"}).status_code == 204
    cookie = client.get_cookie("lang")
    assert cookie
    assert cookie.value == "en"
    assert code_of(client.post("/api/language", json={"lang": "fr"})) == "wire.not_language"
