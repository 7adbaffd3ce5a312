"""The index kept for each period, and the month's hard cases with what was found of each (G01, G02, E16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings, units
from geodata.store.database import Db
from survey.actions import answering
from survey.actions.board import reckoned, then_of
from survey.actions.board_ground import look
from survey.actions.board_read import micros
from survey.rules.board_data import DAY_US, NEVER
from survey.rules.board_query import BoardQuery
from survey.rules.composite import check_weights, reckon_index
from survey.rules.hard_cases import Candidate, case_id, hardest
from survey.rules.spells import Spell, last_whole, spell_of
from survey.store import board, issue_queries, issues

KEPT_SHOWN = 12
FINDING_MOST = 1_000


def _unit(db: Db, actor: Actor, unit_id: str, right: str) -> Any:
    row = units.one(db, actor.scope(right), unit_id)
    if row is None:
        raise Problem("unit.not_found")
    return row


def _over(period: str, now: dt.datetime) -> Spell:
    """Return a period that is over (``board.period_running``, ``board.bad_query``)."""
    spell = spell_of(period, now)
    if spell.end >= now:
        raise Problem("board.period_running", period=period)
    return spell


def show_index(db: Db, actor: Actor, now: dt.datetime, unit_id: str) -> dict[str, Any]:
    """Return the kept indexes of a unit, the latest first, the weights in force, and the last month that is over.

    Raises
    ------
    Problem
        ``unit.not_found``; ``board.bad_formula``.
    """
    row = _unit(db, actor, unit_id, "issues")
    weights = settings.profile(db).index_weights
    check_weights(weights)
    kept = board.kept_indexes(db, row.path, KEPT_SHOWN)
    items = [{"period": one.period, "value": one.value, "formula": one.formula, "at": one.at} for one in kept]
    return {"weights": weights, "last": last_whole(now, "month", 1)[0], "items": items}


def keep_index(db: Db, actor: Actor, now: dt.datetime, unit_id: str, period: str) -> dict[str, Any]:
    """Reckon the index of a unit for a period that is over and keep it; the same again writes the same.

    It is of all issues of the ground, whoever asks for it.

    Raises
    ------
    Problem
        ``unit.not_found``; ``board.bad_query``, ``board.period_running`` (period), ``board.bad_formula``.
    """
    row = _unit(db, actor, unit_id, "desk")
    spell = _over(period, now)
    seen = look(db, OPERATOR, now, BoardQuery(unit=unit_id))
    weights = settings.profile(db).index_weights
    made = reckon_index(weights, reckoned(db, seen, spell))
    board.keep_index(
        db, {"period": spell.name, "path": row.path, "value": made.to_dict(), "formula": weights, "at": now}
    )
    audit.record(db, actor, now, "board.index_kept", unit_id, row.path, period=spell.name)
    return {"period": spell.name, "value": made.to_dict(), "formula": weights, "at": now}


def draw_cases(db: Db, actor: Actor, now: dt.datetime, unit_id: str, month: str) -> dict[str, Any]:
    """Choose the hard cases of a month that is over, once: a month that was chosen before stays as it was.

    Restricted issues are left out: the list is read by more people than they are.

    Raises
    ------
    Problem
        ``unit.not_found``; ``board.bad_query``, ``board.period_running`` (period).
    """
    row = _unit(db, actor, unit_id, "desk")
    spell = _over(month, now)
    if not board.cases(db, actor.scope("desk"), month, row.path):
        chosen = hardest(_candidates(db, now, unit_id, spell))
        board.add_cases(db, [
            {"id": case_id(month, row.path, one.issue_id), "month": month, "path": row.path, "issue_id": one.issue_id,
             "why": one.why(), "finding": "", "by": "", "at": now}
            for one in chosen
        ])  # fmt: skip
        audit.record(db, actor, now, "board.cases_drawn", unit_id, row.path, month=month, count=len(chosen))
    return list_cases(db, actor, now, unit_id, month)


def _candidates(db: Db, now: dt.datetime, unit_id: str, spell: Spell) -> list[Candidate]:
    """Return the issues that were unsolved at some time of a month, as they stood at its end."""
    seen = look(db, OPERATOR, now, BoardQuery(unit=unit_id))
    held = seen.known
    then, chosen = then_of(seen, spell.end)
    begin = micros(spell.begin)
    touched = chosen & then.known & ~then.gone & ~held.issues.restricted & (then.ended >= begin)
    rows = np.flatnonzero(touched)
    told = issues.some(db, held.issues.id[rows].tolist())
    found = []
    for i in rows.tolist():
        row = told[held.issues.id[i]]
        ended = min(int(then.ended[i]), then.at)
        late = 0 if then.due[i] == NEVER else max(ended - int(then.due[i]), 0) // DAY_US
        open_days = (ended - int(held.issues.at[i])) // DAY_US
        found.append(Candidate(row.id, late, open_days, int(then.turns[i]) - 1, row.bounces, row.voices))
    return found


def list_cases(db: Db, actor: Actor, now: dt.datetime, unit_id: str, month: str = "") -> dict[str, Any]:
    """Return the hard cases of a unit's month, the last one without a word; what a reader may not see is left out.

    Raises
    ------
    Problem
        ``unit.not_found``; ``board.bad_query``.
    """
    row = _unit(db, actor, unit_id, "issues")
    month = month or last_whole(now, "month", 1)[0]
    spell_of(month, now)
    held = board.cases(db, actor.scope("issues"), month, row.path)
    sight = answering.sight_of(db, actor)
    items = []
    for one in held:
        told = issue_queries.one(db, sight, one.issue_id)
        if told is not None:
            items.append({"id": one.id, "issue_id": one.issue_id, "number": told.number, "text": told.text,
                          "why": one.why, "finding": one.finding, "by": one.by, "found_at": one.found_at})  # fmt: skip
    items.sort(key=lambda item: (-len(item["why"]), -item["why"].get("late_days", 0), item["number"]))
    return {"month": month, "drawn": bool(held), "items": items}


def settle_case(db: Db, actor: Actor, now: dt.datetime, one_id: str, finding: str) -> dict[str, Any]:
    """Write what was found of a hard case; the same again is the same, another word needs the first to be its own.

    Raises
    ------
    Problem
        ``board.not_found``; ``board.finding_empty``; ``board.finding_taken`` (by).
    """
    row = board.case(db, one_id)
    if row is None or not actor.scope("desk").covers(row.path):
        raise Problem("board.not_found")
    finding = finding.strip()[:FINDING_MOST]
    if not finding:
        raise Problem("board.finding_empty")
    if row.finding and row.finding != finding:
        raise Problem("board.finding_taken", by=row.by)
    if not row.finding:
        board.settle_case(db, one_id, {"finding": finding, "by": actor.name, "found_at": now})
        audit.record(db, actor, now, "board.finding", row.issue_id, row.path, month=row.month)
    return {"id": one_id, "finding": finding, "by": row.by or actor.name, "found_at": row.found_at or now}
