"""One's own ways in, and those of the accounts one manages: sessions, devices, the second factor."""

from __future__ import annotations

from typing import Any

from flask import request

from survey.actions import devices, second_factor, sessions
from webmap import auth, fields
from webmap.api.session import DEVICE_COOKIE_DAYS
from webmap.qr import qr_path
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("GET", "/api/sessions", "")
def list_sessions(asked: Asked) -> dict[str, Any]:
    """List one's own sessions."""
    return _listed(sessions.list_sessions(asked.db, asked.actor, asked.now, asked.actor.id, auth.session_token()))


@route("DELETE", "/api/sessions/<session_id>", "")
def end_session(asked: Asked, session_id: str) -> None:
    """End one of one's own sessions."""
    sessions.end_session(asked.db, asked.actor, asked.now, asked.actor.id, session_id)


@route("GET", "/api/accounts/<account_id>/sessions", "accounts")
def list_sessions_of(asked: Asked, account_id: str) -> dict[str, Any]:
    """List an account's sessions."""
    return _listed(sessions.list_sessions(asked.db, asked.actor, asked.now, account_id, auth.session_token()))


@route("DELETE", "/api/accounts/<account_id>/sessions/<session_id>", "accounts")
def end_session_of(asked: Asked, account_id: str, session_id: str) -> None:
    """End one session of an account."""
    sessions.end_session(asked.db, asked.actor, asked.now, account_id, session_id)


@route("GET", "/api/devices", "")
def list_devices(asked: Asked) -> dict[str, Any]:
    """List the devices that stay signed in to one's own account."""
    return _listed(devices.list_devices(asked.db, asked.actor, asked.now, asked.actor.id))


@route("POST", "/api/devices", "")
def remember_device(asked: Asked) -> Reply:
    """Let this device stay signed in; its token goes into a cookie that no script reads."""
    name = fields.text(asked.body, "name")
    made, token = devices.remember(
        asked.db, asked.actor, asked.now, name, request.remote_addr, auth.session_token()
    )  # fmt: skip
    return Reply(made, 201, set_cookies=(auth.device_cookie(token, DEVICE_COOKIE_DAYS),))


@route("DELETE", "/api/devices/<device_id>", "")
def forget_device(asked: Asked, device_id: str) -> None:
    """Forget one of one's own devices."""
    devices.forget_device(asked.db, asked.actor, asked.now, asked.actor.id, device_id)


@route("GET", "/api/accounts/<account_id>/devices", "accounts")
def list_devices_of(asked: Asked, account_id: str) -> dict[str, Any]:
    """List an account's devices."""
    return _listed(devices.list_devices(asked.db, asked.actor, asked.now, account_id))


@route("DELETE", "/api/accounts/<account_id>/devices/<device_id>", "accounts")
def forget_device_of(asked: Asked, account_id: str, device_id: str) -> None:
    """Forget a device of an account, such as a phone that was lost."""
    devices.forget_device(asked.db, asked.actor, asked.now, account_id, device_id)


@route("GET", "/api/second-factor", "")
def factor_state(asked: Asked) -> second_factor.State:
    """Tell whether one's account has, or must have, a second factor."""
    return second_factor.state(asked.db, asked.actor, asked.now)


@route("POST", "/api/second-factor", "", writes=False)  # as signing in
def begin_factor(asked: Asked) -> dict[str, Any]:
    """Offer a new secret, as text and as the path of a QR code."""
    offered = second_factor.begin(asked.db, asked.actor, asked.now, *_proof(asked))
    return {"secret": offered.secret, "uri": offered.uri, "qr": qr_path(offered.uri)}


@route("POST", "/api/second-factor/confirm", "")
def confirm_factor(asked: Asked) -> dict[str, Any]:
    """Put the offered secret into use by its first code; the recovery codes are in this answer and nowhere else."""
    code, digest = fields.text(asked.body, "code"), sessions.digest_of(auth.session_token())
    return {"recovery_codes": second_factor.confirm(asked.db, asked.actor, asked.now, code, digest)}


@route("DELETE", "/api/second-factor", "", writes=False)  # as signing in
def remove_factor(asked: Asked) -> None:
    """Do without a second factor, where no role asks for one."""
    second_factor.remove(asked.db, asked.actor, asked.now, *_proof(asked))


@route("DELETE", "/api/accounts/<account_id>/second-factor", "accounts")
def reset_factor(asked: Asked, account_id: str) -> None:
    """Take the second factor from an account whose phone is lost."""
    second_factor.reset(asked.db, asked.actor, asked.now, account_id)


def _proof(asked: Asked) -> tuple[str, str]:
    body = asked.body
    return fields.text(body, "password", 1000), fields.text(body, "code", 100) if "code" in body else ""


def _listed(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None, "total": len(items)}
