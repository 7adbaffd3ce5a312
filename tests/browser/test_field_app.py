"""The field app as a chief and a rider use it: reports, steps and visits with signal and without, each sent once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fielding import (
    SIZES,
    SMALL,
    Person,
    Phone,
    Phones,
    events_of,
    issues_of,
    phone_of,
    photos_of,
    shot,
    somebody,
    visits_of,
)  # fmt: skip
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served


@pytest.fixture(params=["village", "village_on_postgis"])
def place(request: pytest.FixtureRequest) -> Served:
    """The demo village on each database."""
    served: Served = request.getfixturevalue(request.param)
    return served


@pytest.fixture
def phones(chromium: Browser) -> Iterator[Phones]:
    """Phones of people; each is looked at for errors on its console when the test ends."""
    made: list[Phone] = []

    def one(served: Served, person: Person, size: tuple[int, int] = SMALL) -> Phone:
        made.append(phone_of(chromium, served, person, size))
        return made[-1]

    yield one
    for phone in made:
        phone.watch.check()
        phone.context.close()


def test_a_report_takes_three_taps(place: Served, phones: Phones) -> None:
    """Camera, what it is, send: the place is the phone's, whose ground it is is told at once, the photo comes."""
    person = somebody(place)
    phone = phones(place, person).enter()
    page = phone.page
    page.locator("#shot").set_input_files([shot()])
    expect(page.locator(".place-ground")).to_contain_text(re.compile("组 › 第.+邻，(邻长|组长|片长|岗位空缺)"))
    expect(page.locator(".place-words")).to_contain_text("误差约 12 米，手机定位")
    phone.choose("路灯")
    page.get_by_role("button", name="发送").tap()
    expect(page.locator(".home-screen")).to_be_visible()
    phone.all_sent()
    [row] = issues_of(place, person)
    assert (row.place_source, row.accuracy_m, row.source, row.photos_told) == ("phone", 12.0, "app", 1)
    assert (row.raw["lon"], row.raw["lat"]) == person.place
    assert row.raw["places"]["phone"]["accuracy_m"] == 12.0
    [picture] = photos_of(place, row.id)
    assert picture.stage == "before"


def test_days_without_signal_come_to_one_row_each(place: Served, phones: Phones) -> None:
    """A chain of steps, a report, visits, an errand: made without signal, through a reload, sent once it is back."""
    person = somebody(place, which=1)
    phone = phones(place, person).enter()
    phone.report("路灯", "路口的灯不亮")
    phone.all_sent()
    phone.offline()
    page = phone.page
    phone.report("井盖", "盖子松了", photo=False)
    page.reload()
    phone.is_there()
    phone.go("#matters/todo")
    page.locator(".field-row", has_text="路口的灯不亮").tap()
    for step, filled in (("accepted", False), ("progress", True), ("solved", True)):
        page.locator(f"[data-step={step}]").tap()
        if filled:
            dialog = page.get_by_role("dialog")
            if step == "solved":
                dialog.get_by_label("现场解决").check()
            dialog.get_by_role("textbox").fill("换了灯泡")
            dialog.locator("button[type=submit]").tap()
            expect(dialog).to_have_count(0)
    expect(page.locator("[data-step=answered]")).to_be_visible()
    phone.go("#homes")
    first = page.locator(".home-card").first
    home_id = first.get_attribute("data-home")
    first.locator("[data-outcome=home]").tap()
    expect(page.locator(f"[data-home='{home_id}'] [data-outcome]")).to_have_count(0)
    page.locator(".home-card [data-outcome=away]").first.tap()
    page.locator(".toast", has_text="不在").get_by_role("button", name="撤回").tap()
    page.locator(".errands .button").first.tap()
    page.reload()
    phone.is_there()
    assert phone.count("unsent") == 6
    phone.offline(False)
    phone.all_sent()
    assert [row.text for row in issues_of(place, person)] == ["路口的灯不亮", "盖子松了"]
    assert [row.kind for row in events_of(place, person)] == ["accepted", "progress", "solved"]
    logged = visits_of(place, person)
    assert [(row.kind, row.household_id) for row in logged if row.kind == "visit"] == [("visit", home_id)]
    assert [row.kind for row in logged] == ["visit", "errand"]


def test_a_visit_is_taken_back_after_it_was_sent(place: Served, phones: Phones) -> None:
    """One tap too many: the server hears of the visit, and then that it was none; the home is due again."""
    person = somebody(place, which=2)
    phone = phones(place, person).enter()
    due = phone.count("visits")
    phone.go("#homes")
    phone.page.locator("[data-outcome=home]").first.tap()
    phone.all_sent()
    assert phone.count("visits") == due - 1
    phone.go("#homes")
    phone.page.get_by_role("button", name=re.compile("^全部")).tap()
    phone.page.locator(".home-card").get_by_role("button", name="撤回").first.tap()
    phone.all_sent()
    assert [row.withdrawn_at is not None for row in visits_of(place, person)] == [True]
    expect(phone.page.locator("[data-count=visits] b")).to_have_text(str(due))


def test_a_rider_without_ground_reports_and_nothing_else(village: Served, phones: Phones) -> None:
    """No homes, no contacts, no border: the app says so, a report from the road still finds whose ground it is."""
    person = somebody(village, "reporter")
    phone = phones(village, person).enter()
    page = phone.page
    expect(page.locator(".home-screen")).to_contain_text("走到哪里报到哪里")
    expect(page.locator("[data-count=visits]")).to_have_count(0)
    expect(page.locator(".field-tabs a")).to_have_count(4)
    phone.offline()
    phone.report("路灯", "桥头的灯坏了")
    phone.offline(False)
    phone.all_sent()
    [row] = issues_of(village, person)
    assert row.path.count("/") >= 6, "down to the 邻"
    phone.go("#matters/sent")
    expect(page.locator(".field-row").first).to_contain_text("路灯")


def test_what_was_found_otherwise_reaches_the_village(village: Served, phones: Phones) -> None:
    """A home that is gone, and one that is new where the phone stands."""
    person = somebody(village, which=3)
    phone = phones(village, person).enter()
    page = phone.page
    phone.go("#homes")
    page.locator(".home-head").first.tap()
    page.get_by_role("link", name="这户没有了").tap()
    page.get_by_role("button", name="发送").tap()
    expect(page.locator(".home-card").first).to_be_visible()
    page.get_by_role("button", name="多了一户").tap()
    page.get_by_role("textbox").fill("新盖的房，三口人")
    page.get_by_role("button", name="发送").tap()
    expect(page.locator(".home-card").first).to_be_visible()
    phone.all_sent()
    told = page.request.get(f"{village.url}/api/findings").json()["items"]
    assert sorted(one["kind"] for one in told) == ["gone", "new"]


@pytest.mark.parametrize("size", list(SIZES.values()), ids=list(SIZES))
def test_every_screen_fits(village: Served, phones: Phones, size: tuple[int, int]) -> None:
    """No word cut or under another, nothing wider than the screen, everything as large as a fingertip."""
    person = somebody(village, which=4)
    phone = phones(village, person, size).enter()
    page = phone.page
    phone.report("路灯", "村口的灯不亮")
    phone.all_sent()
    page.locator("#shot").set_input_files([shot()])
    expect(page.locator(".place-ground")).to_be_visible()
    page.wait_for_timeout(300)
    assert (faults(page), small_targets(page)) == ([], [])
    phone.go("#matters/todo")
    page.locator(".field-row", has_text="村口").first.tap()
    expect(page.locator(".matter-screen")).to_be_visible()
    for hash in ("", "#home", "#matters/todo", "#matters/sent", "#homes", "#contacts", "#mine", "#finding/new"):
        if hash:
            phone.go(hash)
        expect(page.locator(".toast")).to_have_count(0, timeout=10_000)
        page.wait_for_timeout(200)
        assert (faults(page), small_targets(page)) == ([], []), hash or "#matter"
