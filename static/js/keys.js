/* Single keys, outside fields only. An element answers to a key by data-key="j": a field gets the focus, a link or a
   button is pressed. "?" opens the list; a person can switch the keys off there (kept on this device). */
(() => {
  "use strict";
  const OFF = "assay-keys-off";
  const list = document.getElementById("keys");
  const store = {
    get off() {
      try {
        return localStorage.getItem(OFF) === "1";
      } catch {
        return false;
      }
    },
    set off(value) {
      try {
        localStorage.setItem(OFF, value ? "1" : "0");
      } catch {
        /* a browser without storage keeps the keys on */
      }
    },
  };

  const open = () => {
    if (list && !list.open) {
      list.showModal();
    }
  };

  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = !list;
    button.addEventListener("click", open);
  }
  const box = list && list.querySelector("[data-keys-switch]");
  if (box) {
    box.checked = !store.off;
    box.addEventListener("change", () => {
      store.off = !box.checked;
    });
  }

  const writing = (node) => node instanceof HTMLElement && (node.isContentEditable ||
    node.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])"));

  document.addEventListener("keydown", (event) => {
    if (store.off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (writing(event.target) || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "?") {
      event.preventDefault();
      open();
      return;
    }
    if (event.key.length !== 1) {
      return;
    }
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)];
    // a list's own search stands in <main> and comes before the one in the rail
    const target = found.find((node) => node.closest("main")) || found[0];
    if (!target) {
      return;
    }
    event.preventDefault();
    if (target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) {
      target.focus();
      target.select?.();
    } else {
      target.click();
    }
  });
})();
