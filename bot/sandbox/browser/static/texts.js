// Texts of messages: codes to dial, addresses, and on WhatsApp *bold* and _soft_. And lists that follow their end.
import { el } from "./bus.js";

const PARTS = /(\*\d[\d*]*#)|(https?:\/\/[^\s]+[^\s.,)])|\*([^*\n]+)\*|_([^_\n]+)_/g;

export function written(text, marks) {
  const found = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(PARTS)) {
    const [all, code, address, bold, soft] = match;
    if (!marks && (bold || soft)) continue;
    found.append(text.slice(done, match.index));
    done = match.index + all.length;
    if (code) found.append(el("button", { type: "button", className: "code", title: "Put it on the keypad" }, code));
    else if (address) found.append(el("a", { href: address, target: "_blank", rel: "noopener" }, address));
    else found.append(el(bold ? "strong" : "em", {}, bold ?? soft));
  }
  found.append(text.slice(done));
  return found;
}

/**
 * Put the messages into a list: what is the same stays, so that nothing jumps and an open list stays open. What becomes
 * of a message stands in its `about` alone, so that it is not taken from under a hand.
 */
export function fill(list, messages, make, about) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const first = list.told === undefined;  // what was there before the page was is not news
  list.told = true;
  const kept = new Map([...list.children].map((each) => [each.dataset.id, each]));
  const items = messages.map((each) => {
    const { status, price, error, report, ...lasting } = each;
    const print = JSON.stringify(lasting);
    const old = kept.get(String(each.id));
    const item = old?.print === print ? old : make(each);
    const line = about(each);
    if (item.about?.outerHTML !== line.outerHTML) {
      item.about?.remove();
      item.append(item.about = line);
    }
    if (item === old) return old;
    item.dataset.id = each.id;
    item.print = print;
    if (!first && !old) {
      item.classList.add("fresh");
      item.addEventListener("animationend", () => item.classList.remove("fresh"), { once: true });
    }
    return item;
  });
  const fresh = items.filter((each) => !kept.has(each.dataset.id)).length;
  items.forEach((each, place) => { if (list.children[place] !== each) list.insertBefore(each, list.children[place] ?? null); });
  while (list.children.length > items.length) list.lastChild.remove();
  if (atEnd || fresh) list.scrollTop = list.scrollHeight;
  return first ? 0 : fresh;
}

/** So many new ones on a phone that is not looked at. */
export function count(person, device, fresh) {
  const mark = person.querySelector(`[data-show="${device}"] .count`);
  if (!fresh || person.dataset.device === device) return;
  mark.textContent = (mark.hidden ? 0 : Number(mark.textContent)) + fresh;
  mark.hidden = false;
}

/**
 * A line to write in: sends what is in it, or the usual word when it is empty. It is free for the next at once, which
 * goes when the one before has gone; what was refused is put back, if nothing else has been typed.
 */
export function composer(form, send, usual = "") {
  const line = form.elements.text;
  let last = Promise.resolve(), going = 0;
  form.addEventListener("click", (event) => { // the rest of a double click is no usual word
    if (event.detail > 1 && !line.value && event.target.closest("button")) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = line.value, text = typed.trim() || (going ? "" : usual);
    if (!text) return;
    line.value = "";
    going += 1;
    last = last.then(async () => {
      const done = await send(text);
      going -= 1;
      if (!done && !line.value) line.value = typed;
    });
  });
}
