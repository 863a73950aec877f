/* Pages made of elements, never of markup: what people wrote stays text. */
import { t } from "./texts.js";

const SPACE = "http://www.w3.org/2000/svg";
let numbered = 0;

export function h(tag, given, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {})) {
    if (value === false || value === null || value === undefined) {
      continue;
    }
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (name in node && typeof value !== "string") {
      node[name] = value;
    } else if (name === "value") {
      node.value = value;
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SPACE, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const mark = (kind, name, word) => h("span", { class: `state plain${kind ? ` is-${kind}` : ""}` }, icon(name), word);
export const button = (word, click, { kind = "outline-secondary", picture = "", type = "button", ...more } = {}) =>
  h("button", { class: `btn btn-${kind}`, type, onclick: click, ...more }, picture && icon(picture), word);
export const link = (word, href, { cls = "btn btn-outline-secondary", picture = "", ...more } = {}) =>
  h("a", { class: cls, href, ...more }, picture && icon(picture), word);
export const prose = (words) => h("p", { class: "prose" }, words);
export const note = (kind, ...children) => h("div", { class: `note${kind ? ` is-${kind}` : ""}` }, children);

/** A labelled control; gives the whole and the control. */
export function labelled(label, control, { help = "", optional = false, error = "" } = {}) {
  const id = control.id || `f${(numbered += 1)}`;
  control.id = id;
  const about = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  if (about) {
    control.setAttribute("aria-describedby", about);
  }
  if (error) {
    control.setAttribute("aria-invalid", "true");
  }
  return h("div", { class: "field" },
    h("label", { class: "form-label", for: id }, label, optional && h("span", { class: "optional" }, ` ${t("optional")}`)),
    help && h("p", { class: "form-text", id: `${id}-help` }, help), control,
    error && h("p", { class: "invalid-feedback", id: `${id}-error` }, error));
}

export const input = (value, given = {}) => h("input", { class: "form-control", type: "text", ...given, value: value ?? "" });
export const area = (value, rows = 4, given = {}) => h("textarea", { class: "form-control", rows: String(rows), ...given, value: value ?? "" });

export function select(value, options, given = {}) {
  const node = h("select", { class: "form-select", ...given }, options.map(([code, word]) => h("option", { value: code }, word)));
  node.value = value ?? options[0]?.[0] ?? "";
  return node;
}

/** A row of segments, one (radio) or several (checkbox) of which hold. */
export function picks(legend, name, options, chosen, changed, { several = false, optional = false } = {}) {
  const held = new Set(several ? chosen : [String(chosen ?? "")]);
  const boxes = options.map(([code, word, cls]) => h("label", { class: cls ? `is-${cls}` : "" },
    h("input", { type: several ? "checkbox" : "radio", name, value: String(code), checked: held.has(String(code)), onchange: () => {
      const on = [...whole.querySelectorAll("input:checked")].map((box) => box.value);
      changed(several ? on : on[0] ?? null);
    } }), h("span", {}, word)));
  const whole = h("fieldset", { class: "field" },
    h("legend", { class: "form-label" }, legend, optional && h("span", { class: "optional" }, ` ${t("optional")}`)),
    h("div", { class: "pick" }, boxes));
  return whole;
}

export function check(word, checked, changed, help = "") {
  const id = `f${(numbered += 1)}`;
  return h("div", { class: "field form-check" },
    h("input", { class: "form-check-input", type: "checkbox", id, checked, onchange: (event) => changed(event.target.checked) }),
    h("label", { class: "form-check-label", for: id }, word), help && h("p", { class: "form-text" }, help));
}
