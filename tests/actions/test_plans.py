"""Publishing and undoing: dated, whole, last one first, and always with the past readable as it was."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from geodata.actions import browse, ledger, plans
from geodata.actions.take_households import take_households
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.problems import Problem
from geodata.rules.units import Violation
from geodata.store import households, publications, units, violations
from geodata.store.database import Store
from tests import village
from tests.village import EARLY, VILLAGES, Clock

T = [EARLY + dt.timedelta(days=n) for n in range(10)]


def drafts(store: Store) -> list[str]:
    with store.read() as db:
        return ledger.newest_drafts(db, OPERATOR, T[0])


def publish(store: Store, plan_id: str, at: dt.datetime) -> str:
    return village.publish_one(store, plan_id, at, "试")


def undo(store: Store, publication_id: str, at: dt.datetime) -> str:
    with store.write() as db:
        return plans.undo(db, OPERATOR, at, publication_id, "改回")


def refusal(call: Any, *args: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*args)
    return refused.value.code


def net(store: Store, at: dt.datetime | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the net as it is or was: (code, path, homes, shape) by unit id, and the unit of each home."""
    with store.read() as db:
        levels = ("village", "pian", "zu", "lin")
        rows = units.with_shapes(db, "", [units.Level(level) for level in levels], at)
        homes = households.under(db, "", at)
    return {r.id: (r.code, r.path, r.homes, r.geom) for r in rows}, {h.id: h.unit_id for h in homes}


def test_publishing_makes_a_plan_the_net(drafted: Store) -> None:
    """Every home is in its 邻, counts rise to the county, the plan is published and the ledger tells of it."""
    plan_id = drafts(drafted)[0]
    with drafted.read() as db:
        promised = plans.changes(db, OPERATOR, T[1], plan_id)
    assert promised["homes"] == promised["homes_changed"] == 31
    publication = publish(drafted, plan_id, T[1])
    with drafted.read() as db:
        chosen = units.by_code(db, [VILLAGES[0]])[VILLAGES[0]]
        assert {home.level for home in households.under(db, chosen.path)} == {"lin"}
        assert units.tops(db, EVERYWHERE, "", 1)[0].homes == 62
        assert ledger.show_plan(db, OPERATOR, T[1], plan_id)["state"] == "published"
        entry = ledger.list_publications(db, OPERATOR, T[1], "", 1)["items"][0]
        assert (entry["id"], entry["kind"], entry["may_undo"], entry["undone"]) == (publication, "publish", True, False)
        assert entry["unit"]["code"] == VILLAGES[0]
        assert entry["counts"] == promised
        history = browse.show_unit(db, OPERATOR, T[1], next(iter(units.with_level(db, "", units.Level.LIN))).id)
        assert [row.id for row in history["history"]] == [publication]


def test_a_plan_is_published_once_and_a_dropped_one_never(drafted: Store) -> None:
    """A second time, or after it was put away, it is refused by name."""
    first, second = drafts(drafted)
    publish(drafted, first, T[1])
    assert refusal(publish, drafted, first, T[2]) == "plan.published"
    with drafted.write() as db:
        plans.drop(db, OPERATOR, T[2], second)
        plans.drop(db, OPERATOR, T[2], first)
    assert refusal(publish, drafted, second, T[2]) == "plan.dropped"
    assert refusal(publish, drafted, "none", T[2]) == "plan.not_found"


def test_other_drafts_of_the_village_are_superseded(drafted: Store) -> None:
    """Publishing one draft puts away its rivals, not those of another village; a rival is stale from then on."""
    rival = village.draft_one(drafted, VILLAGES[0], Clock(T[1]))
    first, other = drafts(drafted)
    assert first == rival
    with drafted.read() as db:
        listed = ledger.list_plans(db, OPERATOR, T[1], village.unit_id(drafted, VILLAGES[0]), "draft", "", 50)
    (old,) = [row["id"] for row in listed["items"] if row["id"] != rival]
    publish(drafted, rival, T[1])
    with drafted.read() as db:
        states = {p: ledger.show_plan(db, OPERATOR, T[1], p)["state"] for p in (old, rival, other)}
    assert states == {old: "superseded", rival: "published", other: "draft"}
    assert refusal(publish, drafted, old, T[2]) == "plan.superseded"
    publish(drafted, other, T[2])


def test_one_plan_of_a_village_is_in_force_at_a_time(published: Store) -> None:
    """A later plan replaces the one in force; undone it says so, and the one before is in force again, each time."""
    (first,) = states(published, "published")
    second = village.draft_one(published, VILLAGES[0], Clock(T[2]))
    entry = publish(published, second, T[2])
    assert states(published, "published") == {second} and states(published, "replaced") == {first}
    taken_back = undo(published, entry, T[3])
    assert states(published, "published") == {first} and states(published, "undone") == {second}
    assert refusal(publish, published, second, T[4]) == "plan.undone"
    again = undo(published, taken_back, T[4])
    assert states(published, "published") == {second} and states(published, "replaced") == {first}
    undo(published, again, T[5])
    assert states(published, "published") == {first} and states(published, "undone") == {second}


def states(store: Store, state: str) -> set[str]:
    with store.read() as db:
        unit_id = village.unit_id(store, VILLAGES[0])
        return {row["id"] for row in ledger.list_plans(db, OPERATOR, T[9], unit_id, state, "", 50)["items"]}


def test_a_plan_is_stale_once_a_home_comes(drafted: Store) -> None:
    """What was drafted without a home is not published over it."""
    frame = village.home_frame().iloc[[0]].assign(code="E900")
    with drafted.write() as db:
        take_households(db, OPERATOR, T[1], frame)
    first, other = drafts(drafted)
    assert refusal(publish, drafted, first, T[2]) == "plan.stale"
    publish(drafted, other, T[2])


def test_a_broken_plan_is_not_published(drafted: Store) -> None:
    """A plan with a gap or a homeless home is refused; one with 邻 of a wrong size is the county's own choice."""
    first, other = drafts(drafted)
    with drafted.write() as db:
        for plan_id, rule in ((first, "gap"), (other, "too_few_homes")):
            plan = plans.show(db, OPERATOR, T[1], plan_id)
            violations.add(db, plan_id, plan.unit_id, plan.unit_path, [Violation(rule, plan.unit_id)], {})
    assert refusal(publish, drafted, first, T[1]) == "plan.broken"
    publish(drafted, other, T[1])
    with drafted.read() as db:
        found = browse.problems(db, OPERATOR, T[1], "", "", "", 10)
    assert [row.rule for row in found["items"]] == ["too_few_homes"]


def test_undo_brings_the_net_back(drafted: Store) -> None:
    """Units, shapes, counts and memberships are as before the publication; the ledger keeps both entries."""
    before = net(drafted)
    first, other = drafts(drafted)
    published = publish(drafted, first, T[1])
    during = net(drafted)
    assert during != before
    undone = undo(drafted, published, T[2])
    assert net(drafted) == before
    with drafted.read() as db:
        items = ledger.list_publications(db, OPERATOR, T[3], "", 2)["items"]
    assert [(i["id"], i["kind"], i["undone"], i["may_undo"]) for i in items] == [
        (undone, "undo", False, True),
        (published, "publish", True, False),
    ]
    again = undo(drafted, undone, T[3])
    assert net(drafted) == during
    assert refusal(undo, drafted, published, T[4]) == "publication.undone"
    assert refusal(undo, drafted, undone, T[4]) == "publication.undone"
    undo(drafted, again, T[4])
    assert net(drafted) == before
    publish(drafted, other, T[5])


def test_the_past_is_read_as_it_was(drafted: Store) -> None:
    """At each moment between publications the net is what it was then, though it was undone since."""
    first, other = drafts(drafted)
    states = {T[0] + dt.timedelta(hours=9): net(drafted)}
    published = publish(drafted, first, T[1])
    states[T[1] + dt.timedelta(hours=1)] = net(drafted)
    publish(drafted, other, T[2])
    states[T[2] + dt.timedelta(hours=1)] = net(drafted)
    undo(drafted, published, T[3])
    for moment, (rows, members) in states.items():
        was, held = net(drafted, moment)
        assert held == members
        assert {k: (v[0], v[1], v[3]) for k, v in was.items()} == {k: (v[0], v[1], v[3]) for k, v in rows.items()}


def test_only_the_last_publication_of_a_village_is_undone(published: Store) -> None:
    """Newer ones of the same village come first; those of another village do not matter."""
    redraft = village.draft_one(published, VILLAGES[0], Clock(T[1]))
    with published.read() as db:
        entries = ledger.list_publications(db, OPERATOR, T[1], "", 2)["items"]
    (old,) = [entry["id"] for entry in entries if entry["unit"]["code"] == VILLAGES[0]]
    frame = village.home_frame().iloc[[0]].assign(code="E900", zu="丁组")
    with published.write() as db:
        take_households(db, OPERATOR, T[2], frame)
    assert refusal(publish, published, redraft, T[3]) == "plan.stale"
    assert refusal(undo, published, old, T[3]) == "publication.not_last"
    with published.read() as db:
        entry = next(e for e in ledger.list_publications(db, OPERATOR, T[3], "", 9)["items"] if e["kind"] == "import")
        other = next(e for e in entries if e["id"] != old)
    assert refusal(undo, published, entry["id"], T[3]) == "publication.not_undoable"
    assert refusal(undo, published, "none", T[3]) == "publication.not_found"
    undo(published, other["id"], T[3])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_villages_published_within_one_tick_stay_apart(drafted: Store, order: tuple[int, int]) -> None:
    """Two publications at one reading of the clock, or with the clock set back, are undone each by itself."""
    before = net(drafted)
    ids = drafts(drafted)
    first, second = (publish(drafted, ids[i], at) for i, at in zip(order, (T[1], T[1]), strict=True))
    with drafted.read() as db:
        entries = [publications.one(db, p) for p in (first, second)]
    assert entries[0].at < entries[1].at
    middle = net(drafted)
    undo(drafted, first, T[0])
    undo(drafted, second, T[0])
    assert net(drafted) == before
    assert middle != before


def test_homes_that_came_after_a_publication_survive_its_undoing(drafted: Store) -> None:
    """A home taken in after the publication goes to its 组, one re-imported since is held once, counts are right."""
    first, _ = drafts(drafted)
    published = publish(drafted, first, T[1])
    frame = village.home_frame()
    came = frame.iloc[[0]].assign(code="E900")
    moved = frame.iloc[[1]]
    moved = moved.set_geometry(moved.geometry.translate(0.00005, 0))
    renamed = frame.iloc[[2]].assign(phone="13900000000")
    with drafted.write() as db:
        for part in (came, moved, renamed):
            take_households(db, OPERATOR, T[2], part)
    with drafted.read() as db:
        assert len(households.under(db, "")) == 63
    undo(drafted, published, T[3])
    with drafted.read() as db:
        homes = households.under(db, "")
        assert len(homes) == len({home.id for home in homes}) == 63
        assert {home.level for home in homes} == {"zu"}
        assert households.count_unplaced(db) == 0
        chosen = units.by_code(db, VILLAGES)
        assert [chosen[code].homes for code in VILLAGES] == [32, 31]
        assert units.tops(db, EVERYWHERE, "", 1)[0].homes == 63


def test_publishing_is_of_ones_own_ground(drafted: Store) -> None:
    """A village's cadre drafts but does not publish; a town's publishes at home only; the rest is not there."""
    first, other = drafts(drafted)
    with drafted.read() as db:
        town = units.by_code(db, [village.TOWNS[0]])[village.TOWNS[0]]
    li, wang = village.cadre("village_cadre", town.path), village.cadre("town_cadre", town.path)

    def attempt(actor: Any, plan_id: str) -> str:
        with drafted.write() as db:
            return plans.publish(db, actor, T[1], plan_id)

    assert refusal(attempt, li, first) == "scope.outside"
    assert refusal(attempt, wang, other) == "plan.not_found"
    publication = attempt(wang, first)
    with pytest.raises(Problem) as refused, drafted.write() as db:
        plans.undo(db, village.cadre("town_cadre", "439901000000/101/"), T[2], publication)
    assert refused.value.code == "publication.not_found"


def test_two_who_publish_at_one_instant(drafted: Store) -> None:
    """Of two drafts of one village published at once by two people, one wins and the other is stale."""
    rival = village.draft_one(drafted, VILLAGES[0])
    with drafted.read() as db:
        listed = ledger.list_plans(db, OPERATOR, T[1], village.unit_id(drafted, VILLAGES[0]), "draft", "", 50)
    assert rival in [row["id"] for row in listed["items"]]
    ended: list[str] = []
    together = threading.Barrier(2)

    def go(plan_id: str) -> None:
        together.wait()
        try:
            ended.append("published" if publish(drafted, plan_id, T[1]) else "")
        except Problem as problem:
            ended.append(problem.code)

    threads = [threading.Thread(target=go, args=(row["id"],)) for row in listed["items"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["plan.superseded", "published"]
    rows, members = net(drafted)
    assert len(members) == 62
    assert sum(1 for code, *_ in rows.values() if code == VILLAGES[0]) == 1


def test_pages_of_plans_miss_none(drafted: Store) -> None:
    """Paging two at a time through plans made at one instant lists each once, newest first, with the right total."""
    for _ in range(3):
        village.draft_one(drafted, VILLAGES[0])
    seen: list[str] = []
    after = ""
    while True:
        with drafted.read() as db:
            page = ledger.list_plans(db, OPERATOR, T[1], "", "", after, 2)
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if not after:
            break
    assert page["total"] == len(seen) == len(set(seen)) == 5
