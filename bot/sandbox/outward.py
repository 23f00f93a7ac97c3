"""The sandbox's calls to the product: one POST, no redirects followed, no proxies of this machine used."""

import requests


def post(url: str, body: bytes, headers: dict[str, str], timeout_seconds: float) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, data=body, headers=headers, timeout=timeout_seconds, allow_redirects=False)
