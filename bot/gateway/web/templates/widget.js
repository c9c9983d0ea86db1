// The assistant on another page: <script src="https://…/widget.js" async></script>, nothing else. See docs/runbooks/widget.md.
"use strict";
(() => {
  const words = {{ words|tojson }};
  const here = document.currentScript;
  const home = new URL(here.src).origin;
  const lang = here.dataset.lang === "en" ? "en" : "zh";
  const said = words[lang];
  const styled = (node, styles) => Object.assign(node.style, styles);

  const frame = styledFrame();
  const button = styledButton();
  let loaded = false;

  function styledFrame() {
    const made = document.createElement("iframe");
    made.id = "haishu-81890";
    made.title = said.title;
    styled(made, {
      display: "none", position: "fixed", right: "max(0px, min(1rem, calc(100vw - 24rem)))", bottom: "4.5rem", zIndex: "2147483646",
      width: "min(24rem, 100vw)", height: "min(40rem, calc(100vh - 5rem))", border: "1px solid #0e5a5e",
      borderRadius: "0.75rem", background: "#ffffff", boxShadow: "0 0.5rem 2rem rgb(0 0 0 / 30%)",
    });
    return made;
  }

  function styledButton() {
    const made = document.createElement("button");
    made.type = "button";
    made.lang = lang === "en" ? "en" : "zh-Hans";
    made.textContent = said.open;
    made.setAttribute("aria-expanded", "false");
    made.setAttribute("aria-controls", frame.id);
    styled(made, {
      position: "fixed", right: "1rem", bottom: "1rem", zIndex: "2147483647", minHeight: "3rem", padding: "0 1.25rem",
      border: "2px solid #ffffff", borderRadius: "1.5rem", background: "#0e5a5e", color: "#ffffff",
      font: "700 18px/1.2 system-ui, sans-serif", cursor: "pointer",
    });
    return made;
  }

  function open(on) {
    // Loaded when it is wanted: a visitor who asks nothing gets no session.
    if (on && !loaded) {
      frame.src = `${home}/?embed=1&lang=${lang}`;
      loaded = true;
    }
    frame.style.display = on ? "block" : "none";
    button.setAttribute("aria-expanded", String(on));
    button.textContent = on ? said.close : said.open;
    (on ? frame : button).focus();
  }

  button.addEventListener("click", () => open(frame.style.display === "none"));
  button.addEventListener("keydown", (event) => { if (event.key === "Escape" && frame.style.display !== "none") open(false); });
  window.addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.origin === home && event.data === "haishu:close") open(false);
  });
  const place = () => document.body.append(button, frame);
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
})();
