// A voice note instead of typing: at most a minute, recorded by the phone itself.
import { f } from "../i18n/field";
import { h } from "../ui/dom";
import { tell } from "../ui/toast";

const LONGEST_S = 60;
const BITS_PER_S = 24_000;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** Tell whether this browser can record. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && navigator.mediaDevices !== undefined && KINDS.some((kind) => MediaRecorder.isTypeSupported(kind));
}

/** Give a button that records and hands over what was said. */
export function voiceButton(done: (note: Blob, seconds: number) => void): HTMLElement {
  const button = h("button", { type: "button", class: "button" }, f("report.voice"));
  let recorder: MediaRecorder | null = null;
  button.addEventListener("click", async () => {
    if (recorder) return recorder.stop();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return tell(f("report.no_voice"), "error");
    recorder = new MediaRecorder(stream, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind))!, audioBitsPerSecond: BITS_PER_S });
    const pieces: Blob[] = [];
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1000);
    const clock = window.setInterval(() => {
      button.textContent = f("report.voice_stop", { s: seconds() });
      if (seconds() >= LONGEST_S) recorder?.stop();
    }, 250);
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    recorder.addEventListener("stop", () => {
      window.clearInterval(clock);
      stream.getTracks().forEach((track) => track.stop());
      const note = new Blob(pieces, { type: recorder?.mimeType ?? "" });
      recorder = null;
      button.textContent = f("report.voice");
      if (note.size > 0) done(note, seconds());
    });
    recorder.start();
  });
  return button;
}
