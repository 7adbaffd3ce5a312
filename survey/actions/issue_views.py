"""Views of issues that somebody keeps: a name and a query, theirs alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store.database import Db
from survey.rules.issue_query import KEYS, query_from
from survey.store import saved_views

VIEWS_MOST = 50
_NAME_MOST = 40


def listed(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return one's own views by name."""
    return [{"id": row.id, "name": row.name, "query": row.query} for row in saved_views.of_account(db, actor.id)]


def keep(
    db: Db, actor: Actor, now: dt.datetime, view_id: str, name: str, query: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Keep a view under an id that the client made and return all; one of the same name is replaced.

    Raises
    ------
    Problem
        ``issue.bad_query`` (field, value), ``issue.field`` (field) for a name of no or too many letters,
        ``issue.too_many_views`` (most), ``issue.taken`` for an id that is somebody else's.
    """
    words = name.strip()
    if not 0 < len(words) <= _NAME_MOST:
        raise Problem("issue.field", field="name")
    query_from(query)
    known = saved_views.one(db, view_id)
    if known is not None and known.account_id != actor.id:
        raise Problem("issue.taken")
    if known is None and saved_views.count(db, actor.id) >= VIEWS_MOST:
        raise Problem("issue.too_many_views", most=VIEWS_MOST)
    kept = {key: query[key] for key in KEYS if query.get(key)}
    saved_views.put(db, now, view_id, actor.id, words, kept)
    return listed(db, actor, now)


def forget(db: Db, actor: Actor, now: dt.datetime, view_id: str) -> list[dict[str, Any]]:
    """Forget one of one's own views and return the others; one that is not there is forgotten already."""
    known = saved_views.one(db, view_id)
    if known is not None and known.account_id == actor.id:
        saved_views.remove(db, view_id)
    return listed(db, actor, now)
