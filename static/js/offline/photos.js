/* Photos that still stand on this device: opened one by one, when they are shown or sent. */
import { openBytes } from "./crypto.js";
import { state } from "./state.js";
import * as store from "./store.js";

const shown = new Map(); // uuid → address of the opened picture in this page

export async function bytesOf(uuid) {
  const row = await store.get("photos", uuid);
  return row ? openBytes(state.key, row, `photos/${uuid}`) : null;
}

/** Give an address that shows a photo in this page. */
export async function addressOf(uuid) {
  if (!shown.has(uuid)) {
    const bytes = await bytesOf(uuid);
    if (!bytes) {
      return "";
    }
    shown.set(uuid, URL.createObjectURL(new Blob([bytes])));
  }
  return shown.get(uuid);
}

export function removePhotosOf(uuid) {
  if (shown.has(uuid)) {
    URL.revokeObjectURL(shown.get(uuid));
    shown.delete(uuid);
  }
}
