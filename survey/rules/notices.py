"""Notices: what the loop tells to whom, in words that name no person, and when one that was not taken is sent again.

A notice goes to a tray, never to a person: the chief of a unit, an office, or the desk of a village, town or county.
Whoever keeps the tray today reads it there; where the county set a channel up, its words go there too. They hold the
issue's number, its category and the unit it lies in; of restricted issues (D12) the number alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.rules.asof import COUNTY_TIME

SHOWN, WAITING, SENDING, SENT, FAILED, UNSURE = "shown", "waiting", "sending", "sent", "failed", "unsure"
STATES = (SHOWN, WAITING, SENDING, SENT, FAILED, UNSURE)
AGAIN = frozenset({FAILED, UNSURE})
"""What an operator may send once more: nobody else does, for it may have arrived."""

BACKOFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
SENDING_MOST = dt.timedelta(minutes=2)  # who is silent for longer while sending is not heard of again
MESSAGE_BYTES = 1_800  # a WeCom robot takes 2,048 bytes of text
_TITLE = {"zh": "【三长图】", "en": "[Sanzhang Map] "}

_ZH = {
    "reported": "新问题待接单",
    "near_border": "邻界新问题，两边都可接单",
    "dispatched": "交办给您，待接单",
    "returned": "转给您，待接单",
    "escalated": "上报到您这一级，待接单",
    "handed_over": "区划调整后归您办理",
    "called": "吹哨请到场签到",
    "call_late": "吹哨已过签到时间，还没有签到",
    "urged": "有人催办",
    "due_soon": "结果快到期",
    "overdue": "结果已超期",
    "progress_due": "快到反馈进展的时间",
    "progress_late": "进展反馈已超期",
    "answer_owed": "已办结，待答复反映人",
    "reopened": "评价不满意或未解决，已重新办理",
    "merged": "已并入另一个问题",
    "test": "这是一条试发的消息，收到就说明通道可用",
}
_EN = {
    "reported": "a new issue waits to be accepted",
    "near_border": "a new issue near your border; either side may accept it",
    "dispatched": "dispatched to you, waits to be accepted",
    "returned": "handed on to you, waits to be accepted",
    "escalated": "escalated to your level, waits to be accepted",
    "handed_over": "yours since the border was redrawn",
    "called": "you are called to the place, please sign in",
    "call_late": "the time to sign in is over, and not all signed in",
    "urged": "somebody urges it on",
    "due_soon": "its result is due soon",
    "overdue": "its result is overdue",
    "progress_due": "its progress is to be told soon",
    "progress_late": "its progress is overdue",
    "answer_owed": "solved; the answer is still owed to who raised it",
    "reopened": "rated as not solved, so it is open again",
    "merged": "goes on as another issue",
    "test": "this only tries whether the channel works",
}
KINDS = tuple(_ZH)

_BY = {"zh": "，期限 {due}", "en": ", due {due}"}
_TRAYS: Mapping[str, tuple[str, ...]] = {
    "near_border": ("told",),
    "called": ("called",),
    "call_late": ("called", "desk"),
}
TO_CALLED = frozenset(kind for kind, whom in _TRAYS.items() if "called" in whom)
_HOLDER = ("holder",)
_OF_EVENTS: Mapping[str, tuple[str, ...]] = {
    "reported": ("reported", "near_border"),
    "refused": ("returned",),
    "dispatched": ("dispatched",),
    "escalated": ("escalated",),
    "handed_over": ("handed_over",),
    "whistled": ("called",),
    "urged": ("urged",),
    "merged": ("merged",),
}


@dataclass(frozen=True)
class Tray:
    """Where a notice goes: ``unit`` (its chief), ``office``, or ``desk`` (of a village, town or county, by unit id)."""

    kind: str
    id: str


def kinds_of(event_kind: str, *, reopened: bool) -> tuple[str, ...]:
    """Return what an event of an issue is told as; nothing for what only its author and the reader of the issue need.

    Parameters
    ----------
    reopened
        Whether the event made an issue go on that was solved: a bad rating, a failed check, somebody's word.

    >>> kinds_of("reported", reopened=False), kinds_of("rated", reopened=True), kinds_of("rated", reopened=False)
    (('reported', 'near_border'), ('reopened',), ())
    """
    return ("reopened",) if reopened else _OF_EVENTS.get(event_kind, ())


def due_kind(due: dt.datetime, result_due: dt.datetime | None, now: dt.datetime) -> str:
    """Return as what a deadline that is near or over is told: result and progress are two kinds (E04).

    Parameters
    ----------
    due
        The nearer of both.
    """
    if result_due is not None and due == result_due:
        return "overdue" if due <= now else "due_soon"
    return "progress_late" if due <= now else "progress_due"


def trays(kind: str, holder: Tray, told: Iterable[str], called: Iterable[str], desk: str) -> list[Tray]:
    """Return to whom a kind of notice goes.

    Parameters
    ----------
    holder
        Who holds the issue.
    told
        Units beyond a near border whose chiefs are told too.
    called
        Offices that were called and have not signed in.
    desk
        The unit whose desk watches the issue, "" for none.
    """
    found: list[Tray] = []
    for whom in _TRAYS.get(kind, _HOLDER):
        if whom == "holder":
            found.append(holder)
        elif whom == "told":
            found += [Tray("unit", one) for one in told]
        elif whom == "called":
            found += [Tray("office", one) for one in called]
        elif desk:
            found.append(Tray("desk", desk))
    return list(dict.fromkeys(found))


def key_of(kind: str, issue_id: str, about: str, to: Tray) -> str:
    """Return the key under which a notice is told once.

    Parameters
    ----------
    about
        What it is about beside the issue: the id of the event, or the deadline; the same thing is not told twice.
    """
    return f"{kind}:{issue_id}:{about}:{to.kind}:{to.id}"


def detail_of(
    number: str, category: str, place: str, *, restricted: bool, due: dt.datetime | None = None
) -> dict[str, str]:
    """Return what a notice's sentence says of its issue; of a restricted one nothing but its number and its term."""
    said = {"number": number} if restricted else {"number": number, "category": category, "place": place}
    if due is not None:
        said["due"] = due.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")
    return {key: value for key, value in said.items() if value}


def sentence(kind: str, detail: Mapping[str, Any], lang: str = "zh") -> str:
    """Return a notice in words.

    >>> sentence("overdue", {"number": "20260306-0012", "category": "路灯", "place": "东溪村甲组"})
    '20260306-0012 路灯（东溪村甲组）：结果已超期。'
    >>> sentence("called", {"number": "20260306-0012", "due": "2026-03-06 18:00"}, "en")
    '20260306-0012: you are called to the place, please sign in, due 2026-03-06 18:00.'
    """
    english = lang == "en"
    what = (_EN if english else _ZH)[kind]
    category, place = str(detail.get("category", "")), str(detail.get("place", ""))
    where = (f" ({place})" if english else f"（{place}）") if place else ""
    named = f"{detail.get('number', '')} {category}".strip() + where
    by = _BY["en" if english else "zh"].format(due=detail["due"]) if detail.get("due") else ""
    if english:
        return f"{named}{': ' if named else ''}{what}{by}."
    return f"{named}{'：' if named else ''}{what}{by}。"


def message(texts: Sequence[str]) -> tuple[str, int]:
    r"""Return one message out of the first of some notices, and how many went in: at least one.

    >>> message(["一。", "二。"])
    ('【三长图】\n一。\n二。', 2)
    """
    told = _TITLE["zh"]
    for count, text in enumerate(texts):
        longer = f"{told}\n{text}"
        if count and len(longer.encode()) > MESSAGE_BYTES:
            return told, count
        told = longer
    return told, len(texts)


def after_refusal(tries: int, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    """Return the state of a notice that was not taken at its ``tries``-th try, and when it is tried again."""
    if tries > len(BACKOFF):
        return FAILED, None
    return WAITING, now + BACKOFF[tries - 1]
