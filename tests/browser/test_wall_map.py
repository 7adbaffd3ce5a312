"""The wall map of a village, from the button on its card to the file."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.asking import a_unit
from tests.browser.conftest import DESK, TABLET, Visit
from tests.browser.served import Served


@pytest.mark.parametrize("size", [DESK, TABLET])
def test_the_button_on_a_village_brings_its_wall_map(village: Served, visit: Visit, size: tuple[int, int]) -> None:
    """Parts and form are chosen, the making is followed, and the PDF comes down under its Chinese name."""
    opened = visit(village, size=size)
    page = opened.page
    unit = a_unit(opened, village, "village")
    page.get_by_role("combobox").first.fill(unit["name"])
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="挂图").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text(unit["name"])
    expect(dialog.get_by_role("checkbox")).to_have_count(3)
    for part in ("网格图", "体系图"):
        dialog.get_by_role("checkbox", name=part).uncheck()
    expect(dialog.get_by_role("button", name="制作")).to_be_disabled()
    dialog.get_by_role("checkbox", name="网格图").check()
    with page.expect_download(timeout=60_000) as brought:
        dialog.get_by_role("button", name="制作").click()
    assert brought.value.suggested_filename == f"{unit['name']}片组邻网格图.pdf"
    assert brought.value.path().read_bytes().startswith(b"%PDF-")
    expect(dialog.get_by_role("link", name="已做好")).to_be_visible()
    dialog.get_by_role("button", name="关闭").click()
    expect(dialog).to_have_count(0)
