"""The one place where the web opens the store: a transaction per request, decided here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from geodata.store.database import Db, Store
from geodata.store.schema import upgrade

__all__ = ["Db", "Store", "get_store", "now", "open_store", "transaction"]


def open_store(target: str, folder: Path | None = None) -> Store:
    """Open a county's GeoPackage file or PostGIS database, bringing its tables up to date first."""
    store = Store(target, folder)
    upgrade(store)
    return store


def get_store() -> Store:
    """Return the store that this application serves."""
    store: Store = current_app.extensions["sanzhang"]
    return store


@contextmanager
def transaction(*, writes: bool) -> Iterator[Db]:
    """Open the request's one transaction: returned = commit, raised = rollback."""
    store = get_store()
    with store.write() if writes else store.read() as db:
        yield db


def now() -> dt.datetime:
    """Return the server's clock, the only one that orders events (phones may be years off)."""
    return dt.datetime.now(dt.UTC)
