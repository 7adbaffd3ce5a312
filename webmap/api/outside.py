"""Signing in by a platform, and who is tied to whom there.

The browser goes to the platform with a state that its own signed cookie keeps, and comes back to a page of ours, which
sends the code on with the token of the form: so a GET changes nothing here either. The platform is asked once the
request's transaction is over.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import flask
from flask import Response, after_this_request, request

from geodata.rules.problems import Problem
from survey.actions import outside as actions
from survey.rules import outside as rules
from survey.rules.outside import Pending, Provider
from webmap import auth, errors, fields, session
from webmap.api.session import entered
from webmap.routes import Asked, route
from webmap.wire import Reply, respond

_KEPT, _VERIFIED = "outside", "outside_verified"  # in the browser's signed cookie


@route("GET", "/api/session/outside", None)
def list_ways(asked: Asked) -> dict[str, Any]:
    """List the platforms that one may sign in by: those that the county set and gave a secret."""
    found = [one for one in actions.providers(asked.db) if _secret(asked, one)]
    items = [{"kind": one.kind, "name": one.name} for one in found]
    return {"items": items, "next": None, "total": len(items)}


@route("POST", "/api/session/outside/<kind>", None, writes=False)
def leave_to_sign_in(asked: Asked, kind: str) -> dict[str, str]:
    """Return where the browser is to go to sign in by a platform."""
    body = asked.body
    wanted = rules.safe_next(fields.text(body, "next", 500)) if "next" in body else ""
    return _leave(asked, kind, "sign_in", {"next": wanted})


@route("POST", "/api/session/outside", None, writes=False)  # as signing in
def sign_in_by_platform(asked: Asked) -> Response:
    """Sign in with the code that the platform sent back; a second factor's digits come in a second request."""
    body = asked.body
    kind = fields.text(body, "kind")
    if "code" not in body:
        factor = fields.text(body, "factor", 100).strip() or "-"
        return respond(_enter(asked, kind, *_verified(asked, kind), factor=factor))
    pending = _came_back(asked, kind, "sign_in")
    return _ask_later(asked, kind, lambda now, subject: _enter(now, kind, subject, pending.next))


@route("GET", "/api/identities", "")
def list_own(asked: Asked) -> dict[str, Any]:
    """List who one's own account is to each platform."""
    return _listed(actions.list_identities(asked.db, asked.actor, asked.now, asked.actor.id))


@route("POST", "/api/identities/<kind>", "", writes=False)  # the password is asked for, as in signing in
def leave_to_link(asked: Asked, kind: str) -> dict[str, str]:
    """Return where the browser is to go to tie a platform to one's own account; asks for the password."""
    body = asked.body
    password, code = fields.text(body, "password", 1000), fields.text(body, "code", 100) if "code" in body else ""
    actions.provider(asked.db, kind)
    actions.prove_owner(asked.db, asked.actor, asked.now, password, code)
    return _leave(asked, kind, "link", {"account_id": asked.actor.id})


@route("POST", "/api/identities", "", writes=False)  # as signing in
def link_own(asked: Asked) -> Response:
    """Tie the platform's person who came back to one's own account."""
    kind = fields.text(asked.body, "kind")
    pending = _came_back(asked, kind, "link")

    def link(now: Asked, subject: str) -> Reply:
        with session.transaction(writes=True) as db:
            actions.link_back(db, now.actor, now.now, pending, subject)
        return Reply({"kind": kind}, 201)

    return _ask_later(asked, kind, link)


@route("DELETE", "/api/identities/<kind>", "")
def unlink_own(asked: Asked, kind: str) -> None:
    """Untie one's own account from a platform."""
    actions.unlink(asked.db, asked.actor, asked.now, asked.actor.id, kind)


@route("GET", "/api/accounts/<account_id>/identities", "accounts")
def list_of(asked: Asked, account_id: str) -> dict[str, Any]:
    """List who an account is to each platform."""
    return _listed(actions.list_identities(asked.db, asked.actor, asked.now, account_id))


@route("PUT", "/api/accounts/<account_id>/identities/<kind>", "accounts")
def link_of(asked: Asked, account_id: str, kind: str) -> None:
    """Tie a platform's person to an account."""
    if account_id == asked.actor.id:
        raise Problem("account.own")
    actions.link(asked.db, asked.actor, asked.now, account_id, kind, fields.text(asked.body, "subject"))


@route("DELETE", "/api/accounts/<account_id>/identities/<kind>", "accounts")
def unlink_of(asked: Asked, account_id: str, kind: str) -> None:
    """Untie an account from a platform."""
    actions.unlink(asked.db, asked.actor, asked.now, account_id, kind)


@route("GET", "/api/sign-in-providers", "settings")
def list_providers(asked: Asked) -> dict[str, Any]:
    """Return the configuration, each platform with whether its secret was found, and what may be set."""
    return _configured(asked, actions.list_configured(asked.db, asked.actor, asked.now))


@route("PUT", "/api/sign-in-providers", "settings")
def set_providers(asked: Asked) -> dict[str, Any]:
    """Replace the configuration ({"items": [...]}); a secret is sealed and never shown again."""
    items = fields.objects(asked.body, "items", len(rules.KINDS))
    return _configured(asked, actions.configure(asked.db, asked.actor, asked.now, items))


def _leave(asked: Asked, kind: str, purpose: str, more: dict[str, str]) -> dict[str, str]:
    provider = actions.provider(asked.db, kind)
    if not _secret(asked, provider):
        raise Problem("outside.not_ready", name=provider.name)
    pending = Pending(secrets.token_urlsafe(32), kind, purpose, asked.now, **more)
    flask.session[_KEPT] = pending.to_dict()
    inside = "wxwork" in request.headers.get("User-Agent", "").lower()
    return {"address": rules.authorize_address(provider, pending.state, purpose, inside=inside)}


def _came_back(asked: Asked, kind: str, purpose: str) -> Pending:
    """Return what this browser went away with, which is used up by coming back, whatever comes of it."""
    pending = Pending.from_dict(flask.session.pop(_KEPT, None))
    state = fields.text(asked.body, "state")
    found = rules.check_state(pending, kind, state, purpose, asked.now)
    actions.spend_state(asked.db, asked.now, found)
    return found


def _ask_later(asked: Asked, kind: str, then: Callable[[Asked, str], Reply]) -> Response:
    """Ask the platform once the transaction is over: a slow one must not hold a connection to the database."""
    provider, code = actions.provider(asked.db, kind), fields.text(asked.body, "code", 1000)
    secret = _secret(asked, provider)

    @after_this_request
    def replace(empty: Response) -> Response:
        try:
            from webmap import outside  # it loads what asks platforms: rare work, and slow to start

            made = respond(then(asked, outside.ask_subject(provider, secret, code)))
        except Problem as problem:
            made = errors.answer(problem, asked.lang)
        return made

    return Response()


def _enter(asked: Asked, kind: str, subject: str, wanted: str, factor: str = "") -> Reply:
    """Open the session; where digits are missing, who came back is kept in the browser's signed cookie for a while."""
    earlier = auth.session_token()
    with session.transaction(writes=False) as db:
        provider = actions.provider(db, kind)
        try:
            done = actions.enter(db, asked.actor, asked.now, provider, subject, request.remote_addr, earlier, factor)
        except Problem as problem:
            if problem.code == "session.code_needed":
                flask.session[_VERIFIED] = Pending(subject, kind, "factor", asked.now, wanted).to_dict()
            raise
    flask.session.pop(_VERIFIED, None)
    told = entered(done.signed)
    return Reply({**told, "wanted": wanted}, set_cookies=(auth.session_cookie(done.token),))


def _verified(asked: Asked, kind: str) -> tuple[str, str]:
    """Return whom the platform named a moment ago, and the page wanted."""
    kept = Pending.from_dict(flask.session.get(_VERIFIED))
    if kept is None or kept.kind != kind or (asked.now - kept.at).total_seconds() > rules.VERIFIED_S:
        flask.session.pop(_VERIFIED, None)
        raise Problem("outside.bad_state")
    return kept.state, kept.next


def _secret(asked: Asked, provider: Provider) -> str:
    from webmap import outside  # it loads what asks platforms: rare work, and slow to start

    return outside.secret_for(provider, actions.sealed_secret(asked.db, provider.kind))


def _configured(asked: Asked, items: list[dict[str, Any]]) -> dict[str, Any]:
    ready = {one.kind: bool(_secret(asked, one)) for one in actions.providers(asked.db)}
    kinds = [{"kind": kind, "name": one.name} for kind, one in rules.KINDS.items()]
    shown = [{**item, "secret_found": ready[item["kind"]]} for item in items]
    return {"items": shown, "kinds": kinds, "next": None, "total": len(shown)}


def _listed(items: list[Any]) -> dict[str, Any]:
    told = [{"kind": one.provider, "subject": one.subject, "at": one.at} for one in items]
    return {"items": told, "next": None, "total": len(told)}
