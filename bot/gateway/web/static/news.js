// News of tickets and topics: fetched while somebody looks at the page, shown like any reply of the assistant.

import { make } from "./view.js";

const EVERY_MS = 30000;
const KEY = "news"; // the messages that were shown and not yet reported as shown; a reload must not show them again

// The reply, whatever its status; null when there was none.
export async function call(path, body) {
  try {
    const response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: body && JSON.stringify(body),
    });
    return { ok: response.ok, ...(await response.json()) };
  } catch {
    return null; // no network: the next look may have more luck
  }
}

export function stopButton({ title, token }) {
  const button = make("button", { type: "button", text: title });
  button.addEventListener("click", async () => {
    button.disabled = true;
    const done = await call("/api/unfollow", { token });
    button.textContent = done?.ok ? "已停止" : title;
    button.disabled = Boolean(done?.ok);
  });
  return make("div", { class: "choices" }, button);
}

async function look(showTurn, makeTurn) {
  if (document.hidden) return;
  const data = await call(`/api/news?seen=${sessionStorage.getItem(KEY) ?? ""}`);
  if (!data?.ok) return; // it may have got there or not: the same is reported again
  sessionStorage.setItem(KEY, data.news.map((letter) => letter.id).join(","));
  for (const letter of data.news) {
    const turn = makeTurn(letter);
    if (letter.stop) turn.append(stopButton(letter.stop));
    showTurn(turn);
  }
}

// Looks now and then, and at once when somebody comes back to the page. One look at a time, or two could show the same.
export function watch(showTurn, makeTurn) {
  let looking = false;
  const once = async () => {
    if (looking) return;
    looking = true;
    await look(showTurn, makeTurn);
    looking = false;
  };
  setInterval(once, EVERY_MS);
  document.addEventListener("visibilitychange", once);
  once();
}
