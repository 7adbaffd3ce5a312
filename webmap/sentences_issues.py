"""Refusals of reports and steps as sentences, in Chinese and in English."""

from __future__ import annotations

from typing import Any

from webmap.words_issues import words

PROBLEMS_ZH = {
    "deadline.no_working_day": "从 {day} 起找不到工作日，请检查节假日表。",
    "issue.bad_grade": "没有“{grade}”这种难易程度。",
    "issue.bad_merge": "不能并到那件问题：它不在您能看到的未办结问题里，或就是这件本身。",
    "issue.bad_query": "筛选条件“{field}”不对：{value}。",
    "issue.field": "“{field}”没有填，或填得不对。",
    "issue.gone": "这件问题（{number}）已经撤回，不会再恢复。如仍需反映，请重新上报。",
    "issue.not_found": "没有这件问题，或不归您看。",
    "issue.not_yours": "这一步（{step_name}）不由您来做。",
    "issue.other_body": "同一个编号已经报过另一件问题，“{field}”不一样。原来的内容保持不变。",
    "issue.outside": "这个位置（{lon}，{lat}）不在本县的网格里。",
    "issue.step": "{why_said}{last_said}",
    "issue.taken": "这个步骤的编号已经用过了。",
    "issue.too_many": "超过 {most} 件，请缩小范围再导出。",
    "issue.too_many_views": "最多存 {most} 个视图，请先删去不用的。",
    "issue.unknown_category": "没有这个类别，或已经停用。",
    "issue.unknown_party": "没有这个单位或部门，或已经停用。",
    "issue.unknown_step": "没有“{step}”这个步骤。",
    "profile.bad_loop": "县参数“{key}”不对：{value}。",
    "wire.not_uuid": "“{value}”不是有效的 UUID。",
}
PROBLEMS_EN = {
    "deadline.no_working_day": "No working day is found from {day} on: please check the table of holidays.",
    "issue.bad_grade": "There is no grade “{grade}”.",
    "issue.bad_merge": "It cannot be merged into that: it is none of the open issues you see, or this very one.",
    "issue.bad_query": "The filter “{field}” is wrong: {value}.",
    "issue.field": "“{field}” is missing or wrong.",
    "issue.gone": "This issue ({number}) was withdrawn and does not come back. Please report anew if need be.",
    "issue.not_found": "There is no such issue, or it is not yours to see.",
    "issue.not_yours": "This step ({step_name}) is not yours to take.",
    "issue.other_body": "This id was used for another report: “{field}” differs. What was there stays as it is.",
    "issue.outside": "This place ({lon}, {lat}) lies outside the county's net.",
    "issue.step": "{why_said}{last_said}",
    "issue.taken": "The id of this step has been used.",
    "issue.too_many": "More than {most}: please narrow the filter.",
    "issue.too_many_views": "At most {most} views are kept: please forget one first.",
    "issue.unknown_category": "There is no such category, or it is no longer used.",
    "issue.unknown_party": "There is no such unit or office, or it is no longer there.",
    "issue.unknown_step": "There is no step “{step}”.",
    "profile.bad_loop": "The county's parameter “{key}” is wrong: {value}.",
    "wire.not_uuid": "“{value}” is no valid UUID.",
}


def named(values: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return the values of a refusal with what its step, state and reason are called."""
    if "step" not in values:
        return values
    known = words(lang)
    found = {
        "step_name": known.get(f"step.{values['step']}", str(values["step"])),
        "state_name": known.get(f"state.{values.get('state', '')}", ""),
        "last_name": known.get(f"step.{values.get('last', '')}", ""),
        "by": values.get("by", ""),
    }
    why = known.get(f"why.{values.get('why', '')}", "")
    last = known["last"] if values.get("last") else ""
    return {**values, **found, "why_said": why.format(**found), "last_said": last.format(**found)}
