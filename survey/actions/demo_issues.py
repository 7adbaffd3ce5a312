"""Invented issues in an invented county, written by the same way as a file of many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import households, settings
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions import categories, issue_intake
from survey.rules.demo_issues import A_YEAR_PER_HOME, SPAN_DAYS, InventedIssue, invent
from survey.store import issues

_DAYS_A_YEAR = 365


def load_issues(db: Db, actor: Actor, now: dt.datetime, seed: int, count: int | None = None) -> int:
    """Give an invented county invented issues, as many as its homes raise in 400 days unless told; return how many.

    Raises
    ------
    Problem
        ``demo.not_synthetic`` where the store is not labelled synthetic: invented issues never mix with real ones.
    """
    if not settings.get(db, "synthetic", False):
        raise Problem("demo.not_synthetic")
    categories.ensure(db, now)
    places = lonlat_of([home.geom for home in households.under(db, "")])
    if not len(places):
        return 0
    wanted = round(len(places) * A_YEAR_PER_HOME * SPAN_DAYS / _DAYS_A_YEAR) if count is None else count
    known = {f"{row.kind} {row.code}": row.id for row in issues.categories(db).values()}
    made = [one for one in invent(places, wanted, now, np.random.default_rng([seed, 8])) if one.category in known]
    inside = issue_intake.Net(db).stand([(one.lon, one.lat) for one in made])
    rows = [_row(one, known) for one, spot in zip(made, inside, strict=True) if spot is not None]
    return sum(issue_intake.report_many(db, actor, rows).values())


def _row(one: InventedIssue, known: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.id, "category_id": known[one.category], "text": one.text, "lon": one.lon, "lat": one.lat,
        "place_source": "pin", "source": one.source, "at": one.at,
        "events": [{"id": e.id, "kind": e.kind, "at": e.at, "detail": e.detail} for e in one.life],
    }  # fmt: skip
