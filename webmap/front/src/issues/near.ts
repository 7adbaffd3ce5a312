// What is known of the place of a new issue: whose ground it is, whether a border is near, what looks like it already.
import { ask, query } from "../api";
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { tell, tellError } from "../ui/toast";
import type { ChainLink, Place } from "../wire";
import { circleAround } from "./circle";
import { freshId } from "../ids";
import { categoryName } from "./registry";
import { similarAt, similarWords, type SimilarWish } from "./similar";
import { issuePath, type Similar } from "./wire";

interface Located {
  unit: { id: string; name: string };
  chain: ChainLink[];
}

// On so many places of the circle it is asked whose ground it is.
const RIM = 8;

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
      whoseGround([wish.lon, wish.lat], accuracy_m).then(
        mineStill(({ found, near }) => showWhere(where, found, near)),
        mineStill(() => fill(where, w("intake.nowhere"))),
      );
      similarAt(wish).then(
        mineStill((found) => showSimilar(similar, found, wish, open)),
        () => undefined,
      );
    },
  };
}

// The unit at a place, and those that the circle of how surely it is known reaches: their chiefs are told as well.
async function whoseGround(place: Place, accuracy_m: number): Promise<{ found: Located; near: string[] }> {
  const at = ([lon, lat]: Place) => ask<Located>(`/api/locate${query({ lon, lat })}`);
  const found = await at(place);
  if (accuracy_m === 0) return { found, near: [] };
  const circle = circleAround(place, accuracy_m).slice(0, -1);
  const rim = circle.filter((_, index) => index % Math.round(circle.length / RIM) === 0);
  const around = await Promise.all(rim.map((one) => at(one).catch(() => null)));
  const near = new Map(around.filter((one) => one !== null).map(({ unit }) => [unit.id, unit.name]));
  near.delete(found.unit.id);
  return { found, near: [...near.values()] };
}

function showWhere(place: HTMLElement, { unit, chain }: Located, near: string[]): void {
  const names = chain.filter(({ id, level }) => id !== unit.id && level !== "county").map(({ name }) => name);
  const border = near.length > 0 ? h("span", { class: "note near-border" }, w("intake.near_border", { names: [unit.name, ...near].join("、") })) : null;
  fill(place, w("intake.place_is", { name: [...names, unit.name].join(" › ") }), border);
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
