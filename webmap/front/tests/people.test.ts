import assert from "node:assert/strict";
import { test } from "node:test";
import { peopleEn } from "../src/i18n/people_en";
import { p, sayPeople, title } from "../src/i18n/people";
import { type PeopleKey, peopleZh } from "../src/i18n/people_zh";
import { addressOf, isNarrowed, wantedOf } from "../src/people/filters";
import { listPath } from "../src/people/wire";
import { linesOf, runnerWords } from "../src/posts/proposal";
import type { Proposal, ProposalRow } from "../src/posts/wire";
import { day } from "../src/ui/format";

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test("both languages have the same words of officers with the same values in them, and none is empty", () => {
  assert.deepEqual(Object.keys(peopleEn).sort(), Object.keys(peopleZh).sort());
  for (const key of Object.keys(peopleZh) as PeopleKey[]) {
    assert.ok(peopleZh[key] && peopleEn[key], key);
    assert.deepEqual(names(peopleEn[key]), names(peopleZh[key]), key);
  }
});

test("Chinese words of officers hold no half-width sign next to a Chinese one", () => {
  for (const [key, text] of Object.entries(peopleZh)) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
});

test("a chief is called by the level, a seat of the team by its role, and what the server adds by its own name", () => {
  assert.equal(title("zu", "chief"), "组长");
  assert.equal(title("zu", "volunteer"), "志愿者");
  assert.equal(sayPeople("post", "beekeeper"), "beekeeper");
});

test("the filters stand in the address and come back from it", () => {
  const wanted = wantedOf("?unit=u1&text=%E9%99%88&tag=%E5%85%9A&vetting=passed&away=1&idle=1");
  assert.equal(wanted.text, "陈");
  assert.deepEqual(wantedOf(addressOf(wanted)), wanted);
  assert.ok(isNarrowed(wanted) && !isNarrowed(wantedOf("")));
  assert.equal(listPath(wantedOf("")), "/api/officers");
  assert.match(listPath(wanted), /q=%E9%99%88.*vetting=passed.*away=1&idle=1/);
});

const person = (id: string, name: string) => ({ id, name, code: id, party: false, tags: [], vetting: "passed" as const, place: [111.9, 27.7] as [number, number] });
const unit = { id: "u", level: "zu" as const, code: "1", name: "瓦屋组", path: "1/", homes: 20, place: [111.8, 27.6] as [number, number] };

function row(more: Partial<ProposalRow>): ProposalRow {
  return { unit, person: person("a", "甲"), distance_m: 350, inside: true, runner_up: person("b", "乙"), runner_up_cost_m: 0, runner_up_outside: 0, runner_up_empty: 0, ...more };
}

test("the runner-up is told with what choosing them would cost in all", () => {
  assert.equal(runnerWords(row({ runner_up_cost_m: 120 }), "组长"), "次选 乙：总共多走 120 米");
  assert.equal(runnerWords(row({ runner_up_cost_m: 0.2 }), "组长"), "次选 乙：一样近");
  assert.equal(runnerWords(row({ runner_up_cost_m: -80, runner_up_outside: 1 }), "组长"), "次选 乙：另有 1 人住到外面，总共少走 80 米");
  assert.equal(runnerWords(row({ runner_up: null }), "组长"), p("posts.no_runner", { title: "组长" }));
});

test("only a post that has a place and a person has a line on the map", () => {
  const rows = [row({}), row({ person: null }), row({ unit: { ...unit, place: null } })];
  assert.deepEqual(linesOf({ rows } as Proposal), [{ id: "u", name: "甲", from: [111.8, 27.6], to: [111.9, 27.7], inside: true }]);
});

test("a day is told without its clock, with the year where it is another", () => {
  const now = new Date("2026-11-22T04:00:00Z");
  assert.equal(day("2026-03-06", now), "3月6日");
  assert.equal(day("2025-03-06T16:30:00Z", now), "2025年3月7日");
  assert.equal(day("", now), "—");
});
