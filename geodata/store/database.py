from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url

from geodata.rules.problems import Problem
from geodata.store import gpkg
from geodata.store.vault import Vault

SAFE_SQLITE = (3, 51, 3)  # older ones can corrupt a WAL file when two connections write at one instant
PATIENCE_S = 30  # how long a writer waits for its place
RETRY_S = 5  # what a person who found the store busy is told to wait
_SQLITE_BUSY = frozenset({"database is locked", "database table is locked", "database schema is locked: main"})
_PG_BUSY = frozenset({"40001", "40P01", "55P03"})  # serialisation failure, deadlock, lock not available
_PG_FULL = frozenset({"53100"})


class Db:
    """One open transaction on a county's store: what every action receives first and hands to store functions.

    ``run`` is the connection; only ``*.store`` touches it.
    """

    def __init__(self, store: Store, run: Connection) -> None:
        self.store = store
        self.run = run

    @property
    def vault(self) -> Vault:
        """What seals personal fields and signs the audit chain."""
        return self.store.vault

    @property
    def embedded(self) -> bool:
        """Whether this is a GeoPackage file rather than PostGIS."""
        return self.run.dialect.name == "sqlite"

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Keep what a block writes where it ends well, and nothing of it where it raises; the transaction goes on."""
        with self.run.begin_nested():
            yield


class Store:
    """A county's database: one GeoPackage file, or PostGIS, behind the same two context managers.

    Parameters
    ----------
    target
        A path ending in ``.gpkg``, or a ``postgresql://`` URL.
    folder
        Where files that belong to the county lie (uploads, key); beside the GeoPackage by default.
    """

    def __init__(self, target: str, folder: Path | None = None) -> None:
        self.target = target
        self.embedded = "://" not in target
        if folder is None:
            folder = Path(target).resolve().parent if self.embedded else Path("data").resolve()
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.engine = _open_gpkg(Path(target)) if self.embedded else _open_postgis(target)
        key_path = Path(target).with_suffix(".key") if self.embedded else folder / "county.key"
        self.vault = Vault.from_file(Path(os.environ.get("SANZHANG_KEY_FILE", key_path)))

    @contextmanager
    def read(self) -> Iterator[Db]:
        """Open a transaction that only reads; it sees one moment of the store."""
        with self.engine.connect() as connection:
            if not self.embedded:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield Db(self, connection)

    @contextmanager
    def write(self, *, waits: bool = True) -> Iterator[Db]:
        """Open a transaction that writes: returned = commit, raised = rollback.

        On SQLite it takes the writer's place at once (BEGIN IMMEDIATE), so that reading first and writing later
        in one transaction cannot fail as "locked".

        Parameters
        ----------
        waits
            Whether to wait for the writer's place for up to 30 s; what is only worth doing at once does not.

        Raises
        ------
        Problem
            ``store.busy`` (seconds) where others kept the place for too long, or on PostgreSQL two writers needed
            each other's rows; ``store.full`` where the disk is.
        """
        with self.engine.connect() as connection:
            connection = connection.execution_options(sanzhang_writes=True, sanzhang_waits=waits)
            with connection.begin():
                yield Db(self, connection)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _open_gpkg(path: Path) -> Engine:
    if pysqlite3.sqlite_version_info < SAFE_SQLITE:
        raise Problem("store.old_sqlite", version=pysqlite3.sqlite_version, wanted="3.51.3")
    if path.suffix != ".gpkg":
        raise Problem("store.not_gpkg", file=path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", module=pysqlite3, connect_args={"timeout": PATIENCE_S})
    event.listen(engine, "handle_error", _as_problem)

    event.listen(engine, "connect", lambda connection, _record: _prepare(connection, path))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, path: Path) -> None:
    """Make a new connection to the county file ready: our functions, an empty GeoPackage in an empty file, pragmas."""
    connection.isolation_level = None
    gpkg.register(connection)
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            gpkg.initialise(connection)
    except pysqlite3.DatabaseError as error:
        if str(error) != "file is not a database":
            raise
        raise Problem("store.not_database", file=path.name) from None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY",
                   "cache_size=-32768", "recursive_triggers=OFF"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin a transaction; one that writes takes the writer's place at once, waiting for it or not."""
    options = connection.get_execution_options()
    if not options.get("sanzhang_writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    patience_ms = PATIENCE_S * 1000 if options["sanzhang_waits"] else 0
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience_ms}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _as_problem(context: ExceptionContext) -> None:
    """Turn what is nobody's defect, a busy or a full database, into a refusal that says so."""
    original = context.original_exception
    state = getattr(original, "sqlstate", None)
    if state in _PG_BUSY or (state is None and str(original) in _SQLITE_BUSY):
        raise Problem("store.busy", seconds=RETRY_S) from original
    if state in _PG_FULL or (state is None and str(original) == "database or disk is full"):
        raise Problem("store.full") from original


def _open_postgis(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise Problem("store.unknown_database", name=parsed.get_backend_name())
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=8)
    event.listen(engine, "handle_error", _as_problem)
    return engine
