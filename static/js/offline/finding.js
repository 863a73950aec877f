/* A finding written on this device: a draft until it is raised at the desk. */
import { findingNeeds } from "./checks.js";
import { area, h, input, labelled, select } from "./dom.js";
import { conflict, refused } from "./choice.js";
import { photos } from "./pictures.js";
import { saver } from "./saving.js";
import { itemKey, keep, state, stuck } from "./state.js";
import { pick, t } from "./texts.js";

/** Begin a finding: it gets a name of its own, and its criterion where it comes from one. */
export function begin(pack, criterionId) {
  const id = crypto.randomUUID();
  fresh.set(id, { criterion_id: criterionId || pack.criteria[0].id, grade: "minor", title: "", statement: "", evidence: "" });
  return `#a/${pack.audit.id}/f/${id}`;
}
const fresh = new Map();

export function finding(pack, id, redraw) {
  const audit = pack.audit.id;
  const key = itemKey(audit, "finding", id);
  const item = state.items.get(key);
  const back = stuck(key);
  const value = structuredClone(item?.value || fresh.get(id));
  const head = [h("p", { class: "crumbs" }, h("a", { href: `#a/${audit}` }, t("back_to_outline"))),
    h("h1", {}, item?.result?.number ? t("finding_n", { number: item.result.number }) : t("finding"))];
  if (!value) {
    return [head, h("p", {}, t("not_here"))];
  }
  if (back?.state === "conflict") {
    return [head, conflict(pack, back, redraw)];
  }
  const settles = back?.uuid || null;
  const needs = h("p", { class: "small state plain is-warn", role: "status" });
  const saving = saver(key, () => keep(audit, "finding", id, value, { hold: findingNeeds(value), settles, how: settles ? "mine" : "" }));
  const show = () => { needs.textContent = findingNeeds(value) ? t(findingNeeds(value)) : ""; };
  const touch = (name, change = (given) => given) => (event) => {
    value[name] = change(event.target.value);
    show();
    saving.touched();
  };
  show();
  const criteria = pack.criteria.map((one) => [String(one.id), `${one.code} ${pick(one.title)}`]);
  return [head, back?.state === "refused" && refused(back, redraw),
    h("section", { class: "field-answer", "aria-label": t("finding") },
      labelled(t("grade"), select(value.grade, t.list("grades"), { onchange: touch("grade") })),
      labelled(t("criterion"), select(String(value.criterion_id), criteria, { onchange: touch("criterion_id", Number) })),
      labelled(t("title"), input(value.title, { name: "title", maxlength: "240", oninput: touch("title") }), { help: t("title_help") }), needs,
      labelled(t("what_was_found"), area(value.statement, 5, { name: "statement", oninput: touch("statement") })),
      labelled(t("evidence"), area(value.evidence, 4, { name: "evidence", oninput: touch("evidence") })),
      saving.line),
    photos(audit, key, { finding: id, title: value.title || t("finding") }),
    h("p", { class: "small quiet" }, t("finding_is_draft"))];
}
