"""Another platform's file of issues, row by row: what may be taken in, and why the rest may not (D06).

What makes two rows one issue is the platform and its reference number. Telephone numbers and the names beside them are
taken out of the text, as out of a chat message: they go into sealed fields.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geodata.rules.days import read_time
from geodata.rules.detect import CrsGuess
from geodata.rules.intake_places import optional_places
from geodata.rules.intake_rows import Refusal, Rows, check_mapping
from geodata.rules.problems import Problem
from survey.rules.category_words import choice_of
from survey.rules.chat import take_apart
from survey.rules.deadlines import GRADES, ZONE
from survey.rules.issue_fields import TEXT_MOST

FIELDS = (
    "platform", "reference", "at", "category", "text", "place", "unit", "zu", "lon", "lat", "x", "y", "state", "source",
    "grade",
)  # fmt: skip
_LENGTHS = {"platform": 60, "reference": 80, "at": 60, "category": 80, "text": TEXT_MOST, "place": 200, "unit": 100,
            "zu": 100, "state": 40, "source": 40, "grade": 40}  # fmt: skip
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


def issues_from(
    frame: pd.DataFrame,
    mapping: Mapping[str, str],
    crs: CrsGuess | str,
    county_ll: BaseGeometry | None,
    platform: str = "",
) -> tuple[gpd.GeoDataFrame, list[Refusal]]:
    """Turn the rows of a file into issues that may be raised, and a reason for each row that may not.

    Parameters
    ----------
    frame
        A table, or a layer of points; an index named ``row`` gives the rows' numbers in the file.
    mapping
        Field (``FIELDS``) to column; ``reference`` and ``category`` are required.
    crs, county_ll
        As for homes (``geodata.rules.intake``); places are not required.
    platform
        Whose file it is, where it has no column that says so.

    Returns
    -------
    tuple
        A GeoDataFrame in EPSG:4490: ``platform, reference, at`` (aware, None for none said), ``category`` and ``unit``,
        ``zu`` as written, ``text, place, name, phone, state`` (``open``, ``closed``), ``source, grade, row`` and
        ``geometry`` (None where the row gives no place). And the refusals: ``outside.*``, ``category.bad_grade``,
        ``code.lost_digits``, ``row.repeated`` (rows), ``coordinate.*``, ``cell.*``.

    Raises
    ------
    Problem
        ``outside.no_platform`` where neither a column nor ``platform`` says whose file it is; ``import.no_column``
        (field), ``import.unknown_column`` (field, column), ``crs.unknown`` (crs).
    """
    check_mapping(frame, mapping, ("reference", "category"))
    if not platform and not mapping.get("platform"):
        raise Problem("outside.no_platform")
    rows = Rows(frame, mapping)
    texts = {field: rows.texts(field, most) for field, most in _LENGTHS.items()}
    rows.refuse_lost_digits("reference", texts["reference"])
    rows.refuse([at for at, text in enumerate(texts["reference"]) if not text], "reference", (), "outside.no_reference")
    rows.refuse([at for at, text in enumerate(texts["category"]) if not text], "category", (), "outside.no_category")
    columns: dict[str, list[object]] = {name: list(texts[name]) for name in ("reference", "category", "unit", "zu")}
    columns["platform"] = [text or platform for text in texts["platform"]]
    columns["place"] = list(texts["place"])
    columns["at"] = rows.each("at", texts["at"], moment_of)
    columns["state"] = rows.each("state", texts["state"], state_of)
    columns["source"] = [source_of(text) for text in texts["source"]]
    columns["grade"] = rows.each("grade", texts["grade"], lambda text: choice_of("grade", text, ("", *GRADES)))
    _take_apart(columns, texts["text"])
    named = zip(columns["platform"], texts["reference"], strict=True)
    keys = [f"{whose} {reference}" if reference else "" for whose, reference in named]
    rows.refuse_repeats(keys, "reference", "row.repeated")
    places = optional_places(rows, crs, county_ll)
    return rows.kept(columns, places), rows.finished()


def _take_apart(columns: dict[str, list[object]], texts: list[str]) -> None:
    """Take names and numbers out of the texts."""
    told = [take_apart(text) for text in texts]
    columns["text"] = [message.text for message in told]
    columns["name"] = [next(iter(message.names), "") for message in told]
    columns["phone"] = [next(iter(message.phones), "") for message in told]


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
