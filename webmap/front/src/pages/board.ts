// The board page: where unsolved issues gather, what is overdue, who is silent, and the figures.
import { emptyBoard, Screen } from "../board/screen";
import { registry } from "../issues/registry";
import { syntheticBadge } from "../map/foot";
import { fetchMapInfo } from "../mapinfo";
import { startShell } from "../shell";
import { need } from "../ui/dom";
import { tellError } from "../ui/toast";

startShell();

Promise.all([fetchMapInfo(), registry()]).then(([info, { categories }]) => {
  need("#place-name").textContent = info.county.name;
  if (info.synthetic) need("#badges").append(syntheticBadge());
  if (info.counts.village === 0) emptyBoard();
  else new Screen(need("#board"), info, categories);
}, tellError);
