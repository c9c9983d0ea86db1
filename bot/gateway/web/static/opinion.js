// 有用 or 没用 below an answer: asked once.

import { rateAnswer } from "./api.js";
import { button, make } from "./view.js";
import { words } from "./words.js";

export function askOpinion(turn, id) {
  const group = make("div", { class: "opinion", role: "group", "aria-label": words.useful_question });
  const rate = async (useful) => {
    const buttons = [...group.querySelectorAll("button")];
    if (buttons[0].getAttribute("aria-disabled") === "true") return;
    // Not "disabled": that would throw the keyboard focus off the button.
    buttons.forEach((each) => each.setAttribute("aria-disabled", "true"));
    const kept = await rateAnswer(id, useful);
    if (kept.ok) thank(group, kept.useful);
    else again(group, buttons, kept.error?.message);
  };
  group.append(button(words.useful, () => rate(true)), button(words.useless, () => rate(false)));
  turn.querySelector(".tail").append(group);
}

function thank(group, useful) {
  const thanks = make("span", { class: "thanks", tabindex: "-1", text: useful ? words.thanks_useful : words.thanks_useless });
  group.replaceChildren(thanks);
  thanks.focus({ preventScroll: true });
}

function again(group, buttons, message) {
  group.querySelector(".thanks")?.remove();
  group.append(make("span", { class: "thanks", text: message ?? words.not_kept }));
  buttons.forEach((each) => each.removeAttribute("aria-disabled"));
}
