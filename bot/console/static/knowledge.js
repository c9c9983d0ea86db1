// Follows a publication that is under way, then shows the page anew.
import { get } from "/desk/static/desk.js";

const place = document.querySelector("[data-publication]");
const EVERY = 1000;

async function look() {
  try {
    const found = await get(`/desk/knowledge/publications/${place.dataset.publication}`);
    place.querySelector("strong").textContent = found.told;
    if (found.step === "done" || found.step === "failed") {
      location.reload();
      return;
    }
  } catch (error) {
    place.querySelector("strong").textContent = error.message;
  }
  setTimeout(look, EVERY);
}

if (place) look();
