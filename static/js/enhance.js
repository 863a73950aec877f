/* What script adds to pages that work without it: Ctrl+Enter, Esc, the error summary's focus, file drops, shown
   passwords, a warning before unsent words are lost. No dependency; every listener is passive about failure. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  const isField = (node) =>
    node instanceof HTMLElement && (node.isContentEditable || node.matches("input, textarea, select"));

  document.addEventListener("keydown", (event) => {
    const field = document.activeElement;
    if (event.key === "Escape" && isField(field) && !field.closest("dialog")) {
      field.blur();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isField(field) && field.form) {
      event.preventDefault();
      const button = field.form.querySelector(".btn-primary[type=submit]") || field.form.querySelector("[type=submit]");
      field.form.requestSubmit(button);
    }
  });

  window.addEventListener("load", () => {
    const summary = document.querySelector(".errors, .conflict [autofocus]"); // where autofocus is not yet understood
    if (summary && document.activeElement !== summary && !location.hash) {
      summary.focus();
    }
  });

  for (const button of document.querySelectorAll("[data-reveal]")) {
    const field = document.getElementById(button.dataset.reveal);
    const show = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.textContent = shown ? show : button.dataset.hide;
    });
  }

  for (const zone of document.querySelectorAll("[data-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const over = (on) => (event) => {
      event.preventDefault();
      zone.classList.toggle("over", on);
    };
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", (event) => {
      over(false)(event);
      const files = event.dataTransfer.files;
      if (!files.length) {
        return;
      }
      const kept = new DataTransfer();
      for (const file of input.multiple ? files : [files[0]]) {
        kept.items.add(file);
      }
      input.files = kept.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  for (const form of document.querySelectorAll('form[action$="/sign-out"]')) {
    form.addEventListener("submit", () => {
      try { // what a desk still held of unsaved words goes with the person
        for (const name of Object.keys(sessionStorage)) {
          if (name.startsWith("assay-desk:")) {
            sessionStorage.removeItem(name);
          }
        }
      } catch {
        /* no store, nothing kept */
      }
    });
  }

  for (const box of document.querySelectorAll("input[data-all]")) { // a section's tick ticks what is in it
    const inside = [...document.getElementById(box.dataset.all).querySelectorAll("input[type=checkbox]")];
    box.addEventListener("change", () => {
      for (const one of inside) {
        one.checked = box.checked;
      }
    });
    for (const one of inside) {
      one.addEventListener("change", () => {
        box.checked = inside.every((each) => each.checked);
      });
    }
  }

  for (const button of document.querySelectorAll("[data-back]")) {
    button.hidden = history.length < 2; // going back keeps what was typed
    button.addEventListener("click", () => history.back());
  }

  for (const output of document.querySelectorAll("output[data-sum]")) {
    const form = output.closest("form"); // the sum of a column, as one types
    const add = () => {
      const fields = form.querySelectorAll(`input[name$="-${output.dataset.sum}"]`);
      const values = [...fields].map((field) => Number(field.value.trim().replace("．", ".")));
      const sum = values.filter(Number.isFinite).reduce((total, value) => total + value, 0);
      output.value = String(Math.round(sum * 1e9) / 1e9);
    };
    form.addEventListener("input", add);
  }

  const touched = new Set();
  for (const form of document.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => touched.add(form));
    form.addEventListener("submit", () => touched.clear());
  }
  window.addEventListener("beforeunload", (event) => {
    if (touched.size) {
      event.preventDefault();
    }
  });

  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) {
        return;
      }
      if (form.dataset.sent) {
        event.preventDefault(); // a second press while the first is on its way
        return;
      }
      form.dataset.sent = "1";
      setTimeout(() => delete form.dataset.sent, 4000); // a download leaves the page as it is
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
    }
  });
})();
