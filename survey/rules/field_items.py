"""What a phone's batch holds: each item by its kind, read so that one that is broken keeps nothing else back (F-06)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geodata.rules.problems import Problem

KINDS = ("report", "event", "voice", "visit", "withdraw_visit", "finding", "burden")
ITEMS_MOST = 200
_BASE_MOST = 200
_OF_ISSUE = ("event", "voice")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FORM = re.compile(r"[a-z][a-z_.]{1,39}")


@dataclass(frozen=True)
class Item:
    """One thing that a phone did.

    Parameters
    ----------
    id
        Made by the phone: the same item sent again is the same thing.
    issue
        The issue that an event or a voice belongs to.
    base
        The last event that its author had seen, "" for none.
    """

    id: str
    kind: str
    issue: str = ""
    base: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


def read_item(given: Any, row: int) -> Item:
    """Read one item of a batch.

    Raises
    ------
    Problem
        ``field.bad_item`` (row, field).
    """
    if not isinstance(given, dict):
        raise Problem("field.bad_item", row=row, field="items")
    for key in ("id", "issue"):
        if not isinstance(given.get(key, ""), str) or (given.get(key) and not _UUID.fullmatch(given[key])):
            raise Problem("field.bad_item", row=row, field=key)
    kind, base, body = given.get("kind"), given.get("base", ""), given.get("body", {})
    faults = {
        "id": not given.get("id"),
        "kind": kind not in KINDS,
        "issue": kind in _OF_ISSUE and not given.get("issue"),
        "base": not isinstance(base, str)
        or len(base) > _BASE_MOST
        or "\0" in base,  # which PostgreSQL keeps in no text
        "body": not isinstance(body, dict),
    }
    for key, wrong in faults.items():
        if wrong:
            raise Problem("field.bad_item", row=row, field=key)
    return Item(given["id"], str(kind), given.get("issue", ""), base, body)


def shelf_id(given: Any, account_id: str) -> str:
    """Return under which id something refused is kept: its own, or for one without an id the same one each time."""
    found = given.get("id") if isinstance(given, dict) else None
    if isinstance(found, str) and _UUID.fullmatch(found):
        return found
    whole = json.dumps([account_id, given], ensure_ascii=False, sort_keys=True, default=str)
    return str(uuid.uuid5(uuid.NAMESPACE_OID, whole))


def read_form(body: Mapping[str, Any]) -> str:
    """Return the name of a form that is called a burden, or ``burden.unknown_form`` (value)."""
    form = body.get("form")
    if not isinstance(form, str) or not _FORM.fullmatch(form):
        raise Problem("burden.unknown_form", value=str(form)[:40])
    return form
