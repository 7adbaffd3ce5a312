"""Accounts of the people of the register: of one of them, and of all chiefs of a unit."""

from __future__ import annotations

from survey.actions import officer_accounts as actions
from webmap import fields, sentences_posts
from webmap.routes import Asked, route
from webmap.wire import Reply


@route("POST", "/api/officers/<officer_id>/account", "accounts", writes=False)  # hashing holds no writer's place
def make_account(asked: Asked, officer_id: str) -> Reply:
    """Make an officer's account; its one-time password is in this answer and nowhere else."""
    body = asked.body
    name = fields.text(body, "name") if "name" in body else ""
    account, handed = actions.make(asked.db, asked.actor, asked.now, officer_id, name)
    return Reply({"id": account.id, "account": account.name, "one_time_password": handed}, 201)


@route("PUT", "/api/officers/<officer_id>/account", "accounts")
def tie_account(asked: Asked, officer_id: str) -> dict[str, str]:
    """Make an account that there is an officer's."""
    account = actions.tie(asked.db, asked.actor, asked.now, officer_id, fields.text(asked.body, "name"))
    return {"id": account.id, "account": account.name}


@route("DELETE", "/api/officers/<officer_id>/account", "accounts")
def untie_account(asked: Asked, officer_id: str) -> None:
    """Take an officer's account from them; it stays, without what their posts give."""
    actions.untie(asked.db, asked.actor, asked.now, officer_id)


@route("GET", "/api/accounts/chiefs", "accounts")
def count_chiefs(asked: Asked) -> dict[str, int]:
    """Tell how many chiefs there are under a unit, and how many of them have an account."""
    return actions.chiefs(asked.db, asked.actor, asked.now, asked.text("unit", ""))


@route("POST", "/api/accounts/chiefs", "accounts", writes=False)  # as making one
def make_accounts(asked: Asked) -> Reply:
    """Make accounts for the next few chiefs under a unit; asked again until there are no items."""
    made = actions.make_for_chiefs(asked.db, asked.actor, asked.now, fields.text(asked.body, "unit"))
    for item in made["items"]:
        for post in item["posts"]:
            post["title"] = sentences_posts.title(post["level"], "chief", asked.lang)
    return Reply(made, 201)
