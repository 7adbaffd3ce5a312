"""What the board knows of a county's issues, read once and kept in memory until an event or the net changes."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from geodata.actions.setup import zone_of_county
from geodata.rules import crs
from geodata.store import settings
from geodata.store.database import Db, Store
from geodata.store.types import lonlat_of
from survey.actions.issues import calendar_of
from survey.rules.board_data import NEVER, IssueColumns, StayColumns, Words
from survey.rules.stays import Stay, stays_of
from survey.store import board, issues

_GONE = ("merged", "withdrawn")
_KEPT_MOST = 40


@dataclass
class Known:
    """The issues of a county at one state of its events and its net.

    ``stamp`` names that state, ``net`` and ``event`` are the net's version and the last event in it; ``rows`` and
    ``stays_of`` are what the columns were made from, by issue. ``kept`` holds what follows from the state and costs
    more than a moment (who is near whom).
    """

    stamp: str
    net: int
    event: int
    zone: crs.Zone
    issues: IssueColumns
    stays: StayColumns
    rows: dict[str, Any]
    stays_of: dict[str, list[Stay]]
    kept: OrderedDict[tuple[Any, ...], Any] = field(default_factory=OrderedDict)

    def keep(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what is kept under a key, made when it is first asked for; what was asked for longest ago goes."""
        with _TURN:
            if key in self.kept:
                self.kept.move_to_end(key)
                return self.kept[key]
        made = make()
        with _TURN:
            self.kept[key] = made
            while len(self.kept) > _KEPT_MOST:
                self.kept.popitem(last=False)
        return made


_KEPT: WeakKeyDictionary[Store, Known] = WeakKeyDictionary()
_TURN = Lock()


def stamp_of(db: Db) -> str:
    """Return what names the state of all that the board shows: the net's version, the last event, the visits."""
    events, visits = board.stamp(db)
    return f"{settings.net_version(db)}-{events}-{visits}"


def known(db: Db) -> Known:
    """Return the county's issues as columns: read anew when the net changed, else only those that had an event.

    Raises
    ------
    Problem
        ``county.no_ground`` while the county has no ground.
    """
    stamp, (event, _), net = stamp_of(db), board.stamp(db), settings.net_version(db)
    with _TURN:
        held = _KEPT.get(db.store)
    if held is not None and held.stamp == stamp:
        return held
    rows, stays = ({}, {}) if held is None or held.net != net else (dict(held.rows), dict(held.stays_of))
    ids = board.changed_since(db, held.event) if rows and held is not None else None
    _read(db, rows, stays, ids)
    zone = zone_of_county(db)
    columns = _columns(list(rows.values()), zone)
    made = Known(stamp, net, event, zone, columns, _stay_columns([stays[one] for one in rows]), rows, stays)
    with _TURN:
        _KEPT[db.store] = made
    return made


def _read(db: Db, rows: dict[str, Any], stays: dict[str, list[Stay]], ids: Sequence[str] | None) -> None:
    """Write what the store says of all issues, or of some, into what is held of them."""
    found = board.issue_rows(db, ids)
    again = issues.events_by_issue(db, [row.id for row in found if row.reopened])
    calendar = calendar_of(db)
    for row in found:
        rows[row.id] = row
        stays[row.id] = stays_of(again[row.id], calendar) if row.id in again else [_stay(row)]


def _columns(rows: Sequence[Any], zone: crs.Zone) -> IssueColumns:
    xy = crs.to_xy(lonlat_of([row.geom for row in rows]), zone) if rows else np.zeros((0, 2))
    return IssueColumns(
        id=_words([row.id for row in rows]), number=_words([row.number for row in rows]),
        path=_words([row.path for row in rows]), category=_words([row.category_id for row in rows]),
        major=_words([row.major or "" for row in rows]), grade=_words([row.grade for row in rows]),
        level=_words([row.level for row in rows]), xy=xy, at=_moments([row.at for row in rows]),
        gone_at=_moments([row.closed_at if row.state in _GONE else None for row in rows]),
        restricted=np.array([row.restricted for row in rows], bool),
        reopened=np.array([row.reopened for row in rows], np.int64),
    )  # fmt: skip


def _stay(row: Any) -> Stay:
    """Return the one stay of an issue that was never reopened; its row says all of it."""
    return Stay(row.at, row.solved_at or row.closed_at, row.result_due)


def _stay_columns(stays: Sequence[Sequence[Stay]]) -> StayColumns:
    flat = [(n, turn, one) for n, many in enumerate(stays) for turn, one in enumerate(many)]
    return StayColumns(
        np.array([n for n, _, _ in flat], np.int64), _moments([one.begun for _, _, one in flat]),
        _moments([one.ended for _, _, one in flat]), _moments([one.due for _, _, one in flat]),
        np.array([turn for _, turn, _ in flat], np.int64),
    )  # fmt: skip


def _words(values: Sequence[str]) -> Words:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def micros(moment: dt.datetime) -> int:
    """Return a moment as whole microseconds since 1970 UTC."""
    return int((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1))


def _moments(moments: Sequence[dt.datetime | None]) -> Any:
    return np.array([NEVER if one is None else micros(one) for one in moments], np.int64)
