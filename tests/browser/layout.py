"""Finds what a reader would call broken on a page: words cut off, words over words, pages wider than the screen."""

from __future__ import annotations

from playwright.sync_api import Page

_FIND = """
() => {
  const told = [];
  const words = (node) => node.textContent.trim().replace(/\\s+/g, " ").slice(0, 40);
  const path = (e) => [e.tagName.toLowerCase(), ...(e.id ? [`#${e.id}`] : []), ...e.classList].join(".");
  const hides = (style, axis) => ["hidden", "clip", "auto", "scroll"].includes(style[`overflow${axis}`]);
  const forEars = (e) => e.closest(".reader, .skip, noscript, .maplibregl-canvas-container, [hidden]") !== null;
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) told.push(`the page is ${wide} px wide on a screen of ${innerWidth}`);

  const open = document.querySelector("dialog[open]") ?? document.body;
  const walker = document.createTreeWalker(open, NodeFilter.SHOW_TEXT);
  const boxes = [];
  const cutNow = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || ["SCRIPT", "STYLE", "OPTION"].includes(parent.tagName) || forEars(parent)) continue;
    if (parent.closest(".toasts")) continue; // what pops up lies over the page for as long as it is read
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    // Cut: a box that hides what overflows it, and does not let it be scrolled to.
    for (let e = parent; e && e !== document.body; e = e.parentElement) {
      const style = getComputedStyle(e);
      const { scrollWidth, scrollHeight, clientWidth, clientHeight } = e;
      const across = ["hidden", "clip"].includes(style.overflowX) && scrollWidth > clientWidth + 1;
      const down = ["hidden", "clip"].includes(style.overflowY) && scrollHeight > clientHeight + 2;
      if ((across || down) && !cutNow.has(e) && clientWidth > 0 && clientHeight > 0 && !e.querySelector("canvas")) {
        cutNow.add(e);
        const sizes = `${scrollWidth}x${scrollHeight} in ${clientWidth}x${clientHeight}`;
        told.push(`cut: "${words(node)}" in ${path(e)} (${sizes})`);
      }
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      let { left, top, right, bottom } = rect;
      for (let e = parent; e && e !== document.body; e = e.parentElement) {
        const style = getComputedStyle(e);
        const frame = e.getBoundingClientRect();
        if (hides(style, "X")) [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
        if (hides(style, "Y")) [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
        if (style.position === "fixed") break;
      }
      [left, right] = [Math.max(left, 0), Math.min(right, innerWidth)];
      [top, bottom] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
      if (right - left < 3 || bottom - top < rect.height * 0.7) continue;
      const topmost = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (!topmost || !(topmost.contains(parent) || parent.contains(topmost))) continue;
      // The em box is higher than the ink: a fifth of it on each side is air.
      const air = (bottom - top) * 0.2;
      boxes.push({ node, left, right, top: top + air, bottom: bottom - air });
    }
  }
  boxes.forEach((one, at) => {
    for (const other of boxes.slice(at + 1)) {
      if (one.node === other.node) continue;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 2 && down > 2) told.push(`overlap: "${words(one.node)}" and "${words(other.node)}"`);
    }
  });
  return told;
}
"""

# Links inside a line of words (the way down to a unit) are as high as the line; the rest is for fingers.
_SMALL = """
(least) => {
  const pressed = "button, a.button, a.tool, summary, select, input, [role=tab], .tree-row, .menu-nav a";
  const exempt = ".reader, .skip, .maplibregl-ctrl, .chain";
  const told = [];
  for (const e of document.querySelectorAll(pressed)) {
    if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest(exempt)) continue;
    const target = e.matches("input[type=radio], input[type=checkbox]") ? (e.closest("label") ?? e) : e;
    const { width, height } = target.getBoundingClientRect();
    if (width === 0 || (height >= least - 0.5 && width >= least - 0.5)) continue;
    const name = (e.getAttribute("aria-label") ?? e.textContent).trim().slice(0, 20);
    told.push(`${e.tagName.toLowerCase()}.${[...e.classList].join(".")} "${name}" ${width | 0}x${height | 0}`);
  }
  return told;
}
"""


def faults(page: Page) -> list[str]:
    """Return what is cut, overlaps or runs out of the screen on a page, in words.

    What is gone a moment later was on its way in or out: a page is looked at again before it is blamed.
    """
    found: list[str] = page.evaluate(_FIND)
    for _ in range(3):
        if not found:
            break
        page.wait_for_timeout(400)
        found = page.evaluate(_FIND)
    return found


def small_targets(page: Page, least_px: int = 44) -> list[str]:
    """Return what can be pressed on a page and is smaller than a fingertip."""
    found: list[str] = page.evaluate(_SMALL, least_px)
    return found
