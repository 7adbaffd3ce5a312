"""Who saw a home: by name and by ground, between two moments, by index, and only on one's own ground."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import event, text

from geodata.actions import browse
from geodata.rules.actors import OPERATOR, Actor, Grant
from geodata.rules.problems import Problem
from geodata.store import audit, households
from geodata.store.database import Db, Store
from survey.actions import audit as actions
from survey.actions.audit import who_saw
from tests.village import COUNTY

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
WANG = Actor("wang", "wang", (Grant("county_cadre", "", frozenset({"see_homes", "unmask"})),))


def reader(path: str) -> Actor:
    return Actor("reader", "reader", (Grant("audit_admin", path, frozenset({"audit"})),))


def told(store: Store, thing: str, actor: Actor = OPERATOR, since: str = "", until: str = "") -> list[tuple[str, str]]:
    with store.read() as db:
        return [(row.by, row.act) for row in who_saw(db, actor, NOW, thing, since, until)[0]]


def test_who_saw_a_home(published: Store) -> None:
    """Who opened it and who took out the ground it lies on are told, newest first; other homes and grounds are not."""
    with published.read() as db:
        mine, other = households.under(db, f"{COUNTY}/101/")[:2]
        away = households.under(db, f"{COUNTY}/100/")[0]
    with published.write() as db:
        browse.unmask_household(db, WANG, NOW - dt.timedelta(days=3), mine.id, "回访")
        browse.unmask_household(db, WANG, NOW - dt.timedelta(days=1), other.id, "回访")
        audit.record(db, WANG, NOW - dt.timedelta(days=2), "export", "x.gpkg", f"{COUNTY}/101/", layers=["households"])
        audit.record(db, WANG, NOW - dt.timedelta(days=2), "export", "y.gpkg", f"{COUNTY}/100/", layers=["households"])
        audit.record(db, WANG, NOW, "export", "z.gpkg", "", layers=["households"])
    seen = [("wang", "export"), ("wang", "export"), ("wang", "household.unmasked")]
    assert told(published, mine.id) == seen
    assert told(published, mine.code) == seen
    assert told(published, mine.id, since="2026-03-03", until="2026-03-03") == [("wang", "household.unmasked")]
    assert told(published, mine.id, until="2026-03-02") == []
    assert told(published, mine.id, reader(f"{COUNTY}/100/")) == []
    assert told(published, mine.id, reader(f"{COUNTY}/101/")) == seen[1:]
    assert told(published, away.id) == [("wang", "export"), ("wang", "export")]
    assert told(published, "nothing") == []
    with published.read() as db, pytest.raises(Problem, match=r"right\.missing"):
        who_saw(db, WANG, NOW, mine.id)


def test_more_than_is_shown_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thing seen by more than fit is answered with the newest, and with that there are more."""
    monkeypatch.setattr(actions, "SEEN_MOST", 3)
    with store.write() as db:
        for number in range(4):
            audit.record(db, OPERATOR, NOW + dt.timedelta(seconds=number - 9), "officer.unmasked", "li", n=number)
    with store.read() as db:
        rows, more = who_saw(db, OPERATOR, NOW, "li")
    assert ([row.detail["n"] for row in rows], more) == ([3, 2, 1], True)


def plans_of(db: Db, thing: str) -> list[str]:
    """Return the query plans of what who_saw asks of the audit."""
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_rest: object) -> None:
        if "FROM audit" in statement:
            asked.append((statement, given))

    event.listen(db.run.engine, "before_cursor_execute", note)
    who_saw(db, OPERATOR, NOW, thing, "2026-01-01")
    event.remove(db.run.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if db.embedded else "EXPLAIN "
    return [str(db.run.exec_driver_sql(explain + statement, given).all()) for statement, given in asked]  # type: ignore[arg-type]


def test_it_is_answered_by_index(published: Store) -> None:
    """Neither question walks through the audit, so that five million rows are as quick as five."""
    with published.read() as db:
        if not db.embedded:
            db.run.execute(text("SET LOCAL enable_seqscan = off"))  # a few rows are read whole otherwise
        home = households.under(db, f"{COUNTY}/101/")[0]
        plans = plans_of(db, home.id)
    assert len(plans) == 2
    assert "ix_audit_object" in plans[0]
    assert "ix_audit_act" in plans[1]


def test_a_head_as_it_is_kept(store: Store) -> None:
    """What is printed reads back; anything else is refused; a chain cut off behind it is found."""
    with store.write() as db:
        audit.record(db, OPERATOR, NOW, "x")
    with store.read() as db:
        head = actions.audit_head(db, OPERATOR, NOW)
        assert head
        kept = actions.head_of(f"{head.seq}:{head.seal}")
        assert actions.verify_audit(db, OPERATOR, NOW, kept) is None
        assert actions.verify_audit(db, OPERATOR, NOW, audit.Head(2, head.seal)) == 2
    assert actions.head_of("") is None
    with pytest.raises(Problem, match=r"audit\.bad_head"):
        actions.head_of("1:x")
