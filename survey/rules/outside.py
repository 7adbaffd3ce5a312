"""Signing in by a platform that people already have on their phones: what a county sets, and what may come back.

Three protocols, all of them OAuth 2.0 in shape and in none of its details (the platforms' own developer documents):

=============  =========================================================================================
wecom          企业微信: ``/cgi-bin/gettoken`` (corpid, corpsecret), ``/cgi-bin/auth/getuserinfo`` (code) -> userid
dingtalk       钉钉, and its own-host deployments: ``/v1.0/oauth2/userAccessToken`` (clientId, clientSecret, code),
               ``/v1.0/contact/users/me`` -> unionId
zhengwu        政务钉钉 (专有钉钉): ``/gettoken.json`` (appkey, appsecret) and ``/rpc/oauth2/getuserinfo_bycode.json``
               (code) -> employeeCode, each request signed with HMAC-SHA-256
=============  =========================================================================================

Who somebody is to the platform (the ``subject``) is tied to an account beforehand; the platform makes no accounts and
gives no rights.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from geodata.rules.addresses import plain_host
from geodata.rules.problems import Problem

STATE_S = 600
"""How long a sign-in may stay at the platform: ten minutes, as long as OAuth 2.0 lets a code live (RFC 6749 4.1.2)."""

VERIFIED_S = 300
"""How long who came back may take to type the digits of a second factor."""

_SECRET_ENV = re.compile(r"[A-Z][A-Z0-9_]{0,40}_SECRET")  # made for the purpose: no other secret can be named
_WORD = re.compile(r"[!-~]{1,200}")
ASK = "本县的系统管理员"
_NAME_MOST, _ASK_MOST, _SUBJECT_MOST = 20, 60, 128


@dataclass(frozen=True)
class _Kind:
    name: str
    authorize_url: str
    inside_url: str
    api_url: str


KINDS = {
    "wecom": _Kind(
        "企业微信",
        "https://login.work.weixin.qq.com/wwlogin/sso/login",
        "https://open.weixin.qq.com/connect/oauth2/authorize",
        "https://qyapi.weixin.qq.com",
    ),
    "dingtalk": _Kind("钉钉", "https://login.dingtalk.com/oauth2/auth", "", "https://api.dingtalk.com"),
    "zhengwu": _Kind("政务钉钉", "https://login.dg-work.cn/oauth2/auth.htm", "", "https://openplatform.dg-work.cn"),
}


@dataclass(frozen=True)
class Provider:
    """A platform as the county set it.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    site
        The address people reach this server by, ``https://map.example``: the platform sends them back to it.
    client_id
        企业微信: the corp's id; 钉钉: the application's client id.
    agent_id
        企业微信: the application's number.
    app_key
        政务钉钉: the key that calls are signed with, where it is not ``client_id``.
    name, ask
        What its button says; whom somebody without an account is to ask.
    authorize_url, inside_url
        Where a browser, and the platform's own one, is sent. "" is the platform's public address.
    api_url
        The one address that this server asks.
    secret_env
        The environment variable (``..._SECRET``) that holds the secret; "" where it is sealed in the store.
    internal
        Whether ``api_url`` lies in the county's own network, on addresses that are refused otherwise.
    """

    kind: str
    site: str
    client_id: str
    agent_id: str = ""
    app_key: str = ""
    name: str = ""
    ask: str = ""
    authorize_url: str = ""
    inside_url: str = ""
    api_url: str = ""
    secret_env: str = ""
    internal: bool = False

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Provider:
        """Check a configuration and take it, with the platform's public addresses where none are given.

        Raises
        ------
        Problem
            ``outside.bad_setting`` (field).
        """
        for key, value in values.items():
            if key not in _TYPES or not isinstance(value, _TYPES[key]):
                raise Problem("outside.bad_setting", field=str(key)[:40])
        kind = str(values.get("kind", ""))
        if kind not in KINDS:
            raise Problem("outside.bad_setting", field="kind")
        known = KINDS[kind]
        given = {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}
        for key in ("name", "authorize_url", "inside_url", "api_url"):
            given[key] = given.get(key) or getattr(known, key)
        given["ask"] = given.get("ask") or ASK
        whole: dict[str, Any] = {"site": "", "client_id": "", **given}
        made = cls(**whole)
        _check(made)
        return made

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as plain values; it holds no secret."""
        return asdict(self)

    @property
    def api(self) -> SplitResult:
        """The scheme, host and port that this server may ask, and no others."""
        return urlsplit(self.api_url)

    def keeps_secret_of(self, other: Provider) -> bool:
        """Tell whether a secret given for another configuration may be sent by this one: same place, same owner."""
        mine = (self.kind, self.client_id, self.app_key, self.api_url, self.internal)
        return mine == (other.kind, other.client_id, other.app_key, other.api_url, other.internal)


_TYPES: dict[str, type] = {f.name: bool if f.name == "internal" else str for f in fields(Provider)}


def _check(one: Provider) -> None:
    words = {"client_id": one.client_id, **({"agent_id": one.agent_id} if one.kind == "wecom" else {})}
    addresses = {key: getattr(one, key) for key in ("site", "authorize_url", "api_url", "inside_url")}
    faults = [key for key, word in words.items() if not _WORD.fullmatch(word)]
    faults += [key for key, url in addresses.items() if url and not _is_address(url, bare=key in ("site", "api_url"))]
    faults += ["site"] if not one.site else []
    faults += ["app_key"] if one.app_key and not _WORD.fullmatch(one.app_key) else []
    faults += ["secret_env"] if one.secret_env and not _SECRET_ENV.fullmatch(one.secret_env) else []
    shown = (("name", one.name, _NAME_MOST), ("ask", one.ask, _ASK_MOST))
    faults += [key for key, text, most in shown if len(text) > most or not text.isprintable()]
    for field in faults:
        raise Problem("outside.bad_setting", field=field)


def _is_address(url: str, *, bare: bool) -> bool:
    """Tell whether an address is https, or http on this very machine; a bare one is scheme and host alone."""
    if not _WORD.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if not plain_host(host) or parts.username is not None or parts.fragment or (port is not None and port <= 0):
        return False
    near = host in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        return False
    return not bare or (parts.path in ("", "/") and not parts.query)


def check_providers(items: Sequence[Mapping[str, Any]]) -> list[Provider]:
    """Check a county's whole configuration: each platform at most once.

    Raises
    ------
    Problem
        ``outside.bad_setting`` (field).
    """
    made = [Provider.from_dict(item) for item in items]
    if len({one.kind for one in made}) < len(made):
        raise Problem("outside.bad_setting", field="kind")
    return made


def authorize_address(provider: Provider, state: str, purpose: str, *, inside: bool = False) -> str:
    """Return where the browser is sent, to come back to this server with a code and the same state.

    Parameters
    ----------
    purpose
        ``sign_in`` or ``link``: which page it comes back to.
    inside
        Whether it is the platform's own browser.
    """
    back = return_address(provider, purpose)
    if provider.kind == "wecom" and inside and provider.inside_url:
        asked = {"appid": provider.client_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
                 "state": state, "agentid": provider.agent_id}  # fmt: skip
        return f"{provider.inside_url}?{urlencode(asked)}#wechat_redirect"
    if provider.kind == "wecom":
        asked = {"login_type": "CorpApp", "appid": provider.client_id, "agentid": provider.agent_id,
                 "redirect_uri": back, "state": state}  # fmt: skip
    elif provider.kind == "dingtalk":
        asked = {"response_type": "code", "client_id": provider.client_id, "redirect_uri": back, "scope": "openid",
                 "prompt": "consent", "state": state}  # fmt: skip
    else:
        asked = {"response_type": "code", "client_id": provider.client_id, "redirect_uri": back,
                 "scope": "get_user_info", "authType": "QRCODE", "state": state}  # fmt: skip
    return f"{provider.authorize_url}{'&' if '?' in provider.authorize_url else '?'}{urlencode(asked)}"


def return_address(provider: Provider, purpose: str) -> str:
    """Return the page of this server that a browser comes back to."""
    page = "security" if purpose == "link" else "signin"
    return f"{provider.site.rstrip('/')}/{page}?via={provider.kind}"


@dataclass(frozen=True)
class Pending:
    """A sign-in that went to a platform, as the browser's own signed cookie keeps it.

    Parameters
    ----------
    purpose
        ``sign_in``, or ``link`` for tying a platform to the account that is signed in.
    next
        The page wanted after signing in.
    account_id
        Whose account is to be tied; "" for a sign-in.
    """

    state: str
    kind: str
    purpose: str
    at: dt.datetime
    next: str = ""
    account_id: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return it as the cookie keeps it."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_dict(cls, kept: Any) -> Pending | None:
        """Read what the cookie kept; None for anything else."""
        try:
            return cls(**{**kept, "at": dt.datetime.fromisoformat(kept["at"])})
        except (TypeError, KeyError, ValueError):
            return None


def check_state(pending: Pending | None, kind: str, state: str, purpose: str, now: dt.datetime) -> Pending:
    """Return what was pending if it is this browser's own, for this platform and purpose, and not too old.

    Raises
    ------
    Problem
        ``outside.bad_state``.
    """
    if (
        pending is None
        or not hmac.compare_digest(pending.state.encode(), state.encode())
        or (pending.kind, pending.purpose) != (kind, purpose)
        or not dt.timedelta(0) <= now - pending.at <= dt.timedelta(seconds=STATE_S)
    ):
        raise Problem("outside.bad_state")
    return pending


def safe_next(wanted: str) -> str:
    r"""Return a page of this very server to go to, "" for anything else.

    >>> [safe_next(n) for n in ("/posts?unit=1#x", "//evil.example", "/\\evil", "https://evil", "/a\tb")]
    ['/posts?unit=1#x', '', '', '', '']
    """
    sound = re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", wanted) is not None and len(wanted) <= 500
    return wanted if sound else ""


def checked_subject(subject: str) -> str:
    """Return who somebody is to a platform, or ``outside.bad_subject`` (most)."""
    kept = subject.strip()
    if not 1 <= len(kept) <= _SUBJECT_MOST or not kept.isprintable():
        raise Problem("outside.bad_subject", most=_SUBJECT_MOST)
    return kept


def subject_of(kind: str, told: Mapping[str, Any]) -> str:
    """Return who a platform says somebody is, or ``outside.refused`` where it names nobody of the organisation.

    >>> subject_of("wecom", {"errcode": 0, "userid": "zhang"}), subject_of("dingtalk", {"unionId": "u1", "nick": "x"})
    ('zhang', 'u1')
    """
    found: Any = told
    if kind == "zhengwu":
        for step in ("content", "data"):
            found = found.get(step) if isinstance(found, Mapping) else None
    key = {"wecom": "userid", "dingtalk": "unionId", "zhengwu": "employeeCode"}[kind]
    named = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(named, str) or not named.strip():
        raise Problem("outside.refused")
    return checked_subject(named)


def signed_headers(
    method: str, path: str, params: Mapping[str, str], key: str, secret: str, now: dt.datetime, nonce: str
) -> dict[str, str]:
    """Return the headers that sign a call of 政务钉钉: HMAC-SHA-256 over method, moment, nonce, path and parameters.

    Parameters
    ----------
    params
        The call's parameters, not yet encoded.
    nonce
        Digits that no other call has.
    """
    moment = now.astimezone(dt.timezone(dt.timedelta(hours=8))).isoformat(timespec="milliseconds")
    told = [method, moment, nonce, path]
    if params:
        told.append("&".join(f"{name}={params[name]}" for name in sorted(params)))
    mac = hmac.digest(secret.encode(), "\n".join(told).encode(), "sha256")
    return {
        "X-Hmac-Auth-Timestamp": moment, "X-Hmac-Auth-Version": "1.0", "X-Hmac-Auth-Nonce": nonce,
        "apiKey": key, "X-Hmac-Auth-Signature": base64.b64encode(mac).decode("ascii"),
    }  # fmt: skip
