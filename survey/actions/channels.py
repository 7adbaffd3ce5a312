"""Channels of notices: set up by who holds the settings of the whole county; what was sealed is never shown again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, units
from geodata.store.database import Db
from survey.rules import channels as rules
from survey.rules.channels import Channel
from survey.store import channels as store
from survey.store import notices


def list_channels(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the channels, each with what may be shown of its address.

    Raises
    ------
    Problem
        ``right.missing`` (right) for who does not hold ``settings`` over the whole county.
    """
    require_whole(db, actor, "settings")
    return [_shown(db, one) for one in store.every(db)]


def configure(db: Db, actor: Actor, now: dt.datetime, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Replace all channels; an empty list is the default, notices stay in the trays.

    Parameters
    ----------
    items
        ``id``, ``name``, ``url``, ``unit_id`` or ``office_id``, ``internal``. One without a url keeps the address that
        is kept under its id.

    Raises
    ------
    Problem
        ``right.missing``; what ``survey.rules.channels`` refuses; ``channel.no_address`` (channel) for a new one
        without a url; ``unit.not_found``, ``channel.no_office`` (channel).
    """
    require_whole(db, actor, "settings")
    channels, addresses = [], {}
    for item in items:
        checked = rules.check_item(item)
        address = _address(db, checked, item.get("url"))
        addresses[checked.id] = address
        channels.append(Channel(**{**vars(checked), "shown": rules.shown(address)}))
    rules.check_ids(channels)
    for one in channels:
        _check_ground(db, one)
    store.put(db, channels, addresses)
    notices.show_only(db, [one.id for one in channels])
    told = [{"id": one.id, "shown": one.shown, "internal": one.internal} for one in channels]
    audit.record(db, actor, now, "notice_channels.set", channels=told)
    return [_shown(db, one) for one in channels]


def _address(db: Db, channel: Channel, url: Any) -> str:
    if url is not None and not isinstance(url, str):
        raise Problem("channel.bad_value", channel=channel.id, field="url")
    address = url.strip() if url else store.address(db, channel.id)
    if not address:
        raise Problem("channel.no_address", channel=channel.id)
    return rules.address_of(address, internal=channel.internal)


def _check_ground(db: Db, channel: Channel) -> None:
    if channel.unit_id and units.one(db, EVERYWHERE, channel.unit_id) is None:
        raise Problem("unit.not_found")
    if channel.office_id and not notices.office_name(db, channel.office_id):
        raise Problem("channel.no_office", channel=channel.id)


def _shown(db: Db, one: Channel) -> dict[str, Any]:
    unit = units.one(db, EVERYWHERE, one.unit_id) if one.unit_id else None
    ground = notices.office_name(db, one.office_id) if one.office_id else "" if unit is None else unit.name
    return {"id": one.id, "name": one.name, "shown": one.shown, "unit_id": one.unit_id, "office_id": one.office_id,
            "ground": ground, "internal": one.internal}  # fmt: skip
