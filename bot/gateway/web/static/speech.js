// Reading aloud, where the browser has a voice for it.

import { words } from "./words.js";

const speaker = window.speechSynthesis;
let reading = null; // the button of what is being read

const isChinese = (text) => /[\u4e00-\u9fff]/.test(text);

function voiceFor(text) {
  const tongue = isChinese(text) ? /^(zh|cmn)/i : /^en/i;
  const fitting = (speaker?.getVoices() ?? []).filter((voice) => tongue.test(voice.lang));
  return fitting.find((voice) => /CN|Hans|US|GB/i.test(voice.lang)) ?? fitting[0];
}

export function listenButton(text, button) {
  if (!speaker) return null;
  const made = button(words.listen, () => toggle(made, text), { class: "listen", hidden: voiceFor(text) ? false : "" });
  // Browsers load their voices when they like.
  if (made.hidden) speaker.addEventListener?.("voiceschanged", () => { made.hidden = !voiceFor(text); });
  return made;
}

function toggle(button, text) {
  const mine = reading === button;
  speaker.cancel();
  done();
  if (mine) return;
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voiceFor(text);
  said.lang = said.voice?.lang ?? "zh-CN";
  said.rate = 0.9;
  said.onend = said.onerror = () => { if (reading === button) done(); };
  reading = button;
  button.textContent = words.stop_listening;
  speaker.speak(said);
}

function done() {
  if (reading) reading.textContent = words.listen;
  reading = null;
}
