/* What keeps an entry on the device until it is whole, and where a meeting deviates from its plan. The server decides;
   these spare a way there. Pure. */
const RATINGS = { conforms: [2, 4], partly: [1, 3], not: [0, 1] };
export const MINUTES_OF_GRACE = 30;
export const METRES_OF_GRACE = 500;

/** Give the name of the text that says what an answer still needs, or "". */
export function answerNeeds(value) {
  if ((value.interviewees || []).some((one) => !one.role)) {
    return "needs_function";
  }
  if ((value.interviewees || []).some((one) => one.name && !one.consent)) {
    return "needs_consent";
  }
  if (value.conformity === "out") {
    return value.exclusion_reason.trim() ? "" : "needs_reason";
  }
  const rated = value.rating !== null && value.rating !== "";
  if (!value.conformity) {
    return rated ? "needs_judgement" : "";
  }
  if (!rated) {
    return "needs_rating";
  }
  const [low, high] = RATINGS[value.conformity];
  return value.rating < low || value.rating > high ? "needs_fitting_rating" : "";
}

export const ratingsOf = (conformity) => RATINGS[conformity];

export function findingNeeds(value) {
  return value.grade && value.criterion_id && value.title.trim() ? "" : "needs_title";
}

export function meetingNeeds(value, deviations) {
  const named = value.people.filter((one) => one.name.trim());
  if (!value.place.trim() || !value.held_at) {
    return "needs_place";
  }
  if (!named.some((one) => one.party === "body") || !named.some((one) => one.party === "client")) {
    return "needs_both_sides";
  }
  if (deviations.length && !value.deviation.trim()) {
    return "needs_explanation";
  }
  return value.recorded ? "" : "needs_recording";
}

const localDay = (instant) => {
  const date = new Date(instant);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
};
const days = (one, other) => Math.round((Date.parse(one) - Date.parse(other)) / 86400000);

/** When a meeting is planned: the agenda begins with the opening and ends with the closing. */
export function plannedAt(pack, kind) {
  const times = pack.agenda.map((row) => row.starts_at).sort((a, b) => Date.parse(a) - Date.parse(b));
  return kind === "opening" ? times[0] || null : times.length > 1 ? times[times.length - 1] : null;
}

/** Give the deviations of a meeting as [text name, values]. */
export function deviations(pack, kind, value) {
  const found = [];
  const { starts_on: first, ends_on: last } = pack.audit;
  const held = value.held_at && localDay(value.held_at);
  const planned = plannedAt(pack, kind);
  const minutes = planned && held ? Math.round((Date.parse(value.held_at) - Date.parse(planned)) / 60000) : 0;
  if (held && first && held < first) {
    found.push(["days_before", { n: days(first, held) }]);
  } else if (held && last && held > last) {
    found.push(["days_after", { n: days(held, last) }]);
  } else if (Math.abs(minutes) > MINUTES_OF_GRACE) {
    const n = Math.abs(minutes);
    const name = `${n >= 120 ? "hours" : "minutes"}_${minutes > 0 ? "late" : "early"}`;
    found.push([name, { n, hours: Math.floor(n / 60), rest: n % 60 }]);
  }
  const spots = pack.sites.filter((site) => site.latitude !== null);
  if (value.latitude && spots.length) {
    const near = spots.map((site) => [distance(value, site), site]).sort((a, b) => a[0] - b[0])[0];
    if (near[0] > METRES_OF_GRACE + Number(value.accuracy_m || 0)) {
      found.push(["metres_away", { metres: near[0], site: near[1].name }]);
    }
  }
  return found;
}

export function distance(one, other) {
  const radians = (degrees) => (Number(degrees) * Math.PI) / 180;
  const [high, low] = [radians(one.latitude), radians(other.latitude)];
  const across = radians(other.longitude - one.longitude);
  const half = Math.sin((low - high) / 2) ** 2 + Math.cos(high) * Math.cos(low) * Math.sin(across / 2) ** 2;
  return Math.round(2 * 6371000 * Math.asin(Math.min(1, Math.sqrt(half))));
}
