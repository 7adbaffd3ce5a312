"""Of any form one may say that it is a burden: one tap, counted by form and town and month, never by who tapped (G07).

国办函〔2026〕12号: 不得随意或重复要求基层填表报数交材料; 应提供投诉建议功能.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from survey.rules.field_items import read_form
from survey.rules.spans import span_of
from survey.store import shelf as store

_STEPS = Level.TOWN.depth + 1


def tell(db: Db, actor: Actor, now: dt.datetime, burden_id: str, body: Mapping[str, Any]) -> bool:
    """Count that a form is a burden, once; tell whether it is new. Who said so is not kept, of where only the town.

    Raises ``burden.unknown_form`` (value), ``burden.other_body`` where the id was used for another form.
    """
    form = read_form(body)
    known = store.burden_of(db, burden_id)
    if known is None:
        paths = actor.scope("report").paths
        values = {"id": burden_id, "form": form, "path": _town(paths[0]) if paths else "", "at": now}
        if store.add_burden(db, values):
            return True
        known = store.burden_of(db, burden_id)
    if known.form != form:
        raise Problem("burden.other_body")
    return False


def _town(path: str) -> str:
    steps = path.split("/")[:-1][:_STEPS]
    return "/".join(steps) + "/" if steps else ""


def counts(db: Db, actor: Actor, now: dt.datetime, since: str, until: str) -> dict[str, Any]:
    """Return how often each form was called a burden in a span, by town, the most first.

    Raises ``as_of.unreadable``, ``as_of.future``, ``span.backwards``.
    """
    begin, end = span_of(since, until, now)
    rows = store.burdens(db, actor.scope("issues"), begin, end)
    named = units.with_paths(db, [path for _, path, _ in rows if path])
    by_form = Counter[str]()
    for form, _, count in rows:
        by_form[form] += count
    items = []
    for form, path, count in rows:
        row = named.get(path)
        unit = {"id": row.id, "level": row.level, "code": row.code, "name": row.name} if row is not None else None
        items.append({"form": form, "unit": unit, "count": count})
    return {"from": begin, "to": end, "forms": dict(by_form.most_common()),
            "items": sorted(items, key=lambda one: (-one["count"], one["form"]))}  # fmt: skip
