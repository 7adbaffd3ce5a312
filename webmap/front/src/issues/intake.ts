// Taking an issue in at the desk: a call, a chat, a note from the box, somebody at the counter.
import { ask } from "../api";
import { sayW, w } from "../i18n/issues";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { tell, telling } from "../ui/toast";
import type { MapInfo, Place, UnitCard } from "../wire";
import { categoryPick } from "./categorypick";
import { radios, single, type Control, group } from "./controls";
import { faqBox } from "./faq";
import { freshId } from "../ids";
import { nearBox } from "./near";
import { pasteBox } from "./paste";
import { fileInput, sendPhotos } from "./photos";
import { type PlaceHow, placePick } from "./placepick";
import { categoryName, type Registry } from "./registry";
import { type Category, type Draft, type Full, GRADES, issuePath, type NamedUnit, type Source } from "./wire";

const DESK_SOURCES: readonly Source[] = ["phone", "desk", "chat", "box", "reception", "patrol"];
const TEXT_WAIT_MS = 500;
const ACCURACIES_M = [0, 20, 50, 200];

export interface IntakeWish {
  info: MapInfo;
  known: Registry;
  taken: (issue: Full) => void;
  open: (id: string) => void;
  close: () => void;
}

/** The body of a report, as the server takes it. */
export interface Report {
  category_id: string;
  text: string;
  lon: number;
  lat: number;
  accuracy_m?: number;
  place_source: PlaceHow;
  place_text?: string;
  source: Source;
  grade?: string;
  device_at: string;
  raiser?: { name: string; phone: string };
  photos?: number;
}

/** What is filled in so far. */
export interface Filled {
  categoryId: string;
  text: string;
  place: Place | null;
  accuracy_m: number;
  placeHow: PlaceHow;
  placeText: string;
  source: Source;
  grade: string;
  name: string;
  phone: string;
  photos: number;
}

/** Make the report out of what is filled in; what is empty is left out. */
export function reportOf(filled: Filled, now: Date): Report {
  const { place, name, phone } = filled;
  if (!place) throw new Error("a report has a place");
  return {
    category_id: filled.categoryId,
    text: filled.text,
    lon: place[0],
    lat: place[1],
    ...(filled.accuracy_m > 0 ? { accuracy_m: filled.accuracy_m } : {}),
    place_source: filled.placeHow,
    ...(filled.placeText ? { place_text: filled.placeText } : {}),
    source: filled.source,
    ...(filled.grade ? { grade: filled.grade } : {}),
    device_at: now.toISOString(),
    ...(name || phone ? { raiser: { name, phone } } : {}),
    ...(filled.photos > 0 ? { photos: filled.photos } : {}),
  };
}

/** Give the panel. */
export function intakePanel(wish: IntakeWish): HTMLElement {
  return new Intake(wish).element;
}

class Intake {
  readonly element: HTMLElement;
  private readonly id = freshId();
  private readonly text = h("textarea", { rows: 3, maxlength: 2000, placeholder: w("intake.text_hint") });
  private readonly placeText = h("input", { maxlength: 120, autocomplete: "off" });
  private readonly name = h("input", { maxlength: 40, autocomplete: "off" });
  private readonly phone = h("input", { maxlength: 20, inputmode: "tel", autocomplete: "off" });
  private readonly grade: HTMLSelectElement = h("select", {});
  private readonly files = fileInput();
  private readonly error = h("p", { class: "form-error", role: "alert", hidden: true });
  private readonly submit = h("button", { type: "submit", class: "button primary" }, w("intake.send"));
  private readonly guesses = h("div", { class: "row draft-offers" });
  private readonly meant = h("div", { class: "row draft-offers" });
  private readonly paste = h("div", { class: "intake-paste" });
  private readonly faq = faqBox(() => this.helped());
  private readonly near: ReturnType<typeof nearBox>;
  private readonly source: ReturnType<typeof radios>;
  private readonly category: ReturnType<typeof categoryPick>;
  private readonly accuracy: ReturnType<typeof radios>;
  private readonly place: ReturnType<typeof placePick>;
  private readonly fields: Record<"text" | "category_id" | "place", Control>;
  private placeHow: PlaceHow = "pin";
  private timer = 0;

  constructor(private readonly wish: IntakeWish) {
    const { info, known } = wish;
    this.near = nearBox(wish.open);
    this.source = radios("source", DESK_SOURCES.map((one) => [one, sayW("source", one)]), "phone", (source) => this.sourceChosen(source));
    this.category = categoryPick(known.categories, () => this.categoryChosen());
    this.accuracy = radios("accuracy", ACCURACIES_M.map((m) => [String(m), m ? w("intake.accuracy_n", { n: m }) : w("intake.accuracy_exact")]), "0", (m) => this.accuracyChosen(Number(m)));
    this.place = placePick({ info, begin: null, look: null, changed: (_place, how, found) => this.placed(how, found?.label) });
    this.fields = {
      text: single({ name: "text", kind: "text" }, this.text, () => this.text.value.trim() || undefined, w("intake.text")),
      category_id: group({ name: "category_id", kind: "category" }, [this.guesses, this.category.element], () => this.category.chosen()?.id, w("intake.category")),
      place: group({ name: "place", kind: "place" }, [this.meant, this.place.element, this.near.where, this.placeTextField()], () => this.place.value() ?? undefined, w("intake.place")),
    };
    this.text.addEventListener("input", () => this.wordsChanged());
    this.element = this.frame();
    this.categoryChosen();
  }

  private placeTextField(): HTMLElement {
    return h("label", { class: "field" }, h("span", {}, w("intake.place_text")), this.placeText);
  }

  private frame(): HTMLElement {
    const close = h("button", { type: "button", class: "quiet", "aria-label": w("card.close"), onclick: () => void this.leave() }, icon("close"));
    const form = h(
      "form",
      { class: "intake", novalidate: true },
      h("div", { class: "card-bar" }, h("h2", { tabindex: -1 }, w("intake.title")), h("span", { class: "spacer" }), close),
      h("div", { class: "card-scroll" }, ...this.body()),
      h("div", { class: "step-bar" }, this.error, this.submit, h("button", { type: "button", class: "button", onclick: () => void this.leave() }, w("intake.discard"))),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    return form;
  }

  private body(): HTMLElement[] {
    const labelled = (words: string, ...inside: HTMLElement[]) => h("label", { class: "field" }, h("span", {}, words), ...inside);
    return [
      h("fieldset", { class: "field-group" }, h("legend", {}, w("intake.source")), this.source.element),
      this.paste,
      this.fields.text.element,
      this.faq.element,
      this.fields.category_id.element,
      this.fields.place.element,
      h("fieldset", { class: "field-group" }, h("legend", {}, w("intake.place_accuracy")), this.accuracy.element),
      this.near.similar,
      h("fieldset", { class: "field-group" }, h("legend", {}, w("intake.raiser")), h("div", { class: "field-pair" }, labelled(w("intake.name"), this.name), labelled(w("intake.phone"), this.phone)), h("p", { class: "muted small" }, w("intake.raiser_hint"))),
      h("div", { class: "field-pair" }, labelled(w("intake.grade"), this.grade), labelled(w("intake.photos"), this.files)),
    ];
  }

  private sourceChosen(source: string): void {
    fill(this.paste, source === "chat" ? pasteBox((draft) => this.drafted(draft)) : null);
    this.paste.querySelector("textarea")?.focus();
  }

  private categoryChosen(): void {
    const own = this.category.chosen()?.grade ?? "ordinary";
    const kept = this.grade.value;
    const options = [h("option", { value: "" }, w("intake.grade_by", { grade: sayW("grade", own) })), ...GRADES.map((one) => h("option", { value: one }, sayW("gradelong", one)))];
    fill(this.grade, ...options);
    this.grade.value = kept;
    this.look();
  }

  private accuracyChosen(accuracy_m: number): void {
    this.place.accuracy(accuracy_m || null);
    this.look();
  }

  private placed(how: PlaceHow, label?: string): void {
    this.placeHow = how;
    if (label && !this.placeText.value.trim()) this.placeText.value = label;
    this.fields.place.fail("");
    this.look();
  }

  private wordsChanged(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.faq.ask(this.text.value.trim());
      this.look();
    }, TEXT_WAIT_MS);
  }

  // Whose ground it is, and whether the same is known already.
  private look(): void {
    const place = this.place?.value() ?? null;
    if (place) this.near.look({ lon: place[0], lat: place[1], category: this.category.chosen()?.id ?? "", text: this.text.value.trim() }, Number(this.accuracy.value()));
  }

  private drafted(draft: Draft): void {
    const { text, raiser, category, categories, place, places } = draft;
    this.text.value = text;
    this.name.value = raiser?.name ?? "";
    this.phone.value = raiser?.phone ?? "";
    const known = (id: string | undefined) => this.wish.known.categories.find((one) => one.id === id) ?? null;
    this.category.choose(known(category?.id));
    const guesses = category ? [] : categories.map(({ id }) => known(id)).filter((one) => one !== null);
    fill(this.guesses, ...guesses.map((one) => h("button", { type: "button", class: "button", onclick: () => this.guessed(one) }, categoryName(one))));
    if (place) {
      this.placeHow = "unit";
      this.placeText.value = place.place_text;
      this.place.put([place.lon, place.lat]);
    }
    fill(this.meant, ...places.map((unit) => h("button", { type: "button", class: "button", onclick: () => void this.meantUnit(unit) }, unit.chain.slice(-2).join(" › "))));
    this.faq.ask(text);
    this.look();
  }

  private guessed(category: Category): void {
    fill(this.guesses);
    this.category.choose(category);
  }

  // Where a message may mean several units, the one that is picked is shown, and the place in it is clicked.
  private async meantUnit({ id, name }: NamedUnit): Promise<void> {
    fill(this.meant);
    const unit = await telling(() => ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`));
    if (!unit?.centre) return;
    this.placeText.value = name;
    this.placeHow = "unit";
    this.place.put(unit.centre);
    this.look();
  }

  private filled(): Filled {
    return {
      categoryId: this.category.chosen()?.id ?? "",
      text: this.text.value.trim(),
      place: this.place.value(),
      accuracy_m: Number(this.accuracy.value()),
      placeHow: this.placeHow,
      placeText: this.placeText.value.trim(),
      source: this.source.value() as Source,
      grade: this.grade.value,
      name: this.name.value.trim(),
      phone: this.phone.value.trim(),
      photos: this.files.files?.length ?? 0,
    };
  }

  private lacks(): boolean {
    const words = { text: w("intake.need_text"), category_id: w("intake.need_category"), place: w("intake.need_place") };
    const missing = (Object.keys(this.fields) as (keyof typeof words)[]).filter((name) => this.fields[name].read() === undefined);
    for (const [name, control] of Object.entries(this.fields)) control.fail(missing.includes(name as keyof typeof words) ? words[name as keyof typeof words] : "");
    const [first] = missing;
    if (first) this.fields[first].element.scrollIntoView({ block: "nearest" });
    return missing.length > 0;
  }

  private async send(): Promise<void> {
    this.error.hidden = true;
    if (this.submit.disabled || this.lacks()) return;
    this.submit.disabled = true;
    try {
      const issue = await ask<Full>(issuePath(this.id), { method: "PUT", body: reportOf(this.filled(), new Date()) });
      const files = [...(this.files.files ?? [])];
      const come = await sendPhotos(this.id, files, "before");
      tell(w("intake.sent", { number: issue.number }));
      if (come < files.length) tell(w("intake.sent_photos", { come, told: files.length }), "error");
      this.wish.taken(issue);
    } catch (refused) {
      this.submit.disabled = false;
      this.error.textContent = refused instanceof Error ? refused.message : String(refused);
      this.error.hidden = false;
    }
  }

  private helped(): void {
    tell(w("intake.faq_done"));
    this.wish.close();
  }

  private async leave(): Promise<void> {
    const { text, place, name, phone } = this.filled();
    if (!text && !place && !name && !phone) return this.wish.close();
    const sure = await question({ title: w("intake.leave"), text: w("intake.leave_text"), confirm: w("intake.discard"), danger: true });
    if (sure !== null) this.wish.close();
  }
}
