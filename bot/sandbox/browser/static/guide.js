// The five steps: asks what has been done since the guide was begun, whenever something has changed.
import { call, now, on, phones } from "./bus.js";

const guide = document.querySelector(".guide");
const kept = { get: (name) => localStorage.getItem(`guide-${name}`), set: (name, value) => localStorage.setItem(`guide-${name}`, value) };
const steps = [...guide.querySelectorAll("[data-step]")];
let offset = null, waiting, chosen = false;

function begin() {
  kept.set("since", now().toISOString());
  kept.set("offset", offset);
}

async function look() {
  waiting = undefined;
  if (!guide.open || offset === null) return;
  const asked = new URLSearchParams([["since", kept.get("since")], ["offset", kept.get("offset")], ...phones.map((each) => ["phone", each])]);
  const { done } = await call("GET", `/sandbox/guide?${asked}`).catch(() => ({ done: {} }));
  const earlier = new Set((kept.get("done") ?? "").split(" ").filter(Boolean));
  Object.keys(done).filter((name) => done[name]).forEach((name) => earlier.add(name));
  kept.set("done", [...earlier].join(" "));
  for (const step of steps) {
    const done = earlier.has(step.dataset.step);
    step.classList.toggle("done", done);
    step.querySelector(".did").hidden = !done;
    step.querySelector(".tick").textContent = done ? "✓" : steps.indexOf(step) + 1;
  }
  const next = steps.find((each) => !earlier.has(each.dataset.step));
  if (next && !chosen) tell(next);
  document.getElementById("guide-count").textContent = next ? `${earlier.size} of ${steps.length}` : "all done";
}

function tell(step) {
  for (const each of steps) {
    each.classList.toggle("shown", each === step);
    each.querySelector(".title").setAttribute("aria-expanded", each === step);
  }
}
const soon = () => { waiting ??= setTimeout(look, 700); };

on("clock", (told) => {
  offset = told.offset_seconds;
  if (kept.get("since") === null) begin();
  soon();
});
for (const name of ["keypad", "inbox", "chat", "bank"]) on(name, soon);

guide.addEventListener("click", (event) => {
  const title = event.target.closest(".title");
  if (!title) return;
  chosen = true;
  tell(title.parentElement);
});
guide.open = kept.get("folded") !== "1";
guide.addEventListener("toggle", () => { kept.set("folded", guide.open ? "0" : "1"); soon(); });
document.getElementById("guide-again").addEventListener("click", () => { kept.set("done", ""); chosen = false; begin(); look(); });
guide.querySelector("[data-open-bench]")?.addEventListener("click", (event) => {
  document.querySelector(`[data-bench="${event.target.dataset.openBench}"]`).click();
  document.querySelector(".benches").scrollIntoView({ block: "nearest" });
});
