// The five steps: asks what has been done since the guide was begun in this house, whenever something has changed.
import { call, on } from "./bus.js";

const guide = document.querySelector(".guide");
const steps = [...guide.querySelectorAll("[data-step]")];
const POLL_MS = 3000;  // what only the product knows (somebody was let in, money has come) is told by nobody
let waiting, chosen = false;

async function look(asked = call("GET", "/sandbox/guide")) {
  waiting = undefined;
  const { done } = await asked.catch(() => ({ done: null }));
  if (!done) return;
  for (const step of steps) {
    const taken = done[step.dataset.step];
    if (taken && !step.classList.contains("done") && step.classList.contains("shown")) chosen = false;
    step.classList.toggle("done", taken);
    step.querySelector(".did").hidden = !taken;
    step.querySelector(".tick").textContent = taken ? "✓" : steps.indexOf(step) + 1;
  }
  const next = steps.find((each) => !done[each.dataset.step]);
  if (next && !chosen) tell(next);
  const many = steps.filter((each) => done[each.dataset.step]).length;
  document.getElementById("guide-count").textContent = next ? `${many} of ${steps.length}` : "all done";
}

function tell(step) {
  for (const each of steps) {
    each.classList.toggle("shown", each === step);
    each.querySelector(".title").setAttribute("aria-expanded", each === step);
  }
}
const seen = () => guide.open && !document.hidden;
const soon = () => { if (seen()) waiting ??= setTimeout(look, 400); };

for (const name of ["clock", "keypad", "inbox", "chat", "bank"]) on(name, soon);
setInterval(soon, POLL_MS);

guide.addEventListener("click", (event) => {
  const title = event.target.closest(".title");
  if (!title) return;
  chosen = true;
  tell(title.parentElement);
});
guide.open = localStorage.getItem("guide-folded") !== "1";
guide.addEventListener("toggle", () => { localStorage.setItem("guide-folded", guide.open ? "0" : "1"); soon(); });
document.getElementById("guide-again").addEventListener("click", () => { chosen = false; look(call("POST", "/sandbox/guide/begin", {})); });
