"""The page at /sandbox: whose phones are on it, its files, what it lets in, and how much it weighs."""

import json
import re

import requests

from bot.sandbox.browser import devices
from bot.sandbox.browser.page import CONTENT
from tests.bot.sandbox.support import ADA, CODE, Sandbox
from tests.support.replay import answer

BISI = "+2348035550002"


def owner(number: int, name: str, phone: str, *groups: str) -> dict[str, object]:
    """Somebody, as the product's window tells of her."""
    return {"member_id": number, "name": name, "phone": phone, "groups": list(groups)}


PEOPLE = {"people": [owner(1, "Ada Okafor", ADA, "Mama Titi Ajo"), owner(2, "Bisi Adeyemi", BISI)]}
MOST_BYTES = 150_000


def page(sandbox: Sandbox, **params: object) -> requests.Response:
    found = requests.get(f"{sandbox.url}/sandbox", params=params, timeout=10)
    assert found.status_code == 200, found.text
    return found


def phones_on(found: requests.Response) -> list[str]:
    return re.findall(r'class="person" data-phone="([^"]+)"', found.text)


def files_of(found: requests.Response) -> list[str]:
    return re.findall(r'(?:src|href)="(/sandbox/files/[^"]+)"', found.text)


def test_it_begins_with_the_first_member_and_names_the_others(sandbox: Sandbox) -> None:
    sandbox.product.will(answer(PEOPLE))
    found = page(sandbox)

    assert phones_on(found) == [ADA]
    assert "Ada Okafor" in found.text
    assert "Mama Titi Ajo" in found.text
    assert 'aria-label="Open Bisi Adeyemi beside"' in found.text
    assert f"Dial {CODE}" in found.text


def test_the_product_is_asked_with_the_mark_that_it_knows(sandbox: Sandbox) -> None:
    sandbox.product.will(answer(PEOPLE))
    page(sandbox)

    (asked,) = sandbox.called("/inspect/people")
    assert asked.headers["X-Inspector"]


def test_it_works_while_the_product_is_away(sandbox: Sandbox) -> None:
    assert phones_on(page(sandbox)) == [ADA]  # the one to try things with

    sandbox.client.whatsapp(BISI).person(profile_name="Bisi")
    assert phones_on(page(sandbox)) == [BISI]


def test_several_phones_are_on_it_each_once(sandbox: Sandbox) -> None:
    assert phones_on(page(sandbox, phone=[BISI, ADA, BISI])) == [BISI, ADA]
    assert phones_on(page(sandbox, phone=["rubbish", ADA, "<b>"])) == [ADA]
    many = [f"+23480355500{n:02d}" for n in range(20)]
    assert len(phones_on(page(sandbox, phone=many))) == 6


def test_a_number_that_was_typed_is_put_beside_the_others(sandbox: Sandbox) -> None:
    where = f"{sandbox.url}/sandbox/phone"
    added = requests.get(where, params={"number": "0803 555 0002", "phone": ADA}, timeout=10)
    assert phones_on(added) == [ADA, BISI]

    many = [f"+23480355510{n:02d}" for n in range(6)]
    beside = requests.get(where, params={"number": "0803 555 0002", "phone": many}, timeout=10)
    assert phones_on(beside) == [*many[1:], BISI]  # the oldest is put away

    same = requests.get(where, params={"number": "<tomorrow>", "phone": ADA}, timeout=10)
    assert phones_on(same) == [ADA]
    assert "&lt;tomorrow&gt; is not a mobile number" in same.text


def test_another_site_in_the_same_browser_can_do_nothing(sandbox: Sandbox) -> None:
    ways = [("POST", "/control/reset", 403), ("DELETE", "/control/knobs", 403), ("GET", "/sandbox", 200)]
    for method, path, status in ways:
        found = requests.request(method, sandbox.url + path, headers={"Sec-Fetch-Site": "cross-site"}, timeout=10)
        assert found.status_code == status, path
        ours = requests.request(method, sandbox.url + path, headers={"Sec-Fetch-Site": "same-origin"}, timeout=10)
        assert ours.status_code == 200


def test_a_blank_in_an_address_was_a_plus() -> None:
    assert devices.numbers_in([" 2348031234567", ADA, "2348035550002", "+12", ""]) == [ADA, BISI]


def test_nothing_is_loaded_from_elsewhere_and_nothing_stands_in_the_page(sandbox: Sandbox) -> None:
    found = page(sandbox)

    assert found.headers["Content-Security-Policy"] == CONTENT
    assert "unsafe" not in CONTENT
    assert found.headers["Cache-Control"] == "no-store"
    assert re.findall(r"<script(?![^>]*src=)", found.text) == []
    assert "<style" not in found.text
    assert " style=" not in found.text
    assert re.findall(r"\son[a-z]+=", found.text) == []
    assert set(re.findall(r'src="(?!/sandbox/files/)[^"]*"', found.text)) == set()


def test_its_files_are_kept_for_a_year_and_have_a_mark(sandbox: Sandbox) -> None:
    names = files_of(page(sandbox))
    assert any(name.endswith("phones.js") for name in names)
    for name in names:
        found = requests.get(sandbox.url + name, timeout=10)
        assert found.status_code == 200, name
        assert "immutable" in found.headers["Cache-Control"]
        assert found.headers["Content-Encoding"] == "gzip"
        assert found.headers["Content-Type"] in ("text/css", "text/javascript", "text/css; charset=utf-8"), name


def test_only_our_own_files_are_had(sandbox: Sandbox) -> None:
    good = files_of(page(sandbox))[0]
    mark = good.split("/")[3]
    for bad in (good.replace(mark, "0" * 12), f"/sandbox/files/{mark}/../page.py", f"/sandbox/files/{mark}/none.css"):
        assert requests.get(sandbox.url + bad, timeout=10).status_code == 404


def test_what_a_script_imports_is_there_and_all_of_it_is_light(sandbox: Sandbox) -> None:
    found = page(sandbox)
    weight, seen, left = len(found.content), set[str](), files_of(found)
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        file = requests.get(sandbox.url + name, timeout=10)
        assert file.status_code == 200, name
        weight += len(file.content)
        left += [name.rsplit("/", 1)[0] + each for each in re.findall(r'from "\.(/[^"]+)"', file.text)]

    assert weight < MOST_BYTES
    assert len([name for name in seen if name.endswith(".js")]) >= 6


def test_words_with_marks_of_html_stay_words(sandbox: Sandbox) -> None:
    odd = {"people": [owner(1, '<b>Ada</b> "x"', ADA, "<u>")]}
    sandbox.product.will(answer(odd))
    text = page(sandbox).text

    assert "<b>Ada" not in text
    assert "<u>" not in text
    assert "&lt;b&gt;Ada" in text


def test_what_scripts_read_from_the_page_is_json(sandbox: Sandbox) -> None:
    text = page(sandbox).text
    (says,) = re.findall(r'data-says="([^"]*)"', text)
    words = json.loads(says.replace("&#34;", '"').replace("&quot;", '"').replace("&#39;", "'"))
    assert words["bank"]["success"]
    assert set(words["wallet"]) == {"approve", "decline"}
