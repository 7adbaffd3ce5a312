"""Signing in by 企业微信, 钉钉 and 政务钉钉 against a stand-in: state, who is let in, whom to ask, egress."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store import settings
from geodata.store.database import Store
from survey.actions import accounts, devices
from survey.actions import outside as actions
from survey.rules.outside import KINDS, Provider
from survey.rules.second_factor import code_at, secret_bytes, step_of
from tests.web import platforms
from tests.web.platforms import CLIENT, SECRET, Platform
from tests.web.test_auth import PASSWORD, browser, cheap_hashing, code_of, make, signed_in
from webmap import outside, session

__all__ = ["cheap_hashing"]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """A stand-in, and no other place that can be reached."""
    outside.TOKENS.__init__()  # type: ignore[misc]
    made = Platform()
    port = made.server.server_address[1]
    connect = socket.create_connection

    def only_there(address: tuple[str, int], *more: Any, **named: Any) -> socket.socket:
        assert address == ("127.0.0.1", port), f"sent to {address}"
        return connect(address, *more, **named)

    monkeypatch.setattr(socket, "create_connection", only_there)
    yield made
    made.stop()


def configure(store: Store, *items: dict[str, Any]) -> None:
    with store.write() as db:
        actions.configure(db, OPERATOR, session.now(), items)


def tied(store: Store, name: str, kind: str, subject: str, role: str = "village_cadre") -> str:
    """Make an account that a platform's person is tied to, its one-time password never used."""
    account_id, _ = make(store, name, (role, ""))
    with store.write() as db:
        actions.link(db, OPERATOR, session.now(), account_id, kind, subject)
    return account_id


def leave(client: FlaskClient, kind: str, **more: str) -> dict[str, str]:
    """Press the button, and return what the platform is asked with."""
    address = client.post(f"/api/session/outside/{kind}", json=more).json["address"]
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


def come_back(client: FlaskClient, kind: str, code: str, state: str) -> TestResponse:
    return client.post("/api/session/outside", json={"kind": kind, "code": code, "state": state})


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_way_in_by_each_platform(store: Store, platform: Platform, kind: str) -> None:
    """Off until set up; then from the button to the session of the account that is tied, with the page wanted."""
    client = browser(store)
    assert client.get("/api/session/outside").json["items"] == []
    assert code_of(client.post(f"/api/session/outside/{kind}", json={})) == "outside.not_found"
    configure(store, platform.settings(kind))
    assert client.get("/api/session/outside").json["items"] == [{"kind": kind, "name": KINDS[kind].name}]
    account_id = tied(store, "zhang1", kind, "zhang")
    asked = leave(client, kind, next="/posts?unit=1")
    assert asked["redirect_uri"] == f"http://localhost/signin?via={kind}"
    assert asked[{"wecom": "appid"}.get(kind, "client_id")] == CLIENT
    done = come_back(client, kind, platform.code_for("zhang"), asked["state"])
    assert (done.status_code, done.json["wanted"]) == (200, "/posts?unit=1")
    assert done.json["account"] == {"id": account_id, "name": "zhang1", "display_name": "zhang1",
                                    "must_change": False, "must_enrol": False}  # fmt: skip
    assert client.get("/api/me").json["account"]["id"] == account_id
    assert [one["via"] for one in client.get("/api/sessions").json["items"]] == [kind]
    assert code_of(come_back(client, kind, platform.code_for("zhang"), asked["state"])) == "outside.bad_state"


def test_inside_the_platforms_own_browser(store: Store, platform: Platform) -> None:
    """企业微信's own browser is sent to its own address, and so asks for no picture to be scanned."""
    configure(store, platform.settings("wecom"))
    client = browser(store)
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) wxwork/4.1 MicroMessenger/7.0"}
    address = client.post("/api/session/outside/wecom", json={}, headers=agent).json["address"]
    assert address.startswith(f"{platform.url}/inside/wecom?") and address.endswith("#wechat_redirect")


def test_the_state_is_this_browsers_and_taken_once(store: Store, platform: Platform) -> None:
    """Another browser's, another platform's, an old one, a changed one and one used before are refused unasked."""
    configure(store, platform.settings("wecom"), platform.settings("dingtalk"))
    tied(store, "zhang1", "wecom", "zhang")
    client, other = browser(store), browser(store)
    state, code = leave(client, "wecom")["state"], platform.code_for("zhang")
    platform.asked.clear()
    assert code_of(come_back(other, "wecom", code, state)) == "outside.bad_state"
    assert code_of(come_back(client, "wecom", code, f"{state}x")) == "outside.bad_state"
    assert code_of(come_back(client, "wecom", code, state)) == "outside.bad_state"  # used up by the try before
    state = leave(client, "wecom")["state"]
    assert code_of(come_back(client, "dingtalk", code, state)) == "outside.bad_state"
    state = leave(client, "wecom")["state"]
    kept = client.get_cookie("sanzhang_form")
    assert platform.asked == []
    assert come_back(client, "wecom", code, state).status_code == 200
    client.set_cookie("sanzhang_form", kept.value)
    assert code_of(come_back(client, "wecom", platform.code_for("zhang"), state)) == "outside.bad_state"


def test_a_state_lapses(store: Store, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes at the platform one begins anew."""
    configure(store, platform.settings("wecom"))
    client = browser(store)
    state = leave(client, "wecom")["state"]
    later = session.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr(session, "now", lambda: later)
    assert code_of(come_back(client, "wecom", platform.code_for("zhang"), state)) == "outside.bad_state"


def test_next_stays_on_this_server(store: Store, platform: Platform) -> None:
    """A page of another host is forgotten on the way out already (S-15)."""
    configure(store, platform.settings("wecom"))
    tied(store, "zhang1", "wecom", "zhang")
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        client = browser(store)
        state = leave(client, "wecom", next=wanted)["state"]
        assert come_back(client, "wecom", platform.code_for("zhang"), state).json["wanted"] == ""


def test_who_is_not_let_in_is_told_whom_to_ask(store: Store, platform: Platform) -> None:
    """Nobody's number, a disabled account, a stranger to the corp and a wrong code: each a sentence of its own."""
    configure(store, platform.settings("wecom", ask="石桥县数据局"))
    account_id = tied(store, "zhang1", "wecom", "zhang")
    client = browser(store)

    def refused(code: str) -> Any:
        return come_back(client, "wecom", code, leave(client, "wecom")["state"]).json["error"]

    unknown = refused(platform.code_for("li"))
    assert unknown["code"] == "outside.unknown"
    assert "石桥县数据局" in unknown["message"] and "编号 li" in unknown["message"]
    assert refused(platform.code_for("stranger"))["code"] == refused("made-up")["code"] == "outside.refused"
    admin, _ = signed_in(store, "admin1", ("administrator", ""), ("county_cadre", ""))
    assert admin.patch(f"/api/accounts/{account_id}", json={"disabled": True}).status_code == 200
    assert refused(platform.code_for("zhang"))["code"] == "outside.disabled"
    assert client.get("/api/me").status_code == 401


def test_a_second_factor_is_asked_for_all_the_same(store: Store, platform: Platform) -> None:
    """The platform is one factor: the digits come next, wrong ones and another browser's are refused."""
    client, account_id = signed_in(store, "wang", ("village_cadre", ""))
    secret = secret_bytes(client.post("/api/second-factor", json={"password": PASSWORD}).json["secret"])
    made = client.post("/api/second-factor/confirm", json={"code": code_at(secret, step_of(session.now()))}).json
    with store.write() as db:
        actions.link(db, OPERATOR, session.now(), account_id, "wecom", "zhang")
    configure(store, platform.settings("wecom"))
    fresh, other = browser(store), browser(store)
    state = leave(fresh, "wecom", next="/posts")["state"]
    assert code_of(come_back(fresh, "wecom", platform.code_for("zhang"), state)) == "session.code_needed"
    for wrong in ("000000", ""):
        assert (
            code_of(fresh.post("/api/session/outside", json={"kind": "wecom", "factor": wrong})) == "session.bad_code"
        )
    right = {"kind": "wecom", "factor": made["recovery_codes"][0]}
    assert code_of(other.post("/api/session/outside", json=right)) == "outside.bad_state"
    done = fresh.post("/api/session/outside", json=right)
    assert (done.status_code, done.json["wanted"]) == (200, "/posts")
    assert code_of(fresh.post("/api/session/outside", json=right)) == "outside.bad_state"


def test_one_ties_a_platform_to_ones_own_account(store: Store, platform: Platform) -> None:
    """It asks for the password, goes there and back, lets in from then on, and ends with its sessions when untied."""
    configure(store, platform.settings("dingtalk"))
    client, account_id = signed_in(store, "wang", ("village_cadre", ""))
    assert code_of(client.post("/api/identities/dingtalk", json={"password": "x"})) == "password.wrong"
    assert code_of(client.post("/api/identities/wecom", json={"password": PASSWORD})) == "outside.not_found"
    address = client.post("/api/identities/dingtalk", json={"password": PASSWORD}).json["address"]
    asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    assert asked["redirect_uri"] == "http://localhost/security?via=dingtalk"
    sent = {"kind": "dingtalk", "code": platform.code_for("u1"), "state": asked["state"]}
    assert code_of(client.post("/api/session/outside", json=sent)) == "outside.bad_state"  # not a sign-in
    address = client.post("/api/identities/dingtalk", json={"password": PASSWORD}).json["address"]
    sent["state"] = parse_qs(urlsplit(address).query)["state"][0]
    assert client.post("/api/identities", json=sent).status_code == 201
    assert [one["subject"] for one in client.get("/api/identities").json["items"]] == ["u1"]
    fresh = browser(store)
    done = come_back(fresh, "dingtalk", platform.code_for("u1"), leave(fresh, "dingtalk")["state"])
    assert done.json["account"]["id"] == account_id
    assert client.delete("/api/identities/dingtalk").status_code == 204
    assert (fresh.get("/api/me").status_code, client.get("/api/me").status_code) == (401, 200)
    assert code_of(client.delete("/api/identities/dingtalk")) == "outside.not_linked"


def test_who_went_away_is_who_comes_back(store: Store, platform: Platform) -> None:
    """Whoever signs in on the same browser meanwhile is not tied to what another began."""
    configure(store, platform.settings("wecom"))
    client, _ = signed_in(store, "wang", ("village_cadre", ""))
    signed_in(store, "li", ("village_cadre", ""))
    address = client.post("/api/identities/wecom", json={"password": PASSWORD}).json["address"]
    client.post("/api/session", json={"name": "li", "password": PASSWORD})
    state = parse_qs(urlsplit(address).query)["state"][0]
    sent = {"kind": "wecom", "code": platform.code_for("zhang"), "state": state}
    assert code_of(client.post("/api/identities", json=sent)) == "outside.bad_state"
    assert client.get("/api/identities").json["items"] == []


def test_an_administrator_ties_and_unties(store: Store, platform: Platform) -> None:
    """Of accounts they manage, never their own, one number one account; others may not."""
    admin, admin_id = signed_in(store, "admin1", ("administrator", ""))
    account_id, _ = make(store, "wang", ("village_cadre", ""))
    other_id, _ = make(store, "li", ("village_cadre", ""))
    base = f"/api/accounts/{account_id}/identities"
    assert admin.put(f"{base}/wecom", json={"subject": " zhang "}).status_code == 204
    assert [(one["kind"], one["subject"]) for one in admin.get(base).json["items"]] == [("wecom", "zhang")]
    again = {"subject": "zhang"}
    assert code_of(admin.put(f"/api/accounts/{other_id}/identities/wecom", json=again)) == "outside.taken"
    assert code_of(admin.put(f"/api/accounts/{admin_id}/identities/wecom", json=again)) == "account.own"
    assert code_of(admin.put(f"{base}/qq", json=again)) == "outside.unknown_kind"
    assert code_of(admin.put(f"{base}/wecom", json={"subject": " "})) == "outside.bad_subject"
    assert admin.put(f"{base}/wecom", json={"subject": "zhang2"}).status_code == 204
    assert len(admin.get(base).json["items"]) == 1
    assert admin.delete(f"{base}/wecom").status_code == 204
    client, _ = signed_in(store, "chen", ("county_cadre", ""))
    assert code_of(client.get(base)) == "right.missing"


def test_the_configuration_never_shows_a_secret(store: Store, platform: Platform) -> None:
    """Sealed, told as found, kept when the rest is changed, and forgotten where it would be sent elsewhere."""
    admin, _ = signed_in(store, "admin1", ("administrator", ""))
    item = platform.settings("wecom")
    shown = admin.put("/api/sign-in-providers", json={"items": [item]})
    assert (shown.status_code, shown.json["items"][0]["secret_found"]) == (200, True)
    assert SECRET not in shown.text and SECRET not in admin.get("/api/sign-in-providers").text
    with store.read() as db:
        assert SECRET not in str(settings.get(db, "sign_in_providers"))
    kept = {key: value for key, value in item.items() if key != "secret"}
    again = admin.put("/api/sign-in-providers", json={"items": [{**kept, "ask": "数据局"}]}).json["items"][0]
    assert (again["secret_found"], again["ask"]) == (True, "数据局")
    for change in ({"api_url": "https://evil.example"}, {"client_id": "other"}, {"internal": False}):
        moved = admin.put("/api/sign-in-providers", json={"items": [{**kept, **change}]}).json["items"][0]
        assert moved["secret_found"] is False, change
        assert admin.put("/api/sign-in-providers", json={"items": [item]}).json["items"][0]["secret_found"]
    assert admin.put("/api/sign-in-providers", json={"items": []}).json["items"] == []
    client, _ = signed_in(store, "chen", ("county_cadre", ""))
    assert code_of(client.get("/api/sign-in-providers")) == "right.missing"


def test_a_secret_of_the_environment(store: Store, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is named for it holds the secret; while it is not there no button is shown."""
    item = {**platform.settings("wecom"), "secret_env": "WECOM_SECRET"}
    del item["secret"]
    configure(store, item)
    tied(store, "zhang1", "wecom", "zhang")
    client = browser(store)
    assert client.get("/api/session/outside").json["items"] == []
    assert code_of(client.post("/api/session/outside/wecom", json={})) == "outside.not_ready"
    monkeypatch.setenv("WECOM_SECRET", SECRET)
    assert come_back(client, "wecom", platform.code_for("zhang"), leave(client, "wecom")["state"]).status_code == 200
    with store.write() as db, pytest.raises(Problem, match=r"outside\.bad_setting"):
        actions.configure(db, OPERATOR, session.now(), [{**item, "secret_env": "PATH"}])


def test_a_corps_token_is_fetched_once_and_again_when_it_is_worn_out(store: Store, platform: Platform) -> None:
    """The platform counts these requests; one that it no longer takes is replaced without a word to the reader."""
    configure(store, platform.settings("wecom"))
    tied(store, "zhang1", "wecom", "zhang")
    for token, fetched in (("a", 1), ("a", 1), ("b", 2)):
        platform.token = token
        client = browser(store)
        assert (
            come_back(client, "wecom", platform.code_for("zhang"), leave(client, "wecom")["state"]).status_code == 200
        )
        assert platform.tokens == fetched


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_is_sent_elsewhere(platform: Platform, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Not after a redirect, not by a proxy of the environment, not to an address within, and nothing is logged."""
    item = {key: value for key, value in platform.settings(kind).items() if key != "secret"}
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert outside.ask_subject(Provider.from_dict(item), SECRET, platform.code_for("zhang")) == "zhang"
    outside.TOKENS.__init__()  # type: ignore[misc]
    platform.redirects_to = "http://127.0.0.1:1/steal"
    platform.asked.clear()
    with pytest.raises(Problem, match=r"outside\.(unreachable|refused)"):
        outside.ask_subject(Provider.from_dict(item), SECRET, platform.code_for("zhang"))
    assert len(platform.asked) == 1
    with pytest.raises(Problem, match=r"outside\.unreachable"):
        outside.ask_subject(Provider.from_dict({**item, "internal": False}), SECRET, "x")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 80))])
    with pytest.raises(Problem, match=r"outside\.unreachable"):
        outside.ask_subject(Provider.from_dict(item), SECRET, "x")
    assert len(platform.asked) == 1


def test_what_a_platform_must_not_say(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long an answer, one that is no JSON object, a wrong secret and a full house are refusals, never a person."""
    item = Provider.from_dict({k: v for k, v in platform.settings("wecom").items() if k != "secret"})
    with pytest.raises(Problem, match=r"outside\.(unreachable|refused)"):
        outside.ask_subject(item, "wrong", platform.code_for("zhang"))
    for told in ({"errcode": 0, "userid": "x" * 70_000}, [1], {"errcode": 0, "userid": ["zhang"]}, {"errcode": 0}):
        monkeypatch.setitem(platforms.PATHS, ("GET", "/cgi-bin/auth/getuserinfo"), lambda *_, told=told: told)
        with pytest.raises(Problem, match=r"outside\.(unreachable|refused)"):
            outside.ask_subject(item, SECRET, "x")
    with pytest.raises(Problem, match=r"outside\.not_ready"):
        outside.ask_subject(item, "", "x")


def test_a_phone_that_came_by_a_platform_stays_signed_in(store: Store, platform: Platform) -> None:
    """A session by a platform may remember its device once the account has a password of its own."""
    configure(store, platform.settings("wecom"))
    _, account_id = signed_in(store, "wang", ("village_cadre", ""))
    with store.write() as db:
        actions.link(db, OPERATOR, session.now(), account_id, "wecom", "zhang")
    client = browser(store)
    assert come_back(client, "wecom", platform.code_for("zhang"), leave(client, "wecom")["state"]).status_code == 200
    assert client.post("/api/devices", json={"name": "phone"}).status_code == 201
    client.delete_cookie("sanzhang_session")
    assert client.post("/api/session/device").status_code == 200
    with store.read() as db:
        assert len(devices.list_devices(db, OPERATOR, session.now(), account_id)) == 1
        assert accounts.list_accounts(db, OPERATOR, session.now(), "", 5)[2] == 1
