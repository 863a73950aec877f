/* Saving as one types: after a short rest, and at once when the page is about to go. The word "Saved on this device"
   appears only when the disk has it. */
import { h, icon } from "./dom.js";
import { entriesOfItem, onChange, state, stuck } from "./state.js";
import { plan } from "./sync.js";
import { clock, t } from "./texts.js";

const REST = 400;
const open = new Set();

for (const name of ["pagehide", "freeze"]) {
  addEventListener(name, () => open.forEach((one) => one.flush()));
}
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    open.forEach((one) => one.flush());
  }
});

onChange(() => open.forEach((one) => one.show()));

/** Flush whatever is still unsaved before another page of the app opens. */
export async function flushAll() {
  await Promise.all([...open].map((one) => one.flush()));
  open.clear();
}

/** Watch a form: `save` keeps its present state; `key` is the thing's name; gives the state line and what tells a change. */
export function saver(key, save) {
  const line = h("p", { class: "saved", role: "status" });
  let timer = 0;
  let dirty = false;
  let working = Promise.resolve();

  const say = (picture, words) => line.replaceChildren(icon(picture), words);
  const show = () => {
    if (dirty) {
      return;
    }
    const item = state.items.get(key);
    const entry = entriesOfItem(key).filter((one) => one.kind !== "photo").at(-1);
    if (stuck(key)) {
      say("alert", t("needs_choice"));
    } else if (entry) {
      say("device", t(entry.hold ? "saved_not_whole" : "saved_waiting", { time: clock(item.at) }));
    } else if (item?.server) {
      say("server", t("on_server_since", { time: clock(item.at) }));
    } else {
      line.replaceChildren();
    }
  };
  const flush = () => {
    clearTimeout(timer);
    if (!dirty) {
      return working;
    }
    dirty = false;
    working = working.then(save).then(() => {
      show();
      plan(true);
    }).catch((error) => {
      dirty = true;
      say("alert", t("not_saved"));
      throw error;
    });
    return working;
  };
  const touched = () => {
    dirty = true;
    say("going", t("typing"));
    clearTimeout(timer);
    timer = setTimeout(flush, REST);
  };
  const one = { line, touched, flush, show };
  open.add(one);
  show();
  return one;
}
