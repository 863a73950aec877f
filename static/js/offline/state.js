/* What is on this device, opened: audits, the present state of what was worked on, and the queue to the server. */
import * as crypt from "./crypto.js";
import * as store from "./store.js";

export const state = {
  vault: null, // the wrapped key and the device's own name
  key: null, // open in this page only
  packs: new Map(), // audit → what was taken along
  items: new Map(), // key → {key, audit, kind, value, revision, last, at, server}
  entries: new Map(), // seq → {seq, uuid, audit, kind, item, state, after, body …}
  offset: 0, // how far the server's clock is ahead, in milliseconds
  online: navigator.onLine,
  signedIn: null,
  lastSync: null,
  problem: "", // the name of a text: why nothing reaches the server
};
const listeners = new Set();
export const changed = () => listeners.forEach((tell) => tell());
export const onChange = (tell) => listeners.add(tell);
const MORE = ["packs", "items", "entries"];

export async function start() {
  state.vault = (await store.exists()) ? (await store.get("vault", "vault")) || null : null;
  state.lastSync = state.vault?.lastSync || null;
}

export async function makeVault(passphrase) {
  const made = await crypt.makeVault(passphrase);
  await store.write(["vault"], (stores) => stores.vault.put(made.record));
  state.vault = made.record;
  state.key = made.key;
}

/** Open everything with the passphrase; throws WrongPassphrase. */
export async function unlock(passphrase) {
  const key = await crypt.openVault(passphrase, state.vault);
  const [packs, items, entries] = await Promise.all(MORE.map((name) => store.all(name)));
  for (const row of packs) {
    state.packs.set(row.audit, await crypt.open(key, row, `packs/${row.audit}`));
  }
  for (const row of items) {
    state.items.set(row.key, await crypt.open(key, row, `items/${row.key}`));
  }
  for (const row of entries) {
    state.entries.set(row.seq, { ...(await crypt.open(key, row, `entries/${row.uuid}`)), ...clear(row) });
  }
  state.key = key;
  changed();
}

const clear = ({ seq, uuid, audit, kind, state: at, item, hold }) => ({ seq, uuid, audit, kind, state: at, item, hold });

/** Keep what was taken along. What the server has stands in it; what is still to go there stays as it is. */
export async function keepPack(pack) {
  const audit = pack.audit.id;
  const sealed = await crypt.seal(state.key, pack, `packs/${audit}`);
  const gone = [...state.items.values()].filter((item) => item.audit === audit && item.server && !openEntry(item.key));
  await store.write(["packs", "items"], (stores) => {
    stores.packs.put({ audit, ...sealed });
    gone.forEach((item) => item.kind === "answer" && stores.items.delete(item.key));
  });
  gone.forEach((item) => item.kind === "answer" && state.items.delete(item.key));
  state.packs.set(audit, pack);
  changed();
}

export const entriesOf = (audit) => [...state.entries.values()].filter((one) => audit === undefined || one.audit === audit);
export const entriesOfItem = (key) => [...state.entries.values()].filter((one) => one.item === key).sort((a, b) => a.seq - b.seq);
export const openEntry = (key) => entriesOfItem(key).length > 0;
export const stuck = (key) => entriesOfItem(key).find((one) => one.state === "conflict" || one.state === "refused");
export const itemKey = (audit, kind, id) => `${audit}/${kind}/${id}`;
export const capturedNow = () => new Date().toISOString();

/** Give an answer as it stands on this device. */
export function answerOf(pack, criterion) {
  const item = state.items.get(itemKey(pack.audit.id, "answer", criterion.answer_id));
  return item ? item.value : criterion.answer;
}

/** Count what stands on this device alone: all of it, and what needs somebody. */
export function counts(audit) {
  const found = entriesOf(audit);
  return {
    waiting: found.filter((one) => one.state === "waiting" || one.state === "sent").length,
    held: found.filter((one) => one.hold && one.state === "waiting").length,
    stuck: found.filter((one) => one.state === "conflict" || one.state === "refused").length,
  };
}

let queue = Promise.resolve();
/** Let one change follow the other: two at once would overtake each other. */
function inTurn(work) {
  const next = queue.then(work, work);
  queue = next.catch(() => {});
  return next;
}

/** Keep a change: the thing as it stands now, and its entry in the queue, in one durable transaction.

    An entry that no server has seen is written over; one that may be on its way is followed by another. */
export function keep(audit, kind, id, value, { hold = "", settles = null, how = "" } = {}) {
  return inTurn(() => put(audit, kind, id, structuredClone(value), { hold, settles, how }));
}

async function put(audit, kind, id, value, { hold, settles, how }) {
  const key = itemKey(audit, kind, id);
  const known = state.items.get(key);
  const settled = settles ? entriesOfItem(key).find((one) => one.uuid === settles) : null;
  const unsent = entriesOfItem(key).filter((one) => one.kind === kind && one !== settled);
  const last = unsent.at(-1);
  const over = last && last.state === "waiting" ? last : null;
  const uuid = over ? over.uuid : crypto.randomUUID();
  const before = unsent.filter((one) => one !== over).at(-1);
  const item = {
    key, audit, kind, id, value, revision: known?.revision ?? value.revision ?? null, last: known?.last ?? null,
    at: capturedNow(), server: false,
  };
  if (settled?.theirs?.revision !== undefined) {
    item.revision = settled.theirs.revision;
  }
  const content = {
    captured_at: item.at,
    offset_ms: state.offset,
    after: before ? before.uuid : kind === "answer" ? null : item.last,
    body: { ...value, revision: before ? null : item.revision },
    settles: settles || over?.settles || null,
    how: how || over?.how || "",
  };
  await write({ item, uuid, over, settled, content, audit, kind, key, hold });
}

async function write({ item, uuid, over, settled, content, audit, kind, key, hold }) {
  const [sealedItem, sealed] = await Promise.all([
    crypt.seal(state.key, item, `items/${key}`), crypt.seal(state.key, content, `entries/${uuid}`),
  ]);
  const row = { uuid, audit, kind, item: key, state: "waiting", hold: Boolean(hold), ...sealed };
  let taken = false;
  const seq = await store.write(["items", "entries"], async (stores, ask) => {
    if (over) {
      const present = await ask(stores.entries.get(over.seq));
      taken = !present || present.state !== "waiting"; // another tab sent it meanwhile
      if (taken) {
        return null;
      }
      row.seq = over.seq;
    }
    if (settled) {
      stores.entries.delete(settled.seq);
    }
    stores.items.put({ key, audit, ...sealedItem });
    return ask(stores.entries.put(row));
  });
  if (taken) {
    state.entries.set(over.seq, { ...over, state: "sent" });
    await put(audit, kind, item.id, item.value, { hold, settles: content.settles, how: content.how });
    return;
  }
  if (settled) {
    state.entries.delete(settled.seq);
  }
  state.items.set(key, item);
  state.entries.set(seq, { ...content, ...clear({ ...row, seq }) });
  changed();
}

/** Put an entry for a photo into the queue, with its bytes sealed; `body` says what it was taken for. */
export function keepPhoto(audit, item, body, bytes) {
  return inTurn(async () => {
    const uuid = crypto.randomUUID();
    const content = {
      captured_at: capturedNow(),
      offset_ms: state.offset,
      after: body.answer_id ? null : entriesOfItem(item).at(-1)?.uuid ?? state.items.get(item)?.last ?? null,
      body: { ...body, sha256: await crypt.digest(bytes), size: bytes.byteLength },
    };
    const [sealed, picture] = await Promise.all([
      crypt.seal(state.key, content, `entries/${uuid}`), crypt.sealBytes(state.key, bytes, `photos/${uuid}`),
    ]);
    const row = { uuid, audit, kind: "photo", item, state: "waiting", hold: false, ...sealed };
    const seq = await store.write(["entries", "photos"], async (stores, ask) => {
      stores.photos.put({ uuid, audit, ...picture });
      return ask(stores.entries.put(row));
    });
    state.entries.set(seq, { ...content, ...clear({ ...row, seq }) });
    changed();
  });
}

/** Write down what became of an entry: on the server, or back with a reason. */
export function settle(entry, told) {
  return inTurn(() => settleNow(entry, told));
}

async function settleNow(entry, told) {
  const item = state.items.get(entry.item);
  if (told.outcome === "applied" || told.outcome === "same") {
    const others = entriesOfItem(entry.item).filter((one) => one.seq !== entry.seq);
    const next = item && entry.kind !== "photo" || item && told.result.revision !== undefined
      ? { ...item, last: entry.item.includes("/answer/") ? null : entry.uuid,
          result: { ...item.result, ...told.result },
          revision: told.result.revision ?? item.revision, server: others.every((one) => one.kind === "photo"),
          clock: told.clock || "" } : null;
    const sealed = next && (await crypt.seal(state.key, next, `items/${next.key}`));
    await store.write(["entries", "items", "photos"], (stores) => {
      stores.entries.delete(entry.seq);
      stores.photos.delete(entry.uuid);
      if (next) {
        stores.items.put({ key: next.key, audit: next.audit, ...sealed });
      }
    });
    state.entries.delete(entry.seq);
    if (next) {
      state.items.set(next.key, next);
    }
  } else {
    await comeBack(entry, told);
  }
  changed();
}

/** Keep a conflict or a refusal with both texts. Later words on the same thing hold all that the earlier said. */
async function comeBack(entry, told) {
  const later = entriesOfItem(entry.item).filter((one) => one.seq > entry.seq && one.kind === entry.kind);
  const mine = later.at(-1) || entry;
  const content = {
    captured_at: mine.captured_at, offset_ms: mine.offset_ms, after: entry.after ?? null, body: mine.body,
    settles: null, how: "", theirs: told.result.theirs, reason: told.result.reason || "",
    reasons: told.result.reasons || [], field: told.result.field || null,
  };
  const sealed = await crypt.seal(state.key, content, `entries/${entry.uuid}`);
  const row = { seq: entry.seq, uuid: entry.uuid, audit: entry.audit, kind: entry.kind, item: entry.item, hold: false,
    state: told.outcome, ...sealed };
  await store.write(["entries"], (stores) => {
    later.forEach((one) => stores.entries.delete(one.seq));
    stores.entries.put(row);
  });
  later.forEach((one) => state.entries.delete(one.seq));
  state.entries.set(entry.seq, { ...content, ...clear(row) });
}

/** Mark entries as perhaps on their way, before they are: from then on they are no longer written over. */
export async function markSent(entries) {
  await inTurn(() => store.write(["entries"], async (stores, ask) => {
    for (const entry of entries) {
      const row = await ask(stores.entries.get(entry.seq));
      if (row && row.state === "waiting") {
        row.state = "sent";
        stores.entries.put(row);
      }
    }
  }));
  entries.forEach((entry) => { entry.state = "sent"; });
}

/** Take an entry that came back off the device, once somebody chose what is to become of it. */
export async function drop(entry, { withItem = true } = {}) {
  const item = withItem && state.items.get(entry.item);
  await store.write(["entries", "items", "photos"], (stores) => {
    stores.entries.delete(entry.seq);
    stores.photos.delete(entry.uuid);
    if (item) {
      stores.items.delete(item.key);
    }
  });
  state.entries.delete(entry.seq);
  if (item) {
    state.items.delete(item.key);
  }
  changed();
}

/** Remember when the server was last reached. */
export async function noteSync(at) {
  state.lastSync = at;
  state.vault = { ...state.vault, lastSync: at };
  await store.write(["vault"], (stores) => stores.vault.put(state.vault));
}

export async function forget(audit) {
  await store.removeAudit(audit);
  state.packs.delete(audit);
  for (const [seq, one] of [...state.entries]) {
    if (one.audit === audit) {
      state.entries.delete(seq);
    }
  }
  for (const [key, one] of [...state.items]) {
    if (one.audit === audit) {
      state.items.delete(key);
    }
  }
  changed();
}

export async function forgetAll() {
  await store.destroy();
  for (const kept of [state.packs, state.items, state.entries]) {
    kept.clear();
  }
  Object.assign(state, { vault: null, key: null, lastSync: null });
  changed();
}
