from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from geodata.rules.profile import Profile
from geodata.store.database import Db
from geodata.store.tables import setting

# asked with every edit and every row of the audit: built once, for building a statement costs as much as running it
_GET = select(setting.c.value).where(setting.c.key == bindparam("chosen"))
_PUT = setting.update().where(setting.c.key == bindparam("chosen")).values(value=bindparam("new"))


def get(db: Db, key: str, default: Any = None) -> Any:
    """Return a setting's value, or the default where it was never set."""
    found = db.run.execute(_GET, {"chosen": key}).first()
    return default if found is None else found.value


def put(db: Db, key: str, value: Any) -> None:
    """Set a setting, whether it was there or not."""
    if db.run.execute(_PUT, {"chosen": key, "new": value}).rowcount == 0:
        db.run.execute(setting.insert().values(key=key, value=value))


def profile(db: Db) -> Profile:
    """Return the county's parameters."""
    return Profile.from_dict(get(db, "profile", {}))


def net_version(db: Db) -> int:
    """Return the number that every change of the net raises; tiles and caches are named by it."""
    return int(get(db, "net_version", 0))


def hold_net_version(db: Db) -> int:
    """Return the net's version and keep it from being raised until this transaction ends."""
    query = select(setting.c.value).where(setting.c.key == "net_version")
    return int(db.run.execute(query if db.embedded else query.with_for_update(read=True)).scalar() or 0)


def raise_net_version(db: Db) -> int:
    """Raise the net's version inside the transaction that changes the net."""
    raised = net_version(db) + 1
    put(db, "net_version", raised)
    return raised
