"""Officers, posts and handovers in words: refusals in both languages, and what each post is called."""

from __future__ import annotations

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

PROBLEMS_ZH: dict[str, str] = {
    "profile.bad_posts": "县级参数 {key} 里的“{value}”不对：只有片、组、邻有片长、组长、邻长，团队人数应为 0 至 50。",
}

PROBLEMS_EN: dict[str, str] = {
    "profile.bad_posts": "“{value}” does not fit the county parameter {key}: only 片, 组 and 邻 have a chief, and a team has 0 to 50 of a kind.",
}


def title(level: str, post: str, lang: str) -> str:
    """Return what a post is called: 片长, 组长 or 邻长 for a chief, else the name of the role in the team."""
    table = TITLES["en" if lang == "en" else "zh"]
    return table.get(level if post == "chief" else post, post)
