// Shows how the file would be read while a mapping is being made. Without it the button "Preview" does the same.
const form = document.querySelector("form[data-live]");
const whole = ["encoding", "delimiter", "header", "sheet", "shape"]; // change which columns there are
let timer, call;

async function look(names) {
  call?.abort();
  call = new AbortController();
  const data = new URLSearchParams(new FormData(form));
  data.set("do", "preview");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, signal: call.signal, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = names.some((n) => whole.includes(n)) ? ["live-columns", "live-dates", "live-rest", "live-preview"] : ["live-preview"];
    for (const id of parts) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id).replaceWith(fresh);
    }
  } catch (e) {
    if (e.name !== "AbortError") throw e;
  }
}

let touched = new Set();
form?.addEventListener("input", (e) => {
  if (e.target.name === "name") return;
  touched.add(e.target.name);
  clearTimeout(timer);
  timer = setTimeout(() => {
    look([...touched]);
    touched = new Set();
  }, 400);
});
