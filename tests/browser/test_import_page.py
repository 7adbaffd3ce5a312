"""The import page: a workbook with a bad row is previewed, confirmed, told and, a second time, changes nothing."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from playwright.sync_api import Page, expect

from tests.browser.asking import a_home, ask
from tests.browser.conftest import Visit
from tests.browser.served import Served

HEADERS = ["户编码", "村", "组", "户主姓名", "联系电话", "详细地址", "经度", "纬度"]


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """Write a workbook as a village office keeps it."""
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.append(HEADERS)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def choose(page: Page, path: Path) -> None:
    """Give the page a file and wait for what it would do."""
    page.locator("#import-file").set_input_files(path)
    expect(page.get_by_role("heading", name=path.name)).to_be_visible()


def test_a_workbook_comes_in_but_for_its_bad_row(village: Served, visit: Visit, tmp_path: Path) -> None:
    """Preview, mapping, coordinates in a sentence, the refused row, progress, counts; the second time nothing."""
    opened = visit(village, "/import")
    page = opened.page
    home = a_home(opened, village)
    lon, lat = home["lon"], home["lat"]
    homes = ask(opened, village, "/api/map")["counts"]["homes"]
    chain = ask(opened, village, f"/api/households/{home['id']}")["chain"]
    place = [next(one["name"] for one in chain if one["level"] == level) for level in ("village", "zu")]
    rows: list[list[object]] = [
        [f"NEW{at}", *place, "测试户", "19900000000", f"测试路 {at} 号", lon + at * 1e-5, lat + at * 1e-5]
        for at in range(1, 5)
    ]
    rows.append(["NEW9", *place, "测试户", "19900000000", "测试路 9 号", "不知道", lat])
    path = workbook(tmp_path / "新增住户.xlsx", rows)
    choose(page, path)
    column = page.locator(".map-field > span").get_by_text("经度", exact=True).locator("xpath=../select")
    expect(column).to_have_value("经度")
    expect(page.get_by_role("radiogroup", name="坐标")).to_contain_text("EPSG:4490")
    outcome = page.get_by_label("导入后的结果")
    expect(outcome).to_contain_text("4")
    refused = page.locator("section", has=page.get_by_role("heading", name="不收的 1 行"))
    expect(refused).to_contain_text("不知道")
    expect(page.locator(".small-map canvas")).to_be_visible()
    assert ask(opened, village, "/api/map")["counts"]["homes"] == homes, "nothing is written before a person confirms"

    page.get_by_role("button", name="确认导入 4 行").click()
    expect(page.get_by_text("导入完成")).to_be_visible(timeout=60_000)
    assert ask(opened, village, "/api/map")["counts"]["homes"] == homes + 4
    earlier = page.locator("table.cards tbody tr").first
    expect(earlier).to_contain_text("新增 4")
    with page.expect_download() as mended:
        page.get_by_role("link", name="下载不收的行").first.click()
    assert mended.value.path().stat().st_size > 1000

    page.goto(village.url + "/import")
    choose(page, path)
    expect(page.get_by_text("没有新增也没有变化，不用导入。")).to_be_visible()
    expect(page.get_by_text("照上次的对应")).to_be_visible()
    assert ask(opened, village, "/api/map")["counts"]["homes"] == homes + 4


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(village: Served, visit: Visit, tmp_path: Path) -> None:
    """Something that only calls itself a workbook is refused on the spot, with what to do."""
    opened = visit(village, "/import")
    opened.watch.allow("422")
    opened.watch.allow("400")
    path = tmp_path / "坏了.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"no workbook follows" * 100)
    opened.page.locator("#import-file").set_input_files(path)
    expect(opened.page.get_by_role("alert")).not_to_be_empty()


def test_another_platforms_file_is_told_whose_it_is_and_what_its_words_mean(
    village: Served, visit: Visit, tmp_path: Path
) -> None:
    """Without a platform nothing comes in; an unknown word is given a category; then its issues are there, once."""
    opened = visit(village, "/import?kind=issues")
    page = opened.page
    home = a_home(opened, village)
    lon, lat = home["lon"], home["lat"]
    path = tmp_path / "热线.csv"
    path.write_text(
        f"工单编号,类型,内容,经度,纬度\nA1,Beleuchtung,灯坏了,{lon},{lat}\nA2,路灯,不亮,{lon},{lat}\n", "utf-8"
    )
    choose(page, path)
    expect(page.get_by_role("alert")).to_contain_text("哪个平台的文件")
    page.get_by_label("哪个平台的文件").fill("12345 热线")
    page.get_by_label("哪个平台的文件").press("Tab")
    expect(page.get_by_role("heading", name="1 个类别不认识")).to_be_visible()
    page.get_by_label("Beleuchtung").select_option(label="路灯")
    expect(page.get_by_role("heading", name="1 个类别不认识")).to_have_count(0)
    page.get_by_role("button", name="确认导入 2 行").click()
    expect(page.get_by_text("导入完成")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="去看问题")).to_be_visible()
    told = [row["text"] for row in ask(opened, village, "/api/issues?source=file")["items"]]
    assert sorted(told) == ["不亮", "灯坏了"]
    page.goto(village.url + "/import?kind=issues")
    page.get_by_label("哪个平台的文件").fill("12345 热线")
    choose(page, path)
    expect(page.get_by_text("没有新增也没有变化，不用导入。")).to_be_visible()
