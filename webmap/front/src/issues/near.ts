// What is known of the place of a new issue: whose ground it is, whether a border is near, what looks like it already.
import { ask, query } from "../api";
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { tell, tellError } from "../ui/toast";
import type { ChainLink } from "../wire";
import { freshId } from "../ids";
import { categoryName } from "./registry";
import { similarAt, similarWords, type SimilarWish } from "./similar";
import { issuePath, type Similar } from "./wire";

interface Ground {
  chain: ChainLink[];
  near: ChainLink[];
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
      const { lon, lat } = wish;
      ask<Ground>(`/api/issues/ground${query({ lon, lat, accuracy_m })}`).then(
        mineStill((ground) => showWhere(where, ground)),
        mineStill(() => fill(where, w("intake.nowhere"))),
      );
      similarAt(wish).then(
        mineStill((found) => showSimilar(similar, found, wish, open)),
        () => undefined,
      );
    },
  };
}

function showWhere(place: HTMLElement, { chain, near }: Ground): void {
  const own = chain.at(-1);
  if (!own) return fill(place, w("intake.nowhere"));
  const names = (chain.length > 1 ? chain.slice(1) : chain).map(({ name }) => name);
  const border = near.length > 0 ? h("span", { class: "note near-border" }, w("intake.near_border", { names: [own, ...near].map(({ name }) => name).join("、") })) : null;
  fill(place, w("intake.place_is", { name: names.join(" › ") }), border);
}

function showSimilar(place: HTMLElement, found: readonly Similar[], wish: SimilarWish, open: (id: string) => void): void {
  if (found.length === 0) return fill(place);
  fill(place, h("h3", {}, w("intake.similar")), h("p", { class: "muted small" }, w("intake.similar_hint")), h("ul", { class: "similar-list" }, ...found.slice(0, 5).map((one) => similarRow(one, wish, open))));
}

// Who may not read an issue may still add a voice to it: it is said near by, which is what the place is sent for.
function similarRow(one: Similar, { lon, lat }: SimilarWish, open: (id: string) => void): HTMLElement {
  const words = h("span", {}, ...similarWords(one));
  const eventId = freshId();
  const button = h("button", { type: "button", class: "button" }, w("intake.me_too"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { voices } = await ask<{ voices: number }>(issuePath(one.id, `voices/${eventId}`), { method: "PUT", body: { lon, lat, device_at: new Date().toISOString() } });
      tell(w("intake.me_too_done", { number: one.number ?? categoryName(one.category), n: voices }));
      if (one.number) open(one.id);
    } catch (error) {
      button.disabled = false;
      tellError(error);
    }
  });
  return h("li", { class: "similar-one" }, words, button);
}
