/* The app without a network: which page is open, and above it always where the words are. */
import { criterion } from "./criterion.js";
import { h, icon, link } from "./dom.js";
import { begin, finding } from "./finding.js";
import { home, leaving, take } from "./home.js";
import { meeting } from "./meeting.js";
import { outline } from "./outline.js";
import { queue } from "./queue.js";
import { flushAll } from "./saving.js";
import { counts, onChange, start, state, stuck } from "./state.js";
import { leave, plan, sync, watch } from "./sync.js";
import { clock, language, load, speak, t } from "./texts.js";

const main = document.getElementById("main");
const bar = document.getElementById("bar");
const PARTS = { c: "answer", f: "finding", m: "meeting" };
let at = "";
let returned = "";

/** Name what came back for the thing this page shows. */
function cameBack() {
  const [, audit, part, id] = location.hash.replace(/^#/, "").split("/");
  return (PARTS[part] && stuck(`${audit}/${PARTS[part]}/${id}`)?.uuid) || "";
}

function page(hash) {
  const [kind, audit, part, id, more] = hash.replace(/^#/, "").split("/");
  const redraw = () => draw(location.hash);
  if (kind === "take") {
    return take(Number(audit), draw);
  }
  if (kind === "leave") {
    return leaving(leave);
  }
  if (!state.key || kind !== "a") {
    return kind === "waiting" && state.key ? queue(redraw) : home(draw);
  }
  const pack = state.packs.get(Number(audit));
  if (!pack) {
    return home(draw);
  }
  if (part === "c") {
    return criterion(pack, Number(id), redraw);
  }
  if (part === "m") {
    return meeting(pack, id, redraw);
  }
  if (part === "f" && id === "new") {
    location.replace(begin(pack, Number(more) || null));
    return [];
  }
  return part === "f" ? finding(pack, id, redraw) : outline(pack);
}

async function draw(hash) {
  await flushAll();
  returned = cameBack();
  const nodes = (await page(hash)).flat(9).filter(Boolean);
  main.replaceChildren(...nodes);
  document.title = `${main.querySelector("h1")?.textContent || t("fieldwork")} · Assay`;
  if (at !== hash) {
    at = hash;
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
  tell();
}

/** Say in words where everything is: on the device, waiting, on the server. */
function tell() {
  const { waiting, stuck } = counts();
  const other = language() === "en" ? ["zh_CN", "zh-CN", "中文"] : ["en", "en", "English"];
  bar.replaceChildren(
    link("Assay", "#", { cls: "brand" }),
    h("a", { class: "sync", href: "#waiting", "aria-live": "polite" },
      state.vault && h("span", {}, icon("device"), t(state.key ? "on_device" : "locked_short")),
      state.key && h("span", { class: waiting ? "is-go" : "" }, icon("wait"), t("waiting_n", { n: waiting })),
      state.key && stuck > 0 && h("span", { class: "is-warn" }, icon("alert"), t("stuck_n", { n: stuck })),
      h("span", {}, icon("server"), said())),
    h("button", { type: "button", class: "btn btn-sm btn-outline-secondary", lang: other[1], onclick: () => speak(other[0]) }, other[2]));
}

function said() {
  if (!state.online) {
    return t("no_network");
  }
  if (state.problem) {
    return t(state.problem);
  }
  return state.lastSync ? t("on_server_since", { time: clock(state.lastSync) }) : t("network");
}

async function begun() {
  await load();
  await start();
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js").catch(() => {}); // without it the app still works while it is open
  }
  const wanted = new URLSearchParams(location.search).get("take");
  if (wanted && /^\d+$/.test(wanted)) {
    history.replaceState(null, "", `/field#take/${wanted}`);
  }
  onChange(() => {
    tell();
    if (cameBack() !== returned) {
      draw(location.hash);
    }
  });
  addEventListener("hashchange", () => draw(location.hash));
  watch();
  await draw(location.hash);
  plan();
}

begun();
export { sync };
