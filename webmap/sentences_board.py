"""The board in words: refusals, and the sentence that is said of a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROBLEMS_ZH: dict[str, str] = {
    "board.bad_query": "研判页不认识这个条件：{field} = {value}。请点“清除条件”重来。",
    "board.no_units": "这片辖区下面没有两个以上的单元，没法比较。请看更大的范围，或先画好片组邻。",
    "board.too_few_units": "这一级只有 {units} 个单元，没法比较。请换一级，或看更大的范围。",
    "board.not_found": "没有这一条研判。",
    "board.period_running": "{period} 还没结束，到期后再算综合指数。",
    "board.bad_formula": "综合指数的公式不对：{key} = {value}。指标名和权重见操作手册。",
    "board.finding_empty": "请写下研判意见。",
    "board.finding_taken": "这一条已由 {by} 写了研判意见。",
    "board.bad_places": "敏感地点第 {row} 个不是可用的面：每个面最多 {most} 个顶点，边界不能自己相交，坐标用经纬度。",
    "board.template_broken": "这个模板打不开，或用了不认识的字段：{why}。请从“下载模板”重新改。",
    "board.too_many_units": "这一级有 {units} 个单元，一个文件最多放 {most} 个。请换高一级，或看小一点的范围。",
    "board.no_font": "本机没有中文字体，出不了图。请装上 {known} 之一。",
}

PROBLEMS_EN: dict[str, str] = {
    "board.bad_query": "The board does not know this condition: {field} = {value}. Clear the conditions and begin anew.",
    "board.no_units": "There are not two units below this ground, so nothing can be compared. Look at more ground, or draw the net first.",
    "board.too_few_units": "This level has {units} units here; nothing can be compared. Take another level, or more ground.",
    "board.not_found": "There is no such review.",
    "board.period_running": "{period} is not over yet; its index is reckoned afterwards.",
    "board.bad_formula": "The formula of the index is wrong: {key} = {value}. The operator's guide lists names and weights.",
    "board.finding_empty": "Write down what was found.",
    "board.finding_taken": "{by} has already written what was found.",
    "board.bad_places": "Sensitive place {row} is no usable polygon: at most {most} vertices, no border that crosses itself, degrees.",
    "board.template_broken": "This template cannot be read, or uses a field that there is not: {why}. Begin from “download template”.",
    "board.too_many_units": "This level has {units} units; a file holds {most} at most. Take a higher level, or less ground.",
    "board.no_font": "This machine has no Chinese font, so no picture can be made. Install one of {known}.",
}

_WORDS = {
    "zh": {
        "hot": "{name}一带：是平均的 {times} 倍，{issues} 件未办结，{homes} 户，误报率 q {q}",
        "cold": "{name}一带：只有平均的 {times} 倍，{issues} 件未办结，{homes} 户，q {q}",
        "plain": "{name}一带：{issues} 件未办结，{homes} 户，是平均的 {times} 倍；和平均没有显著差别（q {q}）",
        "silent": "{name}：{homes} 户，一年没有一件问题、一次走访，按平均应有约 {expected} 件次。去问问，不等于没做好",
        "uneven_homes": "检验：各户、各单元本来就有差别时，问题会不会碰巧聚成这样（q ≤ 0.05 才上色，上色的里面最多约二十分之一是碰巧）。",
        "dealt": "检验：把各单元的件数随意互换，会不会碰巧聚成这样（没有户数时用；q ≤ 0.05 才上色）。",
        "even_homes": "检验：每户都一样时，问题会不会碰巧聚成这样。",
        "small": "这一级数据太少：要有平均的 {times} 倍才看得出来。",
        "none": "这一级数据太少，什么都看不出来。",
        "try": "请换到{level}看，或取消一些条件。",
        "wait": "数据再多一些才看得出热点；先看热力图和数字。",
    },
    "en": {
        "hot": "Around {name}: {times} times the common rate, {issues} open issues, {homes} homes, q {q}",
        "cold": "Around {name}: only {times} times the common rate, {issues} open issues, {homes} homes, q {q}",
        "plain": "Around {name}: {issues} open issues, {homes} homes, {times} times the common rate; no more than chance does (q {q})",
        "silent": "{name}: {homes} homes, not one issue and not one visit in a year where about {expected} are common. Ask there; it is no fault yet",
        "uneven_homes": "Tested: would issues gather so by chance where homes and units differ anyway (coloured at q ≤ 0.05: about one in twenty of the coloured is chance).",
        "dealt": "Tested: would counts dealt among the units gather so by chance (used where no homes are known; coloured at q ≤ 0.05).",
        "even_homes": "Tested: would issues gather so by chance where all homes are alike.",
        "small": "This level has too few data: a place would need {times} times the common rate to be seen.",
        "none": "This level has too few data for anything to be seen.",
        "try": "Look at the {level} level, or take conditions away.",
        "wait": "With more data hotspots can be told; look at the heat and the figures meanwhile.",
    },
}  # fmt: skip

_LEVELS_EN = {"town": "town", "village": "village", "pian": "section", "zu": "group", "lin": "neighbour-group",
              "square": "square", "hex": "hexagon"}  # fmt: skip
_GRIDS_ZH = {"square": "方格", "hex": "六边形"}

_FILE_ZH = {
    "lang": "zh", "title": "问题热点简报", "nothing": "无数据", "square": "方格", "hex": "六边形",
    "withheld": "不足5户或不足3件的单元不显示数字；不含住户位置、敏感地点和不公开的类别。",
    "approval": "审图号：{number}", "no_approval": "未设置审图号：仅限内部使用", "figures": "数字", "units": "单元",
    "figure": "指标", "value": "数值", "formula": "算法", "top": "分子", "bottom": "分母", "before": "环比", "year": "同比",
    "code": "编码", "name": "名称", "homes": "户数", "open": "未办结", "mark": "热点", "hidden": "不显示", "hot": "热点",
    "cold": "偏少", "time": "哪一天", "layer_units": "未办结和热点", "layer_heat": "热力", "synthetic": "演示数据 · 虚构",
    "places": "显著热点", "no_places": "没有显著热点：现在的分布，碰巧也会这样。", "q": "误报率 q",
    "legend": "红橙色越深越有把握；灰色深浅是未办结件数", "day": "数据截至",
}  # fmt: skip
_FILE_EN = {
    "lang": "en", "title": "Brief on hotspots of issues", "nothing": "no data", "square": "squares", "hex": "hexagons",
    "withheld": "Units of fewer than 5 homes or 3 issues show no figures; homes, sensitive places and restricted categories are left out.",
    "approval": "Map approval number: {number}", "no_approval": "No map approval number: for use inside only",
    "figures": "figures", "units": "units", "figure": "figure", "value": "value", "formula": "formula", "top": "numerator",
    "bottom": "denominator", "before": "on the period before", "year": "on last year", "code": "code", "name": "name",
    "homes": "homes", "open": "open", "mark": "hotspot", "hidden": "withheld", "hot": "hot", "cold": "few",
    "time": "which day", "layer_units": "open issues and hotspots", "layer_heat": "heat", "synthetic": "invented data",
    "places": "Significant hotspots", "no_places": "No significant hotspot: chance would lay issues so.", "q": "q",
    "legend": "darker orange is surer; grey tells open issues", "day": "as of",
}  # fmt: skip


def file_words(lang: str) -> dict[str, str]:
    """Return the words that a file of the board is written in, with what was tested."""
    key = "en" if lang == "en" else "zh"
    tests = {null: _WORDS[key][null] for null in ("uneven_homes", "dealt", "even_homes")}
    return {**(_FILE_EN if key == "en" else _FILE_ZH), **tests}


def place(row: Mapping[str, Any], lang: str) -> str:
    """Return what is said of a place: how many times the common rate, how many issues and homes, and how sure."""
    words = _WORDS["en" if lang == "en" else "zh"]
    if row.get("mark") == "silent":
        return words["silent"].format(name=name(row, lang), homes=row["homes"], expected=_plain(row["expected"]))
    kind = "hot" if row.get("hot", row.get("mark") == "hot") else "cold" if row.get("cold") else "plain"
    return words[kind].format(
        name=name(row, lang), times=_plain(row["times"]), issues=row["issues"], homes=row["homes"], q=_sure(row["q"])
    )


def name(row: Mapping[str, Any], lang: str) -> str:
    """Return a place's name; a cell of a grid has none of its own."""
    found = str(row.get("name", ""))
    form = found.partition(":")[0]
    if form not in _GRIDS_ZH or ":" not in found:
        return found
    column, line = found.split(":")[2:]
    return f"{_LEVELS_EN[form] if lang == 'en' else _GRIDS_ZH[form]} {column}/{line}"


def tested(null: str, lang: str) -> str:
    """Return what was tested."""
    return _WORDS["en" if lang == "en" else "zh"][null]


def bearing(one: Mapping[str, Any], better: str, level_names: Mapping[str, str], lang: str) -> str:
    """Return what is said of a level that cannot bear the data, and which to take instead; "" where it can."""
    words = _WORDS["en" if lang == "en" else "zh"]
    if one["bears"]:
        return ""
    first = words["none"] if one["times"] is None else words["small"].format(times=_plain(one["times"]))
    if not better:
        return f"{first}{' ' if lang == 'en' else ''}{words['wait']}"
    level = _LEVELS_EN[better] if lang == "en" else level_names.get(better, better)
    return f"{first}{' ' if lang == 'en' else ''}{words['try'].format(level=level)}"


def _sure(q: float) -> str:
    return f"= {q:.2g}" if q >= 0.001 else "< 0.001"


def _plain(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
