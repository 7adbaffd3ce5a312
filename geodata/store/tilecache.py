from __future__ import annotations

from sqlalchemy import select

from geodata.store.database import Db
from geodata.store.tables import tile


def get(db: Db, z: int, x: int, y: int, scope: str, version: str) -> bytes | None:
    """Return a kept tile of a scope and net version, or None."""
    found = db.run.execute(
        select(tile.c.body).where(
            tile.c.z == z, tile.c.x == x, tile.c.y == y, tile.c.scope == scope, tile.c.version == version
        )
    ).scalar()
    return None if found is None else bytes(found)


def put(db: Db, z: int, x: int, y: int, scope: str, version: str, body: bytes) -> None:
    """Keep a tile, replacing an older one of the same place and scope."""
    same = (tile.c.z == z, tile.c.x == x, tile.c.y == y, tile.c.scope == scope)
    if db.run.execute(tile.update().where(*same).values(version=version, body=body)).rowcount == 0:
        db.run.execute(tile.insert().values(z=z, x=x, y=y, scope=scope, version=version, body=body))
