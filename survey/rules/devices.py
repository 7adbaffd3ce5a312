"""Phones that stay signed in: what their tokens are, which is the right one now, and when one has been copied.

A token is turned at each use: the answer carries the next one, and the one that came is right until the next one
comes, because an answer may be lost on the way. The next token follows from the one before by the county's key, so that
two requests at one moment are given the same. A token that was retired some while ago and comes back was copied.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re

DEVICES_MOST = 10
NAME_MOST = 40
LATE = dt.timedelta(minutes=2)  # answers cross each other for seconds; after that a retired token is a copy
_TOKEN = re.compile(r"([0-9a-f-]{36})\.([0-9A-Za-z_-]{43,64})")


def device_of(token: str) -> str:
    """Return the id of the device that a token names, "" for what is no token.

    >>> device_of("x"), device_of(f"{'0' * 8}-{'0' * 4}-{'0' * 4}-{'0' * 4}-{'0' * 12}.{'a' * 43}")[:9]
    ('', '00000000-')
    """
    found = _TOKEN.fullmatch(token)
    return found[1] if found else ""


def next_message(device_id: str, token_digest: str) -> bytes:
    """Return what is signed for the token after the one with a digest."""
    return f"device {device_id} {token_digest}".encode()


def judge(digest: str, current: str, following: str, retired: str, since_turned: dt.timedelta) -> str:
    """Return what a token is: ``current``, ``next``, ``copied`` (to be revoked), or ``unknown``.

    Parameters
    ----------
    digest
        Of the token that came; ``current``, ``following`` and ``retired`` are those of the tokens known.
    since_turned
        How long ago the retired token was replaced.
    """
    if hmac.compare_digest(digest, current):
        return "current"
    if hmac.compare_digest(digest, following):
        return "next"
    if hmac.compare_digest(digest, retired) and since_turned > LATE:
        return "copied"
    return "unknown"


def has_expired(seen_at: dt.datetime, now: dt.datetime, days: int) -> bool:
    """Tell whether a device was last used too long ago; with 0 days every one has."""
    return now - seen_at >= dt.timedelta(days=days)
