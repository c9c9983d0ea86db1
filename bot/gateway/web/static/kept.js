// What this tab, or this browser, remembers; nothing where the browser keeps no storage for a frame.

function open(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

const tab = open("sessionStorage");
const browser = open("localStorage");

export const setDisplay = (name, on) => browser?.setItem(name, String(on));

// The messages that were shown and not yet reported as shown; a reload must not show them again.
export const seen = () => JSON.parse(tab?.getItem("seen") ?? "[]");
export const setSeen = (ids) => tab?.setItem("seen", JSON.stringify(ids));

// Words on their way: after a reload in between they are still there to be sent again, under the same id.
export const underway = () => JSON.parse(tab?.getItem("underway") ?? "null");
export const setUnderway = (message) => tab?.setItem("underway", JSON.stringify(message));
export const arrived = () => tab?.removeItem("underway");
