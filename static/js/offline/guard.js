/* On every signed-in page: signing out where this device carries an audit leads through the app, which tells what is not
   on the server yet and deletes what is here. */
import { exists, get } from "./store.js";

for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
  let passed = false;
  form.addEventListener("submit", async (event) => {
    if (passed) {
      return;
    }
    event.preventDefault();
    let carries = false;
    try {
      carries = (await exists()) && Boolean(await get("vault", "vault"));
    } catch {
      /* a browser without a database carries nothing */
    }
    if (carries) {
      location.assign("/field#leave");
      return;
    }
    passed = true;
    form.submit();
  });
}
