from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, update

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.tables import unit
from survey.rules.chiefs import CHIEF
from survey.rules.roles import BY_POST, HeldRole
from survey.store.tables import account, appointment, officer

_FEW = 500  # ids that fit into one statement
_VILLAGE = unit.alias("village_today")
_CURRENT = and_(unit.c.id == appointment.c.unit_id, unit.c.valid_to.is_(None))
_CHIEF_NOW = and_(appointment.c.post == CHIEF, appointment.c.to_at.is_(None))
_HOME = and_(_VILLAGE.c.id == officer.c.village_id, _VILLAGE.c.valid_to.is_(None))

# asked at every request of who has an officer's account: built once
_BEHIND = (
    select(officer.c.id, _VILLAGE.c.path.label("home"), appointment.c.unit_id, unit.c.path, unit.c.name)
    .select_from(
        officer.outerjoin(_VILLAGE, _HOME)
        .outerjoin(appointment, and_(appointment.c.officer_id == officer.c.id, _CHIEF_NOW))
        .outerjoin(unit, _CURRENT)
    )
    .where(officer.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(unit.c.path)
)


class Behind(NamedTuple):
    """What an officer brings to their account: the role of a chief by each post, and the path of their village."""

    posts: tuple[HeldRole, ...] = ()
    home: str | None = None


def behind(db: Db, officer_ids: Iterable[str | None]) -> dict[str, Behind]:
    """Return what some officers bring to their accounts by today's net; None among the ids is nobody."""
    wanted = sorted({one for one in officer_ids if one is not None})
    found: dict[str, Behind] = {}
    for start in range(0, len(wanted), _FEW):
        for row in db.run.execute(_BEHIND, {"ids": wanted[start : start + _FEW]}):
            known = found.get(row.id, Behind((), row.home))
            post = () if row.path is None else (HeldRole(BY_POST, row.unit_id, row.path, row.name),)
            found[row.id] = known._replace(posts=(*known.posts, *post))
    return found


def paths_behind(db: Db) -> dict[str, list[str]]:
    """Return, by account, the paths that its officer brings: of each unit they are chief of, and of their village."""
    found: dict[str, list[str]] = {}
    posts = account.join(appointment, and_(appointment.c.officer_id == account.c.officer_id, _CHIEF_NOW))
    homes = account.join(officer, officer.c.id == account.c.officer_id).join(_VILLAGE, _HOME)
    for query in (
        select(account.c.id, unit.c.path).select_from(posts.join(unit, _CURRENT)),
        select(account.c.id, _VILLAGE.c.path).select_from(homes),
    ):
        for account_id, path in db.run.execute(query):
            found.setdefault(account_id, []).append(path)
    return found


def account_of(db: Db, officer_id: str) -> Any:
    """Return id, name, disabled, must_change and last_seen of an officer's account, or None."""
    columns = (account.c.id, account.c.name, account.c.disabled, account.c.must_change, account.c.last_seen)
    return db.run.execute(select(*columns).where(account.c.officer_id == officer_id)).first()


def tie(db: Db, account_id: str, officer_id: str | None) -> None:
    """Make an account an officer's, or nobody's."""
    db.run.execute(update(account).where(account.c.id == account_id).values(officer_id=officer_id))


def is_retired(db: Db, officer_id: str) -> bool:
    """Tell whether an officer has left."""
    query = select(officer.c.id).where(officer.c.id == officer_id, officer.c.retired_at.is_not(None))
    return db.run.execute(query).first() is not None


def names_like(db: Db, starts: Sequence[str]) -> set[str]:
    """Return the sign-in names that begin with any of some words."""
    found: set[str] = set()
    for start in range(0, len(starts), _FEW // 10):
        some = starts[start : start + _FEW // 10]
        query = select(account.c.name).where(or_(*(account.c.name.startswith(one, autoescape=True) for one in some)))
        found |= set(db.run.execute(query).scalars())
    return found


def chiefs_without(db: Db, scope: Scope, path: str, limit: int) -> Sequence[Any]:
    """Return chiefs of units under a path who have no account: id, code, name, village_id, their unit; by unit path.

    Somebody who is chief at two levels stands twice.
    """
    columns = (
        officer.c.id, officer.c.code, officer.c.name, officer.c.village_id, unit.c.id.label("unit_id"),
        unit.c.name.label("unit_name"), unit.c.level, unit.c.path, unit.c.code.label("unit_code"),
        _VILLAGE.c.name.label("village_name"),
    )  # fmt: skip
    query = select(*columns).select_from(_chiefs().outerjoin(_VILLAGE, _HOME))
    return db.run.execute(query.where(*_without(scope, path)).order_by(unit.c.path).limit(limit)).all()


def count_chiefs(db: Db, scope: Scope, path: str) -> tuple[int, int]:
    """Return how many people are chief of a unit under a path, and how many of them have an account."""
    ground = (units.under(path), units.in_scope(scope))
    query = select(func.count(officer.c.id.distinct()), func.count(account.c.id.distinct())).select_from(_chiefs())
    every, with_account = db.run.execute(query.where(*ground)).one()
    return every, with_account


def _chiefs() -> Any:
    """Return chiefs joined with their unit in today's net and with their account, if they have one."""
    return (
        appointment.join(unit, and_(_CURRENT, _CHIEF_NOW))
        .join(officer, officer.c.id == appointment.c.officer_id)
        .outerjoin(account, account.c.officer_id == officer.c.id)
    )


def _without(scope: Scope, path: str) -> tuple[Any, ...]:
    return (units.under(path), units.in_scope(scope), account.c.id.is_(None), officer.c.retired_at.is_(None))
