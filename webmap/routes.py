"""One way through the house: a route names its method, path and right; the rest is the same for all.

``route`` opens the transaction, finds the actor, checks that the right is held somewhere, calls the function and
turns what it returns into a response. The declared routes are the permission matrix that the tests compare with
``tests/web/route_matrix.csv``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from geodata.actions import denied
from geodata.rules.actors import Actor
from geodata.rules.asof import moment_of
from geodata.rules.problems import Problem
from webmap import session
from webmap.auth import ANONYMOUS, current_actor
from webmap.wire import parse_json, respond


@dataclass(frozen=True)
class Asked:
    """What a route function receives: the open transaction, who asks, when, and with what."""

    db: session.Db
    actor: Actor
    now: dt.datetime
    query: dict[str, str]
    lang: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object sent, or ``wire.not_object``."""
        return parse_json(request.get_data(cache=True))

    def text(self, key: str, default: str | None = None, most: int = 200) -> str:
        """Return a text from the query, at most ``most`` characters long."""
        value = self.query.get(key, default)
        if value is None:
            raise Problem("wire.missing", field=key)
        if len(value) > most:
            raise Problem("wire.too_long", field=key, most=most)
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """Return a finite number from the query."""
        raw = self.query.get(key)
        if raw is None:
            if default is None:
                raise Problem("wire.missing", field=key)
            return default
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if value != value or value in (float("inf"), float("-inf")):
            raise Problem("wire.not_number", field=key, value=raw[:40])
        return value

    def moment(self) -> dt.datetime | None:
        """Return the moment that ``as_of`` names, a date or an instant; None is now (``rules.asof.moment_of``)."""
        return moment_of(self.text("as_of", ""), self.now)

    def page(self) -> tuple[str, int]:
        """Return the cursor and the limit (1 to 200) of a paged list."""
        limit = int(self.number("limit", 50))
        return self.text("after", ""), max(1, min(limit, 200))


@dataclass(frozen=True)
class Route:
    """A declared route; ``right`` None means that anybody may ask, signed in or not; "" any account.

    One of several rights is written with ``|`` between them.
    """

    method: str
    path: str
    right: str | None
    function: Callable[..., Any]
    writes: bool


ROUTES: list[Route] = []
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOOKED_AT_BYTES, _LOOKED_AT_IDS = 64 * 1024, 20


def route(
    method: str, path: str, right: str | None, *, writes: bool | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a route; writing is what every method but GET does unless said otherwise."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append(Route(method, path, right, function, method != "GET" if writes is None else writes))
        return function

    return declare


def install(app: Flask) -> None:
    """Give the application every declared route."""
    for declared in ROUTES:
        endpoint = f"{declared.function.__module__}.{declared.function.__name__}"
        app.add_url_rule(declared.path, endpoint, _view(declared), methods=[declared.method])


def _view(declared: Route) -> Callable[..., Response]:
    def view(**places: str) -> Response:
        moment, actor = session.now(), ANONYMOUS
        try:
            with session.transaction(writes=declared.writes) as db:
                actor = current_actor(db, moment)
                _require(actor, declared)
                asked = Asked(db, actor, moment, request.args.to_dict(), request.cookies.get("lang", "zh"))
                answer = declared.function(asked, **places)
        except Problem as problem:
            if actor.id and (problem.code.endswith(".not_found") or problem.code == "scope.outside"):
                _note_denied(actor, moment, declared)
            raise
        return respond(answer)

    return view


def _note_denied(actor: Actor, moment: dt.datetime, declared: Route) -> None:
    """Write into the audit that somebody asked for what is there but not theirs; what is not there writes nothing."""
    asked_for = request.full_path + request.get_data(cache=True)[:_LOOKED_AT_BYTES].decode("utf-8", "ignore")
    ids = list(dict.fromkeys(_UUID.findall(asked_for)))[:_LOOKED_AT_IDS]
    if not ids:
        return
    with session.transaction(writes=False) as db:
        hidden = denied.hidden_from(db, actor, moment, (declared.right or "see").partition("|")[0], ids)
    if hidden:
        with session.transaction(writes=True) as db:
            denied.record(db, actor, moment, hidden, method=declared.method, route=declared.path)


def _require(actor: Actor, declared: Route) -> None:
    if declared.right is None:
        return
    if not actor.id:
        raise Problem("session.none")
    if declared.right and not any(actor.may(one) for one in declared.right.split("|")):
        raise Problem("right.missing", right=declared.right)


def matrix() -> list[tuple[str, str, str]]:
    """Return (method, path, right) for every declared route, sorted."""
    return sorted((r.method, r.path, "public" if r.right is None else r.right or "signed in") for r in ROUTES)


__all__ = ["ROUTES", "Asked", "Route", "install", "matrix", "route"]
