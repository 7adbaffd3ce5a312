from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db, Store

_LOCK = 431382  # any number of our own: two servers starting together take turns


def config(connection: Connection) -> Config:
    """Return Alembic's configuration for our one chain, bound to an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings


def upgrade(store: Store) -> None:
    """Bring a store's tables up to date in one transaction, forward only.

    Raises
    ------
    Problem
        ``store.newer_software`` when the store was written by a later version of the program.
    """
    with store.write() as db:
        if not db.embedded:
            db.run.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            db.run.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        # Alembic would make a VARCHAR(32), which GDAL warns about at each opening of the county file
        db.run.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT NOT NULL PRIMARY KEY)"))
        scripts = ScriptDirectory.from_config(config(db.run))
        current = MigrationContext.configure(db.run).get_current_revision()
        if current == scripts.get_current_head():
            return
        if current is not None and current not in {s.revision for s in scripts.walk_revisions()}:
            raise Problem("store.newer_software", revision=current)
        command.upgrade(config(db.run), "head")
        _guard_audit(db)


def _guard_audit(db: Db) -> None:
    for statement in audit.GUARD_SQLITE if db.embedded else audit.GUARD_POSTGRESQL:
        db.run.exec_driver_sql(statement)
