"""Takes the pictures of the guide to the field app; run where they are to be made anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fielding import phone_of, shot, somebody
from tests.browser.pixels import Pixels
from tests.browser.served import Served

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 100_000

pytestmark = pytest.mark.skipif(
    not os.environ.get("SANZHANG_PICTURES"), reason="set SANZHANG_PICTURES=1 to take the pictures of docs/pictures anew"
)


def test_the_pictures_of_the_guide(village: Served, chromium: Browser, pixels: Pixels) -> None:
    """The first screen, a report, the matters, the homes, what waits for signal; each at most 100 KB."""
    phone = phone_of(chromium, village, somebody(village)).enter()
    page = phone.page

    def keep(name: str) -> None:
        expect(page.locator(".toast")).to_have_count(0, timeout=10_000)
        page.wait_for_timeout(1_500)
        size = pixels.write_small(page.screenshot(animations="disabled"), PICTURES / f"field-{name}.png")
        assert size <= MOST_BYTES, (name, size)

    phone.report("路灯", "村口的路灯不亮，晚上看不清")
    phone.all_sent()
    phone.go("#home")
    keep("home")
    page.locator("#shot").set_input_files([shot()])
    phone.choose("路灯")
    keep("report")
    page.get_by_role("button", name="删除草稿").tap()
    phone.go("#matters/todo")
    page.locator(".field-row", has_text="村口的路灯").tap()
    keep("matter")
    phone.go("#homes")
    page.get_by_role("button", name=re.compile("近路")).tap()
    expect(page.locator(".ground-head")).to_contain_text("共约")
    keep("homes")
    phone.offline()
    phone.report("井盖", "井盖松了", photo=False)
    phone.go("#homes")
    page.locator("[data-outcome=home]").first.tap()
    phone.go("#matters/unsent")
    keep("unsent")
    phone.context.close()
