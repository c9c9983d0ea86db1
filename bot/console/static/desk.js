// Shared by the desk's pages: fetch with the CSRF token, and one place for what went wrong.
//
//   import { get, post } from "/desk/static/desk.js";
//   const found = await get("/desk/lookup", { q: "公租房" }, signal);
//   await post("/desk/chats/7/take", { epoch: 4 });

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

/** What the service said, or that it did not answer. `code` is for the program, `message` for people. */
export class Trouble extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function read(response) {
  if (response.status === 401) {
    // The session is over: sign in, and come back here.
    location.assign(`/desk/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await response.json() : await response.text();
  if (response.ok) return body;
  const error = body?.error ?? {};
  throw new Trouble(error.code ?? "unreachable", error.message ?? "没有连上，请稍后再试");
}

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble("unreachable", "没有连上，请检查网络");
  }
  return read(response);
}

/** GET with query parameters; empty ones are left out. */
export function get(path, values = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value != null));
  return ask(query.size ? `${path}?${query}` : path, { signal });
}

/** POST an object as JSON, or a FormData as it is. */
export function post(path, body = {}, signal = undefined) {
  const form = body instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRF-Token": csrf() };
  if (!form) headers["Content-Type"] = "application/json";
  return ask(path, { method: "POST", headers, body: form ? body : JSON.stringify(body), signal });
}
