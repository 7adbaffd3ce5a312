"""Every number of the board, defined once: its name, what it says, how it is reckoned, and the reckoning (D-09).

The page, the files, the brief and the command line read their figures from here and from nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from survey.rules.board_data import DAY_US, NEVER, AsOf, Bools, IssueColumns

LEVELS = ("lin", "zu", "pian", "village", "town", "county")
QUICK_DAYS = 2
"""在2天解决到位 (E17)."""
VISIT_DAYS = 365
"""A home is overdue that nobody has visited for so long."""


@dataclass(frozen=True)
class Figure:
    """A number of the board.

    Parameters
    ----------
    name
        By which it is called everywhere.
    unit
        ``share`` of one, ``each`` (so many a chief or a home), ``count``.
    titles, formulas
        What it is called and how it is reckoned, by language (``zh``, ``en``).
    tops, bottoms
        What is counted, and of how many, by language.
    better
        1 where more is better, -1 where less is, 0 where neither is said.
    source
        The requirement it answers.
    """

    name: str
    unit: Literal["share", "each", "count"]
    titles: Mapping[str, str]
    formulas: Mapping[str, str]
    tops: Mapping[str, str]
    bottoms: Mapping[str, str]
    better: int
    source: str


@dataclass(frozen=True)
class Counted:
    """A figure's two numbers; ``value`` is None where there is nothing to divide by."""

    top: int
    bottom: int

    @property
    def value(self) -> float | None:
        """The first by the second."""
        return self.top / self.bottom if self.bottom else None


def _two(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


_RAISED = _two("期内受理的问题，不含合并和撤回", "issues raised in the period, without merged and withdrawn ones")
_SOLVED = _two("其中期末已有结果的", "of them solved at its end")
_HOMES = _two("住户", "homes")

_MAIN = (
    Figure(
        "solved_share", "share", _two("办结率", "Solved"),
        _two("期末已有结果 ÷ 期内受理", "solved at the end of the period / raised in it"), _SOLVED, _RAISED, 1, "E14",
    ),
    Figure(
        "on_time_share", "share", _two("按时率", "On time"),
        _two("期限内有结果 ÷（已有结果＋逾期未办结）；复杂问题只欠进展，不计入",
             "solved before the deadline / (solved + open and overdue); complex issues owe no result"),
        _two("期限内有结果的", "solved before the deadline"),
        _two("期内受理、已有结果或已逾期的", "raised in the period and solved, or overdue"), 1, "E14",
    ),
    Figure(
        "quick_share", "share", _two("2天办结率", "Solved in 2 days"),
        _two("48小时内有结果 ÷ 期内受理且已满48小时或已有结果",
             "solved within 48 hours / raised in the period and solved, or 48 hours old"),
        _two("48小时内有结果的", "solved within 48 hours"),
        _two("期内受理、已有结果或已满48小时的", "raised in the period and solved, or 48 hours old"), 1, "E17",
    ),
    Figure(
        "first_time_share", "share", _two("一次性化解率", "Solved the first time"),
        _two("有结果后没有再办过 ÷ 有过结果的", "never taken up again / once solved"),
        _two("有结果后没有再办过的", "never taken up again"),
        _two("期内受理、有过结果的", "raised in the period and once solved"), 1, "E15",
    ),
    Figure(
        "load", "each", _two("每长未办结", "Open issues a chief"),
        _two("期末未办结 ÷ 在任的片长、组长、邻长", "unsolved at the end of the period / chiefs in office"),
        _two("期末未办结的问题", "unsolved at the end of the period"),
        _two("在任的片长、组长、邻长", "chiefs in office"), -1, "F05",
    ),
    Figure(
        "visits", "each", _two("户均走访", "Visits a home"),
        _two("期内走访次数 ÷ 住户", "visits made in the period / homes"),
        _two("期内走访次数", "visits made in the period"), _HOMES, 1, "F05",
    ),
    Figure(
        "visit_overdue", "share", _two("走访逾期", "Visits overdue"),
        _two("一年没人走访的住户 ÷ 住户", "homes that nobody visited for a year / homes"),
        _two("365天内没人走访的住户", "homes without a visit in 365 days"), _HOMES, -1, "F05",
    ),
    Figure(
        "coverage", "share", _two("联户覆盖率", "Homes covered"),
        _two("归入邻的住户 ÷ 住户", "homes in a neighbour group / homes"),
        _two("归入邻的住户", "homes in a neighbour group"), _HOMES, 1, "A15",
    ),
)  # fmt: skip

_LEVEL_WORDS = {
    "lin": ("邻", "neighbour group"), "zu": ("组", "group"), "pian": ("片", "section"),
    "village": ("村", "village"), "town": ("乡镇", "town"), "county": ("县", "county"),
}  # fmt: skip
_ENDED = tuple(
    Figure(
        f"ended_{level}", "share", _two(f"{zh}级办结占比", f"Ended at the {en}"),
        _two(f"在{zh}一级有结果 ÷ 期内受理、期末已有结果", f"solved at the {en} / raised in the period and solved"),
        _two(f"在{zh}一级有结果的", f"solved at the {en}"),
        _two("期内受理、期末已有结果的", "raised in the period and solved"), 0, "E13",
    )
    for level, (zh, en) in _LEVEL_WORDS.items()
)  # fmt: skip

FIGURES: Mapping[str, Figure] = {one.name: one for one in (*_MAIN, *_ENDED)}
ROW = tuple(one.name for one in _MAIN)
"""The figures that stand above the map, in order; all others are one click away."""


@dataclass(frozen=True)
class Around:
    """What is counted beside issues, of the same ground and period.

    Parameters
    ----------
    homes, homes_in_lin
        Homes at the end of the period, and those of them that are in a 邻.
    chiefs
        片长, 组长 and 邻长 in office at the end of the period.
    visits, homes_visited
        Visits in the period; homes visited in the 365 days before its end.
    visits_kept
        Whether the county keeps visits at all: where none was ever written down, nothing is said of them.
    """

    homes: int = 0
    homes_in_lin: int = 0
    chiefs: int = 0
    visits: int = 0
    homes_visited: int = 0
    visits_kept: bool = True


def reckon(issues: IssueColumns, then: AsOf, chosen: Bools, begin: int, around: Around) -> dict[str, Counted]:
    """Return every figure of ``FIGURES`` for a period that ends at ``then.at``.

    Parameters
    ----------
    chosen
        (n,) which issues are asked for.
    begin
        The period's first moment, microseconds since 1970 UTC.
    """
    raised = chosen & then.known & (issues.at >= begin) & ~then.gone
    solved = raised & ~then.open
    owed = raised & (then.due != NEVER) & (solved | (then.due <= then.at))
    once = raised & (then.solved_first != NEVER)
    quick = solved_within(issues, then, QUICK_DAYS) & raised
    old = raised & (once | (then.at - issues.at >= QUICK_DAYS * DAY_US))
    unsolved = chosen & then.open
    found = {
        "solved_share": (solved, raised),
        "on_time_share": (owed & solved & (then.ended < then.due), owed),
        "quick_share": (quick, old),
        "first_time_share": (once & (then.turns == 1), once),
        **{f"ended_{level}": (solved & (issues.level == level), solved) for level in LEVELS},
    }
    told = {name: Counted(int(top.sum()), int(bottom.sum())) for name, (top, bottom) in found.items()}
    told["load"] = Counted(int(unsolved.sum()), around.chiefs)
    visitable = around.homes if around.visits_kept else 0
    told["visits"] = Counted(around.visits, visitable)
    told["visit_overdue"] = Counted(max(visitable - around.homes_visited, 0), visitable)
    told["coverage"] = Counted(around.homes_in_lin, around.homes)
    return {name: told[name] for name in FIGURES}


def solved_within(issues: IssueColumns, then: AsOf, days: float) -> Bools:
    """Return which issues were first solved within some days of their report: (n,)."""
    took = np.where(then.solved_first != NEVER, then.solved_first - issues.at, NEVER)
    return np.asarray(took <= int(days * DAY_US), bool)


def change(now: Counted, before: Counted) -> float | None:
    """Return by which share of itself a figure has changed, as 同比 and 环比 are told; None where neither can be said.

    >>> change(Counted(3, 4), Counted(1, 2)), change(Counted(1, 2), Counted(0, 0)), change(Counted(1, 2), Counted(0, 9))
    (0.5, None, None)
    """
    if now.value is None or not before.value:
        return None
    return now.value / before.value - 1.0
