// The two calls the page makes. Neither throws: every outcome is an object the page can show.

const PATIENCE_MS = 30000;

async function post(path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(body),
      signal: stop.signal,
    });
    const data = await response.json();
    if (!Array.isArray(data.replies)) return { lost: true };
    return { lost: false, ok: response.ok, ...data };
  } catch {
    return { lost: true }; // no network, no gateway, or no JSON: the message may not have arrived
  } finally {
    clearTimeout(timer);
  }
}

// The same id when a message is sent again: what it did the first time is not done twice.
export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const say = (message, id) => post("/api/chat", { message, id });
export const restart = () => post("/api/restart", {});
