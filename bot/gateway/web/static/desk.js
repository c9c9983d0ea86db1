// Whether a person is asked for or speaks; the line above the field says so, and news are looked for more often.

import { fill, words } from "./words.js";

const line = document.getElementById("desk");
let present = false;

export const withPerson = () => present;

export function showDesk(desk) {
  present = Boolean(desk);
  const text = desk ? told(desk) : "";
  // The same again would be read out again.
  if (line.textContent !== text) line.textContent = text;
  line.classList.toggle("human", desk?.state === "human");
}

function told(desk) {
  if (desk.state === "human") return fill(words.desk_human, { operator: desk.operator ?? "" });
  if (!Number.isInteger(desk.ahead)) return words.desk_waiting;
  return desk.ahead > 0 ? fill(words.desk_ahead, { ahead: desk.ahead }) : words.desk_next;
}
