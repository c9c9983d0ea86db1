// Draws what was found, and says how it is pasted. Text only: nothing of it becomes markup.

const element = (name, className = "", text = "") => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const years = (row) => row.years.map((year) => `${year}年`).join("、");

/** `2020年·实际`; table rows and definitions carry their own. */
const stance = (row) => (row.status ? [years(row), row.status].filter(Boolean).join("·") : "");

const place = (row) => {
  const heading = row.heading.at(-1) ?? "";
  return `《${row.title}》（${row.published}年）${heading ? ` · ${heading.slice(0, 24)}` : ""}`;
};

/** What goes into the clipboard: the words, what they hold of, and where they stand. */
export function textOf(item) {
  if (item.answer) return item.answer.text;
  const row = item.row;
  const other = row.district === "海曙" ? "" : `（${row.district}资料，非海曙）`;
  const held = stance(row);
  return `${other}${row.sentence}${held ? `（${held}）` : ""}\n来源：${place(row)}`;
}

/** Whether it is in the clipboard; the old way where the page has no right to the new one. */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", "hidden");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function chips(row) {
  const holder = element("div", "chips");
  const add = (text, kind = "") => text && holder.append(element("span", `chip ${kind}`.trim(), text));
  add(years(row));
  add(row.status, { 实际: "good", 预计: "good" }[row.status] ?? "warn");
  add(row.district, row.district === "海曙" ? "" : "bad");
  add(`${row.title.slice(0, 16)} ${row.published}`);
  return holder;
}

function sentence(row, holder) {
  const [from, to] = row.marked;
  holder.append(row.sentence.slice(0, from), element("span", "mine", row.sentence.slice(from, to)), row.sentence.slice(to));
  return holder;
}

function line(item, index, picked) {
  const li = element("li", item.answer ? "answer" : "");
  li.id = `found-${index}`;
  li.setAttribute("role", "option");
  li.setAttribute("aria-selected", String(index === picked));
  if (item.answer) li.append(item.answer.text);
  else li.append(sentence(item.row, element("div")), chips(item.row));
  return li;
}

function around(row, holder) {
  const at = row.passage.indexOf(row.sentence);
  if (at < 0) return void (holder.textContent = row.sentence);
  holder.append(row.passage.slice(0, at), element("mark", "", row.sentence), row.passage.slice(at + row.sentence.length));
}

const byId = (id) => document.getElementById(id);

export const put = {
  /** The answer first where there is one, then the sentences. */
  items(found) {
    const answer = found.answer && !found.answer.refused ? [{ answer: found.answer, ladders: found.ladders }] : [];
    return [...answer, ...found.rows.map((row, i) => ({ row, ladders: i ? [] : found.ladders }))];
  },

  list(holder, items, picked) {
    holder.replaceChildren(...items.map((item, index) => line(item, index, picked)));
  },

  detail(item) {
    byId("detail").hidden = !item;
    if (!item) return;
    const text = byId("detail-text");
    text.replaceChildren();
    const place_ = item.row ?? item.answer.citations[0];
    byId("detail-chips").replaceChildren(...(item.row ? [chips(item.row)] : [element("span", "chip good", "整句回答，已核对")]));
    if (item.row) around(item.row, text);
    else text.textContent = item.answer.text;
    byId("detail-ladders").replaceChildren(...(item.ladders ?? []).map((step) => element("li", "", step)));
    byId("detail-source").textContent = place_?.heading?.join(" › ") ?? "";
    const source = item.row?.source ?? place_?.source_id;
    byId("open").href = source ? `/sources/${encodeURIComponent(source)}?start=${place_.start}&end=${place_.end}` : "/sources";
  },
};
