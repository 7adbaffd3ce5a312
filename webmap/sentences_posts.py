"""Officers, posts and handovers in words: refusals in both languages, and what each post is called."""

from __future__ import annotations

from typing import Any

TITLES: dict[str, dict[str, str]] = {
    "zh": {
        "pian": "片长",
        "zu": "组长",
        "lin": "邻长",
        "backbone": "党员骨干",
        "liaison": "联络员",
        "volunteer": "志愿者",
        "lawyer": "法律顾问",
        "police_aide": "辅警",
    },
    "en": {
        "pian": "Area chief",
        "zu": "Group chief",
        "lin": "Cell chief",
        "backbone": "Party backbone",
        "liaison": "Liaison",
        "volunteer": "Volunteer",
        "lawyer": "Legal adviser",
        "police_aide": "Police aide",
    },
}

INFEASIBLE: dict[str, dict[str, str]] = {
    "zh": {
        "nobody": "没有人可任：{empty}。",
        "too_few": "{posts} 共 {posts_n} 个岗位，只有 {candidates_n} 人可任；空缺：{empty}。",
    },
    "en": {
        "nobody": "Nobody can take {empty}.",
        "too_few": "{posts}: {posts_n} posts, and only {candidates_n} people who may take any of them; vacant: {empty}.",
    },
}
_NAMED_MOST = 8

PROBLEMS_ZH: dict[str, str] = {
    "demo.not_synthetic": "这个县的数据不是演示数据，不能加入虚构人员。",
    "profile.bad_posts": "县级参数 {key} 里的“{value}”不对：只有片、组、邻有片长、组长、邻长，团队人数应为 0 至 50。",
    "officer.not_found": "没有这个人，或不在您的辖区。",
    "officer.taken": "编码 {code} 已经给了别人，请换一个。",
    "officer.bad_name": "请填姓名，最多 {most} 个字。",
    "officer.bad_tag": "身份标签每个最多 {most} 个字，一人最多 20 个。",
    "officer.bad_vetting": "“{value}”不是联审结果，请填通过、未通过或留空。",
    "officer.bad_day": "“{value}”不是日期，请写成 2026-03-06 这样。",
    "officer.bad_id_no": "身份证号不对：应为 18 位，末位校验码要相符。",
    "officer.no_home": "没有编码为 {code} 的住户，请先导入住户或改正户编码。",
    "officer.repeated": "文件里有同一个人的几行（第 {rows} 行），请只留一行。",
    "officer.retired": "此人已离任，请先在人员页恢复。",
    "officer.merged": "此人已并入另一条记录，请改那一条。",
    "officer.same": "不能把一条记录与它自己合并。",
    "officer.both_hold": "两条记录在同一层级都有职务（{unit}、{other}），请先免去一个再合并。",
    "officer.busy": "{name} 已在 {unit} 任职：一人在同一层级只任一职。",
    "post.taken": "{unit} 已由 {holder} 担任；要换人，请写明原任为什么离任。",
    "post.unknown": "这个单元没有“{post}”这个岗位，请在县级参数的团队里设定。",
    "post.unknown_state": "只能按 {known} 筛选岗位。",
    "appoint.no_level": "请选有岗位的层级：{known}。",
    "appoint.no_mode": "就近方式只有 {known}。",
    "appoint.no_measure": "距离只能按 {known} 量。",
    "appoint.no_how": "产生方式只有 {known}。",
    "appoint.needs_election": "本县{level}长由民主推选产生：请填推选日期，或设为代理。",
    "appoint.no_election_day": "请填推选日期，不能晚于今天。",
    "appoint.no_reason": "这样任免需要写明理由（{why}）。",
    "appoint.barred": "{name} 已离任或守法联审未通过，不能任职。",
    "appointment.not_found": "没有这项任职，或不在您的辖区。",
    "appointment.ended": "这项任职已经结束。",
    "handover.not_found": "没有这份交接单，或不在您的辖区。",
    "tree.too_large": "联系树按村（社区）查看，请选一个村（社区）或其中的片、组、邻。",
    "contact.no_spot": "请给出一户、一个单元或一个位置。",
    "contact.no_unit": "这一户还没有划入任何单元，暂无联系人。",
}

PROBLEMS_EN: dict[str, str] = {
    "demo.not_synthetic": "This county is no demo; invented people are not added to it.",
    "profile.bad_posts": "“{value}” does not fit the county parameter {key}: only 片, 组 and 邻 have a chief, and a team has 0 to 50 of a kind.",
    "officer.not_found": "There is no such person, or not on your ground.",
    "officer.taken": "Somebody else has the code {code}; choose another.",
    "officer.bad_name": "Give a name of at most {most} characters.",
    "officer.bad_tag": "A tag has at most {most} characters, a person at most 20 tags.",
    "officer.bad_vetting": "“{value}” is no outcome of vetting: write passed, failed, or nothing.",
    "officer.bad_day": "“{value}” is no day; write it like 2026-03-06.",
    "officer.bad_id_no": "The ID number is wrong: 18 characters are needed, the last of which checks the others.",
    "officer.no_home": "There is no home with the code {code}; import the homes first or mend the code.",
    "officer.repeated": "Several rows of the file are one person (rows {rows}); keep one of them.",
    "officer.retired": "This person has left; take them back on the page of officers first.",
    "officer.merged": "This entry was merged into another; change that one.",
    "officer.same": "An entry cannot be merged with itself.",
    "officer.both_hold": "Both entries hold a post of one level ({unit}, {other}); end one before merging.",
    "officer.busy": "{name} already holds a post in {unit}: one person has one post a level.",
    "post.taken": "{unit} is held by {holder}; to replace them, say why they leave.",
    "post.unknown": "This unit has no post “{post}”; set it in the team of the county parameters.",
    "post.unknown_state": "Posts can be listed by {known} only.",
    "appoint.no_level": "Choose a level that has posts: {known}.",
    "appoint.no_mode": "The modes are {known}.",
    "appoint.no_measure": "Distances are measured by {known}.",
    "appoint.no_how": "An appointment comes about as one of {known}.",
    "appoint.needs_election": "In this county chiefs of the level {level} are elected: give the day of the election, or make it acting.",
    "appoint.no_election_day": "Give the day of the election, not later than today.",
    "appoint.no_reason": "Give a reason for this ({why}).",
    "appoint.barred": "{name} has left or did not pass the vetting and cannot be appointed.",
    "appointment.not_found": "There is no such appointment, or not on your ground.",
    "appointment.ended": "This appointment has already ended.",
    "handover.not_found": "There is no such handover, or not on your ground.",
    "tree.too_large": "The tree is shown by village: choose a village or a part of one.",
    "contact.no_spot": "Name a home, a unit or a place.",
    "contact.no_unit": "This home belongs to no unit yet, so nobody answers for it.",
}


def infeasible(short: dict[str, Any], lang: str) -> str:
    """Return which posts cannot be filled and why, as a sentence."""
    tongue = "en" if lang == "en" else "zh"
    joiner = ", " if tongue == "en" else "、"

    def names(rows: list[dict[str, Any]]) -> str:
        told = joiner.join(str(row["name"]) for row in rows[:_NAMED_MOST])
        return told + ("…" if len(rows) > _NAMED_MOST else "")

    values = {"empty": names(short["empty"]), "posts": names(short["posts"]), "posts_n": len(short["posts"]),
              "candidates_n": len(short["candidates"])}  # fmt: skip
    return INFEASIBLE[tongue][short["why"]].format(**values)


def title(level: str, post: str, lang: str) -> str:
    """Return what a post is called: 片长, 组长 or 邻长 for a chief, else the name of the role in the team."""
    table = TITLES["en" if lang == "en" else "zh"]
    return table.get(level if post == "chief" else post, post)
