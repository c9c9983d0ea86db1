// One conversation. What is sent keeps its key until it has arrived, so that sending again says nothing twice.
import { get, post } from "./desk.js";

const EVERY = 2000;
const chat = document.getElementById("chat");
const log = document.getElementById("log");
const lines = document.getElementById("lines");
const words = document.getElementById("words");
const problem = document.getElementById("problem");
const sure = document.getElementById("sure");
const to = document.getElementById("to");
const path = `/desk/chats/${encodeURIComponent(chat.dataset.name)}`;
let waiting = null; // {kind, text, key} of words that may or may not have arrived
let fetching = Promise.resolve();

function trouble(error) {
  problem.hidden = !error;
  problem.textContent = error ? error.message : "";
}

function stand(mine, state) {
  Object.assign(chat.dataset, { mine: mine ? "yes" : "no", state });
  document.getElementById("send").disabled = !mine;
  for (const button of chat.querySelectorAll("[data-act]")) {
    button.hidden = button.dataset.act === "claim" ? mine || state === "human" || state === "closed" : !mine;
  }
  document.getElementById("transfer").hidden = !mine;
  if (mine) sessionStorage.setItem("desk.chat", chat.dataset.name);
}

function offer(colleagues) {
  const known = [...to.options].map((option) => option.value).join();
  if (known === colleagues.map((one) => one.id).join()) return;
  document.getElementById("handing").hidden = colleagues.length === 0;
  document.getElementById("alone").hidden = colleagues.length > 0;
  const picked = to.value;
  to.replaceChildren(...colleagues.map((one) => new Option(one.name, one.id, false, one.id === picked)));
}

async function fetchNews() {
  const found = await get(`${path}/news`, { after: chat.dataset.length });
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const fresh = document.createElement("template");
  fresh.innerHTML = found.said;
  for (const line of fresh.content.querySelectorAll("li")) {
    if (!document.getElementById(line.id)) lines.append(line);
  }
  chat.dataset.length = found.length;
  const head = document.getElementById("head");
  if (head.innerHTML !== found.head) head.innerHTML = found.head;
  offer(found.colleagues);
  stand(found.mine, found.state);
  if (near) log.scrollTop = log.scrollHeight;
}

// One after the other: two replies that overtake each other would show old after new.
function refresh() {
  fetching = fetching.then(fetchNews).then(() => trouble(null), trouble);
  return fetching;
}

async function again() {
  await refresh();
  setTimeout(again, EVERY);
}

function confirmed(message) {
  document.getElementById("sure-text").textContent = message;
  sure.showModal();
  return new Promise((resolve) => {
    sure.addEventListener("close", () => resolve(sure.returnValue === "send"), { once: true });
  });
}

async function speak(kind, certain = false) {
  const text = words.value.trim();
  if (!text) return;
  if (waiting?.text !== text || waiting.kind !== kind) waiting = { kind, text, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
  const body = { text, key: waiting.key, confirmed: certain };
  try {
    await post(`${path}/${kind}`, body);
    waiting = null;
    words.value = "";
    await refresh();
    words.focus();
  } catch (error) {
    if (error.code === "unproved" && (await confirmed(error.message))) return speak(kind, true);
    if (error.code === "unproved") words.focus();
    else trouble(error);
  }
}

async function act(kind, body = {}) {
  try {
    await post(`${path}/${kind}`, body);
    await refresh();
    if (kind === "claim") words.focus();
  } catch (error) {
    await refresh();
    trouble(error);
  }
}

async function advise() {
  const told = document.getElementById("advice");
  const source = document.getElementById("advice-source");
  const use = document.getElementById("use");
  told.textContent = "正在查…";
  source.textContent = "";
  use.hidden = true;
  try {
    const { suggestion } = await get(`${path}/advice`);
    told.textContent = suggestion ? suggestion.text : "资料里没有能回答这句话的。";
    const [first] = suggestion?.citations ?? [];
    if (first) source.textContent = `出处：《${first.title}》（${first.published.slice(0, 4)}年）`;
    use.hidden = !suggestion;
    use.onclick = () => insert(suggestion.text);
  } catch (error) {
    told.textContent = error.message;
  }
}

function insert(text) {
  words.value = words.value.trim() ? `${words.value.trimEnd()}\n${text}` : text;
  words.focus();
}

document.getElementById("say").addEventListener("submit", (event) => {
  event.preventDefault();
  speak("say");
});
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    event.preventDefault();
    speak("say");
  }
});
document.getElementById("note").addEventListener("click", () => speak("note"));
document.getElementById("advise").addEventListener("click", advise);
document.getElementById("transfer").addEventListener("submit", (event) => {
  event.preventDefault();
  act("transfer", { to: to.value });
});
for (const button of chat.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => act(button.dataset.act));
}
for (const button of chat.querySelectorAll(".quick")) {
  button.addEventListener("click", () => insert(button.dataset.text));
}
stand(chat.dataset.mine === "yes", chat.dataset.state);
log.scrollTop = log.scrollHeight;
if (words.value) words.focus();
setTimeout(again, EVERY);
