// Comments as numbered pins on the map: each a button that leads to its comment in the list.
import { Marker } from "maplibre-gl";
import { d } from "../../i18n/drawpanel";
import type { NetMap } from "../../map/create";
import { h } from "../../ui/dom";
import type { Remark } from "./wire";

/** Put the pins of the comments that have a place; gives what takes them away. */
export function putPins(map: NetMap, remarks: readonly { remark: Remark; n: number }[], open: (remark: Remark) => void): () => void {
  const pins = remarks.flatMap(({ remark, n }) => (remark.place ? [pin(map, remark, remark.place, n, open)] : []));
  return () => pins.forEach((marker) => marker.remove());
}

function pin(map: NetMap, remark: Remark, place: [number, number], n: number, open: (remark: Remark) => void): Marker {
  const words = d("review.pin", { n, text: remark.text });
  const button = h("button", { type: "button", class: `pin${remark.settled ? " settled" : ""}`, "aria-label": words, title: remark.text }, remark.settled ? "✓" : String(n));
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    open(remark);
  });
  // The tools listen to the pointer on the map: a press on a pin is not theirs.
  button.addEventListener("pointerdown", (event) => event.stopPropagation());
  return new Marker({ element: button, anchor: "bottom" }).setLngLat(place).addTo(map);
}
