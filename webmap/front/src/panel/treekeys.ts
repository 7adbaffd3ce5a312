// Keys in a tree, as the ARIA authoring practices describe them: arrows move and open, Home and End, Enter chooses.

type Toggle = (row: HTMLElement, open: boolean) => void;

function shown(root: HTMLElement): HTMLElement[] {
  const rows = [...root.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  return rows.filter((row) => !row.parentElement?.closest('[aria-expanded="false"]'));
}

function focus(root: HTMLElement, row: HTMLElement | null | undefined): void {
  if (!row) return;
  root.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
  row.setAttribute("tabindex", "0");
  row.focus();
}

function right(root: HTMLElement, row: HTMLElement, toggle: Toggle): void {
  if (row.getAttribute("aria-expanded") === "false") toggle(row, true);
  else focus(root, row.querySelector<HTMLElement>('[role="treeitem"]'));
}

function left(root: HTMLElement, row: HTMLElement, toggle: Toggle): void {
  if (row.getAttribute("aria-expanded") === "true") toggle(row, false);
  else focus(root, row.parentElement?.closest<HTMLElement>('[role="treeitem"]'));
}

/** Answer a key pressed in the tree. */
export function onTreeKey(event: KeyboardEvent, root: HTMLElement, toggle: Toggle): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>('[role="treeitem"]');
  if (!row) return;
  const rows = shown(root);
  const at = rows.indexOf(row);
  const acts: Record<string, () => void> = {
    ArrowDown: () => focus(root, rows[at + 1]),
    ArrowUp: () => focus(root, rows[at - 1]),
    ArrowRight: () => right(root, row, toggle),
    ArrowLeft: () => left(root, row, toggle),
    Home: () => focus(root, rows[0]),
    End: () => focus(root, rows.at(-1)),
    Enter: () => press(row),
    " ": () => press(row),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function press(row: HTMLElement): void {
  (row.classList.contains("tree-more") ? row : (row.firstElementChild as HTMLElement | null))?.click();
}
