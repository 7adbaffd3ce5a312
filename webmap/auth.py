"""Who asks: from the session cookie to an Actor, once a request, for every route and page alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app, g, request

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from survey.actions import sign_in
from webmap.session import Db

ANONYMOUS = Actor("", "")

# all that an account may ask for before its one-time or lapsed password is changed
_OPEN_BEFORE_CHANGE = frozenset({"/api/password", "/api/session", "/api/me", "/api/language", "/password", "/signin"})


def current_actor(db: Db, now: dt.datetime) -> Actor:
    """Return who asks, with their rights over today's net; ``Actor("", "")`` when nobody is signed in.

    Raises
    ------
    Problem
        ``password.must_change`` at every address but those that changing the password needs. This is the one place
        that asks for it.
    """
    signed = find_signed(db, now)
    if signed is None:
        return ANONYMOUS
    if signed.must_change and request.path not in _OPEN_BEFORE_CHANGE:
        raise Problem("password.must_change")
    return signed.actor


def find_signed(db: Db, now: dt.datetime) -> sign_in.Signed | None:
    """Return the session behind the request's cookie, looked up once a request; None when there is none."""
    if "signed" not in g:
        token = session_token()
        g.signed = sign_in.who(db, now, token) if token else None
    signed: sign_in.Signed | None = g.signed
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


def _behind_tls() -> bool:
    return bool(current_app.config.get("SANZHANG_TLS", False))
