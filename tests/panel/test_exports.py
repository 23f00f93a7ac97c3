"""Files for a spreadsheet: what is in them, who gets them, and that a large one takes no memory."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO
from xml.etree import ElementTree

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot import clock as moved
from bot.panel import export_tables, exports
from bot.panel.exports import Column, Format, Kind, Table
from models.actions import staff
from models.actions.signing_in import Somebody
from models.base import database
from models.queries import panel_exports
from models.rules.staff import Role
from models.sealing import keys
from tests.panel.conftest import SignIn
from tests.support.circles import MONDAY, Circle, running_group

COLUMNS = (
    Column("Text"),
    Column("Naira", Kind.MONEY),
    Column("N", Kind.NUMBER),
    Column("Day", Kind.DAY),
    Column("At", Kind.MOMENT),
)
NOON = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
MEGABYTE = 1024 * 1024
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def a_table(*rows: tuple[object, ...]) -> Table:
    return Table("test", COLUMNS, rows)


def lines_of(text: str) -> list[list[str]]:
    assert text.startswith(exports.BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(exports.BOM), newline="")))


def read(answer: TestResponse) -> list[dict[str, str]]:
    """A CSV as it came."""
    assert answer.status_code == 200, answer.text
    head, *lines = lines_of(answer.text)
    return [dict(zip(head, line, strict=True)) for line in lines]


def cells_of(file: IO[bytes]) -> list[list[tuple[str, str]]]:
    """A sheet's cells as (type, value), row by row; 's' is a text of the file's own, 'n' a number."""
    with file, zipfile.ZipFile(file) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert not list(sheet.iter(f"{SHEET}f")), "a formula"
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells = []
        for cell in row:
            said = "".join(cell.itertext())
            cells.append((cell.get("t", "n"), said))
        rows.append(cells)
    return rows


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", '=HYPERLINK("http://x")', "\uff1d1+1", "-", "@"],
)
def test_nothing_that_somebody_typed_becomes_a_formula(typed: str) -> None:
    for said in (
        lines_of("".join(exports.csv_pieces(a_table((typed, None, None, None, None)))))[1][0],
        exports.text(typed),
    ):
        assert said.startswith("'")
        assert not any(sign in said for sign in "\t\r\n")
    ((kind, said), *_), *_ = cells_of(exports.xlsx_file(a_table((typed, None, None, None, None))))[1:]
    assert (kind, said[0]) == ("inlineStr", "'")


@pytest.mark.parametrize(
    "typed", ["08031234567", "2348031234567", "000123", "12E45678", "0803 123 4567", "2026-11-27", "1/2", "5%", "12:30"]
)
def test_what_looks_like_a_number_stays_a_text(typed: str) -> None:
    row = lines_of("".join(exports.csv_pieces(a_table((typed, None, None, None, None)))))[1]
    assert row[0] == f"'{typed}"
    assert cells_of(exports.xlsx_file(a_table((typed, None, None, None, None))))[1][0] == ("inlineStr", typed)


@pytest.mark.parametrize(
    "typed", ["Ada Okafor", "R4K7M2XQ", "Ẹ̀gbẹ́ Ìyá Títí", "0803***4567", 'a "quoted", one', "O'Neil", ""]
)
def test_any_other_text_stays_as_it_is(typed: str) -> None:
    assert lines_of("".join(exports.csv_pieces(a_table((typed, None, None, None, None)))))[1][0] == typed


def test_money_days_and_times_are_values_that_can_be_added_and_sorted() -> None:
    row = ("x", -123_456_789_05, 7, date(2026, 11, 27), NOON)

    assert lines_of("".join(exports.csv_pieces(a_table(row))))[1] == [
        "x", "-123456789.05", "7", "2026-11-27", "2026-11-27 12:30:00",
    ]  # fmt: skip
    cells = cells_of(exports.xlsx_file(a_table(row)))[1]
    assert [kind for kind, _ in cells] == ["inlineStr", "n", "n", "n", "n"]
    assert cells[1][1] == "-123456789.05"


def test_a_field_that_is_not_there_is_an_empty_cell() -> None:
    nothing = (None, None, None, None, None)
    assert lines_of("".join(exports.csv_pieces(a_table(nothing))))[1] == [""] * 5
    assert exports.naira(0) == Decimal("0.00")


def test_a_sheet_that_is_full_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 3)
    file = exports.xlsx_file(Table("test", (Column("N", Kind.NUMBER),), ((n,) for n in range(7))))
    with file, zipfile.ZipFile(file) as book:
        assert [name for name in book.namelist() if "worksheets/sheet" in name] == [
            f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3)
        ]


# --- what is in them --------------------------------------------------------------------------------------------------


@pytest.fixture
def circle(house: Flask) -> Circle:
    """Five people; Chidi has not paid, and it is three weeks later."""
    found = running_group()
    found.all_pay(but=("Chidi",))
    moved.set_to(datetime(2026, 3, 28, 8, 0, tzinfo=UTC))
    return found


def test_members_are_there_with_their_groups_and_what_they_owe(circle: Circle, signed_in: SignIn) -> None:
    lines = read(signed_in(Role.FINANCE).get("/admin/exports/members.csv"))

    assert [line["Name"] for line in lines] == [f"{name} Okafor" for name in circle.members]
    chidi = lines[2]
    assert chidi["Phone"].startswith("'0803")
    assert chidi["Groups"] == f"'{circle.group.code}"
    assert (chidi["Owes (naira)"], chidi["Of that late (naira)"]) == ("5000.00", "5000.00")
    assert lines[0]["Owes (naira)"] == "0.00"


def test_the_ledger_is_there_entry_by_entry_and_balances(circle: Circle, signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    lines = read(finance.get("/admin/exports/ledger.csv"))

    legs = database.execute_sql("SELECT count(*) FROM journal_leg").fetchone()[0]
    assert len(lines) == legs
    debit, credit = (sum(Decimal(line[side] or 0) for line in lines) for side in ("Debit", "Credit"))
    assert debit == credit > 0
    own = read(finance.get(f"/admin/exports/ledger.csv?group={circle.group_id}"))
    assert {line["Group"] for line in own} == {circle.group.name}
    assert len(own) < len(lines)
    assert read(finance.get("/admin/exports/ledger.csv?to=2026-03-01")) == []
    assert len(read(finance.get("/admin/exports/ledger.csv?from=2026-03-01&to=2026-03-28"))) == legs


def test_arrears_and_a_statement_are_there(circle: Circle, signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)

    (late,) = read(finance.get("/admin/exports/arrears.csv?age=15-30"))
    assert (late["Name"], late["Owes (naira)"], late["Days late"]) == ("Chidi Okafor", "5000.00", "22")
    assert read(finance.get("/admin/exports/arrears.csv?age=31")) == []
    entries = read(finance.get(f"/admin/exports/statements/{circle.members['Bisi']}.csv"))
    assert [entry["What"] for entry in entries] == ["Payment", "Contribution"]


def test_an_excel_file_has_the_same_rows(circle: Circle, signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    for what in ("members", "ledger", "arrears", f"statements/{circle.members['Bisi']}"):
        answer = finance.get(f"/admin/exports/{what}.xlsx", buffered=True)
        assert answer.mimetype == exports.XLSX_TYPE
        assert ".xlsx" in answer.headers["Content-Disposition"]
        assert len(cells_of(io.BytesIO(answer.data))) == len(read(finance.get(f"/admin/exports/{what}.csv"))) + 1


def test_pages_of_the_query_meet_without_a_gap(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (list(panel_exports.members(None, moved.now())), list(panel_exports.ledger(None)))
    monkeypatch.setattr(panel_exports, "PAGE", 2)

    assert (list(panel_exports.members(None, moved.now())), list(panel_exports.ledger(None))) == whole


# --- who gets them ----------------------------------------------------------------------------------------------------


def test_an_auditor_gets_masked_numbers(circle: Circle, signed_in: SignIn) -> None:
    auditor = signed_in(Role.AUDITOR)

    for what in ("members", "arrears"):
        lines = read(auditor.get(f"/admin/exports/{what}.csv"))
        assert lines
        assert all("***" in line["Phone"] for line in lines)


def test_a_field_officer_gets_her_own_groups(circle: Circle, signed_in: SignIn) -> None:
    other = running_group(3)
    field = signed_in(Role.FIELD)
    for what in ("members", "ledger", "arrears"):
        assert read(field.get(f"/admin/exports/{what}.csv")) == []
    staff.look_after(field.hired.staff_id, other.group_id, actor="test", now=MONDAY)

    assert len(read(field.get("/admin/exports/members.csv"))) == 3
    assert {line["Group"] for line in read(field.get("/admin/exports/ledger.csv"))} == {other.group.name}
    for what in ("members", "ledger", "arrears"):
        assert field.get(f"/admin/exports/{what}.csv?group={circle.group_id}").status_code == 404
    assert field.get(f"/admin/exports/statements/{circle.members['Ada']}.csv").status_code == 404


def test_whoever_takes_a_file_is_written_down(circle: Circle, signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    finance.get(f"/admin/exports/ledger.xlsx?group={circle.group_id}&from=2026-01-01", buffered=True)
    finance.get("/admin/exports/members.csv", buffered=True)

    noted = database.execute_sql(
        "SELECT verb, subject, actor, detail FROM audit WHERE verb LIKE 'export.%%' ORDER BY id"
    ).fetchall()
    me = f"staff:{finance.hired.staff_id}"
    assert noted == [
        ("export.ledger", f"group:{circle.group_id}", me, {"form": "xlsx", "from": "2026-01-01"}),
        ("export.members", "groups:all", me, {"form": "csv"}),
    ]


def test_a_file_of_another_kind_or_with_a_wrong_filter_is_404(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    for wrong in (
        "members.pdf",
        "ledger.csv?from=x",
        "arrears.csv?age=x",
        "members.csv?group=x",
        "statements/9999.csv",
    ):
        assert owner.get(f"/admin/exports/{wrong}").status_code == 404


# --- that a large one takes no memory ---------------------------------------------------------------------------------


def many(rows: int) -> Iterator[tuple[object, ...]]:
    return ((f"Ada Okafor {n}", n * 100, n, NOON, NOON) for n in range(rows))


@pytest.mark.parametrize("form", list(Format))
def test_the_memory_that_a_file_takes_does_not_grow_with_its_rows(form: Format) -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        table = Table("test", COLUMNS, many(rows))
        if form is Format.CSV:
            assert sum(map(len, exports.csv_pieces(table))) > rows * 40
        else:
            exports.xlsx_file(table).close()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small, large = peak(500), peak(10_000)

    assert large < small + MEGABYTE


def test_twenty_thousand_members_go_out_of_the_database_in_little_memory(house: Flask) -> None:
    """Rows as PostgreSQL makes them; one name and one number are sealed for all of them."""
    rows = 20_000
    database.execute_sql(
        "INSERT INTO member (id, phone_sealed, phone_index, name_sealed, email_id, created_at)"
        " SELECT n, '', sha256(n::text::bytea), '', 'm-' || n, now() FROM generate_series(1, %s) n",
        (rows,),
    )
    who = Somebody(1, "Titi", Role.OWNER, b"", frozenset())
    opened = keys()
    taken, peak = 0, 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(opened), "open", lambda *_: "+2348031234567")
        table = export_tables.members(who, None, NOON)
        tracemalloc.start()
        for piece in exports.csv_pieces(table):
            taken += piece.count("\n")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert taken == rows + 1
    assert peak < 6 * MEGABYTE
