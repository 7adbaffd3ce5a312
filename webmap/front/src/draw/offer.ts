// A question at the map's edge with its ways out as buttons; it goes when one is taken, closed, or another comes.
import { t } from "../i18n/drawstage";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { Way } from "./session";

/** Give what asks, in `place`. A way that only shows something ("draw.see_difference") leaves the question standing. */
export function offerIn(place: HTMLElement): (words: string, ways: Way[]) => void {
  const close = () => fill(place);
  return (words, ways) => {
    const buttons = ways.map(({ words: key, act }, at) =>
      h(
        "button",
        {
          type: "button",
          class: at === ways.length - 1 ? "button primary" : "button",
          onclick: () => {
            if (key !== "draw.see_difference") close();
            act();
          },
        },
        t(key),
      ),
    );
    const leave = h("button", { type: "button", class: "quiet", "aria-label": t("close"), onclick: close }, icon("close"));
    fill(place, h("div", { class: "offer", role: "alert" }, icon("warn"), h("p", {}, words), h("div", { class: "row" }, ...buttons), leave));
  };
}
