"""Issues in the tiny county of ``tests/village.py``: categories, offices, people who act, and the steps they take."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from geodata.rules.actors import Actor, Grant
from geodata.store.database import Store
from survey.actions import issues
from survey.actions.issues import Wish
from survey.rules.roles import ROLES
from survey.store.issue_tables import issue_category, office
from tests.village import NORTH, STEP, WEST, cadre

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
CATEGORIES = {
    "lamp": ("0118", "01", "路灯", "ordinary", False),
    "bridge": ("0208", "02", "跨河桥", "complex", False),
    "dispute": ("2101", "21", "地界纠纷", "harder", False),
    "warning": ("2109", "21", "苗头隐患", "harder", True),
}
EAST_TOWN, WEST_TOWN = "439901000000/100/", "439901000000/101/"
_count = itertools.count(1)


def new_id() -> str:
    """Return an id as a phone makes it, another one each time and the same in each run."""
    return str(uuid.UUID(int=next(_count) + (4 << 76) + (2 << 62)))


def furnish(store: Store) -> None:
    """Give the county categories and two offices."""
    with store.write() as db:
        for n, (one, (code, major, name, grade, restricted)) in enumerate(CATEGORIES.items()):
            db.run.execute(issue_category.insert().values(
                id=category(one), scheme="t", version="1", code=code, kind="object", major=major, name=name,
                grade=grade, restricted=restricted, keywords=[], symbol=one, position=n,
            ))  # fmt: skip
        for one in ("roads", "water"):
            db.run.execute(office.insert().values(id=office_id(one), code=one, name=f"{one}局", unit_id=""))


def category(name: str) -> str:
    """Return the id of a category."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def office_id(name: str) -> str:
    """Return the id of an office."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"office {name}"))


def chief(path: str, name: str = "lin") -> Actor:
    """Return the chief of a unit."""
    return cadre("chief", path, name)


def staff(name: str) -> Actor:
    """Return somebody of an office."""
    return Actor(f"id-{name}", name, (Grant("office_staff", "", ROLES["office_staff"]),), office_id(name))


def place(column: float = 0.5, row: float = 0.5, which: int = 0) -> tuple[float, float]:
    """Return a place in the picture of ``tests/village.py``."""
    return (WEST + which * 0.02 + column * STEP, NORTH - row * STEP)


def body(**more: Any) -> dict[str, Any]:
    """Return a report of a street light by the home in the upper left corner."""
    lon, lat = more.pop("at", place())
    return {"category_id": category(more.pop("category", "lamp")), "text": "路灯频闪", "lon": lon, "lat": lat,
            "place_source": "pin", "source": "app", **more}  # fmt: skip


def raise_one(store: Store, actor: Actor, now: dt.datetime = NOW, **more: Any) -> Any:
    """Raise an issue and return its row."""
    with store.write() as db:
        return issues.report(db, actor, now, more.pop("id", None) or new_id(), body(**more))[0]


def take(store: Store, actor: Actor, issue_id: str, kind: str, now: dt.datetime = NOW, **detail: Any) -> Any:
    """Take a step and return the issue's row after it."""
    where = detail.pop("place", None)
    with store.write() as db:
        wish = Wish(detail.pop("id", None) or new_id(), kind, detail, where)
        return issues.step(db, actor, now, issue_id, wish)[0]
