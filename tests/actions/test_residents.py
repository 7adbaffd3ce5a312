"""Residents without an account: off until switched on, limited, let through by a desk, and told nothing personal."""

from __future__ import annotations

import datetime as dt
import doctest
from typing import Any

import pytest
from sqlalchemy import select

from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from survey.actions import issue_shown, issues, modules, residents
from survey.rules import resident_report
from survey.store import issues as kept
from survey.store.visit_tables import resident_report as table
from tests import issuing
from tests.issuing import NOW, category, new_id, place, take
from tests.people import VILLAGE_PATHS
from tests.village import cadre

DESK = cadre("village_cadre", VILLAGE_PATHS[0], "desk")
FAR = cadre("village_cadre", VILLAGE_PATHS[1], "far")
HERE = "203.0.113.9"


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with categories, its residents' page switched on."""
    issuing.furnish(published)
    with published.write() as db:
        modules.switch(db, OPERATOR, NOW, {"residents": True})
    return published


def said(**more: Any) -> dict[str, Any]:
    """Return what a resident sends."""
    lon, lat = more.pop("at", place())
    return {"category_id": category(more.pop("category", "lamp")), "text": "门口的灯坏了", "lon": lon, "lat": lat,
            "name": "张某某", "phone": "13800001234", **more}  # fmt: skip


def send(store: Store, body: dict[str, Any], now: dt.datetime = NOW, made: str = "", address: str = HERE) -> Any:
    """Send a report and return its code and whether it is new."""
    with store.write() as db:
        return residents.report(db, now, made or new_id(), body, address)


def test_codes_are_read_however_they_are_typed() -> None:
    """What the docstrings show is what the code does."""
    assert doctest.testmod(resident_report).failed == 0


def test_a_county_that_has_not_switched_it_on_has_no_such_page(published: Store) -> None:
    """Every way in says that there is no such thing."""
    for ask in (
        lambda db: residents.opening(db, OPERATOR, NOW), lambda db: residents.report(db, NOW, new_id(), said(), HERE),
        lambda db: residents.follow(db, NOW, "x"), lambda db: residents.rate(db, NOW, "x", "solved"),
    ):  # fmt: skip
        with published.write() as db, pytest.raises(Problem, match=r"resident\.off"):
            ask(db)


def test_the_page_offers_what_may_be_reported(county: Store) -> None:
    """Common questions first; categories without the restricted ones."""
    with county.read() as db:
        shown = residents.opening(db, OPERATOR, NOW)
    assert {one["name"] for one in shown["categories"]} == {"路灯", "跨河桥", "地界纠纷"} and shown["faq"] == []


def test_a_report_waits_for_its_desk_and_becomes_an_issue(county: Store) -> None:
    """Sent twice it is one with one code; the desk sees it masked; let through it is an issue of that ground."""
    made = new_id()
    code, is_new = send(county, said(), made=made)
    assert is_new and send(county, said(), made=made) == (code, False)
    with pytest.raises(Problem) as refused:
        send(county, said(text="另一件事"), made=made)
    assert (refused.value.code, refused.value.values["field"]) == ("resident.other_body", "text")
    with county.read() as db:
        row = db.run.execute(select(table)).one()
        assert b"13800001234" not in row.body_sealed and code not in str(row)
        (item,) = residents.page(db, DESK, NOW, "waiting", "", 50)["items"]
        assert residents.page(db, FAR, NOW, "", "", 50)["items"] == []
        assert residents.follow(db, NOW, code)["state"] == "waiting"
    assert item["raiser"] == {"name": "张**", "phone": "138****1234"}
    with county.write() as db:
        with pytest.raises(Problem, match=r"resident\.not_found"):
            residents.settle(db, FAR, NOW, made, take=True, answer="")
        done = residents.settle(db, DESK, NOW, made, take=True, answer="")
        with pytest.raises(Problem, match=r"resident\.settled"):
            residents.settle(db, DESK, NOW, made, take=False, answer="x")
        issue = kept.raw(db, done["issue"])
        shown = issue_shown.whole(db, DESK, NOW, issue)
    assert (issue.source, issue.path.startswith(VILLAGE_PATHS[0])) == ("resident", True)
    assert shown["raiser"]["name"] == "张**" and "rated" not in [one["kind"] for one in shown["steps"]]


def test_a_resident_follows_and_rates_by_the_code(county: Store) -> None:
    """Told the answer and nobody's name; rated once by one tap, and again where that reopened the matter."""
    made = new_id()
    code, _ = send(county, said(), made=made)
    with county.write() as db:
        issue_id = residents.settle(db, DESK, NOW, made, take=True, answer="")["issue"]
        with pytest.raises(Problem, match=r"resident\.not_rateable"):
            residents.rate(db, NOW, code, "solved")
    work = [("accepted", {}), ("solved", {"remedy": ["on_spot"], "text": "换了灯泡"}),
            ("answered", {"how": "app", "text": "已换新灯"})]  # fmt: skip
    for kind, detail in work:
        take(county, DESK, issue_id, kind, **detail)
    with county.write() as db:
        told = residents.follow(db, NOW, code.lower().replace("-", " "))
        assert (told["answer"], told["rateable"], told["issue"]) == ("已换新灯", True, "answered")
        assert "张" not in str(told) and "1380" not in str(told) and "desk" not in str(told)
        with pytest.raises(Problem, match=r"resident\.field"):
            residents.rate(db, NOW, code, "five stars")
        again = residents.rate(db, NOW, code, "not")
        assert again["issue"] == "in_hand"
    for kind, detail in work[1:]:
        take(county, DESK, issue_id, kind, NOW + dt.timedelta(hours=1), **detail)
    with county.write() as db:
        for _ in range(2):
            assert residents.rate(db, NOW + dt.timedelta(hours=2), code, "solved")["rating"] == "solved"
        assert issues.folded(kept.events_by_issue(db, [issue_id])[issue_id]).state == "closed"
        with pytest.raises(Problem, match=r"resident\.not_found"):
            residents.follow(db, NOW, "2222-2222-2222")


def test_what_is_not_taken_up_is_answered(county: Store) -> None:
    """Without a word no; with one, the resident reads it by the code."""
    made = new_id()
    code, _ = send(county, said(), made=made)
    with county.write() as db:
        with pytest.raises(Problem, match=r"resident\.no_answer"):
            residents.settle(db, DESK, NOW, made, take=False, answer=" ")
        residents.settle(db, DESK, NOW, made, take=False, answer="请直接联系供电所")
        assert residents.follow(db, NOW, code)["answer"] == "请直接联系供电所"


@pytest.mark.parametrize(
    ("more", "code"),
    [({"text": "x"}, "resident.field"), ({"lon": "x"}, "resident.field"), ({"category": "warning"}, "resident.field"),
     ({"category_id": "nothing"}, "resident.field"), ({"at": (10.0, 10.0)}, "resident.outside")],
    ids=["short", "place", "restricted", "unknown", "outside"],
)  # fmt: skip
def test_a_wrong_report_is_refused(county: Store, more: dict[str, Any], code: str) -> None:
    """What is missing, restricted or elsewhere is told."""
    with pytest.raises(Problem) as refused:
        send(county, said(**more))
    assert refused.value.code == code


def test_one_place_sends_a_few_an_hour(county: Store) -> None:
    """The sixth within an hour must wait, another place need not; where they came from is forgotten after a day."""
    for n in range(5):
        send(county, said(), NOW + dt.timedelta(minutes=n))
    with pytest.raises(Problem) as refused:
        send(county, said(), NOW + dt.timedelta(minutes=6))
    assert (refused.value.code, refused.value.values["seconds"]) == ("resident.too_many", 54 * 60)
    assert send(county, said(), NOW + dt.timedelta(minutes=6), address="203.0.113.10")[1]
    assert send(county, said(), NOW + dt.timedelta(days=2))[1]
    with county.read() as db:
        rows = db.run.execute(select(table.c.at, table.c.place_digest)).all()
    assert {bool(row.place_digest) for row in rows if row.at < NOW + dt.timedelta(days=1)} == {False}
    assert HERE not in str(rows)


def test_a_page_of_reports_is_the_oldest_first(county: Store) -> None:
    """Page by page, none twice and none left out."""
    made = [new_id() for _ in range(5)]
    for n, one in enumerate(made):
        send(county, said(), NOW + dt.timedelta(hours=5 - n), one, f"203.0.113.{n}")
    found: list[str] = []
    after: str | None = ""
    with county.read() as db:
        while after is not None:
            page = residents.page(db, DESK, NOW, "", after, 2)
            found, after = found + [one["id"] for one in page["items"]], page["next"]
    assert found == made[::-1]
