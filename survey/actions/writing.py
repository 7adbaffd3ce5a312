"""What is known of an officer on its way into the store: checked, placed, sealed; one way for forms and for files."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import shapely

from geodata.rules.actors import EVERYWHERE
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.vault import Vault
from survey.rules import register
from survey.store import officers

FIELDS = (
    "code", "name", "phone", "id_no", "village", "household", "party", "tags", "vetting", "vetted_on", "vetted_by",
    "away", "training_due", "training_done", "place",
)  # fmt: skip
_DAYS = ("vetted_on", "training_due", "training_done")
_TEXT_MOST = {"code": 64, "phone": 60, "village": 100, "household": 64, "vetted_by": 100}


def phone_digest(vault: Vault, phone: str) -> str | None:
    """Return a keyed digest by which two spellings of a telephone number are one; None for none."""
    digits = register.phone_digits(phone)
    return vault.digest(f"officer phone {digits}".encode()) if digits else None


def id_digest(vault: Vault, id_no: str) -> str | None:
    """Return a keyed digest by which one ID number is found again without being opened; None for none."""
    return vault.digest(f"officer id {id_no}".encode()) if id_no else None


def code_for(vault: Vault, name: str, phone: str, village: str) -> str:
    """Return a code for a person whom the county gave none: a digest of name and telephone, else name and village."""
    digits = register.phone_digits(phone)
    told = f"officer code {name}\x1f{digits or 'village ' + village}"
    return "R" + vault.digest(told.encode())[:11].upper()


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that were given, each in its kept form.

    Raises
    ------
    Problem
        ``officer.*`` for a field that cannot be, ``wire.too_long`` (field, most).
    """
    kept: dict[str, Any] = {key: value for key, value in values.items() if key in FIELDS}
    for field, most in _TEXT_MOST.items():
        if field in kept:
            kept[field] = str(kept[field]).strip()
            if len(kept[field]) > most:
                raise Problem("wire.too_long", field=field, most=most)
    readers = {"name": register.checked_name, "id_no": register.id_no_of, "vetting": register.vetting_of}
    readers |= dict.fromkeys(_DAYS, register.day_of)
    for field, read in readers.items():
        if field in kept:
            kept[field] = read(str(kept[field]))
    if "tags" in kept:
        kept["tags"], member = register.tags_of(kept["tags"])
        kept["party"] = bool(kept.get("party")) or member
    return kept


def new(db: Db, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the id and the columns of a new officer; ``officer.taken`` (code) where somebody has the code."""
    known = checked({"name": "", "phone": "", "village": "", "tags": [], **values})
    officer_id = str(uuid.uuid4())
    known["code"] = known.get("code") or code_for(db.vault, known["name"], known["phone"], known["village"])
    if officers.code_taken(db, known["code"]):
        raise Problem("officer.taken", code=known["code"])
    return officer_id, {"id": officer_id, **columns(db, officer_id, known)}


def changed(db: Db, row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that a change writes: the fields given, and where the village or home changes their ids."""
    known = checked(values)
    if "tags" in known and "party" not in values and not known["party"]:
        known["party"] = row.party
    if not known.get("code", "x"):
        del known["code"]
    if "code" in known and officers.code_taken(db, known["code"], row.id):
        raise Problem("officer.taken", code=known["code"])
    return columns(db, row.id, known)


def columns(db: Db, officer_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of the store for checked fields: sealed, digested, and placed in today's net."""
    kept = {name: value for name, value in known.items() if name not in ("phone", "id_no", "household", "place")}
    if "phone" in known:
        kept["phone_sealed"] = db.vault.seal(known["phone"], f"officer:phone:{officer_id}")
        kept["phone_digest"] = phone_digest(db.vault, known["phone"])
    if "id_no" in known:
        kept["id_no_sealed"] = db.vault.seal(known["id_no"], f"officer:id_no:{officer_id}")
        kept["id_digest"] = id_digest(db.vault, known["id_no"])
    if "place" in known:
        kept["geom"] = shapely.Point(*known["place"]) if known["place"] is not None else None
    return kept | _placed(db, known)


def _placed(db: Db, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the home's and the village's ids for what was said of them: the village named, else the home's."""
    kept: dict[str, Any] = {}
    home_path = ""
    if "household" in known:
        kept["household_id"] = None
        if known["household"]:
            found = officers.homes_by_code(db, [known["household"]]).get(known["household"])
            if found is None:
                raise Problem("officer.no_home", code=known["household"])
            kept["household_id"], home_path = found
    if not ("village" in known or home_path or known.get("place")):
        return kept
    village_id = _village(db, known.get("village", ""), home_path, known.get("place"))
    if village_id is not None or "village" in known:
        kept["village_id"] = village_id
    return kept


def _village(db: Db, named: str, home_path: str, place: Any) -> str | None:
    """Return the village that is named by code or plain name, else the home's, else the one around the place."""
    rows = units.with_level(db, "", Level.VILLAGE)
    said = [row.id for row in rows if named and named in (row.id, row.code, row.name)]
    if len(said) == 1:
        return str(said[0])
    above = [row.id for row in rows if home_path and home_path.startswith(row.path)]
    if above:
        return str(above[0])
    around = units.at_point(db, EVERYWHERE, *place, deepest=False) if place else []
    point = shapely.Point(*place) if place else None
    inside = [row.id for row in around if row.level == "village" and shapely.covers(shapely.from_wkb(row.geom), point)]
    return str(inside[0]) if inside else None


def filled(db: Db, keep: Any, other: Any) -> dict[str, Any]:
    """Return the columns that an officer lacks and another has, sealed anew for the row they move to."""
    kept: dict[str, Any] = {}
    for name in ("village_id", "household_id", "geom", "vetted_on", "vetted_by", "training_due", "training_done"):
        if not getattr(keep, name) and getattr(other, name):
            kept[name] = getattr(other, name)
    for name, digest in (("phone", "phone_digest"), ("id_no", "id_digest")):
        sealed = getattr(other, f"{name}_sealed")
        if getattr(keep, f"{name}_sealed") is None and sealed is not None:
            plain = db.vault.open(sealed, f"officer:{name}:{other.id}")
            kept[f"{name}_sealed"] = db.vault.seal(plain, f"officer:{name}:{keep.id}")
            kept[digest] = getattr(other, digest)
    tags = list(dict.fromkeys([*keep.tags, *other.tags]))[: register.TAGS_MOST]
    kept |= {"tags": tags} if tags != keep.tags else {}
    return kept | ({"party": True} if other.party and not keep.party else {})
