// The three phones of everybody on the page: each device in its own file, and what they share.
import { page, phones, on } from "./bus.js";
import { keypad } from "./keypad.js";
import { chat } from "./chat.js";
import { inbox } from "./inbox.js";
import { switches } from "./switches.js";

for (const number of phones) {
  const person = document.querySelector(`.person[data-phone="${CSS.escape(number)}"]`);
  const path = `/control/phones/${encodeURIComponent(number)}`;
  const ways = { person, number, path, whatsapp: `/control/whatsapp/${encodeURIComponent(number)}` };
  const made = { keypad: keypad(ways, page), chat: chat(ways), inbox: inbox(ways), switches: switches(ways, page) };
  for (const [name, told] of Object.entries(made)) on(name, (found) => { if (found.phone === number) told(found); });
  person.querySelector(".devices-pick").addEventListener("click", (event) => {
    const button = event.target.closest("[data-show]");
    if (button) show(person, button.dataset.show);
  });
  // A code in a text is one touch away from the keypad.
  person.addEventListener("click", (event) => {
    const code = event.target.closest(".code")?.textContent;
    if (!code) return;
    show(person, "keypad");
    person.dispatchEvent(new CustomEvent("code", { detail: code }));
  });
}

export function show(person, device) {
  person.dataset.device = device;
  person.querySelectorAll("[data-show]").forEach((each) => {
    each.setAttribute("aria-pressed", each.dataset.show === device);
    if (each.dataset.show === device) each.querySelector(".count")?.setAttribute("hidden", "");
  });
}

document.querySelector(".people .on")?.scrollIntoView({ block: "nearest", inline: "center" });
