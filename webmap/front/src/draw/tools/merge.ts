// 并: click neighbours one after the other; the first keeps its name and code, the sum of homes is shown, Enter does it.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import { fullName } from "../panel/names";
import type { Pen } from "../pen";
import type { Contact, Tool, ToolStage } from "../tool";
import { freshRow } from "./live";

export class MergeTool implements Tool {
  readonly name = "merge";

  constructor(private readonly stage: ToolStage) {}

  hint(): string {
    const { selected, units } = this.stage.session;
    if (selected.length === 0) return t("draw.hint_merge");
    if (selected.length === 1) return t("draw.hint_merge_second", { name: fullName(this.stage.session, units.get(selected[0] ?? "")) });
    return t("draw.hint_merge_more", { name: fullName(this.stage.session, units.get(selected[0] ?? "")) });
  }

  options(): HTMLElement[] {
    const n = this.stage.session.selected.length;
    return [h("button", { type: "button", class: "button primary", disabled: n < 2, onclick: () => this.finish() }, t("draw.merge_n", { n }))];
  }

  start(): void {
    this.show();
  }

  stop(): void {
    this.stage.counts([]);
  }

  refresh(): void {
    this.show();
  }

  tap(at: Contact): void {
    const { session } = this.stage;
    const id = this.stage.unitAt(at.place);
    if (!id) return;
    if (session.selected.includes(id)) return session.select(session.selected.filter((one) => one !== id));
    if (session.selected.length > 0 && !this.beside(id)) {
      return this.stage.hint(t("draw.not_beside", { name: fullName(this.stage.session, session.units.get(id)) }));
    }
    session.select([...session.selected, id]);
  }

  finish(): void {
    const { session } = this.stage;
    if (session.selected.length < 2 || session.busy) return;
    const [kept] = session.selected;
    void session.edit("merge", { unit_ids: session.selected }).then((reply) => reply && kept && session.select([kept]));
  }

  giveUp(): boolean {
    const had = this.stage.session.selected.length > 0;
    this.stage.session.select([]);
    return had;
  }

  paint(pen: Pen): void {
    const first = this.stage.session.units.get(this.stage.session.selected[0] ?? "");
    for (const part of first?.geometry?.coordinates ?? []) pen.ring(part[0] ?? [], { colour: pen.colours.accent, width: 4, rim: true }, null);
  }

  private beside(id: string): boolean {
    const { content, selected } = this.stage.session;
    const near = new Set(content.leavesOf(id).flatMap((leaf) => [...this.stage.coverage.neighbours(leaf)]));
    return selected.some((one) => content.leavesOf(one).some((leaf) => near.has(leaf)));
  }

  private show(): void {
    const { selected, units, content } = this.stage.session;
    const first = units.get(selected[0] ?? "");
    if (!first || selected.length < 2) return this.stage.counts([]);
    const sum = selected.reduce((homes, id) => homes + (units.get(id)?.homes ?? 0), 0);
    const row = freshRow(first.id, fullName(this.stage.session, first), first.homes, first.label, content.isLeaf(first));
    this.stage.counts([{ ...row, after: sum }]);
  }
}
