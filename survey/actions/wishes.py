"""A step as a client sends it, over its own route or in a batch: read the same way from both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geodata.rules.problems import Problem
from survey.actions.issues import Wish
from survey.rules.issue_fields import moment_of

KIND_MOST = 40
_AFTER_MOST = 200
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_wish(event_id: str, body: Mapping[str, Any]) -> Wish:
    """Return the step that a body asks for: {"kind", "detail"?, "lon"?, "lat"?, "device_at"?, "after"?}.

    Raises
    ------
    Problem
        ``wire.not_uuid`` (value); ``wire.missing``, ``wire.not_text``, ``wire.too_long``, ``wire.not_place`` (field);
        ``wire.not_object`` for a detail that is none.
    """
    if not _UUID.fullmatch(event_id):
        raise Problem("wire.not_uuid", value=event_id[:40])
    detail = body.get("detail", {})
    if not isinstance(detail, dict):
        raise Problem("wire.not_object")
    made = moment_of(body["device_at"]) if isinstance(body.get("device_at"), str) else None
    after = _text(body, "after", _AFTER_MOST) if body.get("after") else ""
    return Wish(event_id, _text(body, "kind", KIND_MOST), detail, _place(body), made, after)


def _text(body: Mapping[str, Any], key: str, most: int) -> str:
    if key not in body:
        raise Problem("wire.missing", field=key)
    value = body[key]
    if not isinstance(value, str):
        raise Problem("wire.not_text", field=key)
    if len(value) > most:
        raise Problem("wire.too_long", field=key, most=most)
    return value


def _place(body: Mapping[str, Any]) -> tuple[float, float] | None:
    if body.get("lon") is None:
        return None
    found = (body["lon"], body.get("lat"))
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in found):
        raise Problem("wire.not_place", field="place")
    lon, lat = float(found[0]), float(found[1] or 0)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise Problem("wire.not_place", field="place")
    return lon, lat
