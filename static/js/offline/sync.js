/* The way to the server: entries in their order, each until the server said what became of it. One page at a time. */
import { bytesOf } from "./photos.js";
import { changed, counts, drop, entriesOf, forget, forgetAll, keepPack, markSent, noteSync, settle, state, stuck } from "./state.js";
import * as store from "./store.js";

const MOST = 50;
const EVERY = 20000;
let csrf = "";
let timer = 0;
let again = false;
let running = false;

class Away extends Error {}

async function ask(path, given = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", redirect: "follow", cache: "no-store", ...given,
      headers: { Accept: "application/json", ...given.headers } });
  } catch {
    throw new Away("network");
  }
  if (answer.redirected || answer.status === 401) {
    throw new Away("sign_in");
  }
  if (answer.status >= 500 || answer.status === 429) {
    throw new Away("network");
  }
  return answer;
}

export const send = (path, data) => ask(path, { method: "POST", body: JSON.stringify(data),
  headers: { "Content-Type": "application/json", "X-CSRFToken": csrf } });

/** Ask the server whether this device may keep what it has; learn its time and who is signed in. */
export async function contact() {
  const begun = Date.now();
  const waiting = String(counts().waiting + counts().stuck);
  const headers = state.vault ? { "X-Device": state.vault.device, "X-Waiting": waiting } : {};
  const answer = await ask("/field/contact", { headers });
  const told = await answer.json();
  csrf = told.csrf;
  state.offset = Math.round(Date.parse(told.now) - (begun + Date.now()) / 2);
  state.signedIn = told.signed_in;
  state.online = true;
  state.problem = told.signed_in ? "" : "sign_in_to_send";
  await obey(told);
  return told;
}

/** Delete what the server wants deleted, and say so. */
async function obey(told) {
  const wiped = Object.entries(told.devices).filter(([, standing]) => standing === "wipe").map(([audit]) => Number(audit));
  if (!wiped.length || !state.vault) {
    return;
  }
  const device = state.vault.device;
  const all = wiped.length >= Object.keys(told.devices).length;
  if (all) {
    await forgetAll();
    sessionStorage.setItem("assay-wiped", "1");
  } else {
    await Promise.all(wiped.map((audit) => forget(audit)));
  }
  await send("/field/wiped", { device, audits: wiped }).catch(() => {});
  if (all) {
    location.replace("/field");
  }
}

/** Send what waits, in order, as far as the network carries. */
export async function sync() {
  if (!state.vault || running) {
    again = running;
    return;
  }
  running = true;
  try {
    await navigator.locks.request("assay-sync", run);
  } catch (error) {
    if (!(error instanceof Away)) {
      throw error;
    }
    state.online = error.message !== "network";
    state.problem = state.online ? "sign_in_to_send" : "";
    changed();
  } finally {
    running = false;
    plan();
  }
}

async function run() {
  const told = await contact();
  if (!state.key || !told.signed_in) {
    changed();
    return;
  }
  await takeSettled(told.settled);
  let sent = 0;
  for (const audit of [...state.packs.keys()]) {
    sent += await sendAudit(audit);
  }
  if (state.vault) {
    await noteSync(told.now);
    if (sent) {
      await contact(); // the server learns how little is left here
    }
  }
  changed();
}

/** What somebody settled at the desk needs no choice here any more. */
async function takeSettled(uuids) {
  const chosen = new Set(uuids);
  const gone = entriesOf().filter((one) => chosen.has(one.uuid) && (one.state === "conflict" || one.state === "refused"));
  for (const entry of gone) {
    await drop(entry);
  }
  for (const audit of new Set(gone.map((one) => one.audit))) {
    await refresh(audit);
  }
}

const ready = (audit) => entriesOf(audit)
  .filter((one) => (one.state === "waiting" || one.state === "sent") && !one.hold)
  .filter((one) => !stuck(one.item))
  .sort((a, b) => a.seq - b.seq);

async function sendAudit(audit) {
  const tried = new Set();
  for (;;) {
    const batch = ready(audit).filter((one) => !tried.has(one.uuid)).slice(0, MOST);
    if (!batch.length || !state.vault) {
      return tried.size;
    }
    batch.forEach((one) => tried.add(one.uuid));
    await markSent(batch);
    const answer = await send(`/audits/${audit}/captures/batch`, {
      device: state.vault.device, waiting: counts().waiting + counts().stuck, entries: batch.map(asSent),
    });
    if (!answer.ok) {
      state.problem = "not_taken_now";
      return tried.size;
    }
    const { outcomes, standing } = await answer.json();
    for (const entry of batch) {
      await hear(audit, entry, outcomes[entry.uuid]);
    }
    if (standing === "wipe") {
      await contact();
      return 0;
    }
  }
}

const asSent = ({ uuid, seq, kind, captured_at, offset_ms, after, body, settles, how }) =>
  ({ uuid, seq, kind, captured_at, offset_ms, after, body, settles, how });

async function hear(audit, entry, told) {
  let final = told;
  if (told?.outcome === "photo") {
    final = await sendPhoto(audit, entry);
  }
  if (final && ["applied", "same", "conflict", "refused"].includes(final.outcome)) {
    await settle(entry, final);
  } else if (final?.result?.reason) {
    entry.reason = final.result.reason;
    changed();
  }
}

async function sendPhoto(audit, entry) {
  const bytes = await bytesOf(entry.uuid);
  if (!bytes) {
    return null;
  }
  const form = new FormData();
  form.set("device", state.vault.device);
  form.set("entry", JSON.stringify(asSent(entry)));
  form.set("photo", new Blob([bytes]), entry.body.file_name);
  const answer = await ask(`/audits/${audit}/captures/photo`, { method: "POST", body: form, headers: { "X-CSRFToken": csrf } });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    const final = [400, 413, 422].includes(answer.status);
    return final ? { outcome: "refused", result: { reason: told.message || "" } } : null;
  }
  return (await answer.json()).outcomes[entry.uuid];
}

/** Take an audit along, or fetch it anew; gives "" or the server's reason. */
export async function takeAlong(audit, label) {
  const told = await contact();
  if (!told.signed_in) {
    throw new Away("sign_in");
  }
  const taken = await send(`/audits/${audit}/take-along`, { device: state.vault.device, label });
  if (!taken.ok) {
    return (await taken.json().catch(() => ({}))).message || "";
  }
  await refresh(audit);
  return "";
}

export async function refresh(audit) {
  const answer = await ask(`/audits/${audit}/package`);
  if (answer.ok) {
    await keepPack(await answer.json());
    await noteSync(new Date(Date.now() + state.offset).toISOString());
    changed();
  }
  return answer.ok;
}

/** Leave this device: tell the server, delete everything, sign out. */
export async function leave() {
  const token = state.vault?.device;
  const told = await contact().catch(() => null);
  await forgetAll();
  if (told && token) {
    await send("/field/wiped", { device: token }).catch(() => {});
  }
  return csrf;
}

export const isAway = (error) => error instanceof Away;

/** Try again soon after a change, and from time to time while something waits. */
export function plan(soon = false) {
  clearTimeout(timer);
  if (!state.vault) {
    return;
  }
  if (again || soon) {
    again = false;
    timer = setTimeout(sync, 1200);
  } else if (counts().waiting) {
    timer = setTimeout(sync, EVERY);
  }
}

export function watch() {
  addEventListener("online", () => sync());
  addEventListener("offline", () => {
    state.online = false;
    changed();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      sync();
    }
  });
  store.exists().then((there) => there && sync());
}
