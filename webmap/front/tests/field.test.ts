import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf, open, seal } from "../src/field/crypt";
import { bdToWgs, gcjToWgs, suspected, wgsToGcj } from "../src/field/datum";
import { answering, apart_m, farFromLine_m, groundAt, isInside } from "../src/field/inside";
import { countsOf, homesOf, isToDo, mattersOf, unsentOf } from "../src/field/merge";
import { nearestNext } from "../src/field/nearest";
import { due, duePhotos, type Item, type ItemState, mayMove, moved, nextTry, readEnvelope, settled, wait_ms } from "../src/field/outbox";
import type { FieldIssue, FieldUnit, Post, Scope } from "../src/field/wire";
import { fieldEn } from "../src/i18n/field_en";
import { type FieldKey, fieldZh } from "../src/i18n/field_zh";

const NOW = new Date("2026-11-30T08:00:00Z");
const STATES: ItemState[] = ["draft", "queued", "sending", "sent", "refused"];

let seq = 0;
function item(more: Partial<Item> = {}): Item {
  seq += 1;
  return { id: `i${seq}`, kind: "report", state: "queued", seq, tries: 0, next_at: 0, issue: "", base: "", body: {}, title: "", made_at: NOW.toISOString(), sent_at: "", error: null, folded: false, ...more };
}

const verdict = (id: string, status: number) => ({ id, status, error: status >= 400 ? { status, code: "x", message: "为什么", values: {} } : null, result: {} });

test("an item goes only the ways that lead somewhere, and what is sent stays sent", () => {
  const ways = STATES.flatMap((from) => STATES.filter((to) => mayMove(from, to)).map((to) => `${from}>${to}`));
  assert.deepEqual(ways, ["draft>queued", "queued>draft", "queued>sending", "sending>queued", "sending>sent", "sending>refused", "refused>draft", "refused>queued"]);
  assert.throws(() => moved(item({ state: "sent" }), "queued"));
});

test("only 200 and 201 are sent; silence, 5xx, 401 and 429 wait; all else is for a person", () => {
  const after = (status: number | null, kind: Item["kind"] = "report") => settled(item({ state: "sending", kind }), status === null ? undefined : verdict("x", status), NOW).state;
  assert.deepEqual([200, 201, null, 500, 503, 401, 429, 400, 404, 409].map((status) => after(status)), ["sent", "sent", "queued", "queued", "queued", "queued", "queued", "refused", "refused", "refused"]);
  assert.deepEqual([after(410), after(410, "photo"), after(410, "event")], ["sent", "sent", "refused"]);
  assert.equal(settled(item({ state: "sending" }), verdict("x", 409), NOW).error?.message, "为什么");
});

test("the wait doubles and ends at five minutes", () => {
  assert.deepEqual([1, 2, 3, 8, 9, 50].map(wait_ms), [2_000, 4_000, 8_000, 256_000, 300_000, 300_000]);
  const late = settled(item({ state: "sending", tries: 2 }), undefined, NOW);
  assert.deepEqual([late.tries, late.next_at - NOW.getTime()], [3, 8_000]);
  assert.equal(nextTry([late, item({ state: "sent" })]), late.next_at);
  assert.equal(nextTry([item({ state: "refused" })]), null);
});

test("items go in order, a chain waits for its beginning, a refused one keeps nothing else back", () => {
  const report = item({ id: "r", next_at: 5_000 });
  const event = item({ kind: "event", issue: "r" });
  const other = item({ kind: "visit" });
  assert.deepEqual(due([other, event, report], 1_000, 9).map(({ id }) => id), [other.id]);
  assert.deepEqual(due([other, event, report], 6_000, 9).map(({ id }) => id), ["r", event.id, other.id]);
  assert.deepEqual(due([other, event, report], 6_000, 1).map(({ id }) => id), ["r"]);
  const refusedStep = item({ kind: "event", issue: "k", state: "refused" });
  const next = item({ kind: "event", issue: "k" });
  assert.deepEqual(due([refusedStep, next], 0, 9).map(({ id }) => id), [next.id]);
  assert.deepEqual(due([{ ...report, state: "refused" }, event], 9_000, 9), []);
});

test("whatever the states, each item due is queued, once, and of one matter none overtakes another", () => {
  let random = 7;
  const chance = (n: number) => (random = (random * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 200; round += 1) {
    const items = Array.from({ length: 12 }, () => item({ kind: "event", issue: `m${chance(3)}`, state: STATES[chance(5)]!, next_at: chance(2) * 99 }));
    const taken = due(items, 50, 1 + chance(12));
    assert.equal(new Set(taken).size, taken.length);
    for (const one of taken) {
      assert.ok(one.state === "queued" && one.next_at <= 50);
      const before = items.filter(({ issue, seq: at, state }) => issue === one.issue && at < one.seq && !["sent", "refused"].includes(state));
      assert.ok(before.every((earlier) => taken.includes(earlier)));
    }
  }
});

test("a photo goes after its report, and not before", () => {
  const photo = item({ kind: "photo", issue: "r1" });
  assert.deepEqual(duePhotos([photo, item({ id: "r1" })], 0), []);
  assert.deepEqual(duePhotos([photo, item({ id: "r1", state: "sent" })], 0), [photo]);
  assert.deepEqual(duePhotos([photo], 0), [photo]);
});

test("only our own envelope is read", () => {
  const ours = { sanzhang: true, net_version: 8, items: [{ id: "a", status: 201 }] };
  assert.equal(readEnvelope(ours)?.verdicts.get("a")?.status, 201);
  for (const strange of [null, "ok", [], {}, { items: [] }, { ...ours, sanzhang: "true" }, { ...ours, items: {} }, { ...ours, items: [{ id: 1, status: 200 }] }, { ...ours, items: [null] }]) {
    assert.equal(readEnvelope(strange), null, JSON.stringify(strange));
  }
});

const square = (x: number, y: number, side: number) => [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];
const unit = (id: string, level: string, parent: string | null, border: FieldUnit["border"]): FieldUnit => ({ id, level: level as FieldUnit["level"], parent, code: id, name: id, path: `${id}/`, homes: 5, border });
const SIDE = 0.002;
const units = [
  unit("v", "village", null, { type: "Polygon", coordinates: [square(111.6, 27.7, 2 * SIDE)] }),
  unit("a", "lin", "v", { type: "Polygon", coordinates: [square(111.6, 27.7, SIDE)] }),
  unit("b", "lin", "v", { type: "Polygon", coordinates: [square(111.6 + SIDE, 27.7, SIDE)] }),
];

test("a place is in a border, in none of its holes, and on one side of a shared line only", () => {
  const holed = { type: "Polygon" as const, coordinates: [square(0, 0, 4), square(1, 1, 2)] };
  assert.deepEqual([[0.5, 0.5], [2, 2], [5, 1]].map(([x, y]) => isInside(holed, [x!, y!])), [true, false, false]);
  assert.equal(isInside({ type: "MultiPolygon", coordinates: [[square(0, 0, 1)], [square(5, 5, 1)]] }, [5.5, 5.5]), true);
  const shared: [number, number] = [111.6 + SIDE, 27.701];
  assert.equal([units[1]!, units[2]!].filter(({ border }) => isInside(border!, shared)).length, 1);
});

test("the deepest unit is told with all above it, and neighbours within the circle", () => {
  const place: [number, number] = [111.6 + SIDE * 0.95, 27.701];
  const far_m = farFromLine_m(units[2]!.border!, place);
  assert.ok(Math.abs(far_m - SIDE * 0.05 * 110_900 * Math.cos((27.701 * Math.PI) / 180)) < 0.1);
  assert.deepEqual(groundAt(units, place, far_m + 1)?.chain.map(({ id }) => id), ["v", "a"]);
  assert.deepEqual(groundAt(units, place, far_m + 1)?.near.map(({ id }) => id), ["b"]);
  assert.deepEqual(groundAt(units, place, far_m - 1)?.near, []);
  assert.equal(groundAt(units, [110, 27], 50), null);
});

test("while a post is vacant the chief above answers", () => {
  const post = (id: string, vacant: boolean): Post => ({ unit: id, post: "chief", name: id, phone: "", vacant });
  const chain = groundAt(units, [111.601, 27.701], 0)!.chain;
  assert.equal(answering([post("v", false), post("a", true)], chain)?.unit.id, "v");
  assert.equal(answering([post("v", false), post("a", false)], chain)?.unit.id, "a");
  assert.equal(answering([], chain), null);
});

test("shifted datums are undone within a centimetre, and noticed where only then the place fits", () => {
  const place: [number, number] = [111.601, 27.701];
  const shifted = wgsToGcj(place);
  assert.ok(apart_m(shifted, place) > 100);
  assert.ok(apart_m(gcjToWgs(shifted), place) < 0.01);
  assert.equal(suspected(units, shifted)?.datum, "gcj02");
  assert.equal(suspected(units, place), null);
  assert.equal(suspected(units, [100, 20]), null);
  const baidu: [number, number] = [116.404, 39.915];
  assert.ok(apart_m(bdToWgs(baidu), [116.391386, 39.907255]) < 1, "as the server turns it back (geodata/rules/datums.py)");
});

test("the next home is always the nearest left, and none is forgotten", () => {
  const homes = [3, 1, 4, 1.5, 9].map((x, at) => ({ id: at, lon: 111 + x / 1000, lat: 27 }));
  const { order, walk_m } = nearestNext(homes, [111, 27]);
  assert.deepEqual(order.map(({ id }) => id), [1, 3, 0, 2, 4]);
  assert.ok(Math.abs(walk_m - apart_m([111, 27], [111.009, 27])) < 1);
  assert.deepEqual(nearestNext([], null), { order: [], walk_m: 0 });
});

test("what is sealed opens with its key and its name only", async () => {
  const key = await keyOf(btoa("k".repeat(32)));
  const sealed = await seal(key, "a/1", { words: "路灯" });
  assert.deepEqual(await open(key, "a/1", sealed), { words: "路灯" });
  await assert.rejects(open(key, "a/2", sealed));
  await assert.rejects(open(await keyOf(btoa("q".repeat(32))), "a/1", sealed));
  new Uint8Array(sealed.data)[0]! ^= 1;
  await assert.rejects(open(key, "a/1", sealed));
  await assert.rejects(crypto.subtle.exportKey("raw", key));
  await assert.rejects(keyOf(btoa("short")));
});

const issue = { id: "k", number: "1", category: { id: "c", name: "路灯", symbol: "light" }, state: "waiting", late: true, due: "2026-12-01T00:00:00Z", text: "", place_text: "", chain: [], lon: 0, lat: 0, at: "2026-11-29T00:00:00Z", restricted: false, steps: [{ kind: "accepted", fields: [] }], last: "e0" } as unknown as FieldIssue;
const home = { id: "h", state: "due", last_visit: null, due: "2026-12-31", lin: "a" };
const scope = { at: NOW.toISOString(), issues: [issue], homes: [home], units, categories: [], modules: { visits: true } } as unknown as Scope;

test("a step taken here leads to the next one without the server's word, until the server has told it itself", () => {
  const accepted = item({ id: "e1", kind: "event", issue: "k", base: "e0", body: { kind: "accepted" } });
  const [before] = mattersOf(scope, []);
  assert.deepEqual([before?.state, before?.last, before && isToDo(before)], ["waiting", "e0", true]);
  const [after] = mattersOf(scope, [accepted]);
  assert.deepEqual([after?.state, after?.last, after?.steps.map(({ kind }) => kind)], ["in_hand", "e1", ["progress", "solved"]]);
  assert.equal(mattersOf(scope, [{ ...accepted, state: "refused" }])[0]?.state, "waiting");
  assert.equal(mattersOf(scope, [{ ...accepted, state: "sent" }])[0]?.state, "in_hand");
  assert.equal(mattersOf(scope, [{ ...accepted, state: "sent", folded: true }])[0]?.state, "waiting");
});

test("a report is a matter before the server knows it, and its photo is not counted twice", () => {
  const report = item({ id: "r9", body: { text: "灯" } });
  const photo = item({ kind: "photo", issue: "r9" });
  assert.deepEqual(mattersOf(scope, [report, photo]).map(({ id, known }) => [id, known]), [["k", true], ["r9", false]]);
  assert.deepEqual(unsentOf([report, photo]), [report]);
  assert.deepEqual(unsentOf([{ ...report, state: "sent" }, photo]), [photo]);
  assert.deepEqual(countsOf(scope, [report, photo]), { todo: 1, late: 1, visits: 1, unsent: 1, refused: 0 });
});

test("a home is visited at once, and due again when the visit is taken back", () => {
  const visit = item({ id: "w", kind: "visit", body: { kind: "visit", household: "h", outcome: "home" } });
  assert.equal(homesOf(scope, [visit])[0]?.state, "done");
  assert.equal(homesOf(scope, [visit, item({ kind: "withdraw_visit", issue: "w" })])[0]?.state, "due");
  assert.equal(homesOf(scope, [item({ kind: "visit", body: { kind: "errand", household: "h" } })])[0]?.state, "due");
});

test("both languages say the same with the same values in it", () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
  assert.deepEqual(Object.keys(fieldEn), Object.keys(fieldZh));
  for (const key of Object.keys(fieldZh) as FieldKey[]) assert.deepEqual(names(fieldEn[key]), names(fieldZh[key]), key);
  for (const [key, text] of Object.entries(fieldZh)) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
});
