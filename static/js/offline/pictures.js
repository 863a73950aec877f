/* Photos taken for an answer, a finding or a meeting. */
import { h, icon, input, labelled } from "./dom.js";
import { draw } from "./photos.js";
import { entriesOfItem, keepPhoto } from "./state.js";
import { plan } from "./sync.js";
import { t, when } from "./texts.js";

const MOST = 40 * 1024 * 1024;

/** The photos that still stand here, and the camera. `about` says what they are taken for. */
export function photos(audit, key, about, { title = true } = {}) {
  const list = h("ul", { class: "rows" });
  const said = h("p", { class: "saved", role: "status" });
  const name = input("", { maxlength: "200" });
  const fill = () => list.replaceChildren(...entriesOfItem(key).filter((one) => one.kind === "photo").map((one) => {
    const picture = h("canvas", { class: "field-photo", role: "img", "aria-label": one.body.title, width: 192, height: 144 });
    draw(one.uuid, picture);
    return h("li", {}, icon("photo"), h("span", {}, one.body.title, h("small", { class: "meta" }, h("span", {}, when(one.captured_at)),
      h("span", {}, one.state === "refused" ? t("not_taken_because", { reason: one.reason }) : t("waiting")))), picture);
  }));
  const camera = h("input", { class: "form-control", type: "file", accept: "image/*", capture: "environment", onchange: async () => {
    for (const file of camera.files) {
      if (file.size > MOST) {
        said.replaceChildren(icon("alert"), t("photo_too_large"));
        continue;
      }
      said.replaceChildren(icon("going"), t("saving_photo"));
      await keepPhoto(audit, key, { ...about, title: name.value.trim() || about.title, file_name: file.name || "photo.jpg" }, await file.arrayBuffer());
      said.replaceChildren(icon("device"), t("photo_saved"));
    }
    camera.value = "";
    name.value = "";
    fill();
    plan(true);
  } });
  fill();
  return h("section", { class: "field-photos", "aria-label": t("photos") }, h("h2", {}, t("photos")), list,
    title && labelled(t("what_it_shows"), name, { optional: true }), labelled(t("take_photo"), camera), said);
}
