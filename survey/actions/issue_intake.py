"""Many issues at once, from a file or a drawing of lots: the same rows as one by one, found and numbered together."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import shapes_of
from survey.actions import issue_routes, issues
from survey.actions.answering import Spot
from survey.rules import chiefs
from survey.rules.chiefs import Place
from survey.rules.deadlines import day_of
from survey.rules.issue_report import Report, read_report
from survey.rules.issue_row import columns_of
from survey.rules.issues import fold
from survey.store import appointments
from survey.store import issues as kept


class Net:
    """Today's net in memory, by which many places find their chains at once."""

    def __init__(self, db: Db) -> None:
        rows = [row for row in units.with_shapes(db, "", tuple(Level)) if row.geom is not None]
        self.rows = sorted(rows, key=lambda row: (-row.path.count("/"), row.code))
        self.by_path = {row.path: row for row in self.rows}
        self.tree = shapely.STRtree(shapes_of([row.geom for row in self.rows]) if rows else np.zeros(0, dtype=object))
        self.places = {row.id: Place(row.id, row.level, row.parent_id) for row in self.rows}
        self.held = {t.unit_id: t.officer_id for t in appointments.terms_under(db, "") if t.post == chiefs.CHIEF}

    def stand(self, places: Sequence[tuple[float, float]]) -> list[Spot | None]:
        """Return where places (lon, lat in EPSG:4490 degrees) lie, None for those outside the county."""
        best: dict[int, int] = {}
        points, shapes = self.tree.query(shapely.points(np.array(places).reshape(-1, 2)), predicate="covered_by")
        for point, shape in zip(points.tolist(), shapes.tolist(), strict=True):
            best[point] = min(shape, best.get(point, shape))  # the rows are sorted: the deepest first, then by code
        return [self._spot(best.get(n)) for n in range(len(places))]

    def _spot(self, at: int | None) -> Spot | None:
        if at is None:
            return None
        steps = self.rows[at].path.split("/")[:-1]
        paths = ("/".join(steps[: n + 1]) + "/" for n in range(len(steps)))
        return Spot([self.by_path[path] for path in paths if path in self.by_path])

    def chief(self, unit_id: str) -> str:
        """Return who answers for a unit, "" where the village itself does."""
        return chiefs.answering(self.places, self.held, unit_id).officer_id or ""


def report_many(db: Db, actor: Actor, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Raise many issues in one transaction; none of their ids may be there yet.

    Parameters
    ----------
    rows
        Each a report as ``survey.actions.issues.report`` takes it, with ``id``, ``at`` (aware moment) and ``events``:
        what happened to it since, as (kind, moment, detail) in order, taken by the desk.

    Returns
    -------
    dict
        How many issues of each ``state`` were written.

    Raises
    ------
    Problem
        What one report raises, with ``row`` (its place among the rows) added: nothing is written then.
    """
    told = [_told(row, n) for n, row in enumerate(rows)]
    net, known = Net(db), kept.categories(db)
    spots = net.stand([(one.lon, one.lat) for one in told]) if told else []
    maker = _Maker(db, actor, net)
    written: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for n, (row, report, spot) in enumerate(zip(rows, told, spots, strict=True)):
        if spot is None:
            raise Problem("issue.outside", lon=report.lon, lat=report.lat, row=n)
        if report.category_id not in known:
            raise Problem("issue.unknown_category", row=n)
        one, happened = maker.rows(row, report, spot, known[report.category_id])
        written.append(one)
        events += happened
    kept.add_many(db, written, events)
    return dict(Counter(str(one["state"]) for one in written))


def _told(row: Mapping[str, Any], at: int) -> Report:
    try:
        return read_report(row)
    except Problem as problem:
        raise Problem(problem.code, **{**problem.values, "row": at}) from None


class _Maker:
    """Makes the rows of one issue after the other, each question to the store asked once for all."""

    def __init__(self, db: Db, actor: Actor, net: Net) -> None:
        self.db, self.actor, self.net = db, actor, net
        self.numbers: Counter[dt.date] = Counter()
        self.calendar = issues.calendar_of(db)

    def rows(
        self, row: Mapping[str, Any], report: Report, spot: Spot, category: Any
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the issue's row and those of its events."""
        target = issue_routes.target(self.db, category, spot, report.lon, report.lat)
        first: dict[str, Any] = {
            "category_id": report.category_id, "grade": report.grade or category.grade, "level": target.level,
            "holder": {"kind": target.kind, "id": target.id}, "told": [], "why": target.why,
        }  # fmt: skip
        happened = [self._event(row["id"], row["id"], "reported", row["at"], "raiser", first, report)]
        happened += [
            self._event(row["id"], one["id"], one["kind"], one["at"], "desk", one.get("detail", {}), None)
            for one in row.get("events", ())
        ]
        case = fold([issues.event_of(one) for one in happened])
        assert case is not None
        fixed = self._fixed(row, report, spot) | {"restricted": category.restricted, "holder_path": target.path}
        return fixed | columns_of(case, self.calendar), happened

    def _fixed(self, row: Mapping[str, Any], report: Report, spot: Spot) -> dict[str, Any]:
        day = day_of(row["at"])
        if day not in self.numbers:
            self.numbers[day] = kept.next_number(self.db, day)
        number = self.numbers[day]
        self.numbers[day] += 1
        return issues.fixed(
            self.db, self.actor, row["at"], str(row["id"]), report, spot, (number, self.net.chief(spot.unit_id))
        )

    def _event(
        self, issue_id: str, event_id: str, kind: str, at: dt.datetime, capacity: str, detail: Mapping[str, Any],
        report: Report | None,
    ) -> dict[str, Any]:  # fmt: skip
        place = (report.lon, report.lat) if report is not None else (None, None)
        return {
            "id": event_id, "issue_id": issue_id, "kind": kind, "after": "", "by": self.actor.name,
            "by_id": self.actor.id, "capacity": capacity, "level": "" if capacity == "raiser" else "village",
            "at": at, "device_at": None, "lon": place[0], "lat": place[1], "detail": dict(detail),
        }  # fmt: skip
