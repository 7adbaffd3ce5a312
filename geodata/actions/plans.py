from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.actions import net
from geodata.actions.adopt import adopt
from geodata.actions.stitching import stitch_in
from geodata.rules import review
from geodata.rules.actors import Actor
from geodata.rules.asof import COUNTY_TIME
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, households, plans, publications, settings, tilecache, units, violations
from geodata.store.database import Db
from geodata.store.types import as_wkb, shapes_of

if TYPE_CHECKING:  # the cutting behind it takes a second to load, and a server that only publishes never needs it
    from geodata.rules.proposal import Proposal

BLOCKING = ("gap", "overlap", "outside_parent", "home_in_no_unit", "home_in_two_units", "home_outside_unit")
"""Violations that keep a plan from being published: the net would not be whole. Sizes are soft (A01)."""


def keep(
    db: Db, actor: Actor, now: dt.datetime, proposal: Proposal, seed: int, based_on: int, variant: str = ""
) -> str:
    """Store a drafted village as a Plan with its first revision; live data do not change. Returns the plan's id.

    Parameters
    ----------
    based_on
        The village's last publication (``publications.last_on``) when its ground was read, not when the draft was done.
    """
    village = units.one(db, actor.scope("draft"), proposal.village_id)
    if village is None:
        raise Problem("scope.outside", what="unit")
    levels = Counter(proposal.units["level"])
    found = Counter(v.severity for v in proposal.violations)
    counts = {
        **{level: levels[level] for level in ("pian", "zu", "lin")},
        "homes": len(proposal.members["household_id"]),
        "error": found["error"],
        "warning": found["warning"],
        "size_spread": round(proposal.size_spread, 2),
        "homes_moved": proposal.homes_moved,
    }
    plan_id = plans.add(
        db,
        now,
        actor.name,
        unit_id=village.id,
        name=village.name,
        based_on=based_on,
        seed=seed,
        objective_m2=proposal.objective_m2,
        counts=counts,
        variant=variant,
    )
    at = proposal.units["unit_id"].index(village.id)
    for name in ("name", "kind", "parent_id", "fill"):  # a draft may not change these of the village itself
        proposal.units[name][at] = getattr(village, name)
    shapes = np.empty(len(proposal.units["geom"]), dtype=object)
    shapes[:] = proposal.units["geom"]
    plans.add_content(db, plan_id, 1, {**proposal.units, "geom": shapes}, proposal.members)
    paths = dict(zip(proposal.units["unit_id"], proposal.units["path"], strict=True))
    violations.add(db, plan_id, village.id, village.path, proposal.violations, paths)
    audit.record(db, actor, now, "plan.drafted", plan_id, village.path, counts=counts)
    return plan_id


def show(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> Any:
    """Return a plan, or ``plan.not_found``."""
    found = plans.one(db, actor.scope("see"), plan_id)
    if found is None:
        raise Problem("plan.not_found")
    return found


def hold(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> Any:
    """Return a plan as ``show`` does, held against others until the transaction ends."""
    found = plans.hold(db, plan_id)
    if found is None or not actor.scope("see").covers(found.unit_path):
        raise Problem("plan.not_found")
    return found


def drop(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> None:
    """Put a draft away; it stays readable."""
    found = show(db, actor, now, plan_id)
    if found.state in review.OPEN:
        plans.set_state(db, [plan_id], review.take(actor, found.unit_path, found.state, "drop"))
        audit.record(db, actor, now, "plan.dropped", plan_id, found.unit_path)


class Difference:
    """What publishing a plan would change in the net, by unit and by home."""

    def __init__(self, db: Db, plan: Any) -> None:
        self.planned = plans.units_of(db, plan.id, plan.head)
        levels = (Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN)
        self.current = {row.id: row for row in units.with_shapes(db, plan.unit_path, levels)}
        before = {home.id: home.unit_id for home in households.under(db, plan.unit_path)}
        after = {row.household_id: row.unit_id for row in plans.members_of(db, plan.id, plan.head)}
        self.same_homes = before.keys() == after.keys()
        self.changed = [row for row in self.planned if self._differs(row)]
        kept = {row.unit_id for row in self.planned}
        self.gone = [row for unit_id, row in self.current.items() if unit_id not in kept]
        self.moved = sorted((home, unit_id) for home, unit_id in after.items() if before.get(home) != unit_id)
        self.homes = len(after)

    def _differs(self, row: Any) -> bool:
        old = self.current.get(row.unit_id)
        if old is None:
            return True
        same = all(getattr(old, key) == getattr(row, key) for key in ("code", "name", "path", "parent_id", "homes"))
        return not same or as_wkb(old.geom) != as_wkb(row.geom)

    def counts(self) -> dict[str, int]:
        """Return the numbers that the page shows before a person publishes."""
        new = sum(1 for row in self.changed if row.unit_id not in self.current)
        return {
            "homes": self.homes,
            "homes_changed": len(self.moved),
            "units_new": new,
            "units_changed": len(self.changed) - new,
            "units_gone": len(self.gone),
        }


def changes(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> dict[str, int]:
    """Return what publishing a plan would change: homes that change hands, units new, changed and gone."""
    return Difference(db, show(db, actor, now, plan_id)).counts()


def publish(
    db: Db, actor: Actor, now: dt.datetime, plan_id: str, reason: str = "", dated: dt.date | None = None
) -> str:
    """Make a plan the net of its ground from now on, in one dated transaction with a ledger entry.

    Parameters
    ----------
    dated
        The day that the decision bears, today where none is given. The net changes at ``now`` whatever it says: what
        was in force on an earlier day stays what it was.

    Raises
    ------
    Problem
        ``plan.not_found``; ``plan.published`` when it is in force; ``plan.replaced`` and ``plan.undone`` when it was;
        ``plan.dropped`` when it was put away; ``plan.superseded`` when another was published instead;
        ``plan.dated_ahead`` (today) for a day to come;
        ``plan.stale`` (based_on, newest) when the village's net or homes changed since the plan was made;
        ``plan.broken`` (count, rules) when it is not whole.
    """
    publications.take_turn(db)
    plan = show(db, actor, now, plan_id)
    actor.scope("publish").require(plan.unit_path, "plan")
    if plan.state not in review.OPEN:
        raise Problem(f"plan.{plan.state}")
    today = now.astimezone(COUNTY_TIME).date()
    if dated is not None and dated > today:
        raise Problem("plan.dated_ahead", today=today.isoformat())
    newest = publications.last_on(db, plan.unit_path)
    difference = Difference(db, plan)
    if newest != plan.based_on or not difference.same_homes:
        raise Problem("plan.stale", based_on=plan.based_on, newest=newest)
    broken = violations.rules_of(db, plan_id, BLOCKING)
    if broken:
        raise Problem("plan.broken", count=sum(broken.values()), rules=sorted(broken))
    moment = publications.moment_after_last(db, now)
    _apply(db, difference, moment)
    stitch_in(db, plan.unit_path)
    seq = publications.record(
        db,
        moment,
        "publish",
        actor.name,
        reason,
        unit_id=plan.unit_id,
        plan_id=plan_id,
        counts=difference.counts(),
        dated=(dated or today).isoformat(),
    )
    _settle(db, plan, moment)
    publication_id = publications.by_seq(db, seq).id
    audit.record(db, actor, now, "plan.published", publication_id, plan.unit_path, counts=difference.counts())
    return str(publication_id)


def _apply(db: Db, difference: Difference, moment: dt.datetime) -> None:
    rows = difference.changed
    units.end(db, [row.id for row in difference.gone] + [row.unit_id for row in rows], moment)
    if rows:
        columns: dict[str, Any] = {
            name: [getattr(row, name) for row in rows] for name in plans.UNIT_COLUMNS if name != "unit_id"
        }
        columns["id"] = [row.unit_id for row in rows]
        columns["geom"] = shapes_of(columns["geom"])
        units.add(db, columns, moment)
    households.leave(db, [home for home, _ in difference.moved], moment)
    households.place(db, [home for home, _ in difference.moved], [unit_id for _, unit_id in difference.moved], moment)


def _settle(db: Db, plan: Any, moment: dt.datetime) -> None:
    """Put away the other drafts of the village, move the violations over and drop the tiles of the ground."""
    others = [row.id for row in plans.open_on(db, plan.unit_path) if row.id != plan.id]
    plans.set_state(db, others, "superseded")
    plans.put_in_force(db, plan.unit_path, plan.id)
    violations.clear(db, "", plan.unit_id)
    violations.copy(db, plan.id, "", plan.unit_id)
    refresh_tiles(db, plan.unit_path)


def _settle_undone(db: Db, entry: Any, path: str) -> None:
    """Let the plans of a ground tell which is in force after an entry of the ledger was undone."""
    first, again = entry, False
    while first.kind == "undo":  # undoing an undoing brings back what that took away
        first, again = publications.by_seq(db, first.undoes), not again
    if again:
        plans.put_in_force(db, path, first.plan_id)
        return
    plans.set_state(db, [first.plan_id], "undone")
    before = publications.plan_before(db, first.unit_id, first.seq)
    if before is not None:
        plans.set_state(db, [before], "published")


def refresh_tiles(db: Db, path: str) -> None:
    """Give the net a new version and drop the kept tiles over a village's ground, in the change's transaction."""
    settings.raise_net_version(db)  # first: whoever keeps a tile holds the version meanwhile
    shapes = [s for s in shapes_of([r.geom for r in units.with_shapes(db, path, (Level.VILLAGE,))]) if s is not None]
    if shapes:
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
        tilecache.drop(db, (west, south, east, north))


def undo(db: Db, actor: Actor, now: dt.datetime, publication_id: str, reason: str = "") -> str:
    """Undo a publication by another one of today; the ledger keeps both. Returns the new publication's id.

    Raises
    ------
    Problem
        ``publication.not_found``; ``publication.undone`` when it was undone before; ``publication.not_undoable`` for
        an import; ``publication.not_last`` when the village's net changed again since.
    """
    publications.take_turn(db)
    entry = publications.one(db, publication_id)
    village = units.one(db, actor.scope("publish"), entry.unit_id) if entry is not None and entry.unit_id else None
    if entry is None or (entry.unit_id and village is None):
        raise Problem("publication.not_found")
    if entry.kind == "import" or village is None:
        raise Problem("publication.not_undoable", kind=entry.kind)
    if entry.undone_by is not None:
        raise Problem("publication.undone")
    if publications.last_on(db, village.path) != entry.seq:
        raise Problem("publication.not_last", seq=entry.seq)
    moment = publications.moment_after_last(db, now)
    counts, left_behind = publications.reverse(db, entry.at, moment)
    stitch_in(db, village.path)
    households.leave(db, left_behind, moment)
    adopt(db, moment, left_behind)
    seq = publications.record(
        db, moment, "undo", actor.name, reason, unit_id=village.id, undoes=entry.seq, counts=counts
    )
    publications.mark_undone(db, entry.seq, seq)
    _settle_undone(db, entry, village.path)
    net.recount(db, village.path)
    from geodata.actions.check import check_village  # scipy and numba load when they are needed, not at start

    check_village(db, actor, now, village.id)
    refresh_tiles(db, village.path)
    undone_id = str(publications.by_seq(db, seq).id)
    audit.record(db, actor, now, "publication.undone", undone_id, village.path, counts=counts)
    return undone_id
