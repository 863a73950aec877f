/* What came back from the server: two texts for one thing, or a refusal. Whose words stay is for the person to say. */
import { area, button, h, labelled, note } from "./dom.js";
import { drop, keep, state } from "./state.js";
import { plan, refresh, send, sync } from "./sync.js";
import { t, when } from "./texts.js";

const SHOWN = {
  answer: [["judgement", (v) => (v.conformity ? t.of("conformity", v.conformity) : "–")], ["rating", (v) => v.rating ?? "–"],
    ["what_was_seen", (v) => v.notes], ["why_not_applicable", (v) => v.exclusion_reason]],
  finding: [["grade", (v) => t.of("grades", v.grade)], ["title", (v) => v.title], ["what_was_found", (v) => v.statement], ["evidence", (v) => v.evidence]],
  meeting: [["place", (v) => v.place], ["held_at", (v) => when(v.held_at)], ["deviation", (v) => v.deviation], ["notes", (v) => v.notes]],
  photo: [["title", (v) => v.title]],
};

export const told = (kind, value) => SHOWN[kind].filter(([, give]) => give(value))
  .map(([name, give]) => h("p", { class: "entry" }, h("span", { class: "small quiet" }, t(name)), " ", String(give(value))));

/** Both texts and the choice. */
export function conflict(pack, entry, redraw) {
  const { kind, body, theirs } = entry;
  const id = entry.item.split("/")[2];
  const same = (value, how) => async () => {
    await keep(pack.audit.id, kind, kind === "answer" ? Number(id) : id, value, { settles: entry.uuid, how });
    plan(true);
    redraw();
  };
  const notes = area([theirs.notes, body.notes].filter(Boolean).join("\n\n"), 6);
  return h("section", { class: "conflict", role: "alert", "aria-labelledby": "conflict" },
    h("h2", { id: "conflict" }, t("two_texts")), h("p", {}, t("two_texts_more")),
    h("div", { class: "both" },
      h("div", {}, h("h3", {}, t("yours")), told(kind, body), button(t("keep_mine"), same(body, "mine"), { kind: "primary" })),
      h("div", {}, h("h3", {}, theirs.by ? t("by_name", { name: theirs.by }) : t("on_server")), theirs.at && h("p", { class: "small quiet" }, when(theirs.at)),
        told(kind, theirs), button(t("keep_theirs"), () => keepTheirs(pack, entry, redraw)))),
    kind === "answer" && h("details", { class: "fold" }, h("summary", {}, t("keep_both")), labelled(t("what_was_seen"), notes),
      button(t("keep_this_text"), () => same({ ...body, notes: notes.value }, "merged")())));
}

async function keepTheirs(pack, entry, redraw) {
  if (await tell(pack.audit.id, entry, "theirs")) {
    await drop(entry);
    await refresh(pack.audit.id).catch(() => false);
    redraw();
  }
}

/** Tell the server what became of something that came back; without a network it waits. */
async function tell(audit, entry, how) {
  try {
    await sync();
    const answer = await send(`/audits/${audit}/captures/batch`, { device: state.vault.device, entries: [{
      uuid: crypto.randomUUID(), seq: entry.seq, kind: entry.kind, captured_at: new Date().toISOString(), offset_ms: state.offset,
      body: entry.body, settles: entry.uuid, how,
    }] });
    return answer.ok;
  } catch {
    return false;
  }
}

/** A refusal with its reasons; the words stay here until somebody lets them go. */
export function refused(entry, redraw) {
  const audit = entry.audit;
  const said = h("p", { role: "status", class: "small" });
  const text = told(entry.kind, entry.body);
  return note("bad", h("p", {}, h("b", {}, t("not_taken"))), h("p", {}, entry.reason), (entry.reasons || []).map((one) => h("p", {}, one)),
    text, h("p", { class: "submit" },
      button(t("copy"), async () => {
        await navigator.clipboard.writeText(text.map((one) => one.textContent).join("\n"));
        said.textContent = t("copied");
      }, { picture: "clip" }),
      button(t("let_go"), async () => {
        if (!(await tell(audit, entry, "noted"))) {
          said.textContent = t("no_network_now");
          return;
        }
        await drop(entry);
        redraw();
      }, { picture: "cross" })), said);
}
