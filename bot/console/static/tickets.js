// Keys for the ticket desk. Without this script every link and form works all the same.

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("#rows .open")];
const help = document.getElementById("shortcuts");

function move(by) {
  const links = rows();
  if (!links.length) return;
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => row?.contains(link));
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next].focus();
}

function tick() {
  const box = document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]");
  if (box) box.click();
  return Boolean(box);
}

function open(step) {
  step.open = true;
  const first = step.querySelector("textarea, select, input:not([type=hidden]), button");
  first?.focus();
  if (first instanceof HTMLInputElement) first.select();
}

function fold() {
  const step = document.querySelector("details.step[open]");
  if (!step) return;
  step.open = false;
  step.querySelector("summary").focus();
}

function press(key) {
  if (key === "?") return help?.showModal();
  if (key === "j") return move(1);
  if (key === "k" && rows().length) return move(-1);
  if (key === "x" && tick()) return undefined;
  if (key === "/") return document.getElementById("search")?.focus();
  if (key === "u") return document.getElementById("back")?.click();
  const step = document.querySelector(`details.step[data-key="${CSS.escape(key)}"]`);
  return step ? open(step) : false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || help?.open) return;
  if (event.key === "Escape") fold();
  else if (event.key.length === 1 && !typing(event.target) && press(event.key) !== false) event.preventDefault();
});

// A conflict or a refusal: what was written is still there, and that is where to go on.
const opened = document.querySelector("details.step[open]");
if (opened) open(opened);

// The same form must not go out twice by a double click; its key would make it harmless, but the page would jump.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent && !form.action.endsWith("/export")) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
