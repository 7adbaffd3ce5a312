// What is known of the place of a new issue: whose ground it is, whether a border is near, what looks like it already.
import { ask, query } from "../api";
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { tell, tellError } from "../ui/toast";
import type { ChainLink } from "../wire";
import { stateMark } from "./marks";
import { freshId } from "./ids";
import { type SimilarWish, similarAt } from "./similar";
import { type Full, type Short, stepPath } from "./wire";

interface Located {
  unit: { id: string; name: string };
  chain: ChainLink[];
  near?: { id: string; name: string }[];
}

export interface NearBox {
  where: HTMLElement;
  similar: HTMLElement;
  /** Look around a place known to some metres. */
  look: (wish: SimilarWish, accuracy_m: number) => void;
}

/** Give the two boxes. */
export function nearBox(open: (id: string) => void): NearBox {
  const where = h("p", { class: "small near-where", role: "status" });
  const similar = h("div", { class: "near-similar", role: "status" });
  let asked = 0;
  return {
    where,
    similar,
    look: (wish, accuracy_m) => {
      asked += 1;
      const mine = asked;
      const mineStill = <T>(then: (answer: T) => void) => (answer: T) => void (mine === asked && then(answer));
      ask<Located>(`/api/locate${query({ lon: wish.lon, lat: wish.lat, accuracy_m: accuracy_m || null })}`).then(
        mineStill((found) => showWhere(where, found)),
        mineStill(() => fill(where, w("intake.nowhere"))),
      );
      similarAt(wish).then(
        mineStill((found) => showSimilar(similar, found, open)),
        () => undefined,
      );
    },
  };
}

function showWhere(place: HTMLElement, { unit, chain, near }: Located): void {
  const names = chain.some(({ id }) => id === unit.id) ? chain : [...chain, { ...unit, level: "lin" as const, code: "" }];
  const words = names.filter(({ level }) => level !== "county").map(({ name }) => name).join(" › ");
  const border = near && near.length > 0 ? h("span", { class: "note near-border" }, w("intake.near_border", { names: [unit, ...near].map(({ name }) => name).join("、") })) : null;
  fill(place, w("intake.place_is", { name: words }), border);
}

function showSimilar(place: HTMLElement, found: readonly Short[], open: (id: string) => void): void {
  if (found.length === 0) return fill(place);
  fill(place, h("h3", {}, w("intake.similar")), h("p", { class: "muted small" }, w("intake.similar_hint")), h("ul", { class: "similar-list" }, ...found.slice(0, 5).map((one) => similarRow(one, open))));
}

function similarRow(one: Short, open: (id: string) => void): HTMLElement {
  const eventId = freshId();
  const button = h("button", { type: "button", class: "button" }, w("intake.me_too"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const fresh = await ask<Full>(stepPath(one.id, eventId), { method: "PUT", body: { kind: "voiced", detail: {}, device_at: new Date().toISOString() } });
      tell(w("intake.me_too_done", { number: fresh.number, n: fresh.voices }));
      open(one.id);
    } catch (error) {
      button.disabled = false;
      tellError(error);
    }
  });
  return h("li", { class: "similar-one" }, h("span", {}, h("span", { class: "row tight" }, stateMark(one.state, one.late), h("span", { class: "code" }, one.number)), h("span", { class: "clamp" }, one.text)), button);
}
