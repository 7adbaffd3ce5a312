// The map page: the tree and search on the left, the map in the middle, the card of what is chosen on the right.
import { t } from "../i18n/index";
import { fetchMapInfo } from "../mapinfo";
import { wireMapView } from "../map/view";
import { makeSelection } from "../panel/selection";
import { asOf } from "../map/asof";
import { canDraw, sayCannotDraw } from "../map/create";
import { emptyState } from "../panel/empty";
import { listInsteadOfMap } from "../panel/listview";
import { dateChoice, noProblemsThen, pastBar } from "../panel/past";
import { Problems } from "../panel/problems";
import { makeSearch } from "../panel/search";
import { fillSide } from "../panel/side";
import { summary } from "../panel/summary";
import { Tree } from "../panel/tree";
import { wireCard } from "../panel/card";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import { syntheticBadge } from "../map/foot";
import { readHash } from "../map/permalink";
import type { Found, HomeCard, MapInfo, Unit, UnitCard, Violation } from "../wire";

const selection = makeSelection();
const narrow = window.matchMedia("(max-width: 760px)");

function pickFound({ kind, id, label, lon, lat, bbox }: Found): void {
  const place: [number, number] | null = lon !== null && lat !== null ? [lon, lat] : null;
  // A unit is shown whole, a home from near by.
  selection.choose({ kind, id, name: label, seek: true, ...(bbox && kind === "unit" ? { box: bbox } : { place }) });
}

function pickUnit({ id, name, bbox }: Unit): void {
  selection.choose({ kind: "unit", id, name, box: bbox, seek: true });
}

function sideButton(open: () => void): HTMLElement {
  return h("button", { type: "button", class: "side-open", onclick: open }, icon("search"), t("side.open"));
}

function start(info: MapInfo): void {
  need("#place-name").textContent = info.county.name;
  if (info.synthetic) need("#badges").append(syntheticBadge());
  const stage = need("#map");
  const tree = new Tree(info.levels, pickUnit);
  const goTo = (violation: Violation) => {
    const { unit, place } = violation;
    if (unit) selection.choose({ kind: "unit", id: unit.id, name: unit.name, place, seek: true });
    else if (place) view?.fly(place);
    if (narrow.matches) side.open(false);
  };
  const problems = new Problems({}, goTo, (total) => side.mark("problems", total));
  const side = fillSide(
    need("#side"),
    makeSearch(info.levels, pickFound),
    [
      { id: "tree", words: t("side.tree"), body: h("div", {}, summary(info), tree.element) },
      { id: "problems", words: t("side.problems"), body: asOf() === null ? problems.element : noProblemsThen() },
    ],
    () => undefined,
  );
  need("#side .side-head").after(dateChoice());
  need(".stage").append(sideButton(() => side.open(true)));
  selection.listen((choice) => choice && narrow.matches && side.open(false));
  const view = canDraw() ? wireMapView(stage, info, selection) : null;
  if (!view) {
    sayCannotDraw(stage);
    listInsteadOfMap(stage, selection, info.levels);
  }
  const arrived = (card: UnitCard | HomeCard) => {
    const chain = "masked" in card ? card.chain.slice(0, -1) : card.chain;
    const id = "masked" in card ? card.chain.at(-1)?.id : card.id;
    if (id) void tree.reveal(chain, id);
    view?.arrived(card);
  };
  wireCard({ place: need("#card"), selection, levels: info.levels, arrived, fly: goTo });
  if (info.empty) need(".stage").append(emptyState());
  void tree.begin().then(() => {
    const chosen = readHash(location.hash)?.chosen;
    if (chosen) selection.choose({ ...chosen });
  });
  if (asOf() === null) void problems.load();
}

startShell();
// Before anything else, so that nothing of then is seen without it, a refusal of the date neither.
need("#main").before(pastBar() ?? "");
fetchMapInfo().then(start, tellError);
