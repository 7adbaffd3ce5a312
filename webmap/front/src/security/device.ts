// What this device is called in the list of those that stay signed in.

const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/i, "HarmonyOS"],
  [/Android/i, "Android"],
  [/iPhone/i, "iPhone"],
  [/iPad/i, "iPad"],
  [/Windows/i, "Windows"],
  [/Mac OS/i, "Mac"],
  [/Linux/i, "Linux"],
];
const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger/i, "WeChat"],
  [/Edg\//i, "Edge"],
  [/Firefox\//i, "Firefox"],
  [/Chrome\//i, "Chrome"],
  [/Safari\//i, "Safari"],
];

/** Name this device by its system and browser, as far as the browser tells. */
export function deviceName(agent: string = navigator.userAgent): string {
  const first = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(agent))?.[1];
  return [first(SYSTEMS), first(BROWSERS)].filter(Boolean).join(" · ") || "Web";
}
