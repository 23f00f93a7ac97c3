"""The form bodies that Africa's Talking posts, byte for byte: field order and escaping as captured."""

from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
USSD_HEADERS = {"Content-Type": f"{FORM}; charset=UTF-8", "User-Agent": "at-ussd-api/1.0"}
NOTIFICATION_HEADERS = {"Content-Type": FORM, "User-Agent": "at-ussd-api/1.0"}
REPORT_HEADERS = {"Content-Type": FORM, "User-Agent": "at-sms-api/1.0"}


def ussd_hop(phone: str, service_code: str, text: str, session_id: str, network_code: str) -> bytes:
    fields = {
        "phoneNumber": phone,
        "serviceCode": service_code,
        "text": text,
        "sessionId": session_id,
        "networkCode": network_code,
    }
    return urlencode(fields).encode()


def ussd_end(fields: dict[str, str], error_message: str | None) -> bytes:
    """The end-of-session notification; errorMessage only when the session failed."""
    order = (
        "date", "sessionId", "serviceCode", "networkCode", "phoneNumber", "status", "cost", "durationInMillis",
        "hopsCount", "hopsMetadata", "input", "lastAppResponse",
    )  # fmt: skip
    body = {name: fields[name] for name in order}
    return urlencode(body if error_message is None else body | {"errorMessage": error_message}).encode()


def delivery_report(message_id: str, status: str, phone: str, network_code: str, reason: str | None) -> bytes:
    fields = {
        "id": message_id,
        "status": status,
        "phoneNumber": phone,
        "networkCode": network_code,
        "retryCount": "0",
    }
    return urlencode(fields if reason is None else fields | {"failureReason": reason}).encode()


def incoming_sms(phone: str, short_code: str, text: str, message_id: str, at: str, network_code: str) -> bytes:
    """An SMS of a person; `at` is UTC, without saying so."""
    fields = {
        "text": text,
        "to": short_code,
        "id": message_id,
        "date": at,
        "from": phone,
        "networkCode": network_code,
    }
    return urlencode(fields).encode()


def opt_out(sender: str, phone: str) -> bytes:
    return urlencode({"senderId": sender, "phoneNumber": phone}).encode()
