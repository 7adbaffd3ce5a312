import assert from "node:assert/strict";
import { test } from "node:test";
import { accountsEn } from "../src/i18n/accounts_en";
import { type AccountsKey, accountsZh } from "../src/i18n/accounts_zh";
import { securityEn } from "../src/i18n/security_en";
import { type SecurityKey, securityZh } from "../src/i18n/security_zh";
import { farWords } from "../src/posts/measure";

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test("both languages have the same words of accounts and of signing in, with the same values in them", () => {
  assert.deepEqual(Object.keys(accountsEn).sort(), Object.keys(accountsZh).sort());
  assert.deepEqual(Object.keys(securityEn).sort(), Object.keys(securityZh).sort());
  for (const key of Object.keys(accountsZh) as AccountsKey[]) assert.deepEqual(names(accountsEn[key]), names(accountsZh[key]), key);
  for (const key of Object.keys(securityZh) as SecurityKey[]) assert.deepEqual(names(securityEn[key]), names(securityZh[key]), key);
});

test("Chinese words of accounts and of signing in hold no half-width sign next to a Chinese one", () => {
  for (const [key, text] of [...Object.entries(accountsZh), ...Object.entries(securityZh)]) {
    assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
  }
});

test("a distance says along what it was measured", () => {
  assert.equal(farWords(350, "road"), "沿路 350 米");
  assert.equal(farWords(350, "apart"), "直线 350 米");
  assert.equal(farWords(1240, undefined), "1.24 公里");
});
