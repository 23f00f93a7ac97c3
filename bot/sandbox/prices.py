"""A provider's price in the words of a person: `NGN 2.2000` as it is, Twilio's `-0.00500` as USD 0.00500."""


def said(price: str) -> str:
    return f"USD {price.removeprefix('-')}" if price.startswith("-") else price
