// Ending an appointment: why is asked, what passes on is told, and the page of the handover is offered.
import { ask } from "../api";
import { p } from "../i18n/people";
import type { Handover } from "../people/wire";
import { question } from "../ui/dialog";
import { whole } from "../ui/format";
import { tell, telling } from "../ui/toast";
import { appointmentPath } from "./wire";

export interface Ending {
  id: string;
  name: string;
  unit: string;
  title: string;
  /** How many homes pass to the chief above, where the caller knows. */
  homes?: number;
}

/** Ask and end; true when it ended. */
export async function endAppointment({ id, name, unit, title, homes }: Ending): Promise<boolean> {
  const reason = await question({
    title: p("posts.end_title", { name, unit, title }),
    ...(homes === undefined ? {} : { text: p("posts.end_text", { n: whole(homes) }) }),
    confirm: p("posts.end"),
    danger: true,
    reason: { label: p("reason"), least: 2 },
  });
  if (reason === null) return false;
  const done = await telling(() => ask<{ handover: Handover | null }>(appointmentPath(id, "end"), { method: "POST", body: { because: reason } }));
  if (!done) return false;
  const { handover } = done;
  const see = handover ? { words: p("posts.see_handover"), act: () => location.assign(`/handover?id=${encodeURIComponent(handover.id)}`) } : undefined;
  tell(p("posts.ended", { name }), "info", see);
  return true;
}
