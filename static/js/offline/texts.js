/* The app's words in the reader's language, kept with the app. Which language is the one thing remembered in the clear. */
const LANGUAGE = "assay-language";
let texts = {};
let chosen = "en";

export const language = () => chosen;
const tag = () => (chosen === "en" ? "en-GB" : "zh-CN");

function wanted() {
  const kept = localStorage.getItem(LANGUAGE);
  if (kept === "en" || kept === "zh_CN") {
    return kept;
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh_CN" : "en";
}

export async function load() {
  chosen = wanted();
  const answer = await fetch(`/field/texts/${chosen}.json`);
  texts = await answer.json();
  document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
}

export function speak(language) {
  localStorage.setItem(LANGUAGE, language);
  location.reload();
}

/** Give a text by its name, with its values put in; `n` chooses between one and several. */
export function t(name, values = {}) {
  let found = texts[name];
  if (found === undefined) {
    throw new Error(`no text ${name}`);
  }
  if (Array.isArray(found)) {
    found = found[values.n === 1 ? 0 : 1];
  }
  return found.replace(/%\((\w+)\)s/g, (_, key) => String(values[key])).replaceAll("%%", "%");
}

/** Give the words for a code out of one of the product's lists, such as t.of("conformity", "partly"). */
t.of = (list, code) => texts.lists[list][code] ?? code;
t.list = (list) => Object.entries(texts.lists[list]);

/** Give one of two languages; the other where it is empty. */
export const pick = (pair) => (pair ? (chosen === "en" ? pair.en || pair.zh : pair.zh || pair.en) : "");
export const tongue = (pair) => ((chosen === "en" ? pair.en : !pair.zh) ? "en" : "zh-CN");

export const when = (instant) => new Intl.DateTimeFormat(tag(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
export const clock = (instant) => new Intl.DateTimeFormat(tag(), { timeStyle: "short" }).format(new Date(instant));
export const day = (date) => new Intl.DateTimeFormat(tag(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(date));
