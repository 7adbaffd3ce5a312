// Appointing what a person chose, with a toast that says how many and takes it back.
import { ask } from "../api";
import { p } from "../i18n/people";
import { tell, telling } from "../ui/toast";
import { appointmentPath, type Choice, type Taken } from "./wire";

const AT_ONCE = 500;

/** Appoint what was chosen, each part whole or not at all; throws what is wrong, with what was taken before it kept. */
export async function take(rows: Choice[], after: () => void): Promise<Taken> {
  const taken: Taken = { appointed: [], handovers: [] };
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const part = await ask<Taken>("/api/appointments", { method: "POST", body: { rows: rows.slice(at, at + AT_ONCE) } });
    taken.appointed.push(...part.appointed);
    taken.handovers.push(...part.handovers);
  }
  const n = taken.appointed.length;
  tell(p("posts.taken", { n }), "info", { words: p("posts.undo"), act: () => void takeBack(taken.appointed, after) });
  after();
  return taken;
}

async function takeBack(ids: string[], after: () => void): Promise<void> {
  let ended = 0;
  for (const id of ids) {
    const done = await telling(() => ask(appointmentPath(id, "end"), { method: "POST", body: { because: "undone" } }));
    if (done === undefined) break;
    ended += 1;
  }
  if (ended > 0) tell(p("posts.undone", { n: ended }));
  after();
}
