// The switches of a phone: quirks of its next session, knobs of its own, its WhatsApp. They show what is set now.
import { attempt, call, on } from "./bus.js";

export function switches({ person, number, path, whatsapp }, page) {
  const form = person.querySelector(".switches form");
  const box = (what) => form.querySelector(`[data-${what}]`);
  const all = (what) => [...form.querySelectorAll(`[data-${what}]`)];
  const privacy = all("privacy"), outside = box("window"), prefill = box("prefill");
  let now = { quirks: {}, knobs: {}, network: null };

  const value = (input) => (input.checked ? Number(input.dataset.value ?? 0) || true : input.dataset.value ? 0 : false);
  const settle = (quirks) => call("PUT", path, { quirks: { ...now.quirks, ...quirks }, network_code: now.network });

  async function turn({ ids, turn: places }, wanted) {
    for (const id of ids) await call("DELETE", `/control/knobs/${id}`);
    if (wanted) for (const each of places) await call("PUT", "/control/knobs", { ...each, only: number });
  }

  form.addEventListener("change", ({ target }) => attempt(async () => {
    const { quirk, knob, off, privacy: hides } = target.dataset;
    if (quirk) await settle({ [quirk]: value(target) });
    else if (off) await settle({ [off]: !target.checked });
    else if (knob) await turn(now.knobs[knob], target.checked);
    else if (hides) await call("PUT", whatsapp, { privacy: target.checked ? hides : "number" });
    else if (target === outside) {
      if (target.checked) await call("POST", `${whatsapp}/close-window`);
      else { target.checked = true; throw new Error("Only her writing on WhatsApp opens the 24 hours again."); }
    } else if (target === prefill) {
      if (target.checked) person.dataset.prefill = "1"; else delete person.dataset.prefill;
      person.dispatchEvent(new CustomEvent("prefill"));
      count();
    }
  }));

  function count() {
    const turned = all("quirk").filter((each) => each.checked).length + all("off").filter((each) => !each.checked).length
      + all("knob").filter((each) => each.checked).length + privacy.filter((each) => each.checked).length + Number(prefill.checked);
    const mark = person.querySelector(".switches > summary .count");
    mark.textContent = turned;
    mark.hidden = !turned;
  }

  on("chat", (told) => {
    if (told.phone !== number) return;
    outside.checked = !told.open;
    privacy.forEach((each) => { each.checked = told.privacy === each.dataset.privacy; });
    count();
  });

  return (told) => {
    now = told;
    all("quirk").forEach((each) => { each.checked = Boolean(told.quirks[each.dataset.quirk]); });
    all("off").forEach((each) => { each.checked = !told.quirks[each.dataset.off]; });
    all("knob").forEach((each) => { each.checked = told.knobs[each.dataset.knob].ids.length > 0; });
    count();
  };
}
