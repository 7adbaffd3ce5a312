// The word for a unit's level beside its name, left out where the name already ends with it: 石桥村, not 石桥村 村.

/** Give the word, or "" where it would be said twice. */
export function levelWord(name: string, level: string | undefined): string {
  return !level || name.endsWith(level) ? "" : level;
}
