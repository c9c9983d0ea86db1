// The list of conversations: fetched again every few seconds, so that it outlives restarts of whatever answers.
import { get, post } from "./desk.js";

const EVERY = 3000;
const list = document.getElementById("list");
const duty = document.getElementById("duty");
const problem = document.getElementById("problem");

function trouble(error) {
  problem.hidden = !error;
  problem.textContent = error ? error.message : "";
}

async function refresh() {
  try {
    const html = await get("/desk/chats/list", { view: list.dataset.view, insert: list.dataset.insert });
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (html !== list.dataset.html) {
      list.dataset.html = html;
      list.innerHTML = html;
    }
    if (focused) [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
    trouble(null);
  } catch (error) {
    trouble(error);
  }
}

async function again() {
  if (!document.hidden || duty.getAttribute("aria-pressed") === "true") await refresh();
  setTimeout(again, EVERY);
}

duty.addEventListener("click", async () => {
  const on = duty.getAttribute("aria-pressed") !== "true";
  try {
    await post("/desk/presence", { on_duty: on });
    duty.setAttribute("aria-pressed", String(on));
    duty.textContent = on ? "在岗" : "离开";
    duty.classList.toggle("primary", on);
    await refresh();
  } catch (error) {
    trouble(error);
  }
});

setTimeout(again, EVERY);
