"""The audit's chain: what was written cannot be changed, and what was changed all the same is found."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geodata.rules.actors import EVERYWHERE, OPERATOR, Actor, Scope
from geodata.store import audit, settings
from geodata.store.database import Db, Store

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)
GUARDS = {
    True: [f"DROP TRIGGER audit_no_{what}" for what in ("update", "delete", "replace")],
    False: [f"DROP TRIGGER audit_no_{what} ON audit" for what in ("change", "truncate")],
}


def fill(store: Store, rows: int = 6) -> None:
    with store.write() as db:
        for number in range(rows):
            audit.record(db, OPERATOR, NOW, "plan.publish", f"plan-{number}", "431382/101/", homes=number)


@contextmanager
def intruder(store: Store) -> Iterator[Db]:
    """Open the database as somebody who may do everything in it but lacks the key."""
    with store.write() as db:
        for statement in GUARDS[db.embedded]:
            db.run.execute(text(statement))
        yield db


def checked(store: Store, kept: audit.Head | None = None) -> int | None:
    with store.read() as db:
        return audit.verify(db, kept)


def test_an_honest_chain_is_whole(store: Store) -> None:
    """Rows written in one or several transactions are numbered without gaps and verify."""
    assert checked(store) is None
    fill(store)
    fill(store, 2)
    with store.read() as db:
        entries, total = audit.page(db, EVERYWHERE)
        head = audit.head(db)
    assert [entry.seq for entry in entries] == list(range(8, 0, -1))
    assert (total, head and head.seq, checked(store)) == (8, 8, None)
    assert entries[-1] == audit.Entry(1, NOW, "operator", "plan.publish", "plan-0", "431382/101/", {"homes": 0})


def after_attack(store: Store, *statements: str) -> int | None:
    """Return what verify names after an intruder's statements, which are rolled back."""
    found: list[int | None] = []
    with pytest.raises(KeyError), intruder(store) as db:
        for statement in statements:
            db.run.execute(text(statement))
        found.append(audit.verify(db))
        raise KeyError
    return found[0]


def test_the_database_refuses_to_change_rows(store: Store) -> None:
    """The guards refuse updates, deletes, truncation and replacement, and the rows stay."""
    fill(store)
    replace = "INSERT OR REPLACE INTO audit SELECT seq, at, 'x', act, object, path, detail, seal FROM audit"
    for statement in (
        "UPDATE audit SET detail = '{}' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        replace if store.embedded else "TRUNCATE audit",
    ):
        with pytest.raises(DBAPIError, match="only ever added"), store.write() as db:
            db.run.execute(text(statement))
    assert checked(store) is None


def test_a_changed_row_is_named(store: Store) -> None:
    """Changing any column of a row is found at that row."""
    fill(store)
    assert after_attack(store, "UPDATE audit SET at = '2026-03-06T06:20:00.000001Z' WHERE seq = 4") == 4
    for column in ("by", "act", "object", "path", "detail", "seal"):
        assert after_attack(store, f"UPDATE audit SET \"{column}\" = 'x' WHERE seq = 4") == 4, column


def test_a_missing_moved_or_added_row_is_named(store: Store) -> None:
    """Deleting, cutting off, renumbering, swapping, adding rows and losing the head are found at the first bad seq."""
    fill(store)
    added = "INSERT INTO audit SELECT {}, at, 'x', act, object, path, detail, seal FROM audit WHERE seq = 6"
    moves = [(2, 40), (3, 2), (40, 3)]
    for bad, statements in (
        (1, ["DELETE FROM audit WHERE seq = 1"]),
        (4, ["DELETE FROM audit WHERE seq = 4"]),
        (5, ["DELETE FROM audit WHERE seq >= 5"]),
        (1, ["DELETE FROM audit"]),
        (3, ["DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq = 4"]),
        (2, [f"UPDATE audit SET seq = {to} WHERE seq = {seq}" for seq, to in moves]),
        (7, [added.format(7)]),
        (1, [added.format(0)]),
        (7, ["DELETE FROM setting WHERE key = 'audit.head'"]),
    ):
        assert after_attack(store, *statements) == bad, statements
    assert checked(store) is None


def test_going_on_does_not_heal_a_cut_chain(store: Store) -> None:
    """Rows written after an attack keep the chain going, and its break stays where it was."""
    fill(store)
    with intruder(store) as db:
        db.run.execute(text("DELETE FROM audit WHERE seq >= 5"))
    fill(store, 2)
    assert checked(store) == 5


def test_a_forged_head_does_not_hide_a_cut(store: Store) -> None:
    """A head that names the last row left is not believed without its proof, now or after further rows."""
    fill(store)
    with intruder(store) as db:
        db.run.execute(text("DELETE FROM audit WHERE seq >= 5"))
        seal = db.run.execute(text("SELECT seal FROM audit WHERE seq = 4")).scalar_one()
        settings.put(db, "audit.head", {"seq": 4, "seal": seal, "proof": "0" * 64})
    assert checked(store) == 5
    fill(store, 1)
    assert checked(store) == 5


def test_a_kept_head_shows_a_store_set_back(store: Store) -> None:
    """A head noted outside the store finds what the store itself cannot know: that it is an older copy."""
    fill(store, 3)
    with store.read() as db:
        kept = audit.head(db)
    assert kept
    assert checked(store, kept) is None
    fill(store, 1)
    assert checked(store, kept) is None
    assert checked(store, dataclasses.replace(kept, seq=9)) == 5
    assert checked(store, dataclasses.replace(kept, seal="0" * 64)) == 3


def test_many_writers_make_one_chain(store: Store) -> None:
    """Writers at the same time take turns: no seq is lost or given twice, and the chain holds."""

    def write() -> None:
        for _ in range(10):
            with store.write() as db:
                audit.record(db, OPERATOR, NOW, "job.run")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as db:
        assert audit.page(db, EVERYWHERE, limit=1)[1] == 40
        assert audit.verify(db) is None


def test_an_act_and_its_row_stand_or_fall_together(store: Store) -> None:
    """When the transaction ends in a refusal the row is gone with it, and the chain goes on."""
    fill(store, 2)
    with pytest.raises(KeyError), store.write() as db:
        audit.record(db, OPERATOR, NOW, "plan.publish")
        raise KeyError
    fill(store, 1)
    with store.read() as db:
        assert audit.page(db, EVERYWHERE)[1] == 3
        assert audit.verify(db) is None


def test_values_cannot_break_out_of_a_row(store: Store) -> None:
    """Line ends, terminal codes, quotes and JSON in a value come back as they went in (log injection)."""
    nasty = 'a\nb\x1b[31m"},{"act":"fake"}\u2028' + "'; DROP TABLE audit; --"
    with store.write() as db:
        audit.record(db, Actor("u\n1", ""), NOW, "home.unmask", nasty, reason=nasty)
    with store.read() as db:
        entry = audit.page(db, EVERYWHERE)[0][0]
        kept = db.run.execute(text("SELECT detail FROM audit")).scalar_one()
    assert (entry.object, entry.detail, json.loads(kept)) == (nasty, {"reason": nasty}, {"reason": nasty})
    assert "\n" not in kept
    assert "\x1b" not in kept


def test_personal_data_are_not_taken(store: Store) -> None:
    """A detail named like personal data is a defect found at once."""
    with store.write() as db, pytest.raises(ValueError, match="personal"):
        audit.record(db, OPERATOR, NOW, "home.unmask", phone="13800000000")


def test_readers_see_their_own_ground(store: Store) -> None:
    """A scope narrows the rows and the total; rows of no place are the county's."""
    with store.write() as db:
        for path, name in [("", "none"), ("431382/", "county"), ("430000/", "other"), ("431382/101/001/", "town")]:
            audit.record(db, OPERATOR, NOW, "x", name, path)
    with store.read() as db:
        for paths, objects in (
            (("",), ["town", "other", "county", "none"]),
            (("431382/",), ["town", "county", "none"]),
            (("431382/101/",), ["town"]),
            (("431382/10/",), []),
            ((), []),
        ):
            entries, total = audit.page(db, Scope(paths))
            assert ([entry.object for entry in entries], total) == (objects, len(objects))


def test_pages_and_objects(store: Store) -> None:
    """Pages follow each other by seq, and one thing's rows are found by its id."""
    fill(store, 5)
    with store.read() as db:
        first, total = audit.page(db, EVERYWHERE, limit=2)
        second, _ = audit.page(db, EVERYWHERE, before_seq=first[-1].seq, limit=2)
        about, count = audit.page(db, EVERYWHERE, object="plan-3")
    assert [entry.seq for entry in [*first, *second]] == [5, 4, 3, 2]
    assert (total, count, about[0].detail) == (5, 1, {"homes": 3})
