from __future__ import annotations

from typing import Any

from flask import request

from geodata.rules.problems import Problem
from survey.actions import devices
from survey.actions import sign_in as actions
from survey.actions.sessions import Signed, sign_out
from webmap import auth, fields
from webmap.pages import first_page
from webmap.routes import Asked, route
from webmap.wire import Reply

LANGUAGES = ("zh", "en")
_YEAR_S = 365 * 24 * 3600
DEVICE_COOKIE_DAYS = 365  # the server decides, by the county's own number of days


@route("POST", "/api/session", None, writes=False)  # the action writes in short transactions of its own
def sign_in(asked: Asked) -> Reply:
    """Sign in; whoever was signed in on this browser is not any longer."""
    body = asked.body
    name, password = fields.text(body, "name"), fields.text(body, "password", 1000)
    code = fields.text(body, "code", 100) if "code" in body else ""
    earlier = auth.session_token()
    made = actions.sign_in(asked.db, asked.actor, asked.now, name, password, request.remote_addr, earlier, code)
    return Reply(entered(made.signed), set_cookies=(auth.session_cookie(made.token),))


@route("POST", "/api/session/device", None, writes=False)  # as signing in
def sign_in_by_device(asked: Asked) -> Reply:
    """Sign in by the token that this device keeps; the answer brings the next token."""
    held, earlier = auth.device_token(), auth.session_token()
    made, following = devices.enter(asked.db, asked.actor, asked.now, held, request.remote_addr, earlier)
    cookies = (auth.session_cookie(made.token), auth.device_cookie(following, DEVICE_COOKIE_DAYS))
    return Reply(entered(made.signed), set_cookies=cookies)


@route("DELETE", "/api/session", None)
def end_session(asked: Asked) -> Reply:
    """Sign out: the session ends on the server, not only in the browser, and this device is forgotten."""
    sign_out(asked.db, asked.actor, asked.now, auth.session_token())
    return Reply(None, 204, set_cookies=(auth.no_session_cookie(), auth.device_cookie("", 0)))


@route("POST", "/api/password", "", writes=False)  # as signing in
def change_password(asked: Asked) -> None:
    """Change one's own password."""
    body = asked.body
    old, new = fields.text(body, "old", 1000), fields.text(body, "new", 1000)
    actions.change_password(asked.db, asked.actor, asked.now, old, new, auth.session_token())


@route("GET", "/api/me", "")
def me(asked: Asked) -> dict[str, Any]:
    """Tell who is signed in, with which roles and rights."""
    signed = auth.find_signed(asked.db, asked.now)
    if signed is None:
        raise Problem("session.none")
    roles = [{"role": held.role, "scope_path": held.path, "scope_name": held.unit_name} for held in signed.account.held]
    return {"account": _account(signed), "roles": roles, "rights": signed.actor.rights, "lang": asked.lang}


@route("POST", "/api/language", None, writes=False)
def choose_language(asked: Asked) -> Reply:
    """Keep the reader's language in a cookie of its own; it is known before anybody signs in."""
    lang = fields.text(asked.body, "lang")
    if lang not in LANGUAGES:
        raise Problem("wire.not_language", value=lang[:10], known=list(LANGUAGES))
    cookie = {**auth.session_cookie(lang), "key": "lang", "httponly": False, "max_age": _YEAR_S}
    return Reply(None, 204, set_cookies=(cookie,))


def _account(signed: Signed) -> dict[str, str]:
    account = signed.account
    return {"id": account.id, "name": account.name, "display_name": account.display_name}


def entered(signed: Signed) -> dict[str, Any]:
    """Return what a page is told of a session just opened: whose, what comes first, and where to go."""
    asked_first = {"must_change": signed.must_change, "must_enrol": signed.must_enrol}
    return {"account": {**_account(signed), **asked_first}, "next": _first_page(signed)}


def _first_page(signed: Signed) -> str:
    if signed.must_change:
        return "/password"
    return "/security" if signed.must_enrol else first_page(signed.actor)
