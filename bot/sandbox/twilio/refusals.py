"""Twilio's own no, to an API request: one code, one sentence, one shape."""

import json

from flask import Response

DOCS = "https://www.twilio.com/docs/errors/{}"
MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal server error",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required",
    21604: "A 'To' phone number is required",
    21606: "The 'From' phone number is not a message-capable number of your account",
    21609: "The 'StatusCallback' URL is not a valid URL",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit",
    21655: "The ContentSid is invalid",
    21656: "The ContentVariables parameter is invalid",
    21658: "A content variable exceeds the 1600 character limit",
    21910: "Invalid 'From' and 'To' pair: they should be of the same channel",
    63007: "Twilio could not find a Channel with the specified From address",
}
STATUSES = {20003: 401, 20404: 404, 20429: 429, 20500: 500}


class Refusal(Exception):
    """An API request that Twilio does not take. `detail` says more than the code's own sentence."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(f"{code} {detail}")
        self.code, self.detail = code, detail

    def answer(self) -> Response:
        return refused(self.code, detail=self.detail)


def refused(code: int, status: int | None = None, detail: str = "") -> Response:
    status = status or STATUSES.get(code, 400)
    message = detail or MESSAGES.get(code, "The request was refused")
    body = {"code": code, "message": message, "more_info": DOCS.format(code), "status": status}
    return Response(json.dumps(body), status, content_type="application/json")


def problem(status: int) -> Response:
    """The newer shape of an error (RFC 9457), which some of Twilio's services answer with."""
    code = next((code for code, known in STATUSES.items() if known == status), 20500)
    body = {"type": DOCS.format(code), "title": MESSAGES[code], "status": status, "code": code, "detail": ""}
    return Response(json.dumps(body), status, content_type="application/problem+json")
