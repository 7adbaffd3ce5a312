"""A changed net ends the posts of units that are gone, keeps those that stay, and an undoing gives them back."""

from __future__ import annotations

from typing import Any

import pytest

from geodata.actions import ledger, plans
from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from survey.actions import handover, modules, officers, publishing, visits
from survey.store import appointments
from tests import people, village, visiting
from tests.people import DAY, level_ids, name
from tests.village import VILLAGES, Clock


@pytest.fixture
def held(published: Store) -> tuple[Store, dict[str, str]]:
    """The published village with a chief in every 邻 and 组, and the 片."""
    made = people.settle(published)
    for level in ("lin", "zu", "pian"):
        for n, unit_id in enumerate(level_ids(published, level)):
            name(published, unit_id, made[f"{level}{n}"])
    return published, made


def redrafted(store: Store) -> str:
    """Return a plan of the first village whose 邻 are other units than those of the net."""
    with store.write() as db:  # a draft keeps the ids of 邻 that hold the same homes: another rule makes other 邻
        from geodata.store import settings

        settings.put(db, "profile", {"elected_levels": [], "lin_homes_min": 9, "lin_homes_max": 16})
    return village.draft_one(store, VILLAGES[0], Clock(DAY[2]), seed=5)


def terms(store: Store) -> dict[str, str]:
    with store.read() as db:
        return {t.unit_id: t.officer_id for t in appointments.terms_under(db, people.VILLAGE_PATHS[0])}


def test_a_first_publication_passes_nothing_on_and_tells_of_new_posts(drafted: Store) -> None:
    """Every post of a new net is vacant; nobody hands anything over."""
    with drafted.read() as db:
        plan_id = ledger.newest_drafts(db, OPERATOR, DAY[0])[0]
        told = publishing.changes(db, OPERATOR, DAY[0], plan_id)
    assert told["posts_vacant"]["new"] >= 4
    assert (told["posts_vacant"]["ended"], told["posts_vacant"]["items"]) == (0, [])
    assert told["homes"] == 31
    with drafted.write() as db:
        publication = publishing.publish(db, OPERATOR, DAY[1], plan_id, "首次")
        assert handover.after_publication(db, OPERATOR, DAY[1], publication, {}) == {
            "ended": 0,
            "returned": 0,
            "passed": 0,
        }


def test_what_will_fall_vacant_is_told_and_then_happens(held: tuple[Store, dict[str, str]]) -> None:
    """The changes name the posts that end; publishing ends exactly those and writes what passed to whom."""
    store, made = held
    plan_id, before = redrafted(store), terms(store)
    with store.read() as db:
        told = publishing.changes(db, OPERATOR, DAY[3], plan_id)["posts_vacant"]
    assert told["ended"] == len(told["items"]) > 0
    with store.write() as db:
        publishing.publish(db, OPERATOR, DAY[3], plan_id, "重划")
    after = terms(store)
    ended = {item["unit"]["id"]: item["officer"]["id"] for item in told["items"]}
    assert before == after | ended
    assert len(level_ids(store, "lin")) - len([u for u in after if u in level_ids(store, "lin")]) == told["new"]
    with store.read() as db:
        card = officers.card(db, OPERATOR, DAY[4], next(iter(ended.values())))
        assert (card["posts"], card["history"][0]["ended_because"]) == ([], "unit_gone")
        assert card["history"][0]["unit"]["gone"]
        passed = [row for officer_id in ended.values() for row in handover.listed(db, officer_id=officer_id)]
    assert sum(row["counts"]["homes"] for row in passed) > 0
    assert {row["why"] for row in passed} == {"publish"}
    assert all(row["to"] is not None and row["to"]["id"] in made.values() for row in passed)


def test_undoing_gives_the_posts_back(held: tuple[Store, dict[str, str]]) -> None:
    """Every holder who is free has the post again; one who took another meanwhile, or left, has not."""
    store, _ = held
    before = terms(store)
    plan_id = redrafted(store)
    with store.write() as db:
        publication = publishing.publish(db, OPERATOR, DAY[3], plan_id, "重划")
    ended = sorted(set(before) - set(terms(store)))
    assert ended
    with store.write() as db:
        officers.retire(db, OPERATOR, DAY[4], before[ended[0]], "外出")
    with store.write() as db:
        publishing.undo(db, OPERATOR, DAY[5], publication, "改回")
    after = terms(store)
    assert after == {unit: who for unit, who in before.items() if unit != ended[0]}
    with store.read() as db:
        history: list[Any] = list(appointments.history(db, unit_id=ended[1])) if len(ended) > 1 else []
    assert [row.to_at is None for row in history] == ([True, False] if history else [])


def test_a_publication_of_no_village_settles_nothing(published: Store) -> None:
    """An import in the ledger concerns no posts; nor does what is not in the ledger."""
    with published.write() as db:
        entries = ledger.list_publications(db, OPERATOR, DAY[0], "", 50)["items"]
        imported = next(entry["id"] for entry in entries if entry["kind"] == "import")
        for publication_id in (imported, "none"):
            assert handover.after_publication(db, OPERATOR, DAY[1], publication_id, {})["ended"] == 0


def test_visits_owed_pass_with_the_homes_and_are_counted_before(held: tuple[Store, dict[str, str]]) -> None:
    """As many as are due among the homes that move; a home visited in time is not among them, and no visit is lost."""
    store, _ = held
    plan_id = redrafted(store)
    with store.read() as db:
        before = publishing.changes(db, OPERATOR, DAY[3], plan_id)
        moving = [home for home, _ in plans.Difference(db, plans.show(db, OPERATOR, DAY[3], plan_id)).moved]
    assert before["visits_due"] == before["homes_changed"] == len(moving) > 1
    visiting.log(store, OPERATOR, {"kind": "visit", "outcome": "home", "household": moving[0]}, DAY[3])
    with store.write() as db:
        assert publishing.changes(db, OPERATOR, DAY[3], plan_id)["visits_due"] == len(moving) - 1
        publishing.publish(db, OPERATOR, DAY[3], plan_id, "重划")
    with store.read() as db:
        rows = [row.counts for row in appointments.handovers(db, unit_id="") if row.why == "publish"] or [
            row.counts for unit in people.level_ids(store, "zu") + people.level_ids(store, "lin")
            for row in appointments.handovers(db, unit_id=unit) if row.why == "publish"
        ]  # fmt: skip
        states = visits.due(db, OPERATOR, DAY[3], "", "", "", 5)["counts"]
    assert all(row["visits_due"] <= row["homes"] for row in rows) and any(row["visits_due"] for row in rows)
    assert states["done"] == 1


def test_a_county_without_visits_is_told_nothing_of_them(held: tuple[Store, dict[str, str]]) -> None:
    """Switched off, neither the changes nor a handover name visits, rather than show them as nought."""
    store, _ = held
    with store.write() as db:
        modules.switch(db, OPERATOR, DAY[2], {"visits": False})
    plan_id = redrafted(store)
    with store.read() as db:
        assert "visits_due" not in publishing.changes(db, OPERATOR, DAY[3], plan_id)
