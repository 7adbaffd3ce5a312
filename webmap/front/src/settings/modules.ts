// Which parts of the product the county uses: switched by who sets it up, at once for everybody.
import { ask } from "../api";
import { g } from "../i18n/settings";
import { h } from "../ui/dom";
import { tell, telling } from "../ui/toast";

const NAMES = ["visits", "residents"] as const;
type Modules = Record<(typeof NAMES)[number], boolean>;

/** Give the section. */
export function modulesSection(): HTMLElement {
  const boxes = Object.fromEntries(NAMES.map((name) => [name, h("input", { type: "checkbox", disabled: true })])) as Record<(typeof NAMES)[number], HTMLInputElement>;
  const show = (modules: Modules) => {
    for (const name of NAMES) {
      boxes[name].checked = modules[name];
      boxes[name].disabled = false;
    }
  };
  const put = async (name: (typeof NAMES)[number]) => {
    const wanted = boxes[name].checked;
    const now = await telling(() => ask<Modules>("/api/modules", { method: "PUT", body: { [name]: wanted } }));
    if (!now) return void (boxes[name].checked = !wanted);
    show(now);
    tell(g(wanted ? "modules.on" : "modules.off"));
  };
  for (const name of NAMES) boxes[name].addEventListener("change", () => void put(name));
  void telling(async () => show(await ask<Modules>("/api/modules")));
  const row = (name: (typeof NAMES)[number]) => h("div", {}, h("label", { class: "check" }, boxes[name], h("span", {}, g(`modules.${name}`))), h("p", { class: "muted small" }, g(`modules.${name}_text`)));
  return h("section", { id: "modules" }, h("h2", {}, g("modules.title")), ...NAMES.map(row));
}
