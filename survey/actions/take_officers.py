"""People come in by file: recognised by their code, else by ID number, else by name and telephone.

Importing this module makes ``officers`` a kind of file (``geodata.actions.bringers``).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geodata.actions.bringers import Bringer, register
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of
from survey.actions.writing import code_for, id_digest, phone_digest
from survey.store import officers

if TYPE_CHECKING:
    from geodata.actions.take_units import Taken

KIND = "officers"
_PLAIN = ("name", "village", "village_id", "household_id", "party", "tags", "vetting", "vetted_on", "vetted_by",
          "away", "training_due", "training_done")  # fmt: skip
_SAME_DEG = 1e-7  # a centimetre: a file writes coordinates with so many digits


def _has_places(frame: Any, mapping: Mapping[str, str]) -> bool:
    from geodata.rules.intake_places import has_places

    return has_places(frame, mapping)


def understand(db: Db, frame: Any, mapping: Mapping[str, str], guess: Any, county: Any) -> tuple[Any, list[Any]]:
    """Return the officers of a file with the villages and homes they name, and the rows refused; nothing is written.

    Beside what ``survey.rules.officer_rows`` refuses: ``officer.no_home`` (code) for a home that the county does not
    have. A village that is not known is kept as text: the person then belongs to the whole county until it is.
    """
    import pandas as pd

    from geodata.rules.intake_rows import Refusal
    from survey.rules.officer_rows import officers_from

    villages = {row.code: row for row in units.with_level(db, "", Level.VILLAGE)}
    rows, refusals = officers_from(frame, mapping, guess, county, {code: row.name for code, row in villages.items()})
    given = set(rows.attrs["given"])
    homes = officers.homes_by_code(db, [code for code in rows["household"] if code])
    unknown = [bool(code) and code not in homes for code in rows["household"]]
    for number, code in zip(rows["row"][unknown], rows["household"][unknown], strict=True):
        refusals.append(Refusal(int(number), "household", str(code)[:80], "officer.no_home", {"code": code}))
    rows = rows[[not bad for bad in unknown]].reset_index(drop=True)
    ids = [homes[code][0] if code else None for code in rows["household"]]
    rows["household_id"] = pd.Series(ids, dtype=object)  # objects: a column of text would turn None into NaN
    rows["village_id"] = pd.Series(_villages(db, rows, villages, homes), dtype=object)
    rows.attrs["given"] = sorted(given | {"village_id"} | ({"household_id"} if "household" in given else set()))
    return rows, sorted(refusals, key=lambda refusal: refusal.row)


def _villages(db: Db, rows: Any, villages: Mapping[str, Any], homes: Mapping[str, tuple[str, str]]) -> list[Any]:
    """Return the village of each row: the one it names, else its home's, else the one its place lies in."""
    import shapely

    from geodata.store.types import shapes_of

    by_path = {row.path: row.id for row in villages.values()}
    steps = Level.VILLAGE.depth + 1
    found: list[Any] = []
    for named, home in zip(rows["village"], rows["household"], strict=True):
        path = "/".join(homes[home][1].split("/")[:steps]) + "/" if home else ""
        found.append(villages[named].id if named in villages else by_path.get(path))
    lost = [at for at, known in enumerate(found) if known is None and rows.geometry[at] is not None]
    shaped = units.with_shapes(db, "", (Level.VILLAGE,)) if lost else []
    shaped = [row for row in shaped if row.geom is not None]
    if shaped:
        tree = shapely.STRtree(shapes_of([row.geom for row in shaped]))
        point, shape = tree.query([rows.geometry[at] for at in lost], predicate="covered_by")
        for p, s in zip(point.tolist(), shape.tolist(), strict=True):
            found[lost[p]] = found[lost[p]] or shaped[s].id
    return found


class _Known:
    """The register as it is, found by code, by ID number, or by name and telephone."""

    def __init__(self, db: Db) -> None:
        self.vault = db.vault
        everybody = officers.known(db)
        self.merged = {row.code for row in everybody if row.merged_into is not None}
        rows = [row for row in everybody if row.merged_into is None]
        self.by_code = {row.code: row for row in rows}
        self.by_id = {row.id_digest: row for row in rows if row.id_digest}
        self.by_phone = {(row.name, row.phone_digest): row for row in rows if row.phone_digest}

    def code(self, row: Mapping[str, Any]) -> str:
        """Return the code of a row: the county's own, else the one that name and telephone give."""
        return row["code"] or code_for(self.vault, row["name"], row["phone"], row["village"])

    def find(self, row: Mapping[str, Any]) -> Any:
        """Return the officer that a row of a file is, or None."""
        found = self.by_code.get(self.code(row))
        if found is None and row["id_no"]:
            found = self.by_id.get(id_digest(self.vault, row["id_no"]))
        if found is None and row["phone"]:
            found = self.by_phone.get((row["name"], phone_digest(self.vault, row["phone"])))
        return found


def _columns(db: Db, officer_id: str, row: Mapping[str, Any], given: set[str]) -> dict[str, Any]:
    """Return the columns of the store for the fields that a file gives."""
    vault = db.vault
    kept = {name: row[name] for name in _PLAIN if name in given or name == "name"}
    if "phone" in given:
        kept["phone_digest"] = phone_digest(vault, row["phone"])
    if "id_no" in given:
        kept["id_digest"] = id_digest(vault, row["id_no"])
    if row["party"]:
        kept["party"] = True  # among the tags, in a file without a column for it
    if row["geometry"] is not None:
        kept["geom"] = row["geometry"]
    return kept


def _differences(held: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that say something else than the store does; a village that was not found changes nothing."""
    changed = {}
    for name, value in columns.items():
        now_held = getattr(held, name)
        if name == "geom":
            same = now_held is not None and abs(lonlat_of([now_held])[0] - (value.x, value.y)).max() < _SAME_DEG
        else:
            same = now_held == value or (name == "village_id" and value is None)
        if not same:
            changed[name] = value
    return changed


def _sealed(db: Db, officer_id: str, row: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sealed fields that belong to the digests among some columns."""
    pairs = (("phone", "phone_digest"), ("id_no", "id_digest"))
    return {
        f"{name}_sealed": db.vault.seal(row[name], f"officer:{name}:{officer_id}")
        for name, digest in pairs
        if digest in columns
    }


def compare(db: Db, rows: Any) -> dict[str, int]:
    """Return how many rows are new, changed and unchanged against the register."""
    known, given = _Known(db), set(rows.attrs["given"])
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for row in rows.to_dict("records"):
        held = known.find(row)
        if known.code(row) in known.merged:
            counts["unchanged"] += 1
        elif held is None:
            counts["new"] += 1
        else:
            differs = _code_change(row, held) | _differences(held, _columns(db, held.id, row, given))
            counts["changed" if differs else "unchanged"] += 1
    return counts


def _code_change(row: Mapping[str, Any], held: Any) -> dict[str, str]:
    """Return the county's own code for somebody who was known by another."""
    return {"code": row["code"]} if row["code"] and row["code"] != held.code else {}


def take_officers(db: Db, actor: Actor, now: dt.datetime, rows: Any) -> Taken:
    """Bring people in: new ones are added, changed ones overwritten where the file says something, the rest stays.

    A column that the file does not have leaves what the register says. Two rows that are one person
    (``officer.repeated``), and one who has left (``officer.retired``), are refused.

    Parameters
    ----------
    rows
        As :func:`understand` gives them.
    """
    from geodata.actions.take_units import Taken
    from geodata.rules.intake_rows import Refusal

    if not actor.may("officers"):
        raise Problem("right.missing", right="officers")
    taken, known, given = Taken(), _Known(db), set(rows.attrs["given"])
    new: dict[str, list[Any]] = {}
    met: dict[str, int] = {}
    for row in rows.to_dict("records"):
        if known.code(row) in known.merged:  # people have said already who this is
            taken.unchanged += 1
            continue
        held = known.find(row)
        key = held.id if held is not None else known.code(row)
        if key in met or (held is not None and held.retired_at is not None):
            why = ("officer.repeated", {"rows": [met[key], int(row["row"])]}) if key in met else ("officer.retired", {})
            taken.refusals.append(Refusal(int(row["row"]), "name", str(row["name"]), *why))
            continue
        met[key] = int(row["row"])
        if held is None:
            taken.new += 1
            _collect(db, new, row, given, key)
        elif _overwrite(db, now, held, row, given):
            taken.changed += 1
        else:
            taken.unchanged += 1
    if new:
        officers.add(db, new, now)
    audit.record(db, actor, now, "import.officers", counts=taken.counts())
    return taken


def _collect(db: Db, new: dict[str, list[Any]], row: Mapping[str, Any], given: set[str], code: str) -> None:
    """Add a row to the columns of those who are new; every column is written for every row."""
    officer_id = str(uuid.uuid4())
    columns: dict[str, Any] = {**_columns(db, officer_id, row, {*_PLAIN, "phone", "id_no"}), "geom": row["geometry"]}
    columns |= {"id": officer_id, "code": code, **_sealed(db, officer_id, row, columns)}
    for name, value in columns.items():
        new.setdefault(name, []).append(value)


def _overwrite(db: Db, now: dt.datetime, held: Any, row: Mapping[str, Any], given: set[str]) -> bool:
    """Write what a row says of somebody who is known; return whether that was anything new."""
    changed = _code_change(row, held) | _differences(held, _columns(db, held.id, row, given))
    if not changed:
        return False
    if "code" in changed and officers.code_taken(db, changed["code"], held.id):
        del changed["code"]
    officers.change(db, held.id, {**changed, **_sealed(db, held.id, row, changed)}, now)
    return True


register(KIND, Bringer(_has_places, understand, compare, take_officers))
