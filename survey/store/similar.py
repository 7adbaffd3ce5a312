from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select

from geodata.store.database import Db
from geodata.store.types import InBox
from survey.rules.issue_query import Sight
from survey.store.issue_queries import readable
from survey.store.issue_tables import issue, issue_category


def open_in_box(db: Db, sight: Sight, box: Sequence[float]) -> Sequence[Any]:
    """Return the open issues whose place lies in (west, south, east, north) degrees, whoever's they are.

    ``seen`` tells whether ``sight`` reads all of an issue. Restricted ones are there only for who reads them (D12).
    """
    seen = case((readable(sight), 1), else_=0).label("seen")
    columns = (
        issue.c.id, issue.c.number, issue.c.category_id, issue.c.text, issue.c.state, issue.c.at, issue.c.voices,
        issue.c.restricted, issue.c.geom, issue_category.c.scheme, issue_category.c.major, issue_category.c.code,
        issue_category.c.name, issue_category.c.name_en, issue_category.c.symbol, seen,
    )  # fmt: skip
    joined = issue.join(issue_category, issue_category.c.id == issue.c.category_id)
    query = select(*columns).select_from(joined).where(
        InBox(issue, box), issue.c.closed_at.is_(None), issue.c.deleted_at.is_(None), issue.c.merged_into.is_(None)
    )  # fmt: skip
    return [row for row in db.run.execute(query) if row.seen or not row.restricted]
