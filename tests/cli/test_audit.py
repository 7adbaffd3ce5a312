"""The operator asks the audit, and helps somebody in who has lost every way."""

from __future__ import annotations

from sqlalchemy import text

from geodata.rules.actors import OPERATOR
from geodata.store import audit
from tests.cli.test_cli import Run, run
from webmap import session

__all__ = ["run"]


def test_the_audit_is_verified_and_its_end_kept(run: Run, tmp_path: object) -> None:
    """A whole chain exits 0; a row changed past the triggers is named and exits 1; a head that is none is refused."""
    run.json("init")
    head = run.json("audit", "head")["head"]
    assert run.json("audit", "verify", "--head", head) == {"whole": True, "first_bad": None, "rows": 1}
    assert run.json("audit", "verify", "--head", "x", code=1)["error"]["code"] == "audit.bad_head"
    target = run.target
    store = session.open_store(target)
    with store.write() as db:
        audit.record(db, OPERATOR, session.now(), "x")
        name = "audit_no_update" if db.embedded else "audit_no_change ON audit"
        db.run.execute(text(f"DROP TRIGGER {name}"))
        db.run.execute(text("UPDATE audit SET object = 'y' WHERE seq = 2"))
    store.close()
    assert run.json("audit", "verify", code=1)["first_bad"] == 2
    assert "第 2 行" in run("audit", "verify").stdout


def test_who_saw_a_thing_and_a_way_back_in(run: Run) -> None:
    """An account that has lost all is let in again, and who saw it is told; nobody else's name is known."""
    made = run.json("init")
    again = run.json("account", "reset", "ADMIN ")
    assert again["one_time_password"] != made["one_time_password"]
    assert run.json("account", "reset", "nobody", code=1)["error"]["code"] == "account.not_found"
    assert run.json("audit", "seen", "nothing") == {"items": [], "more": False}
    assert "没有人看过" in run("audit", "seen", "nothing").stdout
