// The SMS inbox: sender, parts and price of what came; and her answers.
import { attempt, call, el, moment } from "./bus.js";
import { composer, count, fill, written } from "./texts.js";

const BAD = ["Failed", "Rejected", "Expired", "AbsentSubscriber", "undelivered", "failed"];

export function inbox({ person, path }) {
  const device = person.querySelector(".device.inbox");
  const list = device.querySelector(".messages");
  const parts = (many) => (many === 1 ? "1 part" : `${many} parts`);

  const make = (message) => el("li", { className: message.mine ? "mine" : "theirs" },
    message.mine ? null : el("b", { className: "sender" }, message.sender),
    el("p", {}, written(message.text, false)));
  const about = (message) => el("small", { className: `about${BAD.includes(message.report) ? " bad" : ""}` },
    [!message.mine && parts(message.segments), message.price, message.report, moment(message.at)].filter(Boolean).join(" · "));

  composer(device.querySelector(".compose"), (text) => attempt(() => call("POST", `${path}/sms`, { text })));

  return (told) => {
    count(person, "inbox", fill(list, told.messages, make, about));
    list.dataset.empty = "No SMS yet";
    const stopped = device.querySelector(".stopped");
    stopped.hidden = !told.stopped.length;
    stopped.textContent = `stopped: ${told.stopped.join(", ")}`;
  };
}
