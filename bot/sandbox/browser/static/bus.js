// What every script of the page uses: the live stream, calls to the stand-ins, and a word for the person.
const heard = {};
const last = {};
export const page = document.body.dataset;
export const phones = [...document.querySelectorAll(".person")].map((each) => each.dataset.phone);

/** Hear an event of the stream: what was told last, at once, and whatever comes. */
export function on(name, told) {
  (heard[name] ??= []).push(told);
  Object.values(last[name] ?? {}).forEach(told);
  if (source && !listening.has(name)) listen(name);
}

/** Ask the control API or a panel's own routes. Gives JSON; a refusal is an Error with its words. */
export async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let found = {};
  try { found = JSON.parse(text); } catch { found = { error: text }; }
  if (!answer.ok) throw new Error(found.error || `HTTP ${answer.status}`);
  return found;
}

/** Do something that may be refused; the refusal is said. */
export async function attempt(doing) {
  try { return await doing(); } catch (trouble) { say(trouble.message); return undefined; }
}

let hiding;
export function say(text) {
  const toast = document.getElementById("toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 6000);
}

/** An element with properties and what is in it. Text only ever becomes text. */
export function el(name, properties = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...inside.filter((each) => each !== null && each !== undefined));
  return made;
}

let offset = 0;
/** The time of the books, which may have been moved. */
export const now = () => new Date(Date.now() + offset * 1000);
const shown = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: page.zone, ...options });
const hours = shown({ hour: "2-digit", minute: "2-digit" });
const days = shown({ day: "numeric", month: "short" });
const whole = shown({ weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
export function moment(iso) {
  const at = new Date(iso);
  return days.format(at) === days.format(now()) ? hours.format(at) : `${days.format(at)}, ${hours.format(at)}`;
}

let source;
const listening = new Set();
const live = document.getElementById("live");
function listen(name) {
  listening.add(name);
  source.addEventListener(name, (event) => {
    const told = JSON.parse(event.data);
    (last[name] ??= {})[told?.phone ?? ""] = told;
    (heard[name] ?? []).forEach((each) => each(told));
  });
}
function connect() {
  source = new EventSource("/sandbox/events?" + new URLSearchParams(phones.map((each) => ["phone", each])));
  listening.clear();
  Object.keys(heard).forEach(listen);
  source.onopen = () => { live.textContent = "live"; live.className = "tag good"; };
  source.onerror = () => {
    live.textContent = "trying again";
    live.className = "tag bad";
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
}

function tick() {
  const clock = document.getElementById("now");
  clock.textContent = whole.format(now());
  clock.dateTime = now().toISOString();
}
on("clock", (told) => { offset = told.offset_seconds; tick(); });
setInterval(tick, 5000);
connect();

const picks = document.querySelector(".benches > .pick");
picks?.addEventListener("click", (event) => {
  const name = event.target.dataset?.bench;
  if (!name) return;
  picks.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", each.dataset.bench === name));
  document.querySelectorAll(".bench").forEach((each) => { each.hidden = each.id !== name; });
  sessionStorage.setItem("bench", name);
});
document.addEventListener("click", (event) => {
  const name = event.target.dataset?.openBench;
  if (!name) return;
  picks.querySelector(`[data-bench="${name}"]`).click();
  const beside = document.querySelector(".benches");
  beside.scrollIntoView({ block: matchMedia("(min-width: 1100px)").matches ? "nearest" : "start" });
});
picks?.querySelector(`[data-bench="${sessionStorage.getItem("bench")}"]`)?.click();
