/* The device's database. It holds keys wrapped, and everything else sealed; in the clear stand only counters, names made
   of random signs, and of which kind an entry is. */
const NAME = "assay-field";
const STORES = ["vault", "packs", "items", "entries", "photos"];
let opened = null;

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Say whether anything is on this device, without making the database. */
export async function exists() {
  if (!indexedDB.databases) {
    return true;
  }
  return (await indexedDB.databases()).some((one) => one.name === NAME);
}

function database() {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("vault", { keyPath: "id" });
      db.createObjectStore("packs", { keyPath: "audit" });
      db.createObjectStore("items", { keyPath: "key" });
      db.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
      db.createObjectStore("photos", { keyPath: "uuid" });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

export async function close() {
  const was = opened;
  opened = null;
  if (was) {
    (await was).close();
  }
}

export async function all(store) {
  const db = await database();
  return done(db.transaction(store).objectStore(store).getAll());
}

export async function get(store, key) {
  const db = await database();
  return done(db.transaction(store).objectStore(store).get(key));
}

/** Write in one transaction, and come back only when it is on the disk. `work` gets the stores and may not wait for
    anything but their requests; what it gives is given on. */
export async function write(names, work) {
  const db = await database();
  const transaction = db.transaction(names, "readwrite", { durability: "strict" });
  const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
  const completed = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
    transaction.onerror = () => reject(transaction.error);
  });
  let result;
  try {
    result = await work(stores, done);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      /* it ended already */
    }
    completed.catch(() => {});
    throw error;
  }
  await completed;
  return result;
}

/** Count what is not on the server yet, by kind, without opening anything. */
export async function waiting() {
  const found = {};
  if (!(await exists())) {
    return found;
  }
  for (const entry of await all("entries")) {
    found[entry.kind] = (found[entry.kind] || 0) + 1;
  }
  return found;
}

/** Take one audit off the device. */
export async function removeAudit(audit) {
  await write(["packs", "items", "entries", "photos"], async (stores, ask) => {
    stores.packs.delete(audit);
    for (const name of ["items", "entries", "photos"]) {
      for (const one of await ask(stores[name].getAll())) {
        if (one.audit === audit) {
          stores[name].delete(one[stores[name].keyPath]);
        }
      }
    }
  });
}

/** Take everything off the device. */
export async function destroy() {
  await close();
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
    request.onblocked = () => {}; // another tab lets go on versionchange
  });
  if (self.caches) {
    for (const name of await caches.keys()) {
      if (name.startsWith("assay-field-")) {
        await caches.delete(name);
      }
    }
  }
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) || []) {
    await worker.unregister();
  }
}

export { STORES };
