/* What stands on this device alone: what waits and why, what came back, and a way to carry it off by hand. */
import { button, h, icon, link, note } from "./dom.js";
import { told } from "./choice.js";
import { entriesOf, state } from "./state.js";
import { sync } from "./sync.js";
import { t, when } from "./texts.js";

export function queue(redraw) {
  const rows = entriesOf().sort((a, b) => a.seq - b.seq);
  return [h("h1", {}, t("queue")), h("p", { class: "sub" }, t("queue_more")),
    h("p", { class: "meta" }, h("span", {}, state.online ? t("network") : t("no_network")),
      h("span", {}, state.lastSync ? t("last_sync", { time: when(state.lastSync) }) : t("never_synced"))),
    state.problem && note("warn", h("p", {}, t(state.problem)),
      state.problem === "sign_in_to_send" && link(t("sign_in"), "/sign-in?next=/field", { picture: "lock" })),
    h("p", { class: "submit" }, button(t("send_now"), async () => {
      await sync();
      redraw();
    }, { kind: "primary", picture: "up" }), rows.length > 0 && button(t("save_as_file"), save, { picture: "down" })),
    rows.length ? h("ul", { class: "field-list" }, rows.map(row)) : h("div", { class: "empty" }, h("h2", {}, t("all_on_server")))];
}

function row(entry) {
  const pack = state.packs.get(entry.audit);
  const word = { waiting: entry.hold ? t("not_whole") : t("waiting"), sent: t("waiting"), conflict: t("two_texts"), refused: t("not_taken") }[entry.state];
  const kind = { conflict: "warn", refused: "bad" }[entry.state] || "";
  return h("li", {}, h("a", { href: place(entry) }, h("b", {}, about(pack, entry)),
    h("span", { class: "meta small" }, h("span", { class: `state plain${kind ? ` is-${kind}` : ""}` }, icon(kind ? "alert" : "wait"), word),
      h("span", {}, t.of("captures", entry.kind)), h("span", {}, when(entry.captured_at))),
    entry.reason && h("span", { class: "small" }, entry.reason)));
}

function about(pack, entry) {
  const [, kind, id] = entry.item.split("/");
  if (kind === "answer") {
    return pack?.criteria.find((one) => one.answer_id === Number(id))?.code || "";
  }
  return kind === "meeting" ? t.of("meetings", id) : entry.body.title || state.items.get(entry.item)?.value.title || t("untitled");
}

function place(entry) {
  const [audit, kind, id] = entry.item.split("/");
  return `#a/${audit}/${{ answer: "c", finding: "f", meeting: "m" }[kind]}/${id}`;
}

/** Write everything that is not on the server into a file of plain text, for the person to keep. */
function save() {
  const texts = entriesOf().sort((a, b) => a.seq - b.seq).map((entry) => [
    `${t.of("captures", entry.kind)} ${about(state.packs.get(entry.audit), entry)} ${when(entry.captured_at)}`,
    ...told(entry.kind, entry.body).map((one) => one.textContent), entry.reason || "",
  ].filter(Boolean).join("\n"));
  const address = URL.createObjectURL(new Blob([`${texts.join("\n\n")}\n`], { type: "text/plain" }));
  h("a", { href: address, download: "assay.txt" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
