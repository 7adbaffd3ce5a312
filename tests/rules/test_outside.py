"""Settings of the platforms that people sign in by, the addresses they are sent to, and what may come back."""

from __future__ import annotations

import datetime as dt
import doctest
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from survey.rules import outside, sign_in_names
from survey.rules.outside import KINDS, Pending, Provider

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
GOOD: dict[str, Any] = {"kind": "wecom", "site": "https://map.example", "client_id": "ww1", "agent_id": "1000002"}


def refusal(**change: Any) -> str:
    try:
        outside.check_providers([{**GOOD, **change}])
    except Problem as problem:
        assert problem.code == "outside.bad_setting"
        return str(problem.values["field"])
    return ""


def test_the_examples_in_docstrings_are_true() -> None:
    """What a docstring shows is what the code does."""
    assert (doctest.testmod(outside).failed, doctest.testmod(sign_in_names).failed) == (0, 0)


def test_a_platform_needs_little() -> None:
    """Kind, site and ids are enough: the public addresses, a name and whom to ask are filled in."""
    one = Provider.from_dict(GOOD)
    assert (one.name, one.api.hostname, one.ask) == ("企业微信", "qyapi.weixin.qq.com", "本县的系统管理员")
    assert Provider.from_dict(one.to_dict()) == one
    assert {Provider.from_dict({**GOOD, "kind": kind}).api.scheme for kind in KINDS} == {"https"}


@pytest.mark.parametrize(("change", "field"), [
    ({"kind": "qq"}, "kind"), ({"site": ""}, "site"), ({"site": "map.example"}, "site"),
    ({"site": "http://map.example"}, "site"), ({"site": "https://map.example/x"}, "site"),
    ({"site": "https://a@map.example"}, "site"), ({"client_id": ""}, "client_id"), ({"agent_id": ""}, "agent_id"),
    ({"client_id": "a b"}, "client_id"), ({"api_url": "https://127.1"}, "api_url"),
    ({"api_url": "https://x.example?a=1"}, "api_url"), ({"api_url": "https://x.example:0"}, "api_url"),
    ({"api_url": "ftp://x.example"}, "api_url"), ({"authorize_url": "javascript:alert(1)"}, "authorize_url"),
    ({"inside_url": "//x.example"}, "inside_url"), ({"secret_env": "PATH"}, "secret_env"),
    ({"secret_env": "WECOM_SECRET"}, ""), ({"name": "x" * 21}, "name"), ({"ask": "a\nb"}, "ask"),
    ({"internal": "yes"}, "internal"), ({"colour": "red"}, "colour"), ({"site": "http://127.0.0.1:8000"}, ""),
    ({"api_url": "https://x.example:8443"}, ""), ({"name": 5}, "name"),
])  # fmt: skip
def test_what_cannot_be_set(change: dict[str, Any], field: str) -> None:
    """The field at fault is named; plain http is for this very machine alone."""
    assert refusal(**change) == field


def test_each_platform_once() -> None:
    """Two settings of one kind could not be told apart when somebody comes back."""
    with pytest.raises(Problem, match=r"outside\.bad_setting"):
        outside.check_providers([GOOD, GOOD])
    assert len(outside.check_providers([GOOD, {**GOOD, "kind": "dingtalk"}])) == 2


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("purpose", ["sign_in", "link"])
def test_where_a_browser_is_sent(kind: str, purpose: str) -> None:
    """To the platform, with the state and the way back to a page of ours, all of it encoded."""
    one = Provider.from_dict({**GOOD, "kind": kind})
    address = outside.authorize_address(one, "s+/=&", purpose)
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{KINDS[kind].authorize_url}?")
    assert asked["state"] == ["s+/=&"]
    page = "signin" if purpose == "sign_in" else "security"
    assert asked["redirect_uri"] == [f"https://map.example/{page}?via={kind}"]


def test_a_state_holds_for_its_browser_purpose_and_time() -> None:
    """Any difference, and anything that is no such cookie, is one refusal."""
    kept = Pending("s1", "wecom", "sign_in", NOW, "/posts", "")
    assert outside.check_state(Pending.from_dict(kept.to_dict()), "wecom", "s1", "sign_in", NOW) == kept
    late, early = NOW + dt.timedelta(seconds=601), NOW - dt.timedelta(seconds=1)
    for told in (("dingtalk", "s1", "sign_in", NOW), ("wecom", "s2", "sign_in", NOW), ("wecom", "s1", "link", NOW),
                 ("wecom", "s1", "sign_in", late), ("wecom", "s1", "sign_in", early)):  # fmt: skip
        with pytest.raises(Problem, match=r"outside\.bad_state"):
            outside.check_state(kept, *told)
    for nothing in (None, {}, "x", {"state": "s1"}, {**kept.to_dict(), "at": "then"}, {**kept.to_dict(), "more": 1}):
        with pytest.raises(Problem, match=r"outside\.bad_state"):
            outside.check_state(Pending.from_dict(nothing), "wecom", "s1", "sign_in", NOW)


@given(st.text(max_size=40))
def test_next_never_leaves_this_server(wanted: str) -> None:
    """Whatever is asked for, what is kept is a path of this server that no browser reads otherwise (S-15)."""
    kept = outside.safe_next(wanted)
    assert kept in ("", wanted)
    if kept:
        assert kept.startswith("/") and not kept.startswith(("//", "/\\"))
        assert not any(ord(letter) <= 32 or letter in "\\\x7f" for letter in kept)
        assert urlsplit(f"https://map.example{kept}").hostname == "map.example"


@pytest.mark.parametrize("told", [{}, {"userid": ""}, {"userid": 5}, {"userid": None}, {"openid": "o1"}])
def test_who_is_named_by_nobody_is_refused(told: dict[str, Any]) -> None:
    """Without a member's id there is no person, whatever else the answer holds."""
    with pytest.raises(Problem, match=r"outside\.refused"):
        outside.subject_of("wecom", told)
    with pytest.raises(Problem, match=r"outside\.refused"):
        outside.subject_of("zhengwu", {"content": {"data": told}})
    with pytest.raises(Problem, match=r"outside\.bad_subject"):
        outside.subject_of("wecom", {"userid": "a\nb"})


def test_a_call_is_signed_over_all_that_matters() -> None:
    """The signature changes with method, moment, nonce, path, parameters and secret, and with nothing else."""
    asked = ("POST", "/rpc/x.json", {"b": "2", "a": "1"}, "key", "secret", NOW, "123")

    def seal(*told: Any) -> str:
        return outside.signed_headers(*told)["X-Hmac-Auth-Signature"]

    assert seal(*asked) == seal("POST", "/rpc/x.json", {"a": "1", "b": "2"}, "key", "secret", NOW, "123")
    assert outside.signed_headers(*asked)["X-Hmac-Auth-Timestamp"] == "2026-03-06T14:20:00.000+08:00"
    for at, other in ((0, "GET"), (1, "/y"), (2, {"a": "1"}), (4, "s"), (5, NOW + dt.timedelta(1)), (6, "4")):
        changed = [*asked]
        changed[at] = other
        assert seal(*changed) != seal(*asked)
