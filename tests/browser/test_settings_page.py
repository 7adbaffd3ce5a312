"""The settings: a channel is set up, tried through the real worker, and taken away; what the server does is seen."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from geodata.rules.actors import OPERATOR
from survey.actions import offices
from survey.store.issue_tables import issue
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served
from tests.picturing import HERE, gps_of, jpeg, put_issue, scene
from webmap import session


class Hook(ThreadingHTTPServer):
    """A webhook of the county's own network."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.took: list[dict[str, Any]] = []
        self.status = 200


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        self.server.took.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on loopback."""
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_channel_is_set_up_tried_and_taken_away(village: Served, visit: Visit, hook: Hook) -> None:
    """The try arrives through the real worker, a refusal is told in words, and no key is shown."""
    opened = visit(village, "/settings", DESK)
    opened.watch.allow("422")  # the first address is refused
    page = opened.page
    page.get_by_role("button", name="添加通道").click()
    form = page.get_by_role("dialog", name="新的通道")
    form.get_by_label("名称").fill("镇里的群")
    form.get_by_label("地址").fill(f"http://127.0.0.1:{hook.server_address[1]}/robot/KEY7f3a")
    form.get_by_label("哪里的通知").select_option(index=1)
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_contain_text("内网")
    form.get_by_label("服务器在本单位内网").check()
    form.get_by_role("button", name="保存").click()
    line = page.locator("#channels li")
    expect(line).to_contain_text("网址 127.0.0.1")
    assert "KEY7f3a" not in page.content()
    page.get_by_role("button", name="试发 镇里的群").click()
    expect(page.locator(".toasts")).to_contain_text("已发出", timeout=60_000)
    assert "试发" in hook.took[0]["message"]

    hook.status = 404
    page.get_by_role("button", name="试发 镇里的群").click()
    expect(page.locator(".toasts")).to_contain_text("没有发成：status 404", timeout=60_000)
    expect(page.locator("section", has_text="发件情况")).to_contain_text("等着发 1 条")
    assert faults(page) == []

    page.get_by_role("button", name="修改 镇里的群").click()
    form = page.get_by_role("dialog", name="镇里的群")
    form.get_by_label("名称").fill("新群")
    form.get_by_role("button", name="保存").click()
    expect(line).to_contain_text("新群")
    page.get_by_role("button", name="删除 新群").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(line).to_contain_text("还没有通道")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_ground_is_given_to_an_office_and_a_year_gets_its_holidays(
    village: Served, visit: Visit, size: tuple[int, int]
) -> None:
    """A river's banks become an office's, are told and taken back; a run of days off is written as people write it."""
    store, now = session.open_store(village.db), session.now()
    with store.write() as db:
        if "sl" not in {one["code"] for one in offices.list_offices(db, OPERATOR, now)}:
            offices.put(db, OPERATOR, now, str(uuid.uuid4()), {"code": "sl", "name": "水利局"})
    opened = visit(village, "/settings", size)
    opened.watch.allow("422")  # the width that is too large
    page = opened.page
    page.get_by_role("button", name="圈一处").click()
    form = page.get_by_role("dialog", name="归部门管的地方")
    form.get_by_label("名称", exact=False).first.fill("河道")
    form.get_by_label("哪个部门").select_option(label="水利局")
    form.get_by_label("怎么圈").select_option("along")
    form.get_by_label("每边多少米").fill("900")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_contain_text("1 到 500 米")
    form.get_by_label("每边多少米").fill("40")
    form.get_by_role("button", name="保存").click()
    line = page.locator("#exceptions li")
    expect(line).to_contain_text("河道 水利局 · 全部类别")

    page.get_by_role("button", name="添加一年").click()
    form = page.get_by_role("dialog")
    form.get_by_label("放假的日子").fill("2-15 ~ 2-23")
    form.get_by_label("周末补班的日子").fill("2-14")
    form.get_by_role("button", name="保存").click()
    expect(page.locator("#holidays li").first).to_contain_text("放假 9 天，补班 1 天")
    assert faults(page) == []
    if size == PHONE:
        assert small_targets(page) == []

    page.get_by_role("button", name="撤掉 河道").click()
    page.get_by_role("dialog").get_by_role("button", name="撤掉").click()
    expect(line).to_contain_text("还没有")


def test_what_the_board_hands_on_is_set_by_files(village: Served, visit: Visit) -> None:
    """Sensitive places come from a file and are taken back; a template that cannot be filled is refused."""
    opened = visit(village, "/settings", DESK)
    opened.watch.allow("422")  # the template that is none
    page, square = opened.page, [[[111.9, 27.7], [111.91, 27.7], [111.91, 27.71], [111.9, 27.7]]]
    row = {
        "type": "Feature",
        "properties": {"name": "中心小学"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    body = json.dumps({"type": "FeatureCollection", "features": [row]}).encode()
    page.get_by_label("换一份敏感地点").set_input_files({"name": "a.geojson", "mimeType": "", "buffer": body})
    expect(page.locator("#sensitive")).to_contain_text("中心小学")
    page.get_by_label("换简报模板").set_input_files({"name": "b.docx", "mimeType": "", "buffer": b"no template"})
    expect(page.locator(".toasts .error").last).to_be_visible()
    assert page.request.get(f"{village.url}/api/board/template").ok
    page.get_by_role("button", name="全部撤掉").click()
    page.get_by_role("dialog").get_by_role("button", name="全部撤掉").click()
    expect(page.locator("#sensitive")).to_contain_text("还没有敏感地点")


def test_a_photo_goes_through_the_running_server_and_the_duties_tell_of_it(village: Served, visit: Visit) -> None:
    """Sent over HTTP, made ready by the worker in its process aside, served without its place; the page says so."""
    store = session.open_store(village.db)
    with store.read() as db:
        path = db.run.exec_driver_sql("SELECT path FROM unit WHERE level = 'village'").scalar()
    issue_id = put_issue(store, str(path))
    opened = visit(village, "/settings", PHONE)
    page, photo_id = opened.page, str(uuid.uuid4())
    token = page.locator("meta[name=csrf-token]").get_attribute("content")
    answer = page.request.put(
        f"{village.url}/api/issues/{issue_id}/photos/{photo_id}?stage=before&name=路灯.jpg",
        data=jpeg(scene(2400, 1800), gps=gps_of(*HERE)),
        headers={"X-CSRFToken": token or "", "Content-Type": "image/jpeg"},
    )  # fmt: skip
    assert answer.status == 201, answer.text()
    listed: Any = {}
    for _ in range(300):
        (listed,) = page.request.get(f"{village.url}/api/issues/{issue_id}/photos").json()["items"]
        if listed["state"] != "waiting":
            break
        page.wait_for_timeout(100)
    assert (listed["state"], listed["width"], listed["place"]) == ("ready", 1600, pytest.approx(list(HERE), abs=1e-6))
    picture = page.request.get(f"{village.url}{listed['url']}")
    assert picture.headers["content-type"] == "image/jpeg"
    assert b"Exif" not in picture.body()
    page.reload()
    expect(page.locator("#duties tr", has_text="处理照片")).to_contain_text("处理好 1")
    expect(page.locator("#duties tr", has_text="清理照片文件")).to_be_visible()
    assert faults(page) == []
    assert small_targets(page) == []
    with store.write() as db:
        db.run.execute(issue.delete().where(issue.c.id == issue_id))
    store.close()
