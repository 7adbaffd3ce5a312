"""The fields of a JSON body: each read by its kind, or refused by its name."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from geodata.rules.problems import Problem

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def made_id(value: str) -> str:
    """Return an id that a client made, a UUID in small letters, or ``wire.not_uuid`` (value)."""
    if not _UUID.fullmatch(value):
        raise Problem("wire.not_uuid", value=value[:40])
    return value


def text(body: dict[str, Any], key: str, most: int = 200) -> str:
    """Return a text of at most ``most`` characters.

    Raises
    ------
    Problem
        ``wire.missing`` (field), ``wire.not_text`` (field), ``wire.too_long`` (field, most).
    """
    if key not in body:
        raise Problem("wire.missing", field=key)
    value = body[key]
    if not isinstance(value, str):
        raise Problem("wire.not_text", field=key)
    if len(value) > most:
        raise Problem("wire.too_long", field=key, most=most)
    return value


def flag(body: dict[str, Any], key: str) -> bool:
    """Return true or false, or ``wire.not_flag`` (field)."""
    value = body.get(key)
    if not isinstance(value, bool):
        raise Problem("wire.not_flag", field=key)
    return value


def whole(body: dict[str, Any], key: str, default: int) -> int:
    """Return a whole number from 0 to a thousand million, or ``wire.not_number`` (field)."""
    value = body.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_000_000_000:
        raise Problem("wire.not_number", field=key, value=str(value)[:40])
    return value


def objects(body: dict[str, Any], key: str, most: int = 200) -> list[dict[str, Any]]:
    """Return a list of at most ``most`` objects, or ``wire.not_list`` (field), ``wire.too_long`` (field, most)."""
    value = body.get(key)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Problem("wire.not_list", field=key)
    if len(value) > most:
        raise Problem("wire.too_long", field=key, most=most)
    return value


def texts(body: dict[str, Any], key: str, most: int = 100) -> dict[str, str]:
    """Return an object of at most ``most`` texts, or ``wire.not_list`` (field), ``wire.not_text`` (field)."""
    value = body.get(key)
    if not isinstance(value, dict) or len(value) > most:
        raise Problem("wire.not_list", field=key)
    return {name: text(value, name) for name in value if value[name] is not None}


def listed(body: dict[str, Any], key: str, most: int) -> list[str]:
    """Return a list of at most ``most`` texts, or ``wire.not_list`` (field), ``wire.too_long`` (field, most)."""
    value = body.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Problem("wire.not_list", field=key)
    if len(value) > most:
        raise Problem("wire.too_long", field=key, most=most)
    return value


def day(body: dict[str, Any], key: str) -> dt.date:
    """Return a day written YYYY-MM-DD, or ``wire.not_day`` (field, value)."""
    value = text(body, key, 40)
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise Problem("wire.not_day", field=key, value=value) from error


def place(body: dict[str, Any], key: str) -> tuple[float, float] | None:
    """Return a place [lon, lat] in degrees, None where it is null or left out, or ``wire.not_place`` (field)."""
    value = body.get(key)
    if value is None:
        return None
    fits = isinstance(value, list) and len(value) == 2 and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in value
    )  # fmt: skip
    if not fits or not (abs(value[0]) <= 180 and abs(value[1]) <= 90):
        raise Problem("wire.not_place", field=key)
    return (float(value[0]), float(value[1]))
