// News of tickets and topics, and what a person at the desk writes: fetched, shown like any reply.

import { news, unfollow } from "./api.js";
import { showDesk, withPerson } from "./desk.js";
import { seen, setSeen } from "./kept.js";
import { button, make } from "./view.js";
import { words } from "./words.js";

const EVERY_MS = 30000;
const WITH_PERSON_MS = 3000;
const TITLE = document.title;

const shown = new Set(seen());
let soon = () => {};

// Somebody asked for a person just now: look at once.
export const lookSoon = () => soon();
export const noteShown = (id) => shown.add(id);

export function stopButton({ title, token }) {
  const made = button(title, async () => {
    made.disabled = true;
    const done = await unfollow(token);
    made.textContent = done.ok ? words.stopped : title;
    made.disabled = done.ok;
  });
  return make("div", { class: "choices" }, made);
}

async function look(showLetter) {
  if (document.hidden && !withPerson()) return;
  const data = await news(seen());
  if (!data.ok) return; // it may have got there or not: the same is reported again
  showDesk(data.desk);
  setSeen(data.news.map((letter) => letter.id));
  for (const letter of data.news) {
    if (shown.has(letter.id)) continue;
    shown.add(letter.id);
    showLetter(letter);
    if (document.hidden) document.title = words.new_message + TITLE;
  }
}

// Looks now and then, and at once when somebody comes back to the page. One look at a time, or two could show the same.
export function watch(showLetter) {
  let looking = false;
  let timer = 0;
  soon = async () => {
    if (looking) return;
    looking = true;
    clearTimeout(timer);
    await look(showLetter);
    looking = false;
    timer = setTimeout(soon, withPerson() ? WITH_PERSON_MS : EVERY_MS);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    document.title = TITLE;
    soon();
  });
  soon();
}
