/* The answer at the desk saves itself: a moment after the last stroke, before leaving, and on Ctrl+Enter. The bar always
   says in words where the words are. Until the server has them, this tab keeps a copy; it goes with the save and with
   the sign-out. Without this script the form is an ordinary form. Offers window.assayAnswer to desk.js. */
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  const bar = document.getElementById("sync");
  if (!desk || !bar) {
    return;
  }
  const PAUSE = 1200; // after the last stroke
  const AGAIN = 5000; // between two tries without a network
  const PREFIX = "assay-desk:";
  const OURS = `${PREFIX}${desk.dataset.person}:`;
  const words = bar.querySelector("[data-words]");
  let form = null;
  let dirty = false;
  let blocked = false; // a conflict waits for a choice
  let timer = 0;
  let running = null;
  let spoken = "";
  let lacking = false; // the server has the notes, not yet the conclusion

  // -- words in the bar ------------------------------------------------------------------------

  const say = (text, kind = "") => {
    words.textContent = text;
    bar.className = `sync${kind ? ` is-${kind}` : ""}`;
  };
  const told = (name, kind, more = "") => say(`${bar.dataset[name]}${more ? ` ${more}` : ""}`, kind);

  // -- the copy in this tab --------------------------------------------------------------------

  const box = {
    key: () => `${OURS}${desk.dataset.audit}:${form.dataset.answer}`,
    keep() {
      try {
        sessionStorage.setItem(this.key(), JSON.stringify({ revision: revision(), fields: fields() }));
      } catch {
        /* a full or forbidden store: the page itself still holds the words */
      }
    },
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(this.key()) || "null");
      } catch {
        return null;
      }
    },
    drop() {
      try {
        sessionStorage.removeItem(this.key());
      } catch {
        /* nothing was kept */
      }
    },
    sweep() { // somebody else's words do not stay in this tab
      try {
        for (const name of Object.keys(sessionStorage)) {
          if (name.startsWith(PREFIX) && !name.startsWith(OURS)) {
            sessionStorage.removeItem(name);
          }
        }
      } catch {
        /* no store */
      }
    },
  };

  // -- the form --------------------------------------------------------------------------------

  const revision = () => form.elements.revision.value;
  const fields = () => [...new FormData(form)].filter(([name]) => !["csrf_token", "revision", "keep", "go"].includes(name));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const rows = () => [...form.querySelectorAll("[data-row]")];
  const roomForMore = () => {
    const last = rows().at(-1);
    if (!last || !last.querySelector("input").value || rows().length >= 40) {
      return;
    }
    const fresh = last.cloneNode(true);
    const [, number] = last.querySelector("input").name.match(/-(\d+)-/);
    const next = Number(number) + 1;
    fresh.querySelector("details").open = false;
    for (const input of fresh.querySelectorAll("input")) {
      input.name = input.name.replace(`-${number}-`, `-${next}-`);
      input.id = input.id.replace(`-${number}-`, `-${next}-`);
      input.setAttribute("aria-label", (input.getAttribute("aria-label") || "").replace(/\d+$/, String(next + 1)));
      if (input.type === "checkbox") {
        input.checked = false;
        input.removeAttribute("aria-label");
      } else {
        input.value = "";
      }
    }
    last.after(fresh);
  };

  const fill = (kept) => {
    for (const input of form.querySelectorAll("input[type=radio], input[type=checkbox]")) {
      input.checked = kept.some(([name, value]) => name === input.name && value === input.value);
    }
    for (const [name, value] of kept) {
      while (/^interviewees-/.test(name) && !form.elements[name] && rows().at(-1).querySelector("input").value) {
        roomForMore();
      }
      const field = form.elements[name];
      if (field && field.matches && field.matches("textarea, input:not([type=radio]):not([type=checkbox])")) {
        field.value = value;
        roomForMore();
      }
    }
  };

  const mark = (missing) => {
    for (const place of form.querySelectorAll("[data-missing]")) {
      const text = missing[place.dataset.missing] || "";
      place.textContent = text;
      place.hidden = !text;
    }
    return Object.values(missing).join(" ");
  };

  // -- saving ----------------------------------------------------------------------------------

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  const post = (target, keepalive = false) =>
    fetch(target.action, {
      method: "POST",
      body: new FormData(target),
      headers: { "X-Part": "answer", Accept: "application/json" },
      keepalive,
    });

  const conflict = (answer) => {
    blocked = true;
    const place = form.querySelector("#conflict-place");
    place.innerHTML = answer.conflict;
    place.dataset.revision = answer.revision;
    place.dataset.both = answer.both;
    place.querySelector("h2")?.focus();
    told("conflict", "hold");
  };

  const accept = (answer, target, sent) => {
    document.dispatchEvent(new CustomEvent("desk:line", { detail: answer }));
    if (target !== form) {
      return true; // somebody went on meanwhile
    }
    form.elements.revision.value = answer.revision;
    if (answer.last) {
      document.querySelector("#last-change [data-last]").textContent = answer.last;
    }
    const lacks = mark(answer.missing);
    lacking = Boolean(lacks);
    dirty = !same(sent, fields());
    if (dirty || lacks) {
      box.keep();
    } else {
      box.drop();
    }
    spoken = answer.said;
    if (lacks) {
      told("part", "warn", lacks);
    } else {
      say(answer.said, "good");
    }
    if (dirty) {
      later(PAUSE);
    }
    return true;
  };

  const refused = (status, answer, target) => {
    if (target !== form) {
      return false;
    }
    if (answer.conflict) {
      conflict(answer);
    } else if (answer.errors) {
      told("wrong", "bad", mark(answer.errors));
    } else if (status >= 500) {
      told("broken", "bad");
      later(AGAIN);
    } else {
      say(answer.message || bar.dataset.broken, "bad");
    }
    return false;
  };

  const attempt = async () => {
    const target = form;
    const sent = fields();
    told("saving", "");
    let response;
    try {
      response = await post(target);
    } catch {
      told("offline", "bad");
      later(AGAIN);
      return false;
    }
    if (response.redirected || !(response.headers.get("Content-Type") || "").includes("json")) {
      told(response.status >= 500 ? "broken" : "out", "bad");
      later(AGAIN);
      return false;
    }
    const answer = await response.json();
    return response.ok ? accept(answer, target, sent) : refused(response.status, answer, target);
  };

  /** Saves what is not saved yet; tells whether the server has everything that can be saved. */
  const save = async () => {
    clearTimeout(timer);
    if (running) {
      await running;
    }
    if (!form || !dirty || blocked) {
      return !blocked;
    }
    running = attempt();
    const done = await running;
    running = null;
    return done;
  };

  const touched = () => {
    if (!form || blocked) {
      return;
    }
    dirty = true;
    box.keep();
    roomForMore();
    if (!running) {
      told("typing", "");
    }
    later(PAUSE);
  };

  // -- what happens on the page ----------------------------------------------------------------

  document.addEventListener("input", (event) => {
    if (form && form.contains(event.target)) {
      touched();
    }
  });

  const choose = (way) => {
    const place = form.querySelector("#conflict-place");
    const { revision: fresh, both } = place.dataset;
    if (way === "theirs") {
      box.drop();
      dirty = blocked = false;
      document.dispatchEvent(new CustomEvent("desk:reload"));
      return;
    }
    form.elements.revision.value = fresh;
    blocked = false;
    place.replaceChildren();
    if (way === "both") {
      form.elements.notes.value = both;
      form.elements.notes.focus();
    }
    touched();
    if (way === "mine") {
      save();
    }
  };

  document.addEventListener("submit", async (event) => {
    if (!form || event.target !== form) {
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    if (button?.name === "keep") {
      if (form.querySelector("#conflict-place").dataset.revision) {
        choose(button.value);
      } else {
        HTMLFormElement.prototype.submit.call(withField(form, "keep", button.value));
      }
      return;
    }
    dirty = true;
    const saved = await save();
    if (saved && lacking) {
      form.querySelector("[data-missing]:not([hidden])")?.parentElement.querySelector("input, textarea")?.focus();
    } else if (saved && button?.value !== "stay") {
      document.dispatchEvent(new CustomEvent("desk:next"));
    }
  });

  const withField = (target, name, value) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    target.append(field);
    return target;
  };

  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
  window.addEventListener("pagehide", () => {
    if (form && dirty && !blocked) {
      post(form, true).catch(() => {});
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty && (blocked || bar.classList.contains("is-bad"))) {
      event.preventDefault();
    }
  });

  /** Takes over the form that stands on the page now, and what this tab still holds of it. */
  const attach = () => {
    form = document.getElementById("answer-form");
    const change = document.getElementById("last-change");
    dirty = lacking = false;
    blocked = Boolean(form?.querySelector(".conflict"));
    clearTimeout(timer);
    spoken = change?.dataset.said || "";
    say(spoken, "");
    if (!form) {
      return;
    }
    form.dataset.answer = change.dataset.answer;
    form.querySelector("#conflict-place").removeAttribute("data-revision");
    const kept = box.read();
    if (!kept || form.querySelector(".errors, .conflict")) {
      return;
    }
    if (same(kept.fields, fields())) {
      box.drop();
      return;
    }
    fill(kept.fields);
    form.elements.revision.value = kept.revision; // written on an older answer, it meets the newer one as a conflict
    dirty = true;
    told("back", "warn");
    later(PAUSE);
  };

  box.sweep();
  window.assayAnswer = {
    attach,
    save,
    say,
    settle: () => say(spoken, ""),
    get busy() {
      return Boolean(running);
    },
    get dirty() {
      return dirty || blocked;
    },
    get revision() {
      return form ? Number(revision()) : Number(document.getElementById("last-change")?.dataset.revision);
    },
  };
  attach();
})();
