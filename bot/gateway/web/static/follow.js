// Following a topic: a small form, and a turn in the conversation that says what came of it.

import { follow } from "./api.js";
import { stopButton } from "./news.js";
import { fill, language, words } from "./words.js";

export function offer(showReply) {
  const dialog = document.getElementById("following");
  const form = document.getElementById("following-form");
  document.getElementById("follow").addEventListener("click", () => dialog.showModal());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const made = await follow(form.topic.value, form.area.value, language === "en" ? "en" : "zh");
    const title = `${made.area ?? ""} ${made.topic ?? ""}`.trim();
    const turn = showReply({ text: made.ok ? fill(words.followed, { title }) : made.error?.message ?? words.not_followed });
    if (made.ok) turn.append(stopButton({ title: words.stop, token: made.token }));
    form.reset();
    dialog.close();
  });
}
