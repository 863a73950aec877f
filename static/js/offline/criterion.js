/* One criterion and its answer: the fields of the desk, photos beside them. */
import { answerNeeds, ratingsOf } from "./checks.js";
import { area, button, check, h, input, labelled, link, mark, note, picks, prose } from "./dom.js";
import { conflict, refused } from "./choice.js";
import { complete, shown } from "./outline.js";
import { photos } from "./pictures.js";
import { saver } from "./saving.js";
import { answerOf, itemKey, keep, stuck } from "./state.js";
import { pick, t, tongue } from "./texts.js";

const LOOKS = { conforms: "good", partly: "warn", not: "bad", out: "" };

export function criterion(pack, answerId, redraw) {
  const one = pack.criteria.find((row) => row.answer_id === answerId);
  const key = itemKey(pack.audit.id, "answer", answerId);
  const back = stuck(key);
  const value = structuredClone(answerOf(pack, one));
  value.answer_id = answerId;
  value.interviewees ||= [];
  return [
    h("article", { class: "field-criterion", lang: tongue(one.title) },
      h("p", { class: "crumbs" }, h("a", { href: `#a/${pack.audit.id}` }, t("back_to_outline"))),
      h("h1", {}, pick(one.title)),
      h("p", { class: "meta" }, h("span", { class: "code" }, one.code), one.critical && mark("bad", "alert", t("critical"))),
      h("p", { class: "req" }, pick(one.requirement)),
      h("details", {}, h("summary", {}, t("how_to_judge")), prose(pick(one.guidance)), h("h2", {}, t("evidence_to_expect")), prose(pick(one.evidence))),
      earlier(pack, one)),
    back?.state === "conflict" && conflict(pack, back, redraw),
    back?.state === "refused" && back.kind === "answer" && refused(back, redraw),
    back?.state === "conflict" ? null : form(pack, one, key, value, back),
    photos(pack.audit.id, key, { answer_id: answerId, title: `${one.code} ${pick(one.title)}` }),
    h("p", {}, link(t("new_finding"), `#a/${pack.audit.id}/f/new/${one.id}`, { picture: "minor" })),
    keys(pack, one),
  ];
}

function earlier(pack, one) {
  const before = pack.before[one.code];
  const found = pack.findings.filter((row) => row.criterion === one.code && !row.here);
  return (before || found.length > 0) && h("section", {}, h("h2", {}, t("audit_before")),
    before && note("", h("p", {}, h("b", {}, t.of("conformity", before.conformity)), before.rating !== null && ` ${before.rating}`, " ", h("span", { class: "code quiet" }, before.audit)), prose(before.notes)),
    found.map((row) => note("", h("p", {}, h("b", {}, t.of("grades", row.grade)), " ", h("span", { class: "code quiet" }, row.number)), h("p", {}, row.title), prose(row.statement))));
}

function form(pack, one, key, value, back) {
  const needs = h("p", { class: "small state plain is-warn", role: "status" });
  const rating = h("div", {});
  const out = h("div", {});
  const settles = back?.uuid || null;
  const saving = saver(key, () => keep(pack.audit.id, "answer", value.answer_id, value, { hold: answerNeeds(value), settles, how: settles ? "mine" : "" }));
  const draw = () => {
    const need = answerNeeds(value);
    const range = ratingsOf(value.conformity);
    needs.textContent = need ? t(need, range ? { low: range[0], high: range[1] } : {}) : "";
    rating.hidden = value.conformity === "out";
    out.hidden = value.conformity !== "out";
  };
  const touch = (name) => (given) => {
    value[name] = given;
    draw();
    saving.touched();
  };
  const typed = (name) => ({ oninput: (event) => touch(name)(event.target.value) });
  rating.append(picks(t("rating"), "rating", [0, 1, 2, 3, 4].map((n) => [n, String(n)]), value.rating, (given) => touch("rating")(given === null ? null : Number(given))));
  out.append(labelled(t("why_not_applicable"), area(value.exclusion_reason, 3, { name: "exclusion_reason", ...typed("exclusion_reason") })));
  draw();
  return h("section", { class: "field-answer", "aria-label": t("answer") },
    picks(t("judgement"), "conformity", t.list("conformity").map(([code, word]) => [code, word, LOOKS[code]]), value.conformity, (given) => {
      if (given === "out") {
        value.rating = null;
      }
      touch("conformity")(given);
    }),
    out, rating, needs,
    labelled(t("what_was_seen"), area(value.notes, 6, { name: "notes", ...typed("notes") })),
    picks(t("methods"), "methods", t.list("methods"), value.methods, touch("methods"), { several: true, optional: true }),
    people(value, saving, draw),
    check(t("evidence_verified"), value.evidence_verified, touch("evidence_verified"), t("evidence_verified_help")),
    saving.line);
}

function people(value, saving, draw) {
  const box = h("div", {});
  const touch = (one, name, given) => {
    one[name] = given;
    draw();
    saving.touched();
  };
  const fill = () => box.replaceChildren(
    ...value.interviewees.map((one, n) => h("fieldset", { class: "act" }, h("legend", {}, t("person_n", { number: n + 1 })),
      labelled(t("function"), input(one.role, { oninput: (event) => touch(one, "role", event.target.value) })),
      labelled(t("name_if_agreed"), input(one.name, { oninput: (event) => touch(one, "name", event.target.value) }), { optional: true }),
      check(t("agreed_to_be_named"), one.consent, (given) => touch(one, "consent", given)),
      button(t("remove"), () => {
        value.interviewees.splice(n, 1);
        fill();
        draw();
        saving.touched();
      }, { picture: "cross" }))),
    h("p", {}, button(t("add_person"), () => {
      value.interviewees.push({ role: "", name: "", consent: false });
      fill();
      draw();
    }, { picture: "plus" })));
  fill();
  return h("fieldset", { class: "field" }, h("legend", { class: "form-label" }, t("talked_to"), h("span", { class: "optional" }, ` ${t("optional")}`)), box);
}

function keys(pack, one) {
  const rows = shown(pack);
  const place = pack.criteria.indexOf(one);
  const at = (row) => row && `#a/${pack.audit.id}/c/${row.answer_id}`;
  const before = rows.filter((row) => pack.criteria.indexOf(row) < place).at(-1);
  const after = rows.find((row) => pack.criteria.indexOf(row) > place);
  const open = [...pack.criteria.slice(place + 1), ...pack.criteria.slice(0, place)].find((row) => !complete(answerOf(pack, row)));
  return h("nav", { class: "field-keys", "aria-label": t("criteria") },
    before ? link(t("previous"), at(before), { picture: "prev" }) : h("span", {}),
    link(t("outline"), `#a/${pack.audit.id}`, {}),
    open ? link(t("next_unanswered"), at(open), { cls: "btn btn-primary" }) : after ? link(t("next"), at(after), {}) : h("span", {}));
}
