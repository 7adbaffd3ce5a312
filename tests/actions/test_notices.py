"""Notices: told once into the trays that people keep, and sent once, or known not to have been."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import select

from geodata.rules.actors import OPERATOR, Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings, units
from geodata.store.database import Store
from survey.actions import channels, notices, sending
from survey.rules.notices import BACKOFF, SENDING_MOST
from survey.store import channels as channel_store
from survey.store.issue_tables import issue, issue_category, issue_party, notice, office
from tests.conftest import NOW
from tests.people import level_ids
from tests.picturing import put_issue
from tests.village import COUNTY, TOWNS, VILLAGES, cadre, unit_id

EAST, WEST = f"{COUNTY}/100/001/", f"{COUNTY}/101/001/"
HOOK = {"id": "town", "name": "东溪镇群", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=KEY-7f3a"}


class Robot:
    """Takes messages, and answers as told."""

    def __init__(self, *answers: tuple[str, str]) -> None:
        self.answers, self.took = list(answers), []  # type: ignore[var-annotated]

    def __call__(self, address: str, text: str, internal: bool) -> tuple[str, str]:
        self.took.append((address, text, internal))
        return self.answers.pop(0) if self.answers else ("sent", "")


def tell(
    store: Store, issue_id: str, kind: str = "overdue", about: str = "a", at: dt.datetime = NOW, **more: Any
) -> int:
    with store.write() as db:
        row = db.run.execute(select(issue).where(issue.c.id == issue_id)).one()
        return notices.tell_about(db, at, kind, row, about, **more)


def mine(store: Store, actor: Actor, at: dt.datetime = NOW, **more: Any) -> dict[str, Any]:
    with store.read() as db:
        return notices.list_mine(
            db, actor, at, more.pop("after", ""), more.pop("limit", 50), more.pop("lang", "zh"), **more
        )


def configure(store: Store, *items: dict[str, Any]) -> list[dict[str, Any]]:
    with store.write() as db:
        return channels.configure(db, OPERATOR, NOW, items)


def send(store: Store, robot: Robot, at: dt.datetime = NOW) -> dict[str, int]:
    return sending.send_some(store, lambda: at, robot, lambda: True)


def states(store: Store) -> list[tuple[str, int, str]]:
    with store.read() as db:
        return sorted((row.state, row.tries, row.error) for row in db.run.execute(notice.select()))


@pytest.fixture
def zu(published: Store) -> Any:
    """A 组 of the eastern village: id and path."""
    first = level_ids(published, "zu")[0]
    with published.read() as db:
        return next(row for row in units.paths(db, EAST) if row.id == first)


@pytest.fixture
def there(published: Store, zu: Any) -> str:
    """An issue about a street light that the chief of that 组 holds."""
    with published.write() as db:
        values = {"scheme": "s", "version": "1", "code": "0118", "kind": "object", "name": "路灯", "grade": "ordinary"}
        db.run.execute(issue_category.insert().values(id="lamp", **values))
    return put_issue(published, zu.path, category_id="lamp", holder_id=zu.id, holder_path=zu.path)


def test_a_notice_lies_in_the_holders_tray_and_in_no_other(published: Store, there: str, zu: Any) -> None:
    """The chief of the 组 reads it in either language; the neighbour, another village and a stranger do not."""
    assert tell(published, there, due=NOW) == 1
    chief = cadre("chief", zu.path, "qian")
    found = mine(published, chief)
    assert found["unread"] == 1
    (one,) = found["items"]
    assert one["text"] == "20260306-0001 路灯（东溪村甲组）：结果已超期，期限 2026-03-06 14:20。"
    assert (one["number"], one["state"], one["read"], one["issue"]) == ("20260306-0001", "waiting", False, there)
    assert "overdue" in mine(published, chief, lang="en")["items"][0]["text"]
    for actor in (cadre("chief", f"{zu.path}001/", "li"), cadre("village_cadre", WEST, "sun"), Actor("", ""),
                  cadre("leader", "", "wu")):  # fmt: skip
        assert mine(published, actor)["items"] == []
    assert states(published) == [("shown", 0, "")], "without a channel it stays in the tray"


def test_while_a_post_is_vacant_whoever_answers_finds_it(published: Store, there: str) -> None:
    """Nobody is chief of the 组, so the village finds the notice; the town does not."""
    tell(published, there)
    assert mine(published, cadre("village_cadre", EAST, "zhao"))["unread"] == 1
    assert mine(published, cadre("town_cadre", f"{COUNTY}/100/", "ma"))["unread"] == 0


def test_the_same_is_told_once(published: Store, there: str) -> None:
    """Told by five workers at once or again later, it is one notice; about another deadline it is another."""
    told: list[int] = []
    threads = [threading.Thread(target=lambda: told.append(tell(published, there))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 0, 0, 0, 1]
    assert tell(published, there, at=NOW + dt.timedelta(days=1)) == 0
    assert tell(published, there, about="b") == 1
    assert tell(published, there, "due_soon") == 1
    with published.write() as db:
        row = db.run.execute(select(issue)).one()
        assert notices.tell(db, NOW, "urged", row, "unit", row.holder_id, "k")
        assert not notices.tell(db, NOW, "urged", row, "unit", row.holder_id, "k")


def test_a_call_reaches_the_offices_and_the_desk_that_waits(published: Store, there: str) -> None:
    """Called offices find it, those that signed in do not; when one is late its desk finds it too."""
    village = unit_id(published, VILLAGES[0])
    with published.write() as db:
        for code, role in (("lamps", "called"), ("roads", "helper")):
            db.run.execute(office.insert().values(id=code, code=code, name=code))
            db.run.execute(issue_party.insert().values(issue_id=there, kind="office", party_id=code, role=role))
    assert tell(published, there, "called", due=NOW) == 1
    assert tell(published, there, "call_late", at=NOW + dt.timedelta(seconds=1), level="village") == 2
    staff = {one: Actor(one, one, cadre("office_staff", "").grants, one) for one in ("lamps", "roads")}
    assert [row["kind"] for row in mine(published, staff["lamps"])["items"]] == ["call_late", "called"]
    assert mine(published, staff["roads"])["items"] == []
    (one,) = mine(published, cadre("village_cadre", EAST, "zhao"))["items"]
    assert (one["kind"], one["to"], one["to_id"]) == ("call_late", "desk", village)
    assert mine(published, cadre("chief", EAST, "he"))["items"] == [], "a chief is no desk"


def test_a_restricted_issue_is_named_by_its_number_alone(published: Store, there: str, zu: Any) -> None:
    """Neither what it is about nor where it lies is in the tray or in what is sent."""
    with published.write() as db:
        db.run.execute(issue.update().values(restricted=True))
    configure(published, HOOK)
    tell(published, there)
    robot = Robot()
    send(published, robot)
    for text in (robot.took[0][1], mine(published, cadre("chief", zu.path))["items"][0]["text"]):
        assert "20260306-0001" in text
        assert "路灯" not in text
        assert "甲组" not in text


def test_reading_is_each_persons_own(published: Store, there: str) -> None:
    """Of two at one desk, what one has read is unread by the other; a notice of another tray cannot be marked."""
    for about in "abc":
        tell(published, there, about=about)
    zhao, he = (cadre("village_cadre", EAST, one) for one in ("zhao", "he"))
    ids = [one["id"] for one in mine(published, zhao)["items"]]
    with published.write() as db:
        assert notices.mark_read(db, cadre("village_cadre", WEST, "sun"), NOW, ids) == 0
        assert notices.mark_read(db, zhao, NOW, ids[:1]) == 1
        assert notices.mark_read(db, zhao, NOW, ids[:1]) == 0
        assert notices.count_unread(db, zhao, NOW) == 2
    assert [one["id"] for one in mine(published, zhao, unread=True)["items"]] == ids[1:]
    assert mine(published, he)["unread"] == 3
    with published.write() as db:
        assert notices.mark_read(db, zhao, NOW, None) == 2
        assert notices.mark_read(db, Actor("", ""), NOW, None) == 0
    assert mine(published, zhao)["unread"] == 0
    assert mine(published, he, NOW + dt.timedelta(days=91))["unread"] == 0, "of a season ago nothing is owed"


def test_pages_show_each_notice_once_newest_first(published: Store, there: str) -> None:
    """Seven notices on pages of three, two of them of one moment."""
    for n, about in enumerate("abcdefg"):
        tell(published, there, about=about, at=NOW + dt.timedelta(seconds=n // 2))
    zhao, after, seen = cadre("village_cadre", EAST, "zhao"), "", []
    while after is not None:
        page = mine(published, zhao, after=after, limit=3)
        seen += page["items"]
        after = page["next"]
    assert len({one["id"] for one in seen}) == len(seen) == 7
    assert [one["at"] for one in seen] == sorted((one["at"] for one in seen), reverse=True)


def test_channels_are_sealed_and_shown_without_their_keys(published: Store) -> None:
    """The key is nowhere in the store or the audit as text, is kept when the rest changes, and asks for a new one's."""
    shown = configure(published, {**HOOK, "unit_id": unit_id(published, TOWNS[0])})
    assert shown[0]["shown"] == "wecom"
    assert "KEY-7f3a" not in str(shown)
    with published.read() as db:
        assert channel_store.address(db, "town") == "wecombot://KEY-7f3a/"
        assert channel_store.address(db, "none") == ""
        kept = str(settings.get(db, "notice_channels"))
        told = str([row.detail for row in audit.page(db, OPERATOR.scope("audit"), None, 9)[0]])
    assert "KEY-7f3a" not in kept + told
    configure(published, {"id": "town", "name": "新名字"})
    with published.read() as db:
        assert channels.list_channels(db, OPERATOR, NOW)[0]["name"] == "新名字"
        assert channel_store.address(db, "town") == "wecombot://KEY-7f3a/"
    cases: list[tuple[str, dict[str, Any]]] = [
        ("channel.no_address", {"id": "new", "name": "x"}), ("unit.not_found", {**HOOK, "unit_id": "none"}),
        ("channel.no_office", {**HOOK, "office_id": "none"}), ("channel.bad_value", {**HOOK, "url": 7}),
        ("channel.scheme", {**HOOK, "url": "file:///x"}),
    ]  # fmt: skip
    for code, item in cases:
        with pytest.raises(Problem) as refused:
            configure(published, item)
        assert refused.value.code == code


def test_only_the_whole_countys_settings_reach_channels_and_outbox(published: Store) -> None:
    """Who holds the settings of a town, or none, sets no channel and reads no outbox."""
    town, village = cadre("administrator", f"{COUNTY}/100/"), cadre("village_cadre", EAST)
    with published.write() as db:
        for actor in (town, village):
            for ask in (
                lambda who: channels.list_channels(db, who, NOW),
                lambda who: channels.configure(db, who, NOW, []),
                lambda who: sending.outbox(db, who, NOW, "unsure", "", 50),
                lambda who: sending.show(db, who, NOW, "x"),
                lambda who: sending.send_again(db, who, NOW, "x"),
                lambda who: sending.send_try(db, who, NOW, "town", "k"),
            ):
                with pytest.raises(Problem, match=r"right\.missing"):
                    ask(actor)


def test_what_waits_goes_out_in_one_message_and_once(published: Store, there: str) -> None:
    """Three notices of a town's units are one message to its robot; a second turn sends nothing."""
    configure(published, {**HOOK, "unit_id": unit_id(published, TOWNS[0])})
    west = put_issue(published, WEST, "20260306-0002", holder_id=unit_id(published, VILLAGES[1]))
    for about in "abc":
        tell(published, there, about=about)
    tell(published, west)
    robot = Robot()
    with published.read() as db:
        assert sending.any_waiting(db, NOW)
    assert send(published, robot) == {"sent": 3, "refused": 0, "unsure": 0}
    assert [(address, text.count("路灯"), internal) for address, text, internal in robot.took] == [
        ("wecombot://KEY-7f3a/", 3, False)
    ]
    assert send(published, robot, NOW + dt.timedelta(days=1))["sent"] == 0
    assert states(published) == [("sent", 1, "")] * 3 + [("shown", 0, "")]
    with published.read() as db:
        assert not sending.any_waiting(db, NOW + dt.timedelta(days=1))


def test_what_was_refused_is_tried_again_and_fails_at_last(published: Store, there: str) -> None:
    """After each wait of the rule it is tried once more, not earlier; then it failed, and a person sends it again."""
    configure(published, HOOK)
    tell(published, there)
    at, robot = NOW, Robot(*[("refused", "errcode 45009")] * 6)
    for n, wait in enumerate(BACKOFF, 1):
        assert send(published, robot, at)["refused"] == 1
        assert states(published) == [("waiting", n, "errcode 45009")]
        assert send(published, robot, at + wait - dt.timedelta(seconds=1)) == {"sent": 0, "refused": 0, "unsure": 0}
        at += wait
    send(published, robot, at)
    assert states(published) == [("failed", 6, "errcode 45009")]
    assert len(robot.took) == 6
    with published.write() as db:
        (row,) = sending.outbox(db, OPERATOR, at, "failed", "", 50)["items"]
        assert sending.send_again(db, OPERATOR, at, row["id"])["state"] == "waiting"
        with pytest.raises(Problem, match=r"notice\.not_stuck"):
            sending.send_again(db, OPERATOR, at, row["id"])
        with pytest.raises(Problem, match=r"notice\.not_found"):
            sending.send_again(db, OPERATOR, at, "none")
        with pytest.raises(Problem, match=r"notice\.bad_state"):
            sending.outbox(db, OPERATOR, at, "lost", "", 50)
    assert send(published, robot, at)["sent"] == 1


def test_a_worker_killed_while_sending_leaves_it_unsure_and_nobody_sends_it_twice(published: Store, there: str) -> None:
    """That it was being sent is on the disk before anything leaves; afterwards it is unsure until a person decides."""
    configure(published, HOOK)
    tell(published, there)

    class KilledError(BaseException):
        pass

    def killed(*_: Any) -> Any:
        assert states(published) == [("sending", 1, "")]
        raise KilledError

    with pytest.raises(KilledError):
        sending.send_some(published, lambda: NOW, killed, lambda: True)
    robot = Robot()
    soon = NOW + SENDING_MOST - dt.timedelta(seconds=1)
    assert send(published, robot, soon) == {"sent": 0, "refused": 0, "unsure": 0}
    later = NOW + SENDING_MOST
    with published.read() as db:
        assert sending.any_waiting(db, later)
    assert send(published, robot, later) == {"sent": 0, "refused": 0, "unsure": 1}
    assert send(published, robot, later + dt.timedelta(days=30))["sent"] == 0
    assert robot.took == []
    with published.read() as db:
        found = sending.outbox(db, OPERATOR, later, "unsure", "", 50)
    assert found["counts"] == {"unsure": 1}
    with published.write() as db:
        sending.send_again(db, OPERATOR, later, found["items"][0]["id"])
    assert send(published, robot, later)["sent"] == 1


def test_a_silent_server_makes_it_unsure(published: Store, there: str) -> None:
    """Where nobody knows whether it arrived, it is not sent again by itself."""
    configure(published, HOOK)
    tell(published, there)
    robot = Robot(("unsure", "no answer"))
    assert send(published, robot)["unsure"] == 1
    assert send(published, robot, NOW + dt.timedelta(days=1)) == {"sent": 0, "refused": 0, "unsure": 0}
    assert states(published) == [("unsure", 1, "no answer")]


def test_when_a_channel_goes_what_waits_for_it_stays_in_the_trays(published: Store, there: str) -> None:
    """Nothing waits for ever for a channel that is no more."""
    configure(published, HOOK)
    tell(published, there)
    configure(published)
    assert states(published) == [("shown", 0, "")]
    assert send(published, Robot())["sent"] == 0


def test_a_try_goes_the_way_of_every_notice(published: Store) -> None:
    """It waits, is sent by the worker, and how it went can be asked; it lies in nobody's tray."""
    configure(published, HOOK)
    with published.write() as db:
        made = sending.send_try(db, OPERATOR, NOW, "town", "k")
        with pytest.raises(Problem, match=r"channel\.not_found"):
            sending.send_try(db, OPERATOR, NOW, "none", "k2")
    robot = Robot(("refused", "status 404"))
    send(published, robot)
    with published.read() as db:
        shown = sending.show(db, OPERATOR, NOW, made)
    assert (shown["state"], shown["error"]) == ("waiting", "status 404")
    assert "试发" in robot.took[0][1]
    assert mine(published, cadre("county_cadre", ""))["items"] == []
