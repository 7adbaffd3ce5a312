"""Without its row in the audit nothing happens; who saw a home is asked over HTTP."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from geodata.rules.actors import OPERATOR
from geodata.store import households
from geodata.store.database import Store
from survey.store import accounts
from tests.village import COUNTY
from tests.web.tile_source import signed_in
from webmap import session

FULL = {
    True: ["CREATE TRIGGER audit_full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END"],
    False: [
        "CREATE FUNCTION audit_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER audit_full BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_full()",
    ],
}


def close_the_audit(store: Store) -> None:
    with store.write() as db:
        for statement in FULL[db.embedded]:
            db.run.execute(text(statement))


def test_a_failed_audit_row_fails_the_request(published: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is shown and nothing is changed when the audit cannot be written, and nobody signs in (16.5.3)."""
    client = signed_in(published, "county_cadre")
    admin = signed_in(published, "administrator")
    with published.read() as db:
        home = households.under(db, f"{COUNTY}/101/")[0].id
        account = accounts.every(db)[0]
    close_the_audit(published)
    shown = client.post(f"/api/households/{home}/unmask", json={"reason": "回访"})
    assert shown.status_code == 500
    assert "phone" not in shown.text
    renamed = admin.patch(f"/api/accounts/{account.id}", json={"display_name": "somebody else"})
    assert renamed.status_code == 500
    with published.read() as db:
        assert accounts.get(db, account.id).display_name == account.display_name
    assert admin.post("/api/session", json={"name": "nobody", "password": "x"}).status_code == 500
    assert "disk full" in caplog.text


def test_who_saw_a_home_over_http(published: Store) -> None:
    """The audit's reader is told who, when, what and why; a span that ends before it begins is refused."""
    client = signed_in(published, "county_cadre")
    with published.read() as db:
        home = households.under(db, f"{COUNTY}/101/")[0].id
    assert client.post(f"/api/households/{home}/unmask", json={"reason": " "}).status_code == 422
    assert client.post(f"/api/households/{home}/unmask", json={"reason": "回访"}).status_code == 200
    reader = signed_in(published, "audit_admin")
    answer = reader.get(f"/api/audit/seen?thing={home}").json
    assert [(row["act"], row["detail"]) for row in answer["items"]] == [("household.unmasked", {"reason": "回访"})]
    assert answer["more"] is False
    today = session.now().date().isoformat()
    backwards = reader.get(f"/api/audit/seen?thing={home}&from={today}&to=2020-01-01")
    assert backwards.json["error"]["code"] == "span.backwards"
    assert OPERATOR.may("audit")
