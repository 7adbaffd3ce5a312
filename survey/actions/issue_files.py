"""Issues as a file for a spreadsheet: a table of them, and the ledger of the three orders (三单台账, E02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store.database import Db
from survey.actions import issue_lists, issues
from survey.rules.deadlines import ZONE
from survey.rules.issue_query import IssueQuery
from survey.store import issues as kept

COLUMNS = ("number", "category_code", "category", "grade", "state", "late", "town", "village", "pian", "zu", "lin",
           "place", "text", "source", "holder", "reported", "due", "closed", "rating", "voices", "bounces", "lon",
           "lat")  # fmt: skip
LEDGER_MOST = 500


def write(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery, path: Path, words: Mapping[str, str]) -> int:
    """Write the issues of a query to a ``.csv`` or ``.xlsx`` file and return how many there are.

    Parameters
    ----------
    words
        What the columns, grades, states and sources are called in the reader's language.

    Raises
    ------
    Problem
        ``issue.too_many``, ``unit.not_found``, ``file.kind_unknown``.
    """
    from geodata.files.write import write_csv, write_xlsx  # what writes files loads when one is wanted, not at start

    rows = issue_lists.table(db, actor, now, query)
    headers = [words.get(column, column) for column in COLUMNS]
    cells = [[_cell(row, column, words) for column in COLUMNS] for row in rows]
    if path.suffix == ".csv":
        write_csv(path, headers, cells)
    elif path.suffix == ".xlsx":
        write_xlsx(path, {words.get("issues", "issues"): (headers, cells)})
    else:
        raise Problem("file.kind_unknown")
    return len(rows)


def _cell(row: Mapping[str, Any], column: str, words: Mapping[str, str]) -> Any:
    steps = {step["level"]: step["name"] for step in row["chain"]}
    found = {
        "category_code": row["category"]["code"], "category": row["category"]["name"], "place": row["place_text"],
        "holder": row["holder"]["name"], "reported": said(row["at"]), "due": said(row["due"]),
        "closed": said(row["closed_at"]), "late": words.get("yes", "1") if row["late"] else "", **steps,
    }  # fmt: skip
    value = found.get(column, row.get(column, ""))
    return words.get(f"{column}.{value}", value) if column in ("grade", "state", "source", "rating") else value


def said(moment: dt.datetime | None) -> str:
    """Return a moment as people write it, in Shanghai; "" for none."""
    return "" if moment is None else moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def ledger(db: Db, actor: Actor, now: dt.datetime, query: IssueQuery) -> dict[str, Any]:
    """Return the ledger of the three orders: who ordered (点单), who took it (接单), how it was judged (评单).

    At most 500 rows a print; ``total`` tells how many there are.
    """
    found = issue_lists.page(db, actor, now, query, "", LEDGER_MOST)
    events = kept.events_by_issue(db, [item["id"] for item in found["items"]])
    rows = []
    for item in found["items"]:
        case = issues.folded(events[item["id"]])
        accepted = [event for event in events[item["id"]] if event.kind == "accepted"]
        answer = [event for event in events[item["id"]] if event.kind == "answered"]
        rated = [event for event in events[item["id"]] if event.kind == "rated"]
        rows.append({
            **item, "accepted_at": case.accepted_at, "accepted_level": accepted[0].level if accepted else "",
            "solved_at": case.solved_at, "remedy": list(case.remedy), "answered_at": case.answered_at,
            "answer": _last_text(answer), "rating": case.rating, "rated_text": _last_text(rated),
        })  # fmt: skip
    return {"items": rows, "total": found["total"], "at": now}


def _last_text(events: Sequence[Any]) -> str:
    return str(events[-1].detail.get("text", "")) if events else ""
