from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from geodata.store.database import Db
from geodata.store.tables import import_batch, import_mapping


def add(db: Db, now: dt.datetime, by: str, batch_id: str, kind: str, filename: str, choices: dict[str, Any]) -> None:
    """Note a file that was brought for import; nothing of it is in the net yet."""
    db.run.execute(
        import_batch.insert().values(
            id=batch_id, kind=kind, filename=filename, state="preview", by=by, at=now, choices=choices, counts={}
        )
    )


def one(db: Db, batch_id: str) -> Any:
    """Return an import, or None."""
    return db.run.execute(select(import_batch).where(import_batch.c.id == batch_id)).first()


def hold(db: Db, batch_id: str) -> None:
    """Keep others from changing an import until this transaction ends."""
    if not db.embedded:
        db.run.execute(select(import_batch.c.id).where(import_batch.c.id == batch_id).with_for_update())


def change(db: Db, batch_id: str, **values: Any) -> None:
    """Change an import's state, choices, counts or job."""
    db.run.execute(import_batch.update().where(import_batch.c.id == batch_id).values(**values))


def page(db: Db, by: str, after: str, limit: int) -> Sequence[Any]:
    """Return a page of a person's imports, newest first; ``after`` is the last id seen."""
    query = select(import_batch).where(import_batch.c.by == by)
    if after:
        last = select(import_batch.c.at, import_batch.c.id).where(import_batch.c.id == after).subquery()
        earlier = and_(import_batch.c.at == last.c.at, import_batch.c.id < last.c.id)
        query = query.where(or_(import_batch.c.at < last.c.at, earlier))
    return db.run.execute(query.order_by(import_batch.c.at.desc(), import_batch.c.id.desc()).limit(limit)).all()


def remembered(db: Db, kind: str, signature: str) -> dict[str, str] | None:
    """Return the column mapping that a person chose for these headers before, or None."""
    found = db.run.execute(
        select(import_mapping.c.mapping).where(import_mapping.c.kind == kind, import_mapping.c.signature == signature)
    ).scalar()
    return None if found is None else dict(found)


def remember(db: Db, now: dt.datetime, kind: str, signature: str, mapping: dict[str, str]) -> None:
    """Keep a column mapping for the next file with the same headers."""
    same = (import_mapping.c.kind == kind, import_mapping.c.signature == signature)
    db.run.execute(import_mapping.delete().where(*same))
    db.run.execute(import_mapping.insert().values(kind=kind, signature=signature, mapping=mapping, at=now))
