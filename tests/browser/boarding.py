"""A hotspot planted in a served village: thirty street lights out around its middle, a month ago."""

from __future__ import annotations

import datetime as dt
import uuid

import numpy as np

from geodata.rules import crs
from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from survey.actions import issue_intake
from survey.actions.board_ground import look, places
from survey.rules.board_query import BoardQuery
from survey.store import issues
from tests.browser.served import Served

LINS, EACH = 6, 5


def plant(served: Served) -> list[str]:
    """Raise five issues in each of the six 邻 in the middle of the ground, once a county; return the 邻's ids."""
    now = dt.datetime.now(dt.UTC)
    store = Store(served.db)
    try:
        with store.write() as db:
            seen = look(db, OPERATOR, now, BoardQuery(level="lin"))
            of = places(db, seen, "lin")
            far = np.hypot(*(of.xy - of.xy.mean(axis=0)).T)
            middle = np.hypot(*(of.xy - of.xy[far.argmin()]).T)
            chosen = np.argsort(middle, kind="stable")[:LINS]
            lamp = next(row.id for row in issues.categories(db).values() if row.code == "0118")
            rows = [
                {"id": str(uuid.UUID(int=(4 << 76) + (2 << 62) + 7_000 + int(i) * 10 + n)), "category_id": lamp,
                 "text": "路灯不亮，晚上看不见路", "lon": lon, "lat": lat, "place_source": "pin", "source": "patrol",
                 "at": now - dt.timedelta(days=30 + n), "events": []}
                for i, (lon, lat) in zip(chosen, crs.to_ll(of.xy[chosen], seen.known.zone).tolist(), strict=True)
                for n in range(EACH)
            ]  # fmt: skip
            if not issues.some(db, [str(row["id"]) for row in rows]):
                issue_intake.report_many(db, OPERATOR, rows)
        return [of.id[i] for i in chosen.tolist()]
    finally:
        store.close()
