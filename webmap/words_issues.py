"""What states, grades, steps, sources and columns of issues are called, in files, sentences and refusals."""

from __future__ import annotations

_ZH = {
    "issues": "问题", "yes": "是", "number": "编号", "category_code": "类别代码", "category": "类别", "grade": "难易",
    "state": "状态", "late": "超期", "town": "乡镇", "village": "村", "pian": "片", "zu": "组", "lin": "邻", "place": "地点",
    "text": "内容", "source": "来源", "holder": "承办", "reported": "反映时间", "due": "期限", "closed": "办结时间",
    "rating": "评价", "voices": "反映人数", "bounces": "退回次数", "lon": "经度", "lat": "纬度",
    "grade.instant": "即时", "grade.ordinary": "一般", "grade.harder": "较难", "grade.complex": "复杂",
    "state.waiting": "待接单", "state.in_hand": "办理中", "state.solved": "待反馈", "state.answered": "待评价",
    "state.closed": "已办结", "state.merged": "已并案", "state.withdrawn": "已撤回",
    "source.app": "手机上报", "source.desk": "窗口登记", "source.phone": "电话", "source.chat": "微信群",
    "source.box": "意见箱", "source.reception": "接待日", "source.patrol": "巡查", "source.file": "其他平台",
    "source.resident": "群众自报", "rating.solved": "已解决", "rating.half": "部分解决", "rating.not": "未解决",
    "step.reported": "反映", "step.accepted": "接单", "step.refused": "退回", "step.progress": "报进展",
    "step.mediated": "调解", "step.solved": "办好", "step.answered": "反馈", "step.rated": "评价", "step.closed": "办结",
    "step.reopened": "重办", "step.valid": "认定有效", "step.not_valid": "认定无效", "step.dispatched": "交办",
    "step.escalated": "上报", "step.whistled": "吹哨", "step.signed_in": "报到", "step.whistle_rated": "评部门",
    "step.checked": "现场核实", "step.merged": "并案", "step.urged": "催办", "step.paused": "停计时", "step.resumed": "恢复计时",
    "step.regraded": "改难易", "step.recategorised": "改类别", "step.moved": "改位置", "step.voiced": "我也反映",
    "step.noted": "备注", "step.withdrawn": "撤回", "step.handed_over": "随网格移交",
    "why.state": "现在是“{state_name}”，不能{step_name}。", "why.binding": "这是上级指定承办的，不能退回。",
    "why.not_called": "没有吹哨叫这个部门。", "why.signed": "这个部门已经报到了。", "why.decided": "已经认定过了。",
    "why.paused": "计时已经停了。", "why.not_paused": "计时没有停。", "why.not_signed": "这个部门还没有报到，不能评价。",
    "why.no_place": "请在地图上点出位置。", "why.top": "已经到县一级，上面没有可以上报的了。", "why.unknown": "没有这个步骤。",
    "last": "（{by} 已{last_name}）",
}  # fmt: skip
_EN = {
    "issues": "issues", "yes": "yes", "number": "number", "category_code": "category code", "category": "category",
    "grade": "grade", "state": "state", "late": "late", "town": "town", "village": "village", "pian": "pian",
    "zu": "zu", "lin": "lin", "place": "place", "text": "text", "source": "source", "holder": "holder",
    "reported": "reported", "due": "due", "closed": "closed", "rating": "rating", "voices": "voices",
    "bounces": "refusals", "lon": "longitude", "lat": "latitude",
    "grade.instant": "instant", "grade.ordinary": "ordinary", "grade.harder": "harder", "grade.complex": "complex",
    "state.waiting": "waiting", "state.in_hand": "in hand", "state.solved": "to be answered",
    "state.answered": "to be rated", "state.closed": "closed", "state.merged": "merged", "state.withdrawn": "withdrawn",
    "source.app": "phone app", "source.desk": "desk", "source.phone": "telephone", "source.chat": "chat",
    "source.box": "suggestion box", "source.reception": "reception hour", "source.patrol": "patrol",
    "source.file": "other platform", "source.resident": "resident", "rating.solved": "solved",
    "rating.half": "half solved", "rating.not": "not solved",
    "step.reported": "report", "step.accepted": "accept", "step.refused": "refuse", "step.progress": "tell progress",
    "step.mediated": "mediate", "step.solved": "solve", "step.answered": "answer", "step.rated": "rate",
    "step.closed": "close", "step.reopened": "reopen", "step.valid": "call valid", "step.not_valid": "call not valid",
    "step.dispatched": "dispatch", "step.escalated": "escalate", "step.whistled": "call offices",
    "step.signed_in": "sign in", "step.whistle_rated": "rate an office", "step.checked": "check on site",
    "step.merged": "merge", "step.urged": "urge", "step.paused": "stop the clock", "step.resumed": "start the clock",
    "step.regraded": "change the grade", "step.recategorised": "change the category", "step.moved": "move",
    "step.voiced": "say me too", "step.noted": "note", "step.withdrawn": "withdraw", "step.handed_over": "hand over",
    "why.state": "It is {state_name} now: you cannot {step_name}.",
    "why.binding": "A desk above has named who does this: it cannot be refused.",
    "why.not_called": "This office was not called.", "why.signed": "This office has signed in already.",
    "why.decided": "That has been decided.", "why.paused": "The clock stands still already.",
    "why.not_paused": "The clock is running.", "why.not_signed": "This office has not signed in and cannot be rated.",
    "why.no_place": "Please show the place on the map.", "why.top": "The county is the top: nobody is above it.",
    "why.unknown": "There is no such step.", "last": " ({by}: {last_name})",
}  # fmt: skip


def words(lang: str) -> dict[str, str]:
    """Return all of them in a language."""
    return _EN if lang == "en" else _ZH
