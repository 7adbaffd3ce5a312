"""Photos: stored once however often they come, never half, made ready by the worker, seen by who reads their issue."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import resource
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geodata.files import arriving
from geodata.files.pictures import develop
from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Store
from survey.actions import photo_files, photo_work, photos
from survey.rules.photos import Sent
from survey.store.issue_tables import issue, photo_blob
from tests.conftest import NOW
from tests.picturing import HERE, gps_of, jpeg, put_issue, scene
from tests.village import COUNTY, cadre

EAST, WEST = f"{COUNTY}/100/001/", f"{COUNTY}/101/001/"
ZHAO = cadre("village_cadre", EAST, "zhao")
BODY = jpeg(gps=gps_of(*HERE))


def name() -> str:
    return str(uuid.uuid4())


def send(
    store: Store, issue_id: str, photo_id: str = "", body: bytes = BODY, *, actor: Actor = ZHAO, stage: str = "before",
    called: str = "路灯.jpg", at: dt.datetime = NOW, length: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    pieces = (body[start : start + 1000] for start in range(0, len(body), 1000))
    sent = Sent(photo_id or name(), issue_id, stage, called)
    with store.read() as db:
        return photos.receive(db, actor, at, sent, len(body) if length is None else length, pieces)


def work(store: Store, at: dt.datetime = NOW) -> dict[str, int]:
    return photo_work.develop_some(store, lambda: at, develop, lambda: True)


def listed(store: Store, issue_id: str, actor: Actor = ZHAO) -> dict[str, Any]:
    with store.read() as db:
        return photos.list_photos(db, actor, NOW, issue_id)


def files(store: Store) -> list[str]:
    base = photo_files.folder(store)
    return sorted(str(path.relative_to(base)) for path in base.rglob("*") if path.is_file())


@pytest.fixture
def there(published: Store) -> str:
    """An issue in the eastern village whose sender spoke of three photos."""
    return put_issue(published, EAST, photos_told=3)


def test_a_photo_comes_in_is_made_ready_and_leaves_no_raw_file(published: Store, there: str) -> None:
    """What was sent waits, becomes two pictures without its place, and its own bytes are gone; the place is a hint."""
    sent = send(published, there)
    assert (sent["new"], sent["state"], sent["url"], sent["name"]) == (True, "waiting", None, "路灯.jpg")
    assert [one.partition("/")[0] for one in files(published)] == ["incoming"]
    assert work(published) == {"ready": 1, "refused": 0}
    assert [one.partition("/")[0] for one in files(published)] == ["full", "thumb"]
    found = listed(published, there)
    assert (found["stored"], found["expected"]) == (1, 3)
    shown = found["items"][0]
    assert (shown["state"], shown["width"], shown["height"]) == ("ready", 64, 48)
    assert shown["place"] == pytest.approx(HERE, abs=1e-6)
    with published.read() as db:
        path, called, tag = photos.find_picture(db, ZHAO, NOW, sent["id"], "thumb")
        kept = db.run.execute(photo_blob.select()).one()
    assert called == "路灯.jpg"
    assert (
        kept.stored_sha256
        == hashlib.sha256(path.parents[2].joinpath("full", *path.parts[-2:]).read_bytes()).hexdigest()
    )
    assert tag.startswith(kept.stored_sha256[:32])
    assert b"Exif" not in path.read_bytes()


def test_the_same_photo_again_is_one_and_another_under_its_id_is_told(published: Store, there: str) -> None:
    """A retry changes nothing, in any state; other bytes, another issue, stage or name is refused by its field."""
    photo_id, other = name(), put_issue(published, EAST, "20260306-0002")
    assert send(published, there, photo_id)["new"]
    assert not send(published, there, photo_id)["new"]
    work(published)
    assert not send(published, there, photo_id)["new"]
    assert [one.partition("/")[0] for one in files(published)] == ["full", "thumb"], "a retry leaves nothing behind"
    cases: list[tuple[str, dict[str, Any]]] = [
        ("bytes", {"body": jpeg(scene(70, 48))}), ("issue_id", {"issue_id": other}), ("stage", {"stage": "after"}),
        ("name", {"called": "桥.jpg"}),
    ]  # fmt: skip
    for field, change in cases:
        given = {"issue_id": there, "photo_id": photo_id, **change}
        with pytest.raises(Problem, match=r"photo\.taken") as refused:
            send(published, **given)
        assert refused.value.values == {"field": field}
    assert listed(published, there)["stored"] == 1


def test_identical_bytes_share_one_file_and_hiding_one_keeps_the_other(published: Store, there: str) -> None:
    """Twice in one issue and once in another: three photos, one file; hiding the first hides no other."""
    other = put_issue(published, EAST, "20260306-0002")
    first, second = send(published, there), send(published, there, stage="after")
    third = send(published, other)
    assert len(files(published)) == 1
    work(published)
    assert len(files(published)) == 2
    with published.write() as db:
        photos.set_hidden(db, ZHAO, NOW, first["id"], True, "有人脸")
    chief = cadre("chief", EAST, "qian")
    assert [one["id"] for one in listed(published, there, chief)["items"]] == [second["id"]]
    assert {one["id"]: one["hidden"] for one in listed(published, there)["items"]} == {
        first["id"]: True,
        second["id"]: False,
    }
    assert listed(published, other, chief)["items"][0]["id"] == third["id"]
    with published.read() as db:
        for photo_id in (second["id"], third["id"]):
            assert photos.find_picture(db, chief, NOW, photo_id, "full")[0].exists()
        with pytest.raises(Problem, match=r"photo\.not_found"):
            photos.find_picture(db, chief, NOW, first["id"], "full")
        assert photos.find_picture(db, ZHAO, NOW, first["id"], "full")[0].exists()


def test_before_and_after_are_paired_once_they_can_be_shown(published: Store, there: str) -> None:
    """Two before and one after make one pair, and none while they wait."""
    ids = [
        send(published, there, body=jpeg(scene(50 + n, 40)), stage=stage, at=NOW + dt.timedelta(seconds=n))["id"]
        for n, stage in enumerate(("before", "before", "after", "check"))
    ]
    assert listed(published, there)["pairs"] == []
    work(published)
    assert listed(published, there)["pairs"] == [(ids[0], ids[2])]


def test_fifty_photos_sent_five_times_at_once_are_fifty(published: Store, there: str) -> None:
    """Parallel retries, on either database, give one row an id and one file for each content."""
    ids = [name() for _ in range(10)]
    bodies = [jpeg(scene(40 + n % 5, 40)) for n in range(10)]
    told: list[bool] = []

    def run() -> None:
        told.extend(send(published, there, photo_id, body)["new"] for photo_id, body in zip(ids, bodies, strict=True))

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(told), sum(told)) == (50, 10)
    assert listed(published, there)["stored"] == 10
    assert len(files(published)) == 5


def test_what_is_no_photo_or_too_big_or_cut_off_leaves_nothing(published: Store, there: str) -> None:
    """Refusals by content, size, length, id and stage leave no row and no file."""
    with published.write() as db:
        settings.put(db, "profile", {"photo_mb_most": 1})
    big = BODY + bytes(1024 * 1024)
    cases: list[tuple[str, dict[str, Any]]] = [
        ("photo.not_image", {"body": b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 9}),
        ("photo.not_image", {"body": b""}),
        ("photo.heic", {"body": b"\x00\x00\x00\x18ftypheic" + bytes(99)}), ("photo.too_big", {"body": big}),
        ("photo.too_big", {"body": big, "length": 1000}), ("photo.cut_off", {"length": len(BODY) + 1}),
        ("wire.not_uuid", {"photo_id": "7"}), ("wire.not_uuid", {"photo_id": name().upper()}),
        ("photo.bad_stage", {"stage": "x"}), ("issue.not_found", {"issue_id": name()}),
    ]  # fmt: skip
    for code, change in cases:
        with pytest.raises(Problem) as refused:
            send(published, **{"issue_id": there, **change})
        assert refused.value.code == code
    assert files(published) == []
    assert listed(published, there)["stored"] == 0


def test_a_line_that_is_cut_leaves_no_file_wherever_it_is_cut(published: Store, there: str) -> None:
    """Whatever breaks while the bytes come in, nothing is kept, and the photo may be sent again."""
    photo_id = name()

    def broken(at: int) -> Iterator[bytes]:
        for start in range(0, at, 100):
            yield BODY[start : start + 100]
        raise ConnectionError

    for at in range(0, len(BODY), 300):
        with published.read() as db, pytest.raises(ConnectionError):
            photos.receive(db, ZHAO, NOW, Sent(photo_id, there, "before"), len(BODY), broken(at))
    assert files(published) == []
    assert send(published, there, photo_id)["new"]


def test_a_full_disk_is_told_and_leaves_nothing(published: Store, there: str) -> None:
    """Where a file cannot grow further the photo is refused as such, no part of it stays, and later it goes well."""
    noise = BODY + os.urandom(300_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def pieces() -> Iterator[bytes]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        for start in range(0, len(noise), 4096):
            yield noise[start : start + 4096]

    try:
        with published.read() as db, pytest.raises(Problem, match=r"store\.full"):
            photos.receive(db, ZHAO, NOW, Sent(name(), there, "before"), len(noise), pieces())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(published) == []
    assert send(published, there, body=noise)["new"]


def test_nobody_sends_more_photos_in_a_day_than_the_county_allows(published: Store, there: str) -> None:
    """The one too many is told how long to wait, a retry of what is there is not; the next day goes on."""
    with published.write() as db:
        settings.put(db, "profile", {"photos_per_day": 2})
    first = send(published, there)["id"]
    send(published, there, at=NOW + dt.timedelta(hours=1))
    with pytest.raises(Problem, match=r"photo\.too_many") as refused:
        send(published, there, at=NOW + dt.timedelta(hours=2))
    assert refused.value.values == {"most": 2, "seconds": 22 * 3600}
    assert not send(published, there, first, at=NOW + dt.timedelta(hours=2))["new"]
    assert send(published, there, actor=cadre("chief", EAST, "qian"), at=NOW + dt.timedelta(hours=2))["new"]
    assert send(published, there, at=NOW + dt.timedelta(hours=24))["new"]


def test_a_photo_is_seen_by_who_reads_its_issue_and_hidden_by_its_desk(published: Store, there: str) -> None:
    """Another village is told that there is no such photo; a chief may look, but not hide; hiding asks for a reason."""
    photo_id = send(published, there)["id"]
    work(published)
    stranger, chief = cadre("village_cadre", WEST, "sun"), cadre("chief", EAST, "qian")
    with published.read() as db:
        assert photos.find_picture(db, chief, NOW, photo_id, "full")
        for actor in (stranger, Actor("", "")):
            with pytest.raises(Problem, match=r"photo\.not_found"):
                photos.find_picture(db, actor, NOW, photo_id, "full")
            with pytest.raises(Problem, match=r"issue\.not_found"):
                photos.list_photos(db, actor, NOW, there)
        with pytest.raises(Problem, match=r"photo\.bad_size"):
            photos.find_picture(db, chief, NOW, photo_id, "raw")
        assert photos.path_of(db, photo_id) == EAST
        assert photos.path_of(db, name()) is None
    with pytest.raises(Problem, match=r"issue\.not_found"):
        send(published, there, actor=stranger)
    with published.write() as db:
        with pytest.raises(Problem, match=r"right\.missing"):
            photos.set_hidden(db, chief, NOW, photo_id, True, "x")
        with pytest.raises(Problem, match=r"photo\.no_reason"):
            photos.set_hidden(db, ZHAO, NOW, photo_id, True, " ")
        assert photos.set_hidden(db, ZHAO, NOW, photo_id, True, "有人脸")["hidden"]
        assert not photos.set_hidden(db, ZHAO, NOW, photo_id, False, "看错了")["hidden"]
        acts = [row.act for row in audit.page(db, OPERATOR.scope("audit"), None, 9, photo_id)[0]]
    assert acts == ["photo.shown", "photo.hidden"]


def test_a_withdrawn_issue_takes_no_photo(published: Store, there: str) -> None:
    """It is gone for good, and the phone is told so."""
    with published.write() as db:
        db.run.execute(issue.update().where(issue.c.id == there).values(deleted_at=NOW))
    with pytest.raises(Problem, match=r"issue\.gone"):
        send(published, there)


def test_a_file_that_cannot_be_decoded_is_told_with_its_reason(published: Store, there: str) -> None:
    """Its photo is listed as refused, is never offered for download, and other photos are made ready all the same."""
    whole = jpeg(scene(640, 480))
    bad, good = send(published, there, body=whole[: len(whole) // 2]), send(published, there)
    assert work(published) == {"ready": 1, "refused": 1}
    items = {one["id"]: one for one in listed(published, there)["items"]}
    assert (items[bad["id"]]["state"], items[bad["id"]]["why"], items[bad["id"]]["url"]) == (
        "refused",
        "photo.damaged",
        None,
    )
    assert items[good["id"]]["state"] == "ready"
    with published.read() as db, pytest.raises(Problem, match=r"photo\.damaged"):
        photos.find_picture(db, ZHAO, NOW, bad["id"], "full")


def test_a_worker_that_dies_between_files_and_row_does_it_again(published: Store, there: str) -> None:
    """Killed after the pictures were written, or before the raw bytes were removed, nothing is lost or half."""
    photo_id = send(published, there)["id"]

    class KilledError(Exception):
        pass

    def killed(*_: Any, **__: Any) -> Any:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photo_work.store, "set_blob", killed)
        with pytest.raises(KilledError):
            work(published)
    assert len(files(published)) == 3
    with published.read() as db:
        with pytest.raises(Problem, match=r"photo\.not_ready"):
            photos.find_picture(db, ZHAO, NOW, photo_id, "full")
        assert photo_work.any_waiting(db)
    assert work(published) == {"ready": 1, "refused": 0}
    assert len(files(published)) == 2
    assert photo_work.develop_some(published, lambda: NOW, develop, lambda: False) == {"ready": 0, "refused": 0}


def test_who_lost_the_duty_stops(published: Store, there: str) -> None:
    """A worker that is told that its duty is another's by now looks at no further photo."""
    send(published, there)
    assert photo_work.develop_some(published, lambda: NOW, develop, lambda: False) == {"ready": 0, "refused": 0}
    assert work(published)["ready"] == 1


def test_bytes_that_the_disk_lost_come_back_with_the_next_sending(published: Store, there: str) -> None:
    """Whether it was lost while it waited, or its pictures were, sending the same photo again mends it."""
    photo_id = send(published, there)["id"]
    lose(published)
    assert work(published) == {"ready": 0, "refused": 1}
    assert listed(published, there)["items"][0]["why"] == "photo.lost"
    send(published, there, name())
    assert work(published) == {"ready": 1, "refused": 0}
    lose(published)
    with published.read() as db, pytest.raises(Problem, match=r"photo\.not_ready"):
        photos.find_picture(db, ZHAO, NOW, photo_id, "full")
    send(published, there, name())
    work(published)
    assert {one["state"] for one in listed(published, there)["items"]} == {"ready"}


def lose(store: Store) -> None:
    for one in files(store):
        (photo_files.folder(store) / one).unlink()


def test_the_sweep_removes_what_belongs_to_no_photo_and_nothing_else(published: Store, there: str) -> None:
    """Cut-off pieces after an hour, files without a row after a day, refused ones after a week; photos stay."""
    send(published, there)
    send(published, there, body=jpeg(scene(640, 480))[:3000])
    work(published)
    send(published, there, body=jpeg(scene(41, 40)))
    base = photo_files.folder(published)
    for strange in (f"incoming/{name()}.part", f"incoming/{name()}", f"full/ab/{name()}.jpg", f"thumb/ab/{name()}.jpg"):
        arriving.write_whole(base / strange, b"x")
    kept = files(published)

    def sweep(hours: float) -> dict[str, int]:
        return photo_work.sweep(published, dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours))

    assert len(kept) == 8
    assert sweep(0.9) == {"unfinished": 0, "looked_at": 0, "orphans": 0}
    assert sweep(1.1) == {"unfinished": 1, "looked_at": 0, "orphans": 0}
    assert sweep(25) == {"unfinished": 0, "looked_at": 0, "orphans": 3}
    assert sweep(24 * 8) == {"unfinished": 0, "looked_at": 1, "orphans": 0}
    assert sorted(one.partition("/")[0] for one in files(published)) == ["full", "incoming", "thumb"]
    assert work(published)["ready"] == 1


def test_counties_in_one_folder_do_not_sweep_each_other(published: Store, there: str, tmp_path: Path) -> None:
    """The folder of photos bears the county's name, so another county's sweep does not see it."""
    if not published.embedded:
        pytest.skip("a database has a folder of its own")
    send(published, there)
    other = Store(str(tmp_path / "other.gpkg"), tmp_path)
    assert photo_files.folder(other) != photo_files.folder(published)
    other.close()


def test_receiving_asks_for_a_transaction_that_only_reads(published: Store, there: str) -> None:
    """Bytes that take a minute to arrive must not keep others from writing: the defect is found at once."""
    made: Callable[[], Any] = lambda: iter([BODY])  # noqa: E731
    with published.write() as db, pytest.raises(ValueError, match="transaction"):
        photos.receive(db, ZHAO, NOW, Sent(name(), there, "before"), len(BODY), made())
