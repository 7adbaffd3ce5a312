"""All that a phone holds for its person: their ground, its homes, whom to call, what is open, and nothing else.

A phone works for days without signal on what this returns, so it is their scope and no more: of the homes what a list
shows, masked; of the telephones those of the chiefs on their own chain and ground.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any

from geodata.rules import masks
from geodata.rules.actors import Actor, Scope
from geodata.store import audit, settings
from geodata.store.database import Db
from survey.actions import answering, categories, faq, field_ground, issue_shown, issues, modules, posts, visits
from survey.rules.chiefs import CHIEF, LEVELS
from survey.rules.visit_sorting import sorting
from survey.rules.visits import OUTCOMES
from survey.store import accounts, appointments, issue_queries
from survey.store import issues as kept
from survey.store import visits as homes

FORMAT = 1
LEAST_CLIENT = 1
"""A client below it is told that it is too old; what it holds is still taken."""
HOMES_MOST = 2_000
ISSUES_MOST = 200
FAQ_MOST = 50


def scope(db: Db, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """Return the whole document, without the moment at which it was made.

    ``partial`` tells that the ground is too wide for a phone: then the deeper levels, or the homes, are left out.
    """
    account = accounts.find(db, actor.id)
    profile = settings.profile(db)
    ground = field_ground.ground(db, actor)
    held = homes_of(db, actor, now)
    return {
        "format": FORMAT, "least_client": LEAST_CLIENT, "net_version": settings.net_version(db),
        "account": {
            "id": actor.id, "name": actor.name, "rights": list(actor.rights),
            "display_name": account.display_name if account is not None else actor.name,
        },
        "key": base64.b64encode(db.vault.phone_key(actor.id)).decode(),
        "modules": modules.in_use(db),
        "partial": ground.is_partial or held is None,
        "units": ground.units, "posts": _posts(db, actor, ground.chain_and_own),
        "homes": held or [],
        "categories": categories.list_categories(db, actor, now),
        "issues": _issues(db, actor, now),
        "errands": profile.errands, "outcomes": list(OUTCOMES),
        "faq": _faq(db, actor, now),
    }  # fmt: skip


def homes_of(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]] | None:
    """Return the homes of the reader's ground with their visits, None where they are too many for a phone."""
    ground = actor.scope("see_homes")
    if not ground.paths:
        return []
    rows = homes.due_page(db, ground, "", sorting(settings.profile(db), now), (), "", HOMES_MOST + 1)
    return visits.homes_shown(db, now, rows) if len(rows) <= HOMES_MOST else None


def _posts(db: Db, actor: Actor, paths: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the chief of each unit of the chain and the ground: name and telephone for those who answer there.

    Parameters
    ----------
    paths
        (path, level) by unit id.
    """
    if not actor.may("see"):
        return []
    with_chief = [one for one, (_, level) in paths.items() if level in LEVELS]
    terms = appointments.of_units(db, with_chief)
    calls = actor.may("handle")
    found = []
    for unit_id in with_chief:
        term = next((one for one in terms.get(unit_id, ()) if one.post == CHIEF), None)
        if term is None:
            found.append({"unit": unit_id, "post": CHIEF, "name": "", "phone": "", "vacant": True})
            continue
        knows = calls or posts.knows_names(actor, paths[unit_id][0])
        phone = db.vault.open(term.phone_sealed, f"officer:phone:{term.officer_id}") if calls else ""
        found.append({"unit": unit_id, "post": CHIEF, "name": term.name if knows else masks.name(term.name),
                      "phone": phone, "vacant": False})  # fmt: skip
    return found


def _issues(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the open issues that somebody holds, is told of, or raised, with the steps they may take now."""
    rows = issue_queries.of_person(db, answering.sight_of(db, actor), ISSUES_MOST)
    events = kept.events_by_issue(db, [row.id for row in rows])
    lines = issue_shown.lines(db, actor, now, rows)
    found = []
    for row, line in zip(rows, lines, strict=True):
        case = issues.folded(events[row.id])
        found.append({**line, "mine": row.by_id == actor.id, "steps": issue_shown.steps(db, actor, row, case),
                      "last": events[row.id][-1].id})  # fmt: skip
    return found


def _faq(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, str]]:
    rows = sorted(faq.list_entries(db, actor, now), key=lambda one: (-one["helped"], one["question"]))
    return [{"question": one["question"], "answer": one["answer"]} for one in rows[:FAQ_MOST]]


def handed_out(db: Db, actor: Actor, now: dt.datetime, posts_told: Sequence[dict[str, Any]]) -> None:
    """Write into the audit that telephones of chiefs went to a phone; nothing where none did.

    Takes a transaction that only reads, and writes in one of its own.
    """
    told = [one["unit"] for one in posts_told if one["phone"]]
    if told:
        ground: Scope = actor.scope("handle")
        with db.store.write() as writing:
            audit.record(writing, actor, now, "field.scope", actor.id, ground.paths[0] if ground.paths else "",
                         posts=len(told))  # fmt: skip
