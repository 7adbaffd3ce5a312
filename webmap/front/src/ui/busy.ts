// A thin line at the top of the page while the server is being asked, so that every gesture is answered at once.

let pending = 0;
let bar: HTMLElement | null = null;

/** Mark one request as begun; call what it gives when the request ends. */
export function busy(): () => void {
  pending += 1;
  show();
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    pending -= 1;
    show();
  };
}

function show(): void {
  if (typeof document === "undefined") return;
  if (!bar) {
    bar = document.createElement("div");
    bar.className = "busy-line";
    bar.setAttribute("aria-hidden", "true");
    document.body.append(bar);
  }
  bar.classList.toggle("on", pending > 0);
}
