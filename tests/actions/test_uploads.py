"""Files through the web: kept under their own ids, confirmed once, done by a job, forgotten after a week."""

from __future__ import annotations

import datetime as dt
import os
import threading
from pathlib import Path

import openpyxl
import pytest

from geodata.actions import jobs, uploads
from geodata.actions.intake import Choices
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from survey.actions import accounts
from tests import village
from tests.actions.test_intake import counted, csv, homes_table
from tests.village import COUNTY, EARLY, Here
from webmap import session, work

DAY = EARLY + dt.timedelta(days=1)
WANG = village.cadre("county_cadre", f"{COUNTY}/")
LI = village.cadre("county_cadre", f"{COUNTY}/", "li")


def bring(store: Store, path: Path, now: dt.datetime = DAY) -> str:
    with store.write() as db:
        return uploads.receive(
            db, WANG, now, "../../../路灯.csv", Choices("households"),
            lambda target: target.write_bytes(path.read_bytes()) and None,
        )  # fmt: skip


def code_of(call: object, *args: object) -> str:
    with pytest.raises(Problem) as refused:
        call(*args)  # type: ignore[operator]
    return refused.value.code


def test_an_upload_waits_for_its_confirmation(drawn: Store, tmp_path: Path) -> None:
    """It lies under a UUID beside the store, is shown to who brought it, and is not in the net."""
    before = counted(drawn)
    batch_id = bring(drawn, csv(tmp_path, homes_table()))
    assert [p.name for p in (drawn.folder / "uploads").iterdir()] == [batch_id]
    with drawn.read() as db:
        row, preview = uploads.show(db, WANG, DAY, batch_id)
        assert (row.state, row.filename) == ("preview", "../../../路灯.csv")
        assert preview is not None
        assert preview.counts["accepted"] == 31
        assert code_of(uploads.show, db, LI, DAY, batch_id) == "import.not_found"
        assert code_of(uploads.show, db, WANG, DAY, "none") == "import.not_found"
    assert counted(drawn) == before


def test_confirming_twice_is_one_job(drawn: Store, tmp_path: Path) -> None:
    """The second click, and two at one instant, get the same job; the import can no longer be changed."""
    batch_id = bring(drawn, csv(tmp_path, homes_table()))
    together = threading.Barrier(3)
    got: list[str] = []

    def click() -> None:
        together.wait()
        with drawn.write() as db:
            got.append(uploads.confirm(db, WANG, DAY, batch_id, "zh"))

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    assert len(set(got)) == 1
    with drawn.write() as db:
        assert len(jobs.page(db, WANG, DAY, "", 10)) == 1
        assert code_of(uploads.choose, db, WANG, DAY, batch_id, {"crs": "gcj02"}) == "import.not_open"
        assert code_of(uploads.confirm, db, LI, DAY, batch_id, "zh") == "import.not_found"
        row, preview = uploads.show(db, WANG, DAY, batch_id)
        assert (row.state, row.job_id, preview) == ("running", got[0], None)


def test_a_job_takes_the_file_in(drawn: Store, tmp_path: Path) -> None:
    """The worker does what was confirmed, as the person who asked; refused rows wait as a file with sentences."""
    table = homes_table().astype(object)
    table["户编码"] = [f"N{n}" for n in range(31)]
    table.loc[4, "经度"] = "x"
    with drawn.write() as db:
        account, _ = accounts.create_account(db, OPERATOR, DAY, "wang", "王", [("county_cadre", "")])
    actor = village.Actor(account.id, "wang", WANG.grants)
    with drawn.write() as db:
        path = csv(tmp_path, table)
        batch_id = uploads.receive(
            db, actor, DAY, "homes.csv", Choices("households"), lambda to: to.write_bytes(path.read_bytes()) and None
        )
        uploads.choose(db, actor, DAY, batch_id, {"crs": "EPSG:4490"})
        job_id = uploads.confirm(db, actor, DAY, batch_id, "zh")
        claimed = jobs.claim(db, DAY)
    assert work.do_one(drawn, claimed, Here())
    with drawn.read() as db:
        done = jobs.show(db, actor, DAY, job_id)
        assert (done.state, done.share) == ("done", 1.0)
        assert done.result == {"import": batch_id, "new": 30, "changed": 0, "unchanged": 0, "refused": 1}
        assert uploads.page(db, actor, DAY, "", 10)[0].state == "done"
        assert uploads.batch_choices(db, batch_id).crs == "EPSG:4490"
    sheet = openpyxl.load_workbook(uploads.report_path(drawn, batch_id)).active
    assert "坐标不是有效数字。" in [cell.value for cell in sheet[2]]


def test_a_file_that_fails_is_refused_whole(drawn: Store, tmp_path: Path) -> None:
    """The job ends as failed with the reason, the import as refused; nothing came in."""
    path = csv(tmp_path, homes_table().rename(columns={"户编码": "甲"}))
    before = counted(drawn)["household"]
    with drawn.write() as db:
        account, _ = accounts.create_account(db, OPERATOR, DAY, "wang", "王", [("county_cadre", "")])
        actor = village.Actor(account.id, "wang", WANG.grants)
        batch_id = uploads.receive(
            db, actor, DAY, "homes.csv", Choices("households"), lambda to: to.write_bytes(path.read_bytes()) and None
        )
        job_id = uploads.confirm(db, actor, DAY, batch_id, "zh")
        claimed = jobs.claim(db, DAY)
    assert work.do_one(drawn, claimed, Here())
    with drawn.read() as db:
        assert (jobs.show(db, actor, DAY, job_id).state, uploads.batch(db, actor, batch_id).state) == (
            "failed", "refused",
        )  # fmt: skip
        assert jobs.show(db, actor, DAY, job_id).error["code"] == "import.no_column"
    assert counted(drawn)["household"] == before


def test_uploads_are_forgotten_after_a_week(drawn: Store, tmp_path: Path) -> None:
    """They hold personal data; the next upload deletes what lay for more than seven days, and says so when asked."""
    path = csv(tmp_path, homes_table())
    old = bring(drawn, path)
    stamp = (DAY - dt.timedelta(days=8)).timestamp()
    os.utime(uploads.upload_path(drawn, old), (stamp, stamp))
    new = bring(drawn, path)
    assert not uploads.upload_path(drawn, old).exists()
    uploads.forget(drawn, new)
    uploads.forget(drawn, new)
    with drawn.read() as db:
        for batch_id in (old, new):
            assert code_of(uploads.show, db, WANG, DAY, batch_id) == "import.not_found"


def test_pages_of_imports_miss_none(drawn: Store, tmp_path: Path) -> None:
    """Five files brought at one instant are listed once each, two by two."""
    path = csv(tmp_path, homes_table(2))
    brought = {bring(drawn, path) for _ in range(5)}
    seen: list[str] = []
    after = ""
    while True:
        with drawn.read() as db:
            rows = uploads.page(db, WANG, DAY, after, 2)
        if not rows:
            break
        seen += [row.id for row in rows]
        after = seen[-1]
    assert sorted(seen) == sorted(brought)


def test_only_the_county_uploads(drawn: Store) -> None:
    """A town's cadre is told before a byte is kept."""
    town = village.cadre("town_cadre", f"{COUNTY}/100/")
    with drawn.write() as db:
        code = code_of(uploads.receive, db, town, DAY, "x.csv", Choices("households"), lambda to: None)
    assert code == "import.county_only"
    assert not (drawn.folder / "uploads").exists()
    assert session.now().tzinfo is not None
