from __future__ import annotations

from typing import Any

from survey.actions import accounts as actions
from survey.rules.roles import Account, HeldRole
from webmap import fields
from webmap.routes import Asked, route
from webmap.wire import Reply


# listing and changing ask for "accounts" or "grant", which the action checks: the two offices share these addresses
@route("GET", "/api/accounts", "")
def list_accounts(asked: Asked) -> dict[str, Any]:
    """List the accounts on one's ground, by name."""
    found, following, total = actions.list_accounts(asked.db, asked.actor, asked.now, *asked.page())
    return {"items": [_wire(account) for account in found], "next": following or None, "total": total}


@route("POST", "/api/accounts", "accounts")
def create_account(asked: Asked) -> Reply:
    """Make an account; its one-time password is in this answer and nowhere else."""
    body = asked.body
    name, shown = fields.text(body, "name"), fields.text(body, "display_name")
    office = fields.text(body, "office_id") if "office_id" in body else None
    account, handed = actions.create_account(asked.db, asked.actor, asked.now, name, shown, _roles(body), office)
    return Reply({"account": _wire(account), "one_time_password": handed}, 201)


@route("GET", "/api/accounts/offices", "")
def list_offices(asked: Asked) -> dict[str, Any]:
    """List the offices that an account may be given."""
    found = actions.list_offices(asked.db, asked.actor, asked.now)
    return {"items": found, "next": None, "total": len(found)}


@route("PATCH", "/api/accounts/<account_id>", "")
def change_account(asked: Asked, account_id: str) -> dict[str, Any]:
    """Rename, disable or enable an account, or replace its roles."""
    body = asked.body
    account = actions.change_account(
        asked.db,
        asked.actor,
        asked.now,
        account_id,
        display_name=fields.text(body, "display_name") if "display_name" in body else None,
        disabled=fields.flag(body, "disabled") if "disabled" in body else None,
        wanted=_roles(body) if "roles" in body else None,
        office_id=fields.text(body, "office_id") if "office_id" in body else None,
    )
    return _wire(account)


@route("POST", "/api/accounts/<account_id>/reset", "accounts")
def reset_password(asked: Asked, account_id: str) -> dict[str, str]:
    """Hand out a new one-time password."""
    return {"one_time_password": actions.reset_password(asked.db, asked.actor, asked.now, account_id)}


@route("DELETE", "/api/accounts/<account_id>/sessions", "accounts")
def end_sessions(asked: Asked, account_id: str) -> None:
    """Sign an account out everywhere."""
    actions.end_sessions(asked.db, asked.actor, asked.now, account_id)


def _roles(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fields.text(one, "role"), fields.text(one, "scope_id")) for one in fields.objects(body, "roles")]


def _wire(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "disabled": account.disabled,
        "must_change": account.must_change,
        "roles": [_held(one) for one in account.roles],
        "posts": [_held(one) for one in account.posts],
        "officer_id": account.officer_id,
        "office_id": account.office_id,
        "last_seen": account.last_seen,
    }


def _held(one: HeldRole) -> dict[str, str]:
    return {"role": one.role, "scope_id": one.unit_id, "scope_name": one.unit_name}
