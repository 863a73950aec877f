/* Photos that still stand on this device: opened one by one, when they are shown or sent. */
import { openBytes } from "./crypto.js";
import { state } from "./state.js";
import * as store from "./store.js";

export async function bytesOf(uuid) {
  const row = await store.get("photos", uuid);
  return row ? openBytes(state.key, row, `photos/${uuid}`) : null;
}

/** Draw a small picture of a photo; one this browser cannot read stays blank. */
export async function draw(uuid, canvas) {
  const bytes = await bytesOf(uuid);
  const picture = bytes && (await createImageBitmap(new Blob([bytes]), { resizeWidth: canvas.width }).catch(() => null));
  if (picture) {
    canvas.height = Math.round((picture.height / picture.width) * canvas.width);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
  }
}
