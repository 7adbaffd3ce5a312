// Posts that are elected: the map proposes nobody, it shows who lives there and may stand, and takes down the result.
import { p, title } from "../i18n/people";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import { farWords } from "./measure";
import type { NameOf } from "./names";
import { recordElection } from "./naming";
import { nearOffer } from "./personpick";
import type { Proposal, ProposalRow } from "./wire";

export interface CandidateWish {
  ground: string;
  changed: () => void;
  nameOf: NameOf;
}

/** Give the vacant posts of an elected level, each with its candidates. */
export function candidateList(proposal: Proposal, wish: CandidateWish): HTMLElement {
  return h("ol", { class: "proposal" }, ...proposal.rows.map((row) => candidateRow(row, proposal, wish)));
}

function candidateRow(row: ProposalRow, { level }: Proposal, { ground, changed, nameOf }: CandidateWish): HTMLElement {
  const candidates = row.candidates ?? [];
  const name = nameOf(row.unit);
  const record = h("button", { type: "button", class: "button" }, p("posts.elect"));
  record.addEventListener("click", () => {
    const offers = candidates.map(({ person, distance_m, measure }) => nearOffer(person, farWords(distance_m, measure)));
    void recordElection({ unit: { id: row.unit.id, name }, ground, post: "chief", title: title(level, "chief"), offers }, null, changed);
  });
  const total = row.candidates_total ?? candidates.length;
  return h(
    "li",
    { class: "proposal-row" },
    h("div", { class: "row spread" }, h("strong", {}, name), record),
    h("p", { class: "small muted" }, candidates.length > 0 ? p("posts.candidates", { n: whole(total) }) : p("posts.no_candidate")),
    h("ul", { class: "candidates" }, ...candidates.map(({ person, distance_m, measure }) => h("li", { class: "chip" }, `${person.name} ${farWords(distance_m, measure)}`))),
  );
}
