/* A signature drawn with pen, finger or mouse: kept as the path of a picture, 300 by 100 units, whole numbers only. */
export const WIDTH = 300;
export const HEIGHT = 100;
const SPACE = "http://www.w3.org/2000/svg";
const MOST = 12000; // signs; what the server keeps at most

/** Make a picture of a drawn path; label names whose it is. */
export function picture(path, label) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("class", "signature");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const line = document.createElementNS(SPACE, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Let a pen draw on a picture; tell every change. Gives what clears it. */
export function pad(svg, path, changed) {
  const line = svg.querySelector("path");
  let drawn = path;
  let last = null;

  const show = () => line.setAttribute("d", drawn);
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
    const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
    return [Math.min(Math.max(x, 0), WIDTH), Math.min(Math.max(y, 0), HEIGHT)];
  };
  svg.addEventListener("pointerdown", (event) => {
    if (drawn.length > MOST - 20) {
      return;
    }
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    last = at(event);
    drawn += `M${last[0]} ${last[1]}L${last[0]} ${last[1]}`; // a dot is a mark too
    show();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!last || drawn.length > MOST - 20) {
      return;
    }
    const next = at(event);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < 2) {
      return;
    }
    drawn += `L${next[0]} ${next[1]}`;
    last = next;
    show();
  });
  const lift = () => {
    if (last) {
      last = null;
      changed(drawn);
    }
  };
  svg.addEventListener("pointerup", lift);
  svg.addEventListener("pointercancel", lift);
  return () => {
    drawn = "";
    show();
    changed(drawn);
  };
}
