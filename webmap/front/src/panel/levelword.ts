// The word for a unit's level beside its name, left out where the name already ends with it: 石桥村, not 石桥村 村;
// and 青石镇, not 青石镇 乡镇.

/** Give the word, or "" where it would be said twice. */
export function levelWord(name: string, level: string | undefined): string {
  const last = [...name].at(-1);
  return !level || (last !== undefined && level.includes(last) && /\p{Script=Han}/u.test(last)) ? "" : level;
}
