from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db, Store

if TYPE_CHECKING:  # Alembic takes a third of a second to load, and an up-to-date store never needs it
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 431382  # any number of our own: two servers starting together take turns


def config(connection: Connection) -> Config:
    """Return Alembic's configuration for our one chain, bound to an open connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings


def upgrade(store: Store) -> None:
    """Bring a store's tables up to date in one transaction, forward only.

    Raises
    ------
    Problem
        ``store.newer_software`` when the store was written by a later version of the program.
    """
    known = sorted(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
    with store.read() as db:
        if _revision(db) == known[-1]:
            return
    with store.write() as db:
        if not db.embedded:
            db.run.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            db.run.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        current = _revision(db)
        if current is not None and current not in known:
            raise Problem("store.newer_software", revision=current)
        _migrate(db)


def _revision(db: Db) -> str | None:
    """Return the last migration that a store has seen, None for an empty store."""
    if not inspect(db.run).has_table("alembic_version"):
        return None
    return db.run.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(db: Db) -> None:
    from alembic import command

    # Alembic would make a VARCHAR(32), which GDAL warns about at each opening of the county file
    db.run.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT NOT NULL PRIMARY KEY)"))
    command.upgrade(config(db.run), "head")
    _guard_audit(db)


def _guard_audit(db: Db) -> None:
    for statement in audit.GUARD_SQLITE if db.embedded else audit.GUARD_POSTGRESQL:
        db.run.exec_driver_sql(statement)
