// The issues page: the desk where what people raise is taken in, handled, answered and closed.
import { Desk } from "../issues/desk";
import { registry } from "../issues/registry";
import { syntheticBadge } from "../map/foot";
import { fetchMapInfo } from "../mapinfo";
import { say } from "../i18n/index";
import { may } from "../pagedata";
import { startShell } from "../shell";
import { need } from "../ui/dom";
import { tellError } from "../ui/toast";
import { LEVELS, type MapInfo } from "../wire";

startShell();

// Who reports without ground of their own may not see the net, and needs none of it here.
function nowhere(): MapInfo {
  const levels = Object.fromEntries(LEVELS.map((level) => [level, say("level", level)])) as MapInfo["levels"];
  const none = { town: 0, village: 0, pian: 0, zu: 0, lin: 0, homes: 0, homes_unassigned: 0 };
  return { county: { id: "", name: "", code: "", bbox: null }, synthetic: false, version: "", levels, rule: { lin_homes_min: 0, lin_homes_max: 0, pian_zu_min: 0, pian_zu_max: 0 }, approval_no: "", base_layers: [], counts: none, empty: false, scope_bbox: null };
}

Promise.all([may("see") ? fetchMapInfo() : nowhere(), registry()]).then(([info, known]) => {
  need("#place-name").textContent = info.county.name;
  if (info.synthetic) need("#badges").append(syntheticBadge());
  new Desk(info, known);
}, tellError);
