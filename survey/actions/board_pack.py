"""The board as a file: read once, what is too small withheld, ready for whoever writes the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from geodata.rules import crs
from geodata.rules.actors import Actor, Grant
from geodata.rules.asof import COUNTY_TIME
from geodata.rules.problems import Problem
from geodata.rules.small_numbers import CASES_LEAST, HOMES_LEAST, outside_places
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import board, board_sensitive
from survey.actions.board_ground import Look, look, outlines_ll
from survey.actions.board_layers import find, hot_rows, level_of, row_of
from survey.rules.board_pack import Pack, withheld, withheld_series
from survey.rules.board_query import BoardQuery
from survey.rules.figures import FIGURES

UNITS_MOST = 4_000
FORMATS = ("html", "pdf", "png", "xlsx", "docx")
_FINE_M = {"town": 40.0, "village": 20.0, "pian": 10.0, "zu": 6.0, "lin": 4.0}


def pack(
    db: Db, actor: Actor, now: dt.datetime, query: BoardQuery, say: Callable[[Mapping[str, Any]], str],
    words: Mapping[str, str],
) -> Pack:  # fmt: skip
    """Return the board of a query for people outside: who took it out is in the audit.

    Restricted issues and those in sensitive places are left out whoever asks; units of fewer than 5 homes or 3 issues
    show no figure.

    Parameters
    ----------
    say
        Gives the sentence of a hot place.
    words
        ``title``, ``withheld``, ``tested``, ``value`` and so on in the reader's language, with ``lang``.

    Raises
    ------
    Problem
        Those of ``board.figures`` and ``board_layers.find``; ``board.too_many_units`` (units, most).
    """
    outside = _outsider(actor)
    seen = look(db, outside, now, query)
    level = level_of(db, seen)
    seen = _without_sensitive(db, look(db, outside, now, replace(query, level=level)))
    found = find(db, seen, level)
    if len(found.of.id) > UNITS_MOST:
        raise Problem("board.too_many_units", units=len(found.of.id), most=UNITS_MOST)
    rows = np.arange(len(found.of.id))
    shapes = shapely.set_precision(outlines_ll(seen, found.of, rows, _FINE_M.get(level, 1.0)), 1e-5)
    counts = withheld(found.counts, found.of.homes)
    profile = settings.profile(db)
    stops = board.times(seen)
    series = np.column_stack([found.of.count(_open_at(seen, one["at"])) for one in stops])
    hot = found.hotspots
    told = [i for i, _ in hot_rows(found) if hot.issues[i] >= CASES_LEAST and hot.homes[i] >= HOMES_LEAST]
    audit.record(db, actor, now, "board.taken", query.unit, seen.path, level=level)
    figures = board.figures_of(db, seen)
    approval = [words["approval"].format(number=profile.approval_no)] if profile.approval_no else [words["no_approval"]]
    return Pack(
        title=words["title"], where=str(seen.unit.name if seen.unit is not None else profile.name),
        day=seen.at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d"), level=level,
        level_name=profile.level_names.get(level, words.get(level, level)),
        names=list(found.of.name), codes=list(found.of.code), homes=found.of.homes, open=counts,
        marks=["hot" if hot.hot[i] else "cold" if hot.cold[i] else "" for i in rows.tolist()], q=hot.q,
        months=[one["at"].astimezone(COUNTY_TIME).strftime("%Y-%m-%d") for one in stops],
        series=withheld_series(series, found.of.homes, counts >= 0), shapes_ll=shapes,
        shapes_xy=crs.shapes_to_xy(shapes, seen.known.zone), place_ll=crs.to_ll(found.of.xy, seen.known.zone),
        figures=[_figure(name, figures["figures"][name], words) for name in FIGURES],
        places=[say({**row_of(found, i), "name": found.of.name[i]}) for i in told],
        notes=[words[hot.null], words["withheld"], *approval], synthetic=bool(settings.get(db, "synthetic", False)),
    )  # fmt: skip


def _outsider(actor: Actor) -> Actor:
    """Return the same reader without the right to restricted issues."""
    grants = tuple(Grant(one.role, one.path, one.rights - {"restricted"}) for one in actor.grants)
    return Actor(actor.id, actor.name, grants, actor.office_id)


def _without_sensitive(db: Db, seen: Look) -> Look:
    """Return a look without the issues that lie in a sensitive place."""
    shapes = board_sensitive.shapes_xy(db, seen.known.zone)
    kept = outside_places(seen.known.issues.xy, shapes)
    return replace(seen, ground=seen.ground & kept, chosen=seen.chosen & kept)


def _open_at(seen: Any, at: dt.datetime) -> Any:
    then, chosen = board.then_of(seen, at)
    return chosen & then.open


def _figure(name: str, told: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    one, lang = FIGURES[name], words["lang"]
    return {
        "name": name, "title": one.titles[lang], "formula": one.formulas[lang],
        "value": value_words(one.unit, told, words),
        "top": str(told["top"]), "bottom": str(told["bottom"]),
        "before": change_words(told["before"]["change"]), "year": change_words(told["year_before"]["change"]),
    }  # fmt: skip


def value_words(unit: str, told: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return a figure's value as it stands on the page."""
    value = told["value"]
    if value is None:
        return words["nothing"]
    return f"{value * 100:.1f}%" if unit == "share" else f"{value:.2f}"


def change_words(change: float | None) -> str:
    """Return a change as it stands on the page.

    >>> change_words(0.256), change_words(-0.5), change_words(None)
    ('+26%', '-50%', '—')
    """
    return "—" if change is None else f"{change * 100:+.0f}%"
