// The conversation: one question at a time, each ending in replies or in something to retry.

import { forget, history, newId, restart, say } from "./api.js";
import { attach, begin as beginCards } from "./cards.js";
import { showDesk, withPerson } from "./desk.js";
import { offer } from "./follow.js";
import { arrived, setSeen, setUnderway, underway } from "./kept.js";
import { lookSoon, noteShown, stopButton, watch } from "./news.js";
import { askOpinion } from "./opinion.js";
import { dialogs, menu, toggles, wayOut } from "./tools.js";
import { aside, botTurn, thinkingTurn, troubleTurn, userTurn } from "./view.js";
import { words } from "./words.js";

const SLOW_MS = 5000;

const log = document.getElementById("log");
const form = document.getElementById("form");
const field = document.getElementById("message");
const send = document.getElementById("send");
const state = document.getElementById("state");
const greeting = log.firstElementChild.cloneNode(true);

let waiting = false;

function show(turn) {
  log.append(turn);
  turn.scrollIntoView({ block: "nearest" });
  return turn;
}

function setWaiting(on) {
  waiting = on;
  // Not "disabled": that would throw the keyboard focus off the button.
  send.setAttribute("aria-disabled", String(on));
  state.textContent = on ? words.sending : "";
}

async function ask(text, turn, id) {
  if (waiting) return;
  setWaiting(true);
  setUnderway({ text, id });
  const thinking = thinkingTurn();
  if (!withPerson()) show(thinking);
  const slow = setTimeout(() => { state.textContent = words.slow; }, SLOW_MS);
  const result = await say(text, id);
  clearTimeout(slow);
  thinking.remove();
  setWaiting(false);
  if (result.lost || result.retry) fail(result, text, turn, id);
  else answer(result, turn, id);
}

function fail(result, text, turn, id) {
  const told = (result.replies ?? []).map((reply) => spokenNotice(reply, result)).join("\n");
  const trouble = troubleTurn(told || words.lost, () => {
    trouble.remove();
    field.focus();
    ask(text, turn, id);
  });
  show(trouble);
}

// A sentence of the gateway in the page's language, with the seconds it names.
function spokenNotice(reply, result) {
  const own = botTurn({ ...reply, values: { seconds: result.retry?.after ?? "" } }, () => {});
  return own.querySelector(".bubble").textContent;
}

function answer(result, turn, id) {
  arrived();
  if (result.masked) turn.append(aside(words.masked));
  showDesk(result.desk);
  if (result.desk) lookSoon();
  if (result.desk?.state === "human" && !result.replies.length) turn.append(aside(words.with_operator));
  turn.scrollIntoView({ block: "nearest" });
  const turns = replyTurns(result.replies, id, false);
  log.append(...turns);
  // A long answer is read from its beginning.
  turns[0]?.scrollIntoView({ block: turns[0].offsetHeight > log.clientHeight * 0.7 ? "start" : "nearest" });
  if (turns.length > 1) turns.at(-1).scrollIntoView({ block: "nearest" });
}

function replyTurns(replies, id, rated) {
  const turns = replies.map((reply) => botTurn(reply, submit));
  turns.forEach((turn, i) => attach(turn, replies[i].text));
  const answered = replies.findLastIndex((reply) => reply.answer && reply.answer.status !== "emergency");
  if (answered >= 0 && id && !rated) askOpinion(turns[answered], id);
  return turns;
}

function submit(text) {
  const said = text.trim();
  if (!said || waiting) return;
  log.querySelectorAll(".choices.passing").forEach((row) => row.remove());
  ask(said, show(userTurn(said)), newId());
}

function letterTurn(letter) {
  const turn = botTurn(letter, submit);
  if (letter.stop) turn.append(stopButton(letter.stop));
  attach(turn, letter.text);
  return turn;
}

// What was said before the page was opened again; not read out, it is known.
async function recall() {
  const turns = (await history()).turns ?? [];
  const again = turns.flatMap((turn) => (turn.letter ? [letterTurn(turn.letter)] : [userTurn(turn.said), ...replyTurns(turn.replies, turn.id, turn.rated)]));
  turns.forEach((turn) => { if (turn.letter) noteShown(turn.letter.id); });
  again.slice(0, -1).forEach((turn) => turn.querySelectorAll(".choices.passing").forEach((row) => row.remove()));
  if (again.length) again.push(aside(words.earlier));
  log.setAttribute("aria-live", "off");
  log.firstElementChild.after(...again);
  log.lastElementChild.scrollIntoView({ block: "nearest" });
  setTimeout(() => log.setAttribute("aria-live", "polite"));
  const message = underway();
  if (message && turns.some((turn) => turn.id === message.id)) arrived();
  else if (message) fail({}, message.text, show(userTurn(message.text)), message.id);
}

function empty(replies) {
  log.replaceChildren(greeting.cloneNode(true));
  arrived();
  showDesk(null);
  replies.forEach((reply) => show(botTurn(reply, submit)));
  field.focus();
}

function fit() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 4}px`;
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
  const said = event.target.closest("[data-say]")?.dataset.say;
  if (said) submit(said);
});
document.getElementById("restart").addEventListener("click", async () => {
  if (waiting) return;
  const result = await restart();
  if (result.ok) empty([]);
  else show(botTurn(result.lost ? { text: words.lost } : result.replies[0]));
});
document.getElementById("forget").addEventListener("click", () => document.getElementById("forgetting").showModal());
document.getElementById("forget-now").addEventListener("click", async () => {
  const result = await forget();
  document.getElementById("forgetting").close();
  if (result.forgotten) {
    setSeen([]);
    empty(result.replies ?? []);
  } else {
    show(botTurn({ text: words.not_forgotten }));
  }
});

dialogs();
menu();
wayOut();
toggles(() => log.lastElementChild.scrollIntoView({ block: "nearest" }));
offer((reply) => show(botTurn(reply, submit)));
beginCards(submit);
await recall();
watch((letter) => show(letterTurn(letter)));
