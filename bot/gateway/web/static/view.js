// Builds what the log shows. Text only ever goes through textContent; links are made here and stay on this site.

const SHOWN_SOURCES = 3;

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function userTurn(text) {
  return make("div", { class: "turn user" }, hidden("您说："), make("div", { class: "bubble", text }));
}

export function thinkingTurn() {
  return make("div", { class: "turn bot thinking", "aria-hidden": "true" }, make("div", { class: "bubble", text: "正在查资料" }));
}

export function botTurn(reply, choose) {
  const turn = make("div", { class: `turn bot ${manner(reply)}` }, hidden("助手说："));
  turn.append(make("div", { class: "bubble", text: spoken(reply) }));
  const sources = sourceList(reply.answer?.citations ?? []);
  if (sources) turn.append(sources);
  if (reply.buttons?.length) turn.append(choices(reply.buttons, choose));
  return turn;
}

function manner(reply) {
  if (reply.answer?.status === "emergency") return "urgent";
  return reply.notice === "forms_unavailable" ? "quiet" : "plain";
}

export function troubleTurn(text, again) {
  const button = make("button", { type: "button", class: "again", text: "重试" });
  button.addEventListener("click", () => again(button), { once: true });
  return make("div", { class: "turn bot trouble" }, make("div", { class: "bubble", text }), button);
}

export function aside(text) {
  return make("div", { class: "aside", text });
}

// The links below say the same as the answer's own source lines, and open.
function spoken(reply) {
  if (!reply.answer?.citations.length) return reply.text;
  return reply.text.split("\n").filter((line) => !/^(来源：|Source: )/.test(line)).join("\n");
}

function hidden(text) {
  return make("span", { class: "hidden", text });
}

function choices(buttons, choose) {
  const row = make("div", { class: "choices" });
  for (const { title, message } of buttons) {
    const button = make("button", { type: "button", text: title });
    button.addEventListener("click", () => choose(message));
    row.append(button);
  }
  return row;
}

function sourceList(citations) {
  const places = merged(citations).map((place) => make("li", {}, sourceLink(place)));
  if (!places.length) return null;
  const list = make("ul", { class: "sources", "aria-label": "出处" });
  list.append(...places.slice(0, SHOWN_SOURCES));
  const rest = places.slice(SHOWN_SOURCES);
  if (rest.length) {
    const more = make("details", {}, make("summary", { text: `还有${rest.length}处出处` }), make("ul", { class: "sources" }, ...rest));
    list.append(make("li", {}, more));
  }
  return list;
}

// A list answer cites every item of one box: one link that marks them all says more than ten alike.
function merged(citations) {
  const places = new Map();
  for (const citation of citations) {
    const key = JSON.stringify([citation.source_id, citation.heading]);
    const known = places.get(key);
    if (known) {
      known.start = Math.min(known.start, citation.start);
      known.end = Math.max(known.end, citation.end);
    } else {
      places.set(key, { ...citation });
    }
  }
  return [...places.values()];
}

function sourceLink(place) {
  const district = place.district === "海曙" ? "" : `【${place.district}区资料】`;
  const path = place.heading.filter((step, i, all) => step !== all[i - 1]).join(" › ") || "正文";
  const href = `/sources/${encodeURIComponent(place.source_id)}?start=${Number(place.start)}&end=${Number(place.end)}#span`;
  return make(
    "a",
    { href, target: "_blank", rel: "noopener" },
    make("span", { class: "source-title", text: `${district}查看原文：${place.title}` }),
    make("span", { class: "source-place", text: `${place.published.slice(0, 4)}年 · ${path}` }),
  );
}
