"""Which parts of the product a county uses: visits unless switched off, residents' reports once switched on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db

SETTING = "modules"
MODULES = {"visits": True, "residents": False}
"""By name, whether it is on where the county has said nothing."""


def in_use(db: Db) -> dict[str, bool]:
    """Return which modules are on."""
    return {**MODULES, **settings.get(db, SETTING, {})}


def show(db: Db, actor: Actor, now: dt.datetime) -> dict[str, bool]:
    """Return which modules are on; whoever is signed in may ask."""
    return in_use(db)


def switch(db: Db, actor: Actor, now: dt.datetime, values: Mapping[str, object]) -> dict[str, bool]:
    """Switch modules on or off, those named. Raises ``module.unknown`` (name), ``right.missing`` (right)."""
    require_whole(db, actor, "settings")
    for name, value in values.items():
        if name not in MODULES or not isinstance(value, bool):
            raise Problem("module.unknown", name=name[:40])
    kept = in_use(db) | {name: bool(value) for name, value in values.items()}
    settings.put(db, SETTING, kept)
    audit.record(db, actor, now, "modules.switched", modules=kept)
    return kept
