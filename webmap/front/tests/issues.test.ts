import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsEn } from "../src/i18n/issues_events_en";
import { eventsZh } from "../src/i18n/issues_events_zh";
import { bellEn, bellZh } from "../src/i18n/issues_bell";
import { issuesEn } from "../src/i18n/issues_en";
import { issuesZh } from "../src/i18n/issues_zh";
import { sayW, w } from "../src/i18n/issues";
import { byMajor, findCategories } from "../src/issues/categorypick";
import { circleAround } from "../src/issues/circle";
import { afternoon } from "../src/issues/controls";
import { dotName, dotOf } from "../src/issues/dots";
import { freshId } from "../src/ids";
import { reportOf } from "../src/issues/intake";
import { chiefWords } from "../src/issues/cardparts";
import { excerpt, holderBeside, holderWords } from "../src/issues/marks";
import { pairs } from "../src/issues/photos";
import { bodyOf, fieldsOf, valuesOf } from "../src/issues/stepform";
import { sortSteps } from "../src/issues/steps";
import { symbolPath } from "../src/issues/symbols";
import { dueMoment, issueLeft, over, span, timeLeft } from "../src/issues/timeleft";
import { KINDS, sentenceOf, tellEvents } from "../src/issues/timeline";
import { addressOf, askPath, countFilters, statesOf, tidy, wantedOf, withState } from "../src/issues/wanted";
import type { ChainLink } from "../src/wire";
import { type Category, type IssueEvent, OPEN_STATES, type Photo, STATES } from "../src/issues/wire";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = new Date("2026-03-06T06:20:00Z");
const at = (after_ms: number) => new Date(NOW.getTime() + after_ms).toISOString();
const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test("both languages have the same words of issues with the same values in them, and none is empty", () => {
  for (const [zh, en] of [[issuesZh, issuesEn], [eventsZh, eventsEn], [bellZh, bellEn]] as Record<string, string>[][]) {
    assert.deepEqual(Object.keys(en ?? {}).sort(), Object.keys(zh ?? {}).sort());
    for (const key of Object.keys(zh ?? {})) {
      assert.ok(zh?.[key] && en?.[key], key);
      assert.deepEqual(names(en?.[key] ?? ""), names(zh?.[key] ?? ""), key);
    }
  }
});

test("Chinese words of issues hold no half-width sign next to a Chinese one", () => {
  for (const [key, text] of Object.entries({ ...issuesZh, ...eventsZh, ...bellZh })) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
});

test("time left is said by its two largest parts, time over by whole days once there is one", () => {
  assert.equal(timeLeft(at(DAY + 3 * HOUR + 59 * MINUTE), NOW)?.words, "还剩 1 天 3 小时");
  assert.equal(timeLeft(at(2 * DAY), NOW)?.words, "还剩 2 天");
  assert.equal(timeLeft(at(3 * HOUR + 20 * MINUTE), NOW)?.words, "还剩 3 小时 20 分钟");
  assert.equal(timeLeft(at(20_000), NOW)?.words, "还剩 1 分钟");
  assert.equal(timeLeft(at(-2 * DAY - 5 * HOUR), NOW)?.words, "超期 2 天");
  assert.equal(timeLeft(at(-5 * HOUR), NOW)?.words, "超期 5 小时");
  assert.equal(timeLeft(null, NOW), null);
  assert.equal(timeLeft("tomorrow", NOW), null);
});

test("the last day presses, what is over presses more, and the server's word counts above the reader's clock", () => {
  assert.deepEqual([at(DAY + MINUTE), at(DAY - MINUTE), at(-MINUTE)].map((due) => timeLeft(due, NOW)?.press), ["ease", "soon", "late"]);
  assert.deepEqual(timeLeft(at(2 * HOUR), NOW, true), { words: "超期 1 分钟", press: "late" });
  assert.equal(span(90 * MINUTE), "1 小时 30 分钟");
  assert.equal(over(30 * DAY + 5 * HOUR), "30 天");
});

test("an issue that is over owes nothing, and one whose clock stands says so", () => {
  const issue = { due: at(-DAY), late: true, paused: false, state: "in_hand" as const };
  assert.equal(issueLeft(issue, NOW)?.words, "超期 1 天");
  assert.equal(issueLeft({ ...issue, paused: true }, NOW)?.words, "停计时");
  for (const state of ["closed", "merged", "withdrawn"] as const) assert.equal(issueLeft({ ...issue, state }, NOW), null);
});

test("every filter stands in the address and comes back from it, whatever the view", () => {
  const query = { unit: "u1", state: "waiting,closed", category: "c1", major: "公用设施", grade: "harder", late: "1", holder: "office:o1", raised: "mine", source: "chat", from: "2026-03-01", to: "2026-03-06", q: "路灯 不亮", sort: "-at" };
  for (const view of ["today", "list", "map", "board"] as const) {
    const wanted = { view, query, id: "i1", intake: false };
    assert.deepEqual(wantedOf(addressOf(wanted, "list"), "list"), wanted);
  }
  assert.equal(countFilters(query), 12);
});

test("what goes without saying is not written into the address, and nonsense in it is dropped", () => {
  assert.equal(addressOf(wantedOf("", "today"), "today"), "");
  assert.equal(addressOf(wantedOf("?view=list&state=waiting,in_hand,solved,answered&late=0&from=yesterday&sort=size&raised=all&view=", "list"), "list"), "");
  assert.equal(wantedOf("?view=chart", "list").view, "list");
  assert.deepEqual(tidy({ state: "closed,nonsense" }), { state: "closed" });
  assert.deepEqual(tidy({ state: STATES.join(",") }), { state: "any" });
});

test("states are added and taken away one by one, and the last one stays", () => {
  assert.equal(statesOf({}), OPEN_STATES);
  assert.deepEqual(withState({}, "closed", true), { state: "waiting,in_hand,solved,answered,closed" });
  assert.deepEqual(withState({ state: "waiting,closed" }, "closed", false), { state: "waiting" });
  assert.deepEqual(withState({ state: "waiting" }, "waiting", false), { state: "waiting" });
  assert.deepEqual(statesOf(withState({ state: "any" }, "merged", false)), STATES.filter((one) => one !== "merged"));
});

test("list, board, map and file are asked the same query", () => {
  const query = tidy({ unit: "u1", late: "1" });
  assert.equal(askPath("", query, { limit: 50, after: null }), "/api/issues?unit=u1&late=1&limit=50");
  assert.equal(askPath("board", query), "/api/issues/board?unit=u1&late=1");
  assert.equal(askPath("export", query, { format: "csv" }), "/api/issues/export?unit=u1&late=1&format=csv");
});

const NAMED: Record<string, string> = { o1: "住建局", u1: "长冲组", c1: "路灯" };

function event(kind: string, detail: Record<string, unknown> = {}, more: Partial<IssueEvent> = {}): IssueEvent {
  return { id: kind, kind, at: NOW.toISOString(), device_at: null, by: "王主任", capacity: "desk", level: "village", detail: { ...detail, names: NAMED }, lon: null, lat: null, counts: true, why: "", ...more };
}

test("each kind of event has a sentence of its own, and one that the server adds later is named", () => {
  const detail = { to: { kind: "unit", id: "u1" }, office: "o1", offices: ["o1"], sign_by: at(DAY), result: "agreed", how: "phone", score: "half", remedy: ["money"], grade: "complex", category_id: "c1", into: "i2", into_number: "20260306-0002", level: "town", stars: 4, source: "chat" };
  const told = KINDS.map((kind) => sentenceOf(event(kind, detail)));
  assert.equal(new Set(told).size, KINDS.length);
  for (const sentence of told) assert.doesNotMatch(sentence, /[{}?]|undefined/);
  assert.equal(sentenceOf(event("brand_new")), "王主任：brand_new");
});

test("sentences say to whom, by when, and who was late", () => {
  const whistle = event("whistled", { offices: ["o1"], sign_by: at(-2 * DAY) });
  assert.equal(sentenceOf(event("dispatched", { to: { kind: "office", id: "o1" } })), "王主任交办给住建局");
  assert.equal(sentenceOf(event("signed_in", { office: "o1" }), [whistle]), "住建局报到，晚了2 天");
  assert.equal(sentenceOf(event("escalated", { goes_to: { kind: "unit", id: "u1" } }, { capacity: "clock", by: "" })), "到期没有办结，自动上报给长冲组");
  assert.equal(sentenceOf(event("rated", { score: "not" }, { capacity: "raiser" })), "群众评价：没解决");
  assert.equal(sentenceOf(event("rated", { score: "not", read_out: true })), "王主任代记群众评价：没解决");
});

test("mediation sessions are counted, and only those that count", () => {
  const sessions = [event("mediated", { result: "not_yet", parties: "甲、乙" }), event("mediated", { result: "failed" }, { counts: false, why: "state" }), event("mediated", { result: "agreed", line: {} })];
  const told = tellEvents({ events: sessions });
  assert.deepEqual(told.map(({ sentence }) => sentence), ["王主任第1次调解，还没谈成", "王主任第2次调解，谈不成", "王主任第2次调解，谈成了"]);
  assert.deepEqual(told.map(({ why }) => why), ["", "那时已不能走这一步", ""]);
  assert.deepEqual(told[0]?.said, ["参加：甲、乙"]);
  assert.deepEqual(told[2]?.said, ["画了双方同意的界线"]);
});

test("voices that came with a merged issue are counted", () => {
  assert.equal(sentenceOf(event("voiced", { voices: 3 })), "并案过来，又有 3 人反映");
});

test("the words of the report are not said twice", () => {
  assert.deepEqual(tellEvents({ events: [event("reported", { text: "路灯不亮", source: "phone" })] })[0]?.said, []);
});

const field = (name: string, kind: string, more = {}) => ({ name, kind, ...more }) as never;
const step = (kind: string, ...fields: never[]) => ({ kind, fields });

test("the step that leads on stands first, what ends an issue last", () => {
  const steps = ["accepted", "refused", "withdrawn", "dispatched", "noted", "merged", "urged"].map((kind) => step(kind));
  const sorted = sortSteps({ state: "waiting", grade: "ordinary", steps });
  assert.equal(sorted.primary?.kind, "accepted");
  assert.deepEqual(sorted.beside.map(({ kind }) => kind), ["refused", "dispatched"]);
  assert.deepEqual(sorted.others.map(({ kind }) => kind), ["noted", "urged", "withdrawn", "merged"]);
  assert.equal(sortSteps({ state: "closed", grade: "ordinary", steps: [step("reopened")] }).primary, null);
});

test("a complex issue owes progress before a result, an office that is called signs in first", () => {
  const steps = ["solved", "progress", "signed_in"].map((kind) => step(kind));
  assert.equal(sortSteps({ state: "in_hand", grade: "complex", steps: steps.slice(0, 2) }).primary?.kind, "progress");
  assert.equal(sortSteps({ state: "in_hand", grade: "ordinary", steps: steps.slice(0, 2) }).primary?.kind, "solved");
  assert.equal(sortSteps({ state: "in_hand", grade: "ordinary", steps }).primary?.kind, "signed_in");
});

test("a step taken somewhere asks where: a move must say it, a check may", () => {
  assert.deepEqual(fieldsOf(step("moved", field("reason", "text"))).at(-1), { name: "place", kind: "place", optional: false });
  assert.deepEqual(fieldsOf(step("checked")).at(-1), { name: "place", kind: "place", optional: true });
  assert.deepEqual(fieldsOf(step("solved", field("text", "text"))), [field("text", "text")]);
});

test("a form sends what is filled in and nothing else, its place beside its words, behind the event last seen", () => {
  const control = (name: string, value: unknown) => ({ name, read: () => value });
  const values = valuesOf([control("reason", "在路口"), control("text", undefined), control("place", [111.9, 27.7]), control("passed", false)]);
  assert.deepEqual(values, { reason: "在路口", place: [111.9, 27.7], passed: false });
  const body = bodyOf({ events: [event("reported"), event("accepted")] }, "moved", values, NOW);
  assert.deepEqual(body, { kind: "moved", after: "accepted", detail: { reason: "在路口", passed: false }, lon: 111.9, lat: 27.7, device_at: NOW.toISOString() });
});

test("an afternoon is meant by the county's clock", () => {
  assert.equal(afternoon(new Date("2026-03-06T17:00:00Z"), 1), "2026-03-08T17:00");
});

test("ids are UUIDs of version 4 and differ, also on a page without HTTPS", () => {
  const plain = freshId();
  const own = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const ids = [plain, freshId(), freshId()];
  Object.defineProperty(crypto, "randomUUID", { value: own, configurable: true });
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(ids).size, 3);
});

test("a report leaves out what was not filled in, and keeps the raiser apart", () => {
  const filled = { categoryId: "c1", text: "路灯不亮", place: [111.9, 27.7] as [number, number], accuracy_m: 0, placeHow: "pin" as const, placeText: "", source: "phone" as const, grade: "", name: "", phone: "", photos: 0 };
  assert.deepEqual(reportOf(filled, NOW), { category_id: "c1", text: "路灯不亮", lon: 111.9, lat: 27.7, place_source: "pin", source: "phone", device_at: NOW.toISOString() });
  const more = reportOf({ ...filled, accuracy_m: 50, grade: "harder", phone: "1990000", photos: 2 }, NOW);
  assert.deepEqual([more.accuracy_m, more.grade, more.raiser, more.photos], [50, "harder", { name: "", phone: "1990000" }, 2]);
  assert.throws(() => reportOf({ ...filled, place: null }, NOW));
});

test("photos before and after stand side by side, whatever has no partner alone", () => {
  const photo = (id: string, stage: Photo["stage"]) => ({ id, stage, name: "", by: "", at: "", state: "ready" as const, sentence: "", hidden: false });
  const { pairs: rows, others } = pairs([photo("b1", "before"), photo("a1", "after"), photo("b2", "before"), photo("c1", "check")]);
  assert.deepEqual(rows.map((row) => row.map((one) => one?.id ?? null)), [["b1", "a1"], ["b2", null]]);
  assert.deepEqual(others.map(({ id }) => id), ["c1"]);
});

test("categories are found by number, beginning, part and group, in this order", () => {
  const category = (code: string, name: string, major: string) => ({ id: code, code, name, major }) as Category;
  const all = [category("0104", "雨水箅子", "公用设施"), category("0118", "路灯", "公用设施"), category("0106", "路灯井盖", "公用设施"), category("0212", "隧道路灯", "道路交通")];
  assert.deepEqual(findCategories(all, "0118").map(({ code }) => code), ["0118"]);
  assert.deepEqual(findCategories(all, "路灯").map(({ code }) => code), ["0118", "0106", "0212"]);
  assert.deepEqual(findCategories(all, "公用").map(({ code }) => code), ["0104", "0118", "0106"]);
  assert.deepEqual([...byMajor(all).keys()], ["公用设施", "道路交通"]);
});

test("a dot on the map is named by state and symbol, and an unknown symbol is a plain dot", () => {
  assert.deepEqual(dotOf(dotName("light", "in_hand")), { state: "in_hand", symbol: "light" });
  assert.equal(dotOf("hatch"), null);
  assert.equal(dotOf("issue-lost-light"), null);
  assert.equal(symbolPath("beehive"), symbolPath("other"));
  assert.equal(symbolPath("桥"), null);
});

test("the circle of how surely a place is known closes and has its radius", () => {
  const ring = circleAround([111.9, 27.7], 50);
  assert.deepEqual(ring[0], ring.at(-1));
  const north_m = Math.max(...ring.map(([, lat]) => lat - 27.7)) * 110_900;
  assert.ok(Math.abs(north_m - 50) < 0.5);
});

test("the beginning of a text is told by signs, not by halves of them, and the chief's own place is not said twice", () => {
  assert.equal(excerpt("路灯\n不亮，𠮷家门口", 6), "路灯 不亮…");
  assert.equal(excerpt("路灯不亮", 6), "路灯不亮");
  const link = (id: string, level: string, name: string) => ({ id, level, name, code: "" }) as ChainLink;
  const chain = [link("v", "village", "石桥村"), link("z", "zu", "长冲组"), link("l", "lin", "第1邻")];
  const holder = { kind: "unit" as const, id: "l", name: "第1邻", level: "lin" as const, officer: "陈**" };
  assert.equal(holderWords({ holder, chain }), "长冲组第1邻 陈**");
  assert.equal(holderBeside({ holder, chain, unit: chain[2] ?? null }), "陈**");
  assert.equal(holderBeside({ holder: { ...holder, id: "v", name: "石桥村", level: "village", officer: "" }, chain, unit: chain[2] ?? null }), "石桥村");
});

test("a term that ends at midnight ends with the day before, and who stands in is named with their unit", () => {
  assert.equal(dueMoment("2026-03-06T16:00:00Z", NOW), "3月6日 24:00");
  assert.equal(dueMoment("2026-03-06T09:30:00Z", NOW), "3月6日 周五 17:30");
  const holder = { officer: { id: "o", name: "周**", phone: "" }, acting: false, how: "residence", since: "", appointment: "" } as never;
  const unit = { id: "p", name: "东片", level: "pian" } as never;
  assert.equal(chiefWords({ now: { chain: [], answering: { unit, holder, stands_in: true } } }), "东片 周**（代管）");
  assert.equal(chiefWords({ now: { chain: [], answering: { unit, holder, stands_in: false } } }), "周**");
  assert.equal(chiefWords({ now: { chain: [], answering: null } }), "空缺");
});

test("states and steps are named in the users' own words", () => {
  assert.deepEqual(STATES.map((state) => sayW("state", state)), ["待接单", "办理中", "待反馈", "待评价", "已办结", "已并案", "已撤回"]);
  assert.equal(w("card.photos_some", { come: 2, told: 3 }), "2 / 3 张已到");
});
