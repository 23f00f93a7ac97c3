// The panels beside the phones: HTML from the server, fetched anew when what it shows has changed, and its buttons.
import { on, call, attempt, page, phones, say, el } from "./bus.js";

let whose = phones[0];
const said = JSON.parse(page.says).bank;
const panels = [...document.querySelectorAll("[data-panel]")]
  .map((box) => ({ box, stale: true, due: Infinity, busy: false, calls: new Map() }));
let held; // the panel in which a button is down

/** Whether somebody is in the middle of typing there: then it waits until she is done. */
const typing = (box) => {
  const at = document.activeElement;
  return box.contains(at) && (at.matches("select") || (at.matches("input") && at.type !== "checkbox" && at.value !== ""));
};
/** Renewed now, it would take something from under a hand, or show what is no longer so. */
const inUse = ({ box, calls }) => typing(box) || box === held || [...calls.values()].includes(false);
const visible = (box) => !box.closest("[hidden]") && !document.hidden;
const mark = (each) => each?.dataset?.call && each.dataset.call + (each.dataset.body ?? "");

async function refresh(panel) {
  const { box } = panel;
  if (panel.busy) { soon(panel); return; }
  if (!visible(box) || inUse(panel)) { panel.stale = true; return; }
  panel.busy = true;
  panel.stale = false;
  const before = panel.calls.size;
  try {
    const answer = await fetch(`${box.dataset.panel}?${new URLSearchParams({ phone: whose })}`);
    const html = await answer.text();
    if (!answer.ok || inUse(panel) || panel.calls.size > before) { panel.stale = true; return; }
    if (html !== panel.html) put(panel, html);
    panel.calls.clear();
    box.querySelectorAll("[aria-busy]").forEach((each) => { each.ariaBusy = null; });
  } catch { panel.stale = true; } finally { panel.busy = false; }
}

/** What was open stays open, what had the focus keeps it, and typed values stay. */
function put(panel, html) {
  const { box } = panel;
  const name = (each) => each.querySelector("summary").firstChild.textContent.trim();
  const open = new Map([...box.querySelectorAll("details")].map((each) => [name(each), each.open]));
  const focus = mark(document.activeElement);
  const told = box.querySelector(".told");
  const scrolled = box.querySelector(".picture")?.scrollTop;
  const values = new Map([...box.querySelectorAll(".save [name]")].map((each) => [each.name, each.value]));
  panel.html = html;
  box.innerHTML = html;
  box.querySelectorAll("details").forEach((each) => { each.open = open.get(name(each)) ?? each.open; });
  box.querySelectorAll(".save [name]").forEach((each) => { if (values.get(each.name)) each.value = values.get(each.name); });
  if (told) box.querySelector("form.save")?.after(told);
  if (focus) [...box.querySelectorAll("[data-call]")].find((each) => mark(each) === focus)?.focus();
  centre(box, scrolled);
}

/** The place that is lit is in sight; a picture that somebody has scrolled goes there only when the place is another. */
function centre(box, scrolled) {
  const picture = box.querySelector(".picture");
  const lit = picture?.querySelector("#lit");
  if (!lit) return;
  const at = picture.querySelector("svg").getAttribute("aria-label") + whose;
  const same = box.dataset.at === at && scrolled !== undefined;
  box.dataset.at = at;
  const { top, height } = lit.getBoundingClientRect();
  picture.scrollTop = same ? scrolled : top + height / 2 - picture.getBoundingClientRect().top - picture.clientHeight / 2;
}

/** In a while. What is due already is not put off: news upon news would keep what is no longer so. */
function soon(panel, after = 250) {
  const due = performance.now() + after;
  if (panel.due <= due) return;
  clearTimeout(panel.again);
  panel.due = due;
  panel.again = setTimeout(() => { panel.due = Infinity; refresh(panel); }, after);
}
const all = (after) => panels.forEach((each) => soon(each, after));

/** What a form sends: what is written into it, and what was typed. Money is typed in naira and sent in kobo. */
function sent(form) {
  const body = JSON.parse(form.dataset.body ?? "{}");
  for (const each of form.elements) {
    if (!each.name || (each.type === "checkbox" && !each.checked)) continue;
    body[each.name] = "money" in each.dataset ? kobo(each.value) : each.type === "checkbox" ? true : each.value;
  }
  return body;
}
function kobo(text) {
  const amount = Number(text.replace(/[^0-9.]/g, ""));
  if (!amount) throw new Error(`${text} is not an amount`);
  return Math.round(amount * 100);
}

/** What is pressed is busy until its panel shows what came of it: a second press would pay again. */
async function send(from, body) {
  const panel = panels.find(({ box }) => box.contains(from));
  const [method, path] = from.dataset.call.split(" ");
  const found = await attempt(async () => {
    const asked = body(), what = path + JSON.stringify(asked);
    if (panel.calls.has(what)) return undefined;
    panel.calls.set(what, false);
    from.ariaBusy = "true";
    try { return await call(method, path, asked); } finally { panel.calls.set(what, true); }
  });
  if (found?.path) tell(from, found);
  else if (found?.outcomes) say(`Her bank: ${found.outcomes.map((each) => said[each] ?? each).join(" ")}`);
  else if (found) say("Done.");
  all(100);
}

/** What was saved, how it is run, and what the scene says otherwise than the phone did. */
function tell(from, found) {
  const form = from.isConnected ? from : document.querySelector("form.save"); // the panel may have been renewed meanwhile
  form.parentElement.querySelector(".told")?.remove();
  const lines = found.differences.map((line) => el("span", { className: line[0] === "+" ? "good" : "bad" }, `${line}\n`));
  form.after(el("div", { className: "told", role: "status" },
    el("p", {}, "Saved as ", el("code", {}, found.path), ". Run it:"), el("pre", {}, found.run),
    el("p", {}, found.differences.length ? "The scene says this otherwise (- the phone, + the test):" : "Every line is as the phone had it."),
    ...(lines.length ? [el("pre", { className: "diff" }, ...lines)] : [])));
  form.reset();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-panel] button");
  // The second press of a double click was meant for what stood there at the first one.
  if (button && event.detail > 1) event.preventDefault();
  else if (button?.dataset.call) send(button, () => JSON.parse(button.dataset.body));
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-call]");
  if (!form) return;
  event.preventDefault();
  document.activeElement?.blur();
  send(form, () => sent(form));
});
document.addEventListener("change", (event) => {
  if (!("atOnce" in event.target.dataset)) return;
  const { form } = event.target;
  event.target.blur();
  send(form, () => sent(form));
});
document.addEventListener("pointerdown", ({ target }) => { held = target.closest?.("[data-panel]"); });
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => {
  held = undefined;
  panels.filter((each) => each.stale).forEach((each) => soon(each));
});
// The inspector follows whose phone was touched last.
document.addEventListener("pointerdown", follow);
document.addEventListener("focusin", follow);
function follow(event) {
  const number = event.target.closest?.(".person")?.dataset.phone;
  if (!number || number === whose) return;
  whose = number;
  all();
}

for (const name of ["keypad", "chat", "inbox", "bank", "time"]) on(name, () => all());
document.querySelector(".benches > .pick")?.addEventListener("click", () => all(0));
document.addEventListener("visibilitychange", () => all(0));
document.addEventListener("focusout", () => panels.filter((each) => each.stale).forEach((each) => soon(each)));
// What only the product knows (a job that has run) is told by nobody: while it is looked at, it is asked for.
setInterval(() => panels.forEach((each) => refresh(each)), 4000);
all(0);
