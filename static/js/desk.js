/* Moving at the desk: criterion and answer are fetched alone, the outline stays and follows what others save; who is
   here is told by a pulse; files go to the server without leaving. Without this script every link is a page. */
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  const answer = window.assayAnswer;
  if (!desk || !answer) {
    return;
  }
  const bar = document.getElementById("sync");
  const people = document.getElementById("people");
  const panes = { criterion: document.getElementById("main"), answer: document.getElementById("answer") };
  const folder = desk.dataset.pulse.replace(/pulse$/, "");
  let shown = location.pathname + location.search;
  let at = desk.dataset.at;
  let lastIndex = 0;

  // -- the outline -----------------------------------------------------------------------------

  const links = () => [...desk.querySelectorAll("li > a")];
  const idOf = (link) => Number(link.getAttribute("href").split("?")[0]);
  const linkOf = (id) => links().find((link) => idOf(link) === id);
  const current = () => Number(document.getElementById("last-change").dataset.answer);
  const done = (state) => state !== "open";

  const drawBar = (svg, share, out, label) => {
    const [first, second] = svg.querySelectorAll("rect");
    first.setAttribute("width", `${(100 * share).toFixed(1)}%`);
    if (second || out) {
      const rect = second || svg.appendChild(first.cloneNode());
      rect.setAttribute("class", "out");
      rect.setAttribute("x", `${(100 * share).toFixed(1)}%`);
      rect.setAttribute("width", `${(100 * out).toFixed(1)}%`);
    }
    svg.setAttribute("aria-label", label);
  };

  const recount = (details) => {
    const all = [...details.querySelectorAll("li > a")];
    const ready = all.filter((link) => done(link.dataset.s)).length;
    details.querySelector("summary .num").textContent = `${ready}/${all.length}`;
    const label = desk.dataset.of.replace("§1", ready).replace("§2", all.length);
    drawBar(details.querySelector("summary .bar"), ready / all.length, 0, label);
  };

  const total = document.getElementById("total");
  const totals = (given) => {
    const label = total.dataset.of.replace("§1", given.answered).replace("§2", given.all).replace("§3", given.excluded);
    drawBar(total.querySelector(".bar"), given.answered / given.all, given.excluded / given.all, label);
    const say = (number) => number.toLocaleString(document.documentElement.lang);
    total.querySelector(".num").textContent = `${say(given.answered + given.excluded)} / ${say(given.all)}`;
    Object.assign(total.dataset, { answered: given.answered, excluded: given.excluded, all: given.all });
  };

  const shift = (was, now) => { // what one change does to the progress, until the next pulse counts anew
    const kind = (state) => ({ open: "", out: "excluded" })[state] ?? "answered";
    const given = { answered: +total.dataset.answered, excluded: +total.dataset.excluded, all: +total.dataset.all };
    for (const [state, step] of [[was, -1], [now, 1]]) {
      if (kind(state)) {
        given[kind(state)] += step;
      }
    }
    totals(given);
  };

  const draw = (line) => {
    const link = linkOf(line.id);
    if (!link || (link.dataset.s === line.state && link.lastElementChild.textContent === String(line.rating ?? ""))) {
      return;
    }
    const picture = document.querySelector(`#marks [data-mark="${line.state}"]`).firstElementChild.cloneNode(true);
    link.firstElementChild.replaceWith(picture);
    link.dataset.s = line.state;
    link.lastElementChild.textContent = line.rating ?? "";
    recount(link.closest("details"));
  };

  const point = () => {
    const here = current();
    for (const link of desk.querySelectorAll("a[aria-current]")) {
      link.removeAttribute("aria-current");
    }
    const link = linkOf(here);
    if (link) {
      link.setAttribute("aria-current", "true");
      const part = link.closest("details");
      if (!part.open) {
        part.open = true;
      }
      const { top, bottom } = link.getBoundingClientRect();
      const frame = document.getElementById("outline").getBoundingClientRect();
      if (top < frame.top + 120 || bottom > frame.bottom) {
        link.scrollIntoView({ block: "center" });
      }
    }
    ways();
  };

  const ways = () => {
    const all = links();
    const found = all.findIndex((link) => idOf(link) === current());
    const index = found < 0 ? lastIndex - 0.5 : found;
    lastIndex = Math.max(0, Math.ceil(index));
    const before = all[Math.ceil(index) - 1];
    const after = all[Math.floor(index) + 1];
    const open = [...all.slice(Math.floor(index) + 1), ...all.slice(0, Math.ceil(index))].find((link) => !done(link.dataset.s));
    for (const [name, link] of Object.entries({ before, after, open })) {
      const way = document.querySelector(`[data-go="${name}"]`);
      way.hidden = !link;
      if (link) {
        way.href = link.href;
      }
    }
  };

  // -- from criterion to criterion -------------------------------------------------------------

  const swap = (html, only = "") => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const parts = holder.content.querySelectorAll("[data-part]");
    if (!parts.length) {
      return false;
    }
    if (only) {
      const fresh = holder.content.querySelector(only);
      if (fresh) {
        document.querySelector(only)?.replaceWith(fresh);
      }
      return true;
    }
    for (const part of parts) {
      panes[part.dataset.part].replaceChildren(...part.childNodes);
      panes[part.dataset.part].scrollTop = 0;
      document.title = part.dataset.title || document.title;
    }
    answer.attach();
    return true;
  };

  const stay = () => { // the address goes back to what is shown; the bar says why
    if (location.pathname + location.search !== shown) {
      history.pushState(null, "", shown);
    }
  };

  let latest = 0;
  const load = async (url, push) => {
    latest += 1;
    const turn = latest;
    let response;
    let html;
    try {
      response = await fetch(url, { headers: { "X-Part": "criterion" } });
      html = await response.text();
    } catch {
      answer.say(bar.dataset.offline, "bad");
      stay();
      return;
    }
    if (turn !== latest) {
      return; // somebody pressed on before this came
    }
    if (answer.dirty && !(await answer.save())) { // written while it was on its way
      stay();
      return;
    }
    if (!response.ok || !swap(html)) {
      location.assign(url);
      return;
    }
    if (location.hash === "#outline") {
      location.replace("#main"); // on a phone the outline gives way
    }
    const target = new URL(url, location.href);
    history[push ? "pushState" : "replaceState"](null, "", target.pathname + target.search);
    shown = target.pathname + target.search;
    point();
    if (!push || !document.activeElement || document.activeElement === document.body) {
      panes.criterion.focus({ preventScroll: true });
    }
    window.scrollTo(0, 0);
    pulse();
  };

  const go = async (url, push = true) => {
    if (answer.dirty && !(await answer.save())) {
      stay();
      return;
    }
    await load(url, push);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    if (link.dataset.attach) {
      event.preventDefault();
      pick(link);
      return;
    }
    const inside = link.origin === location.origin && link.pathname.startsWith(folder) &&
      /^\d+$/.test(link.pathname.slice(folder.length)) && !link.hash && !("whole" in link.dataset);
    if (inside) {
      event.preventDefault();
      go(link.href);
    }
  });
  window.addEventListener("popstate", () => {
    if (location.pathname + location.search !== shown) {
      go(location.href, false);
    }
  });
  document.addEventListener("desk:next", () => {
    const way = document.querySelector('[data-go="open"]');
    const fallback = document.querySelector('[data-go="after"]');
    const target = way.hidden ? fallback : way;
    if (!target.hidden) {
      load(target.href, true);
    }
  });
  document.addEventListener("desk:reload", () => load(location.href, false));
  document.addEventListener("desk:line", ({ detail }) => {
    if (detail.was !== detail.state) {
      shift(detail.was, detail.state);
    }
    draw(detail);
    ways();
  });

  // Other forms of the answer (a sample) go the same way, after the words were saved.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id !== "sample-form") {
      return;
    }
    event.preventDefault();
    if (answer.dirty && !(await answer.save())) {
      return;
    }
    const body = new FormData(form, event.submitter);
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "criterion" } });
      if (swap(await response.text())) {
        point();
        panes.answer.querySelector(".errors")?.focus();
        return;
      }
    } catch {
      answer.say(bar.dataset.offline, "bad");
      return;
    }
    location.reload();
  });

  // -- who is here, and what changed -----------------------------------------------------------

  const gather = (here) => {
    for (const tag of desk.querySelectorAll(".who-now")) {
      tag.remove();
    }
    const names = new Map();
    for (const [name, id] of here) {
      names.set(id, [...(names.get(id) || []), name]);
    }
    for (const [id, together] of names) {
      const link = linkOf(id);
      if (link) {
        const tag = document.createElement("em");
        tag.className = "who-now";
        tag.textContent = together.join(people.dataset.and);
        link.lastElementChild.before(tag);
      }
    }
    const beside = (names.get(current()) || []).join(people.dataset.and);
    const sentence = beside ? people.dataset.one.replace("§", beside) : "";
    if (people.textContent !== sentence) {
      people.textContent = sentence;
    }
  };

  const changedHere = (line) => {
    if (line.id !== current() || answer.busy || line.revision <= answer.revision) {
      return;
    }
    if (!answer.dirty && !panes.answer.contains(document.activeElement)) {
      load(location.href, false);
      return;
    }
    answer.say(`${bar.dataset.changed.replace("§", line.who)} `, "hold");
    if (!answer.dirty) {
      const link = document.createElement("a");
      link.href = location.href;
      link.textContent = bar.dataset.show;
      bar.querySelector("[data-words]").append(link);
    }
  };

  let pulsing = false;
  const pulse = async () => {
    if (pulsing || document.visibilityState === "hidden" || !("follows" in desk.dataset)) {
      return;
    }
    pulsing = true;
    const body = new FormData();
    body.set("csrf_token", desk.dataset.token);
    body.set("answer", current());
    body.set("since", at);
    try {
      const response = await fetch(desk.dataset.pulse, { method: "POST", body, headers: { Accept: "application/json" } });
      if (response.ok && !response.redirected) {
        const told = await response.json();
        at = told.at;
        told.changed.forEach(draw);
        totals(told.totals);
        gather(told.here);
        ways();
        told.changed.forEach(changedHere);
      }
    } catch {
      /* the next one may reach the server */
    } finally {
      pulsing = false;
    }
  };
  setInterval(pulse, 1000 * desk.dataset.every);
  document.addEventListener("visibilitychange", pulse);

  // -- files -----------------------------------------------------------------------------------

  const send = async (link, file) => {
    const about = (name) => bar.dataset[name].replace("§", file.name);
    answer.say(about("sending"));
    const body = new FormData();
    body.set("csrf_token", desk.dataset.token);
    body.set("title", file.name.slice(0, 240));
    body.set("shows", link.dataset.shows);
    body.set("confidentiality", link.dataset.class);
    body.set("file", file);
    try {
      const response = await fetch(link.dataset.attach, { method: "POST", body, headers: { "X-Part": "criterion" } });
      const html = await response.text();
      if (response.ok && swap(html, "#evidence-part")) {
        answer.say(about("kept"), "good");
        return;
      }
      const page = new DOMParser().parseFromString(html, "text/html");
      const why = page.querySelector(".errors li") || page.querySelector("h1");
      answer.say(`${about("unsent")} ${why?.textContent.trim() || response.status}`, "bad");
    } catch {
      answer.say(`${about("unsent")} ${bar.dataset.offline}`, "bad");
    }
  };

  const pick = (link) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.accept = link.dataset.accept;
    if (link.dataset.capture) {
      input.setAttribute("capture", link.dataset.capture);
    }
    input.addEventListener("change", async () => {
      for (const file of input.files) {
        await send(link, file);
      }
    });
    input.click();
  };

  panes.answer.addEventListener("dragover", (event) => {
    if (panes.answer.querySelector("[data-attach]") && [...event.dataTransfer.types].includes("Files")) {
      event.preventDefault();
      panes.answer.classList.add("over");
    }
  });
  panes.answer.addEventListener("dragleave", () => panes.answer.classList.remove("over"));
  panes.answer.addEventListener("drop", async (event) => {
    const link = panes.answer.querySelector("[data-attach]");
    panes.answer.classList.remove("over");
    if (!link || !event.dataTransfer.files.length) {
      return;
    }
    event.preventDefault();
    for (const file of [...event.dataTransfer.files]) {
      await send(link, file);
    }
  });

  point();
  pulse();
})();
