"""Values to JSON and back: what goes over the wire, and what may come in."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from typing import Any

from flask import Response

from geodata.rules.problems import Problem


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer that is not plain 200 JSON: its status, cookies, or bytes of another kind."""

    value: Any = None
    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    mimetype: str = "application/json"
    set_cookies: tuple[dict[str, Any], ...] = ()


def respond(answer: Any) -> Response:
    """Turn what a route returned into a response: None is 204, a Response passes, all else is JSON."""
    if isinstance(answer, Response):
        return answer
    reply = answer if isinstance(answer, Reply) else Reply(answer, 200 if answer is not None else 204)
    if isinstance(reply.value, bytes | str) and reply.mimetype != "application/json":
        body: bytes | str = reply.value
    else:
        body = "" if reply.value is None else dumps(reply.value)
    response = Response(body, reply.status, reply.headers, mimetype=reply.mimetype)
    for cookie in reply.set_cookies:
        response.set_cookie(**cookie)
    return response


def dumps(value: Any) -> str:
    """Write JSON: moments as ISO 8601 UTC, dataclasses as objects, never NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot go over the wire")


def parse_json(raw: bytes) -> dict[str, Any]:
    """Read a JSON object, refusing what Flask would let through: NaN, duplicate keys, deep nesting, surrogates."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise Problem("wire.not_utf8") from None
    except (ValueError, RecursionError) as error:
        raise Problem("wire.not_json", position=getattr(error, "pos", 0)) from None
    if not isinstance(value, dict):
        raise Problem("wire.not_object")
    return value


def _refuse_constant(name: str) -> float:
    raise Problem("wire.not_finite", value=name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Problem("wire.duplicate_key")
    for key, value in pairs:
        if isinstance(value, float) and not math.isfinite(value):
            raise Problem("wire.not_finite", value=key)
    return result
