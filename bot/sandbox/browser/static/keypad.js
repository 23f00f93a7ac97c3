// The keypad phone: a code waits to be sent, keys, the screen of the session, and dropping the line.
import { attempt, call, say } from "./bus.js";
import { written } from "./texts.js";

const STATES = { idle: "ready", open: "connected", ended: "the end", dropped: "line dropped", failed: "no connection" };

export function keypad({ person, number, path }, page) {
  const device = person.querySelector(".device.keypad");
  const part = (what) => device.querySelector(what);
  const line = part(".line input"), screen = part(".screen"), base = page.code.slice(0, -1);
  const bank = JSON.parse(page.says).bank, wallet = JSON.parse(page.says).wallet, vouchers = JSON.parse(page.vouchers);
  let session = { state: "idle" }, asked = 0, waiters = [], timer;

  const waiting = () => (person.dataset.prefill ? `${base}*1#` : page.code);
  /** What stands on the screen. Returns true: it was said. */
  const network = (text, state) => {
    screen.replaceChildren(written(text, false));
    part(".state").textContent = state;
    return true;
  };

  const show = () => network(session.screen || `Dial ${page.code}`, STATES[session.state]);
  const moved = (before) => ["session", "hops", "state"].some((each) => session[each] !== before[each]);

  /**
   * A request to the network's menu, until the stream has told what came of it, too: a key pressed before that would
   * go to a session that is over.
   */
  async function menu(way, body) {
    const before = session;
    const { ended = true } = await call("POST", `${path}/${way}`, body);
    const here = () => moved(before) && !session.waits && !(ended && session.state === "open");
    if (!here()) await new Promise((done) => waiters.push(() => here() && (done(), true)));
    return true;
  }

  /** The phone is busy meanwhile. Refused, the request leaves its screen as it was. */
  async function ask(doing) {
    asked += 1;
    device.classList.add("busy");
    const done = await attempt(doing);
    asked -= 1;
    if (done === undefined) show();
    device.classList.toggle("busy", asked > 0 || Boolean(session.waits));
    return done;
  }

  async function dial(code) {
    if (code === page.code || (code.startsWith(base + "*") && code.endsWith("#"))) return menu("dial", { code });
    if (vouchers.includes(code)) {
      const { voucher } = await call("GET", `/control/paystack/voucher?phone=${encodeURIComponent(number)}`);
      return network(`Your operator: ${voucher ?? "nobody asks for a voucher now."}`, "voucher");
    }
    const { outcomes } = await call("POST", "/control/paystack/pay", { ussd_code: code });
    return network(`Your bank: ${bank[outcomes[0]]}`, "your bank");
  }

  async function send() {
    const text = line.value.trim();
    if (asked || (session.state !== "open" && !text)) return;
    part(".state").textContent = "running";
    line.value = "";
    const done = await ask(() => (session.state === "open" ? menu("reply", { text }) : dial(text)));
    if (done === undefined) line.value = text;
    if (session.state !== "open" && !line.value) line.value = waiting();
  }

  /** She may leave while she waits for an answer. */
  async function drop() {
    if (session.state === "open") await ask(() => menu("hangup"));
    else { network(`Dial ${page.code}`, "ready"); meter(0); line.value = waiting(); }
  }

  function press(key) {
    line.value += key;
    line.scrollLeft = line.scrollWidth;
  }

  device.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.key) press(button.dataset.key);
    else if (button.dataset.do === "send" && event.detail > 1 && !line.value) return; // the rest of a double click answers nothing
    else if (button.dataset.do) ({ send, drop, rub: () => { line.value = line.value.slice(0, -1); } })[button.dataset.do]();
    else if (button.dataset.wallet) answer(button.dataset.wallet);
  });
  part(".line").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  device.addEventListener("keydown", (event) => { if (event.key === "Escape") drop(); });
  person.addEventListener("code", (event) => {
    if (session.state === "open") say("A menu is open. Drop the line first.");
    else { line.value = event.detail; line.focus(); }
  });
  person.addEventListener("prefill", () => { if (session.state !== "open") line.value = waiting(); });

  async function answer(word) {
    const done = await attempt(() => call("POST", "/control/paystack/pay", { phone: number, fail: word === "decline" }));
    if (done) say(`Your mobile money: ${wallet[word]}`);
  }

  function meter(septets) {
    const row = part(".meter"), most = Number(row.dataset.most);
    part(".septets").textContent = septets === null ? "not GSM-7," : `${septets}/${most}`;
    part(".gauge i").style.width = `${Math.min(100, ((septets ?? most) / most) * 100)}%`;
    part(".gauge").classList.toggle("near", septets > most - 12);
    row.classList.toggle("over", septets === null || septets > most);
  }

  function silence(seconds) {
    clearInterval(timer);
    if (!seconds) return;
    let left = seconds;
    timer = setInterval(() => { left -= 1; if (left >= 0) part(".state").textContent = `${left} s of silence left`; }, 1000);
  }

  return (told) => {
    const before = session;
    session = told;
    waiters = waiters.filter((each) => !each());
    part(".lcd").dataset.state = told.state;
    part(".net").textContent = told.network;
    part(".wallet").hidden = !told.wallet;
    if (told.wallet) part(".wallet span").textContent = `Pay ${told.wallet.currency} ${(told.wallet.amount / 100).toFixed(2)}?`;
    if (told.state === "idle") return;
    clearInterval(timer);
    device.classList.toggle("busy", asked > 0 || Boolean(told.waits));
    if (told.waits) { part(".state").textContent = "running"; return; }
    network(told.screen, STATES[told.state]);
    meter(told.septets);
    part(".history").textContent = [
      told.history && `text=${told.history}`, `${told.requests} ${told.requests === 1 ? "request" : "requests"}`,
      told.took_ms !== null && `${told.took_ms} ms`, told.error,
    ].filter(Boolean).join(" · ");
    if (told.state === "open") { silence(told.patience_seconds); line.placeholder = "answer"; }
    else if (before.state === "open" || !line.value) line.value = waiting();
    if (told.state === "open" && before.session !== told.session) line.value = "";
    device.classList.toggle("open", told.state === "open");
  };
}
