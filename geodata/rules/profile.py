from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from geodata.rules.problems import Problem

_WITH_CHIEF = ("pian", "zu", "lin")
_TEAM_MOST = 50
_PASSWORDS = ("asvs", "dengbao")
_ROLES = (
    "administrator", "security_admin", "audit_admin",
    "county_cadre", "town_cadre", "village_cadre", "chief", "field_worker", "reporter", "office_staff",
    "leader", "read_only",
)  # fmt: skip
_DEVICE_DAYS_MOST = 365
_DAYS = ("calendar", "working")
_LOOP_MOST = 1_000
_EVERY = ("month", "quarter", "year", "")
_OUTCOMES = ("home", "away", "refused", "moved")
_ERRANDS_MOST = 40
_LIMITS = {
    "photo_mb_most": (1, 60), "photo_px": (800, 4000), "thumb_px": (100, 800), "photos_per_day": (1, 10_000),
}  # fmt: skip


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _TEAM_MOST


@dataclass(frozen=True)
class Profile:
    """A county's own parameters. Every default names the report or law it comes from.

    Parameters
    ----------
    name
        The county as people call it.
    lin_homes_min, lin_homes_max
        Homes in a 邻: 相邻的5至15户为邻 (A01 涟源, A06 韶山, A08 城步).
    zu_homes_target
        Homes in a 组 where none is known and one must be drafted: 280,000 homes / 9,449 组 of 涟源 (A22, A23), rounded.
    zu_homes_min, zu_homes_max
        Homes a drafted 组 may hold.
    pian_zu_min, pian_zu_max
        组 in a 片. A03 says 2至3个小组为片, yet the totals of the county that says so give 3.97 (A23) and those of 韶山
        4.52 (A24): a county of four a 片 would read a warning on most of its 片. So the default is 2 to 5, it only
        warns, and a county that means 2 to 3 sets ``pian_zu_max`` and ``pian_zu_target`` to 3.
    pian_zu_target
        组 in a drafted 片: 9,449 / 2,381 in 涟源 (A23), rounded.
    level_names
        What the county calls each level, by ``Level`` value (A13, A14).
    approval_no
        审图号 of the base map in use; shown on every map and print (地图管理条例 art. 15, 22).
    officer_tags
        What a person of the register may be, beside a party member; the county adds its own words.
    chief_pools
        By level, the tags from which its chief is taken: 片长 from 村（社区）“两委” (B03), 组长 from 村民小组长 or
        单位小区负责人 (B04). An empty list is everybody: 邻长 are 党员、致富带头人、有威望人士等 (B05), and a county
        that wants 村民代表 alone (B06) names that tag.
    elected_levels
        Levels whose chief is elected, so that the map shows candidates and proposes nobody: 每邻民主推选1名邻长 (B01).
    team
        By level, the other posts of a unit and how many of each: ``{"pian": {"backbone": 1, "liaison": 1,
        "volunteer": 3}, "village": {"lawyer": 1, "police_aide": 1}}`` is what B07 and B22 say; none by default.
    passwords
        Under which rules people sign in (``survey.rules.passwords.PROFILES``): ``asvs`` is OWASP ASVS 5.0, which
        forbids rules of composition and forced changes (6.2.5, 6.2.10); ``dengbao`` is 等保 GB/T 22239-2019 8.1.4.1,
        which asks for both, for accounts that lie idle to be disabled, and for two factors.
    second_factor_roles
        Roles that must sign in with a second factor, beside those that the rules for passwords name.
    device_days
        Days for which a phone stays signed in from its last use; 0 for never. 30 is what NIST SP 800-63B (rev. 3)
        4.1.3 allows where one factor is enough; those who need two cannot have it.
    deadline_days
        Whether the days of 0211 are ``calendar`` or ``working`` days; S2 does not say (E03).
    remind_hours
        How long before a deadline whoever holds an issue is reminded.
    escalate_days
        After how many further days an overdue issue goes up another level (E05, E06 逐级上交).
    similar_m
        How near an open issue of the same kind must lie to be offered as the same one.
    index_weights
        What the composite index of the board is made of (G01): figures of ``survey.rules.figures`` that are shares, and
        what each weighs. The four ask whether matters end, in time, for good, and whether everybody is in reach.
    photo_mb_most
        The largest photo that is taken, in MiB; what phones of today save in JPEG has 2 to 10.
    photo_px, thumb_px
        The longer side of what is kept of a photo, and of its small picture, in pixels: at 1,600 the number of a house
        can be read from across a street (D09 asks to compare before and after).
    photos_per_day
        How many photos one account may send in 24 hours: nobody takes so many by hand, and no photo is asked for beyond
        an issue's own (无扰督查, G08).
    visit_every, visit_priority_every
        How often an ordinary and a 重点 home is to be visited: once a calendar ``month``, ``quarter`` or ``year``, ""
        for never: 对所联系户每季度走访不少于1次 (F01), 重点联系户每月走访不少于1次 (F02).
    visit_outcomes
        Which outcomes make a visit: somebody was met. ``away`` alone does not, for then nobody was.
    errands
        The kinds of 微服务 (D16) that a phone offers, each with ``kind``, ``name`` and ``name_en``.
    """

    name: str = ""
    lin_homes_min: int = 5
    lin_homes_max: int = 15
    zu_homes_target: int = 35
    zu_homes_min: int = 20
    zu_homes_max: int = 60
    pian_zu_min: int = 2
    pian_zu_max: int = 5
    pian_zu_target: int = 4
    level_names: dict[str, str] = field(
        default_factory=lambda: {
            "county": "县",
            "town": "乡镇",
            "village": "村",
            "pian": "片",
            "zu": "组",
            "lin": "邻",
        }
    )
    approval_no: str = ""
    officer_tags: list[str] = field(
        default_factory=lambda: [
            "两委", "小组长", "单位小区负责人", "村民代表", "致富带头人", "有威望人士",
            "退伍军人", "网格员", "志愿者", "骑手",
        ]
    )  # fmt: skip
    chief_pools: dict[str, list[str]] = field(
        default_factory=lambda: {"pian": ["两委"], "zu": ["小组长", "单位小区负责人"], "lin": []}
    )
    elected_levels: list[str] = field(default_factory=lambda: ["lin"])
    team: dict[str, dict[str, int]] = field(default_factory=dict)
    passwords: str = "asvs"
    second_factor_roles: list[str] = field(default_factory=list)
    device_days: int = 30
    deadline_days: str = "calendar"
    remind_hours: int = 24
    escalate_days: int = 2
    similar_m: int = 30
    index_weights: dict[str, float] = field(
        default_factory=lambda: {
            "solved_share": 30, "on_time_share": 30, "first_time_share": 20, "coverage": 20,
        }
    )  # fmt: skip
    photo_mb_most: int = 12
    photo_px: int = 1600
    thumb_px: int = 320
    photos_per_day: int = 200
    visit_every: str = "quarter"
    visit_priority_every: str = "month"
    visit_outcomes: list[str] = field(default_factory=lambda: ["home", "refused", "moved"])
    errands: list[dict[str, str]] = field(
        default_factory=lambda: [
            {"kind": "errand", "name": "代办跑腿", "name_en": "errand"},
            {"kind": "medicine", "name": "代购送药", "name_en": "medicine fetched"},
            {"kind": "paper", "name": "代办证件", "name_en": "papers handled"},
            {"kind": "repair", "name": "小修小补", "name_en": "small repair"},
            {"kind": "care", "name": "看望照料", "name_en": "looked after"},
            {"kind": "policy", "name": "政策讲解", "name_en": "rules explained"},
            {"kind": "mediation", "name": "邻里调和", "name_en": "neighbours reconciled"},
            {"kind": "other", "name": "其他帮忙", "name_en": "other help"},
        ]
    )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Profile:
        """Build a profile from a parsed file, refusing keys it does not know (``profile.unknown_key``).

        Raises ``profile.bad_bounds`` (low, high) and ``profile.bad_posts`` (key, value) for what no net can have, and
        ``profile.bad_sign_in`` (key, value) for rules of signing in that there are not, ``profile.bad_limit`` (key,
        value, low, high) for a number that cannot be, ``profile.bad_visits`` (key, value) for visits and errands.
        """
        known = {f.name for f in fields(cls)}
        for key in values:
            if key not in known:
                raise Problem("profile.unknown_key", key=key, known=sorted(known))
        profile = cls(**values)
        if not 1 <= profile.lin_homes_min <= profile.lin_homes_max:
            raise Problem("profile.bad_bounds", low=profile.lin_homes_min, high=profile.lin_homes_max)
        profile._check_posts()
        profile._check_sign_in()
        profile._check_loop()
        profile._check_photos()
        profile._check_visits()
        return profile

    def _check_posts(self) -> None:
        """Refuse pools, elections and teams of levels that have none, and teams of no number."""
        for key in ("chief_pools", "elected_levels"):
            for level in getattr(self, key):
                if level not in _WITH_CHIEF:
                    raise Problem("profile.bad_posts", key=key, value=str(level))
        for level, roles in self.team.items():
            if level not in (*_WITH_CHIEF, "village") or not all(_is_count(count) for count in roles.values()):
                raise Problem("profile.bad_posts", key="team", value=str(level))

    def _check_sign_in(self) -> None:
        """Refuse rules, roles and numbers of days that do not exist."""
        days = self.device_days
        known_days = isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= _DEVICE_DAYS_MOST
        faults = [("passwords", self.passwords)] if self.passwords not in _PASSWORDS else []
        faults += [("second_factor_roles", role) for role in self.second_factor_roles if role not in _ROLES]
        faults += [] if known_days else [("device_days", str(days))]
        for key, value in faults:
            raise Problem("profile.bad_sign_in", key=key, value=str(value))

    def _check_loop(self) -> None:
        """Refuse clocks that cannot run."""
        if self.deadline_days not in _DAYS:
            raise Problem("profile.bad_loop", key="deadline_days", value=str(self.deadline_days))
        for key in ("remind_hours", "escalate_days", "similar_m"):
            value = getattr(self, key)
            if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LOOP_MOST:
                raise Problem("profile.bad_loop", key=key, value=str(value))
        for name, weight in self.index_weights.items():
            if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 < weight <= _LOOP_MOST:
                raise Problem("profile.bad_loop", key=f"index_weights.{name}", value=str(weight))

    def _check_photos(self) -> None:
        """Refuse sizes and numbers that no server could keep."""
        for key, (low, high) in _LIMITS.items():
            value = getattr(self, key)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise Problem("profile.bad_limit", key=key, value=str(value), low=low, high=high)

    def _check_visits(self) -> None:
        """Refuse periods, outcomes and errands that there are not."""
        faults = [
            (key, getattr(self, key))
            for key in ("visit_every", "visit_priority_every")
            if getattr(self, key) not in _EVERY
        ]
        faults += [("visit_outcomes", one) for one in self.visit_outcomes if one not in _OUTCOMES]
        known = {str(one.get("kind", "")) for one in self.errands if one.get("name") and one.get("name_en")}
        if len(known - {""}) != len(self.errands) or not 0 < len(self.errands) <= _ERRANDS_MOST:
            faults.append(("errands", ", ".join(sorted(known))))
        for key, value in faults:
            raise Problem("profile.bad_visits", key=key, value=str(value)[:80])

    def lin_state(self, homes: int) -> str:
        """Return how a 邻 of so many homes stands to the rule: ``ok``, ``near`` (on a bound) or ``broken``.

        >>> [Profile().lin_state(n) for n in (4, 5, 10, 15, 16)]
        ['broken', 'near', 'ok', 'near', 'broken']
        """
        if not self.lin_homes_min <= homes <= self.lin_homes_max:
            return "broken"
        return "near" if homes in (self.lin_homes_min, self.lin_homes_max) else "ok"

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values, ready to be stored as JSON."""
        return asdict(self)
