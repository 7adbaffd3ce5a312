"""Residents without an account: report, follow by a code, rate by one tap; and the desk that lets a report through.

Nothing personal is shown back to who holds the code: states, the answer they were given, and whether it can be rated.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from geodata.actions import denied
from geodata.rules import masks
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, units
from geodata.store.database import Db
from survey.actions import answering, categories, faq, issues, modules
from survey.actions.issues import Wish
from survey.rules import resident_report as rules
from survey.rules.attempts import place_of
from survey.rules.resident_report import ResidentReport, read_resident
from survey.store import issues as kept
from survey.store import residents as store

RESIDENT = Actor("resident", "resident")
"""As whom an issue is raised and rated that came from somebody without an account; it may do nothing else."""
ANSWER_MOST = 500
FAQ_MOST = 50


def _require_open(db: Db) -> None:
    if not modules.in_use(db)["residents"]:
        raise Problem("resident.off")


def opening(db: Db, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """Return what the page of residents shows first: common questions, what may be reported, and the villages.

    ``villages`` (town, name, lon, lat of its label) are for who has no position to give.

    Raises ``resident.off`` where the county has not switched it on.
    """
    _require_open(db)
    shown = [{key: one[key] for key in ("id", "code", "name", "name_en", "major", "symbol")}
             for one in categories.list_categories(db, actor, now) if not one["restricted"]]  # fmt: skip
    asked = sorted(faq.list_entries(db, actor, now), key=lambda one: (-one["helped"], one["question"]))[:FAQ_MOST]
    return {"open": True, "categories": shown, "villages": _villages(db),
            "faq": [{"question": one["question"], "answer": one["answer"]} for one in asked]}  # fmt: skip


def _villages(db: Db) -> list[dict[str, Any]]:
    towns = {row.id: row.name for row in units.with_level(db, "", Level.TOWN)}
    return [
        {"town": towns.get(row.parent_id, ""), "name": row.name, "lon": row.label_lon, "lat": row.label_lat}
        for row in units.with_level(db, "", Level.VILLAGE) if row.label_lon is not None
    ]  # fmt: skip


def report(db: Db, now: dt.datetime, report_id: str, body: Mapping[str, Any], address: str | None) -> tuple[str, bool]:
    """Take a report, once; it waits for the desk of its ground.

    Returns
    -------
    tuple
        The code by which it is followed, and whether it is new.

    Raises
    ------
    Problem
        ``resident.off``, ``resident.field`` (field), ``resident.outside``, ``resident.too_many`` (seconds),
        ``resident.other_body`` (field).
    """
    _require_open(db)
    told = read_resident(body)
    code = _code(db, report_id)
    known = store.one(db, report_id)
    if known is None:
        spot = answering.stand(db, told.lon, told.lat)
        if spot is None:
            raise Problem("resident.outside")
        _check_category(db, told.category_id)
        place = db.vault.digest(f"resident from {place_of(address)}".encode())
        _check_many(db, now, place)
        values = {
            "id": report_id, "code_digest": _code_digest(db, code), "digest": _digest(db, told),
            "body_sealed": db.vault.seal(json.dumps(told.to_dict(), ensure_ascii=False), f"resident:body:{report_id}"),
            "lon": told.lon, "lat": told.lat, "path": spot.path, "state": rules.WAITING, "place_digest": place,
            "at": now,
        }  # fmt: skip
        if store.add(db, values):
            return code, True
        known = store.one(db, report_id)
    if known.digest != _digest(db, told):
        ours, theirs = _body(db, known), told.to_dict()
        raise Problem("resident.other_body", field=next(key for key in ours if ours[key] != theirs[key]))
    return code, False


def _code(db: Db, report_id: str) -> str:
    return rules.code_of(db.vault.digest(f"resident code {report_id}".encode()))


def _code_digest(db: Db, code: str) -> str:
    return db.vault.digest(f"resident follows {code}".encode())


def _digest(db: Db, told: ResidentReport) -> str:
    return db.vault.digest(json.dumps(told.to_dict(), ensure_ascii=False, sort_keys=True).encode())


def _body(db: Db, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(db.vault.open(row.body_sealed, f"resident:body:{row.id}"))
    return found


def _check_category(db: Db, category_id: str) -> None:
    found = kept.categories(db, [category_id]).get(category_id)
    if found is None or found.retired_at is not None or found.restricted:
        raise Problem("resident.field", field="category_id")


def _check_many(db: Db, now: dt.datetime, place: str) -> None:
    """Refuse a place, or a county, from which too many came; where they came from is forgotten after a day."""
    longest = max(span for _, span in rules.LIMITS)
    store.forget_places(db, now - longest)
    waits = [rules.wait_s(store.nth_latest(db, place, most), span, now) for most, span in rules.LIMITS]
    waits.append(rules.wait_s(store.nth_latest(db, "", rules.COUNTY_LIMIT[0]), rules.COUNTY_LIMIT[1], now))
    if max(waits):
        raise Problem("resident.too_many", seconds=max(waits))


def follow(db: Db, now: dt.datetime, code: str) -> dict[str, Any]:
    """Return how a report stands for who holds its code. Raises ``resident.off``, ``resident.not_found``."""
    row = _by_code(db, code)
    issue = _issue(db, row)
    answered = [one for one in kept.event_rows(db, issue.id) if one.kind == "answered"] if issue is not None else []
    return {
        "state": row.state, "at": row.at, "issue": issue.state if issue is not None else None,
        "answer": str(answered[-1].detail.get("text", "")) if answered else row.answer,
        "rateable": issue is not None and issue.state == "answered" and issue.id == row.issue_id,
        "rating": (issue.rating or "") if issue is not None else "",
    }  # fmt: skip


def _by_code(db: Db, code: str) -> Any:
    _require_open(db)
    clean = rules.clean_code(code)
    row = store.by_code(db, _code_digest(db, clean)) if clean else None
    if row is None:
        raise Problem("resident.not_found")
    return row


def _issue(db: Db, row: Any) -> Any:
    """Return the issue that a report became, or the one that it was merged into; None before."""
    found = kept.raw(db, row.issue_id) if row.issue_id else None
    if found is not None and found.merged_into:
        return kept.raw(db, found.merged_into) or found
    return found


def rate(db: Db, now: dt.datetime, code: str, rating: str) -> dict[str, Any]:
    """Rate what was done, by one tap; the same tap again changes nothing.

    Raises
    ------
    Problem
        ``resident.off``, ``resident.not_found``, ``resident.field`` (field), ``resident.not_rateable``.
    """
    row = _by_code(db, code)
    if rating not in rules.RATINGS:
        raise Problem("resident.field", field="rating")
    issue = kept.raw(db, row.issue_id) if row.issue_id else None
    if issue is None:
        raise Problem("resident.not_rateable")
    made = str(uuid.uuid5(uuid.UUID(row.id), f"rated {rating} {issue.answered_at}"))
    if kept.event(db, made) is None:
        if issue.state != "answered":
            raise Problem("resident.not_rateable")
        issues.step(db, RESIDENT, now, issue.id, Wish(made, "rated", {"score": rating}))
    return follow(db, now, code)


def page(db: Db, actor: Actor, now: dt.datetime, state: str, after: str, limit: int) -> dict[str, Any]:
    """Return a page of what residents sent to the ground whose desk one is; name and telephone masked."""
    rows, following = store.page(db, actor.scope("desk"), state, after, limit)
    named = kept.categories(db, [_body(db, row)["category_id"] for row in rows])
    return {"items": [_shown(db, row, named) for row in rows], "next": following}


def _shown(db: Db, row: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    told = _body(db, row)
    category = named.get(told["category_id"])
    raiser = {"name": masks.name(told["raiser"].get("name", "")), "phone": masks.phone(told["raiser"].get("phone", ""))}
    return {
        "id": row.id, "text": told["text"], "place_text": told["place_text"], "lon": row.lon, "lat": row.lat,
        "category": {"id": told["category_id"], "name": category.name if category is not None else ""},
        "raiser": raiser, "state": row.state, "at": row.at, "answer": row.answer, "settled_by": row.settled_by,
        "settled_at": row.settled_at, "issue": row.issue_id,
    }  # fmt: skip


def settle(
    db: Db, actor: Actor, now: dt.datetime, report_id: str, *, take: bool, answer: str, category_id: str = ""
) -> dict[str, Any]:
    """Let a report through as an issue, or say why not; the resident reads the answer by their code.

    Parameters
    ----------
    category_id
        The desk's own choice, "" for the resident's.

    Raises
    ------
    Problem
        ``resident.not_found``, also outside the ground of one's desk; ``resident.settled`` (by),
        ``resident.no_answer``; what raising an issue raises.
    """
    row = store.one(db, report_id, lock=True)
    if row is None or not actor.scope("desk").covers(row.path):
        raise Problem("resident.not_found")
    if row.state != rules.WAITING:
        raise Problem("resident.settled", by=row.settled_by)
    if not take and not answer.strip():
        raise Problem("resident.no_answer")
    issue_id = _raise(db, now, row, category_id) if take else ""
    state = rules.TAKEN if take else rules.REFUSED
    said = {"state": state, "issue_id": issue_id, "answer": answer.strip()[:ANSWER_MOST]}
    store.settle(db, report_id, now, actor.name, said)
    audit.record(db, actor, now, f"resident_report.{state}", report_id, row.path)
    done = store.one(db, report_id)
    return _shown(db, done, kept.categories(db, [_body(db, done)["category_id"]]))


def _raise(db: Db, now: dt.datetime, row: Any, category_id: str) -> str:
    told = _body(db, row)
    body = {**told, "category_id": category_id or told["category_id"], "place_source": "pin", "source": "resident"}
    made, _ = issues.report(db, RESIDENT, now, row.id, body)
    return str(made.id)


def path_of(db: Db, thing_id: str) -> str | None:
    """Return the path of a resident's report, None where there is no such (``geodata.actions.denied``)."""
    row = store.one(db, thing_id)
    return str(row.path) if row is not None else None


denied.also(path_of)
