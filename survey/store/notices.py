from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from geodata.store.database import Db
from geodata.store.once import add_all_once
from survey.rules.notices import SENDING, SHOWN, WAITING, Tray
from survey.store.issue_tables import issue, issue_category, issue_party, notice, notice_read, office
from survey.store.issues import SHOWN as COLUMNS

_FEW = 500  # keys that fit into one statement


def add(db: Db, now: dt.datetime, told: Mapping[str, Mapping[str, Any]]) -> int:
    """Write notices by their keys, but for those whose key was told before; return how many are new."""
    rows = [{"id": str(uuid.uuid4()), "key": key, "at": now, "tries": 0, "error": "", **told[key]} for key in told]
    return add_all_once(db, notice, rows, "key")


def category_name(db: Db, category_id: str) -> str:
    """Return what a category is called, "" for none."""
    return db.run.execute(select(issue_category.c.name).where(issue_category.c.id == category_id)).scalar() or ""


def office_unit(db: Db, office_id: str) -> str:
    """Return the id of the unit that an office belongs to, "" for the county."""
    return db.run.execute(select(office.c.unit_id).where(office.c.id == office_id)).scalar() or ""


def office_name(db: Db, office_id: str) -> str:
    """Return what an office is called, "" for none and for one that is retired."""
    query = select(office.c.name).where(office.c.id == office_id, office.c.retired_at.is_(None))
    return db.run.execute(query).scalar() or ""


def called(db: Db, issue_id: str) -> list[str]:
    """Return the offices that were called to an issue and have not signed in."""
    wanted = (issue_party.c.issue_id == issue_id, issue_party.c.kind == "office", issue_party.c.role == "called")
    return list(
        db.run.execute(select(issue_party.c.party_id).where(*wanted).order_by(issue_party.c.party_id)).scalars()
    )


def known_keys(db: Db, keys: Sequence[str]) -> set[str]:
    """Return which of some keys were told before."""
    found: set[str] = set()
    for start in range(0, len(keys), _FEW):
        query = select(notice.c.key).where(notice.c.key.in_(list(keys[start : start + _FEW])))
        found |= set(db.run.execute(query).scalars())
    return found


def unanswered(db: Db, before: dt.datetime) -> Sequence[Any]:
    """Return the open issues that were solved before a moment and whose raiser has no answer yet."""
    query = select(*COLUMNS).where(issue.c.closed_at.is_(None), issue.c.state == "solved", issue.c.solved_at <= before)
    return db.run.execute(query.order_by(issue.c.fid)).all()


def late_calls(db: Db, now: dt.datetime) -> Sequence[Any]:
    """Return the open issues to which an office was called that has not signed in by now, with ``sign_by``."""
    joined = issue.join(issue_party, issue_party.c.issue_id == issue.c.id)
    query = select(*COLUMNS, issue_party.c.sign_by).select_from(joined)
    late = (issue_party.c.role == "called", issue_party.c.sign_by <= now, issue.c.closed_at.is_(None))
    return db.run.execute(query.where(*late).order_by(issue.c.fid)).all()


def in_trays(
    db: Db, account_id: str, trays: Iterable[Tray], after: str, limit: int, *, unread: bool = False
) -> Sequence[Any]:
    """Return a page of the notices in some trays (at least one), newest first.

    Each comes with ``read_at`` by the account, and with the number and state of its issue.
    """
    query = (
        select(notice, notice_read.c.at.label("read_at"), issue.c.number, issue.c.state.label("issue_state"))
        .outerjoin(notice_read, _read_by(account_id))
        .outerjoin(issue, issue.c.id == notice.c.issue_id)
        .where(_in(trays))
    )
    if unread:
        query = query.where(notice_read.c.at.is_(None))
    if after:
        last = select(notice.c.at, notice.c.id).where(notice.c.id == after).subquery()
        query = query.where(or_(notice.c.at < last.c.at, and_(notice.c.at == last.c.at, notice.c.id < last.c.id)))
    return db.run.execute(query.order_by(notice.c.at.desc(), notice.c.id.desc()).limit(limit)).all()


def count_unread(db: Db, account_id: str, trays: Iterable[Tray], since: dt.datetime, most: int) -> int:
    """Return how many notices since a moment an account has not read, counted no further than ``most``."""
    unread = ~exists().where(_read_by(account_id))
    found = select(notice.c.id).where(_in(trays), notice.c.at >= since, unread).limit(most).subquery()
    return int(db.run.execute(select(func.count()).select_from(found)).scalar_one())


def mark_read(db: Db, now: dt.datetime, account_id: str, trays: Iterable[Tray], ids: Sequence[str] | None) -> int:
    """Note that an account has read some notices, or (None) all, of some trays; return how many were new to it."""
    wanted = [_in(trays), ~exists().where(_read_by(account_id))]
    if ids is not None:
        wanted.append(notice.c.id.in_(list(ids)))
    found = [row.id for row in db.run.execute(select(notice.c.id).where(*wanted))]
    dialect = sqlite if db.embedded else postgresql
    if found:
        rows = [{"notice_id": one, "account_id": account_id, "at": now} for one in found]
        db.run.execute(dialect.insert(notice_read).on_conflict_do_nothing(), rows)
    return len(found)


def one(db: Db, notice_id: str) -> Any:
    """Return a notice, or None."""
    return db.run.execute(select(notice).where(notice.c.id == notice_id)).first()


def by_key(db: Db, key: str) -> Any:
    """Return the notice that was told under a key, or None."""
    return db.run.execute(select(notice).where(notice.c.key == key)).first()


def by_state(db: Db, state: str, after: str, limit: int) -> Sequence[Any]:
    """Return a page of the notices in a state of sending, newest first."""
    query = select(notice).where(notice.c.state == state)
    if after:
        last = select(notice.c.at, notice.c.id).where(notice.c.id == after).subquery()
        query = query.where(or_(notice.c.at < last.c.at, and_(notice.c.at == last.c.at, notice.c.id < last.c.id)))
    return db.run.execute(query.order_by(notice.c.at.desc(), notice.c.id.desc()).limit(limit)).all()


def count_states(db: Db, states: Sequence[str]) -> dict[str, int]:
    """Return how many notices are in each of some states of sending."""
    query = select(notice.c.state, func.count()).where(notice.c.state.in_(list(states))).group_by(notice.c.state)
    return {row[0]: row[1] for row in db.run.execute(query)}


def ready(db: Db, now: dt.datetime, limit: int) -> Sequence[Any]:
    """Return the notices whose time to be sent has come, the one due for longest first."""
    query = select(notice).where(notice.c.state == WAITING, notice.c.next_at <= now)
    return db.run.execute(query.order_by(notice.c.next_at, notice.c.id).limit(limit)).all()


def silent(db: Db, now: dt.datetime) -> list[str]:
    """Return the notices whose sender has not been heard of since it began."""
    query = select(notice.c.id).where(notice.c.state == SENDING, notice.c.next_at <= now)
    return list(db.run.execute(query).scalars())


def change(db: Db, ids: Sequence[str], state: str, was: str, **values: Any) -> int:
    """Bring notices from one state into another; those that are in another already are left, and not counted."""
    chosen = notice.update().where(notice.c.id.in_(list(ids)), notice.c.state == was)
    return db.run.execute(chosen.values(state=state, **values)).rowcount


def begin(db: Db, ids: Sequence[str], until: dt.datetime) -> None:
    """Note that notices are being sent from now on, and from when on their sender is taken for lost."""
    chosen = notice.update().where(notice.c.id.in_(list(ids)), notice.c.state == WAITING)
    db.run.execute(chosen.values(state=SENDING, tries=notice.c.tries + 1, next_at=until))


def show_only(db: Db, channel_ids: Iterable[str]) -> int:
    """Keep what waits for channels that are gone in the trays only; ``channel_ids`` are those that are there."""
    gone = notice.c.channel.not_in(list(channel_ids))
    return db.run.execute(
        notice.update().where(notice.c.state == WAITING, gone).values(state=SHOWN, channel="", next_at=None)
    ).rowcount


def _in(trays: Iterable[Tray]) -> ColumnElement[bool]:
    ids: dict[str, list[str]] = {}
    for one in trays:
        ids.setdefault(one.kind, []).append(one.id)
    return or_(*(and_(notice.c.to_kind == kind, notice.c.to_id.in_(some)) for kind, some in ids.items()))


def _read_by(account_id: str) -> ColumnElement[bool]:
    return and_(notice_read.c.notice_id == notice.c.id, notice_read.c.account_id == account_id)
