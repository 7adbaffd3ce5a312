"""Issues on both databases: raised once, handed on, answered, seen by who may, and told where they lie."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import units
from geodata.store.database import Store
from survey.actions import answering, issue_lists, issue_shown, issues
from survey.rules.issue_query import IssueQuery
from survey.store import issues as kept
from tests import issuing, people
from tests.issuing import EAST_TOWN, NOW, WEST_TOWN, body, category, chief, new_id, office_id, place, staff, take
from tests.village import cadre

HOUR = dt.timedelta(hours=1)
REPORTER = cadre("reporter", "", "rider")
TOWN = cadre("town_cadre", EAST_TOWN, "town")
VILLAGE = cadre("village_cadre", people.VILLAGE_PATHS[0], "village")


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with its net published, categories and offices."""
    issuing.furnish(published)
    return published


def lin_path(store: Store, lon: float, lat: float) -> str:
    """Return the path of the 邻 at a place."""
    with store.read() as db:
        spot = answering.stand(db, lon, lat)
    assert spot is not None
    return spot.path


def holder_of(store: Store, row: Any) -> Actor:
    """Return the chief of the 邻 where an issue lies."""
    return chief(row.path)


def test_a_report_finds_its_unit_and_keeps_the_net_of_that_moment(county: Store) -> None:
    """A point finds its 邻 and the chain above; the issue keeps unit, chief and net version, and gets a number."""
    row = issuing.raise_one(county, REPORTER)
    assert row.state == "waiting" and row.path == row.path_then == lin_path(county, *place())
    assert row.holder_path == row.path and row.level == "lin" and row.number == "20260306-00001"
    assert row.result_due == dt.datetime(2026, 3, 8, 16, tzinfo=dt.UTC)  # the end of the 8th in Shanghai
    assert issuing.raise_one(county, REPORTER).number == "20260306-00002"
    with county.read() as db:
        shown = issue_shown.whole(db, holder_of(county, row), NOW, row)
    assert [step["level"] for step in shown["chain"]] == ["county", "town", "village", "pian", "zu", "lin"]
    assert shown["then"]["chain"] == shown["now"]["chain"] == shown["chain"]


def test_the_same_report_twice_is_one_issue(county: Store) -> None:
    """The same id and body again is the same issue; another body names the field and changes nothing (F-01, F-02)."""
    made = new_id()
    first = issuing.raise_one(county, REPORTER, id=made)
    assert issuing.raise_one(county, REPORTER, id=made).number == first.number
    for more, field in (({"text": "别的"}, "text"), ({"raiser": {"name": "张三", "phone": "1"}}, "raiser")):
        with pytest.raises(Problem) as refused:
            issuing.raise_one(county, REPORTER, id=made, **more)
        assert (refused.value.code, refused.value.values["field"]) == ("issue.other_body", field)
    with pytest.raises(Problem) as other:
        issuing.raise_one(county, TOWN, id=made)
    assert other.value.code == "issue.other_body"
    with county.read() as db:
        assert kept.raw(db, made).text == "路灯频闪"
        assert len(kept.event_rows(db, made)) == 1


def test_a_hundred_reports_at_once_of_ten_ids_are_ten_issues(county: Store) -> None:
    """Ten ids, each sent ten times in parallel: ten issues with ten numbers, whatever order they come in (F-01)."""
    ids = [new_id() for _ in range(10)]
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda one: issuing.raise_one(county, REPORTER, id=one), ids * 10))
    assert {row.id for row in rows} == set(ids)
    assert len({row.number for row in rows}) == 10
    with county.read() as db:
        assert all(len(kept.event_rows(db, one)) == 1 for one in ids)


def test_a_withdrawn_issue_does_not_come_back(county: Store) -> None:
    """Who raised it may take it back while nobody works on it; the same report again is told so (F-04)."""
    row = issuing.raise_one(county, REPORTER)
    assert take(county, REPORTER, row.id, "withdrawn", reason="已经好了").state == "withdrawn"
    for again in (lambda: issuing.raise_one(county, REPORTER, id=row.id),
                  lambda: take(county, REPORTER, row.id, "noted", text="x")):  # fmt: skip
        with pytest.raises(Problem) as gone:
            again()
        assert gone.value.code == "issue.gone"


def test_the_loop_from_order_to_rating(county: Store) -> None:
    """The chief accepts, solves and answers; the one who raised it rates; who has no business there may not."""
    row = issuing.raise_one(county, REPORTER)
    mine, other = holder_of(county, row), chief(people.VILLAGE_PATHS[1], "other")
    with pytest.raises(Problem) as hidden:
        take(county, other, row.id, "accepted")
    assert hidden.value.code == "issue.not_found"
    with pytest.raises(Problem) as not_yours:
        take(county, REPORTER, row.id, "accepted")
    assert not_yours.value.code == "issue.not_yours"
    assert take(county, mine, row.id, "accepted").state == "in_hand"
    with pytest.raises(Problem) as early:
        take(county, mine, row.id, "closed")
    assert early.value.code == "issue.step" and early.value.values["why"] == "state"
    take(county, mine, row.id, "solved", remedy=["on_spot"], text="换灯")
    take(county, mine, row.id, "answered", how="read_out", text="已修好")
    done = take(county, REPORTER, row.id, "rated", NOW + HOUR, score="solved")
    assert (done.state, done.rating, done.closed_at, done.due) == ("closed", "solved", NOW + HOUR, None)


def test_a_step_twice_is_one_and_two_officers_at_once_have_one_winner(county: Store) -> None:
    """The same step again changes nothing; of two who accept at one moment one wins, the other is told by whom."""
    row = issuing.raise_one(county, REPORTER)
    mine, made = holder_of(county, row), new_id()
    take(county, mine, row.id, "accepted", id=made)
    assert take(county, mine, row.id, "accepted", id=made).events == 2
    with pytest.raises(Problem) as late:
        take(county, VILLAGE, row.id, "accepted")
    assert late.value.code == "issue.step" and late.value.values["by"] == mine.name

    def race(actor: Actor) -> str:
        try:
            take(county, actor, other.id, "accepted")
        except Problem as problem:
            return problem.code
        return "won"

    for _ in range(5):
        other = issuing.raise_one(county, REPORTER)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(race, [mine, VILLAGE])) == ["issue.step", "won"]


def test_the_id_of_a_step_serves_once(county: Store) -> None:
    """An id that named a step of another issue, or another step, is refused and nothing is written."""
    one, two = issuing.raise_one(county, REPORTER), issuing.raise_one(county, REPORTER)
    made = new_id()
    take(county, holder_of(county, one), one.id, "accepted", id=made)
    for issue_id, kind in ((two.id, "accepted"), (one.id, "noted")):
        with pytest.raises(Problem) as refused:
            take(county, holder_of(county, one), issue_id, kind, id=made, text="x")
        assert refused.value.code == "issue.taken"


def test_a_refusal_goes_to_the_office_it_names_and_the_second_to_the_desk(county: Store) -> None:
    """The right office is named and has it in its tray; when it refuses too the town decides, bindingly."""
    row = issuing.raise_one(county, REPORTER)
    office = {"kind": "office", "id": office_id("roads")}
    moved = take(county, holder_of(county, row), row.id, "refused", reason="归公路局", to=office)
    assert (moved.holder_kind, moved.holder_id, moved.bounces) == ("office", office_id("roads"), 1)
    with county.read() as db:
        tray = issue_lists.page(db, staff("roads"), NOW, IssueQuery(holder="mine"), "", 10)
        assert [item["id"] for item in tray["items"]] == [row.id]
        assert issue_lists.page(db, staff("water"), NOW, IssueQuery(), "", 10)["total"] == 0
    back = take(county, staff("roads"), row.id, "refused", reason="不归我", to={"kind": "unit", "id": row.unit_then})
    assert back.level == "town" and back.holder_path == EAST_TOWN
    bound = take(county, TOWN, row.id, "dispatched", to=office, binding=True)
    assert bound.holder_id == office_id("roads")
    with pytest.raises(Problem) as refused:
        take(county, staff("roads"), row.id, "refused", reason="x", to=office)
    assert refused.value.values["why"] == "binding"
    with pytest.raises(Problem) as unknown:
        take(county, TOWN, row.id, "dispatched", to={"kind": "office", "id": new_id()})
    assert unknown.value.code == "issue.unknown_party"


def test_a_whistle_calls_offices_and_only_they_sign_in(county: Store) -> None:
    """Each office called has it in its tray until it signs in; another office may not sign for it (E08)."""
    row = issuing.raise_one(county, REPORTER, category="bridge")
    take(county, TOWN, row.id, "whistled", offices=[office_id("roads"), office_id("water")],
         sign_by="2026-03-07T00:00:00+00:00", topic="修桥")  # fmt: skip
    with pytest.raises(Problem) as foreign:
        take(county, staff("roads"), row.id, "signed_in", office=office_id("water"))
    assert foreign.value.code in ("issue.not_yours", "issue.step")
    take(county, staff("roads"), row.id, "signed_in", office=office_id("roads"))
    with county.read() as db:
        shown = issue_shown.whole(db, TOWN, NOW, kept.raw(db, row.id))
        console = issue_lists.console(db, staff("water"), NOW, "")
    assert shown["whistles"][0]["missing"] == [office_id("water")]
    assert {(p["name"], p["role"]) for p in shown["parties"]} == {("roads局", "helper"), ("water局", "called")}
    assert console["trays"]["whistles"]["total"] == 1


def test_escalation_goes_up_one_level_and_ends_at_the_county(county: Store) -> None:
    """From the 邻 to the 组, the 片, the village, the town and the county, and no further (E06)."""
    row = issuing.raise_one(county, REPORTER)
    county_desk = cadre("county_cadre", "")
    levels = [take(county, county_desk, row.id, "escalated", reason="办不了").level for _ in range(5)]
    assert levels == ["zu", "pian", "village", "town", "county"]
    with pytest.raises(Problem) as top:
        take(county, cadre("county_cadre", ""), row.id, "escalated", reason="x")
    assert top.value.values["why"] == "top"


def test_near_a_border_both_chiefs_are_told_and_one_accepts(county: Store) -> None:
    """A circle that crosses a border tells the chief beyond it, who may take it; the first keeps sight of it."""
    row = issuing.raise_one(county, REPORTER, at=place(2.9, 3.4), accuracy_m=80.0)
    assert row.told, "the corner of 甲 by 丙 and the river"
    with county.read() as db:
        beyond = next(u for u in units.with_level(db, people.VILLAGE_PATHS[0], units.Level.LIN) if u.id == row.told[0])
    neighbour = chief(beyond.path, "beyond")
    with county.read() as db:
        assert issue_lists.page(db, neighbour, NOW, IssueQuery(), "", 10)["total"] == 1
    moved = take(county, neighbour, row.id, "accepted")
    assert (moved.holder_id, moved.state) == (beyond.id, "in_hand")
    with county.read() as db:
        assert issue_lists.page(db, chief(row.path), NOW, IssueQuery(), "", 10)["total"] == 1
    assert issuing.raise_one(county, REPORTER, at=place(), accuracy_m=5.0).told == []


def test_merging_passes_the_voices_on(county: Store) -> None:
    """An issue merged into another ends there with its voices, names its successor, and takes no further step."""
    one, two = issuing.raise_one(county, REPORTER), issuing.raise_one(county, REPORTER)
    take(county, VILLAGE, one.id, "voiced", text="我家也是")
    merged = take(county, VILLAGE, one.id, "merged", into=two.id)
    assert (merged.state, merged.merged_into) == ("merged", two.id)
    with county.read() as db:
        assert kept.raw(db, two.id).voices == 3
    for into in (one.id, new_id()):
        with pytest.raises(Problem) as bad:
            take(county, VILLAGE, two.id, "merged", into=into)
        assert bad.value.code == "issue.bad_merge"
    with pytest.raises(Problem) as ended:
        take(county, VILLAGE, one.id, "urged")
    assert ended.value.code == "issue.step"


def test_restricted_issues_are_seen_by_those_named(county: Store) -> None:
    """A warning (D12) is seen by its reporter, its holder and the county, not by the rest of its own town."""
    row = issuing.raise_one(county, REPORTER, category="warning")
    seen = {}
    with county.read() as db:
        for who in (REPORTER, holder_of(county, row), cadre("county_cadre", "", "county"), TOWN, cadre("leader", "")):
            seen[who.name] = issue_lists.page(db, who, NOW, IssueQuery(), "", 10)["total"]
    assert seen == {"rider": 1, "lin": 1, "county": 1, "town": 0, "wang": 0}
    with pytest.raises(Problem) as hidden:
        take(county, TOWN, row.id, "noted", text="x")
    assert hidden.value.code == "issue.not_found"


def test_vacant_posts_are_answered_for_above(county: Store) -> None:
    """The village answers for its 邻 while they have no chief; a chief appointed takes his own tray."""
    row = issuing.raise_one(county, REPORTER)
    with county.read() as db:
        assert issue_lists.page(db, VILLAGE, NOW, IssueQuery(holder="mine"), "", 10)["total"] == 1
    made = people.settle(county)
    lins = people.level_ids(county, "lin")
    people.name(county, row.unit_then, made[f"lin{lins.index(row.unit_then)}"])
    with county.read() as db:
        assert issue_lists.page(db, VILLAGE, NOW, IssueQuery(holder="mine"), "", 10)["total"] == 0
        assert issue_lists.page(db, chief(row.path), NOW, IssueQuery(holder="mine"), "", 10)["total"] == 1


def test_who_raised_it_is_sealed_and_opened_with_a_reason(county: Store) -> None:
    """Name and telephone are nowhere in the clear; the page masks them; opening leaves a row in the audit."""
    row = issuing.raise_one(county, TOWN, source="phone", raiser={"name": "李四光", "phone": "13800001234"})
    with county.read() as db:
        shown = issue_shown.whole(db, VILLAGE, NOW, row)
        assert shown["raiser"] == {"name": "李**", "phone": "138****1234", "may_unmask": True}
        assert "13800001234" not in str(tuple(kept.raw(db, row.id)))
    with county.write() as db:
        assert issues.unmask_raiser(db, VILLAGE, NOW, row.id, "回访")["phone"] == "13800001234"
        with pytest.raises(Problem):
            issues.unmask_raiser(db, VILLAGE, NOW, row.id, " ")


@pytest.mark.parametrize(
    ("more", "code"),
    [({"lon": float("nan")}, "issue.field"), ({"at": (0.0, 0.0)}, "issue.outside"), ({"text": 7}, "issue.field"),
     ({"category_id": "none"}, "issue.unknown_category"), ({"place_source": "guess"}, "issue.field"),
     ({"grade": "urgent"}, "issue.bad_grade"), ({"photos": 99}, "issue.field")],
)  # fmt: skip
def test_a_bad_report_is_refused_whole(county: Store, more: dict[str, Any], code: str) -> None:
    """A field at fault, a place outside the county or an unknown category: refused by name, nothing written."""
    with county.write() as db, pytest.raises(Problem) as refused:
        issues.report(
            db, REPORTER, NOW, new_id(), {**body(), **body(**more), **{k: v for k, v in more.items() if k != "at"}}
        )
    assert refused.value.code == code
    with county.read() as db:
        assert issue_lists.page(db, REPORTER, NOW, IssueQuery(), "", 10)["total"] == 0


def test_a_phones_clock_is_kept_and_never_counts(county: Store) -> None:
    """Years off, or in the future: the server's time orders; a skew over five minutes is flagged (F-26)."""
    years = issuing.raise_one(
        county, REPORTER, device_at="2023-03-06T06:20:00+00:00", sent_at="2023-03-06T06:21:00+00:00"
    )
    ahead = issuing.raise_one(county, REPORTER, device_at="2036-03-06T06:20:00+00:00")
    offline = issuing.raise_one(county, REPORTER, device_at="2026-03-01T06:20:00+00:00", sent_at=NOW.isoformat())
    assert [row.skewed for row in (years, ahead, offline)] == [True, True, False]
    assert all(row.at == NOW for row in (years, ahead, offline))


def test_filters_say_what_they_mean_and_pages_do_not_overlap(county: Store) -> None:
    """State, grade, words, days, box and unit filter; pages by due date show each issue once, in order."""
    for n in range(7):
        issuing.raise_one(county, REPORTER, NOW + n * HOUR, text=f"第{n}盏灯", category="lamp" if n % 2 else "bridge")
    issuing.raise_one(county, REPORTER, at=place(which=1), text="西溪")
    with county.read() as db:

        def total(**more: Any) -> int:
            return int(issue_lists.page(db, cadre("county_cadre", ""), NOW, IssueQuery(**more), "", 50)["total"])

        assert (total(), total(grade="complex"), total(words="第3"), total(category=category("lamp"))) == (8, 4, 1, 4)
        assert (total(words="%"), total(states=("closed",)), total(major="01")) == (0, 0, 4)
        assert total(from_at=NOW + 5 * HOUR) == 2 and total(box=(111.59, 27.6, 111.61, 27.8)) == 7
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            page = issue_lists.page(db, TOWN, NOW, IssueQuery(), after, 3)
            seen += [item["id"] for item in page["items"]]
            after = page["next"]
        assert len(seen) == len(set(seen)) == 7
        board = issue_lists.board(db, TOWN, NOW + 90 * HOUR, IssueQuery())
        assert [(c["state"], c["total"], c["late"]) for c in board["columns"]][:2] == [
            ("waiting", 7, 3),
            ("in_hand", 0, 0),
        ]
        points = issue_lists.points(db, TOWN, NOW, IssueQuery())
        assert len(points["features"]) == 7 and points["more"] == 0
        assert issue_lists.page(db, cadre("town_cadre", WEST_TOWN), NOW, IssueQuery(), "", 50)["total"] == 1
