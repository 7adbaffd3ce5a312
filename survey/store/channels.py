from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from geodata.store import settings
from geodata.store.database import Db
from survey.rules.channels import Channel

_SETTING = "notice_channels"


def every(db: Db) -> list[Channel]:
    """Return the channels that the county set up, without their addresses."""
    return [Channel(**{k: v for k, v in item.items() if k != "sealed"}) for item in settings.get(db, _SETTING, [])]


def address(db: Db, channel_id: str) -> str:
    """Return a channel's address in full, "" where it is gone: for who sends, never for who reads."""
    for item in settings.get(db, _SETTING, []):
        if item["id"] == channel_id:
            return db.vault.open(base64.b64decode(item["sealed"]), _context(channel_id))
    return ""


def put(db: Db, channels: Iterable[Channel], addresses: Mapping[str, str]) -> None:
    """Replace the channels; their addresses, which hold keys and passwords, are sealed."""
    kept = []
    for one in channels:
        sealed = db.vault.seal(addresses[one.id], _context(one.id)) or b""
        kept.append({**asdict(one), "sealed": base64.b64encode(sealed).decode("ascii")})
    settings.put(db, _SETTING, kept)


def _context(channel_id: str) -> str:
    return f"setting:notice_channel:{channel_id}"
