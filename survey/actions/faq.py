"""Common questions: answered at once, passed on where that does not help, kept by who sets the county's lists."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.actions import categories
from survey.actions.offices import retirement
from survey.actions.wording import cut
from survey.rules import faq as rules
from survey.rules.categories import finder
from survey.rules.faq import Entry, Index
from survey.store import faq

FIELDS = ("question", "answer", "category", "retired")
OUTCOMES = ("helped", "passed_on")


def ask(db: Db, actor: Actor, now: dt.datetime, question: str, limit: int) -> dict[str, Any]:
    """Return the answers to a question, the best first; whoever is signed in may ask.

    Returns
    -------
    dict
        ``items``, each with ``score`` and ``share``; ``fits``, false where none answers it, so that it is reported.
    """
    rows = {row.id: row for row in faq.every(db)}
    entries = tuple(Entry(row.id, row.question, row.answer) for row in rows.values())
    found = rules.ask(_index(entries), question, cut, limit) if entries and question.strip() else []
    of_code = _by_reference(db, now)
    items = [{**_shown(rows[one.id], of_code), "score": one.score, "share": one.share} for one in found]
    return {"items": items, "fits": bool(items)}


@functools.lru_cache(maxsize=4)
def _index(entries: tuple[Entry, ...]) -> Index:
    """Return the index of a list, kept for as long as the list is the same."""
    return rules.make_index(entries, cut)


def list_entries(db: Db, actor: Actor, now: dt.datetime, *, retired: bool = False) -> list[dict[str, Any]]:
    """Return all questions and answers by question, each with how often it helped and was passed on."""
    of_code = _by_reference(db, now)
    return [_shown(row, of_code) for row in faq.every(db, retired=retired)]


def _by_reference(db: Db, now: dt.datetime) -> dict[str, Any]:
    return {f"{row.scheme}:{row.code}": row for row in categories.known(db, now)}


def _shown(row: Any, of_code: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry as it is told; ``category`` is None for none, or for one that was retired."""
    kind = of_code.get(row.category_code)
    category = None if kind is None else {"id": kind.id, "code": kind.code, "name": kind.name, "name_en": kind.name_en}
    return {"id": row.id, "question": row.question, "answer": row.answer, "category": category, "helped": row.helped,
            "passed_on": row.passed_on, "retired": row.retired_at is not None}  # fmt: skip


def category_finder(db: Db, now: dt.datetime) -> Callable[[str], str]:
    """Return what turns a category's id, code or name into the reference that is kept, "" into "".

    What it returns raises ``faq.no_category`` (category).
    """
    rows = categories.known(db, now)
    known = {**finder(rows), **{row.id: row for row in rows}}

    def find(text: str) -> str:
        found = known.get(text.strip().casefold())
        if text.strip() and found is None:
            raise Problem("faq.no_category", category=text[:80])
        return "" if found is None else f"{found.scheme}:{found.code}"

    return find


def put(db: Db, actor: Actor, now: dt.datetime, faq_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Add an entry under an id that the client made, or change the fields (``FIELDS``) given of one that is there.

    Raises
    ------
    Problem
        ``faq.bad_question``, ``faq.bad_answer`` (most), ``faq.no_category`` (category), ``right.missing`` (right).
    """
    require_whole(db, actor, "settings")
    held = faq.one(db, faq_id)
    kept: dict[str, Any] = {}
    for field in ("question", "answer"):
        if held is None or field in values:
            kept[field] = rules.checked_text(str(values.get(field) or ""), field)
    if held is None or "category" in values:
        kept["category_code"] = category_finder(db, now)(str(values.get("category") or ""))
    kept |= retirement(values, held, now)
    changed = {name: value for name, value in kept.items() if held is None or getattr(held, name) != value}
    if held is None:
        faq.add(db, [{**kept, "id": faq_id}], now)
    elif changed:
        faq.change(db, faq_id, changed, now)
    if changed:
        audit.record(db, actor, now, "faq.added" if held is None else "faq.changed", faq_id, fields=sorted(changed))
    return _shown(faq.one(db, faq_id), _by_reference(db, now))


def count(db: Db, actor: Actor, now: dt.datetime, faq_id: str, outcome: str) -> dict[str, int]:
    """Count that an answer ``helped`` somebody or was ``passed_on``. Raises ``faq.not_found``.

    Who asked what is not kept.
    """
    if not faq.count_one_more(db, faq_id, outcome):
        raise Problem("faq.not_found")
    row = faq.one(db, faq_id)
    return {"helped": row.helped, "passed_on": row.passed_on}
