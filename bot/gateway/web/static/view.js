// Builds what the log shows. Text only ever goes through textContent; links are checked to stay on this site.

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
  turn.append(make("div", { class: "bubble", text: reply.text }));
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
  const seen = new Set();
  const list = make("ul", { class: "sources", "aria-label": "出处" });
  for (const citation of citations) {
    if (seen.has(citation.url) || !citation.url.startsWith("/sources/")) continue;
    seen.add(citation.url);
    list.append(make("li", {}, sourceLink(citation)));
  }
  return seen.size ? list : null;
}

function sourceLink(citation) {
  const district = citation.district === "海曙" ? "" : `【${citation.district}区资料】`;
  const place = citation.heading.length ? citation.heading.join(" › ") : "正文";
  return make(
    "a",
    { href: citation.url, target: "_blank", rel: "noopener" },
    make("span", { class: "source-title", text: `${district}查看原文：${citation.title}` }),
    make("span", { class: "source-place", text: `${citation.published} · ${place}` }),
  );
}
