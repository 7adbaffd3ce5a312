// What can be done with a person: show the numbers, retire, take back, end a post; each tells what it did.
import { ask } from "../api";
import { p, title } from "../i18n/people";
import { question } from "../ui/dialog";
import { tell, telling } from "../ui/toast";
import { endAppointment } from "../posts/ending";
import type { Officer, OfficerCard, PostHeld } from "./wire";
import { officerPath } from "./wire";

const REASON_LEAST = 2;

/** Ask why, and give the card with full numbers; null when left. */
export async function unmask({ id, name }: Pick<Officer, "id" | "name">): Promise<OfficerCard | null> {
  const reason = await question({
    title: p("officer.unmask_title", { name }),
    text: p("officer.unmask_text"),
    confirm: p("officer.unmask"),
    reason: { label: p("officer.unmask_reason"), least: REASON_LEAST },
  });
  if (reason === null) return null;
  return (await telling(() => ask<OfficerCard>(officerPath(id, "unmask"), { method: "POST", body: { reason } }))) ?? null;
}

/** Name a post with its unit, as sentences need it. */
export function postWords({ unit, level, post }: Pick<PostHeld, "unit" | "level" | "post">): string {
  return `${unit?.name ?? ""}${title(level, post)}`;
}

/** Retire a person after naming the posts that end with it. */
export async function retire(officer: OfficerCard): Promise<OfficerCard | null> {
  const posts = officer.posts.map(postWords).join("、");
  const reason = await question({
    title: p("officer.retire_title", { name: officer.name }),
    text: posts ? p("officer.retire_posts", { posts }) : p("officer.retire_none"),
    confirm: p("officer.retire"),
    danger: true,
    reason: { label: p("reason"), least: REASON_LEAST },
  });
  if (reason === null) return null;
  const fresh = await telling(() => ask<OfficerCard>(officerPath(officer.id, "retire"), { method: "POST", body: { because: reason } }));
  if (fresh) tell(p("officer.retired_done", { name: officer.name }));
  return fresh ?? null;
}

/** Take a retired person back. */
export async function takeBack({ id, name }: OfficerCard): Promise<OfficerCard | null> {
  const fresh = await telling(() => ask<OfficerCard>(officerPath(id), { method: "PATCH", body: { retired: false } }));
  if (fresh) tell(p("officer.saved", { name }));
  return fresh ?? null;
}

/** End one of a person's posts; true when it ended. */
export function endPost(officer: OfficerCard, post: PostHeld): Promise<boolean> {
  const unit = post.unit;
  return endAppointment({ id: post.appointment, name: officer.name, unit: unit?.name ?? "", title: title(post.level, post.post) });
}
