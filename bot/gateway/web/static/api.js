// The calls the page makes. None throws: every outcome is an object the page can show.

const PATIENCE_MS = 30000;

async function call(path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: body && JSON.stringify(body),
      signal: stop.signal,
    });
    return { lost: false, ok: response.ok, ...(await response.json()) };
  } catch {
    return { lost: true, ok: false }; // no network, no gateway, or no JSON: it may have arrived or not
  } finally {
    clearTimeout(timer);
  }
}

async function talk(path, body) {
  const result = await call(path, body);
  return Array.isArray(result.replies) ? result : { lost: true, ok: false };
}

// The same id when a message is sent again: what it did the first time is not done twice.
export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const say = (message, id) => talk("/api/chat", { message, id });
export const restart = () => talk("/api/restart", {});
export const forget = () => call("/api/forget", {});
export const history = () => call("/api/history");
export const tickets = () => call("/api/tickets");
export const dropContact = (number) => call("/api/contact", { number });
export const rateAnswer = (id, useful) => call("/api/feedback", { id, useful });
export const news = (seen) => call(`/api/news?seen=${seen.join(",")}`);
export const follow = (topic, area, lang) => call("/api/follow", { topic, area, language: lang });
export const unfollow = (token) => call("/api/unfollow", { token });
