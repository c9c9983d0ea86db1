// Tickets of this session as cards: below the reply that speaks of them and in the list, each showing how it stands now.

import { dropContact, tickets as fetchTickets } from "./api.js";
import { button, make } from "./view.js";
import { fill, language, words } from "./words.js";

const NUMBER = /HS-\d{6}-\d{5}/g;
const EVERY_MS = 30000;
const SCORES = Object.entries(words.scores);

let known = new Map();
let choose = () => {};
let looking = null;

const opener = document.getElementById("tickets");
const list = document.getElementById("ticket-list");

// Begin: a first look for a session that has tickets already, then one now and then while there are any.
export function begin(say) {
  choose = (text) => {
    list.close();
    say(text);
  };
  opener.addEventListener("click", showList);
  setInterval(() => { if (known.size && !document.hidden) refresh(); }, EVERY_MS);
  return refresh();
}

// Several that want to know at once share one look.
export function refresh() {
  looking ??= look().finally(() => { looking = null; });
  return looking;
}

async function look() {
  const found = await fetchTickets();
  if (!found.ok) return false;
  known = new Map(found.tickets.map((ticket) => [ticket.number, ticket]));
  opener.hidden = !known.size;
  for (const card of document.querySelectorAll(".card[data-number]")) {
    const ticket = known.get(card.dataset.number);
    if (ticket) update(card, ticket);
  }
  return true;
}

// A reply that names tickets of this session shows them; its own words are there already.
export async function attach(turn, text) {
  const numbers = [...new Set(text.match(NUMBER) ?? [])];
  if (!numbers.length) return;
  await refresh();
  const shown = numbers.filter((number) => known.has(number)).map((number) => card(known.get(number)));
  if (!shown.length) return;
  turn.querySelector(".bubble").after(...shown);
  if (!turn.nextElementSibling) turn.scrollIntoView({ block: "nearest" });
}

async function showList() {
  const fresh = await refresh();
  const place = document.getElementById("ticket-cards");
  const none = make("p", { text: fresh ? words.no_tickets : words.tickets_away });
  place.replaceChildren(...(known.size ? [...known.values()].map(card) : [none]));
  list.showModal();
}

function card(ticket) {
  const made = make("section", { class: "card", "data-number": ticket.number, "aria-label": `${words.ticket} ${ticket.number}` });
  update(made, ticket);
  return made;
}

// Nothing is touched when nothing is new: a focus inside stays where it is.
function update(card, ticket) {
  const print = JSON.stringify(ticket);
  if (card.dataset.print === print) return;
  card.dataset.print = print;
  const focused = card.contains(document.activeElement) ? document.activeElement.dataset.act : "";
  card.replaceChildren(...heading(ticket), facts(ticket), ...acts(ticket));
  if (focused) (card.querySelector(`[data-act="${focused}"]`) ?? card.querySelector("button"))?.focus();
}

function heading(ticket) {
  return [
    make("p", { class: "card-number", text: `${words.ticket} ${ticket.number}` }),
    make("p", { class: `card-state ${ticket.open ? "open" : "ended"}`, text: words.states[ticket.state] ?? ticket.state }),
  ];
}

function facts(ticket) {
  const rows = [
    [words.matter, ticket.problem],
    [words.place, ticket.place],
    [words.unit, ticket.department || words.unassigned],
    [words.due, ticket.open ? dueWords(ticket) : ""],
    [words.reply, ticket.reply],
  ];
  const table = make("dl", { class: "card-facts" });
  for (const [name, text] of rows) if (text) table.append(make("dt", { text: name }), make("dd", { text }));
  const at = shown(ticket.updated ?? ticket.created, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const small = [fill(words.updated, { time: at }), ticket.urged ? fill(words.urged, { count: ticket.urged }) : ""];
  table.append(make("dd", { class: "card-small", text: small.filter(Boolean).join(" · ") }));
  return table;
}

function dueWords(ticket) {
  const by = fill(words.due_by, { date: shown(ticket.due, { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }) });
  return by + (ticket.provisional ? words.provisional : "");
}

const shown = (moment, form) => new Intl.DateTimeFormat(language, { timeZone: "Asia/Shanghai", ...form }).format(new Date(moment));

function acts(ticket) {
  const { number } = ticket;
  const row = make("div", { class: "choices", role: "group", "aria-label": fill(words.actions, { number }) });
  const add = (act, text, said) => row.append(button(text, () => choose(fill(said, { number })), { "data-act": act }));
  if (ticket.can.includes("urge")) add("urge", words.urge, words.say_urge);
  if (ticket.can.includes("withdraw")) add("withdraw", words.withdraw, words.say_withdraw);
  if (ticket.can.includes("rate")) {
    row.append(make("span", { text: words.rate }));
    for (const [score, title] of SCORES) add(score, title, fill(words.say_score, { score: title, number }));
  }
  if (ticket.can.includes("drop_contact")) row.append(eraser(number, row));
  return row.childElementCount ? [row] : [];
}

// Asked twice: what is deleted is gone.
function eraser(number, row) {
  const told = make("span", { class: "card-small", role: "status" });
  const made = button(words.drop_contact, async () => {
    if (made.textContent !== words.drop_contact_sure) {
      made.textContent = words.drop_contact_sure;
      return;
    }
    const done = await dropContact(number);
    const key = done.ok ? (done.dropped ? "contact_dropped" : "contact_none") : done.error?.code;
    told.textContent = words.notices?.[key] ?? done.text ?? done.error?.message ?? words.not_kept;
    row.append(told);
    if (done.ok) made.remove();
  }, { "data-act": "drop_contact" });
  return made;
}
