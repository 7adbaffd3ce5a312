"""The operator's commands for people and posts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.actions.test_intake import csv
from tests.cli.test_cli import Run, run

__all__ = ["run"]


def test_the_demo_has_people_and_posts_are_proposed_and_taken(run: Run, tmp_path: Path) -> None:
    """A demo village has invented people; `appoint` proposes, and appoints only when told to take."""
    made = run.json("demo", "--scale", "village", "--jobs", 1)
    assert made["officers"] >= made["lin"]
    people = csv(tmp_path, pd.DataFrame({"姓名": ["李某甲"], "电话": ["19900000001"], "身份": ["两委"]}), "people.csv")
    assert run.json("import", "officers", "--yes", people)["new"] == 1
    assert run.json("import", "officers", "--yes", people)["unchanged"] == 1
    proposed = run.json("appoint", "--level", "zu", "--level", "lin")
    assert (proposed["appointed"], len(proposed["elected"])) == (0, made["lin"])
    assert {row["title"] for row in proposed["proposals"]} == {"组长"}
    assert {row["measure"] for row in proposed["proposals"]} <= {"road", "near", "apart"}
    straight = run.json("appoint", "--level", "zu", "--along", "straight")["proposals"]
    assert {row["measure"] for row in straight} == {"straight"}
    taken = run.json("appoint", "--level", "zu", "--take")
    assert taken["appointed"] == len(proposed["proposals"]) > 0
    assert run.json("appoint", "--level", "zu")["proposals"] == []
    assert "没有任命任何人" in run("appoint", "--level", "pian", "--mode", "longest").output
