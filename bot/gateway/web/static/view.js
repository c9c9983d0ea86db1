// Builds what the log shows. Text only ever goes through textContent; links are made here and stay on this site.

import { sourceList } from "./sources.js";
import { listenButton } from "./speech.js";
import { fill, words } from "./words.js";

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function button(text, press, attributes = {}) {
  const node = make("button", { type: "button", text, ...attributes });
  node.addEventListener("click", () => press(node));
  return node;
}

export function userTurn(text) {
  return make("div", { class: "turn user" }, hidden(words.you_said), make("div", { class: "bubble", text }));
}

export function thinkingTurn() {
  return make("div", { class: "turn bot thinking", "aria-hidden": "true" }, make("div", { class: "bubble", text: words.thinking }));
}

// One reply: of the assistant, or of a person, who is named.
export function botTurn(reply, choose) {
  const person = reply.speaker?.kind === "operator";
  const turn = make("div", { class: `turn bot ${person ? "operator" : manner(reply)}` });
  if (person) turn.append(make("div", { class: "speaker", text: fill(words.operator_said, { name: reply.speaker.name }) }));
  else turn.append(hidden(words.bot_said));
  const text = spoken(reply);
  turn.append(make("div", { class: "bubble", text }));
  const sources = sourceList(reply.answer?.citations ?? [], make);
  if (sources) turn.append(sources);
  if (reply.buttons?.length) turn.append(choices(reply, choose));
  const tail = make("div", { class: "tail" });
  const listen = listenButton(text, button);
  if (listen) tail.append(listen);
  turn.append(tail);
  return turn;
}

function manner(reply) {
  if (reply.answer?.status === "emergency") return "urgent";
  return reply.notice === "forms_unavailable" ? "quiet" : "plain";
}

export function troubleTurn(text, again) {
  const turn = make("div", { class: "turn bot trouble" }, make("div", { class: "bubble", text }));
  turn.append(button(words.retry, () => again(), { class: "again" }));
  return turn;
}

export function aside(text) {
  return make("div", { class: "aside", text });
}

// In the page's language where the gateway itself speaks; the links say the same as the answer's own source lines.
function spoken(reply) {
  const own = words.notices[reply.notice];
  if (own) return fill(own, reply.values ?? {});
  if (!reply.answer?.citations.length) return reply.text;
  return reply.text.split("\n").filter((line) => !/^(来源：|Source: )/.test(line)).join("\n");
}

function hidden(text) {
  return make("span", { class: "hidden", text });
}

// Choices of a question that was asked go with the next message; a suggested question stays good.
function choices(reply, choose) {
  const row = make("div", { class: reply.answer ? "choices" : "choices passing" });
  for (const { title, message } of reply.buttons) row.append(button(title, () => choose(message)));
  return row;
}
