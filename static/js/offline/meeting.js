/* The opening or closing meeting: time, place, people with their signatures, a photo; deviations are told as one types. */
import { deviations, meetingNeeds, plannedAt } from "./checks.js";
import { area, button, h, input, labelled, note, select } from "./dom.js";
import { conflict, refused } from "./choice.js";
import { photos } from "./pictures.js";
import { saver } from "./saving.js";
import { pad, picture } from "./signature.js";
import { itemKey, keep, state, stuck } from "./state.js";
import { pick, t, when } from "./texts.js";

const local = (instant) => {
  const date = new Date(instant);
  return new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};

function blank(pack) {
  const site = pack.sites[0];
  return {
    held_at: new Date(Math.floor(Date.now() / 60000) * 60000).toISOString(), place: site ? pick(site.name) : "", latitude: "",
    longitude: "", accuracy_m: "", deviation: "", notes: "", recorded: false,
    people: [...pack.team.filter((one) => one.role !== "observer").map((one) => ({ name: one.name, position: "", party: "body", signature: "" })),
      { name: "", position: "", party: "client", signature: "" }],
  };
}

export function meeting(pack, kind, redraw) {
  const audit = pack.audit.id;
  const key = itemKey(audit, "meeting", kind);
  const item = state.items.get(key);
  const back = stuck(key);
  const planned = plannedAt(pack, kind);
  const head = [h("p", { class: "crumbs" }, h("a", { href: `#a/${audit}` }, t("back_to_outline"))), h("h1", {}, t.of("meetings", kind)),
    planned && h("p", { class: "sub" }, t("on_the_agenda", { when: when(planned) }))];
  if (!item && pack.audit.held[kind]) {
    return [head, note("", h("p", {}, t("recorded_at_desk")))];
  }
  if (back?.state === "conflict") {
    return [head, conflict(pack, back, redraw)];
  }
  const value = structuredClone(item?.value || blank(pack));
  value.meeting = kind;
  const settles = back?.uuid || null;
  const found = h("div", {});
  const needs = h("p", { class: "small state plain is-warn", role: "status" });
  const save = () => keep(audit, "meeting", kind, value, { hold: meetingNeeds(value, deviations(pack, kind, value)), settles, how: settles ? "mine" : "" });
  const saving = saver(key, save);
  const show = () => {
    const gone = deviations(pack, kind, value);
    found.replaceChildren(...(gone.length ? [note("warn", h("p", {}, h("b", {}, t("not_as_planned"))),
      h("ul", {}, gone.map(([name, values]) => h("li", {}, t(name, { ...values, site: pick(values.site) })))))] : []));
    const need = meetingNeeds({ ...value, recorded: true }, gone);
    needs.textContent = need ? t(need) : "";
    record.hidden = value.recorded;
  };
  const touched = () => {
    show();
    saving.touched();
  };
  const typed = (name) => ({ oninput: (event) => {
    value[name] = event.target.value;
    touched();
  } });
  const record = button(t("record_meeting"), async () => {
    const gone = deviations(pack, kind, value);
    const need = meetingNeeds({ ...value, recorded: true }, gone);
    if (need) {
      needs.textContent = t(need);
      needs.scrollIntoView({ block: "center" });
      return;
    }
    value.recorded = true;
    touched();
    await saving.flush();
    redraw();
  }, { kind: "primary" });
  const held = input(value.held_at ? local(value.held_at) : "", { type: "datetime-local", onchange: (event) => {
    value.held_at = event.target.value ? new Date(event.target.value).toISOString() : "";
    touched();
  } });
  show();
  return [head, back?.state === "refused" && refused(back, redraw), found,
    h("section", { class: "field-answer", "aria-label": t.of("meetings", kind) },
      labelled(t("held_at"), held), labelled(t("place"), input(value.place, { maxlength: "240", ...typed("place") })),
      position(value, touched), attendance(value, touched),
      labelled(t("deviation"), area(value.deviation, 2, typed("deviation")), { help: t("deviation_help"), optional: true }),
      labelled(t("notes"), area(value.notes, 3, typed("notes")), { optional: true }), needs,
      h("p", { class: "submit" }, record), saving.line),
    photos(audit, key, { meeting: kind, title: t(`photo_of_${kind}`) }, { title: false })];
}

function position(value, touched) {
  const said = h("span", { class: "small quiet", role: "status" });
  const show = () => {
    said.textContent = value.latitude
      ? t("position_is", { place: `${Number(value.latitude).toFixed(5)}, ${Number(value.longitude).toFixed(5)}`, metres: value.accuracy_m })
      : t("no_position");
  };
  show();
  return navigator.geolocation && h("div", { class: "field" }, h("p", { class: "form-label" }, t("position"), h("span", { class: "optional" }, ` ${t("optional")}`)),
    h("p", { class: "field-row" }, button(t("take_position"), () => {
      said.textContent = t("looking_for_position");
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        Object.assign(value, { latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6), accuracy_m: String(Math.round(coords.accuracy)) });
        show();
        touched();
      }, () => { said.textContent = t("position_refused"); }, { enableHighAccuracy: true, timeout: 20000 });
    }, { picture: "search" }), value.latitude && button(t("leave_out"), () => {
      Object.assign(value, { latitude: "", longitude: "", accuracy_m: "" });
      show();
      touched();
    }, { picture: "cross" }), said));
}

function attendance(value, touched) {
  const box = h("div", {});
  const fill = () => box.replaceChildren(...value.people.map((one, n) => person(value, one, n, touched, fill)),
    h("p", {}, button(t("add_person"), () => {
      value.people.push({ name: "", position: "", party: "client", signature: "" });
      fill();
      touched();
    }, { picture: "plus" })));
  fill();
  return h("fieldset", { class: "field" }, h("legend", { class: "form-label" }, t("who_attended")), box);
}

function person(value, one, n, touched, fill) {
  const typed = (name) => ({ oninput: (event) => {
    one[name] = event.target.value;
    touched();
  } });
  const drawn = picture(one.signature || "", t("sign_here", { name: one.name || t("person_n", { number: n + 1 }) }));
  const clear = pad(drawn, one.signature || "", (path) => {
    one.signature = path;
    touched();
  });
  return h("fieldset", { class: "act" }, h("legend", {}, t("person_n", { number: n + 1 })),
    labelled(t("full_name"), input(one.name, { maxlength: "240", ...typed("name") })),
    labelled(t("function"), input(one.position, { maxlength: "240", ...typed("position") }), { optional: true }),
    labelled(t("for"), select(one.party, t.list("parties"), { onchange: (event) => {
      one.party = event.target.value;
      touched();
    } })),
    h("div", { class: "field sign-here" }, h("p", { class: "form-label" }, t("signature"), h("span", { class: "optional" }, ` ${t("optional")}`)), drawn,
      h("p", {}, button(t("clear"), clear))),
    h("p", {}, button(t("remove"), () => {
      value.people.splice(n, 1);
      fill();
      touched();
    }, { picture: "cross" })));
}
