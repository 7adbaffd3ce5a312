"""Second factors, devices and sessions over HTTP: cookies, pages that come first, QR codes, somebody else's."""

from __future__ import annotations

import re

import pytest
import segno
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from geodata.rules.actors import OPERATOR
from geodata.store import settings
from geodata.store.database import Store
from survey.actions import accounts, hashing
from survey.rules.second_factor import code_at, secret_bytes, step_of
from webmap import session
from webmap.app import create_app
from webmap.qr import qr_path

PASSWORD = "Kan jian 1 zhi niao"


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost: what is proven here is not the price of a guess."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(hashing, "_HASHER", cheap)
    monkeypatch.setattr(hashing, "_NOBODY", cheap.hash("nobody"))


def browser(store: Store, tls: bool = False) -> FlaskClient:
    app = create_app(store, tls=tls)
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def signed_in(store: Store, name: str, role: str = "village_cadre") -> tuple[FlaskClient, str]:
    with store.write() as db:
        account, handed = accounts.create_account(db, OPERATOR, session.now(), name, name, [(role, "")])
    client = browser(store)
    client.post("/api/session", json={"name": name, "password": handed})
    assert client.post("/api/password", json={"old": handed, "new": PASSWORD}).status_code == 204
    return client, account.id


def code_of(client: FlaskClient, method: str, path: str, **body: object) -> str:
    answer = client.open(path, method=method, json=body or None)
    return str(answer.json["error"]["code"]) if answer.json and "error" in answer.json else str(answer.status_code)


def test_the_qr_code_is_the_code() -> None:
    """The path draws exactly the dark modules of the symbol, with the quiet zone around them."""
    text = "otpauth://totp/x:wang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x"
    drawn = qr_path(text)
    dark = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", str(drawn["path"])):
        dark |= {(int(x) + step, int(y)) for step in range(int(length))}
    rows = list(segno.make(text, error="m", micro=False).matrix)
    assert dark == {(x + 4, y + 4) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
    assert drawn["size"] == len(rows) + 8


def test_a_leader_sets_up_the_code_first(store: Store) -> None:
    """Under dengbao every page leads a leader to the set-up, and opens once the first code was right."""
    with store.write() as db:
        settings.put(db, "profile", {"passwords": "dengbao", "name": "石桥县"})
    client, _ = signed_in(store, "leader", "leader")
    assert client.get("/map").headers["Location"] == "/security"
    assert client.get("/security").status_code == 200
    assert code_of(client, "GET", "/api/devices") == "factor.must_enrol"
    offered = client.post("/api/second-factor", json={"password": PASSWORD}).json
    assert offered["qr"]["size"] >= 33
    secret = secret_bytes(offered["secret"])
    made = client.post("/api/second-factor/confirm", json={"code": code_at(secret, step_of(session.now()))})
    assert len(made.json["recovery_codes"]) == 8
    assert client.get("/map").status_code == 200
    other = browser(store)
    assert code_of(other, "POST", "/api/session", name="leader", password=PASSWORD) == "session.code_needed"
    body = {"name": "leader", "password": PASSWORD, "code": made.json["recovery_codes"][0]}
    assert other.post("/api/session", json=body).json["account"]["must_enrol"] is False
    assert code_of(client, "DELETE", "/api/second-factor", password=PASSWORD, code=made.json["recovery_codes"][1]) == (
        "factor.required"
    )


def test_a_phone_stays_signed_in(store: Store) -> None:
    """A lapsed session is opened again by the device's cookie, which changes; signing out takes it away."""
    client, _ = signed_in(store, "wang")
    made = client.post("/api/devices", json={"name": "phone"})
    assert (made.status_code, made.json["name"]) == (201, "phone")
    cookie = made.headers["Set-Cookie"]
    assert all(word in cookie for word in ("sanzhang_device=", "HttpOnly", "SameSite=Lax", "Max-Age="))
    client.delete_cookie("sanzhang_session")
    assert client.get("/api/me").status_code == 401
    assert '"device": true' in client.get("/signin").text
    first = client.get_cookie("sanzhang_device").value
    again = client.post("/api/session/device")
    assert (again.status_code, again.json["next"]) == (200, "/map")
    assert client.get_cookie("sanzhang_device").value != first
    assert client.get("/api/me").status_code == 200
    assert [one["device"] for one in client.get("/api/sessions").json["items"]].count("phone") == 2
    assert client.delete("/api/session").status_code == 204
    assert client.get_cookie("sanzhang_device") is None
    assert code_of(client, "POST", "/api/session/device") == "session.refused"
    secure = browser(store, tls=True)
    body = {"name": "wang", "password": PASSWORD}
    secure.post("/api/session", json=body, base_url="https://localhost")
    cookie = secure.post("/api/devices", json={"name": "x"}, base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-device=")
    assert "Secure" in cookie


def test_an_administrator_ends_what_is_open(store: Store) -> None:
    """Sessions and devices are listed and ended by who manages the account, at the next request, and by nobody else."""
    admin, admin_id = signed_in(store, "admin", "administrator")
    client, account_id = signed_in(store, "wang")
    client.post("/api/devices", json={"name": "phone"})
    base = f"/api/accounts/{account_id}"
    assert code_of(client, "GET", f"/api/accounts/{admin_id}/sessions") == "right.missing"
    device = admin.get(f"{base}/devices").json["items"][0]["id"]
    assert admin.delete(f"{base}/devices/{device}").status_code == 204
    assert client.get("/api/me").status_code == 401
    client.post("/api/session", json={"name": "wang", "password": PASSWORD})
    open_now = admin.get(f"{base}/sessions").json["items"][0]["id"]
    assert admin.delete(f"{base}/sessions/{open_now}").status_code == 204
    assert client.get("/api/me").status_code == 401
    client.post("/api/session", json={"name": "wang", "password": PASSWORD})
    assert admin.delete(f"{base}/second-factor").status_code == 204
    assert client.get("/api/me").status_code == 401
    assert code_of(admin, "DELETE", f"/api/sessions/{open_now}") == "session.not_found"
    assert code_of(admin, "DELETE", f"/api/devices/{device}") == "device.not_found"
    assert admin.get("/api/devices").json["items"] == []
    assert admin.get("/api/second-factor").json["required"] is False
