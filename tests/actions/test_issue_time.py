"""What time and redraws do to issues, on both databases: overdue ones go up, and all lie where today's net says."""

from __future__ import annotations

import datetime as dt

import pytest

from geodata.store import plans as plan_store
from geodata.store.database import Store
from survey.actions import handover, issue_clock, issue_lists, issue_redraw, issue_shown, issues, publishing
from survey.rules.deadlines import Calendar
from survey.rules.issues import on_time
from survey.store import issues as kept
from tests import issuing, people
from tests.issuing import EAST_TOWN, NOW, chief, place, take
from tests.village import OPERATOR, VILLAGES, Clock, cadre, draft_one, unit_id

DAY = dt.timedelta(days=1)
REPORTER = cadre("reporter", "", "rider")
TOWN = cadre("town_cadre", EAST_TOWN, "town")


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with its net published, categories and offices."""
    issuing.furnish(published)
    return published


def run(store: Store, at: dt.datetime) -> dict[str, int]:
    with store.write() as db:
        return issue_clock.run(db, at)


def test_what_is_overdue_goes_up_one_level_once(county: Store) -> None:
    """Nothing before the deadline; at it one level up; again after each two days; twice in a row does nothing."""
    row = issuing.raise_one(county, REPORTER)
    assert run(county, row.due - dt.timedelta(seconds=1)) == {"resumed": 0, "escalated": 0}
    assert run(county, row.due)["escalated"] == 1
    assert run(county, row.due)["escalated"] == run(county, row.due + DAY)["escalated"] == 0
    with county.read() as db:
        up = kept.raw(db, row.id)
        (event,) = [one for one in kept.event_rows(db, row.id) if one.kind == "escalated"]
    assert (up.level, up.state, event.capacity, event.detail["reason"]) == ("zu", "waiting", "clock", "result")
    assert run(county, row.due + 2 * DAY)["escalated"] == 1
    # after a stop of weeks it goes up by one, not by all it missed
    assert run(county, row.due + 30 * DAY)["escalated"] == 1
    with county.read() as db:
        assert kept.raw(db, row.id).level == "village"


def test_who_had_it_keeps_sight_and_the_deadline_stays(county: Store) -> None:
    """An escalated issue is still seen by the chief who had it, and still late until it is solved."""
    row = issuing.raise_one(county, REPORTER)
    run(county, row.due)
    with county.read() as db:
        shown = issue_shown.whole(db, chief(row.path), row.due, kept.raw(db, row.id))
    assert shown["late"] and shown["due"] == row.due
    take(county, TOWN, row.id, "accepted", row.due)
    take(county, TOWN, row.id, "solved", row.due, remedy=["on_spot"], text="x")
    assert run(county, row.due + 9 * DAY)["escalated"] == 0


def test_complex_issues_owe_progress_each_month(county: Store) -> None:
    """A month without word goes up; progress told moves the next deadline on."""
    row = issuing.raise_one(county, REPORTER, category="bridge")
    assert row.result_due is None and row.due == row.progress_due
    mine = chief(row.path)
    take(county, mine, row.id, "accepted")
    told = take(county, mine, row.id, "progress", NOW + 20 * DAY, text="已立项")
    assert told.due > row.due
    assert run(county, row.due)["escalated"] == 0
    assert run(county, told.due)["escalated"] == 1


def test_a_pause_ends_when_it_was_to_end(county: Store) -> None:
    """The clock stands still with a reason, runs again at the moment named, and the deadline is as much later."""
    row = issuing.raise_one(county, REPORTER)
    until = NOW + 10 * DAY
    paused = take(county, TOWN, row.id, "paused", reason="等配件", until=until.isoformat())
    assert paused.due is None and run(county, until - DAY) == {"resumed": 0, "escalated": 0}
    assert run(county, until)["resumed"] == 1
    with county.read() as db:
        after = kept.raw(db, row.id)
    assert not after.paused and abs(after.due - (row.due + 10 * DAY)) < dt.timedelta(milliseconds=1)


def redraw(store: Store, at: dt.datetime) -> tuple[str, str]:
    """Draft the first village anew, so that every unit is another one, and publish it; return plan and publication."""
    plan_id = draft_one(store, VILLAGES[0], Clock(at - DAY), seed=7)
    with store.write() as db:
        return plan_id, publishing.publish(db, OPERATOR, at, plan_id, "重划")


def test_a_redraw_hands_open_issues_over_and_undoing_gives_them_back(county: Store) -> None:
    """Open issues pass to who holds their ground, the history stays, the page counts them; undoing takes it back."""
    mended, open_ = issuing.raise_one(county, REPORTER), issuing.raise_one(county, REPORTER, at=place(1.5, 1.5))
    mine = chief(mended.path)
    take(county, mine, mended.id, "accepted")
    take(county, mine, mended.id, "solved", remedy=["on_spot"], text="x")
    take(county, mine, mended.id, "answered", how="app", text="x")
    take(county, mine, mended.id, "closed")
    with county.write() as db:
        plan_id = next(iter(plan_store.open_on(db, people.VILLAGE_PATHS[0])), None)
    assert plan_id is None
    plan_id, publication_id = redraw(county, NOW + DAY)
    with county.read() as db:
        after, closed = kept.raw(db, open_.id), kept.raw(db, mended.id)
        units_now = set(people.level_ids(county, "lin"))
        assert after.holder_id in units_now and after.path == after.holder_path
        assert (after.path_then, after.unit_then) == (open_.path, open_.unit_then)
        assert closed.state == "closed" and closed.path.startswith(people.VILLAGE_PATHS[0])
        if open_.unit_then not in units_now:
            kinds = [row.kind for row in kept.event_rows(db, open_.id)]
            assert kinds[-1] == "handed_over"
            passed = handover.listed(db, unit_id=open_.unit_then)
            assert sum(row["counts"].get("issues", 0) for row in passed) == 1
    with county.write() as db:
        publishing.undo(db, OPERATOR, NOW + 2 * DAY, publication_id, "撤回")
        back = kept.raw(db, open_.id)
        assert (back.path, back.holder_id) == (open_.path, open_.holder_id)


def test_publishing_says_before_how_many_issues_pass(county: Store) -> None:
    """The number shown before publishing is the number that passes."""
    for n in range(3):
        issuing.raise_one(county, REPORTER, at=place(4.5 + n, 1.5))
    plan_id = draft_one(county, VILLAGES[0], Clock(NOW), seed=7)
    with county.read() as db:
        said = publishing.changes(db, OPERATOR, NOW, plan_id)["issues_open"]
    with county.write() as db:
        publishing.publish(db, OPERATOR, NOW + DAY, plan_id, "重划")
        rows = kept.under(db, people.VILLAGE_PATHS[0], only_open=True)
        events = kept.events_by_issue(db, [row.id for row in rows])
    assert said == sum(event.kind == "handed_over" for held in events.values() for event in held)


def test_a_handover_counts_the_open_issues_of_a_post(county: Store) -> None:
    """When a holder leaves, the page of what was passed tells homes and open issues (B11)."""
    row = issuing.raise_one(county, REPORTER)
    made = people.settle(county)
    lin = row.unit_then
    appointment = people.name(county, lin, made[f"lin{people.level_ids(county, 'lin').index(lin)}"])
    with county.write() as db:
        page = handover.leave(db, OPERATOR, NOW + DAY, appointment, "外出务工")
    assert page["handover"]["counts"]["issues"] == 1
    with county.read() as db:
        assert issue_redraw.would_pass(db, people.VILLAGE_PATHS[0], []) == 0
        assert unit_id(county, VILLAGES[0])


def test_the_rate_on_time_counts_what_is_open_and_overdue(county: Store) -> None:
    """In time, too late, open and overdue, still early, complex: one of three was on time, by row and by rule."""
    mine = cadre("county_cadre", "", "county")
    at = [NOW, NOW, NOW, NOW + 8 * DAY, NOW]
    kinds = ("lamp", "lamp", "lamp", "lamp", "bridge")
    rows = [issuing.raise_one(county, REPORTER, when, category=kind) for when, kind in zip(at, kinds, strict=True)]
    for row, when in ((rows[0], NOW + DAY), (rows[1], NOW + 5 * DAY)):
        take(county, mine, row.id, "accepted", when)
        take(county, mine, row.id, "solved", when, remedy=["on_spot"], text="x")
    now = NOW + 9 * DAY
    with county.read() as db:
        assert issue_lists.console(db, mine, now, "")["on_time"] == {"met": 1, "of": 3}
        events = kept.events_by_issue(db, [row.id for row in rows])
        said = [on_time(issues.folded(events[row.id]), Calendar(), now) for row in rows]
    assert said == [True, False, False, None, None]
