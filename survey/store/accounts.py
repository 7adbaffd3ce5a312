from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, text, update

from geodata.store.database import Db
from geodata.store.tables import unit
from survey.rules.passwords import Secret
from survey.rules.roles import Account, HeldRole
from survey.store import officer_accounts
from survey.store.issue_tables import office
from survey.store.tables import account, role_grant

_FEW = 500  # ids that fit into one statement
_LOCK = 431384  # any number of our own: changes of accounts and roles take turns on PostgreSQL


def take_turn(db: Db) -> None:
    """Make other changes of accounts wait, so that two cannot each remove the last but one administrator."""
    if not db.embedded:
        db.run.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})


def add(db: Db, now: dt.datetime, name: str, display_name: str, secret: Secret) -> str:
    """Store a new account that must change its password, and return its id."""
    made = uuid.uuid4().hex
    db.run.execute(
        insert(account).values(
            id=made,
            name=name,
            display_name=display_name,
            password_hash=_encode(secret),
            must_change=True,
            disabled=False,
            failures=0,
            created_at=now,
        )
    )
    return made


def find(db: Db, account_id: str) -> Account | None:
    """Return an account with its roles and their paths in today's net, None when there is none."""
    return next(iter(_with_roles(db, _rows(db, account.c.id == account_id))), None)


def get(db: Db, account_id: str) -> Account:
    """Return an account that is known to be there."""
    return _with_roles(db, _rows(db, account.c.id == account_id))[0]


def find_by_name(db: Db, name: str) -> Account | None:
    """Return the account with a sign-in name (already in its kept form)."""
    return next(iter(_with_roles(db, _rows(db, account.c.name == name))), None)


def every(db: Db) -> list[Account]:
    """Return all accounts, by name; for a list that is read page by page ``grounds`` and ``some`` are faster."""
    return sorted(_with_roles(db, _rows(db, account.c.id != "")), key=lambda one: one.name)


def some(db: Db, ids: Sequence[str]) -> list[Account]:
    """Return some accounts, by name."""
    return sorted(_with_roles(db, _rows(db, account.c.id.in_(ids))), key=lambda one: one.name)


def grounds(db: Db) -> dict[str, tuple[str, list[str]]]:
    """Return every account's name and the paths of its roles, its posts and its officer's village today, by id.

    A county has some tens of thousands of accounts, and who may see which is a rule about paths that move with the
    net; so it is all of them, but no more of each than the rule asks for.
    """
    query = (
        select(account.c.id, account.c.name, role_grant.c.unit_id, unit.c.path)
        .outerjoin(role_grant, role_grant.c.account_id == account.c.id)
        .outerjoin(unit, and_(unit.c.id == role_grant.c.unit_id, unit.c.valid_to.is_(None)))
    )
    found: dict[str, tuple[str, list[str]]] = {}
    for account_id, name, unit_id, path in db.run.execute(query):
        paths = found.setdefault(account_id, (name, []))[1]
        if unit_id == "":
            paths.append("")
        elif path is not None:
            paths.append(path)
    for account_id, behind in officer_accounts.paths_behind(db).items():
        found[account_id][1].extend(behind)
    return found


def names(db: Db, ids: Iterable[str]) -> dict[str, str]:
    """Return the sign-in name of each account id that exists."""
    rows = db.run.execute(select(account.c.id, account.c.name).where(account.c.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def secret_of(db: Db, account_id: str) -> Secret:
    """Return what is kept of an account's password."""
    kept: str = db.run.execute(select(account.c.password_hash).where(account.c.id == account_id)).scalar_one()
    return _decode(kept)


def set_secret(db: Db, account_id: str, secret: Secret, *, must_change: bool) -> None:
    """Replace an account's password."""
    db.run.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(password_hash=_encode(secret), must_change=must_change)
    )  # fmt: skip


def rename(db: Db, account_id: str, display_name: str) -> None:
    """Set the name that others read."""
    db.run.execute(update(account).where(account.c.id == account_id).values(display_name=display_name))


def set_disabled(db: Db, now: dt.datetime, account_id: str, disabled: bool) -> None:
    """Disable or enable an account; its idle days begin anew when it is enabled."""
    values: dict[str, object] = {"disabled": disabled} if disabled else {"disabled": False, "enabled_at": now}
    db.run.execute(update(account).where(account.c.id == account_id).values(values))


def disable_unused(db: Db, since: dt.datetime, but: str) -> list[str]:
    """Disable the accounts that were neither made, enabled nor signed in to since a moment; return their ids.

    Parameters
    ----------
    but
        An account that is left alone.
    """
    moments = [account.c.created_at, account.c.last_seen, account.c.enabled_at]
    unused = and_(*(or_(moment.is_(None), moment < since) for moment in moments))
    change = update(account).where(unused, account.c.disabled.is_(False), account.c.id != but).values(disabled=True)
    return sorted(db.run.execute(change.returning(account.c.id)).scalars())


def set_last_seen(db: Db, account_id: str, now: dt.datetime) -> None:
    """Note the last sign-in."""
    db.run.execute(update(account).where(account.c.id == account_id).values(last_seen=now))


def set_roles(db: Db, account_id: str, roles: Sequence[HeldRole]) -> None:
    """Replace an account's roles."""
    db.run.execute(delete(role_grant).where(role_grant.c.account_id == account_id))
    if roles:
        rows = [{"account_id": account_id, "role": held.role, "unit_id": held.unit_id} for held in roles]
        db.run.execute(insert(role_grant), rows)


def located(db: Db, roles: Iterable[tuple[str, str]]) -> tuple[HeldRole, ...]:
    """Return (role, unit id) pairs with each unit's path and name in today's net; no path when it is not in it."""
    pairs = list(dict.fromkeys(roles))
    wanted = {unit_id for _, unit_id in pairs if unit_id}
    query = select(unit.c.id, unit.c.path, unit.c.name).where(unit.c.id.in_(wanted), unit.c.valid_to.is_(None))
    units = {row.id: (row.path, row.name) for row in db.run.execute(query)} if wanted else {}
    units[""] = ("", "")
    return tuple(HeldRole(role, unit_id, *units.get(unit_id, (None, ""))) for role, unit_id in pairs)


def holders(db: Db, role: str) -> dict[str, list[str | None]]:
    """Return the enabled accounts that hold a role, with the paths they hold it over."""
    query = (
        select(role_grant.c.account_id, role_grant.c.unit_id, unit.c.path)
        .join(account, account.c.id == role_grant.c.account_id)
        .outerjoin(unit, and_(unit.c.id == role_grant.c.unit_id, unit.c.valid_to.is_(None)))
        .where(role_grant.c.role == role, account.c.disabled.is_(False))
    )
    found: dict[str, list[str | None]] = defaultdict(list)
    for row in db.run.execute(query):
        found[row.account_id].append(row.path if row.unit_id else "")
    return dict(found)


def offices(db: Db) -> dict[str, tuple[str, str | None]]:
    """Return name and path (None for a unit that is gone, "" for the whole county) of the offices there are, by id."""
    joined = office.outerjoin(unit, and_(unit.c.id == office.c.unit_id, unit.c.valid_to.is_(None)))
    query = select(office.c.id, office.c.name, office.c.unit_id, unit.c.path).select_from(joined)
    rows = db.run.execute(query.where(office.c.retired_at.is_(None)).order_by(office.c.code))
    return {row.id: (row.name, row.path if row.unit_id else "") for row in rows}


def set_office(db: Db, account_id: str, office_id: str | None) -> None:
    """Make an account an office's, or no office's."""
    db.run.execute(update(account).where(account.c.id == account_id).values(office_id=office_id))


def _rows(db: Db, condition: object) -> list[dict[str, Any]]:
    columns = [c for c in account.c if c.name not in ("password_hash", "failures", "wait_until", "enabled_at")]
    query = select(*columns).where(condition)  # type: ignore[arg-type]
    return [dict(row._mapping) for row in db.run.execute(query)]


def _with_roles(db: Db, rows: list[dict[str, Any]]) -> list[Account]:
    if not rows:
        return []
    query = (
        select(role_grant.c.account_id, role_grant.c.role, role_grant.c.unit_id, unit.c.path, unit.c.name)
        .outerjoin(unit, and_(unit.c.id == role_grant.c.unit_id, unit.c.valid_to.is_(None)))
        .order_by(role_grant.c.id)
    )
    if len(rows) <= _FEW:
        query = query.where(role_grant.c.account_id.in_([row["id"] for row in rows]))
    roles: dict[object, list[HeldRole]] = defaultdict(list)
    for found in db.run.execute(query):
        path = found.path if found.unit_id else ""
        roles[found.account_id].append(HeldRole(found.role, found.unit_id, path, found.name or ""))
    behind = officer_accounts.behind(db, (row["officer_id"] for row in rows))
    none = officer_accounts.Behind()
    return [
        Account(**row, roles=tuple(roles[row["id"]]), **behind.get(row["officer_id"], none)._asdict()) for row in rows
    ]


def _encode(secret: Secret) -> str:
    return json.dumps(
        {
            "hash": secret.hash,
            "set_at": secret.set_at.astimezone(dt.UTC).isoformat(),
            "one_time": secret.one_time,
            "used": secret.used,
            "past": secret.past,
        }
    )


def _decode(kept: str) -> Secret:
    value = json.loads(kept)
    set_at = dt.datetime.fromisoformat(value["set_at"])
    return Secret(value["hash"], set_at, value["one_time"], value["used"], tuple(value["past"]))
