"""What a test asks the server by itself, to compare with what the page shows."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Opened
from tests.browser.served import Served


def ask(opened: Opened, served: Served, path: str) -> Any:
    """Ask the server what the page asks, as the same person."""
    answer = opened.page.request.get(served.url + path)
    assert answer.ok, f"{path}: {answer.status} {answer.text()[:300]}"
    return answer.json()


def a_unit(opened: Opened, served: Served, level: str) -> dict[str, Any]:
    """Return a unit of a level that has something below it and no blocks of flats: the last such in its parent."""
    unit: dict[str, Any] = ask(opened, served, "/api/units?parent=")["items"][0]
    while unit["level"] != level:
        below = ask(opened, served, f"/api/units?parent={unit['id']}&limit=200")["items"]
        houses = [one for one in below if one["kind"] not in ("urban", "compound") and one["homes"] >= 5]
        unit = next(one for one in reversed(houses) if one["children"] or one["level"] == "lin")
    return unit


def a_home(opened: Opened, served: Served) -> dict[str, Any]:
    """Return a home in a house of its own, with the 邻 it belongs to under ``lin``."""
    unit = a_unit(opened, served, "lin")
    homes = ask(opened, served, f"/api/units/{unit['id']}/households")["items"]
    return {**next(one for one in homes if not one["building"]), "lin": unit}
