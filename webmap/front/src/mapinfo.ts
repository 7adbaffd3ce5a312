// What every page with a map begins with: the county, its levels and rules, from /api/map.
import { ask } from "./api";
import { say } from "./i18n/index";
import { pageData } from "./pagedata";
import { type Level, LEVELS, type MapInfo } from "./wire";

/** Ask for it. A county names its levels in Chinese; the English pages use the dictionary's names. */
export async function fetchMapInfo(): Promise<MapInfo> {
  const info = await ask<MapInfo>("/api/map");
  if (pageData.lang !== "en") return info;
  const levels = Object.fromEntries(LEVELS.map((level) => [level, say("level", level)])) as Record<Level, string>;
  return { ...info, levels };
}
