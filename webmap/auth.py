"""Who asks: from the session cookie to an Actor, once a request, for every route and page alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app, g, request

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from survey.actions import sessions
from webmap.session import Db

ANONYMOUS = Actor("", "")

# all that an account may ask for before its one-time or lapsed password is changed
_OPEN_BEFORE_CHANGE = frozenset({"/api/password", "/api/session", "/api/me", "/api/language", "/password", "/signin"})
# and before the second factor that a role of theirs asks for is set up
_OPEN_BEFORE_ENROL = _OPEN_BEFORE_CHANGE | {"/api/second-factor", "/api/second-factor/confirm", "/security"}


def current_actor(db: Db, now: dt.datetime) -> Actor:
    """Return who asks, with their rights over today's net; ``Actor("", "")`` when nobody is signed in.

    Raises
    ------
    Problem
        ``password.must_change`` and ``factor.must_enrol`` at every address but those that changing the password, or
        setting up a second factor, needs. This is the one place that asks for them.
    """
    signed = find_signed(db, now)
    if signed is None:
        return ANONYMOUS
    if signed.must_change and request.path not in _OPEN_BEFORE_CHANGE:
        raise Problem("password.must_change")
    if signed.must_enrol and request.path not in _OPEN_BEFORE_ENROL:
        raise Problem("factor.must_enrol")
    return signed.actor


def find_signed(db: Db, now: dt.datetime) -> sessions.Signed | None:
    """Return the session behind the request's cookie, looked up once a request; None when there is none."""
    if "signed" not in g:
        token = session_token()
        g.signed = sessions.who(db, now, token) if token else None
    signed: sessions.Signed | None = g.signed
    return signed


def session_token() -> str:
    """Return the token that came in the cookie, or ""."""
    token = request.cookies.get(cookie_name(), "")
    return token if len(token) <= 100 else ""


def cookie_name() -> str:
    """Return the cookie's name: behind TLS with the ``__Host-`` prefix, which binds it to this one host."""
    return "__Host-session" if _behind_tls() else "sanzhang_session"


def session_cookie(token: str) -> dict[str, Any]:
    """Return the cookie that carries a session; it ends with the browser, and on the server long before."""
    return {
        "key": cookie_name(),
        "value": token,
        "path": "/",
        "httponly": True,
        "samesite": "Lax",
        "secure": _behind_tls(),
    }


def no_session_cookie() -> dict[str, Any]:
    """Return the cookie that removes the session's."""
    return {**session_cookie(""), "max_age": 0, "expires": 0}


def device_token() -> str:
    """Return the token by which this device stays signed in, or ""."""
    token = request.cookies.get(_device_cookie_name(), "")
    return token if len(token) <= 120 else ""


def device_cookie(token: str, days: int) -> dict[str, Any]:
    """Return the cookie that keeps a device signed in for some days; 0 days remove it."""
    kept = {**session_cookie(token), "key": _device_cookie_name(), "max_age": days * 24 * 3600}
    return kept if days else {**kept, "expires": 0}


def _device_cookie_name() -> str:
    return "__Host-device" if _behind_tls() else "sanzhang_device"


def _behind_tls() -> bool:
    return bool(current_app.config.get("SANZHANG_TLS", False))
