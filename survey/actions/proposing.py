"""就近担任 (B02): who could take which post by where people live, as a proposal; nobody is appointed here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.actions.setup import zone_of_county
from geodata.rules.actors import Actor, Scope
from geodata.rules.crs import to_xy
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level
from geodata.store import households, settings, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of
from survey.actions.road_ways import Measured, along_roads, roads_near
from survey.rules import pools
from survey.rules.chiefs import LEVELS
from survey.rules.pools import Person
from survey.store import appointments, officers

MODES = {"total": "total", "longest": "longest"}
ALONG = ("roads", "straight")
RUNNERS_MOST = 400
"""Posts up to which every proposal names its runner-up and the true cost; beyond, village by village."""
CANDIDATES_SHOWN = 10


@dataclass(frozen=True)
class _Ground:
    """The vacant posts of one level and the people who could take them, both with places in metres."""

    posts: list[Any]
    post_xy: NDArray[np.float64]
    people: list[Any]
    home_xy: NDArray[np.float64]
    home_ll: NDArray[np.float64]
    unit_of: list[str]
    villages: dict[str, str]


def propose(
    db: Db, actor: Actor, now: dt.datetime, unit_id: str, level: str, mode: str = "total", along: str = "roads"
) -> dict[str, Any]:
    """Propose who takes the vacant posts of a level under a unit: of the pool, from inside first, then the nearest.

    Distances are from a person's home to the middle of the unit, in metres in the county's zone. Held posts stay, and
    who holds a post of the level is not proposed for another.

    Parameters
    ----------
    level
        ``pian``, ``zu`` or ``lin``. Where the profile says that it is elected (B01), nobody is proposed: each row has
        the candidates who live in the unit instead.
    mode
        ``total`` makes the sum of distances least, ``longest`` the longest distance.
    along
        ``roads`` measures along the roads and lanes that are loaded, and in a straight line where there are none
        within reach; ``straight`` measures straight lines alone.

    Returns
    -------
    dict
        ``rows`` (unit, person, distance_m, measure, inside, runner_up, runner_up_cost_m, runner_up_outside,
        runner_up_empty), of which ``measure`` is one of ``geodata.rules.road_distance.MEASURES`` or ``straight``;
        ``along`` (how it was measured: ``straight`` where no road is loaded), ``roads`` (whether any is),
        ``infeasible`` (posts that stay empty, those they compete with, and why), ``total_m``, ``longest_m``,
        ``proved``, ``gap_m``, ``elected``, ``held``, ``without_place`` (people of the pool whose home is not known).

    Raises
    ------
    Problem
        ``appoint.no_level`` (known), ``appoint.no_mode`` (known), ``appoint.no_measure`` (known), ``unit.not_found``,
        ``right.missing``.
    """
    _check_asked(level, mode, along)
    scope = actor.scope("appoint")
    top = units.one(db, scope, unit_id)
    if top is None:
        raise Problem("unit.not_found")
    if not pools.may_appoint(scope, top.path, level):
        raise Problem("right.missing", right="appoint")
    profile = settings.profile(db)
    ground, homeless, held = _read(db, profile, actor.scope("officers"), top.path, level)
    elected = pools.is_elected(profile, level)
    measured = _measured(db, ground, level, elected) if along == "roads" else None
    found = _candidates(ground, measured) if elected else _assigned(ground, level, mode, measured)
    return {
        **found, "unit_id": unit_id, "level": level, "mode": mode, "elected": elected, "held": held,
        "along": "straight" if measured is None else "roads", "roads": measured is not None or _has_roads(db, ground),
        "posts": len(ground.posts), "candidates": len(ground.people),
        "without_place": [{"id": row.id, "name": row.name, "code": row.code} for row in homeless[:50]],
    }  # fmt: skip


def _check_asked(level: str, mode: str, along: str) -> None:
    for code, word, known in (("level", level, LEVELS), ("mode", mode, tuple(MODES)), ("measure", along, ALONG)):
        if word not in known:
            raise Problem(f"appoint.no_{code}", known=list(known))


def _measured(db: Db, ground: _Ground, level: str, elected: bool) -> Measured | None:
    """Return the distances along roads of everybody to the posts they could take: of their village, or their 邻."""
    lives, inside = np.array(ground.unit_of), elected or pools.lives_inside_only(level)
    villages = np.array([_village_at(ground, row.path) for row in ground.posts])
    theirs = np.array([row.village_id for row in ground.people])
    wanted = []
    for village in dict.fromkeys(villages.tolist()):
        posts = np.flatnonzero(villages == village)
        ids = np.array([ground.posts[at].id for at in posts.tolist()])
        people = np.flatnonzero(np.isin(lives, ids) if inside else theirs == village)
        pairs = ids[:, None] == lives[people][None, :] if inside else np.ones((len(posts), len(people)), dtype=bool)
        wanted.append((posts, people, pairs))
    return along_roads(db, zone_of_county(db), ground.post_xy, ground.home_xy, wanted)


def _has_roads(db: Db, ground: _Ground) -> bool:
    return len(ground.posts) > 0 and roads_near(db, zone_of_county(db), ground.post_xy)


def _read(db: Db, profile: Profile, seen: Scope, path: str, level: str) -> tuple[_Ground, list[Any], int]:
    """Return the vacant posts and the people for them, the pool's people without a known home, and the posts held."""
    rows = appointments.units_at_levels(db, path, (level,))
    taken = {t.unit_id for t in appointments.terms_under(db, path) if t.post == "chief"}
    posts = [row for row in rows if row.id not in taken]
    pool, busy = pools.pool_of(profile, level), appointments.held_levels(db, level)
    inside_path = "/".join(path.split("/")[: Level.VILLAGE.depth + 1]).rstrip("/") + "/" if path else ""
    villages = {row.path: row.id for row in units.with_level(db, "", Level.VILLAGE)}
    theirs = {unit_id for village_path, unit_id in villages.items() if seen.covers(village_path)}
    able = [
        row
        for row in officers.candidates(db, inside_path)
        if row.village_id in theirs and row.id not in busy and pools.may_be_proposed(person_of(row), pool)
    ]
    placed = [row for row in able if row.home_geom is not None or row.geom is not None]
    zone = zone_of_county(db)
    home_ll = lonlat_of([row.home_geom if row.home_geom is not None else row.geom for row in placed])
    ground = _Ground(
        posts, to_xy(_middles(db, posts), zone), placed, to_xy(home_ll, zone), home_ll,
        _units_of(placed, home_ll, rows), villages,
    )  # fmt: skip
    return ground, [row for row in able if row.home_geom is None and row.geom is None], len(rows) - len(posts)


def person_of(row: Any) -> Person:
    """Return what the choice of an officer turns on, from a row of the store."""
    retired = getattr(row, "retired_at", None) is not None
    return Person(row.id, frozenset(row.tags), row.party, row.vetting, row.away, retired)


def _middles(db: Db, posts: Sequence[Any]) -> NDArray[np.float64]:
    """Return (n, 2) degrees: each unit's label point, the mean of its homes where it has no shape yet."""
    found = np.zeros((len(posts), 2))
    for at, row in enumerate(posts):
        if row.label_lon is not None:
            found[at] = (row.label_lon, row.label_lat)
        else:
            homes = households.under(db, row.path)
            found[at] = lonlat_of([home.geom for home in homes]).mean(axis=0) if homes else (0.0, 0.0)
    return found


def _units_of(people: Sequence[Any], home_ll: NDArray[np.float64], rows: Sequence[Any]) -> list[str]:
    """Return the unit of the posts' level that each person lives in: by the home's membership, else by the place."""
    by_path = {row.path: row.id for row in rows}
    steps = rows[0].path.count("/") if rows else 0
    found = [by_path.get("/".join((row.home_path or "").split("/")[:steps]) + "/", "") for row in people]
    open_ones = [at for at, unit in enumerate(found) if not unit and not people[at].home_path]
    shaped = [row for row in rows if row.geom is not None]
    if open_ones and shaped:
        tree = shapely.STRtree(shapes_of([row.geom for row in shaped]))
        point, shape = tree.query(shapely.points(home_ll[open_ones]), predicate="covered_by")
        for p, s in sorted(zip(point.tolist(), shape.tolist(), strict=True), reverse=True):
            found[open_ones[p]] = shaped[s].id
    return found


def _village_at(ground: _Ground, path: str) -> str:
    return ground.villages.get("/".join(path.split("/")[: Level.VILLAGE.depth + 1]) + "/", "")


def _assigned(ground: _Ground, level: str, mode: str, measured: Measured | None) -> dict[str, Any]:
    """Return the best assignment in rows, and the posts that cannot be filled with the reason."""
    from geodata.rules import nearest  # numba loads when somebody asks for a proposal, not at start

    inside_only = pools.lives_inside_only(level)
    posts = nearest.Posts(
        [row.id for row in ground.posts],
        ground.post_xy,
        np.zeros(len(ground.posts), dtype=np.int64),
        [row.id for row in ground.posts],
        [_village_at(ground, row.path) for row in ground.posts],
        [inside_only] * len(ground.posts),
    )
    people = nearest.Candidates(
        [row.id for row in ground.people],
        ground.home_xy,
        np.ones((len(ground.people), 1), dtype=bool),
        ground.unit_of,
        [row.village_id for row in ground.people],
    )
    few = len(ground.posts) <= RUNNERS_MOST
    distance_m = None if measured is None else measured.matrix(len(ground.posts), len(ground.people))
    done = nearest.assign(posts, people, "longest" if mode == "longest" else "total", distance_m, None if few else ())
    told = _told_measure(ground, measured)
    of_unit = {row.id: _unit(row) for row in ground.posts}
    of_person = {row.id: _person(row, ll) for row, ll in zip(ground.people, ground.home_ll.tolist(), strict=True)}
    rows = [
        {"unit": of_unit[c.post], "person": of_person[c.person], "distance_m": round(c.distance_m, 1),
         "measure": told(c.post, c.person), "inside": c.inside, "runner_up": of_person.get(c.runner_up or ""),
         "runner_up_cost_m": c.extra_m,
         "runner_up_outside": c.extra_outside, "runner_up_empty": c.extra_empty}
        for c in done.rows
    ]  # fmt: skip
    infeasible = [
        {"why": "too_few" if short.candidates else "nobody", "empty": [of_unit[i] for i in short.empty],
         "posts": [of_unit[i] for i in short.posts], "candidates": [of_person[i] for i in short.candidates]}
        for short in done.unfilled
    ]  # fmt: skip
    gap_m = None if done.gap_m == float("inf") else done.gap_m
    return {"rows": rows, "infeasible": infeasible, "total_m": done.total_m, "longest_m": done.longest_m,
            "proved": done.proved, "gap_m": gap_m}  # fmt: skip


def _told_measure(ground: _Ground, measured: Measured | None) -> Callable[[str, str], str]:
    """Return what tells how the distance of a post and a person, by id, came about."""
    if measured is None:
        return lambda post, person: "straight"
    post_at = {row.id: at for at, row in enumerate(ground.posts)}
    person_at = {row.id: at for at, row in enumerate(ground.people)}
    return lambda post, person: measured.measure_of(post_at[post], person_at[person])


def _candidates(ground: _Ground, measured: Measured | None) -> dict[str, Any]:
    """Return for each post that is elected the people who live in the unit, nearest to its middle first."""
    living: dict[str, list[int]] = {}
    for at, unit_id in enumerate(ground.unit_of):
        living.setdefault(unit_id, []).append(at)
    told = _told_measure(ground, measured)
    rows = []
    for number, row in enumerate(ground.posts):
        inside = living.get(row.id, [])
        far = _far(ground, measured, number, inside)
        order = np.lexsort(([ground.people[at].id for at in inside], far)).tolist()
        shown = [
            {"person": _person(ground.people[inside[at]], ground.home_ll[inside[at]].tolist()),
             "distance_m": round(float(far[at]), 1), "measure": told(row.id, ground.people[inside[at]].id),
             "inside": True}
            for at in order[:CANDIDATES_SHOWN]
        ]  # fmt: skip
        rows.append({"unit": _unit(row), "person": None, "candidates": shown, "candidates_total": len(inside)})
    empty = [row["unit"] for row in rows if not row["candidates"]]
    infeasible = [{"why": "nobody", "empty": [one], "posts": [one], "candidates": []} for one in empty]
    return {"rows": rows, "infeasible": infeasible, "total_m": None, "longest_m": None, "proved": True, "gap_m": 0.0}


def _far(ground: _Ground, measured: Measured | None, post: int, people: list[int]) -> NDArray[np.float64]:
    """Return how far some people live from a post, in metres."""
    if measured is None:
        return np.hypot(*(ground.home_xy[people] - ground.post_xy[post]).T) if people else np.zeros(0)
    return np.array([measured.metres_of(post, one) for one in people])


def _unit(row: Any) -> dict[str, Any]:
    place = [row.label_lon, row.label_lat] if row.label_lon is not None else None
    return {"id": row.id, "level": row.level, "code": row.code, "name": row.name, "path": row.path,
            "homes": row.homes, "place": place}  # fmt: skip


def _person(row: Any, place: Sequence[float]) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "code": row.code, "party": row.party, "tags": row.tags,
            "vetting": row.vetting, "place": list(place)}  # fmt: skip
