import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, type Ask } from "../src/api";
import { drawAddress, Opened } from "../src/draw/opened";
import type { Door, Way } from "../src/draw/session";
import type { DrawUnit, Level, MapInfo, PlanContent } from "../src/wire";

const unit = (id: string, level: Level, parent_id: string | null, homes = 9): DrawUnit => ({
  id, level, parent_id, homes, code: id, name: id, kind: "", path: "", state: "ok", locked: false, fill: null, area_m2: 1, label: null, geometry: null,
});
const UNITS = [unit("v", "village", null), unit("p", "pian", "v"), unit("z", "zu", "p"), unit("l1", "lin", "z"), unit("l2", "lin", "z"), unit("lone", "zu", "p")];

function content(revision: number, change: Partial<PlanContent> = {}): PlanContent {
  const counts = { pian: 1, zu: 1, lin: 2, homes: 18, error: 0, warning: 0 };
  return { plan_id: "plan", revision, full: false, units: [], gone: [], homes: [], locks: [], problems: [], counts, ...change };
}
const FULL = content(1, { full: true, units: UNITS, homes: [{ id: "h", unit_id: "l1", lon: 1, lat: 2 }] });
const CARD = { id: "plan", unit: { id: "v" }, state: "draft", revision: 1, may: { edit: true, undo: false } };

interface Asked {
  path: string;
  body: Record<string, unknown>;
}

/** A session over a server that answers edits with `answers`, one after the other. */
function made(...answers: (object | Error)[]) {
  const asked: Asked[] = [];
  const told: string[] = [];
  const offered: { words: string; ways: Way[] }[] = [];
  let ids = 0;
  const ask = async (path: string, { method = "GET", body }: Ask = {}): Promise<unknown> => {
    if (method === "GET") return path.endsWith("/content") ? FULL : CARD;
    asked.push({ path, body: body as Record<string, unknown> });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const door: Door = {
    ask: ask as Door["ask"],
    tell: (words) => told.push(words),
    offer: (words, ways) => offered.push({ words, ways }),
    id: () => `id-${(ids += 1)}`,
    wait: async () => undefined,
  };
  return { session: new Opened({} as MapInfo, door), asked, told, offered };
}
const reply = (revision: number, change: Partial<PlanContent> = {}) => ({ revision, act: "x", sentence: "", may: { edit: true, undo: true }, content: content(revision, change) });
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("an opened plan holds its units and homes, and knows what may be done", async () => {
  const { session } = made();
  assert.equal(session.mayEdit, false);
  await session.reload("plan");
  assert.equal(session.mayEdit, true);
  assert.equal(session.units.size, UNITS.length);
  assert.deepEqual(session.content.leaves().map(({ id }) => id), ["l1", "l2", "lone"]);
  assert.deepEqual(session.content.leavesOf("p"), ["l1", "l2", "lone"]);
  assert.equal(session.content.atLevel("l1", "pian"), "p");
  assert.equal(session.content.atLevel("lone", "lin"), "lone");
});

test("an edit names the revision it is made on, and its reply is taken in", async () => {
  const { session, asked } = made(reply(2, { units: [unit("l3", "lin", "z")], gone: ["l2"], homes: [{ id: "h", unit_id: "l3" }] }));
  await session.reload("plan");
  session.select(["l2"]);
  const done = await session.edit("merge", { unit_ids: ["l1", "l2"] });
  assert.equal(done?.revision, 2);
  assert.deepEqual(asked[0], { path: "/api/plans/plan/edits", body: { id: "id-1", revision: 1, act: "merge", unit_ids: ["l1", "l2"] } });
  assert.equal(session.revision, 2);
  assert.equal(session.plan.may?.undo, true);
  assert.deepEqual([session.homes.get("h")?.unit_id, session.homes.get("h")?.lon], ["l3", 1]);
  assert.deepEqual(session.selected, [], "what is gone is chosen no more");
});

test("edits made in haste go one after the other, each upon the revision before", async () => {
  const { session, asked } = made(reply(2), reply(3));
  await session.reload("plan");
  await Promise.all([session.edit("lock", {}), session.undo()]);
  assert.deepEqual(asked.map(({ path, body }) => [path, body["revision"]]), [["/api/plans/plan/edits", 1], ["/api/plans/plan/undo", 2]]);
});

test("a broken connection is tried again with the same id", async () => {
  const broken = new ApiError(0, "network", "no line");
  const { session, asked, told } = made(broken, broken, reply(2));
  await session.reload("plan");
  assert.equal((await session.edit("lock", {}))?.revision, 2);
  assert.deepEqual(asked.map(({ body }) => body["id"]), ["id-1", "id-1", "id-1"]);
  assert.deepEqual(told, []);
});

test("a refusal is told, its place is shown, and the plan stays as it was", async () => {
  const { session, told } = made(new ApiError(422, "redraw.crossing", "crossing", { place: [1, 2] }), reply(2));
  await session.reload("plan");
  assert.equal(await session.edit("move_vertex", {}), null);
  assert.deepEqual([told, session.refusedAt, session.revision, session.busy], [["crossing"], [1, 2], 1, false]);
  await session.edit("lock", {});
  assert.equal(session.refusedAt, null, "the next edit takes the red dot away");
});

test("a stale edit shows what the other did and does ours again with one click", async () => {
  const delta = content(5, { units: [unit("l2", "lin", "z", 12)] });
  const stale = new ApiError(409, "plan.stale_revision", "somebody", { base: 1, newest: 5 }, { delta });
  const { session, asked, offered } = made(stale, reply(6));
  await session.reload("plan");
  assert.equal(await session.edit("lock", { unit_id: "l1" }), null);
  assert.deepEqual([session.revision, session.units.get("l2")?.homes], [5, 12]);
  assert.deepEqual(offered[0]?.ways.map(({ words }) => words), ["draw.see_difference", "draw.do_again"]);
  offered[0]?.ways[0]?.act();
  assert.deepEqual(session.selected, ["l2"]);
  offered[0]?.ways[1]?.act();
  await settled();
  assert.deepEqual(asked[1]?.body, { id: "id-2", revision: 5, act: "lock", unit_id: "l1" });
  assert.equal(session.revision, 6);
});

test("painting that leaves a 邻 in pieces offers to do it all the same", async () => {
  const { session, asked, offered } = made(new ApiError(422, "redraw.in_pieces", "in two", { place: [1, 2] }), reply(2));
  await session.reload("plan");
  await session.edit("paint", { moves: [] });
  offered[0]?.ways[0]?.act();
  await settled();
  assert.equal(asked[1]?.body["pieces"], true);
});

test("without a plan nothing is asked of the server, and only looking is offered", async () => {
  const { session, asked } = made();
  await session.openVillage("v");
  session.setTool("split");
  assert.deepEqual([await session.edit("lock", {}), asked.length, session.tool, session.plan.id], [null, 0, "select", ""]);
});

test("a changed level lifts what is chosen", async () => {
  const { session } = made();
  await session.reload("plan");
  session.select(["l1", "l2"]);
  session.setLevel("zu");
  assert.deepEqual(session.selected, ["z"]);
});

test("listeners are told until they leave", async () => {
  const { session } = made();
  let n = 0;
  const leave = session.on("content", () => (n += 1));
  await session.reload("plan");
  leave();
  await session.reload("plan");
  assert.equal(n, 1);
});

test("the address names the plan, or the village without one", () => {
  assert.equal(drawAddress("v", null), "/draw?unit=v");
  assert.equal(drawAddress("v", "p"), "/draw?plan=p");
  assert.equal(drawAddress(null, null), "/draw");
});
