"""Fills the register of a village with invented people, each living in one of its homes, as a cadre would by file."""

from __future__ import annotations

from typing import Any

from tests.browser.asking import ask
from tests.browser.conftest import Opened
from tests.browser.planning import a_village, send
from tests.browser.served import Served

SURNAMES = "陈周李刘谭彭龙曾梁吴"
GIVEN = [
    "春和",
    "夏生",
    "秋云",
    "冬青",
    "建安",
    "文竹",
    "明远",
    "小满",
    "立夏",
    "谷雨",
    "白露",
    "寒江",
    "长河",
    "新禾",
    "望山",
    "听泉",
]


def name_of(n: int) -> str:
    """Return the n-th invented name; the first 160 differ."""
    return SURNAMES[n % len(SURNAMES)] + GIVEN[(n // len(SURNAMES) + 3 * n) % len(GIVEN)]


class Village:
    """A village, its units, and the people put into its register."""

    def __init__(self, opened: Opened, served: Served) -> None:
        self.opened, self.served = opened, served
        self.unit = a_village(opened, served, "rural")
        tree = ask(opened, served, f"/api/units/{self.unit['id']}/tree")["items"]
        levels = ("pian", "zu", "lin")
        self.units = {one: [row["unit"] for row in tree if row["unit"]["level"] == one] for one in levels}
        self.people: list[dict[str, Any]] = []

    def homes(self, unit: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the homes of a unit, masked."""
        page = ask(self.opened, self.served, f"/api/units/{unit['id']}/households?limit=200")
        return list(page["items"])

    def add(self, unit: dict[str, Any], which: int, tags: list[str], **more: Any) -> dict[str, Any]:
        """Put somebody who lives in a home of a unit into the register."""
        homes = self.homes(unit)
        n = len(self.people)
        card = send(
            self.opened,
            "/api/officers",
            **{
                "name": name_of(n), "phone": f"199000{n:05d}", "household": homes[which % len(homes)]["code"],
                "village": self.unit["code"], "tags": tags, "vetting": "passed", **more,
            },
        )  # fmt: skip
        self.people.append(card)
        return dict(card)

    def settle(self, lins: int = 4) -> None:
        """Give it 两委 for its 片, 小组长 for its 组 but one, and people who may stand in its first few 邻."""
        for at, unit in enumerate([*self.units["pian"], self.units["pian"][0]]):
            self.add(unit, 3 * at, ["两委"], party=True, vetted_on="2026-03-06", vetted_by="联审组")
        for at, unit in enumerate(self.units["zu"][1:]):
            self.add(unit, 2 * at + 1, ["小组长"])
        for unit in self.units["lin"][:lins]:
            for at in range(2):
                self.add(unit, at, ["村民代表"] if at else ["志愿者"])


def village_with_people(opened: Opened, served: Served) -> Village:
    """Return a village whose register is full, filling it the first time anybody asks."""
    village = Village(opened, served)
    known = ask(opened, served, f"/api/officers?unit={village.unit['id']}&limit=200")["items"]
    village.people = known
    if not known:
        village.settle()
    return village
