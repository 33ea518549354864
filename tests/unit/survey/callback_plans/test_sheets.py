"""Files of people to be called: which are read, which rows are refused and why."""

import io

import pytest
from openpyxl import Workbook

from tingjian.platform.errors import InvalidInputError
from tingjian.survey.callback_plans.columns import ListColumns
from tingjian.survey.callback_plans.rejects import rejects_file
from tingjian.survey.callback_plans.rows import ListRow
from tingjian.survey.callback_plans.sheets import read_sheet

ANY = ListColumns()


def rows_of(text: str, *, area_code: str = "", encoding: str = "utf-8") -> list[ListRow]:
    return list(read_sheet(text.encode(encoding), ANY, area_code=area_code).rows)


def reasons_of(text: str) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in read_sheet(text.encode(), ANY).refused]


def problem_of(content: bytes, columns: ListColumns = ANY) -> str:
    with pytest.raises(InvalidInputError) as caught:
        read_sheet(content, columns)
    [error] = caught.value.errors
    assert error.field == "file"
    return error.code


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        *((encoding, "姓名,手机,备注\n王小明,13800138000,电话回访\n") for encoding in ("utf-8-sig", "gbk", "utf-16")),
        *((encoding, "姓名,手機,備註\n王小明,13800138000,電話回訪\n") for encoding in ("utf-8", "big5")),
    ],
)
def test_list_is_read_in_the_encodings_that_spreadsheets_write(encoding: str, text: str) -> None:
    [row] = rows_of(text, encoding=encoding)

    assert (row.name, row.phone, row.note[0]) == ("王小明", "+8613800138000", text[-5])


@pytest.mark.parametrize("sign", [",", ";", "\t", "，"])
def test_sign_between_cells_is_found_out(sign: str) -> None:
    [row] = rows_of(f"客户姓名{sign}联系电话{sign}订单编号\n李四{sign}13800138000{sign}a-1\n")

    assert (row.name, row.phone, row.order) == ("李四", "+8613800138000", "A-1")


def test_workbook_is_read_with_its_numbers_as_phones() -> None:
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for cells in (["回访名单", None], ["Name", "Mobile"], ["Ann", 13800138000], ["Ben", 8613800138001.0], [None, None]):
        sheet.append(cells)
    book.save(content)

    found = read_sheet(content.getvalue(), ANY)

    assert [(row.line, row.phone) for row in found.rows] == [(3, "+8613800138000"), (4, "+8613800138001")]


def test_titles_above_the_header_and_empty_rows_count_for_nothing() -> None:
    assert [row.line for row in rows_of("三月回访名单,\n姓名,电话\n张三,13800138000\n,\n李四,13800138001\n")] == [3, 5]


def test_full_width_digits_are_the_same_phone() -> None:
    wide = "13800138000".translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})

    assert reasons_of(f"电话\n13800138000\n{wide}\n") == [(3, "doubled")]


@pytest.mark.parametrize("phone", ["62345678", "6234 5678", "62345678转801", "8234567"])
def test_landline_without_area_code_is_refused_unless_the_list_has_one(phone: str) -> None:
    text = f"电话\n{phone}\n"

    assert reasons_of(text) == [(2, "area_code")]
    assert rows_of(text, area_code="0755")[0].phone.startswith("+86755")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("张三,,,,", "no_contact"),
        ("张三,abc,,,", "phone"),
        ("张三,138****8000,,,", "phone"),
        ("张三,,nobody,,", "email"),
        ("张三,13800138000,,=1+1,", "order"),
        ("张三,13800138000,,,a b", "customer"),
        ("张" * 201 + ",13800138000,,,", "too_long"),
        ("张三", "too_few_columns"),
        ("张三,13800138000,,,,x", "too_many_columns"),
    ],
)
def test_row_that_cannot_be_taken_is_refused_with_its_line(row: str, reason: str) -> None:
    text = f"姓名,电话,邮箱,订单号,客户编号\n好,13900139000,,,\n{row}\n"

    assert reasons_of(text) == [(3, reason)]


def test_doubled_rows_name_the_first_of_them() -> None:
    found = read_sheet("电话,邮箱\n13800138000,a@b.cn\n13800138001,A@B.CN\n".encode(), ANY)

    assert [(row.reason, row.detail) for row in found.refused] == [("doubled", "2")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        ("姓名,年龄\n张三,30\n".encode(), "list_columns"),
        ("姓名,电话\n".encode(), "no_rows"),
        (b"PK\x03\x04 no workbook", "broken_workbook"),
        (b"\xd0\xcf\x11\xe0 old", "old_workbook"),
        (b"\x1f\x8b packed", "list_packed"),
        (bytes(range(128, 256)) * 3, "unknown_encoding"),
    ],
)
def test_file_that_is_no_list_is_refused_as_a_whole(content: bytes, code: str) -> None:
    assert problem_of(content) == code


def test_5000_rows_are_read_and_5001_are_refused_whole() -> None:
    rows = [f"{13800000000 + number}" for number in range(5001)]

    assert len(rows_of("\n".join(["电话", *rows[:5000]]))) == 5000
    assert problem_of("\n".join(["电话", *rows]).encode()) == "list_rows"


def test_column_that_is_named_is_taken_whatever_it_is_called() -> None:
    content = "甲,乙\n13800138000,13900139000\n".encode()

    assert read_sheet(content, ListColumns(phone="乙")).rows[0].phone == "+8613900139000"
    assert problem_of(content, ListColumns(phone="丙")) == "columns_missing"


def test_file_of_refused_rows_runs_no_formula() -> None:
    found = read_sheet("姓名,电话\n=HYPERLINK(1),abc\n".encode(), ANY)

    text = rejects_file(found.refused, "zh-CN").decode("utf-8-sig")

    assert text.splitlines()[1].startswith("2,电话号码不正确,'=HYPERLINK(1),abc")
