from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from geodata.store.database import Db
from survey.store.issue_tables import outside_issue

_FEW = 500  # references that fit into one statement


def known(db: Db, platform: str, references: Sequence[str]) -> dict[str, Any]:
    """Return what is known of a platform's issues, by their reference there: ``issue_id``, ``digest``."""
    found: dict[str, Any] = {}
    for start in range(0, len(references), _FEW):
        query = select(outside_issue).where(
            outside_issue.c.platform == platform,
            outside_issue.c.reference.in_(list(references[start : start + _FEW])),
        )
        found.update({row.reference: row for row in db.run.execute(query)})
    return found


def add(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write how new issues are called on another platform."""
    if rows:
        db.run.execute(outside_issue.insert(), [dict(row) for row in rows])


def set_digest(db: Db, platform: str, reference: str, digest: str) -> None:
    """Note what a platform says of an issue now."""
    same = (outside_issue.c.platform == platform, outside_issue.c.reference == reference)
    db.run.execute(outside_issue.update().where(*same).values(digest=digest))
