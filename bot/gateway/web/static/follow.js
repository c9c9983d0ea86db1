// Following a topic: a small form, and a turn in the conversation that says what came of it.

import { call, stopButton } from "./news.js";

const LOST = "没有连上，没有关注成。请稍后再试。";

export function offer(showTurn, makeTurn) {
  const dialog = document.getElementById("following");
  const form = document.getElementById("following-form");
  document.getElementById("follow").addEventListener("click", () => dialog.showModal());
  document.getElementById("following-close").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const made = await call("/api/follow", { topic: form.topic.value, area: form.area.value });
    const words = made?.ok ? `已关注「${`${made.area} ${made.topic}`.trim()}」，有新消息就在这里告诉您。` : made?.error?.message ?? LOST;
    const turn = makeTurn({ text: words });
    if (made?.ok) turn.append(stopButton({ title: "不再提醒", token: made.token }));
    form.reset();
    dialog.close();
    showTurn(turn);
  });
}
