// The chat: bubbles with buttons, lists, pictures and templates; what she writes, taps and sends along.
import { attempt, call, el, moment } from "./bus.js";
import { composer, count, fill, written } from "./texts.js";

const STATUS = { queued: "…", accepted: "…", sent: "✓", delivered: "✓✓", read: "✓✓ read" };
const WHY = {
  63016: "outside the 24 hours", 63003: "not on WhatsApp", 63024: "nobody is there", 63005: "refused by WhatsApp",
  63019: "the picture could not be had", 30005: "not delivered",
};
const NAMES = { audio: "voice note", contacts: "contact card", location: "place" };

export function chat({ person, whatsapp }) {
  const device = person.querySelector(".device.chat");
  const list = device.querySelector(".messages");
  const tap = (what) => attempt(() => call("POST", `${whatsapp}/tap`, { what }));

  function choices(message) {
    const made = message.choices.map((each) =>
      el("button", { type: "button", className: message.button ? "row" : "choice", onclick: () => tap(each.id) },
        el("span", {}, each.title), each.description ? el("small", {}, each.description) : null));
    if (!message.button) return made.length ? el("div", { className: "choices" }, ...made) : null;
    const rows = el("details", { className: "rows" }, el("summary", {}, `☰ ${message.button}`), ...made);
    rows.addEventListener("click", (event) => { if (event.target.closest(".row")) rows.open = false; });
    return rows;
  }

  function file(each) {
    const source = `/control/whatsapp/media/${encodeURIComponent(each.sid)}`;
    const size = `${Math.max(1, Math.round(each.size / 1000))} kB`;
    if (each.content_type.startsWith("image/")) return el("img", { src: source, alt: each.name || "A picture", loading: "lazy" });
    return el("a", { href: source, download: each.name, className: "file" }, `📎 ${each.name || each.content_type} · ${size}`);
  }

  const about = (message) => el("small", { className: "about" }, became(message));
  function became(message) {
    if (message.mine) return moment(message.at);
    const state = message.arrived ? (STATUS[message.status] ?? message.status) : `did not arrive: ${WHY[message.error] ?? "failed"} (${message.error ?? "…"})`;
    return [message.template && "template", state, message.price, moment(message.at)].filter(Boolean).join(" · ");
  }

  const make = (message) => el("li", { className: `${message.mine ? "mine" : "theirs"}${message.arrived ? "" : " lost"}` },
    ...message.files.map(file),
    el("p", {}, written(message.body || (message.files.length ? "" : NAMES[message.kind] ?? message.kind), true)),
    message.arrived ? choices(message) : null);

  composer(device.querySelector(".compose"), (text) => attempt(() => call("POST", `${whatsapp}/say`, { text })), "hi");

  device.querySelector(".attach").addEventListener("click", async (event) => {
    const kind = event.target.dataset?.send;
    if (!kind) return;
    event.currentTarget.open = false;
    if (kind === "place") await attempt(() => call("POST", `${whatsapp}/place`, { latitude: "6.5244", longitude: "3.3792", label: "Lagos" }));
    else await attempt(() => call("POST", `${whatsapp}/send`, kind === "contacts" ? { kind, name: "Dayo Afolabi", number: "+2348035550099" } : { kind }));
  });

  return (told) => {
    count(person, "chat", fill(list, told.messages, make, about));
    list.dataset.empty = "Write to begin: hi";
    const window = device.querySelector(".window");
    window.textContent = told.privacy === "absent" ? "no WhatsApp" : told.open ? `until ${moment(told.until)}` : told.until || told.messages.some((each) => each.mine) ? "24 hours are over" : "never wrote";
    window.title = "WhatsApp takes free answers for 24 hours after she wrote; then templates only";
    window.className = `window tag ${told.open ? "good" : ""}`;
  };
}
