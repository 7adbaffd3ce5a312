"""Notices: one's own trays, the channels they go to, what could not be sent; and the duties of the server."""

from __future__ import annotations

import uuid
from typing import Any

from survey.actions import channels, duties, notices, sending
from webmap import fields
from webmap.routes import Asked, route
from webmap.wire import Reply

_IDS_MOST = 200


@route("GET", "/api/notices", "")
def list_notices(asked: Asked) -> dict[str, Any]:
    """Return a page of the notices in one's trays, newest first; ``unread=1`` leaves out those that were read."""
    after, limit = asked.page()
    unread = asked.text("unread", "") == "1"
    return notices.list_mine(asked.db, asked.actor, asked.now, after, limit, asked.lang, unread=unread)


@route("GET", "/api/notices/unread", "")
def count_unread(asked: Asked) -> dict[str, int]:
    """Return how many notices one has not read, no more than 100."""
    return {"unread": notices.count_unread(asked.db, asked.actor, asked.now), "unread_most": notices.UNREAD_MOST}


@route("POST", "/api/notices/read", "")
def read_notices(asked: Asked) -> dict[str, int]:
    """Note that one has read some notices ({"ids": […]}), or ({"all": true}) every one in one's trays."""
    body = asked.body
    ids = None if body.get("all") is True else fields.listed(body, "ids", _IDS_MOST)
    marked = notices.mark_read(asked.db, asked.actor, asked.now, ids)
    return {"marked": marked, "unread": notices.count_unread(asked.db, asked.actor, asked.now)}


@route("GET", "/api/notices/outbox", "settings")
def show_outbox(asked: Asked) -> dict[str, Any]:
    """Return the notices in a state of sending (``unsure`` unless asked otherwise), and how many are in each."""
    after, limit = asked.page()
    return sending.outbox(asked.db, asked.actor, asked.now, asked.text("state", "unsure"), after, limit)


@route("GET", "/api/notices/outbox/<notice_id>", "settings")
def show_sending(asked: Asked, notice_id: str) -> dict[str, Any]:
    """Return how the sending of a notice stands."""
    return sending.show(asked.db, asked.actor, asked.now, notice_id)


@route("POST", "/api/notices/outbox/<notice_id>/again", "settings")
def send_again(asked: Asked, notice_id: str) -> dict[str, Any]:
    """Send a notice once more that failed, or may not have arrived."""
    return sending.send_again(asked.db, asked.actor, asked.now, notice_id)


@route("GET", "/api/notice-channels", "settings")
def list_channels(asked: Asked) -> dict[str, Any]:
    """Return the channels; of each address its kind and host, never a key."""
    found = channels.list_channels(asked.db, asked.actor, asked.now)
    return {"items": found, "next": None, "total": len(found)}


@route("PUT", "/api/notice-channels", "settings")
def set_channels(asked: Asked) -> dict[str, Any]:
    """Replace the channels ({"items": […]}); one without a url keeps its address, an empty list takes all away."""
    items = fields.objects(asked.body, "items")
    found = channels.configure(asked.db, asked.actor, asked.now, items)
    return {"items": found, "next": None, "total": len(found)}


@route("POST", "/api/notice-channels/test", "settings")
def try_channel(asked: Asked) -> Reply:
    """Send a message that tries a channel ({"id"}); how it went is asked of the outbox."""
    channel_id = fields.text(asked.body, "id", 60)
    made = sending.send_try(asked.db, asked.actor, asked.now, channel_id, str(uuid.uuid4()))
    return Reply({"notice": made}, 202)


@route("GET", "/api/duties", "settings")
def list_duties(asked: Asked) -> dict[str, Any]:
    """Return the duties of the server: done last, what came of it, due next, and who is at it."""
    found = duties.list_duties(asked.db, asked.actor, asked.now)
    return {"items": found, "next": None, "total": len(found)}
