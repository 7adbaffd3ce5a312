import assert from "node:assert/strict";
import { test } from "node:test";
import { asOf, dayWords, netTiles, pastWords, queryOf, today, withMoment } from "../src/map/asof";

const NOW = new Date("2026-11-22T08:00:00Z");

test("today is the county's day, wherever the machine thinks it is", () => {
  assert.equal(today(NOW), "2026-11-22");
  assert.equal(today(new Date("2026-11-22T16:30:00Z")), "2026-11-23");
});

test("the moment is read from the address of the pages that show it, and today is now", () => {
  assert.equal(asOf({ pathname: "/map", search: "?as_of=2026-03-06" }), "2026-03-06");
  assert.equal(asOf({ pathname: "/print", search: "?as_of=2026-03-06T14:20" }), "2026-03-06T14:20");
  for (const [pathname, search] of [["/map", ""], ["/map", "?as_of="], ["/plans", "?as_of=2026-03-06"], ["/map", `?as_of=${today()}`]] as const) {
    assert.equal(asOf({ pathname, search }), null, pathname + search);
  }
});

test("every request for the net carries the moment, and no other request does", () => {
  for (const path of ["/api/map", "/api/units?parent=1", "/api/units/1/households?limit=9", "/api/households/1", "/api/search?q=a", "/api/locate?lon=1&lat=2"]) {
    const sent = new URL(withMoment(path, "2026-03-06T14:20+08:00"), "http://a");
    assert.equal(sent.searchParams.get("as_of"), "2026-03-06T14:20+08:00", path);
    assert.equal(sent.pathname, new URL(path, "http://a").pathname);
    assert.equal(withMoment(path, null), path);
  }
  for (const path of ["/api/plans", "/api/violations?unit=1", "/api/mapping", "/api/session", "/api/unitsize"]) assert.equal(withMoment(path, "2026-03-06"), path);
});

test("tiles of a moment have an address of their own, whose places stay open", () => {
  assert.equal(netTiles("7", null), "/tiles/7/{z}/{x}/{y}.mvt");
  assert.equal(netTiles("7", "2026-03-06"), "/tiles/7/{z}/{x}/{y}.mvt?as_of=2026-03-06");
});

test("a moment is said as people say it", () => {
  assert.equal(dayWords("2026-03-06", NOW), "3月6日");
  assert.equal(dayWords("2025-12-31", NOW), "2025年12月31日");
  assert.equal(dayWords("2026-03-06T06:20:00Z", NOW), "3月6日 周五 14:20");
  assert.equal(dayWords("tomorrow", NOW), "tomorrow");
  assert.equal(dayWords("2026-13-40", NOW), "2026-13-40");
  assert.match(pastWords("2001-03-06") ?? "", /2001年3月6日/);
  assert.equal(pastWords(null), null);
});

test("going back to today leaves nothing in the address", () => {
  assert.equal(queryOf(null), "");
  assert.equal(queryOf(today()), "");
  assert.equal(queryOf("2026-03-06"), "?as_of=2026-03-06");
});
