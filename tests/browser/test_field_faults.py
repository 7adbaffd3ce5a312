"""Whatever happens on the way, what a phone sends arrives exactly once (F-08, F-11, F-12, P-06)."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, Route, expect

from survey.actions import issues
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.fielding import (
    BATCH,
    SMALL,
    Person,
    Phone,
    Phones,
    at,
    events_of,
    issues_of,
    once,
    phone_of,
    shot,
    somebody,
    visits_of,
)  # fmt: skip
from tests.browser.living import CADRE
from tests.browser.served import Served
from tests.browser.test_field_app import phones

__all__ = ["phones"]
CANARY = "铜锣巷走失的灯"


def _lose(route: Route) -> None:
    route.fetch()
    route.abort()


def _cut(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text()[:40])


def _captive(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<html><h1>Please sign in to this network</h1></html>")


def _captive_json(route: Route) -> None:
    ids = [one["id"] for one in route.request.post_data_json["items"]]
    route.fulfill(status=200, json={"ok": True, "items": [{"id": one, "status": 200} for one in ids]})


def _elsewhere(route: Route) -> None:
    route.fulfill(status=302, headers={"Location": "/signin"})


def _broken(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="bad gateway")


FAULTS: dict[str, Callable[[Route], None]] = {
    "reply-lost": _lose, "reply-cut": _cut, "captive-page": _captive, "captive-json": _captive_json,
    "redirect": _elsewhere, "bad-gateway": _broken,
}  # fmt: skip


@pytest.mark.parametrize("fault", list(FAULTS))
def test_only_our_own_word_counts_as_sent(village: Served, phones: Phones, fault: str) -> None:
    """A fault on the way leaves the report waiting; the next try brings it in, and there is one."""
    person = somebody(village, which=5)
    phone = phones(village, person).enter()
    seen: list[str] = []

    def act(route: Route) -> None:
        FAULTS[fault](route)
        seen.append(fault)

    phone.context.route(BATCH, once(act))
    phone.report("路灯", f"灯不亮 {fault}", photo=False)
    phone.watch.until(phone.page, lambda: bool(seen))
    phone.go("#matters/unsent")
    expect(phone.page.locator(".field-row .chip")).to_have_text("等信号")
    phone.all_sent()
    assert [row.text for row in issues_of(village, person)] == [f"灯不亮 {fault}"]


def test_two_tabs_send_once(village: Served, phones: Phones) -> None:
    """The app open twice: each report goes out from one tab only, and both tabs show it as sent."""
    person = somebody(village, which=5)
    phone = phones(village, person).enter()
    sent: list[str] = []
    phone.context.on("request", lambda request: sent.extend(_ids(request)))
    phone.offline()
    for text in ("一", "二", "三"):
        phone.report("路灯", text, photo=False)
    other = phone.context.new_page()
    other.goto(f"{village.url}/field")
    expect(other.locator("[data-count=unsent] b")).to_have_text("3")
    phone.offline(False)
    phone.all_sent()
    expect(other.locator("[data-count=unsent] b")).to_have_text("0")
    assert sorted(row.text for row in issues_of(village, person)) == sorted("一二三")
    assert len(sent) == len(set(sent)) == 3


def _ids(request: Any) -> list[str]:
    return [one["id"] for one in request.post_data_json["items"]] if request.url.endswith("/api/field/batch") else []


def test_a_refused_step_waits_for_a_person_and_keeps_nothing_back(village: Served, phones: Phones) -> None:
    """Somebody else was faster: the step shows why, in words, the rest goes through, and it may be discarded."""
    person = somebody(village, which=6)
    phone = phones(village, person).enter()
    phone.report("路灯", "谁先接", photo=False)
    phone.all_sent()
    [row] = issues_of(village, person)
    phone.offline()
    phone.go("#matters/todo")
    phone.page.locator(".field-row", has_text="谁先接").tap()
    phone.page.locator("[data-step=accepted]").tap()
    phone.report("井盖", "后面的照样去", photo=False)
    _withdraw(village, row.id)
    phone.offline(False)
    phone.go("#mine")
    phone.page.get_by_role("button", name="现在更新").tap()
    phone.go("#matters/unsent")
    card = phone.page.locator(".refused-card")
    expect(card).to_be_visible()
    assert len(card.locator(".refused-why").inner_text()) > 6
    assert [one.text for one in issues_of(village, person)] == ["谁先接", "后面的照样去"]
    shelf = phone.page.request.get(f"{village.url}/api/field/shelf").json()["items"]
    assert [one["kind"] for one in shelf] == ["event"]
    card.get_by_role("button", name="不要了").tap()
    expect(card).to_have_count(0)
    phone.all_sent()


def _withdraw(served: Served, issue_id: str) -> None:
    wish = issues.Wish(str(uuid.uuid4()), "withdrawn", {"reason": "重复了"})
    with at(served) as store, store.write() as db:
        issues.step(db, CADRE, dt.datetime.now(dt.UTC), issue_id, wish)


def test_after_sign_out_nothing_can_be_read(village: Served, chromium: Browser) -> None:
    """No store of the browser holds a word, a name or a picture; the next person sees nothing; one's own comes back."""
    first, second = somebody(village, which=7), somebody(village, which=8)
    phone = phone_of(chromium, village, first).enter()
    page = phone.page
    home = page.request.get(f"{village.url}/api/field/scope").json()["homes"][0]["address"]
    phone.offline()
    phone.report("路灯", CANARY)
    page.locator("#shot").set_input_files([shot()])
    page.get_by_placeholder("补充一句").fill(f"草稿{CANARY}")
    page.wait_for_timeout(800)
    phone.offline(False)
    phone.context.route(BATCH, lambda route: route.abort())
    phone.go("#mine")
    page.get_by_role("button", name="退出登录").tap()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").tap()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    kept = page.evaluate(_DUMP)
    for word in (CANARY, home, "陈桂香", first.name, "JFIF"):
        assert word not in kept, word
    assert '"sealed"' in kept and "CryptoKey" not in kept
    other = Phone(phone.context, village, second).enter()
    assert other.count("unsent") == 0
    expect(other.page.locator(".draft-row")).to_have_count(0)
    other.go("#mine")
    other.page.get_by_role("button", name="退出登录").tap()
    expect(other.page.get_by_role("link", name="登录")).to_be_visible()
    phone.context.unroute(BATCH)
    again = Phone(phone.context, village, first).enter_again()
    expect(again.page.locator(".draft-row")).to_contain_text("草稿 1 份")
    again.all_sent()
    assert [row.text for row in issues_of(village, first)] == [CANARY]
    assert issues_of(village, second) == []
    phone.context.close()


# All that the browser keeps for the page, as text: rows of the database byte by byte, kept answers, small stores.
_DUMP = """
async () => {
  const told = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  const text = (bytes) => new TextDecoder("utf-8").decode(bytes) + new TextDecoder("latin1").decode(bytes);
  const flat = (value) => JSON.stringify(value, (key, one) => {
    if (one instanceof ArrayBuffer) return text(one);
    if (ArrayBuffer.isView(one)) return text(one.buffer);
    return one instanceof CryptoKey ? "CryptoKey" : one;
  });
  for (const { name } of await indexedDB.databases()) {
    const open = indexedDB.open(name);
    const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      told.push(flat(await new Promise((done) => { all.onsuccess = () => done(all.result); })));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) told.push(request.url, await (await cache.match(request)).text());
  }
  return told.join("\\n");
}
"""


# Browsers do not let a test fill the disk of a window without a profile: the store itself answers as a full one does.
_FULL = """
() => { IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); }; }
"""


def test_a_full_phone_says_so_and_keeps_what_there_was(village: Served, phones: Phones) -> None:
    """No room for another photo: told in words; what was written before is whole, and is sent."""
    person = somebody(village, which=9)
    phone = phones(village, person).enter()
    phone.offline()
    phone.report("路灯", "先写的", photo=False)
    phone.page.evaluate(_FULL)
    phone.go("#home")
    phone.page.locator("#shot").set_input_files([shot()])
    expect(phone.page.locator(".toast.error")).to_contain_text("手机存不下了")
    phone.page.reload()
    phone.is_there()
    assert phone.count("unsent") == 1
    phone.offline(False)
    phone.all_sent()
    assert [row.text for row in issues_of(village, person)] == ["先写的"]


@pytest.fixture
def profile(tmp_path: Path, playwright: Playwright, village: Served) -> Iterator[Callable[[Person], Phone]]:
    """A browser with a profile on the disk, which can be started again after it was killed."""
    started: list[Any] = []

    def start(person: Person) -> Phone:
        lon, lat = person.place
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=CHROMIUM, args=FLAGS, locale="zh-CN", has_touch=True,
            is_mobile=True, viewport={"width": SMALL[0], "height": SMALL[1]}, permissions=["geolocation"],
            geolocation={"longitude": lon, "latitude": lat, "accuracy": 12},
        )  # fmt: skip
        started.append(context)
        return Phone(context, village, person)

    yield start
    started[-1].close()


def kill(folder: Path) -> None:
    """End the browser of a profile as a phone does that has run out of power."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in words and not any(one.startswith(b"--type=") for one in words):
            os.kill(int(process.name), signal.SIGKILL)


def test_a_killed_browser_loses_nothing(village: Served, profile: Callable[[Person], Phone], tmp_path: Path) -> None:
    """Written without signal, the browser killed, started again still without: all is there, and goes out once."""
    person = somebody(village, which=10)
    phone = profile(person).enter()
    phone.offline()
    phone.report("路灯", "断电之前")
    phone.page.locator("#shot").set_input_files([shot()])
    expect(phone.page.locator(".shot-frame")).to_have_count(1)
    phone.page.wait_for_timeout(1_500)
    kill(tmp_path / "profile")
    phone = profile(person)
    phone.offline()
    phone.page.goto(f"{village.url}/field")
    phone.is_there()
    assert phone.count("unsent") == 1
    expect(phone.page.locator(".draft-row")).to_be_visible()
    phone.offline(False)
    phone.page.goto(f"{village.url}/signin")
    phone.enter_again()
    phone.all_sent()
    assert [row.text for row in issues_of(village, person)] == ["断电之前"]


ACTS = ("report", "report", "visit", "visit", "undo", "offline", "online", "reload", "lose", "killed")
STEPS = int(os.environ.get("SANZHANG_FIELD_WALK", "40"))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_walk_in_and_out_of_signal_ends_in_agreement(village: Served, phones: Phones, seed: int) -> None:
    """Reports, visits, signal gone and back, replies lost, pages killed: in the end both hold the same."""
    chance = random.Random(seed)
    person = somebody(village, which=11 + seed)
    phone = phones(village, person).enter()
    texts: list[str] = []
    visits = 0
    for step in range(STEPS):
        act = chance.choice(ACTS)
        if act == "report":
            texts.append(f"第{step}步")
            phone.report("路灯", texts[-1], photo=chance.random() < 0.2)
        elif act in ("visit", "undo"):
            visits += _visit(phone, take_back=act == "undo")
        elif act in ("offline", "online"):
            phone.offline(act == "offline")
        elif act == "lose":
            phone.context.route(BATCH, once(_lose_or_fail))
        else:
            _again(phone, act)
    phone.context.unroute(BATCH)
    phone.offline(False)
    phone.page.reload()
    phone.is_there()
    phone.all_sent(60)
    assert sorted(row.text for row in issues_of(village, person)) == sorted(texts)
    assert len([row for row in visits_of(village, person) if row.withdrawn_at is None]) == visits
    assert events_of(village, person) == []
    assert _states(phone) == {"sent"}


def _visit(phone: Phone, *, take_back: bool) -> int:
    """Visit the first home on the list, or take back the latest visit; return by how many visits there are more."""
    phone.go("#homes")
    phone.page.evaluate("document.querySelectorAll('.toast').forEach((one) => one.remove())")
    every = phone.page.get_by_role("button", name=re.compile("^全部"))
    if take_back and every.get_attribute("aria-pressed") == "false":
        every.tap()
    if not take_back and every.get_attribute("aria-pressed") == "true":
        every.tap()
    wanted = phone.page.locator(".home-card").get_by_role("button", name="撤回" if take_back else "在家", exact=True)
    if wanted.count() == 0:
        return 0
    home = wanted.first.locator("xpath=ancestor::article").get_attribute("data-home")
    wanted.first.tap()
    said = phone.page.locator(".toast", has_text=re.compile("在家|已撤回|正在发送")).last
    expect(said).to_be_visible()
    if "正在发送" in said.inner_text():
        return 0
    gone = phone.page.locator(f"[data-home='{home}']").get_by_role("button", name="撤回" if take_back else "在家")
    expect(gone).to_have_count(0)
    return -1 if take_back else 1


def _lose_or_fail(route: Route) -> None:
    try:
        _lose(route)
    except Exception:  # noqa: BLE001 -- without signal there is nothing to lose
        route.abort()


def _again(phone: Phone, act: str) -> None:
    if act == "killed":
        phone.page.close()
        phone.page = phone.context.new_page()
        phone.page.goto(f"{phone.served.url}/field")
    else:
        phone.page.reload()
    phone.is_there()


def _states(phone: Phone) -> set[str]:
    rows = json.loads(phone.page.evaluate(_STATES))
    return set(rows)


_STATES = """
() => new Promise((done) => {
  const open = indexedDB.open("sanzhang-field");
  open.onsuccess = () => {
    const all = open.result.transaction("items").objectStore("items").getAll();
    all.onsuccess = () => { open.result.close(); done(JSON.stringify(all.result.map((one) => one.state))); };
  };
})
"""
