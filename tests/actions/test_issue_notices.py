"""What happens to an issue, and what time does to it, reaches those whom it concerns, once each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from geodata.rules.actors import Actor
from geodata.store import settings, units
from geodata.store.database import Store
from survey.actions import issue_clock, issue_notices, notices
from tests import issuing, people
from tests.issuing import EAST_TOWN, NOW, chief, office_id, staff, take
from tests.village import VILLAGES, cadre, unit_id

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
REPORTER = cadre("reporter", "", "rider")
TOWN = cadre("town_cadre", EAST_TOWN, "town")
VILLAGE = cadre("village_cadre", people.VILLAGE_PATHS[0], "village")


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with its net published, categories and offices."""
    issuing.furnish(published)
    return published


def kinds(store: Store, actor: Actor) -> list[str]:
    """Return the kinds of the notices in somebody's trays, the oldest first."""
    with store.read() as db:
        items = notices.list_mine(db, actor, NOW, "", 200, "zh")["items"]
    return [one["kind"] for one in reversed(items)]


def pass_time(store: Store, at: dt.datetime) -> tuple[int, int]:
    """Let the clock run at a moment; return how many were reminded and how many issues were handed up."""
    with store.write() as db:
        return issue_notices.remind(db, at), issue_clock.run(db, at)["escalated"]


def test_each_hand_that_an_issue_passes_through_is_told(county: Store) -> None:
    """Raised, refused to the village, dispatched to an office, urged, solved, rated badly: each holder finds theirs."""
    row = issuing.raise_one(county, REPORTER)
    mine = chief(row.path)
    assert kinds(county, mine) == ["reported"]
    unit = unit_id(county, VILLAGES[0])
    take(county, mine, row.id, "refused", NOW + HOUR, to={"kind": "unit", "id": unit}, reason="不归本邻")
    assert kinds(county, VILLAGE)[-1] == "returned"
    take(
        county, VILLAGE, row.id, "dispatched", NOW + 2 * HOUR, to={"kind": "office", "id": office_id("roads")}, note=""
    )
    roads = staff("roads")
    assert kinds(county, roads) == ["dispatched"]
    take(county, REPORTER, row.id, "urged", NOW + 3 * HOUR, text="快点")
    take(county, roads, row.id, "accepted", NOW + 4 * HOUR)
    take(county, roads, row.id, "solved", NOW + 5 * HOUR, remedy=["on_spot"], text="换灯")
    take(county, roads, row.id, "answered", NOW + 6 * HOUR, how="app", text="好了")
    assert kinds(county, roads) == ["dispatched", "urged"], "who does a thing is not told of it"
    take(county, REPORTER, row.id, "rated", NOW + 7 * HOUR, score="not")
    assert kinds(county, roads) == ["dispatched", "urged", "reopened"]
    assert kinds(county, staff("water")) == []


def test_both_sides_of_a_near_border_are_told(county: Store) -> None:
    """A point whose circle crosses a border is told to the holder as new, and to the neighbour as one to share."""
    row = issuing.raise_one(county, REPORTER, accuracy_m=60, at=issuing.place(3.9, 0.5))
    assert row.told
    with county.read() as db:
        paths = [one.path for one in units.paths(db, "") if one.id in row.told]
    for path in paths:
        assert kinds(county, chief(path)) == ["near_border"]
    assert "reported" in kinds(county, chief(row.path))


def test_a_deadline_is_reminded_of_once_before_and_once_after_and_then_goes_up(county: Store) -> None:
    """A day before and when it is over, whoever holds it is told; whom it goes up to is told that it came."""
    row = issuing.raise_one(county, REPORTER)
    mine = chief(row.path)
    take(county, mine, row.id, "accepted", NOW + HOUR)
    due = row.result_due
    assert pass_time(county, due - DAY - HOUR) == (0, 0)
    assert pass_time(county, due - DAY) == (1, 0)
    assert pass_time(county, due - HOUR) == (0, 0)
    assert kinds(county, mine) == ["reported", "due_soon"]
    assert pass_time(county, due) == (1, 1)
    assert pass_time(county, due + HOUR) == (0, 0), "the new holder is not told again what they were told as handed up"
    assert kinds(county, mine)[2:] == ["overdue"]
    assert "escalated" in kinds(county, VILLAGE)


def test_progress_is_another_kind_of_deadline(county: Store) -> None:
    """A bridge owes progress, not a result, and is reminded of that; telling it begins a new month."""
    row = issuing.raise_one(county, REPORTER, category="bridge")
    mine = chief(row.path)
    take(county, mine, row.id, "accepted", NOW + HOUR)
    assert pass_time(county, row.progress_due - HOUR) == (1, 0)
    row = take(county, mine, row.id, "progress", row.progress_due - HOUR, text="已勘察")
    assert pass_time(county, row.progress_due - 2 * DAY) == (0, 0)
    assert pass_time(county, row.progress_due)[0] == 1
    assert kinds(county, mine) == ["reported", "progress_due", "progress_late"]


def test_an_answer_that_is_owed_is_asked_for(county: Store) -> None:
    """A day after it was solved without an answer, its holder is told once; after the answer nobody is."""
    row = issuing.raise_one(county, REPORTER)
    mine = chief(row.path)
    take(county, mine, row.id, "accepted")
    take(county, mine, row.id, "solved", NOW + HOUR, remedy=["on_spot"], text="换灯")
    assert pass_time(county, NOW + 24 * HOUR) == (0, 0)
    assert [pass_time(county, NOW + 25 * HOUR)[0] for _ in range(2)] == [1, 0]
    assert kinds(county, mine)[-1] == "answer_owed"


def test_a_late_call_is_told_to_those_that_are_missing_and_to_the_desk_that_waits(county: Store) -> None:
    """One of two called offices signs in; when the time is over the other and the town are told, once."""
    row = issuing.raise_one(county, REPORTER, category="bridge")
    sign_by = NOW + DAY
    take(county, TOWN, row.id, "whistled", offices=[office_id("roads"), office_id("water")],
         sign_by=sign_by.isoformat(), topic="修桥")  # fmt: skip
    assert kinds(county, staff("water")) == kinds(county, staff("roads")) == ["called"]
    take(county, staff("roads"), row.id, "signed_in", NOW + HOUR, office=office_id("roads"))
    assert pass_time(county, sign_by - HOUR) == (0, 0)
    assert [pass_time(county, sign_by)[0] for _ in range(2)] == [2, 0]
    assert kinds(county, staff("water")) == ["called", "call_late"]
    assert kinds(county, staff("roads")) == ["called"]
    assert kinds(county, TOWN) == ["call_late"]


def test_reminders_come_as_early_as_the_county_says(county: Store) -> None:
    """With two hours in the parameters nobody is told a day before."""
    with county.write() as db:
        settings.put(db, "profile", {"remind_hours": 2})
    row: Any = issuing.raise_one(county, REPORTER)
    assert pass_time(county, row.result_due - 3 * HOUR) == (0, 0)
    assert pass_time(county, row.result_due - 2 * HOUR) == (1, 0)
