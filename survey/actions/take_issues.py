"""Another platform's issues come in by file, each once: known again by the platform and its reference (D06, H01, H04).

Importing this module makes ``issues`` a kind of file (``geodata.actions.bringers``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from geodata.actions.bringers import Bringer, register
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import categories, issue_intake, issues
from survey.actions.bringing import ONCE, Compared, Row, compare_rows, resolve
from survey.actions.outside_places import SpotFinder
from survey.rules.categories import finder
from survey.rules.issue_report import read_report
from survey.rules.outside_words import DONE_THERE, update_note
from survey.store import outside

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

KIND, SETTING = "issues", "outside_categories"
_NAMESPACE = uuid.UUID("0d7c9d3e-6f1f-5a0c-8f53-52e0e5b6a1d4")
_SAID = ("text", "state", "category", "place", "unit", "zu", "lon", "lat")
"""What a platform says of an issue; when it was reported never changes."""


def _has_places(frame: Any, mapping: Mapping[str, str]) -> bool:
    from geodata.rules.intake_places import has_places

    return has_places(frame, mapping)


def understand(db: Db, frame: Any, mapping: Mapping[str, str], guess: Any, county: Any) -> tuple[Any, list[Any]]:
    """Return the issues of a file with their categories and places, and the rows refused; nothing is written.

    Beside what ``survey.rules.outside_rows`` refuses: ``outside.unknown_category`` (category), ``outside.no_unit``
    (unit), ``outside.no_place``, ``issue.outside`` (lon, lat) for a place in no unit.
    """
    from survey.rules.outside_rows import issues_from

    said = frame.attrs.get("said", {})
    rows, refusals = issues_from(frame, mapping, guess, county, said.get("platform", ""))
    rows.attrs["categories"] = said.get("categories", {})
    rows["lon"], rows["lat"] = ([getattr(place, axis, None) for place in rows.geometry] for axis in ("x", "y"))
    rows = resolve(rows, refusals, "place", "spot", SpotFinder(db, rows))
    rows = resolve(rows, refusals, "category", "category_id", category_finder(db, rows.attrs["categories"]))
    return rows, sorted(refusals, key=lambda refusal: refusal.row)


def category_finder(db: Db, said: Mapping[str, str]) -> Callable[[Row], str]:
    """Return what finds the category of a row: as a person said, as said of that platform before, else by the list.

    What it returns raises ``outside.unknown_category`` (category).
    """
    rows = categories.known(db, ONCE)
    known = {**finder(rows), **{row.id: row for row in rows}}
    before: dict[str, dict[str, str]] = settings.get(db, SETTING, {})

    def find(row: Row) -> str:
        word = row["category"]
        wanted = said.get(word) or before.get(row["platform"], {}).get(word) or word
        found = known.get(wanted.strip().casefold())
        if found is None:
            raise Problem("outside.unknown_category", category=word[:80])
        return str(found.id)

    return find


def _compared(db: Db, rows: Any) -> Compared:
    held = {}
    for platform, part in rows.groupby("platform"):
        held.update(
            {(platform, ref): row for ref, row in outside.known(db, platform, part["reference"].tolist()).items()}
        )

    def change(row: Any, said: Row) -> Row:
        return said if row.digest != _digest(said) else {}

    return compare_rows(rows, lambda row: held.get((row["platform"], row["reference"])), change)


def _digest(row: Row) -> str:
    said = [row[name] if row[name] == row[name] else None for name in _SAID]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def compare(db: Db, rows: Any) -> dict[str, int]:
    """Return how many rows are new, changed and unchanged against what was brought before."""
    return _compared(db, rows).counts()


def take_issues(db: Db, actor: Actor, now: dt.datetime, rows: Any) -> Taken:
    """Bring issues in: each becomes one issue, a row that says something else than before a note under it.

    Parameters
    ----------
    rows
        As :func:`understand` gives them. A row from the future is refused (``outside.in_future``), and what raising an
        issue or noting something refuses.
    """
    if not actor.may("report"):
        raise Problem("right.missing", right="report")
    categories.ensure(db, now)
    found = _compared(db, rows)
    taken = found.taken()
    told = [(row, _body(row, now)) for row in found.new]
    new = [(row, body) for row, body in told if not _refused(taken, row, _objection(body, now))]
    issue_intake.report_many(db, actor, [body for _, body in new])
    outside.add(db, [{"platform": row["platform"], "reference": row["reference"], "issue_id": body["id"],
                      "digest": _digest(row)} for row, body in new])  # fmt: skip
    noted = [row for held, row in found.changed if not _refused(taken, row, _note(db, actor, now, held, row))]
    taken.new, taken.changed = len(new), len(noted)
    _remember(db, rows)
    audit.record(db, actor, now, "import.issues", counts=taken.counts(), platforms=sorted(set(rows["platform"])))
    return taken


def _objection(body: Row, now: dt.datetime) -> Problem | None:
    """Return why a row cannot be raised, or None."""
    latest = max([body["at"], *(step["at"] for step in body["events"])])
    if latest > now:
        return Problem("outside.in_future", value=latest.isoformat())
    try:
        read_report(body)
    except Problem as problem:
        return problem
    return None


def _refused(taken: Taken, row: Row, problem: Problem | None) -> bool:
    """Note why a row could not be taken in; tell whether it could not."""
    from geodata.rules.intake_rows import Refusal

    if problem is not None:
        taken.refusals.append(Refusal(int(row["row"]), "reference", row["reference"], problem.code, problem.values))
    return problem is not None


def _body(row: Row, now: dt.datetime) -> dict[str, Any]:
    """Return a row as a report, with what happened to it on the other platform; its id is made of its reference."""
    raiser = {name: row[name] for name in ("name", "phone") if row[name]}
    at, issue_id = row["at"] or now, uuid.uuid5(_NAMESPACE, f"{row['platform']}\x1f{row['reference']}")
    return {
        "id": str(issue_id), "at": at, "found_at": at.isoformat(), "category_id": row["category_id"],
        "text": row["text"], **row["spot"], "source": row["source"], "events": list(_done(row, at, issue_id)),
        **({"grade": row["grade"]} if row["grade"] else {}), **({"raiser": raiser} if raiser else {}),
    }  # fmt: skip


def _done(row: Row, at: dt.datetime, issue_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Return the steps of an issue that the other platform has closed: taken, solved, answered and closed there.

    Where the file does not say when, it counts as closed when it was reported, for any other day would be invented.
    """
    when = row["closed_at"] or at
    text = DONE_THERE.format(platform=row["platform"])
    steps: tuple[tuple[str, dict[str, Any]], ...]
    steps = (("accepted", {}), ("solved", {"remedy": [], "text": text}), ("answered", {"how": "notice", "text": text}),
             ("closed", {"note": text}))  # fmt: skip
    for ahead, (kind, detail) in enumerate(steps if row["state"] == "closed" else (), 1 - len(steps)):
        event_id = str(uuid.uuid5(issue_id, kind))
        moment = when + dt.timedelta(microseconds=ahead)  # events of one moment would be read in the order of their ids
        yield {"id": event_id, "kind": kind, "at": moment, "detail": detail}


def _note(db: Db, actor: Actor, now: dt.datetime, held: Any, row: Row) -> Problem | None:
    """Write under an issue what its platform says of it now; the same words again are the same note."""
    digest = _digest(row)
    event_id = str(uuid.uuid5(uuid.UUID(held.issue_id), digest))
    detail = {"text": update_note(row["platform"], row["text"], row["state"])}
    try:
        issues.step(db, actor, now, held.issue_id, issues.Wish(event_id, "noted", detail))
    except Problem as problem:
        if problem.code != "issue.gone":  # one that was withdrawn here does not come back because it goes on there
            return problem
    outside.set_digest(db, row["platform"], row["reference"], digest)
    return None


def _remember(db: Db, rows: Any) -> None:
    """Keep what a person said that a platform's words stand for, for its next file."""
    said = rows.attrs.get("categories", {})
    if not said:
        return
    kept: dict[str, dict[str, str]] = settings.get(db, SETTING, {})
    for platform in sorted(set(rows["platform"])):
        kept[platform] = {**kept.get(platform, {}), **said}
    settings.put(db, SETTING, kept)


register(KIND, Bringer(_has_places, understand, compare, take_issues))
