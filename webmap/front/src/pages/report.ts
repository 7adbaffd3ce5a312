// The residents' page: common questions first, then a report without an account, followed and rated by a code.
import { nameOf } from "../field/categorybox";
import { where, type Fix } from "../field/locate";
import { Refused, talk } from "../field/talk";
import { type ResidentKey, r } from "../i18n/residents";
import { freshId } from "../ids";
import type { Category } from "../issues/wire";
import { pageData } from "../pagedata";
import { fill, h, need } from "../ui/dom";
import { tell } from "../ui/toast";

interface Village {
  town: string;
  name: string;
  lon: number;
  lat: number;
}

interface Opening {
  villages: Village[];
  categories: Category[];
  faq: { question: string; answer: string }[];
}

interface Followed {
  state: "waiting" | "taken" | "refused";
  issue: string | null;
  answer: string;
  rateable: boolean;
}

const RATINGS = ["solved", "half", "not"] as const;
const page = need("#residents");

function say(error: unknown): void {
  tell(error instanceof Refused ? error.message : r("kept"), "error");
}

function questions({ faq }: Opening): HTMLElement {
  const rows = faq.map(({ question, answer }) => h("details", { class: "field-fold" }, h("summary", {}, question), h("p", {}, answer)));
  return h("section", { class: "mine-card" }, h("h2", {}, r("faq")), ...(rows.length > 0 ? rows : [h("p", { class: "muted" }, r("none"))]));
}

function labelled(words: string, input: HTMLElement, hint = ""): HTMLElement {
  return h("label", { class: "field" }, h("span", {}, words), input, hint ? h("small", { class: "muted" }, hint) : null);
}

function villageChoice(villages: Village[]): HTMLSelectElement {
  const towns = new Map<string, HTMLElement[]>();
  villages.forEach(({ town, name }, at) => towns.set(town, [...(towns.get(town) ?? []), h("option", { value: String(at) }, name)]));
  return h("select", {}, h("option", { value: "" }, r("choose")), ...[...towns].map(([town, options]) => h("optgroup", { label: town }, ...options)));
}

function form({ categories, villages }: Opening): HTMLElement {
  // One id for as long as it is the same report: sent twice, it is one.
  let id = freshId();
  let fix: Fix | null = null;
  const what = h("select", {}, h("option", { value: "" }, r("choose")), ...categories.map((one) => h("option", { value: one.id }, nameOf(one))));
  const text = h("textarea", { rows: 4, maxlength: 1000 });
  const [place, name, phone] = [h("input", { maxlength: 200, autocomplete: "off" }), h("input", { maxlength: 60, autocomplete: "name" }), h("input", { maxlength: 60, type: "tel", autocomplete: "tel" })];
  const village = villageChoice(villages);
  const told = h("span", { class: "muted small", role: "status" });
  const here = h("button", { type: "button", class: "button" }, r("here"));
  here.addEventListener("click", async () => {
    here.disabled = true;
    fix = await where();
    here.disabled = false;
    told.textContent = fix ? r("here_done", { m: Math.round(fix.accuracy_m) }) : r("no_here");
  });
  const send = h("button", { type: "submit", class: "button primary send-button" }, r("send"));
  const box = h("form", { class: "mine-card", novalidate: true }, h("h2", {}, r("form")), labelled(r("what"), what), labelled(r("text"), text, r("text_hint")), h("div", { class: "field" }, h("span", {}, r("place")), here, told), labelled(r("village"), village, r("village_hint")), labelled(r("place_text"), place), labelled(r("name"), name), labelled(r("phone"), phone), send);
  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const chosen = village.value === "" ? null : villages[Number(village.value)];
    const where_ = fix ? { lon: fix.place[0], lat: fix.place[1] } : chosen ? { lon: chosen.lon, lat: chosen.lat } : {};
    const body = { category_id: what.value, text: text.value.trim(), ...where_, place_text: place.value.trim(), name: name.value.trim(), phone: phone.value.trim() };
    try {
      const { json } = await talk(`/api/public/reports/${id}`, { method: "PUT", body });
      id = freshId();
      fill(box, h("h2", {}, r("code")), h("p", { class: "follow-code" }, (json as { code: string }).code), h("p", { class: "muted" }, r("code_hint")));
    } catch (error) {
      send.disabled = false;
      say(error);
    }
  });
  return box;
}

function follow(): HTMLElement {
  const code = h("input", { maxlength: 20, autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  const shown = h("div", { role: "status" });
  const box = h("form", { class: "mine-card", novalidate: true }, h("h2", {}, r("follow")), labelled(r("code_label"), code), h("button", { type: "submit", class: "button" }, r("look")), shown);
  const look = async () => {
    try {
      const { json } = await talk(`/api/public/follow?${new URLSearchParams({ code: code.value.trim() })}`);
      show(json as Followed);
    } catch (error) {
      say(error);
    }
  };
  const show = ({ state, issue, answer, rateable }: Followed) => {
    const words = r((state === "taken" && issue ? `issue.${issue}` : `state.${state}`) as ResidentKey);
    const buttons = rateable ? RATINGS.map((one) => h("button", { type: "button", class: "button", onclick: () => void rate(one) }, r(`rate.${one}`))) : [];
    fill(shown, h("p", { class: "field-row-big" }, words), answer ? h("p", {}, answer) : null, rateable ? h("p", {}, r("rate")) : null, h("div", { class: "row" }, ...buttons));
  };
  const rate = async (rating: string) => {
    try {
      await talk("/api/public/rate", { method: "POST", body: { code: code.value.trim(), rating } });
      tell(r("rated"));
      await look();
    } catch (error) {
      say(error);
    }
  };
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    void look();
  });
  return box;
}

async function start(): Promise<void> {
  const { json } = await talk("/api/public/report");
  const other = h("button", { type: "button", class: "button" }, r("other"));
  other.addEventListener("click", () => {
    document.cookie = `lang=${pageData.lang === "en" ? "zh" : "en"}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
  fill(page, questions(json as Opening), form(json as Opening), follow(), other);
}

start().catch(say);
