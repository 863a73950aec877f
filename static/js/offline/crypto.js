/* Keys and sealing. A random key seals everything on the device; the passphrase only wraps that key, and neither the
   passphrase nor an open key is ever stored or sent. */
export const ROUNDS = 600000;
const text = new TextEncoder();
const words = new TextDecoder();

export class WrongPassphrase extends Error {}

const random = (length) => crypto.getRandomValues(new Uint8Array(length));

async function wrappingKey(passphrase, salt, rounds) {
  const material = await crypto.subtle.importKey("raw", text.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, material,
    { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/** Make the device's vault; gives the record to store and the key to work with. */
export async function makeVault(passphrase) {
  const salt = random(16);
  const iv = random(12);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const wrapping = await wrappingKey(passphrase, salt, ROUNDS);
  const wrapped = await crypto.subtle.wrapKey("raw", key, wrapping, { name: "AES-GCM", iv });
  const record = { id: "vault", device: crypto.randomUUID(), salt, iv, wrapped, rounds: ROUNDS };
  return { record, key: await openVault(passphrase, record) };
}

/** Open the vault; a wrong passphrase throws. The key cannot be taken out of the page. */
export async function openVault(passphrase, record) {
  const wrapping = await wrappingKey(passphrase, record.salt, record.rounds);
  try {
    return await crypto.subtle.unwrapKey("raw", record.wrapped, wrapping, { name: "AES-GCM", iv: record.iv },
      { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  } catch {
    throw new WrongPassphrase();
  }
}

/** Seal bytes; `about` binds them to their place, so that one cannot be put in place of another. */
export async function sealBytes(key, bytes, about) {
  const iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(about) }, key, bytes);
  return { iv, data };
}

export async function openBytes(key, sealed, about) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: text.encode(about) }, key, sealed.data);
}

export async function seal(key, value, about) {
  return sealBytes(key, text.encode(JSON.stringify(value)), about);
}

export async function open(key, sealed, about) {
  return JSON.parse(words.decode(await openBytes(key, sealed, about)));
}

export async function digest(bytes) {
  const found = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(found)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Guess how hard a passphrase is to guess: 0 too short, 1 weak, 2 fair, 3 strong. Length counts most. */
export function strength(passphrase) {
  const signs = [...passphrase];
  const different = new Set(signs.map((sign) => sign.toLowerCase())).size;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u, /\p{Lo}/u].filter((kind) => kind.test(passphrase)).length;
  if (signs.length < 8 || different < 4) {
    return 0;
  }
  const bits = different * 1.6 + signs.length * (1.2 + 0.4 * kinds);
  return bits < 34 ? 1 : bits < 46 ? 2 : 3;
}
