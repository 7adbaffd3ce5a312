"""What other platforms write of an issue, and what it means here."""

from __future__ import annotations

import datetime as dt

from geodata.rules.days import read_time
from geodata.rules.problems import Problem
from survey.rules.deadlines import ZONE
from survey.rules.issue_fields import TEXT_MOST

STATES = {
    "open": "open 待办 待处理 待受理 待接单 未办 未办结 处理中 办理中 在办 受理 已受理 已派单 已接单 进行中 new",
    "closed": "closed 已办 已办结 办结 结案 已结案 完成 已完成 已处理 已解决 已回复 已答复 归档 已归档 关闭 done",
}
_SOURCES = {
    "app": "手机 小程序 app 公众号 随手拍",
    "phone": "电话 热线 12345 来电 telephone phone",
    "chat": "微信 微信群 群聊 chat",
    "box": "意见箱 信箱 民情意见箱 box",
    "reception": "接待 接待日 来访 窗口 reception",
    "patrol": "巡查 走访 巡逻 网格员上报 patrol",
}
DONE_THERE = "{platform}已办结"
"""What the steps of an issue say that another platform had closed before its file came."""


def moment_of(text: str) -> dt.datetime | None:
    """Return when an issue was reported, in Shanghai's time where no zone is told; None for nothing said.

    Raises ``outside.bad_time`` (value).
    """
    if not text.strip():
        return None
    try:
        found: dt.datetime | None = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        found = read_time(text)
    found = found if found is not None and found.tzinfo is not None else read_time(text)
    if found is None:
        raise Problem("outside.bad_time", value=text[:40])
    return (found if found.tzinfo is not None else found.replace(tzinfo=ZONE)).astimezone(dt.UTC)


def state_of(text: str) -> str:
    """Return ``open`` or ``closed`` for a word of another platform, open for none; ``outside.bad_state`` (value)."""
    wanted = text.strip().casefold().replace(" ", "").replace("_", "")
    if not wanted:
        return "open"
    for state, words in STATES.items():
        if wanted in words.split():
            return state
    raise Problem("outside.bad_state", value=text[:40])


def source_of(text: str) -> str:
    """Return the way an issue came in that a word names, ``file`` for any other."""
    wanted = text.strip().casefold()
    return next((source for source, words in _SOURCES.items() if wanted and wanted in words.split()), "file")


def update_note(platform: str, text: str, state: str) -> str:
    """Return what is written under an issue when another platform's file says something else of it than before."""
    done = "（对方平台已办结）" if state == "closed" else ""
    return f"{platform}更新{done}：{text}"[:TEXT_MOST]
