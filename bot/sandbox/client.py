"""A typed client of the sandbox's control API: for the story, the tests and the phone in the terminal.

One method per thing that a person in the sandbox can do. It speaks HTTP only, so what it does
is what anybody could do from outside.
"""

import base64
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

CALL_TIMEOUT_SECONDS = 30  # a dialled hop may take the ten seconds that the product has, twice when repeated
LOOK_EVERY_SECONDS = 0.05


class SandboxError(Exception):
    """The sandbox refused, in its own words."""


@dataclass(frozen=True)
class Sms:
    id: int
    message_id: str
    sender: str
    text: str
    segments: int
    at: str
    report: str | None
    provider: str = "africastalking"
    price: str = ""


@dataclass(frozen=True)
class WhatsappChoice:
    """What can be tapped."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class WhatsappFile:
    """A picture or a document that came with a message; its bytes are had by `client.media(sid)`."""

    sid: str
    content_type: str
    name: str
    url: str
    size: int


@dataclass(frozen=True)
class WhatsappMessage:
    """A message of ours on somebody's WhatsApp. `button` opens the list that the choices are the rows of."""

    id: int
    sid: str
    body: str
    choices: tuple[WhatsappChoice, ...]
    button: str
    template: bool
    media: tuple[WhatsappFile, ...]
    at: str
    status: str
    price: str

    @classmethod
    def of(cls, found: dict[str, Any]) -> "WhatsappMessage":
        choices = tuple(WhatsappChoice(**each) for each in found["choices"])
        media = tuple(WhatsappFile(**each) for each in found["media"])
        return cls(**{**found, "choices": choices, "media": media})


class Session:
    """A phone with a menu open. `screen` is what it shows; `error` why the network gave up."""

    screen: str
    ended: bool
    error: str | None
    answers: list[str]

    def __init__(self, client: "SandboxClient", phone: str, shown: dict[str, Any]) -> None:
        self._client = client
        self.phone = phone
        self.id: str = shown["session_id"]
        self._show(shown)

    def reply(self, text: str, phone: str | None = None) -> "Session":
        """Type something and send it; `phone`: from another handset, in this same session."""
        who = phone or self.phone
        self._show(self._client.post(f"{_phone(who)}/reply", text=text, session_id=self.id))
        return self

    def hangup(self) -> None:
        self._client.post(f"{_phone(self.phone)}/hangup")
        self.ended = True

    def _show(self, shown: dict[str, Any]) -> None:
        self.screen = shown["screen"]
        self.ended = shown["ended"]
        self.error = shown["error"]
        self.answers = shown["answers"]


class Whatsapp:
    """WhatsApp on somebody's phone. What she sends is answered later: read it with `inbox`.

    What is sent gives the SID of the message, a tap the title of what was tapped.
    """

    def __init__(self, client: "SandboxClient", phone: str) -> None:
        self._client = client
        self._path = f"/whatsapp/{quote(phone, safe='+')}"

    def say(self, text: str) -> str:
        """Write something."""
        return str(self._client.post(f"{self._path}/say", text=text)["sid"])

    def tap(self, what: str) -> str:
        """A button or a row: by its title or id, or `#2` for the second of the newest that has any. Its title."""
        return str(self._client.post(f"{self._path}/tap", what=what)["title"])

    def send_media(
        self, kind: str, *, caption: str = "", data: bytes | None = None, content_type: str = "", name: str = ""
    ) -> str:
        """image, audio, video or document: a sample of it, or `data` of a `content_type`."""
        packed = None if data is None else base64.b64encode(data).decode()
        return str(
            self._client.post(
                f"{self._path}/send", kind=kind, caption=caption, data=packed, content_type=content_type, name=name
            )["sid"]
        )

    def send_contact(self, name: str, number: str) -> str:
        """Somebody's contact card."""
        return str(self._client.post(f"{self._path}/send", kind="contacts", name=name, number=number)["sid"])

    def send_place(self, latitude: str, longitude: str, label: str = "") -> str:
        found = self._client.post(f"{self._path}/place", latitude=latitude, longitude=longitude, label=label)
        return str(found["sid"])

    def inbox(self, after: int = 0) -> list[WhatsappMessage]:
        """What arrived, oldest first; only those with an id above `after`."""
        return [WhatsappMessage.of(each) for each in self._client.get(f"{self._path}/inbox?after={after}")["messages"]]

    def close_window(self) -> None:
        """As if she had not written for 24 hours."""
        self._client.post(f"{self._path}/close-window")

    def person(self, *, profile_name: str | None = None, privacy: str | None = None) -> dict[str, Any]:
        """What WhatsApp knows of her; `privacy`: number, both, hidden (Meta's id instead of it) or absent."""
        return self._client.put(self._path, profile_name=profile_name, privacy=privacy)


class SandboxClient:
    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/") + "/control"
        self._http = requests.Session()
        self._http.trust_env = False

    def close(self) -> None:
        self._http.close()

    # --- phones ---------------------------------------------------------------------------------------------------

    def dial(
        self,
        phone: str,
        code: str,
        *,
        quirks: dict[str, Any] | None = None,
        network_code: str | None = None,
        session_id: str | None = None,
    ) -> Session:
        shown = self.post(
            f"{_phone(phone)}/dial", code=code, quirks=quirks, network_code=network_code, session_id=session_id
        )
        return Session(self, phone, shown)

    def inbox(self, phone: str, after: int = 0) -> list[Sms]:
        """The SMS this phone got, oldest first; only those with an id above `after`."""
        return [Sms(**each) for each in self.get(f"{_phone(phone)}/inbox?after={after}")["messages"]]

    def sms_reply(self, phone: str, text: str, to: str | None = None) -> str:
        """Send an SMS to us: over africastalking or twilio, or over whom the last one came from. Its id."""
        return str(self.post(f"{_phone(phone)}/sms", text=text, to=to)["id"])

    def opt_out(self, phone: str) -> None:
        """She tells Africa's Talking that she wants no more SMS of ours."""
        self.post(f"{_phone(phone)}/opt-out")

    def opt_in(self, phone: str) -> None:
        self.post(f"{_phone(phone)}/opt-in")

    def whatsapp(self, phone: str) -> Whatsapp:
        return Whatsapp(self, phone)

    def media(self, sid: str) -> bytes:
        """A file that arrived on somebody's WhatsApp."""
        answer = self._http.get(f"{self._base}/whatsapp/media/{quote(sid)}", timeout=CALL_TIMEOUT_SECONDS)
        if answer.status_code != 200:
            raise SandboxError(answer.text)
        return answer.content

    def templates(self) -> list[dict[str, Any]]:
        """What was created by the Content API, and what Meta says of it."""
        return list(self.get("/whatsapp/templates")["templates"])

    def history(self, phone: str) -> dict[str, Any]:
        return self.get(_phone(phone))

    def phone(self, phone: str, *, quirks: dict[str, Any] | None = None, network_code: str | None = None) -> None:
        """What this phone is like from now on."""
        self.put(_phone(phone), quirks=quirks, network_code=network_code)

    # --- the bank -------------------------------------------------------------------------------------------------

    def pay(
        self,
        reference: str | None = None,
        *,
        account_number: str | None = None,
        ussd_code: str | None = None,
        phone: str | None = None,
        amount: int | None = None,
        currency: str | None = None,
        times: int = 1,
        accept: bool = False,
        fail: bool = False,
    ) -> list[str]:
        """A customer pays a charge; what came of each time: success, rejected or failed.

        `phone`: she approves (or with `fail` declines) what her mobile money asks her on it.

        `amount` is in kobo. Paystack sends back a bank transfer of another amount than asked, unless `accept`.
        """
        return list(
            self.post(
                "/paystack/pay",
                reference=reference,
                account_number=account_number,
                ussd_code=ussd_code,
                phone=phone,
                amount=amount,
                currency=currency,
                times=times,
                accept=accept,
                fail=fail,
            )["outcomes"]
        )

    def voucher(self, phone: str) -> str | None:
        """What her operator says when she dials for a voucher; None when nobody asks for one."""
        found = self.get(f"/paystack/voucher?phone={quote(phone, safe='')}")["voucher"]
        return None if found is None else str(found)

    def charges(self, status: str | None = None) -> list[dict[str, Any]]:
        """`status`: open (nobody has paid yet), ongoing, abandoned, success, failed or reversed."""
        return list(self.get("/paystack/charges" + _status(status))["charges"])

    def transfers(self, status: str | None = None) -> list[dict[str, Any]]:
        return list(self.get("/paystack/transfers" + _status(status))["transfers"])

    def end_transfer(self, reference: str, status: str) -> dict[str, Any]:
        """success, failed, reversed, abandoned, blocked or rejected."""
        return self.post(f"/paystack/transfers/{quote(reference)}", status=status)

    def balance(self, currency: str = "") -> int:
        """Paystack's balance in kobo; in its own money, which it names first, if unsaid."""
        found = self.get("/paystack/balance")["balances"]
        currency = currency or found[0]["currency"]
        return next((int(each["balance"]) for each in found if each["currency"] == currency), 0)

    def movements(self) -> list[dict[str, Any]]:
        return list(self.get("/paystack/movements")["movements"])

    def name_account(self, bank_code: str, account_number: str, account_name: str | None) -> None:
        """Whose account it is; None: the bank knows no such account."""
        self.post("/paystack/accounts", bank_code=bank_code, account_number=account_number, account_name=account_name)

    # --- the workings ---------------------------------------------------------------------------------------------

    def knob(self, on: str, do: str, value: Any = None, *, only: str | None = None, times: int | None = None) -> int:
        """Break something: the `do` of `knobs.KNOBS` at the place `on`. The id, to take it away again."""
        return int(
            self._call("PUT", "/knobs", {"on": on, "do": do, "value": value, "only": only, "times": times})["id"]
        )

    def knobs(self) -> list[dict[str, Any]]:
        return list(self.get("/knobs")["knobs"])

    def take_knobs_away(self, knob_id: int | None = None) -> None:
        self._call("DELETE", "/knobs" if knob_id is None else f"/knobs/{knob_id}")

    def tune(self, **changes: Any) -> dict[str, Any]:
        """Change the tuning (see `tuning.Tuning`); without changes: read it."""
        return self._call("PUT", "/tuning", changes) if changes else self.get("/tuning")

    def now(self) -> datetime:
        """The time of the sandbox, which is moved along with the product's."""
        return datetime.fromisoformat(self.get("/clock")["now"])

    def move_clock(self, offset_seconds: float) -> None:
        self.post("/clock", offset_seconds=offset_seconds)

    def webhooks(self) -> list[dict[str, Any]]:
        """Everything that was or will be sent to the product, oldest first."""
        return list(self.get("/webhooks")["webhooks"])

    def send_again(self, webhook_id: int) -> None:
        self.post(f"/webhooks/{webhook_id}/again")

    def hurry(self) -> None:
        """Everything that waits for its time happens now."""
        self.post("/hurry")

    def pending(self) -> dict[str, int]:
        return self.get("/pending")

    def settle(self, timeout_seconds: float = 15) -> None:
        """Wait until nothing is due any more; retries and held webhooks do not count. Raises SandboxError in time."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            left = self.pending()
            if not left["errands"] and not left["sending"]:
                return
            if time.monotonic() > deadline:
                raise SandboxError(f"still pending after {timeout_seconds} s: {left}")
            time.sleep(LOOK_EVERY_SECONDS)

    def reset(self) -> None:
        self.post("/reset")

    def wait_until_up(self, timeout_seconds: float = 60) -> None:
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                self.get("/health")
                return
            except requests.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(LOOK_EVERY_SECONDS)

    # --- HTTP -----------------------------------------------------------------------------------------------------

    def get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._call("POST", path, body)

    def put(self, path: str, **body: Any) -> dict[str, Any]:
        return self._call("PUT", path, body)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._http.request(method, self._base + path, json=body, timeout=CALL_TIMEOUT_SECONDS)
        found: dict[str, Any] = answer.json()
        if answer.status_code != 200:
            raise SandboxError(found.get("error", answer.text))
        return found


def _phone(number: str) -> str:
    return f"/phones/{quote(number, safe='+')}"


def _status(status: str | None) -> str:
    return "" if status is None else f"?status={quote(status)}"
