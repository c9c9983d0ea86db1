// Large type and high contrast, before anything is painted. A plain script: a module would come too late.
"use strict";
(() => {
  for (const name of ["large", "contrast"]) {
    try {
      document.documentElement.classList.toggle(name, localStorage.getItem(name) === "true");
    } catch {
      return; // a frame whose browser keeps no storage for it: the page begins as it is
    }
  }
})();
