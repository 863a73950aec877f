/* The first page: unlock this device, what is on it, taking an audit along. */
import { strength, WrongPassphrase } from "./crypto.js";
import { button, h, icon, input, labelled, link, note } from "./dom.js";
import { counts, makeVault, state, unlock } from "./state.js";
import * as store from "./store.js";
import { isAway, plan, sync, takeAlong } from "./sync.js";
import { day, pick, t, tongue, when } from "./texts.js";

const secret = (given = {}) => input("", { type: "password", autocomplete: "off", autocapitalize: "off", spellcheck: "false", ...given });

export function home(go) {
  const wiped = sessionStorage.getItem("assay-wiped");
  sessionStorage.removeItem("assay-wiped");
  const head = [h("h1", {}, t("on_this_device")), wiped && note("hold", h("p", {}, t("was_wiped")))];
  if (!state.vault) {
    return [head, empty()];
  }
  if (!state.key) {
    return [head, unlocking(go)];
  }
  const rows = [...state.packs.values()];
  return [head, rows.length ? h("ul", { class: "field-list" }, rows.map(row)) : empty(), h("p", {}, link(t("sign_out"), "#leave", { picture: "lock" }))];
}

const empty = () => h("div", { class: "empty" }, h("h2", {}, t("nothing_here")), h("p", {}, t("nothing_here_more")),
  h("p", {}, link(t("to_audits"), "/audits/", { cls: "btn btn-primary" })));

function row(pack) {
  const { waiting, stuck } = counts(pack.audit.id);
  const done = pack.criteria.filter((one) => answered(pack, one)).length;
  return h("li", {}, h("a", { href: `#a/${pack.audit.id}` },
    h("b", { lang: tongue(pack.audit.client) }, pick(pack.audit.client)),
    h("span", { class: "meta small" }, h("span", { class: "code" }, pack.audit.number),
      pack.audit.starts_on && h("span", {}, `${day(pack.audit.starts_on)} – ${day(pack.audit.ends_on)}`),
      h("span", {}, t("answered_of", { done, all: pack.criteria.length }))),
    h("span", { class: "meta small" }, h("span", {}, icon("device"), t("on_device")),
      h("span", {}, icon("wait"), t("waiting_n", { n: waiting })),
      stuck > 0 && h("span", { class: "state plain is-warn" }, icon("alert"), t("stuck_n", { n: stuck })))));
}

function answered(pack, criterion) {
  const value = state.items.get(`${pack.audit.id}/answer/${criterion.answer_id}`)?.value || criterion.answer;
  return value.conformity === "out" || (value.rating !== null && value.rating !== "");
}

function unlocking(go, then = () => go(location.hash)) {
  const field = secret({ autocomplete: "current-password", name: "passphrase" });
  const said = h("p", { class: "invalid-feedback", role: "alert" });
  const press = button(t("unlock"), null, { kind: "primary", type: "submit", picture: "lock" });
  const waiting = h("p", { class: "small quiet" });
  store.waiting().then((found) => {
    const n = Object.values(found).reduce((sum, one) => sum + one, 0);
    waiting.textContent = n ? t("locked_waiting", { n }) : "";
  });
  return h("form", { class: "reply", onsubmit: async (event) => {
    event.preventDefault();
    press.disabled = true;
    said.textContent = "";
    try {
      await unlock(field.value);
      await then();
      plan(true);
    } catch (error) {
      if (!(error instanceof WrongPassphrase)) {
        throw error;
      }
      said.textContent = t("wrong_passphrase");
      field.select();
    } finally {
      press.disabled = false;
    }
  } }, h("p", {}, t("locked")), waiting, labelled(t("passphrase"), field), said, h("p", { class: "submit" }, press),
  h("details", {}, h("summary", {}, t("forgot")), h("p", {}, t("forgot_more")), link(t("delete_and_begin"), "#leave", {})));
}

/** Ask for what an audit needs to be taken along: a passphrase the first time, else the one that opens the device. */
export function take(audit, go) {
  const head = h("h1", {}, t("take_along"));
  if (state.vault && !state.key) {
    return [head, unlocking(go)];
  }
  const said = h("div", { role: "alert" });
  const run = async () => {
    said.replaceChildren(h("p", { class: "saved" }, icon("going"), t("fetching")));
    try {
      const reason = await takeAlong(audit, deviceName());
      if (reason) {
        said.replaceChildren(note("warn", h("p", {}, reason)));
        return;
      }
      await navigator.storage?.persist?.();
      location.hash = `#a/${audit}`;
    } catch (error) {
      if (!isAway(error)) {
        throw error;
      }
      said.replaceChildren(note("warn", h("p", {}, t(error.message === "sign_in" ? "sign_in_first" : "no_network_now")),
        error.message === "sign_in" && link(t("sign_in"), `/sign-in?next=${encodeURIComponent(`/field?take=${audit}`)}`, {})));
    }
  };
  if (state.key) {
    return [head, h("p", {}, t("take_more")), h("p", {}, button(t("take_along"), run, { kind: "primary", picture: "down" })), said];
  }
  const first = secret({ autocomplete: "new-password", name: "passphrase" });
  const second = secret({ autocomplete: "new-password", name: "again" });
  const meter = h("p", { class: "small", role: "status" });
  const wrong = h("p", { class: "invalid-feedback", role: "alert" });
  const show = () => {
    const level = strength(first.value);
    meter.textContent = first.value ? t("strength", { word: t(`strength_${level}`) }) : "";
    meter.className = `small state plain is-${["bad", "warn", "go", "good"][level]}`;
  };
  first.addEventListener("input", show);
  return [head, h("p", {}, t("take_more")), h("form", { class: "reply", onsubmit: async (event) => {
    event.preventDefault();
    wrong.textContent = strength(first.value) < 2 ? t("passphrase_weak") : first.value !== second.value ? t("passphrases_differ") : "";
    if (wrong.textContent) {
      return;
    }
    await makeVault(first.value);
    await run();
  } }, labelled(t("passphrase"), first, { help: t("passphrase_help") }), meter, labelled(t("passphrase_again"), second), wrong,
  h("p", { class: "submit" }, button(t("take_along"), null, { kind: "primary", type: "submit", picture: "down" }))), said];
}

function deviceName() {
  const agent = navigator.userAgent;
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name)) || "";
  const browser = ["Edg", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name)) || "";
  return [browser === "Edg" ? "Edge" : browser, system].filter(Boolean).join(", ");
}

/** Leave this device: what is still waiting is told first. */
export async function leaving(leave) {
  await sync().catch(() => {});
  const found = await store.waiting();
  const n = Object.values(found).reduce((sum, one) => sum + one, 0);
  const out = async () => {
    const csrf = await leave();
    if (!navigator.onLine) {
      location.hash = "#";
      return;
    }
    const form = h("form", { method: "post", action: "/sign-out" }, h("input", { type: "hidden", name: "csrf_token", value: csrf }));
    document.body.append(form);
    form.submit();
  };
  return [h("h1", {}, t("sign_out")),
    n ? note("warn", h("p", {}, h("b", {}, t("leave_waiting", { n }))),
      h("ul", {}, Object.entries(found).map(([kind, many]) => h("li", {}, `${t.of("captures", kind)}: ${many}`))),
      h("p", {}, t("leave_waiting_more"))) : h("p", {}, t("leave_clean")),
    state.vault && h("p", {}, t("leave_deletes")),
    h("p", { class: "submit" }, n > 0 && link(t("look_first"), "#", { cls: "btn btn-primary" }),
      button(n ? t("leave_delete_n", { n }) : t("leave_delete"), out, { kind: n ? "outline-secondary" : "primary", picture: "cross" })),
    state.lastSync && h("p", { class: "small quiet" }, t("last_sync", { time: when(state.lastSync) }))];
}
