"""The wall map of a village (A16): asked for, made as a job, kept under the job's id and handed to who asked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, TimeoutError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.actions import jobs, past
from geodata.actions import plans as plan_actions
from geodata.actions.setup import zone_of_county
from geodata.rules import crs
from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.asof import COUNTY_TIME, moment_of
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.rules.wallmap import WallGround, WallUnit, make_sheets
from geodata.rules.wallmap_document import FORMATS, PARTS, Imprint, WallHome, compose
from geodata.rules.wallmap_tree import lay_tree
from geodata.store import audit, barriers, households, plans, settings, units
from geodata.store.database import Db, Store
from geodata.store.types import lonlat_of, shapes_of

if TYPE_CHECKING:  # the cutting behind it takes a second to load, and no wall map needs it
    from geodata.actions.drafting import Progress

KEPT_FOR = dt.timedelta(days=7)
_HOMES_MOST = 100_000  # no village comes near
_KINDS = ("river", "stream", "railway", "road")
_POLL_S = 0.5


@dataclass(frozen=True)
class WallWish:
    """Which wall map a person wants.

    Parameters
    ----------
    unit_id
        The village.
    plan_id
        A plan of that village, "" for the published net.
    as_of
        The moment for which the published net is wanted, as ``rules.asof.moment_of`` reads it; "" is now.
    parts
        Names of ``PARTS``.
    format
        One of ``FORMATS``.
    """

    unit_id: str
    plan_id: str = ""
    as_of: str = ""
    parts: tuple[str, ...] = PARTS
    format: str = "pdf"

    def __post_init__(self) -> None:
        """Refuse what no person can have meant."""
        if not self.parts or not set(self.parts) <= set(PARTS):
            raise Problem("wall.unknown_part", parts=list(self.parts), known=list(PARTS))
        if self.format not in FORMATS:
            raise Problem("wall.unknown_format", format=self.format, known=list(FORMATS))
        if self.as_of and self.plan_id:
            raise Problem("wall.plan_or_day")

    @classmethod
    def of_job(cls, args: Mapping[str, Any]) -> WallWish:
        """Return the wish that a job was started with."""
        return cls(args["unit_id"], args["plan_id"], args["as_of"], tuple(args["parts"]), args["format"])


def start(db: Db, actor: Actor, now: dt.datetime, wish: WallWish) -> str:
    """Put the making of a wall map in the queue and return the job's id.

    Raises
    ------
    Problem
        ``unit.not_found``, ``wall.not_village`` (level), ``plan.not_found``, ``as_of.unreadable``, ``as_of.future``,
        ``right.missing`` (right) for a list of homes by who may not see them there and for a plan by who may not draft,
        ``job.too_many`` (most).
    """
    _village(db, actor, now, wish)
    _forget_old(db.store, now)
    args = {"unit_id": wish.unit_id, "plan_id": wish.plan_id, "as_of": wish.as_of, "parts": list(wish.parts),
            "format": wish.format}  # fmt: skip
    return jobs.start(db, actor, now, "wall", args)


def _village(db: Db, actor: Actor, now: dt.datetime, wish: WallWish) -> Any:
    """Return the village as it was, once the actor may see what is asked for."""
    at = moment_of(wish.as_of, now)
    row = units.one(db, past.ground(db, actor, "see", at), wish.unit_id, at)
    if row is None:
        raise Problem("unit.not_found")
    if row.level != Level.VILLAGE.value:
        raise Problem("wall.not_village", level=row.level)
    if wish.plan_id:
        if not actor.scope("draft").covers(row.path):
            raise Problem("right.missing", right="draft")
        if plan_actions.show(db, actor, now, wish.plan_id).unit_id != row.id:
            raise Problem("plan.not_found")
    if "homes" in wish.parts and not _sees_homes(db, actor, row.path, at):
        raise Problem("right.missing", right="see_homes")
    return row


def _sees_homes(db: Db, actor: Actor, path: str, at: dt.datetime | None) -> bool:
    return past.ground(db, actor, "see_homes", at).covers(path)


@dataclass(frozen=True)
class _Read:
    """All that one transaction reads for a wall map."""

    village: Any
    ground: WallGround
    homes: list[WallHome]
    imprint: Imprint
    shows_homes: bool


def make(
    store: Store,
    actor: Actor,
    now: Callable[[], dt.datetime],
    wish: WallWish,
    executor: Executor,
    progress: Progress,
) -> tuple[bytes, str, dict[str, Any]]:
    """Make a wall map: read in one transaction, drawn and set in the executor's processes, told in the audit.

    Returns
    -------
    bytes
        The file.
    str
        Its ending.
    dict
        ``name`` (for people, with the ending), ``homes`` (whether it shows any, so that only who sees homes may have
        it), ``parts``.

    Raises
    ------
    Problem
        What ``start`` raises; ``wall.no_shape`` (unit), ``wall.no_font`` (known), ``job.cancelled``.
    """
    progress(0.02, "")
    with store.read() as db:
        read = _read(db, actor, now(), wish)
    progress(0.15, "")
    document = _watched(executor.submit(draw, read.ground, read.imprint, read.homes, wish.parts), progress, 0.2)
    font_folder = store.folder / "fonts"
    body, ending = _watched(executor.submit(_typeset, document, wish.format, font_folder), progress, 0.55)
    told = {"name": f"{document['title']}.{ending}", "homes": read.shows_homes, "parts": list(wish.parts)}
    with store.write() as db:
        audit.record(db, actor, now(), "wall.made", wish.unit_id, read.village.path, parts=list(wish.parts),
                     plan=wish.plan_id, as_of=wish.as_of)  # fmt: skip
    return body, ending, told


def draw(ground: WallGround, imprint: Imprint, homes: Sequence[WallHome], parts: Sequence[str]) -> dict[str, Any]:
    """Lay out the parts asked for as one document of plain values."""
    sheets = make_sheets(ground) if "map" in parts else []
    tree = lay_tree(ground.units, ground.level_names) if "tree" in parts else []
    return compose(ground.units, imprint, sheets, tree, homes if "homes" in parts else [])


def _typeset(document: dict[str, Any], kind: str, font_folder: Path) -> tuple[bytes, str]:
    from geodata.files.wall import typeset  # the typesetter loads where a map is made, not where one is asked for

    return typeset(document, kind, font_folder)


def _watched(work: Future[Any], progress: Progress, share: float) -> Any:
    """Wait for work while telling that it goes on, so that it can be cancelled meanwhile."""
    while True:
        progress(share, "")
        try:
            return work.result(_POLL_S)
        except TimeoutError:
            continue


def _read(db: Db, actor: Actor, now: dt.datetime, wish: WallWish) -> _Read:
    village = _village(db, actor, now, wish)
    at = moment_of(wish.as_of, now)
    plan = plan_actions.show(db, actor, now, wish.plan_id) if wish.plan_id else None
    rows = _units(db, village, plan, at)
    homes = _homes(db, actor, village.path, at)
    zone, profile = zone_of_county(db), settings.profile(db)
    shapes = shapes_of([row.geom for row in rows])
    ground = WallGround(
        [WallUnit(row.id, row.level, row.code, row.name, row.parent_id, row.homes, row.fill) for row in rows],
        crs.shapes_to_xy(shapes, zone),
        crs.to_xy(lonlat_of([home.geom for home in homes]), zone) if homes else np.zeros((0, 2)),
        _lines(db, shapes[0], zone),
        profile.level_names,
    )
    listed = _listed(db, homes, plan) if "homes" in wish.parts else []
    return _Read(village, ground, listed, _imprint(db, actor, now, village, plan, at), bool(homes))


def _imprint(db: Db, actor: Actor, now: dt.datetime, village: Any, plan: Any, at: dt.datetime | None) -> Imprint:
    profile = settings.profile(db)
    above = [row.name for row in units.chain(db, village.path) if row.level in ("county", "town")]
    maker = "操作员" if actor == OPERATOR else actor.name
    drawn = plan and f"{plan.name} {plan.at.astimezone(COUNTY_TIME):%m-%d %H:%M} 第{plan.head}稿"
    return Imprint(
        where="".join(above), holds=(at or now).astimezone(COUNTY_TIME).date(),
        made_on=now.astimezone(COUNTY_TIME).date(), plan=drawn or "", made_by=maker,
        meridian=zone_of_county(db).central_meridian, approval_no=profile.approval_no,
        synthetic=bool(settings.get(db, "synthetic", False)), level_names=profile.level_names,
    )  # fmt: skip


def _homes(db: Db, actor: Actor, path: str, at: dt.datetime | None) -> Sequence[Any]:
    """Return the homes of a village, none to who may not see them there."""
    if not _sees_homes(db, actor, path, at):
        return []
    return households.page_in(db, past.ground(db, actor, "see_homes", at), path, "", _HOMES_MOST, at)


@dataclass(frozen=True)
class _Row:
    """A unit of the net or of a plan under one set of names."""

    id: str
    level: str
    code: str
    name: str
    path: str
    parent_id: str | None
    homes: int
    fill: int
    geom: Any


def _units(db: Db, village: Any, plan: Any, at: dt.datetime | None) -> list[_Row]:
    """Return the village and all below it, of the published net or of a plan, the upper before the lower."""
    if plan is not None:
        return [_row(row, row.unit_id) for row in plans.units_of(db, plan.id, plan.head)]
    levels = (Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN)
    return [_row(row, row.id) for row in past.counted(db, units.with_shapes(db, village.path, levels, at), at)]


def _row(row: Any, unit_id: str) -> _Row:
    return _Row(unit_id, row.level, row.code, row.name, row.path, row.parent_id, row.homes, row.fill, row.geom)


def _lines(db: Db, shape_ll: Any, zone: crs.Zone) -> list[tuple[str, str, Any]]:
    """Return the rivers, railways and roads in the village's box, in metres."""
    if shape_ll is None:
        return []
    west, south, east, north = shape_ll.bounds
    wide = max(east - west, north - south) * 0.6
    rows = barriers.in_box(db, (west - wide, south - wide, east + wide, north + wide), _KINDS)
    lines = crs.shapes_to_xy(shapes_of([row.geom for row in rows]), zone) if rows else []
    return [(row.kind, row.name, line) for row, line in zip(rows, lines, strict=True)]


def _listed(db: Db, homes: Sequence[Any], plan: Any) -> list[WallHome]:
    """Return the homes for the list, in the order of building, entrance, floor and code."""
    holder = {row.household_id: row.unit_id for row in plans.members_of(db, plan.id, plan.head)} if plan else {}
    listed = [
        WallHome(home.code, home.address, home.building, home.entrance, home.floor, holder.get(home.id, home.unit_id))
        for home in homes
    ]
    return sorted(listed, key=lambda one: (one.building, one.entrance, _floor(one.floor), one.code))


def _floor(text: str) -> tuple[int, str]:
    digits = "".join(char for char in text if char.isdigit())
    return (int(digits) if digits and len(digits) < 6 else 0, text)


def wall_path(store: Store, job_id: str) -> Path:
    """Return where the file of a job lies: no name that anybody chose is ever used on disk."""
    return store.folder / "walls" / str(uuid.UUID(job_id))


def keep(store: Store, job_id: str, body: bytes) -> None:
    """Keep a made file for who asked for it."""
    path = wall_path(store, job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(body)


def find_file(db: Db, actor: Actor, now: dt.datetime, job_id: str) -> tuple[Path, str]:
    """Return a made file and its name for people: only to who asked for it, while they still may see what it shows.

    Raises
    ------
    Problem
        ``job.not_found``; ``wall.not_ready`` (state); ``wall.not_found`` when it has been cleaned up;
        ``unit.not_found`` when the village is out of the reader's scope by now; ``right.missing`` (right).
    """
    job = jobs.show(db, actor, now, job_id)
    if job.kind != "wall":
        raise Problem("job.not_found")
    if job.state != "done":
        raise Problem("wall.not_ready", state=job.state)
    wish = WallWish.of_job(job.args)
    village = _village(db, actor, now, wish)
    if job.result["homes"] and not _sees_homes(db, actor, village.path, moment_of(wish.as_of, now)):
        raise Problem("right.missing", right="see_homes")
    path = wall_path(db.store, job_id)
    if not path.is_file():
        raise Problem("wall.not_found")
    return path, str(job.result["name"])


def _forget_old(store: Store, now: dt.datetime) -> None:
    """Delete wall maps of more than a week ago: they can be made again in seconds."""
    folder = store.folder / "walls"
    for path in folder.iterdir() if folder.exists() else ():
        if path.stat().st_mtime < (now - KEPT_FOR).timestamp():
            path.unlink(missing_ok=True)
