/* What script adds to the page of a meeting: signatures drawn on the page, and the position of this device. Without it
   the page records everything else. */
import { pad } from "./offline/signature.js";

for (const box of document.querySelectorAll("[data-signature]")) {
  const field = document.getElementById(box.dataset.signature);
  const clear = pad(box.querySelector("svg"), field.value, (path) => {
    field.value = path;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  box.hidden = false;
  box.querySelector("button").addEventListener("click", clear);
}

const asking = document.querySelector("[data-position]");
if (asking && navigator.geolocation) {
  const [take, leave] = asking.querySelectorAll("button");
  const said = asking.querySelector("[role=status]");
  const fields = ["latitude", "longitude", "accuracy_m"].map((id) => document.getElementById(id));
  const show = () => {
    const [north, east, within] = fields.map((field) => field.value);
    leave.hidden = !north;
    said.textContent = north
      ? asking.dataset.taken.replace("{place}", `${Number(north).toFixed(5)}, ${Number(east).toFixed(5)}`)
          .replace("{metres}", Math.round(Number(within)))
      : asking.dataset.none;
  };
  asking.hidden = false;
  show();
  take.addEventListener("click", () => {
    said.textContent = asking.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fields[0].value = coords.latitude.toFixed(6);
        fields[1].value = coords.longitude.toFixed(6);
        fields[2].value = Math.round(coords.accuracy);
        show();
      },
      () => {
        show();
        said.textContent = asking.dataset.refused;
      },
      { enableHighAccuracy: true, timeout: 20000 },
    );
  });
  leave.addEventListener("click", () => {
    fields.forEach((field) => { field.value = ""; });
    show();
  });
}
