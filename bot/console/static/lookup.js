// Look up while typing: debounced, older requests cancelled, everything from the keyboard.
import { get } from "/desk/static/desk.js";
import { copied, put, textOf } from "/desk/static/lookup_view.js";

const PAUSE = 120; // ms without a key before sentences are asked for
const REST = 400; // and before an answer is
const form = document.getElementById("look");
const box = document.getElementById("q");
const list = document.getElementById("found");
const state = document.getElementById("state");
const previousChip = document.getElementById("previous");
const keys = document.getElementById("keys");
const typist = crypto.getRandomValues(new Uint32Array(3)).join("-");

let items = []; // what is shown, the answer first
let picked = 0;
let previous = ""; // the question before, for «2020»
let turn = 0;
let timer = 0;
let resting = 0;
let asking = null;

function values() {
  return { ...Object.fromEntries(new FormData(form)), previous, typist, turn };
}

function clear(words = "") {
  items = [];
  put.list(list, items, 0);
  put.detail(null);
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  state.textContent = words;
}

async function look(quick = false) {
  clearTimeout(resting);
  asking?.abort();
  if (!box.value.trim()) return clear();
  asking = new AbortController();
  const mine = (turn += 1);
  try {
    const found = await get("/desk/lookup", { ...values(), quick: quick ? 1 : "" }, asking.signal);
    if (mine !== turn) return;
    take(put.items(found));
    state.textContent = quick ? `${items.length} 条…` : told(found);
    if (quick) resting = setTimeout(look, REST - PAUSE);
  } catch (error) {
    if (error.name === "AbortError" || error.code === "superseded" || mine !== turn) return;
    clear(error.message);
  }
}

/** Show them; what somebody has picked by hand stays picked. */
function take(fresh) {
  const chosen = picked ? textOf(items[picked]) : "";
  items = fresh;
  picked = Math.max(0, chosen ? items.findIndex((item) => textOf(item) === chosen) : 0);
  show();
}

function told(found) {
  if (!items.length) return "资料里没有查到，换个说法或放宽筛选";
  return found.answer?.refused ? `没有现成的答案；最相近的 ${items.length} 条，请看清再用` : `${items.length} 条`;
}

function soon() {
  clearTimeout(timer);
  asking?.abort();
  clearTimeout(resting);
  picked = 0;
  timer = setTimeout(() => look(true), PAUSE);
}

function show() {
  put.list(list, items, picked);
  put.detail(items[picked] ?? null);
  box.setAttribute("aria-expanded", String(items.length > 0));
  if (items.length) box.setAttribute("aria-activedescendant", `found-${picked}`);
  list.querySelector(`#found-${picked}`)?.scrollIntoView({ block: "nearest" });
}

function move(by) {
  if (!items.length) return;
  picked = Math.min(items.length - 1, Math.max(0, picked + by));
  show();
}

async function copy() {
  const item = items[picked];
  if (!item) return;
  state.textContent = (await copied(textOf(item))) ? "已复制，带出处" : "浏览器不让复制，请选中后手动复制";
  follow(box.value.trim());
  box.select(); // the next key begins the next question
}

function follow(question) {
  previous = question;
  previousChip.hidden = !question;
  previousChip.textContent = question ? `接着问：${question}` : "";
}

function reply() {
  const item = items[picked];
  if (!item) return;
  const chat = form.dataset.chat || sessionStorage.getItem("desk.chat");
  const into = chat ? `/desk/chats/${encodeURIComponent(chat)}` : "/desk/chats";
  location.assign(`${into}?insert=${encodeURIComponent(textOf(item))}`);
}

function onKey(event) {
  if (event.isComposing) return; // Enter that picks a word of the input method is no Enter
  const key = event.key;
  if (key === "ArrowDown" || key === "ArrowUp") move(key === "ArrowDown" ? 1 : -1);
  else if (key === "Enter" && (event.ctrlKey || event.metaKey)) reply();
  else if (key === "Enter") {
    if (!items.length) look();
    else copy();
  } else if (key === "Escape" && !keys.open) {
    if (!box.value) follow("");
    box.value = "";
    turn += 1;
    clear();
  } else if (event.altKey && key.toLowerCase() === "o") document.getElementById("open").click();
  else if (key === "?" && !box.value) keys.showModal();
  else return;
  event.preventDefault();
}

box.addEventListener("keydown", onKey);
box.addEventListener("input", (event) => event.isComposing || soon());
box.addEventListener("compositionend", soon);
form.addEventListener("change", (event) => event.target !== box && look());
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "?") keys.showModal();
});
list.addEventListener("click", (event) => {
  const row = event.target.closest("li");
  if (!row) return;
  picked = Number(row.id.slice(6));
  show();
  box.focus();
});
document.getElementById("copy").addEventListener("click", copy);
document.getElementById("reply").addEventListener("click", reply);
document.getElementById("keys-open").addEventListener("click", () => keys.showModal());
if (box.value) look();
