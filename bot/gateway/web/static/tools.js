// The row of tools: type size, contrast, the menu, dialogs, and the way out of a frame.

import { setDisplay } from "./kept.js";

export function toggles(changed) {
  for (const name of ["large", "contrast"]) {
    const tool = document.getElementById(name);
    const root = document.documentElement;
    tool.setAttribute("aria-pressed", String(root.classList.contains(name)));
    tool.addEventListener("click", () => {
      const on = root.classList.toggle(name);
      tool.setAttribute("aria-pressed", String(on));
      setDisplay(name, on);
      changed();
    });
  }
}

export function menu() {
  const more = document.getElementById("more");
  const summary = more.querySelector("summary");
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    summary.focus();
  });
  more.addEventListener("click", (event) => { if (event.target.closest("button")) more.open = false; });
  document.addEventListener("click", (event) => { if (!more.contains(event.target)) more.open = false; });
  more.addEventListener("focusout", (event) => { if (event.relatedTarget && !more.contains(event.relatedTarget)) more.open = false; });
}

export function dialogs() {
  for (const close of document.querySelectorAll("dialog [data-close]")) {
    close.addEventListener("click", () => close.closest("dialog").close());
  }
  for (const dialog of document.querySelectorAll("dialog")) {
    // What opened it may stand in a menu that is shut by now: the keyboard must not lose its place.
    dialog.addEventListener("close", () => {
      const [at, more] = [document.activeElement, document.getElementById("more")];
      if (at === document.body || dialog.contains(at) || more.contains(at)) more.querySelector("summary").focus();
    });
  }
}

// The page that shows this one in a frame listens for it; the words hold nothing that could be spied on.
export function wayOut() {
  document.getElementById("leave")?.addEventListener("click", () => parent.postMessage("haishu:close", "*"));
  if (parent !== window) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open], #more[open]")) parent.postMessage("haishu:close", "*");
    });
  }
}
