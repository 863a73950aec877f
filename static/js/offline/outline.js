/* One audit: its meetings, findings and criteria, found by words and filters. */
import { button, h, icon, input, link, mark, note } from "./dom.js";
import { answerOf, counts, entriesOfItem, itemKey, state } from "./state.js";
import { isAway, refresh } from "./sync.js";
import { clock, day, pick, t, tongue, when } from "./texts.js";

const FEW = 150; // as many lines are drawn at once; beyond that a section is opened by hand
const LOOKS = { conforms: ["good", "check"], partly: ["warn", "minor"], not: ["bad", "cross"], out: ["", "over"] };
export const filter = { words: "", show: "", open: new Set() };

export function judged(value) {
  const [kind, picture] = LOOKS[value.conformity] || ["", "draft"];
  const word = value.conformity ? t.of("conformity", value.conformity) : t("no_answer");
  return h("span", { class: kind ? `is-${kind}` : "" }, icon(picture), h("span", { class: "visually-hidden" }, word));
}

export const complete = (value) => value.conformity === "out" || (value.rating !== null && value.rating !== "");

const TESTS = {
  "": () => true,
  unanswered: (pack, one) => !complete(answerOf(pack, one)),
  critical: (_pack, one) => one.critical,
  not: (pack, one) => ["partly", "not"].includes(answerOf(pack, one).conformity),
  waiting: (pack, one) => entriesOfItem(itemKey(pack.audit.id, "answer", one.answer_id)).length > 0,
};

export function shown(pack) {
  const words = filter.words.trim().toLowerCase();
  return pack.criteria.filter((one) => TESTS[filter.show](pack, one) &&
    (!words || `${one.code} ${one.title.zh} ${one.title.en}`.toLowerCase().includes(words)));
}

export function outline(pack) {
  const audit = pack.audit;
  const list = h("div", { class: "outline field-outline" });
  const result = h("p", { class: "small quiet", role: "status" });
  const fill = () => {
    const rows = shown(pack);
    result.textContent = t("criteria_n", { n: rows.length });
    const few = rows.length <= FEW;
    list.replaceChildren(...pack.sections.map((section) => part(pack, section, rows.filter((one) => one.section === section.id), few)).filter(Boolean));
  };
  const search = input(filter.words, { type: "search", "aria-label": t("find_criterion"), placeholder: t("code_or_words"), oninput: (event) => {
    filter.words = event.target.value;
    fill();
  } });
  const chips = h("p", { class: "chips" });
  const chip = (code, word) => h("button", { class: "chip", type: "button", "aria-current": filter.show === code ? "true" : null, onclick: () => {
    filter.show = code;
    drawChips();
    fill();
  } }, word);
  const drawChips = () => chips.replaceChildren(...["", "unanswered", "critical", "not", "waiting"].map((code) => chip(code, t(`show_${code || "all"}`))));
  drawChips();
  fill();
  const found = [...state.items.values()].filter((item) => item.audit === audit.id && item.kind === "finding");
  const sent = new Set(found.map((item) => item.result?.number));
  const here = pack.findings.filter((one) => one.here && !sent.has(one.number));
  return [
    h("h1", { lang: tongue(audit.client) }, pick(audit.client)),
    h("p", { class: "meta" }, h("span", { class: "code" }, audit.number), h("span", { lang: tongue(audit.standard) }, pick(audit.standard)),
      audit.starts_on && h("span", {}, `${day(audit.starts_on)} – ${day(audit.ends_on)}`)),
    audit.state === "plan_accepted" && note("", h("p", {}, t("not_begun"))),
    h("section", { "aria-labelledby": "criteria" }, h("h2", { id: "criteria" }, t("criteria"), " ", h("span", { class: "quiet num" }, String(pack.criteria.length))),
      h("div", { class: "field-find" }, search, chips), result, list),
    meetings(pack),
    h("section", { "aria-labelledby": "findings" }, h("h2", { id: "findings" }, t("findings"), " ", h("span", { class: "quiet num" }, String(found.length + here.length))),
      h("ul", { class: "field-list" }, found.map((item) => h("li", {}, h("a", { href: `#a/${audit.id}/f/${item.id}` },
        h("b", {}, item.value.title || t("untitled")), h("span", { class: "meta small" }, h("span", {}, t.of("grades", item.value.grade)),
          h("span", {}, item.result?.number ? item.result.number : t("on_device_only")))))),
      here.map((one) => h("li", {}, h("details", {}, h("summary", {}, h("b", {}, one.title), h("span", { class: "meta small" }, h("span", { class: "code" }, one.number), h("span", {}, t.of("grades", one.grade)))),
        h("p", { class: "prose" }, one.statement), h("p", { class: "prose quiet" }, one.evidence))))),
      h("p", {}, link(t("new_finding"), `#a/${audit.id}/f/new`, { picture: "plus" }))),
    h("section", { "aria-labelledby": "plan" }, h("h2", { id: "plan" }, t("agenda")),
      h("ul", { class: "rows" }, pack.agenda.map((one) => h("li", {}, icon("date"), h("span", {}, one.topic, h("small", { class: "meta" }, h("span", {}, when(one.starts_at)), one.person && h("span", {}, one.person), one.site && h("span", {}, pick(one.site))))))),
      h("p", { class: "small quiet" }, t("team_is", { names: pack.team.map((one) => one.name).join(t("comma")) }))),
    again(pack),
  ];
}

function part(pack, section, rows, few) {
  if (!rows.length) {
    return null;
  }
  const body = h("ol", {});
  const lay = () => body.childElementCount || body.append(...rows.map((one) => line(pack, one)));
  const done = rows.filter((one) => complete(answerOf(pack, one))).length;
  const open = filter.open.has(section.id) || (few && Boolean(filter.words || filter.show || pack.sections.length < 3));
  if (open) {
    lay();
  }
  return h("details", { open, ontoggle: (event) => {
    filter.open[event.target.open ? "add" : "delete"](section.id);
    lay();
  } }, h("summary", {}, icon("next"), h("span", {}, `${section.code} ${pick(section.title)}`), h("span", { class: "num" }, `${done}/${rows.length}`)), body);
}

function line(pack, one) {
  const value = answerOf(pack, one);
  const waits = entriesOfItem(itemKey(pack.audit.id, "answer", one.answer_id)).length > 0;
  return h("li", {}, h("a", { href: `#a/${pack.audit.id}/c/${one.answer_id}` }, judged(value), h("span", { class: "code" }, one.code),
    h("span", {}, pick(one.title)), h("span", { class: "num" }, one.critical && h("span", {}, icon("alert"), h("span", { class: "visually-hidden" }, t("critical"))),
      waits && h("span", {}, icon("device"), h("span", { class: "visually-hidden" }, t("waiting"))), value.rating ?? "")));
}

function meetings(pack) {
  return h("section", { "aria-labelledby": "meetings" }, h("h2", { id: "meetings" }, t("meetings")),
    h("ul", { class: "field-list" }, ["opening", "closing"].map((kind) => {
      const item = state.items.get(itemKey(pack.audit.id, "meeting", kind));
      const said = item ? (item.server ? t("on_server") : item.value.recorded ? t("waiting") : t("begun_here")) : pack.audit.held[kind] ? t("recorded") : t("not_recorded");
      return h("li", {}, h("a", { href: `#a/${pack.audit.id}/m/${kind}` }, h("b", {}, t.of("meetings", kind)), h("span", { class: "small quiet" }, said)));
    })));
}

function again(pack) {
  const said = h("span", { class: "small quiet", role: "status" }, state.lastSync ? t("last_sync", { time: when(state.lastSync) }) : "");
  return h("section", {}, h("p", { class: "submit" }, button(t("fetch_anew"), async () => {
    try {
      said.textContent = (await refresh(pack.audit.id)) ? t("fetched", { time: clock(Date.now()) }) : t("not_fetched");
    } catch (error) {
      if (!isAway(error)) {
        throw error;
      }
      said.textContent = t("no_network_now");
    }
  }, { picture: "back" }), said), counts(pack.audit.id).stuck > 0 && mark("warn", "alert", t("stuck_n", { n: counts(pack.audit.id).stuck })));
}
