// A browser keeps few drawing contexts: the one of a map that has left the page is given back.

/** Call `left` once, when a box is on the page no more. */
export function watchLeaving(box: HTMLElement, left: () => void): void {
  const watch = new MutationObserver(() => {
    if (box.isConnected) return;
    watch.disconnect();
    left();
  });
  watch.observe(document.body, { childList: true, subtree: true });
}
