"""The conversation with a platform that people sign in by: from the code that came back to who it is.

Authlib speaks OAuth 2.0; what each platform does in its own way is said here. Every request goes through
``webmap.fence`` to the one address that the county set. Neither a secret nor a token is ever logged.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from geodata.rules.problems import Problem
from survey.rules.outside import Provider, signed_headers, subject_of
from webmap import session
from webmap.fence import Fence
from webmap.proxy import TIMEOUT_S

log = logging.getLogger("sanzhang.outside")

AT_ONCE = 4
_EARLY_S = 120.0  # a platform's token is given up so long before it ends
_PLACES = threading.BoundedSemaphore(AT_ONCE)

Told = Mapping[str, Any]


def secret_for(provider: Provider, sealed: str) -> str:
    """Return a platform's secret: from the environment where its variable is named, else what was sealed, else ""."""
    return os.environ.get(provider.secret_env, "").strip() if provider.secret_env else sealed


def ask_subject(provider: Provider, secret: str, code: str) -> str:
    """Ask a platform who brought a code.

    Raises
    ------
    Problem
        ``outside.not_ready`` (name) without a secret, ``outside.crowded``, ``outside.unreachable`` (name),
        ``outside.refused`` for a code that it does not take, or somebody who is not of the organisation.
    """
    if not secret:
        raise Problem("outside.not_ready", name=provider.name)
    if not _PLACES.acquire(timeout=TIMEOUT_S):
        raise Problem("outside.crowded")
    try:
        return subject_of(provider.kind, _ASK[provider.kind](provider, secret, code))
    except (requests.RequestException, OSError, http.client.HTTPException, AuthlibBaseError, ValueError) as error:
        log.warning("%s: no answer to use (%s)", provider.kind, type(error).__name__)
        raise Problem("outside.unreachable", name=provider.name) from None
    finally:
        _PLACES.release()


def _client(provider: Provider, secret: str, auth: Callable[..., Any] | str, **more: Any) -> OAuth2Session:
    """Return an OAuth client that can reach nothing but the platform."""
    client = OAuth2Session(client_id=provider.client_id, client_secret=secret, token_endpoint_auth_method=auth, **more)
    client.trust_env = False  # no proxy and no password file of this machine has a say
    client.adapters.clear()
    client.mount("https://", Fence(provider.api, internal=provider.internal))
    client.mount("http://", Fence(provider.api, internal=provider.internal))
    client.max_redirects = 0
    return client


def _json(answer: requests.Response) -> Told:
    """Return an answer as a JSON object; a redirect or a failure of the platform is no answer."""
    told = answer.json() if answer.status_code < 300 or 400 <= answer.status_code < 500 else None
    if not isinstance(told, dict):
        raise ValueError("not a JSON object")
    return told


def _reads_token(client: OAuth2Session, token: Callable[[Told], Any], lives_s: Callable[[Told], Any]) -> None:
    """Let Authlib read a platform's own spelling of a token and of its life in seconds."""

    def rewritten(answer: requests.Response) -> requests.Response:
        told = _json(answer)
        found = token(told)
        plain = {"access_token": found, "token_type": "Bearer", "expires_in": int(lives_s(told) or 0)}
        answer._content = json.dumps(plain if found else {"error": "refused"}).encode()
        return answer

    client.register_compliance_hook("access_token_response", rewritten)


def _wecom(provider: Provider, secret: str, code: str) -> Told:
    """企业微信: ``gettoken`` by the corp's id and secret, in the address; then who the code belongs to."""
    client = _client(provider, secret, _corp_in_address, token_placement="uri")
    _reads_token(client, lambda told: told.get("access_token"), lambda told: told.get("expires_in"))
    base = provider.api_url.rstrip("/")

    def fetch() -> Any:
        return client.fetch_token(f"{base}/cgi-bin/gettoken", method="GET", grant_type="client_credentials")

    def ask() -> Told:
        client.token = TOKENS.get(provider, secret, fetch)
        return _json(client.get(f"{base}/cgi-bin/auth/getuserinfo", params={"code": code}))

    told = ask()
    if told.get("errcode") in _WORN_OUT:
        TOKENS.drop(provider, secret)
        told = ask()
    if told.get("errcode", 0) != 0:
        raise Problem("outside.refused")
    return told


_WORN_OUT = (40014, 42001)  # the token is not valid, or has lapsed before its time


def _corp_in_address(client: OAuth2Session, method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    asked = {"corpid": client.client_id, "corpsecret": client.client_secret}
    return f"{uri.partition('?')[0]}?{urlencode(asked)}", headers, body


def _dingtalk(provider: Provider, secret: str, code: str) -> Told:
    """钉钉: ``userAccessToken`` for the code, as JSON; then ``contact/users/me``, the token in a header of its own."""
    client = _client(provider, secret, _ding_body)
    _reads_token(client, lambda told: told.get("accessToken"), lambda told: told.get("expireIn"))
    base = provider.api_url.rstrip("/")
    try:
        token = client.fetch_token(f"{base}/v1.0/oauth2/userAccessToken", grant_type="authorization_code", code=code)
    except AuthlibBaseError:
        raise Problem("outside.refused") from None
    headers = {"x-acs-dingtalk-access-token": token["access_token"]}
    return _json(client.get(f"{base}/v1.0/contact/users/me", withhold_token=True, headers=headers))


def _ding_body(client: OAuth2Session, method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    given = dict(parse_qsl(body if isinstance(body, str) else body.decode()))
    asked = {"clientId": client.client_id, "clientSecret": client.client_secret, "code": given["code"],
             "grantType": "authorization_code"}  # fmt: skip
    headers["Content-Type"] = "application/json"
    return uri, headers, json.dumps(asked).encode()


def _zhengwu(provider: Provider, secret: str, code: str) -> Told:
    """政务钉钉: ``gettoken.json`` by the application's key and secret, then who the code belongs to, both signed."""
    key = provider.app_key or provider.client_id
    client = _client(provider, secret, "none")
    _reads_token(client, lambda told: _inner(told).get("accessToken"), lambda told: _inner(told).get("expiresIn"))
    base = provider.api_url.rstrip("/")

    def fetch() -> Any:
        asked = {"appkey": key, "appsecret": secret}
        headers = signed_headers("GET", "/gettoken.json", asked, key, secret, session.now(), _nonce())
        auth = _fixed(f"{base}/gettoken.json?{urlencode(asked)}")
        return client.fetch_token(f"{base}/gettoken.json", method="GET", grant_type="client_credentials",
                                  headers=headers, auth=auth)  # fmt: skip

    path = "/rpc/oauth2/getuserinfo_bycode.json"
    asked = {"access_token": TOKENS.get(provider, secret, fetch)["access_token"], "code": code}
    headers = signed_headers("POST", path, asked, key, secret, session.now(), _nonce())
    told = _json(client.post(f"{base}{path}", data=asked, headers=headers, withhold_token=True))
    if not told.get("success"):
        TOKENS.drop(provider, secret)
        raise Problem("outside.refused")
    return told


def _fixed(address: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    def put(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.url = address
        return request

    return put


def _inner(told: Told) -> Told:
    content = told.get("content")
    data = content.get("data") if isinstance(content, dict) else None
    return data if isinstance(data, dict) else {}


def _nonce() -> str:
    return f"{time.time_ns() // 1000}{secrets.randbelow(9000) + 1000}"


_ASK: dict[str, Callable[[Provider, str, str], Told]] = {
    "wecom": _wecom, "dingtalk": _dingtalk, "zhengwu": _zhengwu,
}  # fmt: skip


class Tokens:
    """The platforms' tokens for this server: each may be fetched a few times a day only, and lasts two hours."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, provider: Provider, secret: str, fetch: Callable[[], Any]) -> Any:
        """Return a token that still holds, fetching one where there is none."""
        key = self._key(provider, secret)
        with self._lock:
            until_s, token = self._kept.get(key, (0.0, None))
        if token is not None and time.monotonic() < until_s:
            return token
        token = fetch()
        with self._lock:
            self._kept[key] = (time.monotonic() + max(0.0, float(token.get("expires_in") or 0) - _EARLY_S), token)
        return token

    def drop(self, provider: Provider, secret: str) -> None:
        """Forget a token that the platform no longer takes."""
        with self._lock:
            self._kept.pop(self._key(provider, secret), None)

    def _key(self, provider: Provider, secret: str) -> str:
        told = "\x1f".join((provider.kind, provider.api_url, provider.client_id, provider.app_key, secret))
        return hashlib.sha256(told.encode()).hexdigest()


TOKENS = Tokens()
