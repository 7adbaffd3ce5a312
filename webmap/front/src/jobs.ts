// Long work on the server: asked after twice a second, shown as a bar with words, and cancelled by a button.
import { ask, sentence } from "./api";
import { t } from "./i18n/index";
import { h } from "./ui/dom";
import { share } from "./ui/format";
import { tellError } from "./ui/toast";
import type { Job } from "./wire";

const POLL_MS = 500;
// A server that is being restarted is given this many asks before the page says that it lost sight of the job.
const MISSES_BORNE = 20;

/** What a 202 carries: the job itself or its id. */
export type Begun = { job: Job | string };

/** Show a job in `place` until it ends; gives it when done, null when it failed or was cancelled (and says so). */
export async function followJob(place: HTMLElement, { job }: Begun): Promise<Job | null> {
  const id = typeof job === "string" ? job : job.id;
  const view = jobView(id);
  place.replaceChildren(view.element);
  let misses = 0;
  for (;;) {
    try {
      const now = await ask<Job>(`/api/jobs/${encodeURIComponent(id)}`);
      misses = 0;
      view.show(now);
      if (now.state === "done") return now;
      if (now.state === "failed" || now.state === "cancelled") return null;
    } catch (error) {
      misses += 1;
      if (misses > MISSES_BORNE) {
        view.lost(sentence(error));
        return null;
      }
    }
    await new Promise((resolve) => window.setTimeout(resolve, POLL_MS));
  }
}

interface JobView {
  element: HTMLElement;
  show: (job: Job) => void;
  lost: (words: string) => void;
}

function jobView(id: string): JobView {
  const fill = h("i");
  const bar = h("div", { class: "progress", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": t("job.progress") }, fill);
  const words = h("p", { class: "job-words", role: "status" }, t("job.waiting"));
  const cancel = h("button", { type: "button", class: "button" }, t("cancel"));
  cancel.addEventListener("click", () => {
    cancel.disabled = true;
    ask(`/api/jobs/${encodeURIComponent(id)}/cancel`, { method: "POST" }).catch(tellError);
  });
  const show = (job: Job) => {
    fill.style.width = `${Math.round(job.share * 100)}%`;
    bar.setAttribute("aria-valuenow", String(Math.round(job.share * 100)));
    words.textContent = jobWords(job);
    words.classList.toggle("form-error", job.state === "failed");
    cancel.hidden = !["waiting", "running"].includes(job.state);
  };
  const lost = (reason: string) => {
    words.textContent = reason;
    words.classList.add("form-error");
  };
  return { element: h("div", { class: "job" }, bar, h("div", { class: "row job-line" }, words, cancel)), show, lost };
}

/** Say how a job stands. */
export function jobWords({ state, share: done, message, error }: Job): string {
  if (state === "failed") return typeof error === "string" ? error : (error?.message ?? t("job.failed"));
  if (state === "running") return [share(done, 0), message].filter(Boolean).join(" · ");
  return { waiting: t("job.waiting"), done: t("job.done"), cancelled: t("job.cancelled") }[state];
}
