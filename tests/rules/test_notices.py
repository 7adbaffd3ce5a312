"""What is told to whom in which words, to which address, and when it is tried again."""

from __future__ import annotations

import datetime as dt
import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from survey.rules import channels, notices
from survey.rules.channels import Channel
from survey.rules.notices import KINDS, Tray

NOW = dt.datetime(2026, 3, 6, 6, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize("module", [notices, channels], ids=lambda m: m.__name__)
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    """What a docstring shows is what the code does."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_every_kind_has_a_sentence_in_both_languages() -> None:
    """No kind is without words, and the words of both languages name the same issue and term."""
    detail = notices.detail_of("20260306-0001", "路灯", "东溪村甲组", restricted=False, due=NOW)
    for kind in KINDS:
        for lang in ("zh", "en"):
            told = notices.sentence(kind, detail, lang)
            assert "20260306-0001" in told
            assert "2026-03-06 14:20" in told, "terms are told in the county's time"


def test_a_restricted_issue_is_told_by_its_number_alone() -> None:
    """Neither what it is about nor where it lies leaves the house."""
    detail = notices.detail_of("20260306-0001", "家庭纠纷", "东溪村甲组", restricted=True, due=NOW)
    assert detail == {"number": "20260306-0001", "due": "2026-03-06 14:20"}


def test_whom_a_kind_concerns() -> None:
    """The holder as a rule; the chiefs beyond a near border, called offices, and the desk; each once."""
    holder, told, called = Tray("unit", "u"), ["v", "w", "v"], ["o"]

    def to(kind: str, desk: str = "d") -> list[Tray]:
        return notices.trays(kind, holder, told, called, desk)

    assert to("overdue") == [holder]
    assert to("near_border") == [Tray("unit", "v"), Tray("unit", "w")]
    assert to("called") == [Tray("office", "o")]
    assert to("call_late") == [Tray("office", "o"), Tray("desk", "d")]
    assert to("call_late", "") == [Tray("office", "o")]
    keys = {notices.key_of(kind, "i", about, tray) for kind in KINDS for about in "ab" for tray in to("near_border")}
    assert len(keys) == len(KINDS) * 4


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=40))
def test_a_message_takes_the_first_notices_that_fit(texts: list[str]) -> None:
    """At least one goes in, in their order, and more only while a robot takes as many bytes."""
    told, count = notices.message(texts)
    assert 1 <= count <= len(texts)
    assert told == "\n".join(["【三长图】", *texts[:count]])
    if count > 1:
        assert len(told.encode()) <= notices.MESSAGE_BYTES
    if count < len(texts):
        assert len((told + "\n" + texts[count]).encode()) > notices.MESSAGE_BYTES


def test_what_was_not_taken_is_tried_again_five_times() -> None:
    """After 1, 5 and 30 minutes, 2 and 12 hours; then it failed."""
    waits = [notices.after_refusal(n, NOW) for n in range(1, 7)]
    assert [state for state, _ in waits] == ["waiting"] * 5 + ["failed"]
    assert [(at - NOW).total_seconds() / 60 for _, at in waits if at] == [1, 5, 30, 120, 720]


@pytest.mark.parametrize(
    ("url", "address", "shown"),
    [
        ("wecombot://ab-12/", "wecombot://ab-12/", "wecom"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc123", "dingtalk://abc123/", "dingtalk"),
        ("dingtalk://SECx@abc123", "dingtalk://SECx@abc123", "dingtalk"),
        ("https://hook.example:8443/a/b?t=1&u=", "jsons://hook.example:8443/a/b?-t=1&-u=", "webhook hook.example"),
        ("mailtos://me:pw@smtp.example.cn?to=a@example.cn", "mailtos://me:pw@smtp.example.cn?to=a@example.cn",
         "mail smtp.example.cn"),
    ],
)  # fmt: skip
def test_addresses_of_robots_mail_and_webhooks_are_understood(url: str, address: str, shown: str) -> None:
    """What a robot's settings page shows is taken as it is, and what is shown of it holds no key."""
    assert channels.address_of(url, internal=False) == address
    assert channels.shown(address) == shown


REFUSED = {
    "channel.address_refused": (
        "http://127.0.0.1/x", "https://[::1]/", "http://169.254.169.254/latest", "http://0x7f000001/",
        "http://localhost:9/", "http://2130706433/", "json://10.1.2.3/hook", "mailto://u:p@10.0.0.1?to=a@b.cn",
        "mailto://u:p@x.cn?smtp=127.0.0.1", "http://db.local/",
    ),
    "channel.scheme": (
        "file:///etc/passwd", "gopher://x/", "slack://a/b/c", "syslog://localhost", "ftp://x/", "x",
    ),
    "channel.bad_address": (
        "mailto://u:p@x.cn?pgpprv=/etc/key", "json://x/?attach=/etc/passwd", "json://x/?:text=1", "json://",
        "json://a b/", "json://x:99999/", "json://x/\n", "http://[", "json://x/#y", "json://x/" + "a" * 1000,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "url"), [(code, url) for code, urls in REFUSED.items() for url in urls])
def test_no_other_address_is_posted_to(code: str, url: str) -> None:
    """Neighbours of the server, disguised ones too, other schemes and arguments that name files are refused."""
    with pytest.raises(Problem) as refused:
        channels.address_of(url, internal=False)
    assert refused.value.code == code


def test_a_private_address_is_asked_only_where_the_county_said_so() -> None:
    """Internal opens the county's own network, never a cloud's metadata address."""
    assert channels.address_of("http://10.1.2.3:8080/hook", internal=True) == "json://10.1.2.3:8080/hook"
    with pytest.raises(Problem, match=r"channel\.address_refused"):
        channels.address_of("http://169.254.169.254/", internal=True)


ITEM: dict[str, Any] = {"id": "a", "name": "东溪镇群", "url": "wecombot://k/"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"id": ""}, "id"), ({"name": " "}, "name"), ({"id": 7}, "id"), ({"internal": "yes"}, "internal"),
     ({"kinds": []}, "kinds"), ({"name": "x" * 61}, "name"), ({"unit_id": "u", "office_id": "o"}, "office_id")],
)  # fmt: skip
def test_a_channel_that_is_not_whole_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    """Each field is checked, and the one at fault is named."""
    with pytest.raises(Problem, match=r"channel\.bad_value") as refused:
        channels.check_item(ITEM | change)
    assert refused.value.values["field"] == field


def test_two_of_one_id_and_too_many_are_refused() -> None:
    """An id names one channel, and there are no more than a county can have."""
    with pytest.raises(Problem, match=r"channel\.duplicate_id"):
        channels.check_ids([channels.check_item(ITEM)] * 2)
    with pytest.raises(Problem, match=r"channel\.too_many"):
        channels.check_ids([Channel(str(n), "x") for n in range(channels.MOST + 1)])


def test_a_notice_goes_to_the_nearest_channel() -> None:
    """An office's own, else the deepest ground around the tray, else the county's; a gone unit's gets none."""
    county, town, village = Channel("c", "县"), Channel("t", "镇", "town"), Channel("v", "村", "village")
    office, gone = Channel("o", "路灯所", office_id="lamps"), Channel("g", "旧镇", "gone")
    paths = {"town": "43/100/", "village": "43/100/001/"}

    def goes(kind: str, to_id: str, path: str, *have: Channel) -> str:
        return channels.choose(have, kind, to_id, path, paths)

    every = (gone, county, village, town, office)
    assert goes("unit", "x", "43/100/001/01/", *every) == "v"
    assert goes("unit", "x", "43/100/002/", *every) == "t"
    assert goes("unit", "x", "43/1000/", *every) == "c"
    assert goes("office", "lamps", "43/100/001/", *every) == "o"
    assert goes("office", "roads", "43/", *every) == "c"
    assert goes("unit", "x", "43/101/", gone, town, office) == ""
