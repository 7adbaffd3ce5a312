// 选: a click chooses the unit under it, at the level of the switch; a point with several homes opens their panel.
import { t } from "../../i18n/drawstage";
import { boxOfPlaces } from "../geometry";
import { away } from "../screen";
import type { Contact, Tool, ToolStage } from "../tool";

// Dots are drawn from this zoom on, and below it nobody means a house.
const HOMES_ZOOM = 15;
const HOME_REACH_PX = 8;

export class SelectTool implements Tool {
  readonly name = "select";

  constructor(private readonly stage: ToolStage) {}

  hint(): string {
    return t(this.stage.session.mayEdit ? "draw.hint_select" : "draw.hint_look");
  }

  start(): void {}

  stop(): void {}

  tap(at: Contact): void {
    const { session } = this.stage;
    const stacked = homesUnder(this.stage, at);
    const id = this.stage.unitAt(at.place);
    if (at.adding && id) {
      session.select(session.selected.includes(id) ? session.selected.filter((one) => one !== id) : [...session.selected, id]);
    } else {
      session.select(id ? [id] : []);
    }
    if (stacked.length > 1) session.openStack(stacked);
  }

  /** A finger has no Shift: a long press adds. */
  hold(at: Contact): void {
    this.tap({ ...at, adding: true });
  }

  giveUp(): boolean {
    const had = this.stage.session.selected.length > 0;
    this.stage.session.select([]);
    return had;
  }
}

/** All homes on the point nearest to a contact, if it is near enough to be meant. */
export function homesUnder(stage: ToolStage, { point, touch }: Contact): string[] {
  const screen = stage.screen();
  if (screen.view.zoom < HOMES_ZOOM) return [];
  const reach = touch ? HOME_REACH_PX * 2 : HOME_REACH_PX;
  const [x, y] = point;
  const box = boxOfPlaces([screen.place([x - reach, y - reach]), screen.place([x + reach, y + reach])]);
  const near = stage.grid
    .within(box)
    .map((home) => ({ home, far: away(screen.pixel([home.lon, home.lat]), point) }))
    .filter(({ far }) => far <= reach)
    .sort((one, other) => one.far - other.far);
  const first = near[0]?.home;
  return first ? near.filter(({ home }) => home.lon === first.lon && home.lat === first.lat).map(({ home }) => home.id) : [];
}
