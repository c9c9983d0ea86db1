// The documents an answer cites, as links that open them at the place.

import { fill, language, words } from "./words.js";

const SHOWN = 3;
const EMBEDDED = document.body.classList.contains("embedded");

export function sourceList(citations, make) {
  const places = merged(citations).map((place) => make("li", {}, link(place, make)));
  if (!places.length) return null;
  const list = make("ul", { class: "sources", "aria-label": words.sources });
  list.append(...places.slice(0, SHOWN));
  const rest = places.slice(SHOWN);
  if (rest.length) {
    const summary = make("summary", { text: fill(words.more_sources, { count: rest.length }) });
    list.append(make("li", {}, make("details", {}, summary, make("ul", { class: "sources" }, ...rest))));
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

// Opens in this tab: going back is the one thing everybody knows, and the conversation is still there. A frame stays.
function link(place, make) {
  const district = place.district === "海曙" ? "" : fill(words.other_district, { district: place.district });
  const path = place.heading.filter((step, i, all) => step !== all[i - 1]).join(" › ") || words.body_text;
  const tongue = language === "en" ? "&lang=en" : "";
  const href = `/sources/${encodeURIComponent(place.source_id)}?start=${Number(place.start)}&end=${Number(place.end)}${tongue}#span`;
  const away = EMBEDDED ? { target: "_blank", rel: "noopener" } : {};
  const title = district + fill(words.open_source, { title: place.title });
  const published = fill(words.published, { year: place.published.slice(0, 4), place: path });
  return make(
    "a",
    { href, ...away },
    make("span", { class: "source-title", text: title }),
    make("span", { class: "source-place", text: published }),
  );
}
