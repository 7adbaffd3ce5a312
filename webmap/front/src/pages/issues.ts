// The issues page: the desk where what people raise is taken in, handled, answered and closed.
import { Desk } from "../issues/desk";
import { registry } from "../issues/registry";
import { syntheticBadge } from "../map/foot";
import { fetchMapInfo } from "../mapinfo";
import { startShell } from "../shell";
import { need } from "../ui/dom";
import { tellError } from "../ui/toast";

startShell();

Promise.all([fetchMapInfo(), registry()]).then(([info, known]) => {
  need("#place-name").textContent = info.county.name;
  if (info.synthetic) need("#badges").append(syntheticBadge());
  new Desk(info, known);
}, tellError);
