"""What the documents say is true of the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from webmap import sentences, sentences_en, sentences_plan, sentences_zh

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def _problem_codes() -> dict[str, str]:
    """Return every code that the program raises as a Problem or reports as a Refusal, with a file that does."""
    found: dict[str, str] = {}
    for package in ("geodata", "survey", "webmap"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Problem" or not node.args:
                    continue
                if isinstance(node.args[0], ast.Constant):
                    found[str(node.args[0].value)] = path.name
    return found


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    """No person is ever shown the bare name of a refusal."""
    missing = {code: file for code, file in _problem_codes().items() if code not in sentences.problems("zh")}
    assert missing == {}
    tables = [(getattr(sentences_zh, name), getattr(sentences_en, name)) for name in ("VIOLATIONS", "CRS", "NOTES")]
    tables += [(table["zh"], table["en"]) for table in (sentences_plan.REPAIRS, sentences_plan.TITLES)]
    for zh, en in (*tables, (sentences.problems("zh"), sentences.problems("en"))):
        assert zh.keys() == en.keys()
        for key, sentence in zh.items():
            wanted = set(re.findall(r"{(\w+)}", sentence))
            assert set(re.findall(r"{(\w+)}", en[key])) == wanted, f"{key}: the two languages name other values"


def test_the_reference_is_what_the_code_says() -> None:
    """docs/reference.md lists every command, page, route, parameter, rule and refusal as they are now."""
    done = subprocess.run([sys.executable, str(ROOT / "scripts/reference"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_documents_leads_somewhere(page: Path) -> None:
    """Links and pictures between the documents exist, and no document names a file of this machine."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_files_stay_readable() -> None:
    """No Python or TypeScript file is over 400 lines."""
    listed = subprocess.run(["git", "ls-files", "*.py", "*.ts"], capture_output=True, text=True, cwd=ROOT, check=True)
    long = {
        name: lines
        for name in listed.stdout.split()
        if (ROOT / name).exists() and (lines := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}
