// After something was done: the sentence, and beside it the button that takes it back.
import { tell } from "../../ui/toast";
import { d } from "../../i18n/drawpanel";
import type { Session } from "./stage";

/** Do an act and say what was done, with "undo" beside it; gives whether it was done. */
export async function actTelling(session: Session, act: string, args: object): Promise<boolean> {
  const reply = await session.edit(act, args);
  if (!reply) return false;
  tell(reply.sentence, "info", { words: d("undo.short"), act: () => void session.undo() });
  return true;
}
