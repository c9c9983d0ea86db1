// The conversation: one question at a time, each ending in replies or in something to retry.

import { newId, restart, say } from "./api.js";
import { offer } from "./follow.js";
import { watch } from "./news.js";
import { aside, botTurn, thinkingTurn, troubleTurn, userTurn } from "./view.js";

const SLOW_MS = 5000;
const LOST = "没有连上，这句话可能没有送到。请看看网络，再点「重试」；着急请拨打81890。";

const log = document.getElementById("log");
const form = document.getElementById("form");
const field = document.getElementById("message");
const send = document.getElementById("send");
const state = document.getElementById("state");
const large = document.getElementById("large");
const greeting = log.firstElementChild.cloneNode(true);

let waiting = false;

function show(turn) {
  log.append(turn);
  turn.scrollIntoView({ block: "nearest" });
}

function setWaiting(on) {
  waiting = on;
  // Not "disabled": that would throw the keyboard focus off the button.
  send.setAttribute("aria-disabled", String(on));
  state.textContent = "";
}

async function ask(text, turn, id = newId()) {
  if (waiting) return;
  setWaiting(true);
  const thinking = thinkingTurn();
  show(thinking);
  const slow = setTimeout(() => { state.textContent = "还在查，请再等一会儿…"; }, SLOW_MS);
  const result = await say(text, id);
  clearTimeout(slow);
  thinking.remove();
  setWaiting(false);
  answer(result, text, turn, id);
}

function answer(result, text, turn, id) {
  if (result.lost || result.retry) {
    const words = result.lost ? LOST : result.replies.map((reply) => reply.text).join("\n");
    const trouble = troubleTurn(words, () => {
      trouble.remove();
      field.focus();
      ask(text, turn, id);
    });
    show(trouble);
    return;
  }
  if (result.masked) turn.append(aside("为保护您的隐私，号码已经隐去；只有您同意登记，才会加密留下。"));
  const turns = result.replies.map((reply) => botTurn(reply, submit));
  turns.forEach((each) => log.append(each));
  // A long answer is read from its beginning.
  turns[0]?.scrollIntoView({ block: turns[0].offsetHeight > log.clientHeight * 0.7 ? "start" : "nearest" });
  turns.at(-1)?.lastElementChild.scrollIntoView({ block: "nearest" });
}

function submit(text) {
  const words = text.trim();
  if (!words || waiting) return;
  const turn = userTurn(words);
  show(turn);
  ask(words, turn);
}

function fit() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 4}px`;
}

function setLarge(on) {
  document.documentElement.classList.toggle("large", on);
  large.setAttribute("aria-pressed", String(on));
  log.lastElementChild.scrollIntoView({ block: "nearest" });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (waiting || !field.value.trim()) return;
  submit(field.value);
  field.value = "";
  fit();
  field.focus();
});
field.addEventListener("input", fit);
field.addEventListener("keydown", (event) => {
  // Enter while an input method still composes only picks the characters.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
log.addEventListener("click", (event) => {
  const words = event.target.closest("[data-say]")?.dataset.say;
  if (words) submit(words);
});
document.getElementById("restart").addEventListener("click", async () => {
  if (waiting) return;
  const result = await restart();
  if (result.ok) log.replaceChildren(greeting.cloneNode(true));
  else show(botTurn({ text: result.lost ? LOST : result.replies[0].text }));
  field.focus();
});
large.addEventListener("click", () => {
  setLarge(!document.documentElement.classList.contains("large"));
  localStorage.setItem("large", String(document.documentElement.classList.contains("large")));
});
setLarge(localStorage.getItem("large") === "true");
watch(show, (letter) => botTurn(letter, submit));
offer(show, (reply) => botTurn(reply, submit));
