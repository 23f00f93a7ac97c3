// The switches of a phone: quirks of its next session, knobs of its own, its WhatsApp. They show what is set now.
import { attempt, call, on } from "./bus.js";

export function switches({ person, number, path, whatsapp }, page) {
  const form = person.querySelector(".switches form");
  const box = (what) => form.querySelector(`[data-${what}]`);
  const all = (what) => [...form.querySelectorAll(`[data-${what}]`)];
  const privacy = all("privacy"), outside = box("window"), prefill = box("prefill");
  let now, talk, last = Promise.resolve(), turning = 0, waiters = [];

  const value = (input) => (input.checked ? Number(input.dataset.value ?? 0) || true : input.dataset.value ? 0 : false);

  async function settle(quirk, to) {
    await call("PUT", path, { quirks: { ...now.quirks, [quirk]: to }, network_code: now.network });
    return () => now.quirks[quirk] === to;
  }

  async function turn(knob, wanted) {
    const { ids, turn: places } = now.knobs[knob];
    for (const id of ids) await call("DELETE", `/control/knobs/${id}`);
    if (wanted) for (const each of places) await call("PUT", "/control/knobs", { ...each, only: number });
    return () => now.knobs[knob].ids.length === (wanted ? places.length : 0);
  }

  async function hide(privacy) {
    await call("PUT", whatsapp, { privacy });
    return () => talk.privacy === privacy;
  }

  async function close(wanted) {
    if (!wanted) throw new Error("Only her writing on WhatsApp opens the 24 hours again.");
    await call("POST", `${whatsapp}/close-window`);
    return () => !talk.open;
  }

  /** What a change has the stand-ins do. Done, it says when the stream has told of it. */
  function meant(box) {
    const { quirk, knob, off, privacy: hides } = box.dataset, wanted = box.checked, to = value(box);
    if (quirk) return () => settle(quirk, to);
    if (off) return () => settle(off, !wanted);
    if (knob) return () => turn(knob, wanted);
    if (hides) return () => hide(wanted ? hides : "number");
    return () => close(wanted);
  }

  /** One after the other, each from what the one before has left; then the boxes show what is so. */
  function change(doing) {
    turning += 1;
    form.setAttribute("aria-busy", "true");
    last = last.then(async () => {
      const told = await attempt(doing);
      if (told && !told()) await new Promise((done) => waiters.push(() => told() && (done(), true)));
      turning -= 1;
      show();
    });
  }

  form.addEventListener("change", ({ target }) => {
    if (target !== prefill) { change(meant(target)); count(); return; }
    if (target.checked) person.dataset.prefill = "1"; else delete person.dataset.prefill;
    person.dispatchEvent(new CustomEvent("prefill"));
    count();
  });

  function show() {
    waiters = waiters.filter((each) => !each());
    if (turning || !now || !talk) return;
    form.removeAttribute("aria-busy");
    form.inert = false;
    all("quirk").forEach((each) => { each.checked = Boolean(now.quirks[each.dataset.quirk]); });
    all("off").forEach((each) => { each.checked = !now.quirks[each.dataset.off]; });
    all("knob").forEach((each) => { each.checked = now.knobs[each.dataset.knob].ids.length > 0; });
    outside.checked = !talk.open;
    privacy.forEach((each) => { each.checked = talk.privacy === each.dataset.privacy; });
    count();
  }

  function count() {
    const turned = all("quirk").filter((each) => each.checked).length + all("off").filter((each) => !each.checked).length
      + all("knob").filter((each) => each.checked).length + privacy.filter((each) => each.checked).length + Number(prefill.checked);
    const mark = person.querySelector(".switches > summary .count");
    mark.textContent = turned;
    mark.hidden = !turned;
  }

  on("chat", (told) => {
    if (told.phone !== number) return;
    talk = told;
    show();
  });

  return (told) => { now = told; show(); };
}
