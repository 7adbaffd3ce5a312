"""Issues for the browser: raised and dealt with in the past by the actions themselves, and what a hand does here."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from playwright.sync_api import Locator, Page, expect

from geodata.rules.actors import Actor, Grant
from geodata.store.database import Store
from survey.actions import issues
from survey.actions.issues import Wish
from survey.rules.roles import ROLES
from tests.browser.asking import ask
from tests.browser.conftest import Opened
from tests.browser.planning import a_village
from tests.browser.served import Served

CADRE = Actor("elsewhere", "周支书", (Grant("county_cadre", "", ROLES["county_cadre"]),))
OFFICES = {"QA1": "住建局", "QA2": "电信公司", "QA3": "司法所"}
CARD = ".issue-card"
_PUT = """
async ([path, body]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(path, { method: "PUT", headers, body: JSON.stringify(body) });
  return { status: answer.status, told: await answer.json() };
}
"""


def ago(**span: float) -> dt.datetime:
    """Return a moment that lies some ``days`` or ``hours`` back."""
    return dt.datetime.now(dt.UTC) - dt.timedelta(**span)


class Loop:
    """A county with categories and offices, in whose past somebody else raises issues and takes steps."""

    def __init__(self, opened: Opened, served: Served) -> None:
        self.opened, self.served = opened, served
        self.categories = {one["name"]: one["id"] for one in ask(opened, served, "/api/categories")["items"]}
        known = {one["code"]: one["id"] for one in ask(opened, served, "/api/offices")["items"]}
        for code, name in OFFICES.items():
            if code not in known:
                known[code] = str(uuid.uuid4())
                put(opened, f"/api/offices/{known[code]}", code=code, name=name)
        self.offices = {name: known[code] for code, name in OFFICES.items()}

    def homes(self, least: int = 1) -> list[dict[str, Any]]:
        """Return homes of one 邻 of a village of houses, that has at least so many, and the 邻 under ``lin``."""
        village = a_village(self.opened, self.served, "rural")
        tree = ask(self.opened, self.served, f"/api/units/{village['id']}/tree")["items"]
        lins = [one["unit"] for one in tree if one["unit"]["level"] == "lin" and one["unit"]["homes"] >= least]
        found = ask(self.opened, self.served, f"/api/units/{lins[0]['id']}/households?limit=50")["items"]
        return [{**home, "lin": lins[0]} for home in found]

    def raised(self, category: str, text: str, at: dt.datetime, place: tuple[float, float], **more: Any) -> str:
        """Raise an issue in the past and return its id."""
        issue_id = str(uuid.uuid4())
        body = {
            "category_id": self.categories[category], "text": text, "lon": place[0], "lat": place[1],
            "place_source": "pin", "source": "chat", **more,
        }  # fmt: skip
        self._write(lambda db: issues.report(db, CADRE, at, issue_id, body))
        return issue_id

    def took(self, issue_id: str, kind: str, at: dt.datetime, **detail: Any) -> None:
        """Take a step in the past."""
        self._write(lambda db: issues.step(db, CADRE, at, issue_id, Wish(str(uuid.uuid4()), kind, detail)))

    def issue(self, issue_id: str) -> dict[str, Any]:
        """Return an issue as the server tells it."""
        found: dict[str, Any] = ask(self.opened, self.served, f"/api/issues/{issue_id}")
        return found

    def _write(self, work: Any) -> None:
        store = Store(self.served.db)
        try:
            with store.write() as db:
                work(db)
        finally:
            store.close()


def put(opened: Opened, path: str, **body: Any) -> Any:
    """Put something at the server as the page's person."""
    answer = opened.page.evaluate(_PUT, [path, body])
    assert answer["status"] < 300, (path, answer)
    return answer["told"]


def press(page: Page, kind: str) -> None:
    """Press the button of a step, in the bar or in its menu."""
    button = page.locator(f'.step-bar [data-step="{kind}"]')
    expect(button).to_have_count(1)
    if not button.is_visible():
        page.locator(".step-menu summary").click()
    button.click()


def step(page: Page, kind: str, fill: dict[str, str] | None = None, pick: tuple[str, ...] = ()) -> None:
    """Take a step by its form: texts by their labels, choices by their words."""
    press(page, kind)
    dialog = page.get_by_role("dialog")
    for words in pick:
        dialog.get_by_label(words, exact=True).check()
    for label, words in (fill or {}).items():
        dialog.get_by_label(re.compile(f"^{label}")).fill(words)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


def card(page: Page) -> Locator:
    """Return the card of the issue that is open."""
    return page.locator(CARD)


def is_in(page: Page, state: str) -> None:
    """Wait until the issue that is open is in a state, as its card says in words."""
    expect(card(page).locator(".card-head .state-mark")).to_contain_text(state)


def told(page: Page) -> list[str]:
    """Return the sentences of what happened, the latest first."""
    return [one.strip() for one in card(page).locator(".timeline .event-words").all_inner_texts()]
